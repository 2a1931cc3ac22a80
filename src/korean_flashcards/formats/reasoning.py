"""Remove the reasoning that some models write around their answer.

Reasoning often contains drafts of the answer. Tags may be unpaired: chat templates add the opening tag to the prompt, and
a reply may end before the closing tag.
"""

import json
import re
from collections.abc import Iterator

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.draft_labels import is_draft_key
from korean_flashcards.formats.json_values import OPENING

_NAMES = r"(?:seed:)?(?:think|thinking|thoughts?|reason|reasoning|reflection|scratchpad|cot|draft|inner_monologue)"
# The alternatives are XML tags, Mistral's tags, special tokens, Kimi's tags, and harmony channels (gpt-oss). In the
# harmony format, the answer is in the channel "final", or in "commentary" if it is a tool call. Some servers remove the
# special tokens, which leaves "assistantfinal".
_TAG = re.compile(
    rf"(?P<opens><{_NAMES}(?:\s[^<>]*)?>|\[{_NAMES}\]|<\|(?:begin_of_|start_)?{_NAMES}\|>|◁{_NAMES}▷"
    r"|<\|channel\|?>\s*(?:analysis|thought)\b)"
    rf"|(?P<closes></{_NAMES}\s*>|\[/{_NAMES}\]|<\|(?:end_of_|end_|/){_NAMES}\|>|◁/{_NAMES}▷)|<channel\|>"
    r"|<\|channel\|?>\s*(?:final|commentary)\b|assistantfinal",
    re.IGNORECASE,
)
# Comments and tags that may be named after a draft, as in ``<discarded>``. They count only in pairs.
_MARK = re.compile(r"<!--|-->|<(?P<end>/?)(?P<name>[a-z][\w-]*)(?:\s[^<>]*)?>", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)
# Maximum number of brackets to try when looking for tags inside JSON strings.
_MOST_OPENINGS = 200


def without_reasoning(text: str) -> str:
    """Return the text outside of the reasoning, of comments, and of tags that name a draft.

    A tag inside a JSON string is part of the answer. If the text has nothing after an unpaired closing tag, the tag is
    only a leftover of the chat template.

    Raises:
        ReplyError: Nothing remains. The code is ``cut_short`` if the reasoning never ends, and ``empty`` otherwise.
    """
    tags = _outside_json(text, list(_TAG.finditer(text)))
    kept: list[str] = []
    start, inside = 0, False
    for tag in tags:
        if tag["opens"]:
            if not inside:
                kept.append(text[start : tag.start()])
            inside = True
        elif not inside and tag["closes"] and not text[tag.end() :].strip():
            kept.append(text[start : tag.start()])
            start = tag.end()
        else:
            if not inside:  # the opening tag was part of the prompt
                kept.clear()
            start, inside = tag.end(), False
    if not inside:
        kept.append(text[start:])
    answer = _without_drafts("\n".join(kept))
    if answer.strip():
        return answer
    if inside:
        raise ReplyError(FailureCode.CUT_SHORT, "the reply ends before the model's reasoning does")
    raise ReplyError(FailureCode.EMPTY, "the reply contains only the model's reasoning")


def _without_drafts(text: str) -> str:
    """Return the text without comments and without tags that name a draft, together with what they contain."""
    kept: list[str] = []
    start, opened = 0, ""
    found = _MARK.finditer(text) if "<" in text else ()
    marks = _outside_json(text, [mark for mark in found if _names_draft(mark)])
    # Without its end, a mark hides nothing.
    last_end = {_mark_name(mark): mark.start() for mark in marks if _is_end(mark)}
    for mark in marks:
        name = _mark_name(mark)
        if not opened and not _is_end(mark) and last_end.get(name, -1) > mark.start():
            kept.append(text[start : mark.start()])
            opened = name
        elif opened == name and _is_end(mark):
            start, opened = mark.end(), ""
    return "\n".join([*kept, text[start:]]) if kept else text


def _names_draft(mark: re.Match[str]) -> bool:
    return mark["name"] is None or is_draft_key(mark["name"])


def _mark_name(mark: re.Match[str]) -> str:
    return (mark["name"] or "comment").lower()


def _is_end(mark: re.Match[str]) -> bool:
    return mark[0] == "-->" or bool(mark["end"])


def _outside_json(text: str, tags: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the tags that are not inside JSON."""
    spans = list(_json_spans(text)) if tags else []
    return [tag for tag in tags if not any(start < tag.start() < end for start, end in spans)]


def _json_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each valid JSON object or array in the text."""
    position = 0
    for _ in range(_MOST_OPENINGS):
        if (opening := OPENING.search(text, position)) is None:
            return
        try:
            _, position = _DECODER.raw_decode(text, opening.start())
            yield opening.start(), position
        except (ValueError, RecursionError):
            position = opening.start() + 1
