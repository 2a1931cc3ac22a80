"""Read good analyses and cards in a short form: `good/*.txt`, where each line is a field.

An entry begins with `== term | part of speech | definition | hanja`. The line `list` gives the list's part of speech if it
differs, `vs` the comparison, and `hj` a homonym. A line that begins with a
card type is a card: `Scene neutral: front => back`.
The image has the same object in all entries, and its other parts are words from the metaphor.
"""

from functools import cache

from checks.good_records import HERE, Entry, Row, _entry

from korean_flashcards.checks.ipa import expected_ipa
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.records import CARD_TYPES

_FIELDS = {
    "mean": "primary_meaning", "other": "other_meanings", "met": "metaphor", "exp": "explanation", "use": "usage_context",
    "ipa": "ipa",
}  # fmt: skip
_IMAGE = {
    "anchor_object": "a small stone", "anchor_sensory": "cold to the touch, smelling of rain",
}  # fmt: skip
_OPTIONAL = dict.fromkeys(("other_meanings", "usage_context", "comparison", "homonyms"))


@cache
def short_entries() -> tuple[Entry, ...]:
    """Return the entries of ``good/*.txt``."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((HERE / "good").glob("*.txt"))]
    blocks = [block for text in texts for block in f"\n{text}".split("\n== ")[1:]]
    return tuple(_short_entry(block, 5000 + number) for number, block in enumerate(blocks))


def _short_entry(block: str, number: int) -> Entry:
    heading, *lines = block.strip().split("\n")
    term, pos, definition, hanja = [*map(str.strip, heading.split("|")), None][:4]
    word: Row = {"term": term, "pos": pos, "definition": definition, "hanja": hanja, "topik_level": 2}
    record: Row = {"term": term, "pos": pos, "ipa": "", **_IMAGE, **_OPTIONAL}
    cards: list[Row] = []
    for line in lines:
        key, _, value = line.partition(" ")
        if key in CARD_TYPES:
            cards.append(_card(key, value))
        elif cards:
            cards[-1]["back"] += f"\n{line}"
        elif key == "list":
            word["pos"] = value
        else:
            record |= _field(key, value, record)
    long = [word.strip(",;") for word in record["metaphor"].partition(":")[0].split() if len(word) > 3]
    words = list(dict.fromkeys(long))
    record |= {"metaphor_noun": " ".join(words[:2]), "metaphor_action": " ".join(["showing", *words[1:], "again"])}
    record["suggested_location"] = " ".join(dict.fromkeys([*words, "hill"]))
    record["ipa"] = record["ipa"] or expected_ipa(Analysis(record, word))
    return _entry(word, record, cards, "by/hand", number)


def _field(key: str, value: str, record: Row) -> Row:
    if key == "vs":
        vs, _, nuance = value.partition(": ")
        return {"comparison": {"vs": vs, "nuance": nuance}}
    if key == "hj":
        names, _, texts = value.partition(": ")
        hanja, reading = names.split()
        meaning, _, differentiator = texts.partition("; ")
        homonym = {"hanja": hanja, "reading": reading, "meaning": meaning, "differentiator": differentiator}
        return {"homonyms": [*(record["homonyms"] or []), homonym]}
    return {"korean_keywords": value.split(", ")} if key == "key" else {_FIELDS[key]: value}


def _card(tab_name: str, text: str) -> Row:
    level, _, sides = text.partition(":")
    front, _, back = sides.partition(" => ")
    return {
        "tab_name": tab_name, "front": front.strip(), "back": back.strip(), "tags": [], "honorific_level": level.strip(),
    }  # fmt: skip
