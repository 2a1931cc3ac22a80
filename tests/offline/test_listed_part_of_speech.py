"""The list's part of speech outranks the analyzer, which sees a word without context."""

import pytest
from offline.sample import reply_of

from korean_flashcards.checks import check_nuance
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.korean.morphology import analyse, lemma

pytest.importorskip("kiwipiepy")

WORDS = [
    ("봄", "noun", "spring", "noun"), ("섬", "명사", "island", "noun"), ("치마", "n.", "skirt", "noun"),
    ("삶", "명", "life", "noun"), ("가지", "NOUN", "eggplant", "noun"), ("오늘", "명사", "today", "noun"),
    ("신다", "동사", "to wear (shoes)", "verb"), ("차다", "v.", "to kick", "verb"), ("예쁘다", "adj", "pretty", "adjective"),
    ("빨리", "adv.", "quickly", "adverb"), ("지만", "어미", "but", "ending"), ("새", "관형사", "new", "determiner"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "pos", "definition", "standard"), WORDS)
def test_the_offline_model_uses_the_lists_part_of_speech(term: str, pos: str, definition: str, standard: str) -> None:
    text = reply_of("nuance", term=term, pos=pos, definition=definition)
    record = read_nuance(text, term, 1)
    assert record.pos == standard
    assert record.korean_keywords == [term], "the list gives the dictionary form"
    row = record.model_dump() | {"model": "offline/dictionary"}
    assert check_nuance(row, {"term": term, "pos": pos, "definition": definition}) == []


@pytest.mark.parametrize("pos", ["vocabulary", "grammar", "word", "unit 3"])
def test_other_text_in_the_column_leaves_the_choice_to_the_analyzer(pos: str) -> None:
    without = reply_of("nuance", term="갔어요", definition="went")
    assert reply_of("nuance", term="갔어요", definition="went", pos=pos) == without


def test_a_known_part_of_speech_decides_between_likely_analyses() -> None:
    assert [lemma("봄"), lemma("봄", "noun")] == ["보다", "봄"]
    assert [morpheme.tag for morpheme in analyse("신다", "verb")] == ["VV", "EF"]
    assert lemma("갔어요", "noun") == "가다", "the list is wrong: no analysis fits"


def test_the_pronunciation_follows_the_lists_part_of_speech() -> None:
    assert read_nuance(reply_of("nuance", term="신다", pos="동", definition="to wear"), "신다", 1).ipa == "[ɕin.t͈a]"
    assert read_nuance(reply_of("nuance", term="안기", pos="명사", definition="a hold"), "안기", 1).ipa == "[an.ɡi]"
    assert read_nuance(reply_of("nuance", term="안기", pos="동사", definition="to hug"), "안기", 1).ipa == "[an.k͈i]"


def test_a_part_of_speech_from_the_list_is_not_reported() -> None:
    record = read_nuance(reply_of("nuance", term="정류장", definition="bus stop"), "정류장", 1).model_dump()
    record["pos"] = "verb"
    codes = [
        {found.code for found in check_nuance(record, {"term": "정류장", "pos": pos, "definition": "bus stop"})}
        for pos in (None, "동사", "명사")
    ]
    assert ["pos_disagrees" in each for each in codes] == [True, False, True]
