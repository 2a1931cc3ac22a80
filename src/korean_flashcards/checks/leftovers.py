"""Find leftovers in model output: JSON, Markdown, HTML, parts of the prompt, and the assistant's remarks."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_words import is_known
from korean_flashcards.checks.signs import Signs
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import DraftCard, Finding, Nuance, Severity
from korean_flashcards.formats.card import GAP
from korean_flashcards.formats.refusals import without_quotations

JSON = Check(
    "leftover_json", Severity.ERROR, "The text contains fragments of JSON.",
    "Finds braces, escape sequences, and quoted names followed by a colon.",
)  # fmt: skip
MARKDOWN = Check(
    "leftover_markdown", Severity.WARNING, "The text contains Markdown.",
    "Finds code fences, bold text, headings, bullets, links, and tables.",
)  # fmt: skip
HTML = Check("leftover_html", Severity.WARNING, "The text contains HTML.", "Finds tags and character entities.")
PROMPT = Check(
    "prompt_leak", Severity.ERROR, "The text is about the task instead of the word.",
    "Finds phrases typical of assistants and prompts, field names, unfilled placeholders, and “N/A” in place of text.",
)  # fmt: skip
CHECKS = (JSON, MARKDOWN, HTML, PROMPT)

_FIELD_NAMES = "|".join(
    sorted(name for name in {*Nuance.model_fields, *DraftCard.model_fields, "card_types"} if "_" in name)
)
_JSON = (
    r'"[a-z_]+"\s*:\s*(?:["\[{]|null|true|false|-?\d)',
    r"[{}]", r'\\[nt"]', r"\\u[0-9a-fA-F]{4}", r"(?<!\w)null\s*\}", r"[\]}]\s*,\s*\{",
)  # fmt: skip
_MARKDOWN = (
    "```", r"\*\*", r"\$(?! )[^$\n]*[a-z가-힣][^$\n]*(?<! )\$", "^> ", r"(?<!\w)__\w[^_\n]*\w__(?!\w)",
    "^#{1,6} ", r"^\s*[-*•] +\S",
    r"^\|.*\|$", r"\[[^\]\n]+\]\(\w+[^)\n]*\)", r"`[^`\n]+`", r"~~[^~\n]+~~", r"(?<![\w=])==[^=\n]+==(?!=)",
    r"(?<![\w*])\*[^*\n ][^*\n]*\*(?![\w*])", r"(?<![\w_])_[^\W_][^_\n]*[^\W_]_(?![\w_])", r"^1\. .*\n+2\. ",
)  # fmt: skip
_HTML = (
    r"</?(?:b|i|u|s|br|hr|p|div|span|strong|em|small|mark|sup|sub|code|pre|font|center|ul|ol|li|dl|dt|dd|h[1-6]|ruby|rt|rp"
    r"|table|tbody|thead|tr|td|th|a|img|svg|audio|video|source|script|noscript|style|link|meta|iframe|object|embed|form|input|button"
    r"|details|summary|blockquote|section|article|html|head|body)\b[^>]*>",
    r"<!--", r"&(?:[a-z]{2,8}|#x?[0-9a-f]+);", r"\[/?(?:b|i|u|s|url|img|color|size|quote|code)\]", r"\[sound:",
    r"\\(?:textbf|textit|emph|underline)\{",
)  # fmt: skip
# Every match of the three lists above contains one of these characters, a bullet, a link, or a tag in brackets. Most text
# has none, so it is not searched.
_SIGNS, _BULLET = lazy_regex(r"""[{}<&"\\`*_#|•~=$>]"""), lazy_regex(r"^\s*(?:-|\d\.)", re.M)
_IN_BRACKETS = lazy_regex(r"\[(?:[^\]\n]+\]\(|/?(?:b|i|u|s|url|img|color|size|quote|code)\]|sound:)", re.I)
# Not the verb: "Which of them does this word count?"
_WORD_COUNT = r"(?<!this )(?<!that )(?<!the )word count|the word count(?= (?:is|of|must|should|limit|for)\b|[:=(])"
# The patterns are lowercase and share one word boundary. Each of these measures makes the search twice as fast.
_PHRASES = (
    _FIELD_NAMES, "json", "as an? (?:ai|language model)", "language model", "knowledge cutoff", "(?:system|user) prompt",
    r"here (?:is|are) (?:the|your|a) (?:\w+ )?(?:json|flashcards?|record|analysis|output)",
    "the (?:user|prompt|instructions?) (?:asks?|says?|wants?|requires?|provided)", _WORD_COUNT, "character limit",
    "lorem ipsum", "todo", "tbd",
)  # fmt: skip
_PROMPT = (
    rf"\b(?:{'|'.join(_PHRASES)})\b", r"\{\{", r"<\|[^|]*\|>", "^(?:input|output|assistant|user):",
    r"[{<\[](?:term|word|meaning|definition|insert|your|example|translation|sentence|korean|english|source|name)\b[^\]>}]{0,40}[}>\]]",
)  # fmt: skip
# A sentence or a field of these words alone: "N/A", "See above."
_NOTHING = (
    "n/a|nan|null|undefined|placeholder|(?:see|same as) (?:above|below)|xxx+|not (?:applicable|available)"
    "|to be (?:added|filled|done)|coming soon|text here"
)
_SHORT = 30  # letters
_EMPTY_SENTENCE = lazy_regex(rf"(?<![\w/])(?:n/a|xxx+)(?![\w/])|(?:^|[.!?:] |\n)\s*(?:{_NOTHING})\s*(?:[.!?\n]|\Z)")
_EMPTY_FIELD = lazy_regex(
    rf"\W*(?:{_NOTHING}|text|string|tests?|none|see (?:the )?(?:explanation|metaphor|analysis)|a place)\W*|[-–—.…?*_/ ]+"
)
# [Korean sentence], [citation needed]
_BRACKETED = lazy_regex(r"\[([a-z]+(?: [a-z'-]+)+)\]")
# Every match of the list above and of the pattern below contains one of these. Most text has none.
_PROMPT_SIGNS = Signs(
    "json", "ai", "language model", "knowledge cutoff", "prompt", "here is ", "here are ", "the user", "the instruction",
    "word count", "character limit", "lorem ipsum", "todo", "tbd", "input:", "output:", "assistant:", "user:", "i can",
    "i am unable", "n/a", "nan", "null", "undefined", "placeholder", "see above", "see below", "same as ", "xxx",
    "not applicable", "not available", "to be added", "to be filled", "to be done", "coming soon", "text here",
)  # fmt: skip
_PLACEHOLDER, _NAME = (
    lazy_regex(
        r"[{<\[](?:term|word|meaning|definition|insert|your|example|translation|sentence|korean|english|source|name)"
    ),
    lazy_regex("[a-z]_[a-z]"),
)
# An example may quote a refusal ("I'm sorry, but I can't help you with that"), so only the rest of the text is searched.
_DECLINES = lazy_regex(
    r"\bi (?:cannot|can['’]t|am unable to) (?:assist|help|comply|fulfil|provide)\b.{0,20}\b(?:request|that|this)\b"
)
# Before each pattern stand characters, one of which it needs. Brackets of IPA and quotation marks are frequent.
_WRAPPINGS = tuple(
    (check, lazy_regex(signs, re.M), lazy_regex("|".join(parts), re.I | re.M))
    for check, signs, parts in (
        (JSON, r'[{}"\\]', _JSON), (MARKDOWN, r"[`*_#|~=•$>]|\]\(|^\s*(?:-|\d\.)", _MARKDOWN),
        (HTML, r"[<&\\]|\[[/a-zA-Z]", _HTML),
    )
)  # fmt: skip
_SPEAKS_OF_THE_TASK = lazy_regex("|".join(_PROMPT), re.M)


def leftovers_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report leftovers in the record's text fields."""
    yield from _leftovers(analysis)


def leftovers_on_card(card: Card) -> Iterator[Finding]:
    """Report leftovers on either side of the card."""
    yield from _leftovers(card)


def _is_wrapped(text: str) -> bool:
    """Return whether the text may contain JSON, Markdown, or HTML. A gap in an example is not Markdown."""
    if _SIGNS.search(text.replace(GAP, "")) or ("[" in text and _IN_BRACKETS.search(text)):
        return True
    return ("-" in text or "1." in text) and _BULLET.search(text) is not None


def _may_be_about_the_task(subject: Analysis | Card) -> bool:
    text = subject.all_prose
    if (
        _PROMPT_SIGNS.found_in(subject)
        or "{{" in text
        or ("[" in text and _BRACKETED.search(text))
        or "<|" in text
        or _PLACEHOLDER.search(text)
    ):
        return True
    return "_" in text and _NAME.search(text) is not None


def _leftovers(subject: Analysis | Card) -> Iterator[Finding]:
    is_wrapped = _is_wrapped(subject.all_prose)
    is_about_the_task = _may_be_about_the_task(subject)
    for field, text in subject.prose:
        if len(text) < _SHORT and (empty := _EMPTY_FIELD.fullmatch(text.lower())):
            yield _finding(PROMPT, field, empty)
    for field, text in subject.prose if is_wrapped or is_about_the_task else ():
        for check, signs, pattern in _WRAPPINGS if is_wrapped and _is_wrapped(text) else ():
            if signs.search(text) and (found := pattern.search(text)):
                yield _finding(check, field, found)
        if not is_about_the_task:
            continue
        lower = text.lower()
        if (
            found := _SPEAKS_OF_THE_TASK.search(lower)
            or _EMPTY_SENTENCE.search(lower)
            or _placeholder(lower)
            or (_DECLINES.search(lower) and _DECLINES.search(without_quotations(lower)))
        ):
            yield _finding(PROMPT, field, found)


def _placeholder(lower: str) -> re.Match[str] | None:
    """Return English words in brackets. Pronunciations in brackets are not English words."""
    return next((found for found in _BRACKETED.finditer(lower) if all(map(is_known, found[1].split()))), None)


def _finding(check: Check, field: str, found: re.Match[str]) -> Finding:
    meaning = check.meaning[0].lower() + check.meaning[1:].removesuffix(".")
    return check.at(field, f"{meaning}: {found.group()[:40]!r}")
