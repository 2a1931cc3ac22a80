"""Check the forms of verbs whose stem inflects in two ways, judging by the meaning that the text gives: 걷다, 묻다, 굽다."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.korean_forms import WRONG_INFLECTION
from korean_flashcards.checks.korean_text import korean_of
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding

# The stem, its form before a vowel, the English of the irregular verb, and the English of the regular one.
_STEMS = (
    ("걷", "걸", lazy_regex(r"\bwalk"), lazy_regex(r"\b(?:roll(?:s|ed|ing)? up|collect)")),
    ("묻", "물", lazy_regex(r"\b(?:ask|question|inquire)"), lazy_regex(r"\b(?:bur(?:y|ied)|stain|smear|stick|dirt)")),
    ("굽", "구", lazy_regex(r"\b(?:bak|grill|roast|broil|toast)"), lazy_regex(r"\b(?:bend|bent|curv|stoop|crook)")),
)
_BEFORE_VOWEL = "어었은을으"
_FUSED = {"어": "워", "었": "웠", "은": "운", "을": "울", "으": "우"}


@only_with(*(stem + vowel for stem, *_ in _STEMS for vowel in _BEFORE_VOWEL))
def homograph_stems(subject: Analysis | Card) -> Iterator[Finding]:
    """Report regular forms of an irregular verb."""
    meaning = f"{subject.analysis.definition} {subject.analysis.text('primary_meaning')} {subject.all_prose}".lower()
    for stem, changed, irregular, regular in _STEMS:
        if irregular.search(meaning) is None or regular.search(meaning) is not None:
            continue
        for stretch in korean_of(subject):
            for wrong in re.findall(f"(?<![가-힣]){stem}[{_BEFORE_VOWEL}][가-힣]*", stretch.korean):
                if wrong not in subject.analysis.word and not stretch.is_mistake:
                    end = _FUSED[wrong[1]] if stem == "굽" else wrong[1]
                    message = f"{wrong} in “{stretch.korean}” is wrong: write {changed}{end}{wrong[2:]}"
                    yield WRONG_INFLECTION.at(stretch.field, message)
