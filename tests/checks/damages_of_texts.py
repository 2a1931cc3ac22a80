"""Damage texts: wrong languages, corrupted letters, leftovers, examples, register, and swapped, empty or copied texts."""

import json
import re
from random import Random

from checks.damage import another, as_if_by_a_model, card_of, damage, is_by_a_model, with_card, with_record
from checks.good_records import Entry, all_entries

# --- languages and letters ---


@damage("in_chinese")
def explained_in_chinese(entry: Entry, random: Random) -> Entry:
    text = random.choice(
        ["这个词表示一种日常的说法，常用于口语。", "意思是“见面”，语气比较正式。", "名词，指人或事物的总称。"]
    )
    return with_record(entry, explanation=text)


@damage("in_japanese")
def card_in_japanese(entry: Entry, random: Random) -> Entry:
    return with_card(
        entry, "Scene", back="あなたは門をくぐり、静かな部屋に入ります。そこには古い机があり、ランプが光っています。"
    )


@damage("in_korean")
def explained_in_korean(entry: Entry, random: Random) -> Entry:
    return with_record(entry, explanation=f"{entry.word['term']}: 일상생활에서 자주 쓰이는 말로, 여러 가지 뜻이 있다.")


@damage("not_english")
def card_in_german(entry: Entry, random: Random) -> Entry:
    back = f"Du stehst vor einem alten Tor und hörst leise Musik. Das Wort {entry.word['term']} passt genau hierher."
    return with_card(entry, "Scene", back=back)


@damage("other_script")
def cyrillic_letters(entry: Entry, random: Random) -> Entry:
    """Replace Latin letters with Cyrillic ones, as some models do."""
    return with_record(entry, metaphor=entry.record["metaphor"].replace("e", "е").replace("o", "о"))


@damage("mojibake")
def utf8_read_as_latin1(entry: Entry, random: Random) -> Entry:
    card = card_of(entry, "Scene") or entry.cards[0]
    broken = card["back"].encode().decode("cp1252", errors="replace")
    return with_card(entry, card["tab_name"], back=broken)


@damage("mojibake")
def cp949_read_as_latin1(entry: Entry, random: Random) -> Entry | None:
    text = f"Said as {entry.word['example'] or '이렇게 말해요.'}"
    return with_record(entry, explanation=text.encode("cp949", errors="replace").decode("latin-1"))


@damage("not_korean")
def english_keywords(entry: Entry, random: Random) -> Entry:
    return with_record(entry, korean_keywords=[entry.word["term"], "everyday word", "family"])


@damage("translation_not_english")
def korean_for_its_translation(entry: Entry, random: Random) -> Entry | None:
    card, example = card_of(entry, "Scene", "Grammar"), "그래서 어제는 집에 일찍 갔어요."
    if card and is_by_a_model(entry):
        return with_card(entry, card["tab_name"], back=re.sub(r"'[^'\n]{9,}'$", f"'{example}'", card["back"]))
    card, translation = card_of(entry, "Usage-Comparison"), entry.word["example_translation"]
    if not card or not translation:
        return None
    return with_card(entry, "Usage-Comparison", back=card["back"].replace(translation, example))


# --- leftovers ---


@damage("leftover_json")
def json_in_the_text(entry: Entry, random: Random) -> Entry:
    fields = {name: entry.record[name] for name in ("explanation", "usage_context")}
    return with_record(entry, explanation=json.dumps(fields, ensure_ascii=False)[:480])


@damage("leftover_markdown")
def markdown_on_the_card(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    words = card["back"].split(" ")
    back = " ".join([f"**{words[0]}**", *words[1:]]) if random.random() < 0.5 else f"# Answer\n\n- {card['back']}"
    return with_card(entry, card["tab_name"], back=back)


@damage("leftover_html")
def html_on_the_card(entry: Entry, random: Random) -> Entry:
    card = entry.cards[0]
    return with_card(entry, card["tab_name"], back=f"<b>{entry.word['term']}</b><br>{card['back']}")


@damage("prompt_leak")
def prompt_in_the_text(entry: Entry, random: Random) -> Entry:
    leaks = ("As an AI language model, I explain the word as follows.", "The suggested_location is given above.",
             "Here is the JSON object you asked for.", "[insert example here]", "The user asks for a metaphor.")  # fmt: skip
    return with_record(entry, explanation=f"{random.choice(leaks)} {entry.record['explanation']}"[:500])


# --- examples and register ---


@damage("no_example_has_the_word", "example_without_word")
def example_of_another_word(entry: Entry, random: Random) -> Entry | None:
    other = another(
        entry, random, lambda other: bool(other.word["example"]) and other.record["pos"] in {"noun", "adverb"}
    )
    if is_by_a_model(entry):
        card = card_of(entry, "Scene")
        if card is None:
            return None
        cut = card["back"].rindex("\n\n")
        back = f"{card['back'][:cut]}\n\n{other.word['example']} '{other.word['example_translation']}'"
        return with_card(entry, "Scene", back=back)
    if not entry.word["example"] or not (card := card_of(entry, "Usage-Comparison")):
        return None
    back = card["back"].replace(entry.word["example"], other.word["example"])
    return with_card(entry, "Usage-Comparison", back=back)


@damage("example_without_word")
def one_more_example_of_another_word(entry: Entry, random: Random) -> Entry | None:
    """Add an example of another word to the card of a noun, a verb, an adjective, or an adverb."""
    card = card_of(entry, "Scene", "Usage-Comparison")
    if card is None or entry.record["pos"] not in {"noun", "verb", "adjective", "adverb"} or not is_by_a_model(entry):
        return None
    other = another(entry, random, lambda other: bool(other.word["example"]) and other.record["pos"] == "noun")
    example = f"{other.word['example']} '{other.word['example_translation']}'"
    return with_card(entry, card["tab_name"], back=f"{card['back']} {example}")


@damage("level_contradicts")
def level_against_the_ending(entry: Entry, random: Random) -> Entry | None:
    term = entry.word["term"]
    if entry.record["pos"] not in {"verb", "adjective", "phrase"}:
        return None
    if term.endswith(("요", "니다")):
        return with_card(entry, "Scene", honorific_level="casual")
    return (
        with_card(entry, "Scene", honorific_level="polite") if term.endswith(("ㅆ어", "었어", "봤어", "거야")) else None
    )


@damage("register")
def casual_example_of_a_polite_word(entry: Entry, random: Random) -> Entry | None:
    """Mark the word as polite and give it a single example in casual speech."""
    card = card_of(entry, "Scene", "Usage-Comparison")
    if card is None or entry.record["pos"] not in {"noun", "adverb", "pronoun"} or entry.word["term"] == "저":
        return None
    noun = entry.word["term"]
    cut = card["back"].split("\n")[0]
    return with_card(entry, card["tab_name"], honorific_level="polite",
                     back=f"{cut} {noun} 얘기는 어제 벌써 다 들었어. 'I've heard that already.'")  # fmt: skip


@damage("register")
def honorific_word_without_respect(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Scene")
    if card is None or entry.record["pos"] != "noun":
        return None
    cut, noun = card["back"].split("\n")[0], entry.word["term"]
    return with_card(
        entry, "Scene", honorific_level="honorific", back=f"{cut} 친구가 {noun} 사진을 찍었다. 'He took it.'"
    )


# --- swapped, empty, repeated, copied ---


@damage("swapped_sides")
def front_and_back_swapped(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Scene")
    return with_card(entry, "Scene", front=card["back"], back=card["front"]) if card else None


@damage("swapped_fields")
def fields_swapped(entry: Entry, random: Random) -> Entry:
    record = entry.record
    if random.random() < 0.5:
        return with_record(entry, metaphor=record["metaphor_noun"], metaphor_noun=record["metaphor"])
    return with_record(entry, explanation=record["primary_meaning"], primary_meaning=record["explanation"])


@damage("too_short")
def almost_empty_card(entry: Entry, random: Random) -> Entry:
    return with_card(entry, entry.cards[0]["tab_name"], back=f"{entry.word['term']}.")


@damage("repetition")
def text_in_a_loop(entry: Entry, random: Random) -> Entry:
    first = entry.record["explanation"].split(". ")[0] + "."
    looped = " ".join([first] * 3) if len(first.split()) > 3 else "very very very very very"
    return with_record(entry, explanation=looped[:500])


@damage("comparison_unrelated")
def card_without_the_comparison(entry: Entry, random: Random) -> Entry | None:
    card, comparison = card_of(entry, "Usage-Comparison"), entry.record["comparison"]
    if not card or not comparison or comparison["vs"].endswith("다"):
        return None
    other = another(entry, random, lambda other: other.record["pos"] == "noun")
    vs = comparison["vs"]
    texts = {
        side: card[side].replace(vs, other.word["term"]).replace(vs[:-1] or vs, other.word["term"])
        for side in ("front", "back")
    }
    return with_card(entry, "Usage-Comparison", **texts) if is_by_a_model(entry) else None


@damage("boilerplate_front")
def front_that_fits_every_word(entry: Entry, random: Random) -> Entry:
    front = f"Imagine a place that helps you remember {entry.word['term']}. What does this word mean?"
    return with_card(as_if_by_a_model(entry), entry.cards[0]["tab_name"], front=front)


@damage("boilerplate_back")
def back_that_fits_every_word(entry: Entry, random: Random) -> Entry:
    word, meaning = entry.word["term"], entry.record["primary_meaning"]
    back = f"{word} means {meaning}. It is a very useful word that is often used in daily life, so learn it well."
    return with_card(as_if_by_a_model(entry), entry.cards[0]["tab_name"], back=back)


@damage("boilerplate_metaphor")
def metaphor_that_fits_every_word(entry: Entry, random: Random) -> Entry:
    metaphor = f"A light bulb turns on in a dark room and shows you {entry.record['primary_meaning'][:90]}."
    return with_record(as_if_by_a_model(entry), metaphor=metaphor)


@damage("homographs_alike")
def one_meaning_for_two_homographs(entry: Entry, random: Random) -> Entry | None:
    same = [other for other in all_entries() if other.word["term"] == entry.word["term"] and other is not entry]
    return with_record(entry, primary_meaning=same[0].record["primary_meaning"]) if same else None


# --- the form of fronts, marks, and sentences ---


@damage("no_task")
def front_without_a_question(entry: Entry, random: Random) -> Entry | None:
    card = entry.cards[0]
    if not is_by_a_model(entry):
        return None
    return with_card(
        entry, card["tab_name"], front="You step through the portal to a quay. The gulls are loud. Imagine it."
    )


@damage("scene_opening")
def scene_without_the_portal(entry: Entry, random: Random) -> Entry | None:
    card = card_of(entry, "Scene")
    if card is None or not is_by_a_model(entry):
        return None
    front = re.sub(
        "^You step through the portal", random.choice(["You are standing", "Picture yourself"]), card["front"]
    )
    return with_card(entry, "Scene", front=front)


@damage("unpaired_mark", "cut_off")
def quotation_never_closed(entry: Entry, random: Random) -> Entry:
    return with_record(entry, usage_context="Said at the door: 'Please come in. To a guest one adds a bow.")


@damage("written_twice")
def word_written_twice(entry: Entry, random: Random) -> Entry:
    return with_record(entry, usage_context="Heard at the the door, rarely on the phone.")
