"""Create valid replies for any term and stage, quickly."""

import json
from collections.abc import Mapping
from typing import Any

from korean_flashcards.korean.ipa import ipa_of

_FRONT = "Card {kind} of {term} ({mark}): a lantern lights the old library that {name} built. What do you see?"
_BACK = (
    "{term} ({mark}, {kind}), neither 시험 nor 숙제, as {name} says. You feel the cold brass handle under your fingers "
    "and smell the varnish of the wide old door before it opens. Inside, a patient guide lifts a heavy lantern, and its "
    "light falls on the object that stands for the word. You hear the soft echo of your own steps while the guide repeats "
    "the word slowly, twice, and asks you to say it back. You say it, the lantern flares, and the meaning stays on the "
    "wall in bright letters that you can still read when the light has gone out again."
)


def reply_text(request: Mapping[str, Any], mark: str) -> str:
    """Return the record as JSON, as a model would write it."""
    return json.dumps(reply_record(request, mark), ensure_ascii=False)


def reply_record(request: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """Return the record in a valid reply. ``mark`` distinguishes replies to different requests for the same term.

    A request with "problems" is a repair. The reply contains only the requested "fields" or the cards for the requested
    "card_types".
    """
    term = str(request.get("term", ""))
    if "problems" in request and "fields" in request:
        good = _nuance(request, term, mark)
        return {"fields": {name: good.get(name, f"test {name} of {term}") for name in request["fields"]}}
    if {"first", "second"} <= request.keys():
        return {"term": term, "reason": f"it names {term} ({mark})", "choice": _choice(request)}
    if {"nuance", "cards"} <= request.keys():
        return _judgement(term, mark) | ({"faults": _faults(request)} if "findings" in request else {})
    kinds = request.get("card_types") or [card["tab_name"] for card in request.get("cards", ())]
    return _cards(kinds, term, mark) if kinds else _nuance(request, term, mark)


def _nuance(request: Mapping[str, Any], term: str, mark: str) -> dict[str, Any]:
    """Return an analysis without the term's number, which the code adds.

    The checks report no errors for the analysis.
    """
    ipa, other = ipa_of(term.strip("-~")) or "[te.sɯ.tɯ]", "시험" if term != "시험" else "숙제"
    return {
        "term": f"{term}{ipa}",
        "ipa": ipa,
        "pos": request.get("pos") or "noun",
        "primary_meaning": f"{request.get('definition') or 'test'} (test meaning {mark})",
        "other_meanings": None,
        "metaphor": f"A lantern called {_name(mark)} that lights the way to the meaning.",
        "metaphor_noun": "lantern",
        "metaphor_action": "lighting the way",
        "suggested_location": "an old library",
        "anchor_object": "a brass lantern",
        "anchor_sensory": "warm light and the smell of varnish",
        "explanation": f"The lantern shows {term} as the word shows its meaning.",
        "usage_context": None,
        "comparison": {"vs": other, "nuance": f"{other} is another word; {term} only stands in a test."},
        "homonyms": None,
        "korean_keywords": [term],
    }


def _name(mark: str) -> str:
    """Return the mark as letters, so that texts differ by one word."""
    return "".join(chr(ord("a") + int(sign, 36) % 26) for sign in mark)


def _judgement(term: str, mark: str) -> dict[str, Any]:
    """Return ratings from 3 to 5, depending on the mark. For every fifth mark, the image is rated 2."""
    rating = {"reason": f"what is said of {term} is as it should be ({mark})", "rating": 3 + int(mark, 36) % 3}
    image = {"reason": "the lantern could stand for any word", "rating": 2} if int(mark, 36) % 5 == 0 else rating
    return {
        "term": term,
        "meaning": rating,
        "naturalness": rating,
        "comparison": rating,
        "image": image,
        "examples": None,
    }


def _choice(request: Mapping[str, Any]) -> str:
    """Return the set of cards whose first text is longer, or comes first in the alphabet, in whatever order they are."""
    first, second = ((len(cards[0]["text"]), cards[0]["text"]) for cards in (request["first"], request["second"]))
    return "same" if first == second else "first" if first > second else "second"


def _faults(request: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return one fault on the first card for every second word, and otherwise none."""
    if not ord(request["term"][-1]) % 2:
        return []
    card = request["cards"][0]
    fault = {"fault": "wrong_translation", "card": card["tab_name"], "field": "back", "quote": card["back"][:40]}
    return [{**fault, "reason": "the English is about another sentence"}]


def _cards(kinds: list[str], term: str, mark: str) -> dict[str, Any]:
    return {
        "cards": [
            {
                "tab_name": kind,
                "front": _FRONT.format(kind=kind, term=term, mark=mark, name=_name(mark)),
                "back": _BACK.format(kind=kind, term=term, mark=mark, name=_name(mark)),
                "tags": [],
                "honorific_level": "",
            }
            for kind in kinds
        ]
    }
