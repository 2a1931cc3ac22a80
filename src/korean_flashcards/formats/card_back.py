"""Shorten a card's back by the text that the card shows in other places."""

import re
from collections.abc import Mapping

_BREAK = "<br>"


def without_repetitions(note: Mapping[str, str], *, meaning: bool, example: bool) -> str:
    """Return a note's back, as HTML, without the parts that only repeat other fields. It never becomes empty.

    Args:
        note: The note's fields.
        meaning: Leave out a first line that has only the word, its IPA, its meaning, and its part of speech, such as
            "배 [pɛ] — belly, stomach (noun).".
        example: Leave out the example, followed by its translation in double quotation marks, at the start of a line.
    """
    lines = note["Back"].split(_BREAK)
    if meaning and note["Meaning"] and _opening(note).fullmatch(lines[0]):
        del lines[0]
    if example and note["Example"]:
        shown = f"{note['Example']} “{note['ExampleTranslation']}”"
        kept = [line.removeprefix(shown).removeprefix(" — ") if line.startswith(shown) else line for line in lines]
        lines = [after for before, after in zip(lines, kept, strict=True) if after or not before]
    return _BREAK.join(lines).removeprefix(_BREAK).removeprefix(_BREAK) or note["Back"]


def _opening(note: Mapping[str, str]) -> re.Pattern[str]:
    term, ipa, meaning, pos = (re.escape(note[name]) for name in ("Term", "IPA", "Meaning", "PartOfSpeech"))
    return re.compile(rf"{term}(?: {ipa})?(?: [—–-]|:) {meaning}(?: \({pos}\))?\.?")
