"""The node that adds recordings and pictures fills the fields of all notes of a word, and names the files that fit none."""

import logging

import polars as pl
import pytest
from support.export_content import card_table, notes_of

from korean_flashcards.formats.anki_note import MEDIA_FIELDS
from korean_flashcards.formats.note_media import media_name
from korean_flashcards.pipelines.export.note_media_nodes import add_media, logger, media_of

CARDS = card_table([{}, {"card_type": "Hanja"}, {"word": "배"}]).with_columns(
    item_id=pl.Series(["남성#1", "남성#1", "배#2"])
)
NOTES = notes_of(CARDS)
WORDS = pl.DataFrame({"item_id": ["남성#1", "배#2"], "term": ["남성", "배"], "homograph": [1, 2]})


def test_without_files_the_notes_are_the_same_object() -> None:
    assert add_media(NOTES, WORDS, {}) is NOTES
    assert media_of(NOTES, {}) == {}


def test_all_notes_of_a_word_get_its_files_and_the_others_stay_as_they_are() -> None:
    files = {"남성.mp3": b"a", "남성_example.mp3": b"b", "남성.webp": b"c", "배#2.jpg": b"d"}
    found = add_media(NOTES, WORDS, files)
    sound, example, picture, ship = (media_name(path, content) for path, content in files.items())
    rows = [(f"[sound:{sound}]", f"[sound:{example}]", f'<img src="{picture}">')] * 2 + [
        ("", "", f'<img src="{ship}">')
    ]
    assert found.select(MEDIA_FIELDS).rows() == rows
    assert found.drop(MEDIA_FIELDS).equals(NOTES.drop(MEDIA_FIELDS)) and found.columns == NOTES.columns
    assert set(media_of(found, files).values()) == {b"a", b"b", b"c", b"d"}


def test_the_files_that_are_not_used_are_named_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    logger.addHandler(caplog.handler)  # Kedro's configuration of the log, from an earlier test, would hide the message.
    try:
        with caplog.at_level(logging.WARNING):
            found = add_media(
                NOTES, WORDS, {"없는말.mp3": b"x", "배#2.mp3": b""} | {f"{n}.mp3": b"x" for n in range(5)}
            )
    finally:
        logger.removeHandler(caplog.handler)
    assert found.select(MEDIA_FIELDS).equals(NOTES.select(MEDIA_FIELDS))
    message = caplog.records[-1].getMessage()
    assert message.startswith(
        "Not used: 7 files in the media folder: 0.mp3 (no word has this name), 1.mp3 (no word has"
    )
    assert ", and 2 more. See" in message
