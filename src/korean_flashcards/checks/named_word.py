"""Check that the image and the Scene card name the requested word, with its meaning: That is 하늘, the sky."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.english_synonyms import related
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import has_hangul

OTHER_WORD_NAMED = Check(
    "other_word_named", Severity.WARNING, "The image stands for a different word.",
    "Looks for the word in metaphors that quote Korean, and after “That is …” on the Scene card.",
    needs_morphology=True,
)  # fmt: skip
SCENE_MEANING = Check(
    "scene_meaning", Severity.WARNING, "The Scene card gives the word a different meaning than the record.",
    "Compares the meaning after “That is 하늘, …” with the record and the list, by words and synonyms.",
)  # fmt: skip
CHECKS = (OTHER_WORD_NAMED, SCENE_MEANING)

_THAT_IS = lazy_regex(
    r"(?:^|[.!?:]['’\"”)]*\s+)(?:That|This|It|Such a \w+|The word|You are at|That \w+|The (?:word|answer))"
    r" (?:is|was|means)(?: called)?(?: an?| the)? (?P<word>[가-힣]+(?: [가-힣]+)*)"
    r"(?:[,:] (?:which means |meaning )?(?:to )?['‘“\"]?(?P<meaning>[a-z][a-z ,'’-]*)(?![가-힣a-z ,]))?",
    re.M,
)
_HANGUL = lazy_regex("[가-힣]+")
_MOST_WORDS = 4


def named_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a metaphor that quotes Korean but not the word."""
    metaphor = analysis.text("metaphor")
    if analysis.language.code == "en" and has_hangul(metaphor) and not _names(metaphor, analysis):
        yield OTHER_WORD_NAMED.at("metaphor", f"the metaphor never mentions {analysis.word}: “{metaphor[-60:]}”")


def _names(metaphor: str, analysis: Analysis) -> bool:
    """Return whether the metaphor has the word or only parts of it, such as the 께서 in 할머니께서."""
    return analysis.occurs_in(metaphor) or all(part in analysis.word for part in _HANGUL.findall(metaphor))


def named_on_card(card: Card) -> Iterator[Finding]:
    """Report a Scene card that reveals a different word or meaning."""
    analysis = card.analysis
    if card.tab_name != "Scene" or card.is_offline or analysis.language.code != "en" or analysis.is_pattern:
        return
    if " is " not in card.back and " means " not in card.back and " was " not in card.back:
        return
    for found in _THAT_IS.finditer(card.back):
        if not analysis.occurs_in(found["word"]):
            yield OTHER_WORD_NAMED.at("back", f"the scene stands for {analysis.word}, not for {found['word']}")
        elif (meaning := found["meaning"]) and not _may_mean(meaning, analysis):
            yield SCENE_MEANING.at(
                "back",
                f"{analysis.word} does not mean “{meaning.strip(' ,')}”, but “{analysis.text('primary_meaning')}”",
            )


def _may_mean(meaning: str, analysis: Analysis) -> bool:
    said = [words for part in meaning.split(",")[:2] if (words := content_words(part))]
    homonyms = " ".join(homonym["meaning"] for homonym in analysis.homonyms)
    texts = map(analysis.text, ("primary_meaning", "other_meanings", "explanation", "metaphor", "usage_context"))
    known = content_words(f"{analysis.definition} {homonyms} {' '.join(texts)}")
    return not said or len(said[0]) > _MOST_WORDS or any(related(words, known) for words in said)
