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


@damage("comparison_swapped")
def examples_of_the_other_word(entry: Entry, random: Random) -> Entry | None:
    word, comparison = entry.word["term"], entry.record["comparison"]
    if not comparison or min(len(word), len(comparison["vs"])) < 2 or entry.record["pos"] != "noun":
        return None
    vs = comparison["vs"]
    nuance = f"{vs} is the smaller one (저는 {word} 생각을 해요); {word} is the larger one (저는 {vs} 생각을 해요)."
    return with_record(entry, comparison=comparison | {"nuance": nuance}) if is_by_a_model(entry) else None


@damage("comparison_unrelated")
def comparison_with_a_word_that_is_not_discussed(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    return with_record(entry, comparison=comparison | {"vs": "무지개"}) if comparison and is_by_a_model(entry) else None


@damage("comparison_with_meaning")
def compared_word_with_its_meaning(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    if not comparison:
        return None
    return with_record(entry, comparison=comparison | {"vs": f"{comparison['vs']} (resolve)"})


@damage("comparison_not_shown", "comparison_unrelated")
def card_on_uses_of_the_word_alone(entry: Entry, random: Random) -> Entry | None:
    card, word = card_of(entry, "Usage-Comparison"), entry.word["term"]
    if (
        card is None
        or entry.word["pos"] != "noun"
        or not is_by_a_model(entry)
        or "홍차" in str(entry.record["comparison"])
    ):
        return None
    back = (
        f"It has two sides: 저는 {word} 생각을 해요. 'I think of it.' 우리는 {word} 이야기를 해요. 'We talk about it.'"
    )
    return with_card(
        entry, "Usage-Comparison", back=back, front="You think of it, and you talk about it. What changes?"
    )


@damage("other_word_named")
def image_of_a_different_word(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry):
        return None
    return with_record(entry, metaphor=f"{entry.record['metaphor'].partition(':')[0]}: 무지개 is what remains."[:300])


@damage("scene_meaning")
def scene_with_a_different_meaning(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry) or not card_of(entry, "Scene") or entry.word["pos"] != "noun":
        return None
    back = f"The lamp hums, and the tiles are cold. It waits.\n\nThat is {entry.word['term']}, a zeppelin."
    return with_card(entry, "Scene", back=back)


@damage("class_of_list", "pos_disagrees", "word_class")
def class_that_the_list_contradicts(entry: Entry, random: Random) -> Entry | None:
    listed = {"너희": "noun", "저": "verb", "천천히": "adjective", "아마": "noun"}
    pos = listed.get(entry.word["term"])
    return with_record(entry, pos=pos) if pos and is_by_a_model(entry) else None


@damage("class_claim")
def explanation_of_a_different_class(entry: Entry, random: Random) -> Entry | None:
    others = {"noun": "Verb", "adverb": "Adjective", "verb": "Adverb", "adjective": "Noun"}
    other = others.get(entry.record["pos"])
    if other is None or not is_by_a_model(entry):
        return None
    return with_record(entry, explanation=f"{other}, used at home. {entry.record['explanation']}"[:500])


@damage("keyword_form")
def keyword_with_its_meaning(entry: Entry, random: Random) -> Entry:
    return with_record(entry, korean_keywords=[*entry.record["korean_keywords"], "서점 (bookstore)"])


@damage("tag_value")
def tag_without_a_value(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    return with_card(entry, card["tab_name"], tags=[*card["tags"], "concept:"])
