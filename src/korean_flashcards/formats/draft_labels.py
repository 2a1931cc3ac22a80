"""Recognize labels of drafts and examples, because models also show versions that are not the answer.

A label is a key ("rejected"), or the text directly before a record ("My earlier version was").
"""

import re
from functools import cache
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex

_DRAFT = (
    r"(?:reject|discard|dismiss|drop|abandon|delet|remov|deprecat|supersed|outdat|replac)ed|discards?|unused|obsolete"
    r"|previous(?:ly)?|prior|earlier|older|old|original(?:ly)?|initial(?:ly)?|before"
    r"|first (?:draft|version|attempt|try|idea|take|pass|answer)|alternatives?|alternate|alt|drafts?|rough|wrong"
    r"|incorrect|bad|worse|weaker|scrapped|failed|backup|variant|runner[ -]?up|not (?:used|chosen|selected)|unchosen"
)
_DRAFT_CJK = "초안|이전|기존|원래|수정 ?전|폐기|버린|대안|草稿|初稿|旧|舊|原来|原來|之前|下書き|以前|修正前|変更前|没案"
_NOUN = (
    r"(?:drafts?|versions?|attempts?|alternatives?|answers?|records?|try|candidates?|options?|outputs?|ideas?"
    r"|ones?|json|cards?|texts?|response|reply|analysis|entry|object|value|state|result|flashcards?|scene|metaphor|image|\d+|[a-z]"
    r"|first|second|rejected|discarded)"
)
_NOUN_CJK = r"(?:버전|답변?|시도|안|版本?|案|バージョン)"
_OPENER = (
    r"(?:(?:for (?:reference|comparison|the record)|as (?:a )?reference|instead of|rather than"
    r"|compared? (?:with|to)|unlike|not|note|here (?:is|was|are)|this (?:is|was)|that (?:is|was)|it was"
    r"|i (?:had|first|wrote|initially|originally|also|had first)"
    r"|(?:first )?(?:wrote|tried|considered|drafted|had|thought of)|my|the|an?|your|which|and)[\s,:]+)*"
)
_VERB = (
    r"(?:was|is|were|had been|would have been|read|looked like(?: this)?|said|i (?:wrote|had|considered|tried)"
    r"|(?:was )?as follows)"
)
_EARLIER = r"(?:at first|first|initially|originally|before|earlier)"
# "I tried …", but of "I wrote …" only "I first wrote …" and "I wrote … before".
_PAST = (
    rf"(?:(?:{_EARLIER}\s+|had\s+|also\s+)*(?:tried|considered|drafted|rejected|discarded|dropped|threw (?:away|out)"
    rf"|started (?:with|from)|began with|decided against)(?:\s+{_EARLIER})?"
    rf"|(?:had\s+)?{_EARLIER}\s+(?:had|wrote|thought of)|(?:had|wrote|thought of)\s+{_EARLIER})"
)
_LABEL = (
    rf"\W*{_OPENER}(?:(?:{_DRAFT})(?:[\s_-]+{_NOUN})*(?:[\s,]+(?:{_VERB}|not (?:used|chosen|selected)))*"
    rf"|(?:(?:what|(?:{_NOUN}\s+)+(?:that |which )?)\s*)?\bi\s+{_PAST}(?:[\s,]+{_VERB})*"
    rf"|(?:{_NOUN}\s+)+\((?:{_DRAFT})[^()]*\)|(?:not|do not use|don['’]t use)\s+(?:this|that|these)(?:\s+{_NOUN})*"
    rf"|(?:{_DRAFT_CJK})\s?(?:{_DRAFT_CJK})?\s?{_NOUN_CJK}?"
    r"(?:[은는이가]?\s?(?:다음과 같습니다|다음과 같았습니다|이랬습니다))?)"
    r"\s*(?:\([^()]*\))?[\s:：\-–—(*_\[]*"
)
# The label of something that is neither an answer nor a draft. It may precede a few fields, but not a complete answer.
_EXAMPLE = lazy_regex(
    r"\b(?:formats?|templates?|examples?|schema|structure|e\.g|i\.e|such as|asked|input|question|request(?:ed)?|for instance"
    r"|next word|other words?|instead of|quot\w+|prompt)\b",
    re.IGNORECASE,
)
_TAG = lazy_regex(r"</?[a-z][^<>]*>", re.IGNORECASE)
_LINE_END = lazy_regex(r"[.!?。！？]\s|\n\s*\n|\n(?=\S)|[;；]\s")
_DRAFT_KEY = lazy_regex(
    r"reasoning|thinking|thoughts?|scratchpad|question|request|critique|drafts?|(?:reject|discard|delet|abandon)ed"
    r"|discard|previous|prior|earlier|older|old|original|initial|first|before|alternatives?|alternate|rough|wrong|incorrect|bad|worse|backup|unused|obsolete|loser|losing|failed|superseded|replaced",
)
_ANSWER_KEY = lazy_regex(r"final|revised|corrected|improved|new|better|best|after|chosen|selected|accepted|fixed")
_MARKS = ("status", "state", "label", "kind", "version", "stage", "name", "title")
_LONGEST = 160  # characters of text before a record


def is_draft_key(key: str) -> bool:
    """Return whether a key names a draft or the model's reasoning, as in ``{"answer": …, "rejected": …}``."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+", " ", key).lower().split()
    named = any(map(_DRAFT_KEY.fullmatch, words)) or re.search(_DRAFT_CJK, key) is not None
    return named and not any(map(_ANSWER_KEY.fullmatch, words))


def is_marked_as_draft(value: Any) -> bool:
    """Return whether an object says that it is a draft, as in ``{"status": "draft", "record": …}``."""
    marks = [value[name] for name in _MARKS if name in value] if isinstance(value, dict) else []
    return any(isinstance(mark, str) and len(mark) < _LONGEST and is_draft_key(mark) for mark in marks)


def is_draft_label(before: str) -> bool:
    """Return whether the text before a record labels the record as a draft."""
    last = _last_clause(before)
    return last.endswith(("~~", "/*")) or _label().fullmatch(last) is not None


def is_example_label(before: str) -> bool:
    """Return whether the text before a value labels it as a quotation, an example, or a part of the request."""
    return _EXAMPLE.search(_last_clause(before)) is not None


@cache
def _label() -> re.Pattern[str]:
    """Return the pattern of a label. Compiling it takes 40 ms, and most commands do not need it."""
    return re.compile(_LABEL, re.IGNORECASE)


def _last_clause(before: str) -> str:
    """Return the end of the text after the last sentence and the last line break, without tags and an opening fence."""
    text = _TAG.sub(" ", before[-_LONGEST:])
    text = re.sub(r"(?:```[\w-]*|~~~+[\w-]*)?\s*\Z", "", text).rstrip()
    return _LINE_END.split(text)[-1]
