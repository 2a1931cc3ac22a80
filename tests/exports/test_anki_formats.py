"""Anki's own library imports the packages and text files of profiles, and their notes are those of the content."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.anki import AnkiProfile, Imported
from support.export_content import card_table, content_of
from support.hostile import hostile_content

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import anki_text, apkg
from korean_flashcards.formats.anki_note import FIELDS, CardTemplate
from korean_flashcards.formats.note_media import image, media_name, missing, referenced, sound

FORMATS = [apkg, anki_text]
SOUND, PICTURE = b"ID3\x00\xff sound", b"\x89PNG\r\n picture"
FILES = {"남성.mp3": SOUND, "a folder/남성.PNG": PICTURE, "unused.mp3": b"nobody hears this"}
PLAYED, SHOWN = (media_name(path, content) for path, content in list(FILES.items())[:2])


def with_media() -> ExportContent:
    """Return a content with two notes. The first one has a sound and a picture."""
    content = content_of(card_table([{}, {}]))
    first = pl.arange(pl.len()) == 0
    notes = content.notes.with_columns(
        Audio=pl.when(first).then(pl.lit(sound(PLAYED))).otherwise(pl.lit("")),
        Image=pl.when(first).then(pl.lit(image(SHOWN))).otherwise(pl.lit("")),
    )
    return replace(content, notes=notes, media=referenced(notes, FILES))


def imported(content: ExportContent, folder: Path) -> list[tuple[str, ...]]:
    """Return the GUID, deck, tags, and fields of each note that Anki imports from the content's package."""
    (folder / "deck.apkg").write_bytes(apkg.write(content))
    with AnkiProfile(folder / "anki") as profile:
        assert profile.import_package(folder / "deck.apkg").new == content.notes.height
        return notes_in(profile)


def notes_in(profile: AnkiProfile) -> list[tuple[str, ...]]:
    return sorted(
        (guid, note.deck, " ".join(sorted(note.tags)), *note.fields.values()) for guid, note in profile.notes().items()
    )


def wanted(content: ExportContent) -> list[tuple[str, ...]]:
    """Return the same of the content's notes. Anki removes control characters."""
    tags = pl.col("tags").list.eval(pl.element().sort()).list.join(" ")
    shown = pl.col(pl.String).str.replace_all(r"[\x00-\x08\x0b-\x1f\x7f]", "")
    return sorted(content.notes.select("guid", "deck", tags, *FIELDS).select(shown).rows())


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("content", [hostile_content(), content_of(card_table([])), with_media()])
def test_a_file_contains_exactly_the_content_and_is_the_same_each_time(
    file_format: Any, content: ExportContent
) -> None:
    file = file_format.write(content)
    assert file == file_format.write(content)
    found = file_format.read(file)
    assert found.equals(file_format.expected(content))
    assert found.height == content.cards.height
    assert set(found.dtypes) == {pl.String} and sum(found.null_count().row(0)) == 0


TEXT = st.text(st.sampled_from("가a\t\n\r\"',\\<&{} \u2028\x0b\x85#\x00\x1f"), max_size=15)


@pytest.mark.parametrize("file_format", FORMATS)
@given(front=TEXT, back=TEXT, tag=TEXT)
@settings(max_examples=25)
def test_every_text_is_read_back_as_it_was_written(file_format: Any, front: str, back: str, tag: str) -> None:
    content = content_of(card_table([{"front": front, "back": back, "tags": [tag]}, {}]))
    assert file_format.read(file_format.write(content)).equals(file_format.expected(content))


def test_anki_imports_the_hostile_list_with_equal_fields_tags_and_decks(tmp_path: Path) -> None:
    content = hostile_content()
    assert imported(content, tmp_path) == wanted(content)


def test_anki_imports_the_same_notes_from_the_text_file(tmp_path: Path) -> None:
    """Anki skips lines whose first field is empty. Released cards have a front."""
    content = hostile_content()
    (tmp_path / "type.apkg").write_bytes(apkg.write(content_of(card_table([{}]))))
    (tmp_path / "deck.txt").write_bytes(anki_text.write(content))
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(tmp_path / "type.apkg")
        collection = profile.collection
        collection.remove_notes(collection.find_notes(""))
        collection.decks.remove([deck.id for deck in collection.decks.all_names_and_ids() if deck.name != "Default"])
        collection.tags.clear_unused_tags()
        profile.import_text(tmp_path / "deck.txt")
        with_front = replace(content, notes=content.notes.filter(pl.col("Front") != ""))
        assert notes_in(profile) == wanted(with_front)


def test_a_note_whose_front_is_empty_in_the_project_s_template_has_no_card(tmp_path: Path) -> None:
    """A project's own template can hide notes, for example those without hanja."""
    content = content_of(card_table([{"hanja": None}, {}, {"hanja": None}]))
    ((note_type, dated),) = content.note_types
    own = replace(note_type, templates=(CardTemplate("Card", "{{#Hanja}}{{Hanja}} {{Front}}{{/Hanja}}", "{{Back}}"),))
    content = replace(content, note_types=[(own, dated)])
    found = apkg.read(apkg.write(content))
    assert found.equals(apkg.expected(content)) and found["deck"].to_list() == ["Korean::TOPIK 3", "", ""]
    (tmp_path / "deck.apkg").write_bytes(apkg.write(content))
    with AnkiProfile(tmp_path / "anki") as profile:
        assert profile.import_package(tmp_path / "deck.apkg").new == 3
        assert profile.collection.card_count() == 1


def test_a_note_s_id_is_the_time_when_it_was_created(tmp_path: Path) -> None:
    content = content_of(card_table([{}, {}, {}]))
    created = pl.Series("created_at", [1_790_000_000, 1_780_000_000, 1_790_000_000])
    (tmp_path / "deck.apkg").write_bytes(apkg.write(replace(content, notes=content.notes.with_columns(created))))
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(tmp_path / "deck.apkg")
        assert [note_id // 1000 for note_id in sorted(profile.collection.find_notes(""))] == sorted(created)


def test_a_deck_comes_before_its_subdecks_in_a_text_file() -> None:
    """Otherwise, Anki would create a second deck."""
    content = content_of(card_table([{"deck": "K::a"}, {"deck": "K"}]))
    assert anki_text.read(anki_text.write(content))["Deck"].to_list() == ["K", "K::a"]


def test_the_package_has_the_media_that_its_notes_use_with_their_exact_bytes(tmp_path: Path) -> None:
    content = with_media()
    assert imported(content, tmp_path) == wanted(content)
    with AnkiProfile(tmp_path / "anki") as profile:
        folder = Path(profile.collection.media.dir())
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {PLAYED: SOUND, SHOWN: PICTURE}
        found = profile.collection.media.check()
        assert not found.missing and not found.unused


def test_media_names_are_plain_and_change_with_the_content() -> None:
    assert PLAYED.isascii() and PLAYED.startswith("kf-") and SHOWN.endswith(".png")
    assert media_name("남성.mp3", b"new recording") != PLAYED == media_name("배 #2.MP3", SOUND)


@pytest.mark.parametrize("change", ["bytes", "name", "missing", "unused"])
def test_wrong_media_in_a_package_are_found(change: str) -> None:
    content = with_media()
    media = dict(content.media)
    if change == "unused":
        media["kf-0.mp3"] = b"x"
        with pytest.raises(ValueError, match=r"no note uses the media file kf-0\.mp3"):
            apkg.read(apkg.write(replace(content, media=media)))
        return
    content_of_it = media.pop(PLAYED)
    if change != "missing":
        media |= {PLAYED: b"x"} if change == "bytes" else {SHOWN: content_of_it}
    assert not apkg.read(apkg.write(replace(content, media=media))).equals(apkg.expected(content))


def test_notes_whose_media_files_are_gone_are_found() -> None:
    notes, media = with_media().notes, with_media().media
    assert missing(notes, media).is_empty()
    assert missing(notes, {SHOWN: PICTURE})["guid"].to_list() == notes["guid"].head(1).to_list()


def test_the_notes_of_equal_decks_have_equal_times_and_ids_whatever_the_other_notes(tmp_path: Path) -> None:
    """A package of some of the notes, imported after the package of all, changes nothing."""
    content = content_of(card_table([{}, {}, {}]))
    (tmp_path / "all.apkg").write_bytes(apkg.write(content))
    (tmp_path / "some.apkg").write_bytes(apkg.write(replace(content, notes=content.notes[1:])))
    with AnkiProfile(tmp_path / "anki") as profile:
        assert profile.import_package(tmp_path / "some.apkg") == Imported(2, 0, 0, 0)
        assert profile.import_package(tmp_path / "all.apkg") == Imported(1, 0, 2, 0)
        assert profile.import_package(tmp_path / "some.apkg") == Imported(0, 0, 2, 0)
        assert profile.note_types() == ["Korean Flashcard"]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("damage", [b"", b"PK\x05\x06" + 18 * b"\0", b"garbage\n" * 20, b"\xff\xfe\x00"])
def test_a_damaged_file_is_an_error(file_format: Any, damage: bytes) -> None:
    with pytest.raises(ValueError, match=r"it is not an Anki package|it does not begin|utf-8"):
        file_format.read(damage)


def test_a_package_with_a_damaged_database_is_an_error(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "deck.apkg", "w") as package:
        package.writestr("collection.anki2", b"SQLite format 3\0" + 4000 * b"x")
        package.writestr("media", b"{}")
    with pytest.raises(ValueError, match="it is not an Anki package"):
        apkg.read((tmp_path / "deck.apkg").read_bytes())


def test_a_text_file_of_one_kind_of_extra_card_names_its_note_type() -> None:
    content = content_of(card_table([{"card_type": "Cloze"}]))
    cloze = replace(content, notes=content.notes.with_columns(note_type=pl.lit("Korean Cloze")))
    assert b"\n#notetype:Korean Cloze\n" in anki_text.write(cloze)
    assert anki_text.read(anki_text.write(cloze)).equals(anki_text.expected(cloze))
