"""Build the offline model's stage-1 replies from derived data and the list's definition, example, and notes."""

from typing import Any

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.korean.glosses import cut, says_nothing
from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.hanja import HanjaWord, hanja_of
from korean_flashcards.korean.hanja_data import HanjaCharacter, all_taught, characters_of, reads_as
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.morphology import Morpheme, analyse, lemma, noun_stem, part_of_speech_of
from korean_flashcards.llm.providers.base import BackendError


def compose_nuance(word: dict[str, Any]) -> dict[str, Any]:
    """Return the stage-1 reply for a word. ``word``: the word's columns, as sent in the request.

    Raises:
        BackendError: The word has no definition, or its term contains digits or Latin letters.
    """
    term, definition = word["term"], str(word.get("definition") or "")
    if says_nothing(definition):
        message = "no definition in the list: add one or use a different model"
        raise BackendError(FailureCode.NO_DEFINITION, message, retry=False)
    if ipa_of(_spoken(term)) is None:
        message = f"the offline model cannot pronounce {term!r}: write the word in Hangul or use a different model"
        raise BackendError(FailureCode.NO_PRONUNCIATION, message, retry=False)
    # Loading the analyzer takes 1 s and 330 MB, so words that fail above must not load it.
    listed = standard_part_of_speech(str(word.get("pos") or "")) or ""
    morphemes = analyse(term, listed)
    pos = listed or ("phrase" if " " in term else part_of_speech_of(morphemes) or "phrase")
    whole = morphemes if _spoken(term) == term else None
    homonyms = _homonyms(term, listed, definition, word.get("hanja"))
    hanja = homonyms[0]["hanja"] if homonyms else ""
    ipa = (
        ipa_of(_spoken(term), is_verb=pos in {"verb", "adjective"}, morphemes=whole, definition=definition, hanja=hanja)
        or ""
    )
    base = _base(term, pos, morphemes)
    return {
        "term": f"{term}{ipa}",
        "ipa": ipa,
        "pos": pos,
        "primary_meaning": cut(definition, 200),
        "other_meanings": None,
        **_scene(term, ipa, cut(definition, 80), word.get("example_translation")),
        "explanation": _explanation(term, cut(definition, 120), base, pos),
        "usage_context": _usage(word),
        "comparison": _comparison(term, cut(definition, 200), word.get("comparison_candidates")),
        "homonyms": homonyms,
        "korean_keywords": list(dict.fromkeys([term, base])),
    }


def _spoken(term: str) -> str:
    """Return the term without the unpronounced hyphen or tilde of an affix or ending (-님, ~지만)."""
    return term.strip("-~–〜")


def _base(term: str, pos: str, morphemes: list[Morpheme]) -> str:
    """Return the word's dictionary form. Dictionary forms, particles, endings, and suffixes are returned unchanged."""
    forms, tags = [morpheme.form for morpheme in morphemes], [morpheme.tag for morpheme in morphemes]
    is_dictionary_form = term.endswith("다") and forms[-1:] == ["다"] and "EP" not in tags
    if pos in {"particle", "ending", "suffix"} or is_dictionary_form:
        return term
    *others, last = term.split()
    return " ".join([*others, lemma(last) if others else lemma(last, pos)])


def _scene(term: str, ipa: str, meaning: str, translation: str | None) -> dict[str, str]:
    """Return a scene in which the list's example is acted out on a stage. Only the stage is invented."""
    if translation:
        picture = f"A small stage plays the example: “{cut(translation, 120)}” "
    else:
        picture = f"An empty small stage with one picture on its back wall: “{meaning}”. "
    return {
        "metaphor": cut(
            f"{picture}The moment it comes to “{meaning}”, an actor holds up a sign with {term} on it.", 300
        ),
        "metaphor_noun": "sign",
        "metaphor_action": f"is held up the moment “{meaning}” is meant",
        "suggested_location": "a small stage on which the example is played",
        "anchor_object": f"the sign with {term} on it",
        "anchor_sensory": f"the actor says it aloud: {ipa}",
    }


def _explanation(term: str, meaning: str, base: str, pos: str) -> str:
    form = f" It is built on {base}." if base != term and pos != "phrase" else ""
    return f"{term} means “{meaning}”.{form} The scene only stages the list's own example and meaning."


def _usage(word: dict[str, Any]) -> str | None:
    """Return the list's example, translation, and usage hint, or None if there is neither an example nor a hint."""
    example, translation, hint = (word.get(name) or "" for name in ("example", "example_translation", "usage_hint"))
    sentence = f"{example} “{translation}”" if example and translation else example
    parts = [part for part in (sentence, hint) if part]
    return cut(" — ".join(parts), 500) if parts else None


def _comparison(term: str, meaning: str, candidates: list[str] | None) -> dict[str, str] | None:
    """Return the most confusable word with a different meaning, along with both meanings, or None if there is none."""
    for candidate in candidates or ():
        other, _, its_meaning = candidate.removesuffix(")").partition(" (")
        if its_meaning and its_meaning != meaning:
            return {"vs": other, "nuance": f"{term} is “{meaning}”, {other} is “{its_meaning}”."}
    return None


def _homonyms(term: str, pos: str, definition: str, listed: str | None) -> list[dict[str, str]] | None:
    """Return the word's hanja: those in the list if they match its reading, otherwise a reliable dictionary match."""
    hangul = strip_to_hangul(term)
    if listed:
        reading = _reading_in(hangul, listed)
        return [_homonym(listed, reading, definition, characters_of(listed, reading))] if reading else None
    found = _hanja_in(hangul, _sino_part(term, pos), definition)
    return [_homonym(found.hanja, found.reading, definition, found.characters)] if found else None


def _hanja_in(hangul: str, stem: str | None, definition: str) -> HanjaWord | None:
    """Return the hanja of the word's stem.

    The result is None if the stem is one syllable and the whole term may also be a word: 위로 is either 胃 + 로 or 慰勞.
    """
    found = hanja_of(stem, definition) if stem and stem in hangul else None
    if found and len(found.hanja) == 1 and stem != hangul:
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
        f"{sign.character} {sign.hun_eum}: {sign.gloss}" if sign.hun_eum else f"{sign.character}: {sign.gloss}"
        for sign in characters
    ]
    return {
        "hanja": hanja,
        "reading": reading,
        "meaning": cut(definition, 200),
        "differentiator": cut("; ".join(signs), 500),
    }
