"""Damage facts about a word: its term, IPA, part of speech, hanja, homograph and comparison."""

import re
from random import Random

from checks.damage import another, card_of, damage, is_by_a_model, with_card, with_ipa, with_record
from checks.good_records import Entry, all_entries

from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.romanisation import romanised

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
    """Keep the requested word only in term, where the parser puts it, and take the rest from another word."""
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


@damage("hanja_other_word", "other_hanja", "hanja_meaning")
def hanja_of_a_homonym(entry: Entry, random: Random) -> Entry | None:
    homonyms = entry.record["homonyms"]
    others = [hanja for hanja in spelled(homonyms[0]["reading"]) if hanja != homonyms[0]["hanja"]] if homonyms else []
    return with_record(entry, homonyms=[homonyms[0] | {"hanja": others[0]}]) if others else None


@damage("hanja_unlisted", "hanja_other_word")
def invented_hanja(entry: Entry, random: Random) -> Entry | None:
    """Combine characters with the correct readings that do not form a word."""
    homonyms = entry.record["homonyms"]
    reading = homonyms[0]["reading"] if homonyms else ""
    others = spelled(reading)
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
    """Use the record of a different homograph, such as 사과 "apology" instead of "apple"."""
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
    """Make the second homonym the meaning of the word."""
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
        return None  # an inflected term may be compared with another form
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
