"""Find the word and the note field that each file in the media folder belongs to, from the file's name.

``남성.mp3`` is the word's sound, ``남성_example.mp3`` the sound of its example, and ``남성.jpg`` its picture. A homograph
has its number: ``배#2.mp3``. The name without a number belongs to the first one.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from korean_flashcards.domain.lazy_regex import lazy_regex

SOUNDS = (".mp3", ".ogg", ".oga", ".opus", ".m4a", ".wav", ".flac", ".aac")
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif")
_EXAMPLE = "_example"
_NUMBER = lazy_regex(r"#(\d+)$")
# Windows does not allow these in file names, and people write either of the other two.
_NOT_IN_NAMES = lazy_regex(r'[\\/:*?"<>|\s_]+')


@dataclass
class WordMedia:
    """The files that belong to words, and those that do not.

    Attributes:
        fields: The path of the file for each note field, by the word's ID and the name of the field.
        unused: The paths of the other files, each with the reason.
    """

    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)


def word_media(words: Iterable[tuple[str, str, int]], paths: Sequence[str]) -> WordMedia:
    """Return which file belongs to which word.

    Args:
        words: The ID, the headword, and the homograph number of each word.
        paths: The paths of the files in the media folder.
    """
    by_name: dict[tuple[str, int], list[str]] = {}
    for item_id, term, homograph in words:
        by_name.setdefault((_name(term), homograph), []).append(item_id)
    found = WordMedia()
    for path in sorted(paths):
        headword, number, name = _parts(path)
        fitting = by_name.get((headword, number), [])
        if not name:
            found.unused[path] = "it is not a sound or a picture"
        elif len(fitting) != 1:
            found.unused[path] = "several words have this name" if fitting else "no word has this name"
        elif first := found.fields.get((fitting[0], name)):
            found.unused[path] = f"{first} is used"
        else:
            found.fields[fitting[0], name] = path
    return found


def _parts(path: str) -> tuple[str, int, str]:
    """Return the headword in a file's name, the homograph number, and the note field, or "" if it is for none."""
    file = PurePosixPath(path)
    suffix, stem = file.suffix.lower(), unicodedata.normalize("NFC", file.stem)
    is_example = stem.lower().endswith(_EXAMPLE)
    stem = stem[: -len(_EXAMPLE)] if is_example else stem
    found = _NUMBER.search(stem)
    number = int(found[1]) if found else 1
    headword = _name(_NUMBER.sub("", stem))
    if suffix in SOUNDS:
        return headword, number, "ExampleAudio" if is_example else "Audio"
    is_picture = suffix in PICTURES and not is_example
    return headword, number, "Image" if is_picture else ""


def _name(text: str) -> str:
    """Return a headword in the form in which it is compared with the names of files."""
    return _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", text)).strip("_. ").casefold()
