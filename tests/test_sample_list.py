"""The sample word list has the properties that the README and the first notebook rely on."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "data" / "01_raw" / "sample_words.csv"
HEADER = "position,term,pos,definition,example,example_translation,topik_level,hanja,usage_hint,tags"
PARTS_OF_SPEECH = {
    *("noun", "verb", "adjective", "adverb", "particle", "determiner", "numeral", "pronoun"),
    *("interjection", "phrase", "suffix", "ending"),
}
KINDS = ["homograph", "inflected", "honorific", "confusable", "counter", "number", "idiom"]
# Native endings of Sino-Korean words in the list, which have no hanja.
NATIVE_TAIL = re.compile(r"(하다|을|에서)$")
HANGUL_SYLLABLE = re.compile(r"[가-힣]")
HANJA_WORD = re.compile(r"[\u4e00-\u9fff]+")

Row = dict[str, str]


def read_rows() -> list[Row]:
    return list(csv.DictReader(io.StringIO(SAMPLE.read_text(encoding="utf-8"), newline="")))


ROWS = read_rows()


def label(row: Row) -> str:
    return f"{row['position']}-{row['term']}"


each_row = pytest.mark.parametrize("row", ROWS, ids=label)


def onset(syllable: str) -> int:
    """Return the index of a syllable's initial consonant. Unicode has 588 syllables for each (section 3.12)."""
    return (ord(syllable) - 0xAC00) // 588


def test_the_file_is_plain_utf8_with_unix_lines_and_the_documented_header() -> None:
    content = SAMPLE.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.decode("utf-8").splitlines()[0] == HEADER


def test_positions_count_from_one_without_a_gap() -> None:
    assert [row["position"] for row in ROWS] == [str(n) for n in range(1, len(ROWS) + 1)]
    assert 110 <= len(ROWS) <= 140


def test_every_part_of_speech_occurs_and_no_other() -> None:
    assert {row["pos"] for row in ROWS} == PARTS_OF_SPEECH


def test_every_topik_level_occurs_and_no_other() -> None:
    assert {row["topik_level"] for row in ROWS} == set("123456")


def test_no_meaning_of_a_word_is_listed_twice() -> None:
    repeated = [key for key, n in Counter((row["term"], row["definition"]) for row in ROWS).items() if n > 1]
    assert repeated == []


def test_no_example_is_used_twice() -> None:
    assert len({row["example"] for row in ROWS}) == len(ROWS)


def test_at_least_six_words_have_homographs_and_each_is_tagged() -> None:
    meanings: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ROWS:
        meanings[row["term"]].append(row)
    homographs = {term: rows for term, rows in meanings.items() if len(rows) > 1}
    assert len(homographs) >= 6
    tagged = {row["position"] for row in ROWS if "homograph" in row["tags"].split(",")}
    assert tagged == {row["position"] for rows in homographs.values() for row in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_difficulty_is_represented(kind: str) -> None:
    assert sum(kind in row["tags"].split(",") for row in ROWS) >= 2


@each_row
def test_a_row_is_complete_normalized_and_within_limits(row: Row) -> None:
    for name, value in row.items():
        assert unicodedata.is_normalized("NFC", value), name
        assert value == " ".join(value.split()), f"{name} has stray white space"
    for name in ("term", "definition", "example", "example_translation"):
        assert row[name], name
    assert len(row["term"]) <= 100 and HANGUL_SYLLABLE.search(row["term"])
    assert len(row["definition"]) <= 80, "short enough for the face of a card"
    assert all(re.fullmatch(r"[a-z]+", tag) for tag in row["tags"].split(",") if row["tags"])


@each_row
def test_the_example_shows_the_word_or_a_form_of_it(row: Row) -> None:
    word = row["term"].lstrip("-")
    if word in row["example"]:
        return
    assert word.endswith("다"), "only dictionary forms may appear inflected"
    if word.removesuffix("다").removesuffix("하") in row["example"]:
        return
    # An irregular stem changes its vowel or coda (쓰다 → 써요, 낫다 → 나아요), never its initial consonant.
    assert onset(word[0]) in {onset(syllable) for syllable in HANGUL_SYLLABLE.findall(row["example"])}


@each_row
def test_example_and_translation_are_whole_sentences(row: Row) -> None:
    assert row["example"][-1] in ".?!"
    assert row["example_translation"][-1] in ".?!"
    assert row["example_translation"].isascii()
    assert not HANJA_WORD.search(row["example"])


@each_row
def test_hanja_have_one_character_for_each_sino_korean_syllable(row: Row) -> None:
    if not row["hanja"]:
        return
    assert HANJA_WORD.fullmatch(row["hanja"])
    assert len(row["hanja"]) == len(HANGUL_SYLLABLE.findall(NATIVE_TAIL.sub("", row["term"])))
