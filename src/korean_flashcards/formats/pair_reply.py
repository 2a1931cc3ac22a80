"""Parse the judge's reply to the question which of two sets of cards is better."""

from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.pair_choice import PairChoice
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_text import find_json, unwrapped
from korean_flashcards.formats.nuance_reply import contract_message, problems_of
from korean_flashcards.formats.record_search import RecordShape
from korean_flashcards.formats.same_word import same_word

_FIELDS = tuple(PairChoice.model_fields)


def read_pair_choice(text: str, word: str) -> PairChoice:
    """Return the choice in ``text``. Additional fields are ignored.

    Raises:
        ReplyError: The reply is invalid. The code is ``wrong_word``, ``contract``, or a code from ``find_json``.
    """
    reply = unwrapped(find_json(text, RecordShape(_score, len(_FIELDS), _whole)))
    if not isinstance(reply, dict):
        raise ReplyError(FailureCode.MALFORMED, f"expected one JSON object, found an array of length {len(reply)}")
    about = str(reply.get("term") or "")
    if not same_word(about, word):
        raise ReplyError(FailureCode.WRONG_WORD, f"the reply is about {about[:60]!r}, not about {word!r}")
    choice = reply.get("choice")
    given = {**reply, "choice": choice.strip().lower() if isinstance(choice, str) else choice}
    try:
        return PairChoice.model_validate({name: given[name] for name in _FIELDS if name in given})
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error)) from error


def _score(value: Any) -> int:
    return len(value.keys() & set(_FIELDS)) if isinstance(value, dict) else 0


def _whole(value: Any) -> bool:
    """Return whether a reply that lacks only its closing brackets has all fields."""
    return _score(unwrapped(value)) == len(_FIELDS)
