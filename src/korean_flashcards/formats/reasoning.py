"""Remove the reasoning that some models write around their answer.

Reasoning often contains drafts of the answer. Tags may be unpaired: chat templates add the opening tag to the prompt, and
a reply may end before the closing tag.
"""

import json
import re
from collections.abc import Iterator

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_values import OPENING

_NAMES = r"(?:seed:)?(?:think|thinking|thoughts?|reason|reasoning|reflection|scratchpad|cot|draft|inner_monologue)"
# The alternatives are XML tags, Mistral's tags, special tokens, Kimi's tags, and harmony channels (gpt-oss). In the
# harmony format, the answer is in the channel "final", or in "commentary" if it is a tool call. Some servers remove the
# special tokens, which leaves "assistantfinal".
_TAG = re.compile(
    rf"(?P<opens><{_NAMES}(?:\s[^<>]*)?>|\[{_NAMES}\]|<\|(?:begin_of_|start_)?{_NAMES}\|>|◁{_NAMES}▷"
    r"|<\|channel\|?>\s*(?:analysis|thought)\b)"
    rf"|</{_NAMES}\s*>|\[/{_NAMES}\]|<\|(?:end_of_|end_|/){_NAMES}\|>|◁/{_NAMES}▷"
    r"|<\|channel\|?>\s*(?:final|commentary)\b|assistantfinal",
    re.IGNORECASE,
)
_DECODER = json.JSONDecoder(strict=False)
# Maximum number of brackets to try when looking for tags inside JSON strings.
_MOST_OPENINGS = 200


def without_reasoning(text: str) -> str:
    """Return the text outside of the reasoning. A tag inside a JSON string is part of the answer.

    Raises:
        ReplyError: Nothing remains. The code is ``cut_short`` if the reasoning never ends, and ``empty`` otherwise.
    """
    tags = list(_TAG.finditer(text))
    if tags:
        spans = list(_json_spans(text))
        tags = [tag for tag in tags if not any(start < tag.start() < end for start, end in spans)]
    if not tags:
        return text
    kept: list[str] = []
    start, inside = 0, False
    for tag in tags:
        if tag["opens"]:
            if not inside:
                kept.append(text[start : tag.start()])
            inside = True
        else:
            if not inside:  # the opening tag was part of the prompt
                kept.clear()
            start, inside = tag.end(), False
    if not inside:
        kept.append(text[start:])
    answer = "\n".join(kept)
    if answer.strip():
        return answer
    if inside:
        raise ReplyError(FailureCode.CUT_SHORT, "the reply ends before the model's reasoning does")
    raise ReplyError(FailureCode.EMPTY, "the reply contains only the model's reasoning")


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
