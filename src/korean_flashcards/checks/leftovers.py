"""Nothing is left of the wrapping that a model's text came in: JSON, Markdown, HTML, the prompt, the assistant's talk."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.contracts import DraftCard, Finding, Nuance, Severity

JSON = Check(
    "leftover_json", Severity.ERROR, "pieces of JSON stand in the text", "quoted names with a colon, braces, escapes",
)  # fmt: skip
MARKDOWN = Check(
    "leftover_markdown", Severity.WARNING, "Markdown stands in the text", "fences, bold, headings, bullets, links, tables",
)  # fmt: skip
HTML = Check("leftover_html", Severity.WARNING, "HTML stands in the text", "tags and character entities")
PROMPT = Check(
    "prompt_leak", Severity.ERROR, "the text speaks of the task instead of the word",
    "phrases of assistants and prompts, names of fields, unfilled blanks",
)  # fmt: skip
CHECKS = (JSON, MARKDOWN, HTML, PROMPT)

_FIELD_NAMES = "|".join(
    sorted(name for name in {*Nuance.model_fields, *DraftCard.model_fields, "card_types"} if "_" in name)
)
_PATTERNS = (
    (JSON, re.compile(r'"[a-z_]+"\s*:|\{\s*"|"\s*\}|\\[nt"]|\\u[0-9a-fA-F]{4}|(?<!\w)null\s*[,}]|[\]}]\s*,\s*[\[{]')),
    (MARKDOWN, re.compile(r"```|\*\*[^*\n]+\*\*|__[^_\n]+__|^#{1,6} |^\s*[-*•] +\S|^\|.*\|$|\[[^\]\n]+\]\(\w+[^)\n]*\)", re.M)),
    (HTML, re.compile(r"</?(?:b|i|u|br|p|div|span|strong|em|ul|ol|li|h[1-6]|ruby|rt)\b[^>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);", re.I)),
    (PROMPT, re.compile(
        rf"\b(?:{_FIELD_NAMES})\b"
        r"|\bas an? (?:AI|language model|assistant)\b|\blanguage model\b|\bI(?: am|'m) (?:sorry|unable)\b[^.]*\b(?:cannot|can't|unable|assist)"
        r"|\bI cannot (?:assist|help|provide|fulfil)|\bhere (?:is|are) (?:the|your|a) (?:JSON|flashcards?|cards?|record|analysis|output)\b"
        r"|\bJSON\b|\b(?:system|user) prompt\b|\bknowledge cutoff\b|\bthe (?:user|prompt|instructions?) (?:asks?|says?|wants?|requires?|provided)\b"
        r"|\b(?:your|my) task\b|\bword count\b|\bcharacter limit\b|\blorem ipsum\b|\bTODO\b|\bTBD\b"
        r"|\{\{|\{(?:term|word|meaning|definition)\}|<(?:term|word|meaning|definition|insert)[^>]*>"
        r"|\[(?:term|word|meaning|definition|insert|your|example)\b[^\]]*\]|<\|[^|]*\|>|^(?:Input|Output|Assistant|User):",
        re.I | re.M)),
)  # fmt: skip


def leftovers_in_record(analysis: Analysis) -> Iterator[Finding]:
    """No text of the record has leftovers."""
    yield from _leftovers(analysis.prose)


def leftovers_on_card(card: Card) -> Iterator[Finding]:
    """Neither side of the card has leftovers."""
    yield from _leftovers(card.prose)


def _leftovers(prose: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    for field, text in prose:
        for check, pattern in _PATTERNS:
            if found := pattern.search(text):
                yield check.at(field, f"{check.meaning}: {found.group()[:40]!r}")
