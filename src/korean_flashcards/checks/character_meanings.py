"""Check the sense that a text gives beside a character or word: 獨 'poison', 校 means 'bridge', 기사 記事 'knight'."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.hanja import HANJA_MEANING
from korean_flashcards.checks.signs import HAN, only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.character_senses import has_sense, owner_of, owner_of_hun_eum
from korean_flashcards.korean.hanja_data import reads_as
from korean_flashcards.korean.homonym_meanings import meaning_of_another

CHARACTER_SENSE = Check(
    "character_sense", Severity.WARNING, "A character is given the sense of a different character.",
    "Compares each gloss beside a character with the tables of glosses. It reports senses of characters that are read alike "
    "or that stand beside it.",
)  # fmt: skip
CHECKS = (CHARACTER_SENSE,)

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ALONE = lazy_regex(f"(?<![{_HAN}])[{_HAN}](?![{_HAN}])")
_QUOTED = r"['‘\"“](?P<{}>[a-z][a-z ,;/()-]{{1,40}})['’\"”](?!\w)"
# The reading between a character and its sense: 約 (약), 'agree'.
_READING = r"(?: ?\([가-힣 ]+\))?,? ?"
_SENSE = lazy_regex(
    rf"{_READING}(?:(?:is|means|for|=|:|stands for|–|—|meaning|has) ?(?:both )?)?{_QUOTED.format('quoted')}"
    r"| ?\((?:[가-힣 ]+[,:;]? ?)?['‘\"“]?(?P<beside>[a-z][a-z ,;/-]{1,40})['’\"”]?\)"
    rf"|{_READING}(?:means|meaning|=) ?(?:to )?(?P<bare>[a-z]+)"
    rf"|{_READING}is (?:an? |the )?(?P<loose>[a-z]+)(?=[.,;:]| and\b|$)"
    r"| ?\((?P<hun>[가-힣]+(?: [가-힣]+)? [가-힣])\)"
)
_SENSE_BEFORE = lazy_regex(r"(?:['‘\"“](?P<quoted>[A-Za-z][a-z ,-]{1,30})['’\"”]|\b(?P<bare>[A-Za-z]{3,})) ?\($")
# 기자 記者 'reporter', 기자(記者, reporter)
_WORD = lazy_regex(
    rf"(?<![가-힣])(?P<hangul>[가-힣]{{2,5}}) ?\(?(?P<hanja>[{_HAN}]{{2,5}})\)?,? ?"
    r"(?:\(?(?P<beside>(?<=[(, ])[A-Za-z][^()가-힣.;:]{1,40})\)|['‘“\"](?P<quoted>[A-Za-z][^'’”\"가-힣]{1,50})['’”\"](?!\w))"
)
_LONGEST = 70


@only_with(HAN)
def senses_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report characters in the record with the sense of a different character."""
    yield from _senses(analysis, analysis)


@only_with(HAN)
def senses_on_card(card: Card) -> Iterator[Finding]:
    """Report characters on the card with the sense of a different character."""
    yield from _senses(card, card.analysis)


def _senses(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    if not subject.has_han or analysis.language.code != "en":
        return
    own = "".join(homonym["hanja"] for homonym in analysis.homonyms)
    for field, text in subject.prose:
        yield from _words(field, text) if not text.isascii() else ()
        shown = [(found[0], *_sense_of(text, found)) for found in _ALONE.finditer(text)] if not text.isascii() else ()
        for character, gloss, hun_eum in shown:
            others = dict.fromkeys([*own, *(sign for sign, *_ in shown)])
            other = owner_of_hun_eum(hun_eum, character) if hun_eum else ""
            if gloss and not has_sense(character, gloss):
                other = owner_of(gloss, character, others)
            # The model is not to blame for what it copies from the list.
            said = gloss or hun_eum
            if other and not any(said in source and character in source for source in analysis.sources):
                yield CHARACTER_SENSE.at(field, f"“{said}” is the sense of {other}, not of {character}")


def _words(field: str, text: str) -> Iterator[Finding]:
    """Yield words with the meaning of a homonym."""
    for found in _WORD.finditer(text):
        hangul, hanja, gloss = found["hangul"], found["hanja"], found["beside"] or found["quoted"]
        if reads_as(hanja, hangul) and (wrong := meaning_of_another(hanja, hangul, gloss)):
            yield HANJA_MEANING.at(field, wrong)


def _sense_of(text: str, character: re.Match[str]) -> tuple[str, str]:
    """Return the English sense and the 훈음 that the text gives a character. Both may be ""."""
    if found := _SENSE.match(text, character.end(), character.end() + _LONGEST):
        return found["quoted"] or found["beside"] or found["bare"] or found["loose"] or "", found["hun"] or ""
    if text[character.start() - 1 : character.start()] == "(" and text[character.end() : character.end() + 1] == ")":
        before = _SENSE_BEFORE.search(text, max(0, character.start() - _LONGEST), character.start())
        return (before["quoted"] or before["bare"]).lower() if before else "", ""
    return "", ""
