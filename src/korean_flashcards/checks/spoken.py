"""Check Hangul in [brackets], which shows how a word is pronounced, against the standard pronunciation."""

import re
from collections.abc import Iterator
from functools import lru_cache

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.morphology import analyse, raw_morphemes
from korean_flashcards.korean.pronunciation import pronounce

SPOKEN_DIFFERS = Check(
    "spoken_differs", Severity.WARNING, "The pronunciation in brackets is not the standard one.",
    "Compares Hangul in brackets with all permitted pronunciations of the word and of the Korean around it.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (SPOKEN_DIFFERS,)

_BRACKETS = lazy_regex(r"\[([가-힣]+(?: [가-힣]+)*)\]")
_KOREAN = lazy_regex("[가-힣]+(?: [가-힣]+)*")
# "not [정류장]", "often heard as [쨔장면]", "[할쑤록] is wrong"
_NOT_STANDARD = lazy_regex(
    r"\b(?:not|never|nor|neither|wrong\w*|mistakes?|slips?|errors?|faults?|often|sometimes|frequent\w*|commonly"
    r"|colloquial\w*|dialects?|people|natives|many|some|children|learners?|beginners?|foreigners?|casual\w*|careless\w*|lazy"
    r"|sloppy|spelled|written|instead|rather than|tempt\w*|avoid|misread\w*|mispronou\w+|nonstandard|as if"
    r"|(?:fast|quick|rapid|relaxed|everyday|loose) (?:speech|talk)|you (?:may|might|will|can) (?:also )?hear"
    r"|would(?: be| say)?(?=\W*$))\b|^\W*(?:would|No)\b|n['’]t|[*✗❌×]",
    re.I,
)
_MISTAKE = lazy_regex(
    r"\b(?:wrong|mistakes?|slips?|(?:not|non-?) ?standard|nonstandard|incorrect|careless|often heard|frown\w*)\b"
)
# After ㅈ, the vowels of each pair sound alike.
_SAME_SOUND = str.maketrans("죠져쥬쟈죵쵸쳐쪄", "조저주자종초처쩌")
# Words directly before brackets with a pronunciation.
_SAID = lazy_regex(r"\b(?:said|pronounced|read|spoken|sounds?)(?: as| like)? $", re.I)
_LAX = {"ㄲ": "ㄱ", "ㄸ": "ㄷ", "ㅃ": "ㅂ", "ㅆ": "ㅅ", "ㅉ": "ㅈ"}
_MOST_WORDS = 4


def spoken_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report pronunciations in the record that are not standard."""
    yield from _spoken(analysis.prose, analysis)


def spoken_on_card(card: Card) -> Iterator[Finding]:
    """Report pronunciations on the card that are not standard."""
    yield from _spoken(card.prose, card.analysis)


def _spoken(prose: tuple[tuple[str, str], ...], analysis: Analysis) -> Iterator[Finding]:
    # The offline model's pronunciations are computed, with more information than these.
    for field, text in () if analysis.is_offline else prose:
        for match in _BRACKETS.finditer(text) if "[" in text else ():
            sentence = text[max(0, match.start() - 50) : match.start()]
            after = text[match.end() : match.end() + 60]
            if (
                _NOT_STANDARD.search(re.split(r"[.;\n]", sentence)[-1])
                or _NOT_STANDARD.search(after[:20])
                or _MISTAKE.search(re.split(r"[.;:\n\[]", after)[0])
            ):
                continue
            words = [*_before(text[: match.start()], analysis), *_others(after, analysis)]
            if word := _wrong(match[1], words, text, analysis):
                yield SPOKEN_DIFFERS.at(
                    field, f"[{match[1]}] is not the pronunciation of {word}, [{_readings(word)[0]}]"
                )
            elif _SAID.search(sentence) and _is_spelling(match[1]):
                yield SPOKEN_DIFFERS.at(field, f"[{match[1]}] is a spelling, pronounced [{_readings(match[1])[0]}]")


def _is_spelling(said: str) -> bool:
    """Return whether brackets show how a word is spelled, because nobody can pronounce it letter by letter: [십만 원]."""
    own = {_lax(reading) for reading in (*_plain_readings(said), *pronounce(said, linked=True))}
    return _lax(said) not in own and not any(vowel == "ㅢ" for _, vowel, _ in _letters(said))


def _lax(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return the letters without tensing, which often depends on the word, such as 시간은 [시가는]."""
    return tuple((_LAX.get(onset, onset), vowel, coda) for onset, vowel, coda in _letters(text))


def _before(text: str, analysis: Analysis) -> list[str]:
    """Return the words that the brackets may belong to: the last Korean before them, and the requested word."""
    runs = _KOREAN.findall(_BRACKETS.sub(" ", text))
    last = runs[-1].split() if runs else []
    nearest = [" ".join(last[-length:]) for length in range(min(len(last), _MOST_WORDS), 0, -1)]
    with_do = [f"{analysis.spoken}{nearest[-1]}"] if nearest and nearest[-1] in ("하다", "되다") else []
    return [*nearest, analysis.spoken, *with_do]


def _others(after: str, analysis: Analysis) -> list[str]:
    """Return the word after the brackets, and the dictionary form of an inflected word."""
    next_word = _KOREAN.match(after.lstrip())
    stem = raw_morphemes(analysis.spoken)[0] if analysis.text("pos") in ("verb", "adjective") else None
    lemma = f"{stem.form}다" if stem and stem.tag.startswith(("VV", "VA")) else ""
    return [*(next_word[0].split()[:1] if next_word else []), *([lemma] if lemma not in ("", analysis.spoken) else [])]


def _wrong(said: str, words: list[str], text: str, analysis: Analysis) -> str:
    """Return the word whose pronunciation is wrong, or "" if the brackets show one, or a part of one, correctly."""
    length = len(said.replace(" ", ""))
    same_length = [word for word in words if len(word.replace(" ", "")) == length > 1 and _may_show(said, word)]
    if not same_length or (analysis.text("pos") in ("verb", "adjective") and not _may_be(said, same_length[0])):
        return ""
    compact = said.replace(" ", "")
    # The requested word is the last of the words. The analyzer is needed only if no reading without it fits.
    if any(_is_part(compact, readings(word)) for readings in (_plain_readings, _readings) for word in reversed(words)):
        return ""
    others = (*_KOREAN.findall(_BRACKETS.sub(" ", text)), *analysis.keywords, *_KOREAN.findall(analysis.vs))
    return "" if any(_is_part(compact, _readings(word)) for word in others) else same_length[0]


def _may_show(said: str, word: str) -> bool:
    """Return whether the brackets may show a word, judging by its spelling or its pronunciation."""
    return _is_like(said, word) or _is_like(said, _plain_readings(word)[0])


def _is_like(said: str, word: str) -> bool:
    """Return whether most letters agree, so that the brackets cannot show another word (2호선 [이호선])."""
    if len(_letters(said)) != len(_letters(word)):
        return False  # 3시
    pairs = zip(_letters(said), _letters(word), strict=True)
    agree = [
        one == other for letters, others in pairs for one, other in zip(letters, others, strict=True) if one or other
    ]
    return 2 * sum(agree) >= len(agree)


@lru_cache(maxsize=1024)
def _letters(text: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(split(each) for each in text if is_syllable(each))


def _is_part(said: str, readings: tuple[str, ...]) -> bool:
    plain = said.translate(_SAME_SOUND)
    return any(plain in reading.replace(" ", "").translate(_SAME_SOUND) for reading in readings)


def _may_be(said: str, word: str) -> bool:
    """Return whether the brackets show this form of a verb, judging by its last syllable: [멍는] is not 먹다."""
    return said[-1] in (word[-1], _readings(word)[0][-1])


@lru_cache(maxsize=4096)
def _plain_readings(word: str) -> tuple[str, ...]:
    return (*pronounce(word), *pronounce(word, is_verb=True), *_with_added_n(word))


def _with_added_n(word: str) -> tuple[str, ...]:
    """Return the readings in which ㄴ is added before the particle 요 (Article 29): 거든요 [거든뇨], beside [거드뇨]."""
    before = word.removesuffix("요")
    if before in (word, "") or not is_syllable(before[-1]) or split(before[-1]).coda not in ("ㄴ", "ㅁ", "ㅇ"):
        return ()
    return tuple(f"{reading}뇨" for reading in pronounce(before))


@lru_cache(maxsize=4096)
def _readings(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*pronounce(word, morphemes=analyse(word)), *_plain_readings(word))))
