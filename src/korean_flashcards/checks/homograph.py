"""The homograph analysed is the one that the list defines: 배 "pear", not 배 "boat"."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.hanja import same_hanja
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words, says_nothing, senses
from korean_flashcards.korean.hangul import strip_to_hangul

OTHER_HANJA = Check(
    "other_hanja", Severity.ERROR, "the record is about the homograph with other hanja than the list's",
    "the first homonym against the list's hanja, where the meanings have no word in common either",
)  # fmt: skip
OTHER_HOMOGRAPH = Check(
    "other_homograph", Severity.WARNING, "the list's meaning is given as another meaning, not as the word's own",
    "the content words of the list's definition in primary_meaning, other_meanings and the later homonyms",
)  # fmt: skip
MEANING_DIFFERS = Check(
    "meaning_differs", Severity.WARNING, "nothing in the record agrees with the list's definition",
    "the content words of the list's definition in all English sentences of the record; not of phrases, translated freely",
)  # fmt: skip
CARD_MEANING = Check(
    "card_meaning", Severity.WARNING, "the Scene card does not say the word's meaning",
    "the content words of primary_meaning and of the definition in the back of the Scene card",
)  # fmt: skip
CHECKS = (OTHER_HANJA, OTHER_HOMOGRAPH, MEANING_DIFFERS, CARD_MEANING)


def meaning_is_the_lists(analysis: Analysis) -> Iterator[Finding]:
    """The record means what the list's definition says; definitions that say nothing are passed over."""
    definition, meaning = analysis.definition, analysis.text("primary_meaning")
    wanted = content_words(definition)
    if not wanted or says_nothing(definition) or not content_words(meaning) or wanted & content_words(meaning):
        return
    listed, own = str(analysis.listed.get("hanja") or ""), analysis.homonyms[0]["hanja"] if analysis.homonyms else ""
    if listed and own and not same_hanja(listed, own, strip_to_hangul(analysis.homonyms[0]["reading"])):
        yield OTHER_HANJA.at("homonyms", f"the list means {listed} “{definition}”, the record {own} “{meaning}”")
    elif _stands_among_the_others(analysis, definition):
        yield OTHER_HOMOGRAPH.at(
            "primary_meaning", f"primary_meaning is “{meaning}”; the requested meaning is “{definition}”"
        )
    elif analysis.text("pos") != "phrase" and not wanted & content_words(" ".join(text for _, text in analysis.prose)):
        yield MEANING_DIFFERS.at("primary_meaning", f"the list says “{definition}”, the record “{meaning}”")


def scene_says_the_meaning(card: Card) -> Iterator[Finding]:
    """The back of a Scene card has a word of the meaning."""
    analysis = card.analysis
    own = content_words(re.sub(r"\([^)]*\)", "", analysis.text("primary_meaning")))
    wanted = own | content_words(analysis.definition)
    if card.tab_name == "Scene" and own and not wanted & content_words(card.back):
        yield CARD_MEANING.at("back", f"the back never says the meaning, “{analysis.text('primary_meaning')}”")


def _stands_among_the_others(analysis: Analysis, definition: str) -> bool:
    others = " ; ".join([analysis.text("other_meanings"), *(each["meaning"] for each in analysis.homonyms[1:])])
    words = content_words(others)
    return any(sense <= words for sense in senses(definition))
