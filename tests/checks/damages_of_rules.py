"""Damage what the rules for honorifics, translations, origins, senses, fronts, and the end of texts find."""

from random import Random

from checks.damage import card_of, damage, is_by_a_model, with_card, with_record
from checks.damages_of_korean import with_example
from checks.good_records import Entry


@damage("wrong_honorific")
def speaker_honors_himself(entry: Entry, random: Random) -> Entry:
    korean = random.choice(
        ["저는 매일 일곱 시에 일어나세요.", "제가 어제 고향에 내려오셨어요.", "저는 이 가게 주인이십니다."]
    )
    return with_example(entry, korean, "It is so.")


@damage("wrong_honorific")
def someone_humbles_himself_for_the_speaker(entry: Entry, random: Random) -> Entry:
    korean = random.choice(["친구가 저에게 선물을 드렸어요.", "할머니께서 시장에 갔어요.", "선생님께 꽃을 줬어요."])
    return with_example(entry, korean, "It is so.")


@damage("mixed_levels")
def mixed_speech_levels(entry: Entry, random: Random) -> Entry:
    korean = random.choice(["저도 오늘 학교에 안 갔어.", "미안해, 오늘은 바빠요.", "안녕하세요, 나는 민수야."])
    return with_example(entry, korean, "It is so.")


@damage("translation_contradicts")
def translation_of_another_day(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("네 시에 일어났어요.", "I got up at five."), ("어제 만났어요.", "We met tomorrow."), ("기차로 갔어요.",
        "I went by bus."),
        ("할머니가 오세요.", "My grandfather is coming."), ("문제가 어려워요.", "The problem is easy."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("translation_language")
def translation_in_german(entry: Entry, random: Random) -> Entry:
    return with_example(entry, "의사가 푹 쉬라고 했어요.", "Der Arzt hat gesagt, ich soll mich ausruhen.")


@damage("tense")
def past_for_future(entry: Entry, random: Random) -> Entry:
    return with_example(entry, "올해는 김치를 많이 담갔어요.", "This year we will make a lot of kimchi.")


@damage("tense_label")
def past_called_future(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry):
        return None
    return with_record(entry, explanation=f"만났어요 is the polite future. {entry.record['explanation']}"[:500])


@damage("level_of_word", "level_contradicts", "register")
def honorific_word_called_humble(entry: Entry, random: Random) -> Entry | None:
    levels = {"진지": "casual", "여쭙다": "honorific", "잡수시다": "humble", "너희": "formal", "부러워": "polite"}
    level, card = levels.get(entry.word["term"]), card_of(entry, "Scene")
    return with_card(entry, "Scene", honorific_level=level) if level and card else None


@damage("spoken_differs")
def spelling_as_pronunciation(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry):
        return None
    said = random.choice(["독립 is said [독립].", "국물 is said [국물].", "학교 is said [학교]."])
    return with_record(entry, explanation=f"{said} {entry.record['explanation']}"[:500])


@damage("word_class", "pos_disagrees")
def verbs_called_adjectives(entry: Entry, random: Random) -> Entry | None:
    wrong = {"verb": "adjective", "adjective": "verb", "adverb": "verb"}.get(entry.record["pos"])
    sure = {"먹다", "만나다", "치우다", "어렵다", "시원하다", "천천히"}
    return with_record(entry, pos=wrong) if wrong and entry.word["term"] in sure and is_by_a_model(entry) else None


@damage("irregular")
def wrong_kind_of_inflection(entry: Entry, random: Random) -> Entry | None:
    explanation = entry.record["explanation"]
    if "ㅂ-irregular" not in explanation or not entry.word["term"].endswith("다"):
        return None
    return with_record(
        entry, explanation=explanation.replace("ㅂ-irregular", random.choice(["ㄷ-irregular", "Regular"]))
    )


@damage("hanja_order")
def hanja_in_the_wrong_order(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Hanja")
    hanja = entry.record["homonyms"][0]["hanja"] if card else ""
    if card is None or len(set(hanja)) < 2:
        return None
    return with_card(entry, "Hanja", back=card["back"].replace(hanja, hanja[::-1]))


@damage("hanja_of_related")
def related_word_with_wrong_hanja(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Hanja")
    return with_card(entry, "Hanja", back=f"{card['back']}\n\n남편 男篇 'husband'.") if card else None


@damage("hanja_character", "hanja_reading")
def character_with_the_reading_of_another(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Hanja")
    homonyms = entry.record["homonyms"] or [{"hanja": "", "reading": ""}]
    hanja, reading = homonyms[0]["hanja"], homonyms[0]["reading"]
    if (
        card is None
        or len(set(reading)) < 2
        or len(hanja) != len(reading)
        or f"{hanja[0]} ({reading[0]}," not in card["back"]
    ):
        return None
    return with_card(
        entry, "Hanja", back=card["back"].replace(f"{hanja[0]} ({reading[0]}", f"{hanja[0]} ({reading[1]}")
    )


@damage("origin")
def sino_korean_word_called_native(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"]
    if not homonyms or homonyms[0]["reading"] != entry.word["term"]:
        return None
    return with_record(entry, explanation=f"Native Korean. {entry.record['explanation']}"[:500])


@damage("later_homonym", "other_homograph")
def meaning_of_the_second_homonym(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"] or []
    return with_record(entry, primary_meaning=homonyms[1]["meaning"]) if len(homonyms) > 1 else None


@damage("homonym_twice")
def one_homonym_twice(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"]
    return with_record(entry, homonyms=[*homonyms, homonyms[0]]) if homonyms else None


@damage("opposite_meaning")
def opposite_meaning(entry: Entry, random: Random) -> Entry | None:
    opposites = {
        "어제": "tomorrow",
        "오빠": "older sister",
        "어렵다": "easy",
        "둘": "three (native)",
        "천천히": "fast, quickly",
    }
    meaning = opposites.get(entry.word["term"])
    return with_record(entry, primary_meaning=meaning) if meaning and is_by_a_model(entry) else None


@damage("meaning_paraphrased", "meaning_differs", "opposite_meaning")
def meaning_without_a_word_of_the_list(entry: Entry, random: Random) -> Entry | None:
    sure = entry.word["definition"] and entry.word["definition"].isascii() and is_by_a_model(entry)
    explanation = f"{entry.word['definition']}. {entry.record['explanation']}"[:500]
    return with_record(entry, primary_meaning="zigzag pattern", explanation=explanation) if sure else None


@damage("keyword_missing")
def keywords_without_the_word(entry: Entry, random: Random) -> Entry:
    return with_record(entry, korean_keywords=["뻐꾸기", "햇빛"])


@damage("no_translation")
def example_without_its_translation(entry: Entry, random: Random) -> Entry | None:
    if not is_by_a_model(entry) or not (card := card_of(entry, "Scene")):
        return None
    back = card["back"].split("\n\n")[0]
    return with_card(entry, "Scene", back=f"{back}\n\n{entry.word['term']} 때문에 오늘은 집에 늦게 왔어요.")


@damage("front_tells")
def front_with_the_meaning(entry: Entry, random: Random) -> Entry | None:
    meaning = entry.record["primary_meaning"].split("(")[0].split(";")[0].strip()
    if not card_of(entry, "Scene") or max(map(len, meaning.split())) < 4:
        return None
    return with_card(entry, "Scene", front=f"What is the Korean word for {meaning}, which you need every day at home?")


@damage("front_hints", "front_tells")
def task_with_the_meaning(entry: Entry, random: Random) -> Entry | None:
    meaning = entry.record["primary_meaning"].split("(")[0].split(";")[0].split(",")[0].strip()
    card = card_of(entry, "Grammar", "Example", "Cultural", "Formal-Casual")
    if not card or max(map(len, meaning.split())) < 5:
        return None
    front = f"You step onto the bridge and think of {meaning} at once. Tell a friend so: what do you say?"
    return with_card(entry, card["tab_name"], front=front)


@damage("no_scene")
def front_without_a_scene(entry: Entry, random: Random) -> Entry:
    return with_card(entry, entry.cards[0]["tab_name"], front="What does this word mean?")


@damage("cut_off")
def text_cut_off(entry: Entry, random: Random) -> Entry:
    return with_record(entry, metaphor="A rooster with a lantern walks along the quay and the")


@damage("cut_off")
def translation_cut_off(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    return with_card(entry, card["tab_name"], back=f"{card['back']}\n\n오늘은 약속이 있어요. 'Sorry, I have pl")


@damage("filler")
def idle_talk(entry: Entry, random: Random) -> Entry:
    talk = random.choice(["This is a very common word that is used in many situations.", "Remember it well."])
    return with_record(entry, explanation=f"{talk} {entry.record['explanation']}"[:500])


@damage("chat")
def talk_to_the_user(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    front = random.choice(
        [f"Front: {card['front']}", f"Sure! {card['front']}", f"{card['front']} Let me know if you need more."]
    )
    return with_card(entry, card["tab_name"], front=front)
