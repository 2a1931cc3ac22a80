"""Check that verbs, adjectives, and adverbs are distinguished."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.nuance_reply import part_of_speech
from korean_flashcards.korean.hangul import is_syllable
from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.morphology import raw_morphemes

WORD_CLASS = Check(
    "word_class", Severity.WARNING, "The word does not belong to the given part of speech.",
    "Finds adverbs called verbs, verbs called adjectives, and adjectives called verbs, by the analyzer's dictionary.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (WORD_CLASS,)

# Both verb and adjective, or changed by the dictionary in 2017 (잘생기다).
_EITHER = """
달다 시다 짜다 차다 지다 무르다 이르다 바르다 고르다 누르다 쓰다 낫다 졸리다 오래되다 배다 재다 신다 하다
크다 밝다 늦다 길다 굳다 있다 없다 감사하다 붉다 틀리다 맞다 잘생기다 못생기다 잘나다 못나다
모자라다 힘들다 낡다 늙다 닮다 젊다 지나치다 비다 굽다 익다 흐리다 둥글다 당황하다 만족하다 어리다
생기다 되다 삐뚤다 뒤지다 못하다 안되다 과하다 축하다 건조하다 안심하다 흥분하다 마르다 고프다
"""
_BOTH = frozenset(_EITHER.split())
_PREDICATES = {"VV": "verb", "VA": "adjective", "XSV": "verb", "XSA": "adjective"}


def class_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a part of speech that the analyzer's dictionary contradicts. The list's own is accepted."""
    pos, word = part_of_speech(analysis.text("pos")), analysis.word
    if pos in ("", analysis.listed_pos):
        return
    if " " in word and word.endswith("다") and pos in ("noun", "adverb", "pronoun", "determiner"):
        yield WORD_CLASS.at("pos", f"the part of speech is {pos}, but {word} is a phrase with a verb")
    if pos not in ("verb", "adjective") or not all(map(is_syllable, word)):
        return
    parts = raw_morphemes(word)
    if len(parts) == 1 and parts[0].tag in ("MAG", "MAJ") and parts[0].known and not verb_stems(word):
        yield WORD_CLASS.at("pos", f"the part of speech is {pos}, but {word} is an adverb")
    if not word.endswith("다") or word in _BOTH or len(parts) not in (2, 3) or parts[-1].form != "다":
        return
    own = _PREDICATES.get(parts[-2].tag.partition("-")[0], pos)
    if own != pos:
        yield WORD_CLASS.at(
            "pos", f"the part of speech is {pos}, but {word} is {'a verb' if own == 'verb' else 'an adjective'}"
        )
