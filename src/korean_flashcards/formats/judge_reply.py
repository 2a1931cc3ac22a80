"""Parse a judge's reply into its ratings of the requested word."""

from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.records import FailureCode, Judgement, ReplyError
from korean_flashcards.formats.json_text import find_json, unwrapped
from korean_flashcards.formats.nuance_reply import contract_message, problems_of
from korean_flashcards.formats.record_search import RecordShape
from korean_flashcards.formats.same_word import same_word

_COMPLETE = 100
CRITERIA = tuple(name for name in Judgement.model_fields if name != "term")


def read_judgement(text: str, word: str) -> Judgement:
    """Return the ratings in ``text``. Additional fields are ignored.

    Raises:
        ReplyError: The reply is invalid. The code is ``wrong_word``, ``contract`` (with the criteria and the broken
            rules), or a code from ``find_json``.
    """
    reply = unwrapped(find_json(text, RecordShape(lambda value: _score(value, word), _COMPLETE, _whole)))
    if not isinstance(reply, dict):
        raise ReplyError(FailureCode.MALFORMED, f"expected one JSON object, found an array of length {len(reply)}")
    about = str(reply.get("term") or "")
    if not same_word(about, word):
        raise ReplyError(FailureCode.WRONG_WORD, f"the reply is about {about[:60]!r}, not about {word!r}")
    fields = {name: _rating(reply[name]) for name in CRITERIA if name in reply}
    try:
        return Judgement.model_validate({"term": word, **fields})
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error)) from error


def _score(value: Any, word: str) -> int:
    """Return how many ratings the value has. A complete judgment scores more, and most if it is about the word."""
    found = value.keys() & set(CRITERIA) if isinstance(value, dict) else ()
    if len(found) < len(CRITERIA):
        return len(found)
    return _COMPLETE + same_word(str(value.get("term") or ""), word)


def _rating(value: Any) -> Any:
    """Return a rating with only its two fields, ``reason`` and ``rating``."""
    return {name: value[name] for name in ("reason", "rating") if name in value} if isinstance(value, dict) else value


def _whole(value: Any) -> bool:
    """Return whether a reply without its closing brackets contains all ratings and both fields of the last rating."""
    reply = unwrapped(value)
    if not isinstance(reply, dict) or not reply.keys() >= set(CRITERIA):
        return False
    last = reply[list(reply)[-1]]
    return not isinstance(last, dict) or {"reason", "rating"} <= last.keys()
