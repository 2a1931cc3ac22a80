"""Check that the record describes the homograph that the list defines: 배 "pear", not 배 "boat"."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_verbs import irregular_verbs
from korean_flashcards.checks.english_words import is_english
from korean_flashcards.checks.hanja import same_hanja
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.english_synonyms import may_mean_the_same
from korean_flashcards.korean.glosses import alike, content_words, says_nothing, senses
from korean_flashcards.korean.hangul import strip_to_hangul

OTHER_HANJA = Check(
    "other_hanja", Severity.ERROR, "The record describes a homograph whose hanja differ from those in the list.",
    "Compares the first homonym with the list's hanja if primary_meaning and the definition share no content word.",
)  # fmt: skip
OTHER_HOMOGRAPH = Check(
    "other_homograph", Severity.WARNING,
    "The record treats the list's meaning as secondary rather than primary.",
    "Looks for the definition's content words in primary_meaning, other_meanings, and all homonyms after the first.",
)  # fmt: skip
MEANING_DIFFERS = Check(
    "meaning_differs", Severity.WARNING, "The meaning contradicts the list's definition.",
    "Compares primary_meaning with a definition in English by words and synonyms, except for phrases and patterns.",
)  # fmt: skip
CARD_MEANING = Check(
    "card_meaning", Severity.NOTE, "The Scene card does not include the word's meaning.",
    "Searches the back of the Scene card for content words from primary_meaning and the list's definition.",
)  # fmt: skip
# Translations of these vary too much to share words.
_OTHERWISE_TRANSLATED = frozenset(("phrase", "ending", "particle", "suffix", "interjection"))
_ABOUT_THE_MEANING = ("metaphor", "metaphor_noun", "metaphor_action", "explanation", "usage_context")
_GRAMMAR = content_words(
    "before after counter word polite casual plain past present future subject object time times day"
)

CHECKS = (OTHER_HANJA, OTHER_HOMOGRAPH, MEANING_DIFFERS, CARD_MEANING)


def meaning_is_the_lists(analysis: Analysis) -> Iterator[Finding]:
    """Report a record whose meaning differs from the list's definition.

    Records for words with uninformative definitions are skipped. A definition in a different language than the record
    never has its words, so it shows a difference only if both are in English.
    """
    definition, meaning = analysis.definition, analysis.text("primary_meaning")
    wanted, said = content_words(definition), content_words(meaning)
    if not wanted or says_nothing(definition) or not said or _has_plain_sense(definition, meaning):
        return
    comparable = analysis.language.code == "en" and is_english(definition)
    listed, own = str(analysis.listed.get("hanja") or ""), analysis.homonyms[0]["hanja"] if analysis.homonyms else ""
    is_other = bool(own) and not same_hanja(listed, own, strip_to_hangul(analysis.homonyms[0]["reading"]))
    if not wanted & said and comparable and listed and is_other:
        yield OTHER_HANJA.at(
            "homonyms", f"the list has {listed} “{definition}”, but the record describes {own} “{meaning}”"
        )
    elif not wanted & said and _stands_among_the_others(analysis, definition):
        yield OTHER_HOMOGRAPH.at(
            "primary_meaning", f"primary_meaning is “{meaning}”, but the requested meaning is “{definition}”"
        )
    elif comparable and contradicts(analysis):
        yield MEANING_DIFFERS.at(
            "primary_meaning", f"the list's definition is “{definition}”, but primary_meaning is “{meaning}”"
        )


def contradicts(analysis: Analysis) -> bool:
    """Return whether primary_meaning cannot mean the same as the list's definition in English.

    Translations of phrases, patterns, and slang vary too much. They differ only if nothing in the record has a word of the
    definition.
    """
    definition = analysis.definition
    meaning = analysis.text("primary_meaning")
    # sheet (counter for flat things)
    if may_mean_the_same(definition, meaning) or content_words(definition) <= content_words(meaning):
        return False
    if analysis.is_pattern or analysis.text("pos") in _OTHERWISE_TRANSLATED:
        return False
    prose = content_words(" ".join(text for _, text in analysis.prose))
    is_about_both = alike(content_words(definition), prose)
    return not (is_about_both and (analysis.is_nonstandard or _explains_the_meaning(analysis)))


def _explains_the_meaning(analysis: Analysis) -> bool:
    """Return whether the image and the explanation have a word of primary_meaning that belongs to no other meaning.

    If the record has words of the definition, too, the meaning is a free translation: “how one feels” for “condition”.
    """
    others = (analysis.text("other_meanings"), *(each["meaning"] for each in analysis.homonyms[1:]))
    own = content_words(analysis.text("primary_meaning")) - _GRAMMAR - content_words(" ".join(others))
    return bool(own & content_words(" ".join(map(analysis.text, _ABOUT_THE_MEANING))))


def scene_says_the_meaning(card: Card) -> Iterator[Finding]:
    """Report a Scene card whose back contains no word from the meaning."""
    analysis = card.analysis
    own = content_words(re.sub(r"\([^)]*\)", "", analysis.text("primary_meaning")))
    wanted = own | content_words(analysis.definition)
    if card.tab_name == "Scene" and own and not analysis.is_bound and not alike(wanted, content_words(card.back)):
        # ate, has eaten
        if irregular_verbs(analysis.text("primary_meaning")) & irregular_verbs(card.back):
            return
        yield CARD_MEANING.at("back", f"the back does not give the meaning “{analysis.text('primary_meaning')}”")


def _has_plain_sense(definition: str, meaning: str) -> bool:
    """Return whether the meaning contains a sense of the definition without content words: so that; until."""
    parts = [part.strip().lower() for part in re.split("[;,/]", definition)]
    return any(part and not content_words(part) and part in meaning.lower() for part in parts)


def _stands_among_the_others(analysis: Analysis, definition: str) -> bool:
    others = " ; ".join([analysis.text("other_meanings"), *(each["meaning"] for each in analysis.homonyms[1:])])
    words = content_words(others)
    return any(sense <= words for sense in senses(definition))
