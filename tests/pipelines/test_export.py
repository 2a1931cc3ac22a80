"""Export: every format has the same cards, whatever characters are in their texts."""

import csv
import hashlib
import html
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from formats.samples import NUANCE
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io.core import DatasetError
from pipelines.stages import LIST, ingress, vocabulary_of
from sqlalchemy import select
from support.ledger import fresh_ledger
from support.parameters import shipped_parameters

from korean_flashcards.confusables import CONFUSABLE_SCHEMA
from korean_flashcards.datasets.anki import AnkiPackageDataset, AnkiTemplatesDataset
from korean_flashcards.datasets.export_snapshots import ExportSnapshots
from korean_flashcards.datasets.manifest import ManifestDataset
from korean_flashcards.domain.errors import ExportError, LayersOutOfStepError
from korean_flashcards.domain.exported_notes import ExportedNote, ExportHistory, PreviousExport
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import ConfusableParameters, ExportParameters, IngressParameters
from korean_flashcards.exports.formats.anki_text import text_headers
from korean_flashcards.exports.formats.apkg import PackageContent, expected_notes
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.card_rows import COLUMNS
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.pipelines.export.manifest_nodes import MANIFEST_SCHEMA, list_exports
from korean_flashcards.pipelines.export.nodes import (
    build_deck,
    lay_out_notes,
    link_cards,
    write_anki_text,
    write_cards_json,
    write_cards_tsv,
)
from korean_flashcards.pipelines.export.note_history import (
    HISTORY,
    date_exported_note_types,
    date_note_types,
    identify_notes,
    record_export,
)
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA

TIMES = {"created_at": pl.Int64, "changed_at": pl.Int64}
NOTHING = ExportHistory({}, {}, {})  # no earlier export
TEMPLATES = AnkiTemplatesDataset(path=str(Path(__file__).parents[2] / "conf" / "base" / "anki")).load()
PARAMETERS = ExportParameters(deck_name="Korean", subdecks="none")
TYPES = date_note_types(TEMPLATES, NOTHING, PARAMETERS)
WORDS = vocabulary_of(LIST)
SOURCE = {"model": "offline/dictionary@1", "prompt_version": "0" * 12, "key": "0" * 64}
KEEP = IngressParameters(gone="keep")
HOSTILE = "<b>&\"quote'\t{{c1::x}}\r\n[sound:x.mp3] \\ </div> "


def nuance(**changes: Any) -> pl.DataFrame:
    rows = ({**NUANCE, "term_number": number, "item_id": item_id, **SOURCE, **changes}
            for number, item_id in enumerate(WORDS["item_id"], 1))  # fmt: skip
    return frame_of(rows, NUANCE_SCHEMA)


def cards(*changes: dict[str, Any]) -> pl.DataFrame:
    """Return one Scene card per word, with ``changes`` applied."""
    rows = (
        {"item_id": item_id, "position": number, "term": "남성[nam.sʌŋ]", "term_number": number, "tab_name": "Scene",
         "primer": "You enter.", "front": f"front {number}", "back": f"back {number}", "honorific_level": "",
         "tags": ["term:남성", "pos:noun", "card:Scene", "level:TOPIK3"], **SOURCE, **change}
        for number, (item_id, change) in enumerate(zip(WORDS["item_id"], changes, strict=False), 1)
    )  # fmt: skip
    return frame_of(rows, CARD_SCHEMA)


def linked(frame: pl.DataFrame, *pairs: dict[str, Any], links: int = 3) -> pl.DataFrame:
    """Return the cards linked with these easily confused pairs."""
    pair = {"rank": 1, "score": 80, "kinds": ["meaning"], "term": "남성", "why": "Both mean “man”."}
    settings = ConfusableParameters(per_word=6, candidates=2, linked=links)
    confusables = frame_of((pair | change for change in pairs), CONFUSABLE_SCHEMA)
    return link_cards(frame, frame.clear(), frame, confusables, WORDS, settings, KEEP)


def test_nothing_is_exported_if_cards_changed_after_the_quality_pipeline_ran() -> None:
    """Since then, cards were generated again, added or removed."""
    frame, nothing = cards({}, {"tab_name": "Hanja"}), frame_of((), CONFUSABLE_SCHEMA)
    settings = ConfusableParameters(per_word=6, candidates=2, linked=3)
    assert link_cards(frame[1:], frame[:1], frame, nothing, WORDS, settings, KEEP).height == frame.height - 1
    again = frame.with_columns(key=pl.lit("1" * 64))
    for released, generated in ((frame, again), (frame, frame[1:]), (frame[1:], frame)):
        with pytest.raises(
            LayersOutOfStepError, match=r"\d cards? changed after the quality pipeline ran.*quality,export,reporting"
        ):
            link_cards(released, frame.clear(), generated, nothing, WORDS, settings, KEEP)


@pytest.mark.parametrize(
    ("gone", "tags"),
    [("keep", [[], [], []]), ("suspend", [[], ["status:gone"], []]), ("remove", [[], []])],
)
def test_the_parameter_decides_about_words_that_are_gone(gone: Any, tags: list[list[str]]) -> None:
    words = WORDS.with_columns(gone=pl.col("item_id") == WORDS["item_id"][1])
    frame, nothing = cards({}, {}, {}), frame_of((), CONFUSABLE_SCHEMA)
    settings = ConfusableParameters(per_word=6, candidates=2, linked=3)
    linked = link_cards(frame, frame.clear(), frame, nothing, words, settings, IngressParameters(gone=gone))
    assert [[tag for tag in row if "gone" in tag] for row in linked["tags"].to_list()] == tags
    old = link_cards(frame, frame.clear(), frame, nothing, words.drop("gone"), settings, IngressParameters(gone=gone))
    assert old.height == 3


def notes(frame: pl.DataFrame, subdecks: str = "topik_level", name: str = "Korean", **fields: Any) -> pl.DataFrame:
    parameters = ExportParameters(deck_name=name, subdecks=subdecks)
    return first_export(lay_out_notes(linked(frame), nuance(**fields), WORDS, parameters))


def first_export(laid_out: pl.DataFrame) -> pl.DataFrame:
    now = pl.lit(1_790_000_000)  # So the same notes are equal in the next second.
    return identify_notes(laid_out, NOTHING, "project").with_columns(created_at=now, changed_at=now).cast(TIMES)


def lines_of(tsv: str) -> list[list[str]]:
    assert tsv.endswith("\n") and "\r" not in tsv
    rows = list(csv.reader(io.StringIO(tsv, newline=""), dialect="excel-tab", strict=True))
    assert len(rows) == tsv.count("\n")
    return rows


PLAIN = cards({}, {}, {})


def test_the_tsv_has_the_header_of_the_contract_and_one_line_per_card():
    assert lines_of(write_cards_tsv(PLAIN).decode())[:2] == [
        ["position", "term", "term_number", "tab_name", "primer", "front", "back", "tags", "honorific_level"],
        ["1", "남성[nam.sʌŋ]", "1", "Scene", "You enter.", "front 1", "back 1",
         "term:남성,pos:noun,card:Scene,level:TOPIK3", ""],
    ]  # fmt: skip


ANY_TEXT = st.text(st.sampled_from("가a\t\n\r\"',\\<&{} \u2028\x0b\x85#"), min_size=1, max_size=15).filter(str.strip)


@given(front=ANY_TEXT, back=ANY_TEXT, level=st.sampled_from(["", "formal"]))
@settings(max_examples=150)
def test_every_line_of_the_tsv_has_nine_columns_and_the_words_of_its_card(front, back, level):
    texts = {"front": front, "back": back, "honorific_level": level}
    lines = lines_of(write_cards_tsv(cards(texts, {})).decode())
    assert [len(line) for line in lines] == [9, 9, 9]
    assert [lines[1][5].split(), lines[1][6].split(), lines[1][8]] == [front.split(), back.split(), level]
    assert len(write_cards_tsv(cards(texts, {})).decode().splitlines()) == 3


def test_the_parser_can_read_the_tsv():
    scene = read_cards(write_cards_tsv(cards({})).decode(), "남성", ["Scene"])[0]
    assert (scene.front, scene.back, scene.honorific_level) == ("front 1", "back 1", "")


CONFUSED = {"item_id": "남성#1", "other_id": "배#1", "other_term": "배 <b>", "other_meaning": "ship & {{c1}}"}


def test_a_card_names_easily_confused_words_escaped_and_as_tags():
    found = linked(PLAIN, CONFUSED)
    assert found["tags"][0].to_list()[-1] == "confusable:배_<b>"
    assert lines_of(write_cards_tsv(found).decode())[1][6:8] == [
        "back 1", "term:남성,pos:noun,card:Scene,level:TOPIK3,confusable:배_<b>"
    ]  # fmt: skip
    note = lay_out_notes(found, nuance(), WORDS, ExportParameters(deck_name="K", subdecks="none")).row(0, named=True)
    assert note["Back"] == "back 1<br><br>Easily confused: 배 &lt;b&gt; “ship &amp; &#123;&#123;c1}}”"
    assert note["tags"][-1] == "confusable::배_<b>"


def test_a_card_explains_how_to_choose_between_the_words_of_a_classic_pair():
    classic = CONFUSED | {"kinds": ["classic", "letters"], "why": "배 <b> floats."}
    found = linked(PLAIN, classic, CONFUSED | {"other_id": "남성#2"})
    assert found["advice"].to_list() == ["배 <b> floats.", None, None][: found.height]
    note = lay_out_notes(found, nuance(), WORDS, ExportParameters(deck_name="K", subdecks="none")).row(0, named=True)
    assert note["Back"].endswith("“ship &amp; &#123;&#123;c1}}”<br>배 &lt;b&gt; floats.")


def test_advice_that_the_card_already_gives_is_not_repeated():
    classic = CONFUSED | {"kinds": ["classic"], "why": "배 <b> floats."}
    told = PLAIN.with_columns(back=pl.lit("남성 — man (noun).\n배 <b> floats."))
    assert linked(told, classic)["advice"].null_count() == PLAIN.height
    assert linked(told, classic)["confused_with"].null_count() == PLAIN.height - 1
    second = classic | {"other_meaning": "belly", "why": "배 rumbles."}
    assert linked(told, classic, second)["advice"].drop_nulls().to_list() == ["배 rumbles."]


def test_unlikely_confusions_are_not_linked():
    assert linked(PLAIN, CONFUSED | {"score": 59}).drop("confused_with", "advice").equals(PLAIN)
    assert linked(PLAIN, CONFUSED | {"score": 60})["confused_with"].null_count() == PLAIN.height - 1


def test_cards_name_only_words_in_the_deck_and_no_forms_of_their_own_word():
    gone = CONFUSED | {"other_id": "선박#1"}
    form = CONFUSED | {"kinds": ["inflection"]}
    assert linked(PLAIN, gone, form).drop("confused_with", "advice").equals(PLAIN)
    assert linked(PLAIN, CONFUSED, links=0).drop("confused_with", "advice").equals(PLAIN)


@pytest.mark.parametrize(
    ("front", "written"),
    [("=cmd|' /C calc'!A1", "'=cmd|' /C calc'!A1"), ("+1", "'+1"), ("@SUM(1)", "'@SUM(1)"), ("-1+2", "'-1+2"),
     ("-지만 joins clauses", "-지만 joins clauses"), ("a = b", "a = b")],
)  # fmt: skip
def test_no_text_in_the_tsv_becomes_a_formula_in_a_spreadsheet(front, written):
    assert lines_of(write_cards_tsv(cards({"front": front})).decode())[1][COLUMNS.index("front")] == written


def test_an_export_is_recorded_once_per_word(tmp_path):
    notes(PLAIN).write_parquet(tmp_path / "anki_notes.parquet")
    snapshots = ExportSnapshots(tmp_path / "history", tmp_path / "anki_notes.parquet")
    with fresh_ledger(tmp_path) as ledger:
        ingress({"list.csv": LIST.encode()}, ledger)
        record_export(manifest(cards({}, {}), tmp_path), ledger, snapshots, shipped_parameters())
        record_export(manifest(cards({}, {}, {}), tmp_path), ledger, snapshots, shipped_parameters())
        recorded, _ = ledger.export_history.listing()
        with ledger.store.read() as connection:
            noted = connection.execute(select(exported_items.c.item_id, exported_items.c.definition)).all()
    assert sorted(noted) == sorted(WORDS.select("item_id", "definition").rows())
    assert [(each.profile, each.cards) for each in recorded] == [("deck", 3), ("deck", 2)]
    assert all(snapshots.has(each) for each in recorded)


@given(front=ANY_TEXT, back=ANY_TEXT)
@settings(max_examples=60)
def test_the_json_file_has_the_cards_unchanged(front, back):
    frame = cards({"front": front, "back": back}, {})
    rows = json.loads(write_cards_json(frame))
    assert rows == frame.select("item_id", *COLUMNS).to_dicts()


def manifest(frame: pl.DataFrame, folder: Path, subdecks: str = "topik_level") -> pl.DataFrame:
    """Export these cards, read the package back and return the manifest."""
    noted, package = notes(frame, subdecks), AnkiPackageDataset(filepath=str(folder / "korean.apkg"))
    package.save(build_deck(noted, TYPES, {}))
    texts = (write_anki_text(noted), write_cards_tsv(frame), write_cards_json(frame))
    return list_exports(frame, noted, TYPES, package.load(), *(text.decode() for text in texts), WORDS, {}, PARAMETERS)


def test_the_manifest_counts_the_cards_in_each_file(tmp_path):
    frame = manifest(cards({}, {"tab_name": "Hanja"}, {}), tmp_path)
    assert dict(frame.schema) == MANIFEST_SCHEMA
    assert frame["export"].to_list() == ["deck", "anki_text", "cards_tsv", "cards_json"]
    for column in ("cards_by_type", "layer_by_type"):
        assert frame[column].unique().to_list() == ["Hanja 1, Scene 2"]
    assert frame["cards"].unique().to_list() == [3] == frame["layer_cards"].unique().to_list()
    assert frame["decks"].to_list() == [2, 2, None, None]
    package = (tmp_path / "korean.apkg").read_bytes()
    assert frame.row(0)[1:3] == (len(package), hashlib.sha256(package).hexdigest())
    assert frame["models"][0].to_list() == ["offline/dictionary@1"]


@given(front=ANY_TEXT, back=ANY_TEXT)
@settings(max_examples=50)
def test_the_manifest_counts_every_card_whatever_its_text(front, back):
    frame = cards({"front": front, "back": back}, {})
    noted = notes(frame)
    package = PackageContent(b"", expected_notes(noted, TYPES, {}))
    texts = (write_anki_text(noted), write_cards_tsv(frame), write_cards_json(frame))
    told = list_exports(frame, noted, TYPES, package, *(text.decode() for text in texts), WORDS, {}, PARAMETERS)
    assert told.select("cards", "cards_by_type").unique().rows() == [(2, "Scene 2")]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [(0, "The new Anki deck"), (1, "The new Anki text file"), (2, "The new TSV file"), (3, "The new JSON file")],
)
def test_a_file_with_a_missing_card_is_not_exported(wrong: int, message: str) -> None:
    full = cards({}, {"tab_name": "Hanja"}, {})
    noted = notes(full)
    decks = [PackageContent(b"", expected_notes(each, TYPES, {})) for each in (noted, noted[:2])]
    texts = [write_anki_text(each).decode() for each in (noted, noted[:2])]
    files = [decks, texts, *([write(full).decode(), write(full[:2]).decode()] for write in
             (write_cards_tsv, write_cards_json))]  # fmt: skip
    written = [pair[number == wrong] for number, pair in enumerate(files)]
    with pytest.raises(
        ExportError, match=rf"^{message} was read back and is wrong: 1 card of 3 missing, and 0 unexpec"
    ):
        list_exports(full, noted, TYPES, *written, WORDS, {}, PARAMETERS)
    assert (
        list_exports(full, noted, TYPES, *(pair[0] for pair in files), WORDS, {}, PARAMETERS)["cards"].to_list()
        == [3] * 4
    )


def test_a_deck_with_the_notes_of_other_words_is_not_exported(tmp_path: Path) -> None:
    """The number of cards is right, but a GUID is not."""
    manifest(full := cards({}, {}, {}), tmp_path)
    noted = notes(full).with_columns(guid=pl.col("guid").replace({notes(full)["guid"][0]: "0" * 20}))
    deck = AnkiPackageDataset(filepath=str(tmp_path / "korean.apkg")).load()
    texts = (write_anki_text(noted), write_cards_tsv(full), write_cards_json(full))
    with pytest.raises(ExportError, match=r"Anki deck .* 1 card of 3 missing, and 1 unexpected"):
        list_exports(full, noted, TYPES, deck, *(text.decode() for text in texts), WORDS, {}, PARAMETERS)


@pytest.mark.parametrize(("wrong", "message"), [(0, "TSV file"), (1, "JSON file")])
def test_a_file_with_a_different_back_is_not_exported(tmp_path: Path, wrong: int, message: str) -> None:
    full = cards({}, {"tab_name": "Hanja"})
    noted = notes(full)
    package = PackageContent(b"", expected_notes(noted, TYPES, {}))
    texts = [write_cards_tsv(full).decode(), write_cards_json(full).decode()]
    texts[wrong] = texts[wrong].replace(full["back"][0][:10], "Something e", 1)
    with pytest.raises(ExportError, match=rf"{message} .* 1 card of 2 missing, and 1 unexpected"):
        list_exports(full, noted, TYPES, package, write_anki_text(noted).decode(), *texts, WORDS, {}, PARAMETERS)


def test_an_export_without_cards_has_a_manifest(tmp_path):
    assert manifest(PLAIN.clear(), tmp_path)["cards"].to_list() == [0, 0, 0, 0]


def test_the_manifest_is_empty_before_any_export_and_a_damaged_one_is_an_error(tmp_path):
    dataset = ManifestDataset(filepath=str(tmp_path / "manifest.json"), columns=["export", "cards"])
    assert dataset.load().is_empty() and dataset.load().columns == ["export", "cards"]
    dataset.save(manifest(PLAIN, tmp_path))
    assert dataset.load()["cards"].to_list() == [3, 3, 3, 3]
    for path, broken in ((tmp_path / "manifest.json", dataset), (tmp_path / "korean.apkg", None)):
        path.write_text('[{"export": ', encoding="utf-8")
        with pytest.raises(DatasetError, match=r"Run `kedro run --pipeline=export` to re(build|create) it\."):
            (broken or AnkiPackageDataset(filepath=str(path))).load()


TEXT_FIELDS = ["Front", "Back", "Term", "IPA", "Meaning", "Hanja", "Primer", "Source"]


def hostile_notes() -> pl.DataFrame:
    homonym = dict.fromkeys(("hanja", "reading", "meaning", "differentiator"), HOSTILE)
    frame = cards(dict.fromkeys(("front", "back", "primer", "model"), HOSTILE))
    words = WORDS.with_columns(term=pl.lit(HOSTILE))
    bent = nuance(ipa=HOSTILE, primary_meaning=HOSTILE, homonyms=[homonym])
    return lay_out_notes(linked(frame), bent, words, ExportParameters(deck_name="Korean", subdecks="none"))


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_every_field_is_escaped(field):
    value = hostile_notes()[field][0]
    assert "&lt;b&gt;&amp;&quot;quote&#x27;" in value
    assert not {"<", ">", "{", '"', "\n", "\r"} & set(value.replace("<br>", ""))
    assert "[sound:" not in value
    assert "[sound:x.mp3]" in html.unescape(value)


def test_every_field_of_the_note_type_is_filled_in():
    note = notes(cards({})).row(0, named=True)
    assert list(note) == [*HISTORY, "item_id", "note_type", "deck", *anki_note.FIELDS, "tags"]
    assert {name: note[name] for name in anki_note.FIELDS} == {
        "Front": "front 1", "Back": "back 1", "Term": "남성", "IPA": "[nam.sʌŋ]", "Meaning": "man, male (formal)",
        "Hanja": "男性 (남성): male. 男 man; 性 nature", "Primer": "You enter.", "CardType": "Scene",
        "PartOfSpeech": "noun", "Level": "TOPIK 3", "Source": "offline/dictionary@1", "Key": "남성#1/Scene",
        "Sound": "[남성]", "Example": "", "ExampleTranslation": "",
        "Audio": "", "ExampleAudio": "", "Image": "", "Cue": "", "Version": "2",
    }  # fmt: skip


def test_the_notes_and_note_types_of_one_export_have_the_same_time() -> None:
    """Otherwise, the next export would report that the note type has changed since."""
    noted, export = notes(PLAIN), ExportParameters(deck_name="Korean", subdecks="none")
    times = {dated.changed_at for _, dated in date_exported_note_types(noted, TEMPLATES, NOTHING, export)}
    assert times == {noted["changed_at"][0]}
    later = ExportHistory({}, {}, {}, last_change=noted["changed_at"][0])
    ((_, dated),) = date_exported_note_types(noted, TEMPLATES, later, export)
    assert dated.changed_at > noted["changed_at"][0]


@pytest.mark.parametrize(
    ("old_cards", "recorded", "changes"),
    [
        ([], False, "note type"),
        ([("남성#1", "Scene")], False, "note type"),
        ([("남성#1", "Hanja")], False, "new"),
        ([], True, "new"),
    ],
)
def test_only_cards_that_an_old_release_can_have_exported_move_to_the_new_note_type(
    old_cards: list[tuple[str, str]], recorded: bool, changes: str
) -> None:
    """The release recorded the words. Its cards are known from its cards.json, or from the first export after it."""
    other = ExportedNote("guid", "남성#1", "Hanja", None, "", 1, 1, "note type")
    previous = PreviousExport([other] if recorded else [], [], [], old_cards)
    history = ExportHistory({}, {}, {"남성#1": None}).with_export(previous)
    laid_out = lay_out_notes(linked(cards({})), nuance(), WORDS, ExportParameters(deck_name="Korean", subdecks="none"))
    assert identify_notes(laid_out, history, "project")["changes"].to_list() == [changes]


CORRECTED, ORIGINAL = "a corrected back", "back 1"


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ((ORIGINAL, 5), None, 5),
        ((ORIGINAL, 5), (CORRECTED, 9), 5),
        (None, (ORIGINAL, 7), 7),
        ((CORRECTED, 5), (ORIGINAL, 9), 9),
        ((CORRECTED, 9), (ORIGINAL, 5), None),
        ((CORRECTED, 5), (CORRECTED, 9), None),
        (None, (CORRECTED, 9), None),
    ],
)
def test_a_note_has_the_time_of_the_deck_that_had_its_content_first(
    own: tuple[str, int] | None, other: tuple[str, int] | None, expected: int | None
) -> None:
    """The time never goes back, because Anki would then keep the previous content. Without one, the note is new now."""
    export = ExportParameters(deck_name="Korean", subdecks="none")

    def recorded(entry: tuple[str, int] | None) -> dict[str, ExportedNote]:
        if entry is None:
            return {}
        laid_out = lay_out_notes(linked(cards({"back": entry[0]})), nuance(), WORDS, export)
        ((guid, content),) = identify_notes(laid_out, NOTHING, "project").select("guid", "content").iter_rows()
        return {guid: ExportedNote(guid, "남성#1", "Scene", "project", content, 1, entry[1], "new")}

    history = ExportHistory(recorded(own), {}, {}, 9, recorded(other))
    (found,) = identify_notes(lay_out_notes(linked(cards({})), nuance(), WORDS, export), history, "project")[
        "changed_at"
    ]
    assert found == expected if expected else found > 9


def test_an_unknown_value_is_an_empty_field_and_never_null():
    words = WORDS.with_columns(topik_level=pl.lit(None, pl.Int64))
    laid_out = lay_out_notes(
        linked(PLAIN), nuance(homonyms=None), words, ExportParameters(deck_name="K", subdecks="none")
    )
    assert laid_out["Hanja"].to_list() == laid_out["Level"].to_list() == ["", "", ""]
    assert sum(laid_out.null_count().row(0)) == 0


def test_there_is_one_note_per_card_in_the_order_of_the_cards():
    assert notes(PLAIN)["Front"].to_list() == ["front 1", "front 2", "front 3"]


def test_guids_depend_only_on_the_word_and_the_card_type():
    other = cards(
        {"front": "x", "back": "y", "position": 9, "term_number": 8, "model": "z", "tags": ["a:", "b:", "c:"]}
    )
    assert notes(other)["guid"][0] == notes(PLAIN)["guid"][0] == anki_note.guid("남성#1", "Scene", "project")
    assert notes(PLAIN)["guid"].is_unique().all()
    assert notes(cards({"tab_name": "Hanja"}))["guid"][0] == anki_note.guid("남성#1", "Hanja", "project")


@pytest.mark.parametrize(
    ("subdecks", "decks"),
    [
        ("topik_level", ["K::TOPIK 3", "K::TOPIK 1", "K::TOPIK 1"]),
        ("tag", ["K::people", "K", "K"]),
        ("none", ["K"] * 3),
    ],
)
def test_subdecks_follow_the_parameter(subdecks, decks):
    assert notes(PLAIN, subdecks, name="K")["deck"].to_list() == decks


def test_a_word_without_a_level_goes_into_the_main_deck():
    words = WORDS.with_columns(topik_level=pl.lit(None, pl.Int64))
    laid_out = lay_out_notes(linked(PLAIN), nuance(), words, ExportParameters(deck_name="K", subdecks="topik_level"))
    assert laid_out["deck"].to_list() == ["K"] * 3


def test_tags_become_anki_s_hierarchy():
    assert notes(PLAIN)["tags"][0].to_list() == ["term::남성", "pos::noun", "card::Scene", "level::TOPIK3"]


@given(front=ANY_TEXT, back=ANY_TEXT)
@settings(max_examples=60)
def test_the_text_file_has_one_record_per_note_with_the_columns_of_its_headers(front, back):
    laid_out = notes(cards({"front": front, "back": back}, {}))
    text = write_anki_text(laid_out).decode()
    head, body = text.split("\n#columns:")[0], text.split("\n", 9)[9]
    assert head.startswith("#separator:tab\n#html:true\n#notetype column:2\n#notetype:Korean Flashcard")
    records = list(csv.reader(io.StringIO(body, newline=""), delimiter="\t"))
    assert records == [
        [
            note["guid"],
            note["note_type"],
            note["deck"],
            " ".join(note["tags"]),
            *(note[name] for name in anki_note.FIELDS),
        ]
        for note in laid_out.sort("deck").iter_rows(named=True)
    ]


@pytest.mark.parametrize(
    "changes", [({}, {}, {}), (dict.fromkeys(("front", "back"), HOSTILE),)], ids=["plain", "hostile"]
)
def test_the_package_is_a_zip_file_with_every_note_once(tmp_path, changes):
    frame = notes(cards(*changes))
    target = tmp_path / "deck.apkg"
    AnkiPackageDataset(filepath=str(target)).save(build_deck(frame, TYPES, {}))
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None and package.read("media") == b"{}"
        package.extract("collection.anki2", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as database:
        rows = database.execute("select guid, flds, tags from notes order by rowid").fetchall()
        cards_ = database.execute("select count(*), count(distinct nid) from cards").fetchone()
        decks, models = map(json.loads, database.execute("select decks, models from col").fetchone())
    database.close()
    fields = ["\x1f".join(note[name] for name in anki_note.FIELDS) for note in frame.iter_rows(named=True)]
    assert sorted(row[:2] for row in rows) == sorted(zip(frame["guid"], fields, strict=True))
    assert rows[0][2].split() == frame["tags"][0].to_list() or frame.height > 1
    assert cards_ == (frame.height, frame.height)
    assert {deck["name"] for deck in decks.values()} - {"Default"} == set(frame["deck"])
    assert list(models) == [str(anki_note.NOTE_TYPE_ID)]


def test_an_export_without_cards_has_only_headers():
    nothing = PLAIN.clear()
    assert lines_of(write_cards_tsv(nothing).decode()) == [list(COLUMNS)]
    assert json.loads(write_cards_json(nothing)) == []
    assert write_anki_text(notes(nothing)).decode() == text_headers([])
