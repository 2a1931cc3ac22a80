"""Check what the text says about forms of particles and endings, about stems, and about what particles mark."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import is_syllable, split

FALSE_GRAMMAR = Check(
    "false_grammar", Severity.WARNING, "The text says something false about a particle, an ending, or a stem.",
    "Compares “을 after a vowel”, “the subject particle 을”, “the stem ends in a vowel”, and the like with the rules.",
)  # fmt: skip
CHECKS = (FALSE_GRAMMAR,)

# Forms after a consonant and after a vowel. Those after ㄹ, such as 로 and 면, need no ㄹ here: “after ㄹ” is not compared.
_AFTER_CONSONANT = """
을 은 이 과 으로 이나 이랑 이라 이에요 으면 으니까 으러 으려고 으세요 으셔요 습니다 는다 을까요 을게요 을래요 음 으며
으므로 이야 이라도 이든 이란
"""
_AFTER_VOWEL = (
    "를 는 가 와 로 나 랑 라 예요 면 니까 러 려고 세요 ㅂ니다 ㄴ다 ㄹ까요 ㄹ게요 ㄹ래요 ㅁ 며 므로 야 라도 든 란"
)
_KINDS = dict.fromkeys(_AFTER_CONSONANT.split(), "consonant") | dict.fromkeys(_AFTER_VOWEL.split(), "vowel")
_FORM = "[-~]?(?P<form{0}>[가-힣ㄱ-ㅎ]{{1,3}})(?![가-힣ㄱ-ㅎ])"
_PLACE = (
    r"after (?:a |an |the |final |syllable-final )*(?P<place{0}>vowel|consonant|batchim|patchim|final)s?\b(?! ?[ㄱ-ㅎ])"
    r"(?: stem| sound| ending)?"
)
# After a vowel it is 를; 를 after a vowel. The first form in a sentence tells which of the two orders the sentence has.
_PLACE_FIRST = lazy_regex(
    _PLACE.format(1)
    + "(?:,? (?:it is|is|comes?|takes?|use|we use|you use|it becomes|becomes|the form is|only))*[:,]? "
    + _FORM.format(1),
    re.I,
)
_FORM_FIRST = lazy_regex(
    _FORM.format(2)
    + r"(?: is used| is| comes| stands| goes| only|,? (?:which|that) (?:comes|stands|is used))?,? "
    + _PLACE.format(2),
    re.I,
)
_SENTENCE = lazy_regex(r"[^.;\n]+")
# -ㄹ 수 있다 after a vowel, -을 수 있다 after a consonant
_LETTER_FORM = lazy_regex("[-~][ㄱ-ㅎ]$")
# What the particles mark.
_ROLES = {
    "을": "object", "를": "object", "이": "subject", "가": "subject", "은": "topic", "는": "topic", "께서": "subject",
    "의": "possessive",
}  # fmt: skip
_ROLE_NAMES = frozenset(_ROLES.values())
_ROLE_OF_MEANING = lazy_regex(r"\((?:as )?(?:the |an? )?(?:honored |humble )?(subject|object|topic)\)")
_ROLE = "(?P<role{0}>subject|object|topic|possessive)"
_MARKS = lazy_regex(
    rf"(?<![가-힣])(?P<one1>[을를이가은는의]|께서)(?:/[을를이가은는])? (?:marks|is) the {_ROLE.format(1)}\b(?! of)"
    rf"|\b{_ROLE.format(2)}(?:[- ](?:particle|marker|marking particle))s? (?:is )?(?P<one2>[을를이가은는의]|께서)(?![가-힣])"
    rf"|(?<![가-힣])(?P<one3>[을를이가은는의]|께서)(?:/[을를이가은는])?,? (?:is )?(?:a |an "
    rf"|the )?{_ROLE.format(3)}[- ](?:particle|marker)",
)
# 먹다 …, because its stem ends in a consonant
_STEM_ENDS = lazy_regex(
    r"(?<![가-힣])(?P<word>[가-힣]+)(?:다(?![가-힣])|-)[^.;가-힣]{0,40}?\bends? in (?:a |an |the )?"
    r"(?P<sound>vowel|consonant|[ㄱ-ㅎㅏ-ㅣ])(?![가-힣])"
)
# The stem vowel is ㅓ, so the past is -었-
_HARMONY = lazy_regex(
    r"(?:vowel (?:is |of [가-힣]+- is )?|[Aa]fter |[Ww]ith )(?P<vowel>[ㅏ-ㅣ])(?: (?:or|and) [ㅏ-ㅣ])?\b"
    r"[^.;]{0,30}?-(?P<form>[았었아어])(?:-|요|서|\b)(?!/)"
)
_VOWEL = lazy_regex("[ㅏ-ㅣ]")
_OTHERWISE = lazy_regex(r"\b(?:not|never|no|otherwise|else|elsewhere|other|others|all|unless)\b|n't")
_DENIED = lazy_regex(
    r"\b(?:not|never|no|wrong|instead|unlike|neither|except|may|drops?|falls?|left out|omitted|disappears?)\b|n't", re.I
)


def grammar_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report false statements about grammar in the record, and the wrong role in the meaning: 의사를 “(as the subject)”."""
    yield from _false(analysis)
    named = _ROLE_OF_MEANING.search(analysis.text("primary_meaning"))
    particle = next(
        (each for each in ("께서", analysis.spoken[-1:]) if each in _ROLES and analysis.spoken.endswith(each)), ""
    )
    if named and particle and len(analysis.spoken) > 1 and named[1] != _ROLES[particle]:
        yield FALSE_GRAMMAR.at("primary_meaning", f"{particle} marks the {_ROLES[particle]}, not the {named[1]}")


def grammar_on_card(card: Card) -> Iterator[Finding]:
    """Report false statements about grammar on the card."""
    yield from _false(card)


def _false(subject: Analysis | Card) -> Iterator[Finding]:
    about = subject.all_prose
    # Each pattern needs one of these. Most text has none of them, so it is not searched.
    has_place, has_role = "after " in about, not _ROLE_NAMES.isdisjoint(subject.words)
    has_end, has_vowel = "end in " in about or "ends in " in about, _VOWEL.search(about) is not None
    for field, text in subject.prose if has_place or has_role or has_end or has_vowel else ():
        if text.isascii():
            continue
        for sentence in _SENTENCE.findall(text) if has_place else ():
            yield from (FALSE_GRAMMAR.at(field, wrong) for wrong in _wrong_places(sentence))
        for found in _MARKS.finditer(text) if has_role else ():
            particle = found["one1"] or found["one2"] or found["one3"]
            role = found["role1"] or found["role2"] or found["role3"]
            if _ROLES[particle] != role and not _is_denied(text, found):
                yield FALSE_GRAMMAR.at(
                    field, f"{particle} is not the {role} particle, but marks the {_ROLES[particle]}"
                )
        for found in _STEM_ENDS.finditer(text) if has_end else ():
            if not _ends_in(found["word"], found["sound"]) and not _is_denied(text, found):
                yield FALSE_GRAMMAR.at(field, f"{found['word']}- does not end in a {found['sound']}")
        for found in _HARMONY.finditer(text) if has_vowel else ():
            is_bright = found["vowel"] in "ㅏㅗ"
            if (found["form"] in "았아") != is_bright and not _is_backward(text, found):
                yield FALSE_GRAMMAR.at(
                    field,
                    f"after {found['vowel']}, the form is -{'았' if is_bright else '었'}-, not as in “{found[0]}”",
                )


def _wrong_places(sentence: str) -> Iterator[str]:
    """Yield the forms that the sentence places after the wrong sound."""
    after = sentence.lower().find("after ")
    if after < 0 or _DENIED.search(sentence):
        return
    first = re.search(_FORM.format(0), sentence)
    is_form = first is not None and (first["form0"] in _KINDS or _LETTER_FORM.match(first[0]))
    form_first = first is not None and is_form and first.start() < after
    for found in (_FORM_FIRST if form_first else _PLACE_FIRST).finditer(sentence):
        form, place = (found["form2"], found["place2"]) if form_first else (found["form1"], found["place1"])
        place = "vowel" if place.lower() == "vowel" else "consonant"
        if _KINDS.get(form, place) != place:
            yield f"{form} is the form after a {_KINDS[form]}, not after a {place}"


def _is_backward(text: str, found: re.Match[str]) -> bool:
    """Return whether the form belongs to a different vowel: -아 after ㅏ and ㅗ, otherwise -어."""
    return (
        _OTHERWISE.search(found[0]) is not None
        or re.search("-[았었아어]", text[max(0, found.start() - 20) : found.start()]) is not None
    )


def _is_denied(text: str, found: re.Match[str]) -> bool:
    return _DENIED.search(text[max(0, found.start() - 25) : found.end()]) is not None


def _ends_in(stem: str, sound: str) -> bool:
    if not is_syllable(stem[-1]):
        return True
    last = split(stem[-1])
    if sound == "vowel":
        return not last.coda
    if sound == "consonant":
        return bool(last.coda)
    return sound in (last.coda or last.vowel) or sound == last.vowel
