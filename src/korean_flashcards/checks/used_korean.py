"""Yield the Korean in a record or on a card that is shown as right, with its fields."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.korean_text import Stretch, is_copied, korean_of
from korean_flashcards.checks.subject import Analysis, Card

# 제가 드셨어요 would raise yourself, 질문 계세요 is not used
_REJECTED = re.compile(
    r"[\s)\"'”’]*(?:would|sounds?|could|cannot|can't|makes? (?:the|your|no)|nobody|never"
    r"|(?:is|are|does|do|was) (?:not|never|no\b)"
    r"|(?:is|are|does|do|was)n't|fails?|hurts?|breaks?|turns?|tells? the)\b"
)


def used_korean(subject: Analysis | Card) -> Iterator[Stretch]:
    """Yield the Korean that is not called a mistake, rejected by the text after it, or copied from the word list."""
    analysis = subject.analysis if isinstance(subject, Card) else subject
    for stretch in korean_of(subject):
        if not (stretch.on_purpose or is_rejected(stretch) or is_copied(stretch, analysis)):
            yield stretch


def is_rejected(stretch: Stretch) -> bool:
    """Return whether the text after untranslated Korean says that people do not say it."""
    return not stretch.translation and _REJECTED.match(stretch.after) is not None
