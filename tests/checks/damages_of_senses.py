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


_OTHER_SENSES = {
    "學": "crane", "校": "bridge", "市": "poem", "師": "four", "醫": "clothes", "性": "star", "男": "south",
    "停": "yard", "煙": "year",
    "投": "fight", "約": "medicine",
}  # fmt: skip


@damage("character_sense")
def sense_of_another_character(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"] or []
    sign = next((sign for sign in (homonyms[0]["hanja"] if homonyms else "") if sign in _OTHER_SENSES), None)
    if sign is None or not is_by_a_model(entry):
        return None
    return with_record(
        entry, explanation=f"{sign} '{_OTHER_SENSES[sign]}' begins the word. {entry.record['explanation']}"[:500]
    )


@damage("related_without_it")
def example_of_another_character(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"] or []
    if not homonyms or "家" in homonyms[0]["hanja"] or not is_by_a_model(entry):
        return None
    differentiator = f"{homonyms[0]['hanja'][0]} as in 작가 作家 'writer'."
    return with_record(entry, homonyms=[homonyms[0] | {"differentiator": differentiator}, *homonyms[1:]])


@damage("native_word", "hanja_unlisted", "origin")
def native_word_with_hanja(entry: Entry, random: Random) -> Entry | None:
    native = {"어제": "御製", "진지": "眞知"}
    hanja = native.get(entry.word["term"])
    if hanja is None or not is_by_a_model(entry):
        return None
    explanation = f"Sino-Korean {' + '.join(hanja)}. {entry.record['explanation']}"[:500]
    homonym = {
        "hanja": hanja,
        "reading": entry.word["term"],
        "meaning": entry.record["primary_meaning"],
        "differentiator": "Old.",
    }
    return with_record(
        entry, explanation=explanation, homonyms=[homonym] if len(hanja) == len(entry.word["term"]) else None
    )


@damage("other_characters", "hanja_missing")
def card_on_another_character(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Hanja")
    if card is None or not is_by_a_model(entry) or "市 (" not in card["back"]:
        return None
    return with_card(entry, "Hanja", back=card["back"].replace("市 (", "詩 ("))


@damage("keyword_form")
def keyword_with_its_meaning(entry: Entry, random: Random) -> Entry:
    return with_record(entry, korean_keywords=[*entry.record["korean_keywords"], "서점 (bookstore)"])


@damage("tag_value")
def tag_without_a_value(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    return with_card(entry, card["tab_name"], tags=[*card["tags"], "concept:"])
