"""Damage what a record says about its word: the memory image, keywords, and tags."""

from random import Random

from checks.damage import card_of, damage, is_by_a_model, with_card, with_record
from checks.good_records import Entry


@damage("image_parts")
def image_of_something_else(entry: Entry, random: Random) -> Entry | None:
    return with_record(entry, metaphor_noun="zeppelin") if is_by_a_model(entry) else None


@damage("image_parts")
def image_with_another_action(entry: Entry, random: Random) -> Entry | None:
    return with_record(entry, metaphor_action="polishing zinc trumpets") if is_by_a_model(entry) else None


@damage("image_vague")
def image_of_nothing(entry: Entry, random: Random) -> Entry | None:
    field, text = random.choice(
        [
            ("metaphor_noun", "something"),
            ("suggested_location", "somewhere in your mind"),
            ("anchor_object", "a feeling"),
        ]
    )
    return with_record(entry, **{field: text}) if is_by_a_model(entry) else None


@damage("scene_image")
def scene_of_something_else(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry) or not (card := card_of(entry, "Scene")):
        return None
    front = "You step through the portal onto thin ice. A zeppelin polishes zinc trumpets. What does it want from you?"
    meaning = f"{entry.word['term']}, {entry.record['primary_meaning']}"
    back = f"Zinc glitters, and your gloves freeze to the ice. That is {meaning}."
    return with_card(entry, card["tab_name"], front=front, back=back)


@damage("keyword_form")
def keyword_with_its_meaning(entry: Entry, random: Random) -> Entry:
    return with_record(entry, korean_keywords=[*entry.record["korean_keywords"], "서점 (bookstore)"])


@damage("tag_value")
def tag_without_a_value(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    return with_card(entry, card["tab_name"], tags=[*card["tags"], "concept:"])
