"""Check what the text says about grammar patterns: what they attach to, and what may stand before and after them."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from korean_flashcards.checks.grammar_claims import FALSE_GRAMMAR
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding
from korean_flashcards.korean.grammar_facts import DEPENDENT_NOUNS, DETERMINERS, PARTICLES, Facts, facts_of

_FIELDS = frozenset(("explanation", "usage_context", "comparison", "other_meanings", "primary_meaning", "back"))
# A clause, without what follows "but", which may be about something else.
_BREAK = lazy_regex(r"[.;\n]|,? (?:but|while|whereas|though|although|unlike|instead of|rather than) ")
_QUOTED = lazy_regex(r"['‘\"“][^'’\"”\n]*['’\"”](?!\w)|\((?![으이]\))(?=[^)]*[가-힣])[^)]*\)")
_KOREAN = lazy_regex(r"[-~]?(?:\([으이]\))?[ㄱ-ㅎ가-힣]+(?:/[가-힣]+)*(?: [가-힣]+)*")
_DENIED = lazy_regex(
    r"\b(?:not|never|no|none|nor|neither|cannot|without|except|wrong|mistake\w*|rarely|seldom|hardly|refuses?|rejects?|if|when|whenever|where"
    r"|because|since|learners?|only with|impossible)\b|n't|[*×✗]",
    re.I,
)
_CLASSES = {"v": "verb", "a": "adjective", "n": "noun"}
_LETTERS = {"verb": "v", "adjective": "a", "noun": "n"}
_CLASS = r"(?P<class>verb|adjective|noun)s?\b(?! form)"
_ATTACHES = lazy_regex(
    r"\b(?:attach(?:es|ed)? (?:directly |only |straight )*to|joins?|(?:joined|added|glued) to|combines with"
    r"|goes (?:straight |directly |only )*(?:on|onto|to)) "
    r"(?:a |an |the |any |all |bare |plain |its |only |both |stems? of )*"
    rf"(?:action |descriptive |\w+ing )?{_CLASS}",
    re.I,
)
_ALSO_WITH = lazy_regex(
    rf"\b(?:also|only|even|mostly|mainly|especially|just) (?:used )?(?:with|after|for|on) {_CLASS}", re.I
)
_NOT_WITH = lazy_regex(rf"\b(?:not|never) (?:used |found )?(?:with|after|for|on) {_CLASS}", re.I)
_COMMAND = r"(?:commands?|imperatives?|orders?|requests?|proposals?|suggestions?)"
_COMMANDS = lazy_regex(
    rf"\b{_COMMAND}\b[^,]{{0,25}}\b(?:follows?|(?:comes?|stands?) (?:after|next|behind)|may stand"
    r"|(?:is|are) (?:fine|possible|allowed)|works?)\b"
    rf"|\b(?:followed by|leads? (?:on )?to|allows?|before|precedes?|goes with) (?:a |an )?{_COMMAND}\b",
    re.I,
)
_NO_COMMANDS = lazy_regex(
    rf"\b(?:no|never|not|cannot)\b[^,]{{0,30}}\b{_COMMAND}\b[^,]{{0,30}}\b(?:follow|after|stand)"
    rf"|\bno {_COMMAND}(?: or \w+)? (?:after|may|can)",
    re.I,
)
_ONLY_STATEMENTS = lazy_regex(r"\bonly statements? (?:may |can )?follow", re.I)
_PAST = (
    r"(?:-?았-?/-?었-?|-[았었]-|a past (?:tense )?(?:marker|ending)|the past (?:tense )?(?:marker|ending)?|past tense)"
)
_WITH_PAST = lazy_regex(
    rf"\b(?:with|takes?|needs?|carries|allows?|accepts?|requires?|has|have) (?:\w+ )?{_PAST}"
    r"(?=[^.;]{0,15}\bbefore\b|$|[.,;:]| on both)"
    rf"|{_PAST} (?:stands|goes|comes|sits) (?:right |directly )?(?:before|on both)",
    re.I,
)
_WITHOUT_PAST = lazy_regex(
    rf"\b(?:no|never|not|without)\b[^,]{{0,20}}{_PAST}[^,]{{0,20}}\bbefore|\b(?:never|not) takes? {_PAST}"
    r"|\bno (?:past|tense) before it",
    re.I,
)
_OTHER_PART = lazy_regex(r"\b(?:second|main|last|final|end|result|later|rest|what follows)\b", re.I)
_DIFFERENT = lazy_regex(
    r"\b(?:different|two|separate|other) subjects?\b|\bsubjects? (?:must |should )?(?:differ|be different)", re.I
)
_POSITIVE = lazy_regex(
    r"\b(?:with|takes?|needs?|requires?|wants?|demands?|followed by|before|must be) (?:a |an |the |only |always )*"
    r"(?:positive|affirmative)\b", re.I,
)  # fmt: skip
_AFTER_NOUN = lazy_regex(r"\b(?:after|behind|follows?) (?:a |an |the |its )?nouns?\b", re.I)
_BEFORE_VERB = lazy_regex(r"\bbefore (?:a |an |the |its )?(?:verb|adjective)s?\b", re.I)
_BEFORE_NOUN = lazy_regex(
    r"\b(?:stands?|goes|comes|placed|attached|written|put) (?:directly |right |immediately )?"
    r"before (?:a |the |its )?nouns?\b",
    re.I,
)
_GLUED = lazy_regex(
    r"\b(?:dependent|bound) noun,?(?: \w+)?(?: (?:and|that|which))?(?: is| are)?(?: always| written)? "
    r"(?:glued|attached|joined|together|without a space)",
    re.I,
)
_APART = lazy_regex(
    r"\bparticle,?(?: (?:and|that|which))?(?: is| are)? (?:always )?"
    r"(?:stands? apart|written apart|with a space|takes a space)",
    re.I,
)
_WITHOUT_SPACE = lazy_regex(
    r"\b(?:without (?:a )?spaces?|no space|joined|glued|together)[^가-힣.;]{0,12}[(:] ?"
    r"(?P<example>[가-힣]+(?: [가-힣]+)*)",
    re.I,
)
_WITH_SPACE = lazy_regex(
    r"(?<!without )(?<!no )(?<!not )\b(?:(?:with|takes) (?:a|one) space|(?:written|stands) apart)[^가-힣.;]{0,12}[(:] ?"
    r"(?P<example>[가-힣]+(?: [가-힣]+)*)",
    re.I,
)
# A clause with a claim contains one of these.
_SIGN = lazy_regex(
    rf"\b(?:nouns?|verbs?|adjectives?|{_COMMAND}|past|tense|subjects?|positive|affirmative|spaces?|statements?"
    r"|particle)\b|[았었]-", re.I,
)  # fmt: skip
_NAMES_PATTERN = lazy_regex(r"-(?:\(으\))?[가-힣ㄱ-ㅎ]")
_WITH_PLACE = DETERMINERS | PARTICLES | DEPENDENT_NOUNS


@only_with(
    "noun", "nouns", "verb", "verbs", "adjective", "adjectives", "command", "commands", "imperative", "imperatives", "order",
    "request", "requests", "proposal", "proposals", "suggestion", "suggestions", "past", "tense", "subject", "subjects",
    "positive", "affirmative", "space", "spaces", "statement", "statements", "particle", "-았", "-었",
)  # fmt: skip
def false_patterns(subject: Analysis | Card) -> Iterator[Finding]:
    """Report false statements about grammar patterns in a record or on a card."""
    word = subject.analysis.spoken
    if not (word in _WITH_PLACE or facts_of(word) or _NAMES_PATTERN.search(subject.all_prose)):
        return
    for field, text in subject.prose:
        for clause in _BREAK.split(text) if field in _FIELDS else ():
            for wrong in _wrong(clause, word) if _SIGN.search(clause) else ():
                yield FALSE_GRAMMAR.at(field, f"“{clause.strip()}” is wrong: {wrong}")


def _wrong(clause: str, word: str) -> Iterator[str]:
    """Yield what is wrong in a clause of a text about a word."""
    yield from _spaces(clause, word)
    claim = _QUOTED.sub(" ", clause)
    if _DENIED.search(claim) is None:
        yield from _places(claim, word)
    for rule in (*_OF_CLAIM, *_OF_DENIED):
        for found in rule.pattern.finditer(claim):
            pattern = _subject(claim, found.start(), word)
            if rule in _OF_CLAIM and _is_denied(claim, found):
                continue
            if (facts := facts_of(pattern)) and (wrong := rule.wrong(found, claim, facts)):
                yield f"{pattern} {wrong}"


def _is_denied(claim: str, found: re.Match[str]) -> bool:
    """Return whether a claim is denied or conditional, judging by what precedes it and by the words after it."""
    return _DENIED.search(claim[: found.end()] + claim[found.end() :].partition(",")[0]) is not None


def _subject(claim: str, at: int, word: str) -> str:
    """Return the pattern that a claim at this place is about, or "" if it is about something else.

    It is the last pattern named before it, the next one in “before a command only -(으)니까 works”, or the word.
    """
    runs = [(run[0], run.start() < at) for run in _KOREAN.finditer(claim)]
    named = [run for run in runs if run[0].startswith(("-", "~")) and facts_of(run[0])]
    if any(is_before for _, is_before in named):
        return next(run for run, is_before in reversed(named) if is_before)
    if named and " only " in claim:
        return named[0][0]
    before = [run for run, is_before in runs if is_before]
    is_other = named or (before and word.strip("-~") not in before[-1])
    return (before[-1] if before and not named else "") if is_other else word


def _spaces(clause: str, word: str) -> Iterator[str]:
    """Yield a contradiction between a statement about spaces and the example after it: without a space (새 옷)."""
    stands = f"{word} " if word in DETERMINERS else f" {word}"
    if word not in _WITH_PLACE:
        return
    if (found := _WITHOUT_SPACE.search(clause)) and stands in found["example"]:
        yield f"{found['example']} has a space"
    if (
        (found := _WITH_SPACE.search(clause))
        and word in found["example"]
        and not any(each in found["example"] for each in (f"{word} ", f" {word}"))
    ):
        yield f"{found['example']} has no space at {word}"


def _places(claim: str, word: str) -> Iterator[str]:
    """Yield statements that place a determiner, a particle, or a dependent noun wrongly."""
    if word in DETERMINERS and (_AFTER_NOUN.search(claim) or _BEFORE_VERB.search(claim)):
        yield f"{word} stands only before a noun"
    if word in PARTICLES and _BEFORE_NOUN.search(claim):
        yield f"{word} is attached to the end of a noun"
    if word in DEPENDENT_NOUNS and _GLUED.search(claim):
        yield "a dependent noun is written with a space before it"
    if word in PARTICLES and _APART.search(claim):
        yield "a particle is written without a space before it"


def _attaches(found: re.Match[str], _: str, facts: Facts) -> str:
    if not facts.on or _LETTERS[found["class"].lower()] in facts.on:
        return ""
    return f"attaches only to {' and '.join(f'{_CLASSES[letter]}s' for letter in facts.on)}"


def _does_not_attach(found: re.Match[str], _: str, facts: Facts) -> str:
    return f"is also used with {found['class']}s" if _LETTERS[found["class"].lower()] in facts.on else ""


def _past_before(_: re.Match[str], claim: str, facts: Facts) -> str:
    return "never follows -았/었-" if facts.past == "no" and not _OTHER_PART.search(claim) else ""


class _Wording(NamedTuple):
    """A kind of claim: how it is worded, and a function that returns what is wrong with it, or ""."""

    pattern: re.Pattern[str]
    wrong: Callable[[re.Match[str], str, Facts], str]


def _if(message: str, is_wrong: Callable[[Facts], bool]) -> Callable[[re.Match[str], str, Facts], str]:
    """Return a function that returns the message if the facts make the claim wrong."""
    return lambda found, claim, facts: message if is_wrong(facts) else ""


_OF_DENIED = (
    _Wording(_NOT_WITH, _does_not_attach),
    _Wording(_NO_COMMANDS, _if("may be followed by a command", lambda facts: facts.command == "yes")),
    _Wording(_WITHOUT_PAST, _if("may follow -았/었-", lambda facts: facts.past == "yes")),
)
_OF_CLAIM = (
    _Wording(_ATTACHES, _attaches),
    _Wording(_ALSO_WITH, _attaches),
    _Wording(_COMMANDS, _if("cannot be followed by a command", lambda facts: facts.command == "no")),
    _Wording(_ONLY_STATEMENTS, _if("may be followed by a command", lambda facts: facts.command == "yes")),
    _Wording(_WITH_PAST, _past_before),
    _Wording(_DIFFERENT, _if("needs the same subject in both parts", lambda facts: facts.subject == "same")),
    _Wording(_POSITIVE, _if("needs a negative", lambda facts: facts.is_negative)),
)
