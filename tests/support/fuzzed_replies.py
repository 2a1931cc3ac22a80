"""Make replies that differ from a good reply in everything but the words of its values, reproducibly by number."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TERM = "우산"
TYPES = ["Scene", "Usage-Comparison", "Hanja"]
RECORD: dict[str, Any] = {
    "term": "우산[u.san]", "ipa": "[u.san]", "pos": "noun", "primary_meaning": "umbrella", "other_meanings": None,
    "metaphor": 'Folded things drip at the stop and say "now": {one}, [two], a\\b. 우산 is the roof you carry…',
    "metaphor_noun": "heap of umbrellas", "metaphor_action": "opening at once", "suggested_location": "the bus stop",
    "anchor_object": "a bent handle", "anchor_sensory": "wet nylon, the smell of rain", "explanation":
    "Sino-Korean: 雨 'rain' + 傘 'umbrella'.\nSaid as it is spelled: 우산을 쓰다.", "usage_context": None,
    "comparison": {"vs": "양산", "nuance": "우산 keeps off the rain, 양산 the sun."},
    "homonyms": [{"hanja": "雨傘", "reading": "우산", "meaning": "umbrella", "differentiator": "雨 'rain', 傘 'umbrella'."}],
    "korean_keywords": ["우산", "양산", "비"],
}  # fmt: skip
CARDS: list[dict[str, Any]] = [
    {"tab_name": name, "front": f"{name}: what drips, and says “I can't {{wait}}”?", "back": f"우산.\n\n{name} it is.",
     "tags": ["concept:shelter"], "honorific_level": "neutral"}
    for name in TYPES
]  # fmt: skip
_DRAFT = RECORD | {"primary_meaning": "a draft that is much longer than the answer " * 4}
_CARD_DRAFTS = [card | {"back": "A draft, longer than the answer. " * 20} for card in CARDS]


@dataclass(frozen=True)
class FuzzedReply:
    """A reply to the request for an analysis or for cards.

    ``damaged``: whether a part of the reply is missing or was changed, so that it may have to be refused.
    """

    stage: str
    steps: tuple[str, ...]
    text: str
    damaged: bool


def fuzzed_reply(number: int) -> FuzzedReply:
    """Return the reply with this number."""
    rng = random.Random(number)
    stage = rng.choice(["nuance", "flashcards"])
    value, steps = _value(stage, rng)
    names = rng.sample(list(_WRAPPERS), rng.choice([0, 1, 1, 2, 2, 3]))
    text = json.dumps(value, ensure_ascii=rng.random() < 0.2, indent=rng.choice([None, None, 2, "\t", 0]))
    for name in names:
        text = _WRAPPERS[name](text, stage, rng)
    around = rng.sample(list(_AROUND), rng.choice([0, 1, 1, 2]))
    for name in around:
        text = _AROUND[name](text, stage, rng)
    damages = rng.sample(list(_DAMAGES), rng.choice([0, 0, 0, 1, 1, 2]))
    for name in sorted(damages, key=list(_DAMAGES).index):
        text = _DAMAGES[name](text, rng)
    return FuzzedReply(stage, (steps, *names, *around, *damages), text, bool(damages))


def _value(stage: str, rng: random.Random) -> tuple[Any, str]:
    if stage == "nuance":
        return (RECORD, "record") if rng.random() < 0.5 else (dict(reversed(RECORD.items())), "reversed record")
    keyed = {card["tab_name"]: {name: part for name, part in card.items() if name != "tab_name"} for card in CARDS}
    extra = CARDS[0] | {"tab_name": "Cultural", "back": "More."}
    shapes: dict[str, Any] = {
        "cards": {"cards": CARDS}, "list": CARDS, "keyed": keyed, "keyed cards": {"cards": keyed},
        "extra card": {"cards": [extra, *CARDS]}, "reversed": {"cards": CARDS[::-1]},
        "with term": {"term": TERM, "cards": CARDS},
    }  # fmt: skip
    name = rng.choice(list(shapes))
    return shapes[name], name


def _other(stage: str, draft: bool) -> str:
    """Return a draft, or the request that the model repeats."""
    question = {"term": TERM, "pos": "noun", "definition": "umbrella"}
    if stage == "nuance":
        return json.dumps(_DRAFT if draft else question, ensure_ascii=False)
    repeated = {"term": TERM, "nuance": RECORD, "card_types": TYPES}
    return json.dumps({"cards": _CARD_DRAFTS} if draft else repeated, ensure_ascii=False)


_Wrapper = Callable[[str, str, random.Random], str]
# Each contains nothing but the record.
_WRAPPERS: dict[str, _Wrapper] = {
    "array": lambda text, stage, rng: f"[{text}]",
    "object": lambda text, stage, rng: f'{{"{rng.choice(["result", "Nuance", "data", "NuanceRecord"])}": {text}}}',
    "reasoning": lambda text, stage, rng: f'{{"reasoning": "so {{it}} is", "result": {text}}}',
    "thoughts": lambda text, stage, rng: f'{{"answer": {text}, "thoughts": ["a", {{"b": 1}}]}}',
    "string": lambda text, stage, rng: json.dumps(text, ensure_ascii=rng.random() < 0.5),
    "tool": lambda text, stage, rng: json.dumps({"name": stage, "arguments": text}, ensure_ascii=False),
    "fenced string": lambda text, stage, rng: json.dumps({"output": f"\n```json\n{text}\n```\n"}, ensure_ascii=False),
}
# Each adds text before or after the record.
_AROUND: dict[str, _Wrapper] = {
    "fence": lambda text, stage, rng: f"```{rng.choice(['json', '', 'JSON'])}\n{text}\n```",
    "unclosed fence": lambda text, stage, rng: f"```json\n{text}",
    "talk": lambda text, stage, rng: rng.choice(["Here it is:\n", "Sure! [u.san] is {easy}, long:\n\n"]) + text,
    "talk after": lambda text, stage, rng: (
        text + rng.choice(["\nI hope {this} helps!", "\n\nI'm sorry for the delay.", "\nDone."])
    ),
    "class": lambda text, stage, rng: f"Nuance({text})",
    "think": lambda text, stage, rng: f"<think>Maybe {_other(stage, True)}? No.</think>\n{text}",
    "closing tag": lambda text, stage, rng: f"Maybe {_other(stage, True)}? No.\n</think>\n{text}",
    "harmony": lambda text, stage, rng: (
        f"<|channel|>analysis<|message|>{_other(stage, True)}<|end|><|start|>assistant"
        f"<|channel|>final<|message|>{text}<|return|>"
    ),
    "question": lambda text, stage, rng: f"{_other(stage, False)}\n{text}",
    "question in a fence": lambda text, stage, rng: (
        f"You sent:\n```json\n{_other(stage, False)}\n```\nThe answer:\n{text}"
    ),
    "draft": lambda text, stage, rng: f"{_other(stage, True)}\n\nWait, let me correct that:\n{text}",
    "sketch": lambda text, stage, rng: f'I return {{"term": "…", "ipa": "…", …}}:\n{text}',
    "fragment after": lambda text, stage, rng: f'{text}\nThat is {{"term": "우산"}}, as requested.',
    "blanks": lambda text, stage, rng: text + rng.choice(["\n", " ", "\r\n", "\t"]) * rng.randrange(200),
    "BOM": lambda text, stage, rng: "\ufeff" + text,
    "invisible": lambda text, stage, rng: text.replace(" ", " \u200b", rng.randrange(5)),
    "CRLF": lambda text, stage, rng: text.replace("\n", "\r\n"),
}
_STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_Damage = Callable[[str, random.Random], str]


def _outside(text: str) -> list[int]:
    """Return the positions outside of JSON strings."""
    inside = {at for string in _STRING.finditer(text) for at in range(string.start() + 1, string.end())}
    return [at for at in range(len(text) + 1) if at not in inside]


def _delete(text: str, rng: random.Random) -> str:
    """Delete a character outside of the JSON strings, or the first quotation mark of one."""
    at = rng.choice(_outside(text))
    return text[:at] + text[at + 1 :]


def _insert(text: str, rng: random.Random) -> str:
    at = rng.choice(_outside(text))
    sign = rng.choice(["{", "}", "[", "]", '"', ",", ":", "\\", "\n", "```", "</think>", "\x00", "//", "'"])
    return text[:at] + sign + text[at:]


# In the order in which they are applied.
_DAMAGES: dict[str, _Damage] = {
    "deleted mark": _delete,
    "inserted mark": _insert,
    "cut": lambda text, rng: text[: rng.randrange(len(text) + 1)],
    "cut at the end": lambda text, rng: text[: len(text) - rng.randrange(12)],
    "cut at the start": lambda text, rng: text[rng.randrange(12) :],
    "single quotes": lambda text, rng: text.replace('"', "'"),
    "trailing commas": lambda text, rng: text.replace('"}', '",}'),
    "no commas": lambda text, rng: text.replace('", "', '" "'),
    "bare quotes": lambda text, rng: text.replace('\\"', '"'),
    "full width": lambda text, rng: text.replace('": "', '"："').replace('", "', '"，"'),
    "Python": lambda text, rng: text.replace("null", "None"),
    "more escapes": lambda text, rng: text.replace('"', '\\"'),
    "unescaped": lambda text, rng: text.replace("\\n", "\n"),
    "doubled": lambda text, rng: text + text,
    "bracket": lambda text, rng: text.rstrip("]}") if rng.random() < 0.5 else text + rng.choice("]}"),
}
