"""Check that the analysis compares the word with a different Korean word, and that the comparison covers both words."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import lemmas, occurs_in
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.formats.same_word import same_word
from korean_flashcards.korean.hangul import has_hangul, is_korean, split, strip_to_hangul
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.headword_pattern import is_pattern
from korean_flashcards.korean.morphology import analyse, is_listed, lemma

SAME_WORD = Check(
    "comparison_same_word", Severity.ERROR, "The word is compared with itself.", "Compares comparison.vs with the term.",
)  # fmt: skip
INFLECTION = Check(
    "comparison_inflection", Severity.WARNING, "The word is compared with an inflected form of itself.",
    "Compares the dictionary forms of comparison.vs and the term if the term is a noun, verb, or adjective in its "
    "dictionary form.",
    needs_morphology=True,
)  # fmt: skip
NOT_KOREAN = Check(
    "comparison_not_korean", Severity.ERROR, "The word is compared with something that is not Korean.",
    "Checks whether comparison.vs contains Hangul.",
)  # fmt: skip
NO_SUCH_WORD = Check(
    "comparison_no_such_word", Severity.WARNING, "The word is compared with a word that is not in any dictionary.",
    "Looks up comparison.vs in the hanja dictionary and its morphemes in the analyzer's, unless the word is slang.",
    needs_morphology=True,
)  # fmt: skip
UNRELATED = Check(
    "comparison_unrelated", Severity.WARNING, "The comparison does not mention the words that it compares.",
    "Looks for comparison.vs in comparisons that quote Korean, and for any other word on Usage-Comparison cards.",
    needs_morphology=True,
)  # fmt: skip
MORE_THAN_A_WORD = Check(
    "comparison_with_meaning", Severity.NOTE, "comparison.vs has more than the word, such as its meaning.",
    "Looks for Latin letters after the Korean word in comparison.vs.",
)  # fmt: skip
NOT_SHOWN = Check(
    "comparison_not_shown", Severity.NOTE, "The Usage-Comparison card does not show the word in comparison.vs.",
    "Searches Usage-Comparison cards for comparison.vs. They may compare homographs instead.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (SAME_WORD, INFLECTION, NOT_KOREAN, NO_SUCH_WORD, MORE_THAN_A_WORD, UNRELATED, NOT_SHOWN)

_HANGUL = lazy_regex("[가-힣]+")
_MEANING = lazy_regex(r"\s*\([^가-힣)]*\)")
_LETTERS, _NOT_LETTERS = lazy_regex("[ㄱ-ㅣ]"), lazy_regex("[^가-힣ㄱ-ㅣA-Za-z0-9]")
_MORE = lazy_regex(r"[가-힣)~-] ?[(=:,–—/]+ ?['‘“\"]?[a-z]{2}", re.I)
_IN_PARENTHESES = lazy_regex(r"\([^()\n]*\)")
# The word in comparison.vs is spoken of without its name.
_UNNAMED = lazy_regex(r"\b(?:that one|this one|one is|the (?:first|second|other|former|latter)|its)\b", re.I)
# The card tells the word from words that comparison.vs does not name: a baby is not new. Say 갓 태어난 아기.
_SAYS_OTHERS = lazy_regex(r"\b(?:not|never|no|cannot)\b[^.?!\n]*\. Say[: ]")
_HOMOGRAPHS = lazy_regex(
    r"\b(?:homo(?:graph|nym|phone)s?|(?:one|same|two|both|identical|twin) (?:syllables?|spellings?|sounds?)|unrelated"
    r"|spelled alike)\b",
    re.I,
)
_INFLECTED = frozenset(("noun", "verb", "adjective"))


def compared_with_another_word(analysis: Analysis) -> Iterator[Finding]:
    """Report comparison.vs if it is not Korean or is the term itself."""
    vs = _plain(analysis.vs)
    if not vs:
        return
    if has_hangul(vs) and _MORE.search(analysis.vs):
        yield MORE_THAN_A_WORD.at("comparison", f"comparison.vs is “{analysis.vs}”: write only {vs}")
    if not is_korean(vs):
        yield NOT_KOREAN.at(
            "comparison", f"{vs!r} is not Korean: compare {analysis.word} with a Korean word or use null"
        )
    elif (
        _is_same(vs, analysis.word) and not _is_affix_beside_word(vs, analysis) and not _differ_in_spaces(vs, analysis)
    ):
        yield SAME_WORD.at(
            "comparison", f"{analysis.word} is compared with itself: choose a different word or use null"
        )


def compared_with_no_form_of_itself(analysis: Analysis) -> Iterator[Finding]:
    """Report comparison.vs if it is an inflected form of the term, such as 먹고 for 먹다.

    An inflected term may be compared with another form of the same word (갔어요 with 가요), and a plain verb with its
    honorific form (가다 with 가시다).
    """
    vs, word = _plain(analysis.vs), analysis.spoken
    if not has_hangul(vs) or same_word(vs, word) or analysis.text("pos") not in _INFLECTED or " " in f"{vs}{word}":
        return
    if analysis.is_pattern or any(map(str.isdigit, word)) or not _begin_alike(vs, word):
        return
    own = lemmas(word, analysis.pos)
    if not own or own != lemmas(vs) or _is_honorific(vs) != _is_honorific(word):
        return
    if lemma(word, analysis.pos) == word:
        yield INFLECTION.at(
            "comparison", f"{vs} and {word} are forms of the same word: choose a different word or use null"
        )


def _begin_alike(one: str, other: str) -> bool:
    """Return whether two words begin with the same consonant, as all forms of a word do. This is faster than analyzing."""
    first, second = strip_to_hangul(one)[:1], strip_to_hangul(other)[:1]
    return not first or not second or split(first).onset == split(second).onset


def _is_same(vs: str, word: str) -> bool:
    """Return whether both are the same word. Single letters distinguish endings (-(으)ㄴ, -(으)ㄹ), and Latin ones words."""
    if not has_hangul(vs) or _LETTERS.search(vs + word):
        return _NOT_LETTERS.sub("", vs) == _NOT_LETTERS.sub("", word)
    return same_word(vs, word)


def _is_affix_beside_word(vs: str, analysis: Analysis) -> bool:
    """Return whether a prefix or suffix is compared with the word that is spelled alike: 맨- with 맨."""
    return analysis.text("pos") in ("prefix", "suffix") and ("-" in vs) != ("-" in analysis.word)


def _differ_in_spaces(vs: str, analysis: Analysis) -> bool:
    """Return whether a word is compared with the same words apart: 잘하다 and 잘 하다."""
    return vs != analysis.word and vs.replace(" ", "") == analysis.word.replace(" ", "")


def _plain(vs: str) -> str:
    """Return comparison.vs without IPA and without a meaning in parentheses."""
    return _MEANING.sub("", headword(vs)).strip()


def _is_honorific(word: str) -> bool:
    return any((morpheme.form, morpheme.tag) == ("시", "EP") for morpheme in analyse(word))


def compared_with_a_word_that_exists(analysis: Analysis) -> Iterator[Finding]:
    """Report comparison.vs if it is in neither the analyzer's dictionary nor the hanja dictionary."""
    vs = _plain(analysis.vs)
    if has_hangul(vs) and not (spelled(vs) or is_listed(vs) or analysis.is_nonstandard):
        yield NO_SUCH_WORD.at("comparison", f"{vs} is not in any dictionary: choose an existing word or use null")


def comparison_is_about_the_two(analysis: Analysis) -> Iterator[Finding]:
    """Report a comparison that quotes Korean but not the word in comparison.vs. Patterns change with what precedes them."""
    vs, nuance = _plain(analysis.vs), _nuance(analysis)
    if not has_hangul(vs) or not has_hangul(nuance) or (is_pattern(vs) and analysis.occurs_in(nuance)):
        return
    # The first is about speed (소문이 다 퍼졌어요); the bird-and-mouse proverb warns of listeners.
    if not has_hangul(_IN_PARENTHESES.sub("", nuance)):
        return
    if occurs_in(vs, nuance) or (_UNNAMED.search(nuance) and analysis.occurs_in(nuance)):
        return
    others = [word for word in _HANGUL.findall(nuance) if not analysis.occurs_in(word)]
    about = f", but discusses {others[0]}" if others else ""
    yield UNRELATED.at("comparison", f"the comparison of {analysis.word} with {vs} never mentions {vs}{about}")


def card_shows_the_comparison(card: Card) -> Iterator[Finding]:
    """Report a Usage-Comparison card that does not contain comparison.vs."""
    vs, analysis = _plain(card.analysis.vs), card.analysis
    if card.tab_name != "Usage-Comparison" or not has_hangul(vs) or is_pattern(vs):
        return
    if not occurs_in(vs, f"{card.front}\n{card.back}"):
        has_word = [analysis.occurs_in(stretch.korean) for stretch in card.korean if stretch.is_sentence]
        tells_others = occurs_in(vs, _nuance(analysis)) and (
            _SAYS_OTHERS.search(card.back) or _HOMOGRAPHS.search(f"{card.front}\n{card.back}")
        )
        check = NOT_SHOWN if (len(has_word) > 1 and sum(has_word) > 1) or tells_others else UNRELATED
        yield check.at("back", f"the card should compare {analysis.word} with {vs}, but it never shows {vs}")


def _nuance(analysis: Analysis) -> str:
    return str((analysis.record.get("comparison") or {}).get("nuance") or "")
