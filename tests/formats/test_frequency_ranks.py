"""Test that ranks are distinguished from frequencies, and that common words come first in both."""

import pytest

from korean_flashcards.formats.word_list import WordList

RARE = ["갯벌", "가랑비", "햇살", "포도", "물개", "우산", "단추", "장갑"]


def order(text: str) -> tuple[list[str], bool]:
    """Return the words as `limit` takes them, and whether the summary calls the column a rank."""
    words = WordList("list.csv", text.encode())
    rows = sorted(words.rows(), key=lambda row: -int(row.values["frequency"] or 0))
    return [row.values["term"] for row in rows], any("looks like a rank" in note for note in words.summary.notes)


@pytest.mark.parametrize(
    "text",
    [
        "frequency,korean\n3,있다\n38120,갯벌\n57,사람\n12004,가랑비\n,새것\n",
        "freq,word\n1,것\n2,하다\n38000,가랑비\n38119,갯벌\n38120,햇살\n",
        "순위,단어\n120.0,나무\n455.0,사과\n\"1,780\",바로\n",
        "word,Frequency Rank\n우산,9\n나무,4\n물,1\n",
        "word,frequency\n" + "".join(f"{word},{number}\n" for number, word in enumerate(RARE, 1)),
        "word,frequency\n" + "".join(f"{word},{number * 7}\n" for number, word in enumerate(RARE, 1)),
    ],
)  # fmt: skip
def test_a_rank_is_read_as_a_rank(text):
    terms, said = order(text)
    header, *rows = [line.replace('"1,780"', "1780").split(",") for line in text.splitlines()]
    number = next(index for index, name in enumerate(header) if name not in ("word", "korean", "단어"))
    ranked = sorted(rows, key=lambda row: float(row[number] or "inf"))
    assert said and terms == [row[1 - number] for row in ranked]


@pytest.mark.parametrize(
    "text",
    [
        "word,frequency\n우산,120\n나무,300\n것,90000\n하다,88000\n물,1000\n",
        "word,frequency\n"
        + "".join(f"{word},{number}\n" for word, number in zip(RARE, [5, 5, 3, 3, 2, 1, 1, 1], strict=True)),
        "word,frequency\n" + "".join(f"{word},{9000 - number}\n" for number, word in enumerate(RARE)),
        "word,frequency\n학생,41\n의사,220\n",
        "word,freq\n우산,high\n나무,low\n",
    ],
)
def test_a_frequency_is_not_taken_for_a_rank(text):
    words = WordList("list.csv", text.encode())
    values = [row.values["frequency"] for row in words.rows()]
    assert values == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert not any("rank" in note for note in words.summary.notes)
