"""The node that adds recordings and pictures fills the fields of all notes of a word, and names the files that fit none."""

import logging
from pathlib import Path

import polars as pl
import pytest
from support.export_content import card_table, notes_of

from korean_flashcards.datasets.media_folder import MediaFolderDataset
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


def warned(caplog: pytest.LogCaptureFixture, files: dict[str, bytes | None]) -> str:
    """Return the warning about files that fill no field."""
    logger.addHandler(caplog.handler)  # Kedro's configuration of the log, from an earlier test, would hide the message.
    try:
        with caplog.at_level(logging.WARNING):
            found = add_media(NOTES, WORDS, files)
    finally:
        logger.removeHandler(caplog.handler)
    assert found.select(MEDIA_FIELDS).equals(NOTES.select(MEDIA_FIELDS))
    return caplog.records[-1].getMessage()


def test_names_cannot_send_codes_to_the_terminal(caplog: pytest.LogCaptureFixture) -> None:
    message = warned(caplog, {"\x1b[31mred.mp3": b"x", "a\nb.mp3": b"x", "\u202ec.mp3": b"x"})
    assert all(sign.isprintable() for sign in message)
    assert "\\x1b[31mred.mp3 (no word has this name), a b.mp3 (no word" in message and "\\u202ec.mp3" in message


@pytest.mark.parametrize("linked_folder", [False, True])
def test_links_to_files_outside_the_folder_are_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, linked_folder: bool
) -> None:
    real, folder, outside = tmp_path / "real", tmp_path / "media", tmp_path / "media-private"
    for each in (real / "more", outside):
        each.mkdir(parents=True)
    (outside / "secret").write_bytes(b"secret")
    if linked_folder:
        folder.symlink_to(real)
    else:
        real = real.rename(folder)
    (real / "남성.mp3").symlink_to(outside / "secret")
    (real / "more/남성.jpg").symlink_to("../../media-private/secret")
    (real / "배#2.mp3").symlink_to("more")  # a link to a folder
    (real / "more/ship").write_bytes(b"ship")
    (real / "linked").symlink_to(outside)
    found = MediaFolderDataset(path=str(folder)).load()
    assert {path: content for path, content in found.items() if content} == {"more/ship": b"ship"}
    assert "남성.mp3 (it is a link to a file outside the folder)" in warned(caplog, found)
    (real / "배#2.jpg").symlink_to("more/ship")
    found = MediaFolderDataset(path=str(folder)).load()
    assert found["배#2.jpg"] == b"ship", "a link within the folder is used"
    assert set(media_of(add_media(NOTES, WORDS, found), found).values()) == {b"ship"}


def test_the_files_that_are_not_used_are_named_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    message = warned(caplog, {"없는말.mp3": b"x", "배#2.mp3": b""} | {f"{n}.mp3": b"x" for n in range(5)})
    assert message.startswith(
        "Not used: 7 files in the media folder: 0.mp3 (no word has this name), 1.mp3 (no word has"
    )
    assert ", and 2 more. See" in message
