"""Check which particle a text says that a word takes: against the example after it, and against its part in a sentence."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.claims import claims
from korean_flashcards.checks.grammar_claims import FALSE_GRAMMAR
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding
from korean_flashcards.korean.hangul import is_syllable, split

# The forms of each particle, with the contractions that end in a consonant (뭘, 난). 보다 is often the verb.
_FORMS = {
    "을": "을 를", "를": "을 를", "을/를": "을 를", "이": "이 가 게", "가": "이 가 게", "이/가": "이 가 게",
    "은/는": "은 는", "와/과": "와 과", "와": "와 과", "과": "와 과", "하고": "하고", "에": "에 엔", "에서": "에서 서",
    "에게": "에게 에겐 게", "한테": "한테", "께": "께", "께서": "께서", "에게서": "에게서", "한테서": "한테서",
    "로": "로", "으로": "로", "(으)로": "로", "까지": "까지", "부터": "부터", "처럼": "처럼",
    "이랑": "랑", "랑": "랑", "(이)랑": "랑",
}  # fmt: skip
_CODAS = {"을": "ㄹ", "를": "ㄹ", "을/를": "ㄹ", "은/는": "ㄴ"}
_ONE = "|".join(map(re.escape, sorted(_FORMS, key=len, reverse=True)))
_LIST = (
    rf"(?<![가-힣/)~-])(?P<particles>(?:{_ONE})(?:(?:/|, or |, and |, | or | and )(?:plain )?(?:{_ONE}))*)(?![가-힣/])"
)
# takes 에: 시험에 합격하다; with 을/를 (책을 읽다)
_EXAMPLE = lazy_regex(
    rf"\b(?:takes?|with|wants?|uses?|gets?|needs?) {_LIST}(?::| \() ?(?P<example>[가-힣]+(?: [가-힣]+)*)"
)
_TAKES = lazy_regex(rf"(?: often| usually| always)? (?:takes?|with) {_LIST}")
_SIGN = lazy_regex("(?:[Tt]akes?|[Ww]ith|wants?|uses?|gets?|needs?) [가-힣(]")
_OPTIONAL = lazy_regex(r"\b(?:alone|without|drops?|dropped|omitted|optional)\b|께서", re.I)
_MORE = ("", "나", "도", "는", "만", "다")  # 누구에게나
_TRANSITIVE = "eaten|drunk|written|bought|borrowed|refused|read|worn|made|cooked|learned|learnt|lost|forgotten|chosen"
# What a part of a sentence is called, and the particles that it never takes.
_ROLES = tuple(
    (lazy_regex(rf"\b(?:{names})$", re.I), frozenset(never.split()))
    for names, never in (
        ("time|hour|date|time of day|day of the week", "에서 을 를 을/를 에게 한테 께"),
        ("goal|destination", "에서 한테서 에게서"),
        ("starting place|starting point|point of departure", "에 을 를 을/를 에게"),
        (
            "receiver|recipient|(?:person|one|elder|someone) "
            "(?:asked|called|contacted|thanked|who receives|(?:you )?apologi[sz]ed? to)",
            "을 를 을/를 께서 에서 에게서 한테서",
        ),
        ("lender|person who lends", "을 를 을/를 에 와/과 께서"),
        ("subject", "을 를 을/를 에게 에 에서 한테"), ("(?:direct )?object", "이 가 이/가 에게 한테 에 에서 께 와/과"),
        (rf"(?:thing|what is|what was|object) (?:{_TRANSITIVE})", "에게 한테 에서 께"),
        ("place of (?:an |the )?(?:action|activity|work)|workplace|doing something there", "에 을 를 을/를 에게"),
    )
)  # fmt: skip


@only_with("take", "takes", "with", "want", "wants", "use", "uses", "get", "gets", "need", "needs")
def false_particles(subject: Analysis | Card) -> Iterator[Finding]:
    """Report false statements about the particles that words take in a record or on a card."""
    for field, text in subject.prose:
        for clause in claims(text, _SIGN) if field != "front" else ():
            for wrong in _wrong(f" {clause.lstrip()}"):
                yield FALSE_GRAMMAR.at(field, f"“{clause.strip()}” is wrong: {wrong}")


def _wrong(clause: str) -> Iterator[str]:
    # A clause may name several particles before one example.
    named = _names(" ".join(found["particles"] for found in _TAKES.finditer(clause)))
    for found in () if _OPTIONAL.search(clause) else _EXAMPLE.finditer(clause):
        names = {*_names(found["particles"]), *named}
        if not any(_has(word, name) for word in found["example"].split() for name in names):
            yield f"{found['example']} does not have {found['particles']}"
    for found in _TAKES.finditer(clause):
        first, before = _names(found["particles"])[0], clause[: found.start()]
        for role, never in _ROLES:
            if first in never and (part := role.search(before)):
                yield f"the {part[0]} never takes {first}"


def _names(particles: str) -> list[str]:
    """Return the particles of a list, in which 을/를 is one."""
    return re.findall(_ONE, particles)


def _has(word: str, name: str) -> bool:
    """Return whether a word ends in a particle, which may be contracted."""
    if word.endswith(tuple(f"{form}{more}" for form in _FORMS[name].split() for more in _MORE)):
        return True
    return name in _CODAS and is_syllable(word[-1]) and split(word[-1]).coda == _CODAS[name]
