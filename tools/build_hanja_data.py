"""Build the hanja data for ``korean_flashcards.korean.hanja`` from its two public sources.

    python tools/build_hanja_data.py HANJA_TXT UNIHAN_READINGS [OUTPUT_FOLDER]

HANJA_TXT is libhangul's ``data/hanja/hanja.txt`` (Debian: libhangul-data; BSD-3-Clause). UNIHAN_READINGS is
``Unihan_Readings.txt`` from the Unicode Character Database, plain or .bz2 (Debian: unicode-data; Unicode license).
The same sources always produce the same bytes. The script writes two files (UTF-8, tab-separated, gzip):

- ``hanja_characters.tsv.gz``: the character, the number of Sino-Korean words that use it, "E" if it is one of the 1,800
  characters taught in Korean schools, its English gloss, and its readings as ``남=사내 남``, joined by "|";
- ``hanja_words.tsv.gz``: the Hangul spelling, and its hanja words in the order of the source, separated by spaces. The
  second file contains only words of two or more syllables with one character per syllable. Each character must have an
  English gloss, and a 훈음 (its Korean meaning and sound) for its reading in the word.
"""

import argparse
import bz2
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_DATA = Path(__file__).parent.parent / "src" / "korean_flashcards" / "korean" / "data"
# Parts of a gloss that say nothing about the meaning of a Korean word.
_NO_MEANING = re.compile(r"radical|variant of|same as|surname|\(Cant|simplified|\bJapanese\b.*\bform", re.IGNORECASE)


def _read_glosses(path: Path) -> tuple[dict[str, str], set[str]]:
    """Return each character's English gloss, and the characters taught in Korean schools (kHangul source E)."""
    glosses: dict[str, str] = {}
    taught: set[str] = set()
    opener = bz2.open if path.suffix == ".bz2" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("U+"):
                continue
            code, field, value = line.rstrip("\n").split("\t")
            character = chr(int(code[2:], 16))
            if field == "kDefinition":
                parts = [part.strip() for part in value.split(";")]
                kept = [part for part in parts if part and not _NO_MEANING.search(part)]
                if kept:
                    glosses[character] = "; ".join(kept)
            elif field == "kHangul" and any("E" in source.partition(":")[2] for source in value.split()):
                taught.add(character)
    return glosses, taught


def _read_entries(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the Hangul, hanja, and 훈음 from each line of hanja.txt that has as many syllables as characters."""
    for line in path.read_text(encoding="utf-8").splitlines():
        hangul, first, rest = line.partition(":")
        hanja, second, meaning = rest.partition(":")
        if first and second and not line.startswith("#") and len(hangul) == len(hanja):
            yield hangul, hanja, meaning


def _write(path: Path, lines: list[str]) -> None:
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode("utf-8"), 9, mtime=0))
    print(f"{path.name}: {len(lines):,} lines, {path.stat().st_size:,} bytes")


def build(hanja_txt: Path, unihan_readings: Path, output: Path) -> None:
    """Write the two data files into ``output``."""
    glosses, taught = _read_glosses(unihan_readings)
    readings: dict[str, dict[str, str]] = {}
    words: list[tuple[str, str]] = []
    for hangul, hanja, meaning in _read_entries(hanja_txt):
        if len(hangul) > 1:
            words.append((hangul, hanja))
        else:
            readings.setdefault(hanja, {})[hangul] = meaning.split(",")[0].strip()
    uses = Counter(character for _, hanja in words for character in set(hanja))

    candidates: dict[str, list[str]] = {}
    for hangul, hanja in words:
        pairs = zip(hangul, hanja, strict=True)
        if all(character in glosses and readings.get(character, {}).get(syllable) for syllable, character in pairs):
            same = candidates.setdefault(hangul, [])
            if hanja not in same:
                same.append(hanja)

    known = sorted(character for character in readings if character in glosses or any(readings[character].values()))
    _write(output / "hanja_characters.tsv.gz", [
        "\t".join((
            character,
            str(uses[character]),
            "E" if character in taught else "",
            glosses.get(character, ""),
            "|".join(f"{reading}={hun_eum}" for reading, hun_eum in sorted(readings[character].items())),
        ))
        for character in known
    ])  # fmt: skip
    _write(output / "hanja_words.tsv.gz", [f"{h}\t{' '.join(candidates[h])}" for h in sorted(candidates)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the hanja data files from their two public sources.")
    parser.add_argument("hanja_txt", type=Path, help="libhangul's hanja.txt")
    parser.add_argument("unihan_readings", type=Path, help="Unihan_Readings.txt, plain or .bz2")
    parser.add_argument(
        "output", type=Path, nargs="?", default=_DATA, help="output folder (default: the package's data)"
    )
    arguments = parser.parse_args()
    build(arguments.hanja_txt, arguments.unihan_readings, arguments.output)
