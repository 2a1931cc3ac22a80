"""Shorten a card's back by the text that the card shows in other places."""

from collections.abc import Mapping

_BREAK = "<br>"
_SEPARATORS = (" — ", " – ", " - ", ": ")
FIELDS_READ = ("Back", "Term", "IPA", "Meaning", "PartOfSpeech", "Example", "ExampleTranslation")


def without_repetitions(
    note: Mapping[str, str],
    *,
    meaning: bool = True,
    example: bool = True,
    line_break: str = _BREAK,
    may_be_empty: bool = False,
) -> str:
    """Return a note's back without the parts that only repeat other fields.

    Args:
        note: The note's fields.
        meaning: Leave out a first line that has only the word, its IPA, its meaning, and its part of speech, such as
            "배 [pɛ] — belly, stomach (noun).".
        example: Leave out the example, followed by its translation in double quotation marks, at the start of a line.
        line_break: What separates the lines of the back: "<br>" in HTML.
        may_be_empty: Whether the result may be empty. If not, a back with nothing else is returned unchanged.
    """
    lines = note["Back"].split(line_break)
    if meaning and _only_names_the_word(lines[0], note):
        del lines[0]
    if example and note["Example"]:
        shown = f"{note['Example']} “{note['ExampleTranslation']}”"
        kept = [line.removeprefix(shown).removeprefix(" — ") if line.startswith(shown) else line for line in lines]
        lines = [after for before, after in zip(lines, kept, strict=True) if after or not before]
    left = line_break.join(lines).removeprefix(line_break).removeprefix(line_break)
    return left if left or may_be_empty else note["Back"]


def _only_names_the_word(line: str, note: Mapping[str, str]) -> bool:
    """Return whether a line has only the word and its meaning, with or without its IPA and its part of speech."""
    if not note["Meaning"] or not line.startswith(note["Term"]):
        return False
    rest = line.removeprefix(note["Term"]).removeprefix(f" {note['IPA']}")
    separator = next((each for each in _SEPARATORS if rest.startswith(each)), None)
    if separator is None:
        return False
    shown = rest.removeprefix(separator).removesuffix(".").removesuffix(f" ({note['PartOfSpeech']})")
    return shown == note["Meaning"].removesuffix(".")
