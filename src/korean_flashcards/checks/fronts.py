"""Check that the front asks without giving the answer away."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words

FRONT_TELLS = Check(
    "front_tells", Severity.WARNING, "The front gives the answer away.",
    "Looks for “the Korean word for …” with a sense of primary_meaning, two senses, the word's hanja, or “the answer is”.",
)  # fmt: skip
NO_SCENE = Check(
    "no_scene", Severity.WARNING, "The front asks only for the meaning, so it would fit any word.",
    "Finds fronts such as “What does this word mean?” without anything else.",
)  # fmt: skip
FRONT_HINTS = Check(
    "front_hints", Severity.NOTE, "The front may give the answer away.",
    "Looks for a whole sense of primary_meaning on a front without a gap.",
)  # fmt: skip
CHECKS = (FRONT_TELLS, NO_SCENE, FRONT_HINTS)

_GAP = re.compile(r"_{2,}|\( *\)|…|\.{3}|\[ *\]")
_ANSWER = re.compile(r"\b(?:the answer is|answer:|correct answer)", re.I)
_ONLY_THE_MEANING = re.compile(
    r"\W*(?:what does (?:this word|the word|it|[\"'“‘]?[가-힣]+[\"'”’]?) mean(?: in english)?"
    r"|what is the meaning of [^?]{1,20}|how do you say (?:this|it) in korean|what does this mean"
    r"|translate (?:this|the) word)\W*",
    re.I,
)
_ASKS_FOR_THE_WORD = re.compile(r"\b(?:(?:word|term|expression) (?:for|that means)|in korean|korean for)\b", re.I)
_TELLING = 4  # letters: shorter words are in many texts by chance


def front_asks(card: Card) -> Iterator[Finding]:
    """Report a front that tells the meaning or the hanja. A cloze shows the meaning on purpose."""
    front, analysis = card.front, card.analysis
    if _ONLY_THE_MEANING.fullmatch(front):
        yield NO_SCENE.at("front", f"“{front}” would fit any word: ask something that only {analysis.word} answers")
    if _GAP.search(front):
        return
    if "answer" in card.all_prose and _ANSWER.search(front):
        yield FRONT_TELLS.at("front", "the front contains the answer")
    elif (
        card.tab_name == "Hanja"
        and analysis.homonyms
        and len(own := analysis.homonyms[0]["hanja"]) > 1
        and own in front
    ):
        yield FRONT_TELLS.at("front", f"the front shows the hanja {own}, which the card asks for")
    elif analysis.language.code == "en" and (told := _senses_told(card)):
        check = FRONT_TELLS if len(told) > 1 or _ASKS_FOR_THE_WORD.search(front) else FRONT_HINTS
        yield check.at("front", f"the front says “{told[0]}”, which is what {analysis.word} means")


def _senses_told(card: Card) -> list[str]:
    """Return the senses of primary_meaning whose words are all on the front."""
    if card.tab_name not in ("Scene", "Cultural", "Example"):
        return []
    shown, told = content_words(card.front), []
    meaning = re.sub(r"\([^)]*\)", "", card.analysis.text("primary_meaning"))
    for sense in re.split("[;,/]", meaning)[:3]:
        words = content_words(sense)
        if words and words <= shown and any(len(word) >= _TELLING for word in words):
            told.append(sense.strip())
    return told
