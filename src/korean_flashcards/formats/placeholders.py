"""Recognize placeholders, which models write when they sketch a record or repeat the prompt's description of a field."""

import re
from functools import lru_cache
from typing import Any

# Signs, templates, and fillers that are never the text of a field.
_FILLER = re.compile(
    r"[!-/:-@[-`{-~…·⋯–—‘’“”「」。、]+|<[^<>]*>|\{+[^{}]*\}+|\[[^\[\]]*\]|\$\{?\w+\}?|%\w*%|x{3,}"
    r"|\((?:same as|see|as|like|copy|repeat|insert|fill|your|metaphor|explanation|to be|tbd|todo|none|unknown"
    r"|n/?a)\b[^()]*\)"
    r"|(?:insert|fill in|add|enter|your) (?:the |your |an? )?(?:text|value|meaning|metaphor|explanation|content)(?: here)?"
    r"|lorem ipsum\b.*",
    re.IGNORECASE | re.DOTALL,
)
# Words for a missing text. A word can mean one of these (미상 "unknown", 미정 "to be determined"), but no image is unknown.
_NAME = r"(?:text|value|meaning|metaphor|image|explanation|content|description|answer|sentence|word|field)"
_ABSENT = re.compile(
    r"n/?a|n\.a\.|tbd|tba|todo|none|null|nil|undefined|unspecified|unknown|ditto|coming soon"
    r"|(?:to be|yet to be) (?:determined|decided|defined|added|filled(?: in)?|done|provided|written|completed)"
    r"|not (?:applicable|available|specified|provided|sure|yet)|no (?:data|idea|answer|value|text|content)"
    r"|(?:same as|see|as) (?:(?:described|given|mentioned|stated) )?(?:the )?(?:above|before|below|previous)"
    rf"|(?:an? |the )?placeholder(?: {_NAME})?|(?:sample|dummy|example) (?:text|content|value)"
    r"|fill(?: it| this)? in(?: later)?"
    rf"|(?:your |the |some )?{_NAME} (?:goes |comes )?here|asdf\w*|qwerty|blah(?: blah)*"
    r"|없음|미정|해당 ?없음|추후 ?(?:작성|입력)|모름|无|暂无|待定|未定|不适用|なし|該当なし",
    re.IGNORECASE,
)
# Names of types. A short text can be one of these (a kite on a string, 가치 "value"), but no sentence is.
_TYPE = re.compile(
    r"string|str|text|any|value|example|sample|dummy|content|empty|blank|same|pending|to come|foo|bar|\d+",
    re.IGNORECASE,
)
# What prompts/nuance.md says about the fields. A copy ends at the first punctuation mark or is complete.
_DESCRIPTIONS = (
    "the meaning asked for, as a good dictionary glosses it; a word of context in parentheses if needed",
    "other senses of this word, and native homographs worth knowing, each with a short Korean cue; or null",
    "the memory image in one or two sentences, and why it is this word",
    "the one thing in the image that acts: concrete, 1–3 English words",
    "what it is doing, beginning with an -ing verb",
    "the place where it happens, precise enough to stand in",
    "one object in that place that can be held or touched",
    "what the object and the place feel, smell, sound or taste like: at least two senses",
    "how the word is built and works: form, particles, fixed partners, standard pronunciation if it surprises",
    "who says it to whom, spoken or written, where it would sound wrong; null if it fits everywhere",
    "who says it to whom, spoken or written, and where it would sound wrong; if it fits everywhere, where it is heard most; "
    "or null",
)
_COPIES = {copy.lower() for text in _DESCRIPTIONS for copy in (text, re.split("[,:;]", text)[0])}
_LONGEST = 160  # characters


def is_placeholder(value: Any, field: str = "") -> bool:
    """Return whether the value may replace missing text, such as "…", "string", "<text>", or a type's schema.

    Many such values in one record show that it is only a sketch. ``field``: a name that models repeat as its value.
    """
    text = _bare(value)
    if text is None:
        return isinstance(value, dict) and isinstance(value.get("type"), str | list)
    named = text.lower().replace("_", " ") == field.lower().replace("_", " ") != ""
    return named or _is_absent(text) or _TYPE.fullmatch(text) is not None


def is_absent(value: Any) -> bool:
    """Return whether the value says that a text is missing: "N/A", "to be determined", or a filler."""
    text = _bare(value)
    return text is not None and _is_absent(text)


def is_filler(value: Any) -> bool:
    """Return whether the value is certainly a placeholder: "xxx", "{{metaphor}}", or a copy of the prompt."""
    text = _bare(value)
    return text is not None and _is_filler(text)


# Each text of a record is tested several times.
@lru_cache(maxsize=64)
def _is_absent(bare: str) -> bool:
    return _is_filler(bare) or _ABSENT.fullmatch(bare) is not None


@lru_cache(maxsize=64)
def _is_filler(bare: str) -> bool:
    return _FILLER.fullmatch(bare) is not None or bare.lower().rstrip(" .") in _COPIES


def _bare(value: Any) -> str | None:
    """Return a short text without the punctuation around it, or None for any other value."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    if text[:1] == "(" and text[-1:] == ")":
        inner = text[1:-1].strip(" .…")
        text = inner if _ABSENT.fullmatch(inner) or _TYPE.fullmatch(inner) else text
    return text.rstrip(".…!").strip() or text
