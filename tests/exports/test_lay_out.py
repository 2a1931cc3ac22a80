"""The files of a profile: order, limit, split, fields, templates, decks, and tags, in the cards and in their notes."""

import unicodedata
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.export_content import card_table, notes_of
from support.exported_layers import exported_layers
from support.hostile import HOSTILE, HOSTILE_NAMES

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.file_stems import file_stems
from korean_flashcards.exports.lay_out import contents, remark_about_scores
from korean_flashcards.exports.profile_settings import profile_settings

LAYERS = exported_layers(12)
CARDS = LAYERS.table()


def files_of(
    cards: pl.DataFrame = CARDS, notes: pl.DataFrame = LAYERS.anki_notes, **settings: Any
) -> dict[str, ExportContent]:
    return dict(
        contents(cards, notes, [], profile_settings({"format": "csv"} | settings), "course", date(2026, 11, 30))
    )


def content_of(*arguments: pl.DataFrame, **settings: Any) -> ExportContent:
    (content,) = files_of(*arguments, **settings).values()
    return content


def of_own(changes: list[dict[str, Any]], **settings: Any) -> ExportContent:
    cards = card_table(changes)
    return content_of(cards, notes_of(cards), **settings)


def test_a_profile_without_settings_is_the_whole_deck_in_its_order() -> None:
    files = files_of()
    assert list(files) == ["course"]
    content = files["course"]
    assert content.cards.equals(CARDS)
    assert content.notes.equals(LAYERS.anki_notes)
    assert content.title == "course"
    assert content.front.to_list() == CARDS["front"].to_list() and content.back.to_list() == CARDS["back"].to_list()
    assert content.table.columns[:3] == ["word", "card_type", "front"] and content.table.height == CARDS.height
    assert content.details == {"profile": "course", "filters": {}}


def test_notes_and_table_have_the_order_of_the_cards() -> None:
    content = content_of(
        filters={"card_type_not": "Hanja"}, sort="-score, card_type", limit=5, fields=["word", "score"]
    )
    assert content.cards.height == 5
    assert content.notes["guid"].to_list() == content.cards["guid"].to_list()
    assert content.table.equals(content.cards.select("word", "score"))
    assert content.cards["score"].to_list() == [12, 12, 11, 11, 10]
    assert content.details["filters"] == {"card_type_not": "Hanja"}


def test_missing_values_are_sorted_last() -> None:
    for order in ("score", "-score"):
        assert content_of(sort=order).cards["score"].to_list()[-12:] == [None] * 12


def test_one_row_per_word_is_its_first_selected_card() -> None:
    content = content_of(rows="word", filters={"card_type_not": "Scene"})
    assert content.cards["item_id"].is_unique().all() and content.cards.height == 12
    assert set(content.cards["card_type"]) == {"Usage-Comparison"}


def test_fields_are_columns_constants_templates_and_expressions() -> None:
    fields = ["word", {"뜻": "meaning"}, {"Source": "=my course"}, {"Formula": "==1"}, {"Text": "{{word}} – {{level}}"},
              {"Both": "sql: word || '/' || level"}, {"Number": "sql: 1"}, "tags", "changed_on"]  # fmt: skip
    table = of_own([{"word": "가", "meaning": "edge"}, {"word": "나", "level": None}], fields=fields).table
    assert table.rows() == [
        ("가", "edge", "my course", "=1", "가 – 3", "가/3", 1, "term:남성, pos:noun, card:Scene, level:TOPIK3",
         date(2026, 11, 29)),
        ("나", "man, male", "my course", "=1", "나 – ", None, 1, "term:남성, pos:noun, card:Scene, level:TOPIK3",
         date(2026, 11, 29)),
    ]  # fmt: skip
    assert table.columns == ["word", "뜻", "Source", "Formula", "Text", "Both", "Number", "tags", "changed_on"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [("LENGTH(word)", 1), ("level / 0", None), ("level / 2", 1.5), ("level > 1", "true"), ("NULL", None),
     ("9223372036854775807 * 2", None), ("-9223372036854775808 - 1", -9.223372036854775808e18), ("imported_on",
     date(2026, 10, 1)), ("list_tags", "unit1"), ("ROUND(level / 2, 0)", 2.0)],
)  # fmt: skip
def test_computed_values_have_types_that_every_format_can_write(expression: str, value: Any) -> None:
    table = of_own([{"word": "가"}], fields=[{"X": f"sql: {expression}"}]).table
    assert table.item() == value
    assert table.schema["X"] in (pl.String, pl.Int64, pl.Float64, pl.Date)


def test_templates_show_sections_only_with_a_value() -> None:
    content = of_own(
        [{"word": "가", "sound": None, "hanja": "佳"}, {"word": "나", "sound": "나", "hanja": ""}],
        front="{{word}}{{#sound}} ({{sound}}){{/sound}}{{^hanja}} – native{{/hanja}}",
        back="{{ meaning }}\n{{#tags}}[{{tags}}]{{/tags}}",
    )
    assert content.front.to_list() == ["가", "나 (나) – native"]
    assert content.back[0] == "man, male\n[term:남성, pos:noun, card:Scene, level:TOPIK3]"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_is_inserted_unchanged_and_never_read_as_a_template(text: str) -> None:
    content = of_own(
        [{"front": text, "meaning": "x"}], front="a{{front}}b{{meaning}}", fields=["front", {"A": "{{front}}"}]
    )
    assert content.front.to_list() == [f"a{text}bx"]
    assert content.table.row(0) == (text, text)


def test_decks_follow_the_pattern_in_cards_and_notes() -> None:
    changes = [{"level": 2}, {"level": None}, {"level": 3, "list": " a::\tb\n "}, {"level": 3, "list": "::"}]
    content = of_own(changes, deck="  {{list}}::TOPIK {{level}}")
    assert content.cards["deck"].to_list() == ["unit1.csv::TOPIK 2", "unit1.csv::TOPIK", "a::b::TOPIK 3", "TOPIK 3"]
    assert content.notes["deck"].to_list() == content.cards["deck"].to_list()
    assert of_own([{"list": None}], deck="{{list}}").cards["deck"].to_list() == ["Korean"]


def test_tags_follow_the_rules_in_cards_and_notes() -> None:
    rules = {"drop": ["term", "POS"], "rename": {"level": "topik", "card": "kind::of"}, "add": ["new tag", "level:x"]}
    content = of_own([{"tags": ["term:가", "terms", "pos:noun", "card:Scene", "level:TOPIK3", "unit1"]}], tags=rules)
    assert content.cards["tags"].to_list() == [
        ["terms", "kind::of:Scene", "topik:TOPIK3", "unit1", "new_tag", "level:x"]
    ]
    assert content.notes["tags"].to_list() == [
        ["terms", "kind::of::Scene", "topik::TOPIK3", "unit1", "new_tag", "level::x"]
    ]
    kept = of_own([{"tags": ["term:가", "unit1", "level:TOPIK3"]}, {"tags": ["term:나"]}], tags={"keep": "level,unit1"})
    assert kept.cards["tags"].to_list() == [["unit1", "level:TOPIK3"], []]


def test_a_split_writes_every_row_to_exactly_one_file() -> None:
    files = files_of(split="level", sort="-term_number")
    assert list(files) == ["1", "2", "3", "4", "5", "6", "none"]
    assert files["none"].title == "course: none"
    assert files["none"].cards["level"].null_count() == files["none"].cards.height
    together = pl.concat(content.cards for content in files.values())
    assert together.sort("guid").equals(CARDS.sort("guid"))
    for content in files.values():
        assert content.cards["term_number"].is_sorted(descending=True)
        assert content.notes["guid"].to_list() == content.cards["guid"].to_list()


def test_a_split_by_list_names_the_files_without_the_extension_of_the_list() -> None:
    assert list(files_of(split="list")) == ["all", "unit1", "unit2", "하나"]
    cards = card_table([{"list": "unit1.csv"}, {"list": "unit1.tsv"}])
    assert list(files_of(cards, notes_of(cards), split="list")) == ["unit1.csv", "unit1.tsv"]


@given(
    st.lists(st.lists(st.sampled_from(["unit1.csv", "unit3.csv", "", "하나.tsv"]), unique=True), min_size=1, max_size=9)
)
@settings(max_examples=30)
def test_a_split_by_list_writes_a_word_to_the_file_of_each_of_its_lists(lists: list[list[str]]) -> None:
    cards = card_table([{"list": (of_word or [None])[0], "lists": of_word or None} for of_word in lists])
    files = files_of(cards, notes_of(cards), split="list")
    stems = [{each.partition(".")[0] or "none" for each in of_word or [""]} for of_word in lists]
    assert set(files) == set.union(*stems)
    for stem, content in files.items():
        wanted = [guid for guid, of_word in zip(cards["guid"], stems, strict=True) if stem in of_word]
        assert content.cards["guid"].to_list() == content.notes["guid"].to_list() == wanted


def test_a_split_of_selected_lists_writes_only_their_files() -> None:
    cards = card_table([{"lists": ["unit1.csv", "unit3.csv"]}, {"lists": ["unit1.csv"]}])
    files = files_of(cards, notes_of(cards), split="list", filters={"list": "Unit3"})
    assert {stem: content.cards.height for stem, content in files.items()} == {"unit3": 1}


def test_a_limit_by_score_among_equal_scores_is_said() -> None:
    cards = card_table([{"score": 100}] * 30)
    profile = profile_settings({"format": "pdf", "sort": "score", "limit": 20})
    assert remark_about_scores(cards, profile) == "All 30 cards have the score 100, so the export has the first 20."
    assert remark_about_scores(cards.head(20), profile) is None
    assert remark_about_scores(pl.concat([cards, card_table([{"score": 42}])]), profile) is None
    assert remark_about_scores(cards, profile_settings({"format": "pdf", "sort": "level", "limit": 20})) is None


def test_an_export_without_cards_is_an_error_that_names_the_filters() -> None:
    with pytest.raises(
        ExportError, match=r"None of the deck's 48 cards meets the filters of course \(level 6, review edited\)"
    ):
        files_of(filters={"review": "edited", "level": "6"})
    with pytest.raises(ExportError, match="The deck has no cards"):
        files_of(CARDS.clear())


_NAMES = st.text(max_size=40) | st.sampled_from(
    [*HOSTILE_NAMES, "con", "COM¹.txt", "a" * 300, "가" * 300, "A", "a", "é", "é"]
)


@given(st.lists(_NAMES, max_size=12))
def test_file_names_are_safe_and_unique_on_every_system(names: list[str]) -> None:
    stems = file_stems(names)
    assert set(stems) == set(names)
    keys = [unicodedata.normalize("NFC", stem).casefold() for stem in stems.values()]
    assert len(set(keys)) == len(keys)
    for stem in stems.values():
        assert stem and len(stem.encode()) < 200
        assert not set(stem) & set('<>:"/\\|?*{}') and stem.isprintable() and stem == stem.strip(". ")
        assert stem.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM¹", "LPT9"}


def test_file_names_stay_readable_and_do_not_depend_on_other_names() -> None:
    assert file_stems(["Korean::TOPIK 1", "../../x"]) == {"Korean::TOPIK 1": "Korean_TOPIK_1", "../../x": "x"}
    together = file_stems(["Scene", "scene", "SCENE", "other"])
    assert together["other"] == "other"
    assert file_stems(["scene", "Scene"])["Scene"] == together["Scene"] != "Scene"
