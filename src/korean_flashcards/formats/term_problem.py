"""Explain why the text in a term cell is not a term."""

import re
from collections.abc import Mapping

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import RejectCode
from korean_flashcards.formats.heading_lines import heading_problem
from korean_flashcards.formats.note_lines import note_problem
from korean_flashcards.formats.spreadsheet_errors import is_spreadsheet_error
from korean_flashcards.formats.term_text import LONGEST_CELL
from korean_flashcards.korean.hangul import has_hangul

Problem = tuple[RejectCode, str]

_UNKNOWN_NAME = lazy_regex(r"#(?:NAME|NOM|이름)(?!\w)", re.IGNORECASE)
_FORMULA = lazy_regex(r"=[A-Z][A-Z0-9.]*\(")
_TOTALS = "(?:grand |sub)?total|sum|count|average|합계|총계|소계|총합|계|평균"
_COUNTED = r"\s*[\d.,]+\s*(?:개|단어|words?|cards?)?"
_TOTAL = lazy_regex(
    rf"(?:(?:{_TOTALS})\b(?:\s+(?:words?|cards?|단어))?\s*[:：=]?|(?:총|전체|단어)\b[가-힣\s]*[:：=]){_COUNTED}"
    r"|(?:총|전체|모두)\s*(?:단어|어휘|낱말)?\s*(?:수|개수)?\s*\d[\d,]*\s*(?:개|단어|어휘|낱말|항목|words?|cards?)?",
    re.IGNORECASE,
)
_TOTAL_WORD = lazy_regex(
    r"합계|총계|소계|총합|계|총|총\s[가-힣 ]*수|(?:총|전체)?\s*(?:단어|어휘|낱말|항목)\s?(?:개수|수)"
)
_NUMBER = lazy_regex(r"[\d.,]*(?:\s*(?:개|단어|words?|mots?|cards?))?")
# A row with one of these values describes a word, such as 계 (a savings club).
_DESCRIBES = ("definition", "hanja", "pos", "example", "example_translation", "usage_hint", "ipa")
# A pattern such as "Noun + 이다" has two words in Latin letters at most.
_LATIN_WORD = lazy_regex(r"(?<!\S)[A-Za-z][a-z'’]+(?![^\s,.:?!])")
_FEWEST_LATIN_WORDS = 3
_FEWEST_COLUMNS = 3
_CONJOINING = lazy_regex("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+")
# All letters but U+318D, which also serves as a middle dot: 초ㆍ중ㆍ고.
_LETTERS = "ㄱ-ㆌㆎ\uffa1-\uffdc"
_LETTERS_ONLY = lazy_regex(rf"[{_LETTERS}\s\-~()/.,?!]+")
# Patterns write a letter after a hyphen or a bracket (-ㅂ니다, (으)ㄹ), never directly after a syllable.
_LETTER_IN_WORD = lazy_regex(rf"[가-힣][{_LETTERS}]+")
_WORD_SEPARATOR = lazy_regex(r"\s*(?:[/／;；|↔⇔⟷]|<->|<=>|[→⇒➔]|->|=>|(?<=\s)vs\.?(?=\s))\s*")
# Possibly with a dictionary number: 네03/예04.
_HANGUL_WORDS = lazy_regex(r"[가-힣]+(?: [가-힣]+)*\d{0,3}")
# Variants of one particle or ending, which are one term: 이나/나, 으로/로, 이/가.
_PARTICLES = lazy_regex(
    "[가은는을를와야]|이?[랑나]|과|아|어|여|았|었|였|해|에|에서|에게|에게서|한테|한테서|께|께서|도|만|의|으?로|이|하고|부터|까지"
    "|처럼|보다|마다|조차|밖에|이?든지|이?라도|고|거나|으?면|으?니까|지만|[는은]데|습니다|예요|이에요"
)
_FIRST_PARTICLE, _SECOND_PARTICLE = "이은을과아", "가는를와야"
_VOWEL_ENDINGS = ("아", "어", "여", "았", "었", "였")


def problem_of_term(term: str, written: str, values: Mapping[str, str]) -> Problem | None:
    """Return the code and the reason why the row is rejected, or None if the term is valid.

    Args:
        term: The term after cleaning.
        written: The text in the cell, for the message.
        values: The row's values, keyed by column.
    """
    if len(written) > LONGEST_CELL:
        return None  # The term is rejected for its length.
    shown = f"the term {written[:40]!r}"
    if not term:
        return RejectCode.NO_TERM, f"{shown} contains only markup or symbols" if written else "the term is empty"
    return (
        _spreadsheet_problem(term, written, values)
        or _heading(written, shown, values)
        or _letter_problem(term, shown)
        or _no_hangul(term, shown)
        or _several_words(written, term, shown)
        or _columns(values.get("term", ""), shown)
        or _sentence(term, shown)
        or _brackets(term, shown)
    )


def _spreadsheet_problem(term: str, written: str, values: Mapping[str, str]) -> Problem | None:
    shown = f"the term {written[:40]!r}"
    if is_spreadsheet_error(written):
        cause = "a formula with an error"
        if _UNKNOWN_NAME.match(written):
            cause = "text that the spreadsheet took for a formula"
        reason = f"{shown} is a spreadsheet's error for {cause}: format the column as text and enter the word again"
        return RejectCode.INVALID, reason
    if _FORMULA.match(term):
        return RejectCode.INVALID, f"{shown} is a formula: replace it with its value"
    if _TOTAL.fullmatch(term):
        return RejectCode.INVALID, f"{shown} belongs to a row of totals, not to a word"
    if _TOTAL_WORD.fullmatch(term) and not _is_described(values):
        return (
            RejectCode.INVALID,
            f"{shown} belongs to a row of totals, not to a word: if it is a word, add its meaning",
        )
    return None


def _is_described(values: Mapping[str, str]) -> bool:
    """Return whether the row says more than numbers about the term. In a list of words without meanings, it need not."""
    described = [values[column].strip() for column in _DESCRIBES if column in values]
    return not described or not all(map(_NUMBER.fullmatch, described))


def _heading(written: str, shown: str, values: Mapping[str, str]) -> Problem | None:
    problem = heading_problem(written, values) or note_problem(written, values)
    return (RejectCode.INVALID, f"{shown} {problem}") if problem else None


def _letter_problem(term: str, shown: str) -> Problem | None:
    if old := _CONJOINING.search(term):
        reason = (
            f"{shown} contains the letters {old[0]!r}, which form no modern syllable: write the word in modern spelling"
        )
        return RejectCode.INVALID, reason
    if _LETTERS_ONLY.fullmatch(term) and not has_hangul(term) and re.search(f"[{_LETTERS}]", term):
        return (
            RejectCode.NO_HANGUL,
            f"{shown} contains no Hangul syllables, only separate letters: write whole syllables",
        )
    if has_hangul(term) and (letters := _LETTER_IN_WORD.search(term)):
        return RejectCode.INVALID, f"{shown} contains an incomplete syllable after {letters[0][0]}: {letters[0][1:]}"
    return None


def _no_hangul(term: str, shown: str) -> Problem | None:
    return None if has_hangul(term) else (RejectCode.NO_HANGUL, f"{shown} contains no Hangul syllables")


def _several_words(written: str, term: str, shown: str) -> Problem | None:
    words = max(_WORD_SEPARATOR.split(term), _WORD_SEPARATOR.split(written), key=len)
    if len(words) < 2 or not all(map(_HANGUL_WORDS.fullmatch, words)) or _is_variants(words):
        return None
    return RejectCode.INVALID, f"{shown} contains {len(words)} words in one cell: write each word in its own row"


def _is_variants(words: list[str]) -> bool:
    """Return whether the parts are forms of one particle or ending, alone or in a phrase: 이나/나, 친구이/가 오다."""
    if all(map(_PARTICLES.fullmatch, words)) or words[0] in _VOWEL_ENDINGS:
        return True
    # 사람은/는 and 밥을/를 먹다: a noun with both forms of a particle.
    return len(words) == 2 and words[0][-1] in _FIRST_PARTICLE and words[1].split()[0] in _SECOND_PARTICLE


def _columns(cell: str, shown: str) -> Problem | None:
    if len(re.split(r" {2,}", cell.strip())) < _FEWEST_COLUMNS:
        return None
    reason = f"{shown} contains several columns: separate the columns of the list with tabs, not with spaces"
    return RejectCode.INVALID, reason


def _sentence(term: str, shown: str) -> Problem | None:
    if len(_LATIN_WORD.findall(term)) < _FEWEST_LATIN_WORDS:
        return None
    return RejectCode.INVALID, f"{shown} is a question or a text about a word: write only the Korean word"


def _brackets(term: str, shown: str) -> Problem | None:
    # Analyses use square brackets for the IPA: "남성[nam.sʌŋ]".
    if {"[", "]"} & set(term):
        return RejectCode.INVALID, f"{shown} contains square brackets with an unclear purpose: write only the word"
    return None
