"""Valid answers of both stages for any term, cheap to build."""

import json
from collections.abc import Mapping
from typing import Any

_FRONT = "Card {kind} of {term} ({mark}): standing in the scene you built, which meaning do you see?"
_BACK = (
    "{term} ({mark}, {kind}). You feel the cold brass handle under your fingers and smell the varnish of the wide "
    "old door before it opens. Inside, a patient guide lifts a heavy lantern, and its light falls on the object that "
    "stands for the word. You hear the soft echo of your own steps while the guide repeats the word slowly, twice, and "
    "asks you to say it back. You say it, the lantern flares, and the meaning stays on the wall in bright letters that "
    "you can still read when the light has gone out again."
)


def reply_text(question: Mapping[str, Any], mark: str) -> str:
    """The record as a model writes it."""
    return json.dumps(reply_record(question, mark), ensure_ascii=False)


def reply_record(question: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """A good reply's record, fresh; ``mark`` tells apart questions about the same term.

    A question with "problems" asks for a repair and gets only its "fields", or the cards of its "card_types".
    """
    term = str(question.get("term", ""))
    if "problems" in question and "fields" in question:
        good = _nuance(term, mark)
        return {"fields": {name: good.get(name, f"test {name} of {term}") for name in question["fields"]}}
    kinds = question.get("card_types") or [card["tab_name"] for card in question.get("cards", ())]
    return _cards(kinds, term, mark) if kinds else _nuance(term, mark)


def _nuance(term: str, mark: str) -> dict[str, Any]:
    """The record of stage 1: 16 of its 17 fields, for code adds the term's number."""
    return {
        "term": f"{term}[te.sɯ.tɯ]",
        "ipa": "[te.sɯ.tɯ]",
        "pos": "noun",
        "primary_meaning": f"test meaning of {term} ({mark})",
        "other_meanings": None,
        "metaphor": "A lantern that lights the way to the meaning.",
        "metaphor_noun": "lantern",
        "metaphor_action": "lights the way",
        "suggested_location": "an old library",
        "anchor_object": "a brass lantern",
        "anchor_sensory": "warm light and the smell of varnish",
        "explanation": "The lantern shows the word as the word shows its meaning.",
        "usage_context": None,
        "comparison": {"vs": "시험", "nuance": "시험 is an exam; this word only stands in a test."},
        "homonyms": None,
        "korean_keywords": [term],
    }


def _cards(kinds: list[str], term: str, mark: str) -> dict[str, Any]:
    return {
        "cards": [
            {
                "tab_name": kind,
                "front": _FRONT.format(kind=kind, term=term, mark=mark),
                "back": _BACK.format(kind=kind, term=term, mark=mark),
                "tags": [],
                "honorific_level": "",
            }
            for kind in kinds
        ]
    }
