"""Markdown, Obsidian, and Mochi: any text is read back unchanged and never becomes markup."""

import io
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from support.export_content import card_table, content_of
from support.hostile import HOSTILE, hostile_content

from korean_flashcards.datasets.exported_formats import ObsidianDataset
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import markdown_sheet, mochi, obsidian
from korean_flashcards.exports.markdown_text import (
    LINE_BREAK,
    LINE_BREAK_IN_LINE,
    as_markdown_line,
    escaped_markdown,
    text_from_markdown,
)
from korean_flashcards.exports.tag_names import tag_path


@pytest.fixture(scope="module")
def hostile() -> ExportContent:
    return hostile_content()


FORMATS = pytest.mark.parametrize("file_format", [markdown_sheet, obsidian, mochi])
MARKUP = st.text(st.sampled_from("\\`*_[]{}#~$=^%|&<>:;/w-+?.1) \t\n\r\xa0\u2028xb독"), max_size=12)
BREAKS = st.sampled_from([LINE_BREAK, LINE_BREAK_IN_LINE])


@given(texts=st.lists(MARKUP | st.text(max_size=20), max_size=50), line_break=BREAKS)
@settings(max_examples=50)
def test_escaped_text_is_read_back_and_has_no_markup(texts: list[str], line_break: str) -> None:
    markdown = pl.select(escaped_markdown(pl.lit(pl.Series(texts, dtype=pl.String)), line_break)).to_series()
    assert pl.select(text_from_markdown(pl.lit(markdown))).to_series().to_list() == texts
    for text in markdown:
        assert "\n\n" not in text and not text.endswith("\n")
        lines = text.split("\n" if line_break == LINE_BREAK else line_break)
        assert not [line for line in lines if re.match(r"[-+*#?>]|\s|\d+[.)]|---|===", line.removesuffix("  ") or "x")]
        shown = re.sub(r"\\[!-/:-@\[-`{-~]|&(#\d+|amp|lt|gt|nbsp);|<br>", ".", text)
        assert not re.search(r"[`*_\[\]{}#~$=^%|<>\\&]|::|://|www\.", shown)


def test_web_addresses_do_not_become_links() -> None:
    line = as_markdown_line("see http://a.example or WWW.b.example")
    assert line == r"see http\://a.example or WWW\.b.example"
    assert pl.select(text_from_markdown(pl.lit(line))).item() == "see http://a.example or WWW.b.example"


@FORMATS
def test_a_hostile_export_is_read_back(file_format: ModuleType, hostile: ExportContent) -> None:
    file = file_format.write(hostile)
    assert file == file_format.write(hostile)
    read = file_format.read(file)
    assert_frame_equal(read, file_format.expected(hostile))
    assert all(kind == pl.String for kind in read.dtypes) and read.null_count().sum_horizontal().item() == 0
    fronts = read["front"].to_list()
    assert [text for text in HOSTILE.values() if not any(text in front for front in fronts)] == []


@FORMATS
def test_an_export_of_a_template_shows_the_template_only(file_format: ModuleType) -> None:
    content = content_of(card_table([{}, {"card_type": "Hanja"}]))
    plain = file_format.write(content)
    object.__setattr__(content, "front", pl.Series(["{{x}}", ""]))
    templated = file_format.write(content)
    read = file_format.read(templated)
    assert read["front"].to_list() == ["{{x}}", ""] and read["back"].to_list() == ["back", "back"]
    assert "A man came." not in read["back"][0] and len(templated) < len(plain)


@FORMATS
def test_a_damaged_file_is_an_error(file_format: ModuleType) -> None:
    file = file_format.write(content_of(card_table([{}] * 20)))
    with pytest.raises(ValueError):
        file_format.read(file[: len(file) - 20])


def test_a_note_without_a_title_is_incomplete() -> None:
    with pytest.raises(ValueError, match="its last card is incomplete"):
        obsidian.read(b"")


@FORMATS
def test_an_export_without_cards_is_read_back(file_format: ModuleType) -> None:
    content = content_of(card_table([{}]))
    nothing = content_of(card_table([{}])[:0]) if file_format is not mochi else content
    assert_frame_equal(file_format.read(file_format.write(nothing)), file_format.expected(nothing))


def test_the_sheet_has_a_heading_for_each_deck_and_word() -> None:
    cards = [{"item_id": "a", "card_type": kind, "front": f"front {kind}"} for kind in ("Scene", "Hanja")]
    sheet = markdown_sheet.write(content_of(card_table([*cards, {"word": "배", "hanja": None, "deck": "x"}]))).decode()
    assert re.findall("^#+ .*", sheet, re.MULTILINE) == [
        "# Test cards", "## Korean – TOPIK 3", "### 남성", "#### Scene", "#### Hanja", "## x", "### 배", "#### Scene",
    ]  # fmt: skip
    assert "3 cards\n" in sheet
    assert (
        sheet.count(
            "man, male · *noun* · 남성 · TOPIK 3 · 男性 (남성): man, male\n\n> 남성 한 명이 왔다.<br>A man came."
        )
        == 1
    )
    assert "man, male · *noun* · 남성 · TOPIK 3\n" in sheet


def test_cards_that_ask_for_the_word_do_not_show_it() -> None:
    content = content_of(card_table([{}, {"card_type": "Reverse", "front": "man", "back": "남성"}]))
    scene, reverse = obsidian.read(obsidian.write(content)).rows(named=True)
    assert scene["front"] == "남성\n\nfront"
    assert scene["back"] == "[남성]\nman, male (noun)\n\n남성 한 명이 왔다.\nA man came.\n\nback"
    assert reverse["front"] == "man"
    assert reverse["back"] == "남성\n[남성]\nman, male (noun)\n\n남성 한 명이 왔다.\nA man came."


def test_decks_and_tags_become_tags_of_obsidian() -> None:
    names = pl.Series(["Korean::TOPIK 1", "a/b", "::x::::y::", "..", "한국어 (1급)", "-::-", "C:\\x"])
    assert pl.select(tag_path(pl.lit(names), "::")).to_series().to_list() == [
        "Korean/TOPIK-1", "a-b", "x/y", "", "한국어-1급", "", "C-x",
    ]  # fmt: skip


# What the plugin writes after a review, in each of its settings.
SCHEDULES = {
    "below": "back ^GUID\n<!--SR:!2026-12-01,3,250-->\n",
    "on the same line": "back <!--SR:!2026-12-01,3,250--> ^GUID\n",
    "in a callout": "back ^GUID\n> [!sr|card-metadata] \n> <!--SR:!2026-12-01,3,250-->\n",
}


@pytest.mark.parametrize("written", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_note_keeps_the_schedules_of_the_previous_note(written: str, line_end: str) -> None:
    cards = [{"front": "a"}, {"front": "b <!--SR:!2000-01-01,1,1-->"}, {"front": "c"}]
    before = content_of(card_table(cards))
    guid = before.cards["guid"][1]
    note = obsidian.write(before).decode()
    reviewed = note.replace(f"back ^{guid}\n", written.replace("GUID", guid)).replace("\n", line_end)
    after = content_of(card_table([cards[0], {"front": "changed"}, {"front": "new"}])[::-1])
    kept = obsidian.with_schedules(obsidian.write(after), [reviewed.encode()]).decode()
    assert f"back ^{guid}\n<!--SR:!2026-12-01,3,250-->\n\n" in kept
    assert kept.count("<!--SR:") == 1
    assert_frame_equal(obsidian.read(kept.encode()), obsidian.expected(after))
    # A second export keeps the schedule that the first one kept.
    assert obsidian.with_schedules(obsidian.write(after), [kept.encode()]).decode() == kept
    assert obsidian.with_schedules(obsidian.write(after), [b"\xff no note"]).decode() == obsidian.write(after).decode()


def test_a_tag_that_obsidian_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="only letters, digits, _, -, and /, not 'a b'"):
        obsidian.ObsidianOptions(tag="a b")


def data_of(file: bytes) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        (entry,) = archive.infolist()
        # With the time of the export, each file would differ.
        assert (entry.filename, entry.date_time) == ("data.json", (1980, 1, 1, 0, 0, 0))
        return json.loads(archive.read("data.json"))


def test_mochi_gets_nested_decks_with_stable_ids() -> None:
    cards = [{"deck": "Korean::TOPIK 1"}, {"deck": "Korean"}, {"deck": "~x"}, {"deck": ""}]
    data = data_of(mochi.write(content_of(card_table(cards))))
    assert data["~:version"] == 2
    decks = {deck["~:name"]: deck for deck in data["~:decks"]}
    assert list(decks) == ["Korean", "TOPIK 1", "~~x", "Cards"]
    assert decks["TOPIK 1"]["~:parent-id"] == decks["Korean"]["~:id"]
    ids = [deck["~:id"] for deck in decks.values()]
    assert all(re.fullmatch("~:[0-9a-f]{20}", str(each)) for each in ids) and len(set(ids)) == 4
    moved = data_of(mochi.write(content_of(card_table([{"deck": "Korean::TOPIK 1", "front": "new"}]))))
    assert [deck["~:id"] for deck in moved["~:decks"]] == ids[:2]


def test_mochi_shows_the_word_as_a_heading_and_the_tags_below_the_answer() -> None:
    (deck, subdeck) = data_of(mochi.write(content_of(card_table([{"tags": ["pos:noun", "has space", "!"]}]))))[
        "~:decks"
    ]
    assert deck["~:cards"] == []
    (card,) = subdeck["~:cards"]  # type: ignore[misc]
    assert card["~:content"] == (
        "# 남성  \n  \nfront\n---\n\\[남성\\]  \nman, male (noun)  \n  \n남성 한 명이 왔다.  \nA man came.  \n  \nback"
        "\n\n#pos/noun #has-space"
    )


def test_a_title_stays_one_line() -> None:
    assert as_markdown_line("a\n# b") == r"a<br>\# b"


def test_an_exported_note_keeps_the_schedules_in_the_file(tmp_path: Path) -> None:
    content = content_of(card_table([{}]))
    dataset = ObsidianDataset(filepath=str(tmp_path / "deck.obsidian.md"))
    dataset.save(content)
    reviewed = dataset.path.read_text(encoding="utf-8").rstrip("\n") + "\n<!--SR:!2026-12-01,3,250-->\n\n"
    dataset.path.write_text(reviewed, encoding="utf-8")
    dataset.save(content)
    assert dataset.path.read_text(encoding="utf-8") == reviewed
    assert_frame_equal(dataset.load(), dataset.expected(content))


def test_an_exported_note_takes_the_schedules_of_the_vault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    note = tmp_path / "vault.md"
    content = content_of(card_table([{}]), options={"vault_note": str(note), "tag": "korean/cards"})
    dataset = ObsidianDataset(filepath=str(tmp_path / "deck.obsidian.md"))
    dataset.save(content)
    assert caplog.messages == [f"There is no note {note}, so no schedules were read from it."]
    exported = dataset.path.read_text(encoding="utf-8")
    assert "\n#korean/cards/Korean/TOPIK-3\n" in exported
    reviewed = exported.rstrip("\n") + "\n<!--SR:!2026-12-01,3,250-->\n\n"
    note.write_text(reviewed, encoding="utf-8")
    dataset.path.write_text(reviewed.replace("2026", "2025"), encoding="utf-8")
    dataset.save(content)
    assert dataset.path.read_text(encoding="utf-8") == note.read_text(encoding="utf-8") == reviewed
    assert_frame_equal(dataset.load(), dataset.expected(content))
