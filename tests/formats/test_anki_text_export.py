"""Test text files exported from Anki, also after a spreadsheet has saved them."""

import pytest

from korean_flashcards.formats.word_list import ListRow, WordList

NOTES = (
    "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:7\n"
    "q7$kV^0aab\tKorean Vocab\tKorean::Unit 3\t<b>우산</b>[sound:usan.mp3]\tumbrella\t雨傘\tunit3 leech\n"
    'q7$kV^0aac\tKorean Vocab\tKorean::Unit 3\t장갑&nbsp;\tgloves (켤레)\t"<span style=""color: red;"">掌匣</span>"\tunit3\n'
)


def read(text: str) -> tuple[list[ListRow], WordList]:
    words = WordList("deck.txt", text.encode())
    return list(words.rows()), words


def test_an_export_of_notes_is_read_and_its_columns_are_named():
    rows, words = read(NOTES)
    assert rows[0].values == {"term": "우산", "definition": "umbrella", "hanja": "雨傘", "tags": "unit3, leech"}
    assert rows[1].values == {"term": "장갑", "definition": "gloves (켤레)", "hanja": "掌匣", "tags": "unit3"}
    assert list(words.summary.unused) == ["guid", "notetype", "deck"]
    assert words.summary.columns["column 4"] == "term" and words.summary.columns["column 5"] == "definition"
    assert "The file is a text export from Anki." in words.summary.notes
    assert [(row.row, row.before) for row in rows] == [(7, 6), (8, 6)]


@pytest.mark.parametrize(
    "separator", [("Comma", ","), ("Pipe", "|"), ("semicolon", ";"), ("Colon", ":"), ("tab", "\t"), ("|", "|")]
)
def test_every_separator_of_anki_is_read(separator):
    name, sign = separator
    text = f"#separator:{name}\n#html:false\n#columns:Front{sign}Back{sign}Tags\n우산{sign}umbrella{sign}a b\n"
    (row,), _ = read(text)
    assert row.values == {"term": "우산", "definition": "umbrella", "tags": "a, b"}


@pytest.mark.parametrize(
    "text",
    [
        "#separator:Comma,,,\n#html:true,,,\n#columns:Korean,English,Hanja,Tags\n우산,umbrella,雨傘,unit3 weather\n",
        '"#separator:tab",,,\n"#html:true",,,\n"#columns:Korean\tEnglish\tHanja\tTags",,,\n'
        "우산,umbrella,雨傘,unit3 weather\n",
        "#separator:Semicolon;;;\n#html:true;;;\n#columns:Korean;English;Hanja;Tags\n우산;umbrella;雨傘;unit3 weather\n",
    ],
)
def test_headers_that_a_spreadsheet_padded_are_read(text):
    (row,), words = read(text)
    assert row.values == {"term": "우산", "definition": "umbrella", "hanja": "雨傘", "tags": "unit3, weather"}
    assert dict(words.summary.columns) == {
        "Korean": "term", "English": "definition", "Hanja": "hanja", "Tags": "tags",
    }  # fmt: skip


def test_korean_on_the_back_is_still_the_term():
    (one, two), _ = read("#separator:tab\n#html:true\numbrella\t<div>우산</div>\ntree\t나무\n")
    assert (one.values["term"], one.values["definition"], two.values["term"]) == ("우산", "umbrella", "나무")


def test_a_number_sign_as_a_header_is_not_a_header_of_anki():
    (row,), words = read("#,단어,뜻\n7,나무,tree\n")
    assert row.values == {"position": "7", "term": "나무", "definition": "tree"}
    assert not words.summary.notes


def test_spaces_separate_tags_only_in_an_export_from_anki():
    """A table from a spreadsheet may contain markup, too. There, "unit 3" is one tag."""
    rows, _ = read('term,definition,tags\n우산,<b>umbrella</b>,unit 3\n장갑,glove,"unit 4, food"\n')
    assert [row.values["tags"] for row in rows] == ["unit 3", "unit 4, food"]
