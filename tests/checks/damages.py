"""Ways to damage a good entry, each with the codes that name it. A damage that does not apply to an entry returns None."""

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from checks.good_records import Entry, Row, all_entries

from korean_flashcards.checks.romanisation import romanised
from korean_flashcards.korean.hangul import has_hangul, strip_to_hangul
from korean_flashcards.korean.hanja import words_of

Damager = Callable[[Entry, Random], Entry | None]


class Damage(NamedTuple):
    """``codes``: any of these findings names the damage rightly."""

    name: str
    codes: frozenset[str]
    do: Damager


DAMAGES: list[Damage] = []


def damage(*codes: str) -> Callable[[Damager], Damager]:
    """Register a damage under the codes that name it."""

    def register(do: Damager) -> Damager:
        DAMAGES.append(Damage(do.__name__, frozenset(codes), do))
        return do

    return register


def with_record(entry: Entry, **fields: Any) -> Entry:
    return entry._replace(record=entry.record | fields)


def with_ipa(entry: Entry, ipa: str) -> Entry:
    """The IPA in both of its places, as the parser writes it."""
    return with_record(entry, ipa=ipa, term=f"{entry.word['term']}{ipa}")


def with_card(entry: Entry, tab_name: str, **fields: Any) -> Entry:
    return entry._replace(cards=[card | fields if card["tab_name"] == tab_name else card for card in entry.cards])


def card_of(entry: Entry, *tab_names: str) -> Row | None:
    return next((card for card in entry.cards if not tab_names or card["tab_name"] in tab_names), None)


def another(entry: Entry, random: Random, same: Callable[[Entry], bool] = lambda other: True) -> Entry:
    """An entry of a word that has nothing in common with this one."""
    mine = set(strip_to_hangul(" ".join([entry.word["term"], *entry.record["korean_keywords"]])))
    others = [
        other for other in all_entries()
        if same(other) and len(other.word["term"]) > 1 and not mine & set(strip_to_hangul(other.word["term"]))
    ]  # fmt: skip
    return random.choice(others)


def as_if_by_a_model(entry: Entry) -> Entry:
    """The offline model's layout is one for all words by design; a copied text of a language model's is not."""
    return entry._replace(
        record=entry.record | {"model": "by/model"}, cards=[card | {"model": "by/model"} for card in entry.cards]
    )


def is_by_a_model(entry: Entry) -> bool:
    return entry.record["model"].startswith("by/")


# --- the word ---


@damage("wrong_term")
def another_term(entry: Entry, random: Random) -> Entry:
    return with_record(entry, term=another(entry, random).record["term"])


@damage("wrong_term")
def card_with_another_term(entry: Entry, random: Random) -> Entry:
    return with_card(entry, "Scene", term=another(entry, random).record["term"])


@damage("term_not_korean")
def english_term(entry: Entry, random: Random) -> Entry:
    english = re.sub("[^a-z ]", "", entry.record["primary_meaning"].lower())[:40].strip()
    return with_record(entry, term=f"{english}{entry.record['ipa']}")


@damage("term_romanised")
def romanised_term(entry: Entry, random: Random) -> Entry | None:
    forms = romanised(entry.word["term"])
    return with_record(entry, term=f"{max(forms)}{entry.record['ipa']}") if forms else None


@damage("romanised")
def romanised_in_the_text(entry: Entry, random: Random) -> Entry | None:
    card, forms = card_of(entry, "Scene"), romanised(entry.word["term"])
    if not card or not forms or len(max(forms)) < 5 or entry.word["term"] == "김치":
        return None
    return with_card(entry, "Scene", back=card["back"].replace(entry.word["term"], max(forms)))


@damage("about_another_word")
def record_of_another_word(entry: Entry, random: Random) -> Entry:
    """The word asked for stands in term alone, as the parser composes it; the rest is another word's."""
    other = another(entry, random, is_by_a_model)
    return entry._replace(record=other.record | {"term": f"{entry.word['term']}{other.record['ipa']}"})


@damage("about_another_word", "no_example_has_the_word")
def card_of_another_word(entry: Entry, random: Random) -> Entry:
    other = card_of(
        another(entry, random, lambda other: is_by_a_model(other) and card_of(other, "Scene") is not None), "Scene"
    )
    assert other
    return with_card(entry, "Scene", front=other["front"], back=other["back"])


# --- pronunciation, part of speech, hanja, homograph ---


@damage("ipa_other_word", "ipa_differs")
def ipa_of_another_word(entry: Entry, random: Random) -> Entry:
    return with_ipa(entry, another(entry, random).record["ipa"])


@damage("ipa_differs")
def ipa_with_another_vowel(entry: Entry, random: Random) -> Entry | None:
    ipa, vowels = entry.record["ipa"], {"a": "o", "ʌ": "o", "o": "ʌ", "u": "ɯ", "i": "e", "ɯ": "u"}
    place = next((place for place, sign in enumerate(ipa) if sign in vowels), None)
    if place is None or ipa.count(".") < 1:
        return None
    return with_ipa(entry, f"{ipa[:place]}{vowels[ipa[place]]}{ipa[place + 1 :]}")


@damage("ipa_differs")
def ipa_without_tense_consonants(entry: Entry, random: Random) -> Entry | None:
    ipa = entry.record["ipa"]
    return with_ipa(entry, ipa.replace("͈", "")) if "͈" in ipa else None


@damage("pos_disagrees")
def wrong_part_of_speech(entry: Entry, random: Random) -> Entry | None:
    wrong = {"noun": "verb", "verb": "noun", "adjective": "adverb", "adverb": "particle", "pronoun": "ending",
             "numeral": "adjective", "determiner": "verb", "interjection": "suffix"}  # fmt: skip
    pos = wrong.get(entry.record["pos"])
    ends_like_a_verb = entry.word["term"].endswith("다")
    return with_record(entry, pos=pos) if pos and not (pos == "verb" and ends_like_a_verb) else None


@damage("hanja_reading")
def hanja_of_another_word(entry: Entry, random: Random) -> Entry | None:
    if not (homonyms := entry.record["homonyms"]):
        return None
    other = another(entry, random, lambda other: bool(other.record["homonyms"]))
    return with_record(entry, homonyms=[homonyms[0] | {"hanja": other.record["homonyms"][0]["hanja"]}])


@damage("hanja_reading")
def hanja_read_as_another_word(entry: Entry, random: Random) -> Entry | None:
    if not (homonyms := entry.record["homonyms"]):
        return None
    other = another(entry, random, lambda other: bool(other.record["homonyms"]))
    reading = other.record["homonyms"][0]["reading"]
    return with_record(entry, homonyms=[homonyms[0] | {"reading": reading}]) if reading else None


@damage("hanja_other_word", "other_hanja")
def hanja_of_a_homonym(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"]
    others = [hanja for hanja in words_of(homonyms[0]["reading"]) if hanja != homonyms[0]["hanja"]] if homonyms else []
    return with_record(entry, homonyms=[homonyms[0] | {"hanja": others[0]}]) if others else None


@damage("hanja_unlisted", "hanja_other_word")
def invented_hanja(entry: Entry, random: Random) -> Entry | None:
    """Characters that have the right sounds, and together are no word."""
    homonyms = entry.record["homonyms"]
    reading = homonyms[0]["reading"] if homonyms else ""
    others = words_of(reading)
    if len(reading) < 2 or len(others) < 3:
        return None
    made = "".join(random.choice(others)[place] for place in range(len(reading)))
    return with_record(entry, homonyms=[homonyms[0] | {"hanja": made}]) if made not in others else None


@damage("hanja_characters")
def hanja_in_hangul(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"]
    return with_record(entry, homonyms=[homonyms[0] | {"hanja": homonyms[0]["reading"]}]) if homonyms else None


@damage("hanja_missing", "hanja_reading")
def hanja_card_of_another_word(entry: Entry, random: Random) -> Entry | None:
    if not (card := card_of(entry, "Hanja")):
        return None
    other = another(entry, random, lambda other: card_of(other, "Hanja") is not None)
    mine, others = entry.record["homonyms"][0]["hanja"], other.record["homonyms"][0]["hanja"]
    back = card["back"].translate(dict(zip(map(ord, mine), others * 4, strict=False)))
    return with_card(entry, "Hanja", back=back) if not set(mine) & set(others) else None


@damage("meaning_differs", "other_homograph", "other_hanja", "homographs_alike")
def the_other_homograph(entry: Entry, random: Random) -> Entry | None:
    """The record of 사과 "apology" where the list means the apple."""
    term = entry.word["term"]
    others = [
        other for other in all_entries()
        if other.word["term"] == term and other.word["definition"] != entry.word["definition"]
    ]  # fmt: skip
    if not others:
        return None
    other = random.choice(others)
    return entry._replace(record=other.record | {"item_id": entry.word["item_id"]})


@damage("meaning_differs", "other_homograph", "other_hanja", "hanja_other_word")
def meaning_of_a_later_homonym(entry: Entry, random: Random) -> Entry | None:
    """The record takes the second homonym for the word."""
    homonyms = entry.record["homonyms"] or []
    if len(homonyms) < 2:
        return None
    first, second, *rest = homonyms
    return with_record(entry, primary_meaning=second["meaning"], homonyms=[second, first, *rest])


# --- comparison ---


@damage("comparison_same_word")
def compared_with_itself(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    return with_record(entry, comparison=comparison | {"vs": entry.word["term"]}) if comparison else None


@damage("comparison_inflection")
def compared_with_its_own_form(entry: Entry, random: Random) -> Entry | None:
    comparison, pos, term = entry.record["comparison"], entry.record["pos"], entry.word["term"]
    if not comparison or pos not in {"noun", "verb", "adjective"} or strip_to_hangul(term) != term:
        return None
    if pos == "noun":
        form = f"{term}에서"
    elif term.endswith("다") and not term.endswith("니다"):
        form = f"{term[:-1]}고"
    else:
        form = next((word for word in entry.record["korean_keywords"] if word[0] == term[0] and word[-1] == "다"), term)
    return with_record(entry, comparison=comparison | {"vs": form}) if len(term) > 1 and form != term else None


@damage("comparison_no_such_word")
def compared_with_no_word(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    made = "".join(random.choice("뷁퀡훓뫟궯쥥뱕") for _ in range(2))
    return with_record(entry, comparison=comparison | {"vs": made}) if comparison else None


@damage("comparison_not_korean")
def compared_with_english(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    return (
        with_record(entry, comparison=comparison | {"vs": random.choice(["man", "yeok", "to see"])})
        if comparison
        else None
    )


@damage("comparison_unrelated")
def comparison_of_other_words(entry: Entry, random: Random) -> Entry | None:
    comparison = entry.record["comparison"]
    if not comparison:
        return None
    other = another(entry, random, lambda other: is_by_a_model(other) and bool(other.record["comparison"]))
    return with_record(entry, comparison=comparison | {"nuance": other.record["comparison"]["nuance"]})


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
    """Latin letters that are Cyrillic ones, as models of other languages write them."""
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


# --- what is left over ---


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
    """The word is said to be polite, and its only example speaks to a friend."""
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


def applicable(
    entries: Iterator[Entry] | tuple[Entry, ...], way: Damage, random: Random
) -> Iterator[tuple[Entry, Entry]]:
    """Yield (good, damaged) for each entry that can be damaged so."""
    for entry in entries:
        damaged = way.do(entry, random)
        if damaged is not None and damaged != entry and has_hangul(entry.word["term"]):
            yield entry, damaged
