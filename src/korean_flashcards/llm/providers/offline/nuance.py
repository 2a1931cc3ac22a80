"""Build the offline model's stage-1 replies from derived data and the list's definition, example, and notes."""

from typing import Any

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.listed_usage import ListedUsage, written_usage
from korean_flashcards.korean.glosses import cut
from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.hanja import HanjaWord, hanja_of
from korean_flashcards.korean.hanja_data import HanjaCharacter, all_taught, characters_of, reads_as
from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.morphology import Morpheme, lemma, noun_stem
from korean_flashcards.korean.related_words import short_gloss
from korean_flashcards.korean.shared_forms import verb_meant
from korean_flashcards.korean.sino_words import choose
from korean_flashcards.korean.word_parts import honorific_verb
from korean_flashcards.llm.providers.offline.cards import says_something
from korean_flashcards.llm.providers.offline.comparisons import comparison_of
from korean_flashcards.llm.providers.offline.part_of_speech_choice import chosen_part_of_speech
from korean_flashcards.llm.providers.offline.places import own_morphemes, spoken_part
from korean_flashcards.llm.providers.offline.unusable_entries import (
    check_definition,
    check_entry,
    check_example,
    check_place,
    check_verb,
    refuse_unknown,
)
from korean_flashcards.llm.providers.offline.word_facts import WordFacts, facts_of

# Forms that the analyzer takes for a form of 알다 or for a pronoun with 이다.
_CONTRACTED = {"아냐": "아니다", "아녜요": "아니다", "이에요": "이다", "예요": "이다"}


def compose_nuance(word: dict[str, Any]) -> dict[str, Any]:
    """Return the stage-1 reply for a word. ``word``: the word's columns, as sent in the request.

    Raises:
        BackendError: The word cannot become a good card (see ``unusable_entries``).
    """
    term, definition = word["term"], str(word.get("definition") or "")
    check_entry(word)
    # Loading the analyzer takes 1 s and 330 MB, so words that fail above must not load it.
    listed = standard_part_of_speech(str(word.get("pos") or "")) or ""
    morphemes = own_morphemes(term, listed)
    check_example(word, listed)
    pos = chosen_part_of_speech(term, listed, morphemes, definition, str(word.get("example") or ""))
    whole = morphemes if spoken_part(term) == term else None
    homonyms = _homonyms(term, listed, definition, word.get("hanja"), morphemes)
    hanja = homonyms[0]["hanja"] if homonyms else ""
    ipa = (
        ipa_of(
            spoken_part(term), is_verb=pos in {"verb", "adjective"}, morphemes=whole, definition=definition, hanja=hanja
        )
        or ""
    )
    base = _base(term, pos, morphemes, definition)
    facts = facts_of(term, pos, definition, hanja, str(word.get("example") or ""))
    check_definition(term, definition, pos, facts.parts)
    check_verb(term, definition, facts)
    check_place(term, pos, str(word.get("example") or ""), facts, definition)
    nuance = {
        "term": f"{term}{ipa}",
        "ipa": ipa,
        "pos": pos,
        "primary_meaning": cut(definition, 200),
        "other_meanings": None,
        **_scene(term, ipa, cut(definition, 80), word.get("example_translation")),
        "explanation": _explanation(term, pos, cut(definition, 120), base, facts),
        "usage_context": _usage(word),
        "comparison": comparison_of(
            term, cut(definition, 200), str(word.get("usage_hint") or ""), word.get("comparison_candidates")
        ),
        "homonyms": homonyms,
        "korean_keywords": list(dict.fromkeys([term, base])),
    }
    example = str(word.get("example") or "")
    is_rest = pos != "noun" or len(term) == 1
    if is_rest and not facts.places and not says_something(term, nuance, example):
        refuse_unknown(term)
    return nuance


def _base(term: str, pos: str, morphemes: list[Morpheme], definition: str) -> str:
    """Return the word's dictionary form. Dictionary forms, particles, endings, and suffixes are returned unchanged.

    The definition decides between two verbs that share a form.
    """
    forms, tags = [morpheme.form for morpheme in morphemes], [morpheme.tag for morpheme in morphemes]
    is_dictionary_form = term.endswith("다") and forms[-1:] == ["다"] and "EP" not in tags
    if pos in {"particle", "ending", "suffix"} or is_dictionary_form:
        return term
    if verb := honorific_verb(term) or _CONTRACTED.get(term):
        return verb
    *others, last = term.split()
    found = lemma(last) if others else lemma(last, pos)
    if pos in ("verb", "adjective") and found.endswith("다"):
        found = verb_meant(found, verb_stems(last), definition)
    return " ".join([*others, found])


def _scene(term: str, ipa: str, meaning: str, translation: str | None) -> dict[str, str]:
    """Return the list's example or meaning as the memory image. The offline model does not invent images."""
    said = f"“{cut(translation or '', 120)}”" if translation else f"“{meaning}”"
    source = "example" if translation else "meaning"
    return {
        "metaphor": cut(f"Picture the list's {source}: {said}. The word for “{meaning}” is {term}.", 300),
        "metaphor_noun": source,
        "metaphor_action": f"is the word for “{meaning}”",
        "suggested_location": f"the scene of the {source}",
        "anchor_object": f"the word {term} in writing",
        "anchor_sensory": f"the sound of the word: {ipa}",
    }


def _explanation(term: str, pos: str, meaning: str, base: str, facts: WordFacts) -> str:
    article = "an" if pos[0] in "aei" else "a"
    form = facts.form or (f"{term} comes from {base}." if base != term else "")
    return cut(
        " ".join(filter(None, (f"{term} is {article} {pos} that means “{meaning}”.", form, facts.sound, facts.style))),
        500,
    )


def _usage(word: dict[str, Any]) -> str | None:
    """Return the list's example, translation, and usage hint, or None if there is neither an example nor a hint."""
    usage = ListedUsage(*(word.get(name) or "" for name in ("example", "example_translation", "usage_hint")))
    text = written_usage(usage)
    return cut(text, 500) if text else None


def _homonyms(
    term: str, pos: str, definition: str, listed: str | None, morphemes: list[Morpheme]
) -> list[dict[str, str]] | None:
    """Return the word's hanja: those in the list if they match its reading, otherwise a reliable dictionary match."""
    hangul = strip_to_hangul(term)
    if listed:
        reading = _reading_in(hangul, listed)
        return [_homonym(listed, reading, definition, characters_of(listed, reading))] if reading else None
    found = _hanja_in(hangul, _sino_part(term, pos), definition, morphemes)
    return [_homonym(found.hanja, found.reading, definition, found.characters)] if found else None


def _hanja_in(hangul: str, stem: str | None, definition: str, morphemes: list[Morpheme]) -> HanjaWord | None:
    """Return the hanja of the whole word or else of its stem, without the native suffix 님.

    A word with particles or endings has hanja as a whole only if the meaning fits: 작고 "small" is a form of 작다 and not
    作故 "passing away". The result is None if the stem is a noun of one syllable and the whole term may also be a word: 위로
    is either 胃 + 로 or 慰勞.
    """
    is_form = any(morpheme.tag.startswith(("J", "E", "VCP")) for morpheme in morphemes)
    is_verb = any(morpheme.tag.startswith(("VV", "VA", "XSV", "XSA")) for morpheme in morphemes)
    listed = choose(hangul, definition)
    # Without a meaning that fits, 자가 is rather 자 + 가 than 自家.
    if listed and (listed.fits_meaning or not (stem or is_form)):
        return hanja_of(hangul, definition)
    if stem and len(stem) > 2:
        stem = stem.removesuffix("님")
    found = hanja_of(stem, definition) if stem and stem in hangul else None
    if found and len(found.hanja) == 1 and stem != hangul and not is_verb:
        whole = hanja_of(hangul, definition)
        return None if whole and all_taught(whole.hanja) else found
    return found


def _sino_part(term: str, pos: str) -> str | None:
    """Return the part of a term that may be Sino-Korean: a noun without particles, a dictionary form, or 준비 in 준비했다.

    The inflected form itself is never used: 가족도 ("family too") would match 家族圖.
    """
    base = lemma(term, pos)
    if base == term and not base.endswith("다"):
        return base
    if base.endswith(("하다", "되다")):
        return base[:-2]
    return noun_stem(term, pos)


def _reading_in(hangul: str, hanja: str) -> str | None:
    """Return the part of the word that the hanja spell, or None. For example, 親切 spells 친절 in 친절하다."""
    length = len(hanja)
    parts = (hangul[start : start + length] for start in range(len(hangul) - length + 1))
    return next((part for part in parts if reads_as(hanja, part)), None)


def _homonym(hanja: str, reading: str, definition: str, characters: tuple[HanjaCharacter, ...]) -> dict[str, str]:
    signs = [
        f"{sign.character} {sign.hun_eum or syllable}: {short_gloss(sign, syllable, definition)}".removesuffix(": ")
        for sign, syllable in zip(characters, reading, strict=False)
    ]
    return {
        "hanja": hanja,
        "reading": reading,
        "meaning": cut(definition, 200),
        "differentiator": cut("; ".join(signs), 500),
    }
