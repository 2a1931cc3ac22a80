"""Parse a judge's reply into its ratings of the requested word and the faults that it names."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.records import FailureCode, Fault, Judgement, Problem, Rating, ReplyError
from korean_flashcards.formats.json_text import find_json, unwrapped
from korean_flashcards.formats.nuance_reply import contract_message, problems_of
from korean_flashcards.formats.record_search import RecordShape
from korean_flashcards.formats.same_word import same_word

# The field of a request in format 2 that lists the findings of the checks.
FINDINGS = "findings"
_COMPLETE = 100
CRITERIA = tuple(name for name in Judgement.model_fields if name not in ("term", "faults"))


def read_judgement(text: str, word: str, request: Mapping[str, Any] | None = None) -> Judgement:
    """Return the ratings and faults in ``text``. Additional fields are ignored.

    Args:
        text: The reply.
        word: The requested word.
        request: The request, or None if it is unknown. A request in format 2 has findings. Its reply must have faults,
            even if the list is empty, and each must be on a requested card. A reply in format 1 needs no faults.

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
    fields = {name: _only(Rating, reply[name]) for name in CRITERIA if name in reply}
    fields |= {"faults": _faults(reply["faults"])} if "faults" in reply else {}
    try:
        judgement = Judgement.model_validate({"term": word, **fields})
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error)) from error
    if request and FINDINGS in request and (problem := _problem(reply, judgement, request)):
        raise ReplyError(FailureCode.CONTRACT, problem, (Problem("faults", problem),))
    return judgement


def _problem(reply: Mapping[str, Any], judgement: Judgement, request: Mapping[str, Any]) -> str | None:
    """Return why the faults do not belong to the request, or None if they do."""
    if "faults" not in reply:
        return "faults is missing; it must be a list, and an empty one if there are no faults"
    known = {"analysis", *(card["tab_name"] for card in request["cards"])}
    unknown = [fault.card for fault in judgement.faults if fault.card not in known]
    return f"faults: there is no card {unknown[0]} in the request" if unknown else None


def _score(value: Any, word: str) -> int:
    """Return how many ratings the value has. A complete judgment scores more, and most if it is about the word."""
    found = value.keys() & set(CRITERIA) if isinstance(value, dict) else ()
    if len(found) < len(CRITERIA):
        return len(found)
    return _COMPLETE + same_word(str(value.get("term") or ""), word)


def _faults(value: Any) -> Any:
    """Return the faults with only their own fields. One fault without a list is a list of one fault."""
    faults = [value] if isinstance(value, dict) and value else value
    return [_only(Fault, fault) for fault in faults] if isinstance(faults, list) else faults


def _only(record: type[Rating] | type[Fault], value: Any) -> Any:
    """Return a record's value with only the fields of the record."""
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in record.model_fields if name in value}


def _whole(value: Any) -> bool:
    """Return whether a reply without its closing brackets contains all ratings and both fields of the last rating.

    A reply that ends in the list of faults does not count as complete, because some faults may be missing.
    """
    reply = unwrapped(value)
    if not isinstance(reply, dict) or not reply.keys() >= set(CRITERIA):
        return False
    last = reply[list(reply)[-1]]
    if isinstance(last, list):
        return False
    return not isinstance(last, dict) or {"reason", "rating"} <= last.keys()
