"""Check that the text calls honorific words honorific and humble words humble: 드리다 is humble, 주무시다 honorific."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.level_labels import SPEECH_LABEL
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding

_HONORIFIC = """
계시다 주무시다 드시다 잡수시다 돌아가시다 편찮으시다 진지 성함 연세 생신 존함 춘추 댁 께서 께 주시다 있으시다
말씀하시다 따님 아드님
"""
_HUMBLE = "드리다 뵙다 뵈다 여쭙다 여쭈다 모시다 말씀드리다 저 저희 아뢰다"
_KINDS = dict.fromkeys(_HONORIFIC.split(), "honorific") | dict.fromkeys(_HUMBLE.split(), "humble")
_KIND = "honorific|humble"
_OF = "(?: (?:partner|form|word|verb|noun|version|counterpart|equivalent|variant|pronoun))* (?:of|for)"
# Honorific of 자다. Humble: …
_FIRST = lazy_regex(
    rf"(?:(?:The|A|An|Native|Korean) )*({_KIND})(?:{_OF}|[,;:.]| (?:partner|form|word|verb|noun|pronoun))",
    re.I,
)
# 드리다, humble of 주다; 드리다 is the humble verb
_NAMED = lazy_regex(
    rf"(?<![가-힣])({'|'.join(sorted(_KINDS, key=len, reverse=True))})(?:,| is| \(|:)? (?:the |a "
    rf"|an )*({_KIND})(?:{_OF}|\)| verb| noun| word)",
    re.I,
)
# Humble pronoun 저, the honorific verb 드리다
_KIND_FIRST = lazy_regex(
    rf"(?<!not )(?<!of )(?<!for )(?<!no )\b({_KIND}) (?:(?:pronoun|noun|verb|word|form) )?"
    rf"({'|'.join(sorted(_KINDS, key=len, reverse=True))})(?![가-힣])",
    re.I,
)
# … Humble noun for 집. The label is the record's own if it begins a sentence that ends after the plain word.
_SENTENCE = lazy_regex(
    rf"(?<=[.;] )({_KIND}) (?:form|word|verb|noun|partner|counterpart|equivalent|version) (?:of|for) [가-힣]+(?=[.,;:])",
    re.I,
)
_EFFECT = lazy_regex(
    rf"(?<![가-힣])({'|'.join(sorted(_KINDS, key=len, reverse=True))}) (raises|honou?rs|elevates|lowers|humbles) "
    r"(the speaker|yourself|oneself|your own|one's own|the one who (?:speaks|gives|asks)|the (?:subject|listener"
    r"|other person|person spoken of))"
)
_OTHERS = ("the subject", "the listener", "the other", "the person")
_PARENTHESES = lazy_regex(rf"\(({_KIND})(?:\)|[ ,;])", re.I)


@only_with("humble", "humbles", "honorific", "honors", "honours", "raises", "lowers")
def honor_labels(subject: Analysis | Card) -> Iterator[Finding]:
    """Report text that calls a humble word honorific, or the other way around."""
    if isinstance(subject, Analysis):
        yield from _of_itself(subject)
    yield from _beside(subject)


def _of_itself(analysis: Analysis) -> Iterator[Finding]:
    own = _KINDS.get(analysis.spoken, "")
    claims = [
        ("explanation", _FIRST.match(analysis.text("explanation"))),
        ("explanation", _SENTENCE.search(analysis.text("explanation"))),
        ("usage_context", _FIRST.match(analysis.text("usage_context"))),
    ]
    claims.append(("primary_meaning", _PARENTHESES.search(analysis.text("primary_meaning"))))
    for field, claim in claims if own else ():
        if claim and claim[1].lower() != own:
            yield SPEECH_LABEL.at(field, f"{analysis.spoken} is {own}, not {claim[1].lower()}")


def _beside(subject: Analysis | Card) -> Iterator[Finding]:
    for field, text in subject.prose:
        for word, kind in _NAMED.findall(text):
            if _KINDS[word] != kind.lower():
                yield SPEECH_LABEL.at(field, f"{word} is {_KINDS[word]}, not {kind.lower()}")
        for kind, word in _KIND_FIRST.findall(text):
            if _KINDS[word] != kind.lower():
                yield SPEECH_LABEL.at(field, f"{word} is {_KINDS[word]}, not {kind.lower()}")
        for word, effect, whom in _EFFECT.findall(text):
            raises, is_speaker = effect not in ("lowers", "humbles"), not whom.startswith(_OTHERS)
            if raises == is_speaker and not (is_speaker and _KINDS[word] == "honorific" and not raises):
                yield SPEECH_LABEL.at(field, f"it is false that {word} {effect} {whom}")
