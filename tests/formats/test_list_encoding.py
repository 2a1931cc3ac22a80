"""Test the decoding of word lists: one encoding, damaged files, and files that were joined."""

import pytest

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ENCODING, ListRow, WordList, read_word_list

APOSTROPHE = (
    "term,definition\n감히,how dare; boldly\n강당,auditorium\n걱정,worry about one’s family\n겨울,winter\n"
).replace("’", "\x92")


def read(data: bytes) -> list[ListRow]:
    return list(read_word_list("words.csv", data))


def utf_8_with(text: str) -> bytes:
    """Return the text in UTF-8, except for the characters of Windows-1252 and Latin-1 beyond ASCII."""
    return b"".join(sign.encode("latin-1" if "\x80" <= sign <= "\xff" else "utf-8") for sign in text)


def warned(rows: list[ListRow]) -> dict[int, list[str]]:
    return {row.row: [reason for code, reason in row.warnings if code == ENCODING] for row in rows if row.warnings}


@pytest.mark.parametrize(
    ("text", "definition", "row"),
    [
        (APOSTROPHE, "worry about one’s family", 4),
        ("term,definition\n감히,how dare\n카페,caf\xe9\n", "café", 3),
        ("term,definition\n감히,\x93how dare\x94 \x96 boldly\n", "“how dare” – boldly", 2),
        ("term,definition\n유로,5\x80\n우산,umbrella\n", "5€", 2),
        (
            "term,definition\n\xfcber,x\n우산,umbrella\n감히,\xfcberhaupt, wagen\n".replace(", w", "; w"),
            "überhaupt; wagen",
            4,
        ),
    ],
)
def test_odd_bytes_in_utf_8_are_read_as_windows_1252_with_a_warning(text, definition, row):
    rows = read(utf_8_with(text))
    assert definition in [one.values["definition"] for one in rows]
    assert row in warned(rows) and "not UTF-8; they were read as" in warned(rows)[row][0]
    terms = {one.values["term"] for one in rows}
    assert not any("一" <= sign <= "鿿" for term in terms for sign in term)


def test_a_word_in_euc_kr_inside_utf_8_is_read():
    rows = read("term,definition\n나무,".encode() + "큰 나무".encode("euc-kr") + b"\n" + "물,water\n".encode())
    assert rows[0].values["definition"].endswith("나무") and list(warned(rows)) == [2]


@pytest.mark.parametrize(
    "lines",
    [
        [("단어,뜻\n나무,tree\n", "utf-8"), ("바다,sea\n하늘,sky\n", "cp949"), ("구름,cloud\n", "utf-8")],
        [("단어,뜻\n나무,tree\n물,water\n", "cp949"), ("바다,sea\n", "utf-8")],
        [("단어,뜻\n나무,tree\n", "utf-8"), ("뷁 바다,sea\n", "cp949")],
    ],
)
def test_each_line_of_joined_files_is_read_in_its_encoding(lines):
    rows = read(b"".join(text.encode(encoding) for text, encoding in lines))
    expected = "".join(text for text, _ in lines).split("\n")[1:-1]
    assert [",".join(row.values.values()) for row in rows] == expected
    assert warned(rows), "a row in a different encoding is reported"


@pytest.mark.parametrize(
    "text",
    [
        "단어,뜻\n짠,salty\n나무,tree\n",
        "단어,뜻\n뷁,x\n챕챕,chapter\n",
        "단어,한자\n국가,國家\n사과,沙果\n",
        "word,meaning\n힣,end\n우산,u\n",
    ],
)
def test_a_file_in_cp949_is_read_without_warnings(text):
    rows = read(text.encode("cp949"))
    assert [",".join(row.values.values()) for row in rows] == text.split("\n")[1:-1] and not warned(rows)


def test_a_file_in_cp949_may_have_odd_bytes():
    rows = read("단어,뜻\n나무,tree\n".encode("cp949") + "물,5".encode("cp949") + b"\x80 a\n")
    assert [row.values["term"] for row in rows] == ["나무", "물"] and "not CP949/EUC-KR" in warned(rows)[3][0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["word,meaning\n나무,tree\n물,water\n", "단어\t뜻\n나무\ttree\n"])
def test_utf_16_without_a_bom_is_recognized(encoding, text):
    assert read(text.encode(encoding))[0].values["term"] == "나무"
    assert "The encoding is UTF-16." in WordList("words.csv", text.encode(encoding)).summary.notes


@pytest.mark.parametrize(
    ("encoding", "cut"), [("utf-8", 1), ("utf-8-sig", 1), ("cp949", 1), ("utf-16", 1), ("utf-16-le", 1)]
)
def test_a_file_that_ends_in_the_middle_of_a_character_is_read(encoding, cut):
    rows = read("word,meaning\n물,water\n나무,큰 나무".encode(encoding)[:-cut])
    assert [row.values["term"] for row in rows] == ["물", "나무"]
    assert rows[1].values["definition"] == "큰 나" and "middle of a character" in warned(rows)[3][0]


def test_a_nul_in_a_list_is_removed():
    assert read("word,meaning\n나\0무,tree of any kind\n".encode())[0].values["term"] == "나무"


def test_old_macintosh_line_endings_are_read():
    assert [row.values["term"] for row in read("word,meaning\r나무,tree\r물,water\r".encode())] == ["나무", "물"]


OTHER = "단어,뜻,中文\n우산,umbrella,雨傘\n사람,person,人\n가다,to go,去\n"


@pytest.mark.parametrize(("codec", "name"), [("gb18030", "GB18030"), ("johab", "Johab"), ("iso2022_kr", "ISO-2022-KR")])
@pytest.mark.parametrize("text", [OTHER, OTHER.replace("雨傘", "").replace("人", ""), OTHER.replace("단어,뜻", "韓語,意思"),
                                  "우산\n나무\n바다\n", OTHER * 50])  # fmt: skip
def test_other_encodings_of_korean_are_read_and_named(codec, name, text):
    data = text.encode(codec)
    words = WordList("list.csv", data)
    rows = list(words.rows())
    assert [row.values["term"] for row in rows] == [
        row.values["term"] for row in WordList("list.csv", text.encode()).rows()
    ]
    assert f"The encoding is {name}." in words.summary.notes


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("単語,意味\n学校,がっこう\n先生,せんせい\n", "shift_jis"),
        ("Wörter,Übersetzung\nSchön,größer\n", "cp1252"),
        ("Слово,Перевод\nшкола,дом\n", "cp1251"),
    ],
)
def test_a_file_without_korean_is_refused_because_of_its_encoding(text, codec):
    with pytest.raises(WordListError) as caught:
        list(WordList("list.csv", text.encode(codec)).rows())
    message = str(caught.value)
    assert "contains no Korean text in UTF-8" in message and "Found:" not in message
    assert message.startswith("list.csv") and message.endswith("Nothing from this list was imported.")
