"""Recognize entries of a word list from which the offline model cannot make a good card, and say what would help."""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.checks.politeness import mixture_in
from korean_flashcards.confusables.transliterated import is_english
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.korean.glosses import says_nothing
from korean_flashcards.korean.hangul import has_hangul, is_syllable, join, split
from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.misspellings import misspellings
from korean_flashcards.korean.shared_forms import contradicts
from korean_flashcards.korean.slips import SlipKind, slips
from korean_flashcards.korean.word_parts import WordParts
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.offline.person_names import is_person_name
from korean_flashcards.llm.providers.offline.places import spoken_part
from korean_flashcards.llm.providers.offline.unnatural_examples import unnatural_part
from korean_flashcards.llm.providers.offline.word_facts import WordFacts

# 롭 in "이 단어 '롭'은 단독으로 사용되지 않습니다."
_ABOUT_WORD = (
    r"단어 ?['‘“\"]{term}['’”\"]|{term}이?라는 단어|{term}[은는] (?:표준|사전)|{term}의 뜻을|"
    r"의 음은 {term}|['‘“\"]{term}-?[!?.]?['’”\"](?:은|는|이?라는|의) |{term}-[은는] "
)
# Each of the alternatives has one of these. A pattern for each word is slow to compile.
_MAY_BE_ABOUT = re.compile(r"단어|표준|사전|의 [뜻음]|['‘“\"-]")

_GRAMMAR = re.compile(
    r"\b(markers?|particles?|(command|question|final|sentence|\w+ative) endings?|suffix|nominalizer)$"
)
# What lists say about verb forms instead of a meaning. These are also the meanings of nouns (표현, 확인, 주장).
_GRAMMAR_OF_VERBS = re.compile(
    r"quotative|nominalizer|connective|hearsay|assertion|supposition|conjecture|realization|retrospective|recollection|"
    r"emphasis|contraction|confirmation|surprise|experiential past|filler|expression|"
    r"(?:express(?:es)?|reports?|reported|declares?|passes on|mimics?) \w+|negative (?:question|quote)|tag question|"
    r"recollected|"
    r"oh|ah|\w+ honorific|(?:\w+ ){0,2}ending|reports? that|that"
)
# What lists say about nouns for which they know no meaning.
_GRAMMAR_OF_NOUNS = re.compile(
    r"recollection|(?:emphatic|exclamatory|copula) ending|report that|archaic term|conjecture|sound effect"
)
# What an ending or a particle means. These are also the meanings of some nouns and verbs, such as 위에 “on” and 위해 “for”.
_ONLY_ENDING = frozenset((
    "and", "or", "of", "if", "but", "with", "to", "from", "because", "like", "even", "also", "too", "than", "as", "in",
    "at", "on", "for", "by", "while", "so that", "in order to", "even if", "and then", "whether", "when", "although",
    "will",
))  # fmt: skip
_RELATIONS = """
때 때문 중 동안 위 아래 안 밖 앞 뒤 옆 사이 전 후 이후 이전 대신 경우 위하다 대하다 의하다 인하다 통하다 관하다 따르다 아니다
그렇다 그러다 이렇다 같다 비하다 향하다
"""
# What lists say about words for which they know no meaning.
_NO_MEANING = re.compile(r"(?:no (?:common )?(?:usage|meaning)|bound form|non-?standard)\b", re.I)
_ONLY_PART = re.compile(r"rarely used (?:standalone|independently|alone)|not as a standalone", re.I)
_PREPOSITION = re.compile(r"(?:in|at|to|on|from|for)\b", re.I)
_CAUSES = ("from -게 하다", "from -게 되다")
_ADVERB = re.compile(r"\w+ly")
_PROMISE = r"(?:내가|제가) (?:.* )?{term}[.!]*$"
_WRONG = (SlipKind.FORM, SlipKind.PARTICLE, SlipKind.SPLIT)
_BOUND = ("particle", "ending", "suffix")


def check_entry(word: dict[str, Any]) -> None:
    """Check what can be checked without the morphological analyzer.

    Raises:
        BackendError: The word has no definition, is a person's name, is misspelled (or its example is), or has digits or
            Latin letters.
    """
    term, definition = word["term"], str(word.get("definition") or "")
    if says_nothing(definition) or _NO_MEANING.match(definition):
        _refuse(FailureCode.NO_DEFINITION, "no definition in the list: add one or use a different model")
    if _ONLY_PART.search(str(word.get("usage_hint") or "")):
        message = f"{term} is only a part of words: add a word with it instead, or use a different model"
        _refuse(FailureCode.NO_DEFINITION, message)
    if is_person_name(term, definition, str(word.get("usage_hint") or "")):
        _refuse(FailureCode.PERSON_NAME, f"{term} is a person's name: the offline model makes no cards of names")
    if is_english(term, definition):
        message = f"{term} is English in Hangul: use the usual Korean word for “{definition}”, or use a different model"
        _refuse(FailureCode.NO_DEFINITION, message)
    if ipa_of(spoken_part(term)) is None:
        message = f"the offline model cannot pronounce {term!r}: write the word in Hangul or use a different model"
        _refuse(FailureCode.NO_PRONUNCIATION, message)
    if term.endswith("이예요") and split(term.removesuffix("이예요")[-1:] or "가").coda:
        right = f"{term[:-2]}에요"
        _refuse(FailureCode.MISSPELLED, f"{term} is a misspelling of {right}: correct it or use a different model")
    if _is_copula_after_vowel(term) and not _PREPOSITION.match(definition):
        right = f"{term[:-2]}예요"
        _refuse(FailureCode.MISSPELLED, f"{term} is a misspelling of {right}: correct it or use a different model")
    for wrong, right in misspellings(f"{term}\n{word.get('example') or ''}"):
        _refuse(FailureCode.MISSPELLED, f"{wrong} is a misspelling of {right}: correct it or use a different model")


def _is_copula_after_vowel(term: str) -> bool:
    """Return whether a word is like 친구에요 for 친구예요.

    After 이, 에요 may be right (책이에요), and so it is in 아니에요. A preposition in the meaning of 학교에요 “to school”
    shows that it is 학교에 with 요.
    """
    before = term.removesuffix("에요")[-1:]
    return term.endswith("에요") and before not in ("", "이", "니") and is_syllable(before) and not split(before).coda


def check_example(word: dict[str, Any], pos: str) -> None:
    """Check that the list's example is a sentence with the word. Otherwise, the definition may be wrong, too.

    Raises:
        BackendError: The example does not contain the word, is about the word, mixes speech levels, or has a form that does
            not exist.
    """
    term, example = spoken_part(word["term"]), str(word.get("example") or "")
    if not has_hangul(example):
        return
    inflects = pos in ("verb", "adjective")
    if not occurs_in(term, example, pos, bound=pos in _BOUND or term != word["term"], inflects=inflects):
        message = f"the list's example does not contain {word['term']}: correct or remove it, or use a different model"
        _refuse(FailureCode.WRONG_EXAMPLE, message)
    if inflects and term.endswith("게") and _promises(term, example):
        right = f"{term[:-2]}{join(split(term[-2])._replace(coda='ㄹ'))}게"
        message = f"{term} in the list's example is a misspelling of {right}: correct it or use a different model"
        _refuse(FailureCode.MISSPELLED, message)
    if _MAY_BE_ABOUT.search(example) and re.search(_ABOUT_WORD.format(term=re.escape(term)), example):
        message = (
            f"the list's example is about the word {term} and does not use it: correct it or use a different model"
        )
        _refuse(FailureCode.WRONG_EXAMPLE, message)
    if wrong := mixture_in(example):
        _refuse(FailureCode.WRONG_EXAMPLE, f"the list's example {wrong}: correct it or use a different model")
    for slip in slips(example):
        if slip.kind in _WRONG:
            message = f"{slip.word} in the list's example is not a possible form: correct it or use a different model"
            _refuse(FailureCode.WRONG_EXAMPLE, message)


def _promises(term: str, example: str) -> bool:
    """Return whether a form such as 보내게 is at the end of what somebody promises, where it should be 보낼게."""
    is_open = len(term) > 1 and is_syllable(term[-2]) and not split(term[-2]).coda
    return is_open and re.search(_PROMISE.format(term=re.escape(term)), example) is not None


def check_definition(term: str, definition: str, pos: str, parts: WordParts | None) -> None:
    """Check that the definition gives a word's meaning, not only that of its ending or particle: 있지만 “but”.

    Raises:
        BackendError: It does not.
    """
    meaning = re.sub(r"\([^)]*\)", "", definition).strip().lower()
    is_grammar = pos not in _BOUND and _GRAMMAR.search(meaning) is not None
    is_grammar = is_grammar or _GRAMMAR_OF_NOUNS.fullmatch(meaning) is not None
    is_grammar = is_grammar or (pos in ("verb", "adjective") and _GRAMMAR_OF_VERBS.fullmatch(meaning) is not None)
    if is_grammar or (parts and parts.base not in _RELATIONS.split() and meaning in _ONLY_ENDING):
        message = (
            f"“{definition}” is not the meaning of {term}, only of its ending: correct it or use a different model"
        )
        _refuse(FailureCode.NO_DEFINITION, message)


def check_place(term: str, pos: str, example: str, facts: WordFacts, definition: str) -> None:
    """Check that the example has the listed form, with the listed meaning, and in natural Korean.

    Raises:
        BackendError: It does not: 떠나 in 집을 떠났다, the noun 죽지 (a form of 죽다), 안전할 장소.
    """
    if not has_hangul(example):
        return
    message = ""
    if not facts.places and not facts.is_shown:
        message = f"the list's example does not have {term} as a separate word"
    elif facts.places and pos == "noun" and not _is_noun(facts.tags):
        message = f"the list calls {term} a noun, but it is something else in the list's example"
    elif facts.places and pos in ("verb", "adjective") and len(term) > 2 and _is_pronoun(facts.tags):
        message = f"the list calls {term} {'an' if pos[0] == 'a' else 'a'} {pos}, but it is a pronoun in its example"
    elif facts.places and pos == "noun" and facts.tags[-1:] == ("VCP",) and term.endswith("이"):
        message = f"{term} in the list's example is {term[:-1]} and the beginning of a form of 이다"
    elif part := unnatural_part(example, to_person=term.endswith("에") and definition.startswith("to ")):
        message = f"nobody says {part} in the list's example"
    if message:
        _refuse(FailureCode.WRONG_EXAMPLE, f"{message}: correct the example or use a different model")


def check_verb(term: str, definition: str, facts: WordFacts) -> None:
    """Check that the definition is about the verb that the form belongs to.

    Raises:
        BackendError: The definition is about a different verb: 걸까요 “shall we walk?” for 걸을까요.
    """
    if any(tag.startswith("N") for tag in facts.tags):
        return  # The analyzer takes rare nouns apart: 빈년 as 비다 with 년.
    parts = facts.parts
    base = parts.base if parts and parts.is_verb else facts.verb
    if base and contradicts(base, verb_stems(term), definition):
        message = f"{term} is a form of {base}, which does not mean “{definition}”"
        _refuse(FailureCode.NO_DEFINITION, f"{message}: correct it or use a different model")
    is_causing = parts is not None and parts.is_verb and parts.pieces[-1].meaning.startswith(_CAUSES)
    if is_causing and _ADVERB.fullmatch(definition):
        message = f"“{definition}” is not what {term} means before 하다 or 되다: correct it or use a different model"
        _refuse(FailureCode.NO_DEFINITION, message)


def _is_pronoun(tags: Sequence[str]) -> bool:
    """Return whether the tags are those of a pronoun with particles, without any verb: 거기다, not 뭐해."""
    return tags[:1] == ("NP",) and len(tags) > 1 and all(tag.startswith("J") for tag in tags[1:])


def _is_noun(tags: Sequence[str]) -> bool:
    """Return whether the analyzer's tags may be those of a noun or of a phrase that lists call a noun: 하는 것, 가기.

    The analyzer takes rare nouns apart: it reads 할단 as a form of 하다 with a determiner. Only a bare verb form is none.
    """
    others = [tag for tag in tags if tag == "ETN" or not tag.startswith(("V", "E", "XS"))]
    return tags[:1] not in (("VV",), ("VA",), ("VX",)) or others != []


def refuse_unknown(term: str) -> NoReturn:
    """Refuse a word about which nothing is known, and which the example has only as a part of a word: 울 in 울어요.

    Raises:
        BackendError: Always.
    """
    _refuse(
        FailureCode.WRONG_EXAMPLE,
        f"the list's example does not have {term} as a separate word, and nothing else is known about it: correct the "
        "example or use a different model",
    )


def _refuse(code: FailureCode, message: str) -> NoReturn:
    raise BackendError(code, message, retry=False)
