"""A file in the media folder belongs to the word and the field that its name says, or the reason why not is known."""

import unicodedata

import pytest

from korean_flashcards.formats.media_files import word_media

WORDS = [
    ("남성#1", "남성", 1),
    ("배#1", "배", 1),
    ("배#2", "배", 2),
    ("한국 사람#1", "한국 사람", 1),
    ("-(으)ㄹ까/을까#1", "-(으)ㄹ까/을까", 1),
]


@pytest.mark.parametrize(
    ("path", "item_id", "name"),
    [
        ("남성.mp3", "남성#1", "Audio"),
        ("남성_example.mp3", "남성#1", "ExampleAudio"),
        ("남성_Example.OGG", "남성#1", "ExampleAudio"),
        ("남성.jpg", "남성#1", "Image"),
        ("a folder/남성.WEBP", "남성#1", "Image"),
        (unicodedata.normalize("NFD", "남성.m4a"), "남성#1", "Audio"),
        ("배.mp3", "배#1", "Audio"),
        ("배#1.mp3", "배#1", "Audio"),
        ("배#2.mp3", "배#2", "Audio"),
        ("배#2_example.wav", "배#2", "ExampleAudio"),
        ("한국 사람.png", "한국 사람#1", "Image"),
        ("한국_사람_example.mp3", "한국 사람#1", "ExampleAudio"),
        ("-(으)ㄹ까_을까.mp3", "-(으)ㄹ까/을까#1", "Audio"),
    ],
)
def test_the_name_of_a_file_says_its_word_and_field(path: str, item_id: str, name: str) -> None:
    found = word_media(WORDS, [path])
    assert (found.fields, found.unused) == ({(item_id, name): path}, {})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("여성.mp3", "no word has this name"),
        ("배#3.mp3", "no word has this name"),
        ("남성2.mp3", "no word has this name"),
        ("_example.mp3", "no word has this name"),
        ("남성.pdf", "it is not a sound or a picture"),
        ("남성_example.jpg", "it is not a sound or a picture"),
        ("남성", "it is not a sound or a picture"),
    ],
)
def test_a_file_that_belongs_to_no_word_has_a_reason(path: str, reason: str) -> None:
    found = word_media(WORDS, [path])
    assert (found.fields, found.unused) == ({}, {path: reason})


def test_of_two_files_for_one_field_the_first_is_used() -> None:
    found = word_media(WORDS, ["남성.ogg", "남성.mp3"])
    assert found.fields == {("남성#1", "Audio"): "남성.mp3"}
    assert found.unused == {"남성.ogg": "남성.mp3 is used"}


def test_a_name_that_fits_two_words_is_used_for_neither() -> None:
    found = word_media([("a/가#1", "a/가", 1), ("a 가#1", "a 가", 1)], ["a_가.mp3"])
    assert found.unused == {"a_가.mp3": "several words have this name"}
