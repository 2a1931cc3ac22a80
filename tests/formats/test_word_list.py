"""Test the parser of word lists: headers, encodings, delimiters, line endings, and files that are not word lists."""

import csv
import io
import itertools
import tracemalloc
import unicodedata
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ListRow, WordList, read_word_list

# The documented header names, repeated here so that changing them fails a test.
KNOWN = {
    "term": "Hangul, term, korean, word, vocabulary, 한국어, 단어, 어휘",
    "position": "Position, #, no, index",
    "pos": "Word_Type, type, pos, part_of_speech, 품사",
    "definition": "Definition, english, meaning, translation, 뜻, 의미, 영어",
    "ipa": "IPA_Pronunciation, ipa, pronunciation",
    "topik_level": "TOPIK_Level, level, topik, 급수, 등급",
    "example": "Example_Sentence, example, sentence, 예문",
    "example_translation": "Example_Sentence_Translation, translation_of_example, 번역",
    "usage_hint": "Usage_Hint, hint, notes",
    "frequency": "Frequency_Number, frequency, freq",
    "hanja": "hanja, 한자",
    "tags": "tags",
}
# Any text is a value of the other columns.
VALUES = {"pos": "noun", "ipa": "[namu]"}
PAIRS = [(column, name) for column, names in KNOWN.items() for name in names.split(", ")]
HEADER_19 = (
    "Position,Hangul,IPA_Pronunciation,Word_Type,TOPIK_Level,Definition,Example_Sentence,Example_Sentence_IPA,"
    "Example_Sentence_Translation,Usage_Hint,Frequency,Frequency_Number,Verified,Quality_Score,HSK_Compliance,"
    "Processed,Reasoning_Tokens,Total_Tokens,O4_Error"
)
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "utf-16 le": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16 be": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "cp949": lambda text: text.encode("cp949"),
}


def read(text: str) -> list[ListRow]:
    return list(read_word_list("words.csv", text.encode()))


def rejected(data: bytes) -> str:
    with pytest.raises(WordListError) as caught:
        list(read_word_list("unit3.csv", data))
    return str(caught.value)


@pytest.mark.parametrize(("column", "name"), PAIRS)
@pytest.mark.parametrize(
    "spelling",
    [str, str.upper, str.lower, str.title, lambda name: name.replace("_", " "),
     lambda name: f"  {name.replace('_', '  ')} "],
    ids=["as is", "upper", "lower", "title", "spaces", "padded"],
)  # fmt: skip
def test_known_headers_are_recognized_in_any_spelling(column, name, spelling):
    if column == "term":
        assert read(f"x,{spelling(name)}\n1,나무\n")[0].values == {"term": "나무"}
    else:
        value = VALUES.get(column, "value")
        # Without meanings and examples, 번역 is the translation of the word.
        found = "definition" if name == "번역" else column
        assert read(f"단어,{spelling(name)}\n나무,{value}\n")[0].values == {"term": "나무", found: value}


@pytest.mark.parametrize(
    ("column", "names"),
    [(column, names.split(", ")[start:]) for column, names in KNOWN.items() for start in range(names.count(", "))],
)
def test_the_first_documented_header_is_used_if_several_are_present(column, names):
    # The file has the reverse order, because only the documented order counts.
    header = [*reversed(names)] if column == "term" else ["단어", *reversed(names)]
    values = dict(zip(names, ["noun", "verb", "adverb", "particle", "pronoun", "나무", "물", "불"], strict=False))
    if column == "term":
        values = {name: f"나무{name}" for name in names}
    cells = ["나무"] * (column != "term") + [values[name] for name in reversed(names)]
    expected = "definition" if names == ["번역"] else column
    assert read("\t".join(header) + "\n" + "\t".join(cells))[0].values[expected] == values[names[0]]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("position,term,type\n4,나무,noun\n", {"position": "4", "term": "나무", "pos": "noun"}),
        ("word,meaning,notes\n나무,tree,big\n", {"term": "나무", "definition": "tree", "usage_hint": "big"}),
        ("term\n나무\n", {"term": "나무"}),
    ],
)
def test_common_header_styles_are_recognized(text, values):
    assert read(text)[0].values == values


def test_all_19_columns_of_a_real_list_are_kept():
    cells = [f"c{number}" if number != 3 else "noun" for number in range(19)]
    row = read(f"{HEADER_19}\r\n{','.join(cells)}\r\n")[0]
    assert row.values == {
        "position": "c0", "term": "c1", "ipa": "c2", "pos": "noun", "topik_level": "c4", "definition": "c5",
        "example": "c6", "example_translation": "c8", "usage_hint": "c9", "frequency": "c11",
    }  # fmt: skip
    assert set(row.values.values()) | set(row.other.values()) == set(cells)
    assert row.other["O4_Error"] == "c18"


def test_columns_with_missing_or_repeated_names_are_kept():
    assert list(read("word,extra1,extra1,\n나무,a,b,c\n")[0].other.values()) == ["a", "b", "c"]


# Characters that CP949 can encode, including those that are special in CSV.
CELL = st.text(st.sampled_from("가각힣친국漢字Az09ㄱ,;\t\"'\n 뷁"), max_size=12)
TERM = st.text(st.sampled_from("가각힣친국뷁 "), min_size=1, max_size=6).filter(str.strip)


@given(
    rows=st.lists(st.tuples(TERM, CELL, CELL), min_size=1, max_size=6),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    delimiter=st.sampled_from(",\t;"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    final=st.booleans(),
)
@settings(max_examples=150)
def test_encoding_delimiter_and_line_ending_do_not_change_the_rows(rows, encoding, delimiter, line_end, final):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([("단어", "뜻", "notes"), *rows])
    text = out.getvalue() if final else out.getvalue().removesuffix(line_end)
    read_rows = list(read_word_list("list.csv", ENCODINGS[encoding](text)))
    assert [tuple(row.values.values()) for row in read_rows] == [
        (term.strip(), meaning.strip(), notes.strip()) for term, meaning, notes in rows
    ]
    assert [row.row for row in read_rows] == list(range(2, len(rows) + 2))


def test_decomposed_hangul_from_macos_is_composed():
    decomposed = unicodedata.normalize("NFD", "한국어,뜻\n나무,나무의 뜻\n")
    assert read(decomposed)[0].values == {"term": "나무", "definition": "나무의 뜻"}


def test_a_quoted_line_break_is_part_of_its_cell():
    rows = read('word,meaning\n나무,"tree\nof any kind"\n\n물,water\n')
    assert [(row.row, row.values["definition"]) for row in rows] == [(2, "tree\nof any kind"), (4, "water")]


@pytest.mark.parametrize(
    ("line", "cells"), [("나무", 0), ("나무,tree", 0), ("나무,tree,", 0), ("나무,tree,,,", 0), ("나무,tree,big", 1)]
)
def test_empty_cells_are_not_extra_cells(line, cells):
    assert read(f"word,meaning\n{line}\n")[0].extra_cells == cells


# These include every direction mark (Unicode's Bidi_Control), which change the order in which text is shown.
INVISIBLE = [*"\u200b\ufeff\x01\x07\x1b\x1f\x7f\x9b\u2060\xad\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)),
             *map(chr, range(0x2066, 0x206A))]  # fmt: skip


@pytest.mark.parametrize("sign", INVISIBLE, ids=ascii)
def test_invisible_characters_are_removed(sign):
    """A word with such a character would look the same but have a different headword, tag and cache key."""
    assert read(f"word,meaning\n나{sign}무,tr{sign}ee\n")[0].values == {"term": "나무", "definition": "tree"}


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", "<row>나무</row>" * 50)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\r\n  \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"word,meaning\n", "has a header but no rows"),
        (b"word,meaning\n,\n \n", "has a header but no rows"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", "not a text file"),
        (zipped(), "not a text file"),
        ("word,meaning\n나무,tree\n".encode("utf-32"), "not a text file"),
        (b"Nr,Bedeutung\n1,Baum\n", "no column for words. Found: Nr, Bedeutung."),
        (f"word,meaning\n나무,{'x' * 1_000_000}\n".encode(), "row 2: a cell has more than 100,000 characters"),
        ('word,meaning\n나무,"tree"x\n'.encode(), "row 2: a cell has text after its closing quotation mark"),
        ('word,meaning\n물,water\n나무,"tree\n불,fire\n'.encode(), "a quotation mark is not closed"),
        ('word,meaning\n나무,"tree\n불,"fire"\n물,water\n'.encode(), "quotation mark"),
    ],
    ids=["nothing", "blank lines", "BOM", "header", "blank rows", "png", "zip", "utf-32", "no column for words",
         "1 MB cell", "text after a quote", "unclosed quote", "quote closed by another cell"],
)  # fmt: skip
def test_an_invalid_list_is_rejected_with_one_message(data, says):
    message = rejected(data)
    assert says in message
    assert message.startswith("unit3.csv") and message.endswith("Nothing from this list was imported.")
    assert "\n" not in message and len(message) < 400


def test_rows_are_read_one_by_one():
    rows = read_word_list("long.csv", b"word,meaning\n" + "나무,tree\n".encode() * 50 + '물,"water\n'.encode())
    assert next(rows).row == 2
    assert len(list(itertools.islice(rows, 49))) == 49
    with pytest.raises(WordListError, match="row 52"):
        next(rows)


def test_characters_across_chunk_boundaries_are_read():
    term = "가" * 90
    for shift in range(3):
        text = f"word,meaning\n{'x' * shift},\n" + f"{term},나무\n" * 400
        assert {row.values["term"] for row in read(text)[1:]} == {term}


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list():
    def peak(rows: int) -> int:
        data = b"word,meaning\n" + "나무,tree of any kind\n".encode() * rows
        tracemalloc.start()
        assert sum(1 for _ in read_word_list("long.csv", data)) == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(2_000) + 200_000


def test_a_quotation_mark_inside_an_unquoted_cell_is_text():
    assert read('word,meaning\n나무,the 5" tree\n물,water\n')[0].values["definition"] == 'the 5" tree'


LIKE_A_LIST = st.text(st.sampled_from('word,뜻\n\r\t;" 가\x00\u2028'), max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        'word,meaning\n배1,pear\n\n배2,"boat\nship"\n',
        "STT\tkorean\tenglish\n1\t우산\tumbrella\n2\t바람\twindSTT\tkorean\tenglish\n3\t물\twater\n",
        "english,korean\nwind,바람2english,korean\nwater,물\n",
        "word,meaning\n우산,umbrella\nposition,term,type\n1,물,noun\n",
        "word,meaning\n<b>우산</b>,umbrella\n물&nbsp;1,<i>water</i>\n",
        "meaning,word\numbrella,우산\nwater\n",
        "to go\t가다\nto eat\n(polite: 드시다)\t먹다\nto drink\t마시다\n",
    ],
)
def test_the_terms_alone_are_those_of_the_rows(text):
    words = WordList("words.csv", text.encode())
    assert [*words.terms()] == [row.values["term"] for row in words.rows()]


@given(st.binary(max_size=200) | LIKE_A_LIST.map(str.encode))
@example(b'word\n"\n')
@settings(max_examples=200)
def test_any_bytes_give_rows_or_one_clear_error(data):
    try:
        rows = list(read_word_list("any.csv", data))
    except WordListError as error:
        assert str(error).startswith("any.csv") and str(error).endswith("Nothing from this list was imported.")
    else:
        assert rows and all("term" in row.values for row in rows)
        assert [row.row for row in rows] == sorted({row.row for row in rows})
