"""Test which column of a list is read as what: from its header, or without one from its cells."""

import pytest

from korean_flashcards.formats.list_summary import ListSummary
from korean_flashcards.formats.word_list import JOINED, ListRow, WordList


def read(text: str) -> tuple[list[ListRow], ListSummary]:
    words = WordList("words.csv", text.encode())
    rows = list(words.rows())
    return rows, words.summary


def columns(text: str) -> dict[str, str]:
    """Return the list's columns in use: the header for each of the project's columns."""
    return {column: header for header, column in read(text)[1].columns.items()}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("단어,의미,예문,번역", {"definition": "의미", "example": "예문", "example_translation": "번역"}),
        ("단어,급수", {"topik_level": "급수"}),
        ("어휘,영어,등급", {"term": "어휘", "definition": "영어", "topik_level": "등급"}),
        ("순위,단어,품사,풀이,등급", {"frequency": "순위", "pos": "품사", "definition": "풀이", "topik_level": "등급"}),
        ("word,english_translations,part_of_speech", {"definition": "english_translations", "pos": "part_of_speech"}),
        ("STT,korean,english", {"position": "STT", "term": "korean", "definition": "english"}),
        ("Front,Back", {"term": "Front", "definition": "Back"}),
        ("단어,번역", {"term": "단어", "definition": "번역"}),
        ("단어,예문,번역", {"example": "예문", "example_translation": "번역"}),
        ("word,meaning,example,translation", {"definition": "meaning", "example_translation": "translation"}),
        ("word,example,translation", {"definition": "translation", "example": "example"}),
        ("Word (Korean),Word (English)", {"term": "Word (Korean)", "definition": "Word (English)"}),
        ("단어,Example (Korean),Example (English)",
         {"example": "Example (Korean)", "example_translation": "Example (English)"}),
        ("Korean (Hangul),Meaning [en]", {"term": "Korean (Hangul)", "definition": "Meaning [en]"}),
    ],
)  # fmt: skip
def test_headers_of_public_lists_are_recognized(header, found):
    row = ",".join(f"나무{number}" for number in range(header.count(",") + 1))
    assert found.items() <= columns(f"{header}\n{row}\n").items()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("front,word,back,meaning", {"term": "word", "definition": "meaning"}),
        ("meaning (short),definition", {"definition": "definition"}),
        ("rank,korean,frequency", {"frequency": "frequency"}),
        ("vocab,단어,풀이,뜻", {"term": "단어", "definition": "뜻"}),
    ],
)
def test_a_guess_never_displaces_an_exact_name(header, found):
    header = header if "korean" in header or "단어" in header or "word" in header else f"term,{header}"
    assert found.items() <= columns(f"{header}\n{','.join(['나무'] * (header.count(',') + 1))}\n").items()


@pytest.mark.parametrize(
    ("text", "definition"),
    [
        ("term\tdefinition (a, b, c)\n우산\tumbrella\n", "umbrella"),
        ("term,definition (a, b, c)\n우산,umbrella\n", "umbrella"),
        ("word (noun, verb);meaning (one; two)\n우산;umbrella\n", "umbrella"),
        (
            "term|meaning, in English\n우산|umbrella, parasol\n".replace("meaning, in English", "meaning"),
            "umbrella, parasol",
        ),
        ('"korean"\t"english, short"\n우산\tumbrella\n'.replace("english, short", "english"), "umbrella"),
    ],
)
def test_delimiters_inside_a_header_do_not_count(text, definition):
    assert read(text)[0][0].values["definition"] == definition


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("우산\n나무\n그럼, 당연하지\n", [("우산", None), ("나무", None), ("그럼, 당연하지", None)]),
        ("우산,umbrella\n나무,tree\n", [("우산", "umbrella"), ("나무", "tree")]),
        ("우산;umbrella, parasol\n나무;tree, wood\n", [("우산", "umbrella, parasol"), ("나무", "tree, wood")]),
        ("우산\tumbrella; parasol\n나무\ttree\n", [("우산", "umbrella; parasol"), ("나무", "tree")]),
        ("우산 - umbrella\n나무 - tree - of any kind\n", [("우산", "umbrella"), ("나무", "tree - of any kind")]),
        ("우산: umbrella\n나무: tree\n", [("우산", "umbrella"), ("나무", "tree")]),
        ("umbrella,우산\ntree,나무\n", [("우산", "umbrella"), ("나무", "tree")]),
        ("1,우산,usan,umbrella\n2,나무,namu,tree\n3,물,mul,water\n",
         [("우산", "umbrella"), ("나무", "tree"), ("물", "water")]),
        ("우산,雨傘,명사,umbrella\n나무,,명사,tree\n", [("우산", "umbrella"), ("나무", "tree")]),
        ("우산 umbrella\n비가 오다 to rain\n나무 (큰) tree\n",
         [("우산", "umbrella"), ("비가 오다", "to rain"), ("나무 (큰)", "tree")]),
        ("English,Korean,umbrella,우산\nEnglish,Korean,tree,나무\n", [("우산", "umbrella"), ("나무", "tree")]),
        ("배,명사,ship\n배,명사,pear\n", [("배", "ship"), ("배", "pear")]),
        ("# Unit 3\n우산,umbrella\n", [("우산", "umbrella")]),
    ],
)  # fmt: skip
def test_a_list_without_a_header_is_read_by_its_contents(text, rows):
    found, summary = read(text)
    assert [(row.values["term"], row.values.get("definition")) for row in found] == rows
    assert any("no header" in note for note in summary.notes)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("My words, unit 3\n\nKorean,English\n우산,umbrella\n", [4]),
        ("한국어 단어장\n번호;단어;뜻\n1;우산;umbrella\n2;나무;tree\n", [3, 4]),
        ("Unit 3\t\nby me\t2026\nword\tmeaning\n우산\tumbrella\n", [4]),
        ("sep=;\nKorean;English\n우산;umbrella\n", [3]),
    ],
)
def test_titles_above_the_header_are_left_out(text, rows):
    found, summary = read(text)
    assert [row.row for row in found] == rows
    assert (found[0].values["term"], found[0].values["definition"]) == ("우산", "umbrella")
    assert sorted(summary.columns.values())[:2] == ["definition", "position"] or len(summary.columns) == 2


def test_hanja_as_explanations_are_hanja():
    (row,) = read("순위,단어,풀이\n455,사과,沙果\n")[0]
    assert row.values["hanja"] == "沙果" and "definition" not in row.values
    assert read("단어,뜻\n사과,蘋果\n")[0][0].values["definition"] == "蘋果"


def test_the_first_row_of_a_list_without_a_header_is_word_1():
    rows, _ = read("우산,umbrella\n나무,tree\n")
    assert [(row.row, row.before) for row in rows] == [(1, 0), (2, 0)]


@pytest.mark.parametrize(
    ("text", "term", "definition"),
    [
        ("Koreanisch,Deutsch\n우산,Regenschirm\n나무,Baum\n", "우산", "Regenschirm"),
        ("Front,Back\numbrella,우산\ntree,나무\n", "우산", "umbrella"),
        ("id,Từ,Nghĩa\nx1,우산,cái ô\nx2,나무,cây\n", "우산", "cái ô"),
    ],
)
def test_columns_with_unknown_headers_are_recognized_by_their_contents(text, term, definition):
    rows, summary = read(text)
    assert rows[0].values["term"] == term
    assert rows[0].values["definition"] == definition
    assert len(rows) == 2 and list(summary.columns.values()).count("term") == 1


@pytest.mark.parametrize("text", ["word\n우산\n", "type,korean,source\nword,우산,book\n", "단어,급수\n우산,3급\n"])
def test_a_list_without_meanings_says_so(text):
    assert any(note.startswith("No column of meanings found.") for note in read(text)[1].notes)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "STT\tkorean\tenglish\n1\t우산\tumbrella\n2\t바람\twindSTT\tkorean\tenglish\n3\t물\twater\n",
            ["우산", "바람", "물"],
        ),
        ("word,meaning\n우산,umbrella\nword,meaning\n물,water\n", ["우산", "물"]),
        ("word,meaning\n우산,umbrella\nposition,term,type\n1,물,noun\n", ["우산", "물"]),
        ("단어,뜻\n단어,word\n단어,뜻\n물,water\n", ["단어", "물"]),
    ],
)
def test_joined_lists_are_read_and_reported(text, terms):
    rows, summary = read(text)
    assert [row.values["term"] for row in rows] == terms
    assert any("Several lists were joined: 1 more header left out" in note for note in summary.notes)
    assert len(rows) + 1 + 1 - sum(JOINED in dict(row.warnings) for row in rows) == len(text.splitlines())


def test_a_list_that_is_read_twice_has_the_same_summary():
    text = "type,term\nvocabulary,나무\ntype,term\nnoun,물\n"
    words = WordList("words.csv", text.encode())
    first, summary = list(words.rows()), words.summary
    assert (list(words.rows()), words.summary) == (first, summary)


@pytest.mark.parametrize(
    ("header", "values", "used"),
    [
        ("type", ["vocabulary", "expression", "grammar"], ["", "expression", ""]),
        ("Word_Type", ["noun", "word", "의존명사"], ["noun", "", "의존명사"]),
        ("pos", ["n.", "명", "noun (bound)"], ["n.", "명", "noun (bound)"]),
        ("품사", ["명사", "Lesson 3", "vocabulary"], ["명사", "", ""]),
        ("type", ["unit 1", "v.", "Lesson 2"], ["", "v.", ""]),
    ],
)
def test_only_names_of_parts_of_speech_count_and_stay_as_given(header, values, used):
    text = f"{header},term\n" + "".join(f"{value},나무\n" for value in values)
    rows, summary = read(text)
    assert [row.values["pos"] for row in rows] == used
    dropped = [value for value, kept in zip(values, used, strict=True) if not kept]
    assert [row.other[header] for row in rows if row.other] == dropped
    assert sum("not a part of speech" in note for note in summary.notes) == bool(dropped)


@pytest.mark.parametrize("value", ["학쌩", "의사/이사", "[학쌩]"])
def test_hangul_pronunciations_are_kept_apart_from_ipa(value):
    rows, summary = read(f"word,pronunciation\n학생,{value}\n나무,[namu]\n")
    assert (rows[0].values["ipa"], rows[0].other) == ("", {"Hangul pronunciation": value})
    assert rows[1].values["ipa"] == "[namu]"
    assert any("in Hangul, not in IPA" in note for note in summary.notes)


def test_a_column_of_hangul_pronunciations_is_unused():
    summary = read("word,pronunciation\n학생,학쌩\n")[1]
    assert (dict(summary.columns), list(summary.unused)) == ({"word": "term"}, ["pronunciation"])


@pytest.mark.parametrize("text", ["a<b", "1 < 2 & 3 > 2", "<x", "[s] sound", "{{x}}"])
def test_text_that_only_looks_like_markup_stays(text):
    assert read(f"word,meaning\n나무,{text}\n")[0][0].values["definition"] == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [("<b>tree</b>", "tree"), ("a&nbsp;tree", "a tree"), ("tree<br>wood", "tree\nwood"), ("tree[sound:x.mp3]", "tree"),
     ("{{c1::tree::wood}}", "tree"), ("R&amp;D a<b", "R&D a<b")],
)  # fmt: skip
def test_markup_is_removed_from_every_cell_of_a_list_that_has_it(cell, text):
    rows, _ = read(f"word,meaning,extra\n나무,{cell},\n<i>물</i>,water,<b>x</b>\n")
    assert rows[0].values["definition"] == text
    assert (rows[1].values["term"], rows[1].other["extra"]) == ("물", "x")


@pytest.mark.parametrize(
    ("definition", "kept"),
    [
        ("; ".join(f"sense {number}" for number in range(80)), lambda text: text.endswith(tuple("0123456789"))),
        ("A long sentence about trees. " * 30, lambda text: text.endswith("trees.") or text.endswith("trees")),
        ("word " * 200, lambda text: text.endswith("word")),
        ("가" * 600, lambda text: len(text) == 500),
    ],
)
def test_a_long_definition_is_shortened_with_a_warning(definition, kept):
    (row,) = read(f'word,meaning\n나무,"{definition}"\n')[0]
    short = row.values["definition"]
    assert 250 <= len(short) <= 500 and definition.startswith(short) and kept(short)
    assert [code for code, _ in row.warnings] == ["long_definition"]


@pytest.mark.parametrize(
    "text", ["Unit 1\n1\t사과\tapple\n2\t배\tpear\n", "My words\n,사과,apple\n,배,pear\n", "$\n\t사과\n\t배\n"]
)
def test_a_title_that_is_shorter_than_the_rows_is_read(text):
    assert [row.values["term"] for row in read(text)[0]] == ["사과", "배"]
