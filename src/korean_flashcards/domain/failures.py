"""What each failure means: whether a new request can help, whether it speaks of an outage, and what a person can do."""

from typing import Literal, NamedTuple

from korean_flashcards.domain.records import FailureCode

# access: the provider refuses us; provider: it cannot answer now; request: it refuses this request; reply: its reply
# must not be used; word: what the list says does not suffice; program: ours.
Group = Literal["access", "provider", "request", "reply", "word", "program"]


class FailureKind(NamedTuple):
    """``retry``: a new request may help. ``outage``: counts for the circuit breaker. ``parent``: the broader code."""

    group: Group
    retry: bool
    advice: str
    outage: bool = False
    parent: FailureCode | None = None


_AGAIN = "run again: only the missing words are requested"
_REPLY = _AGAIN + "; if it keeps coming, try another model or prompt"

KINDS: dict[FailureCode, FailureKind] = {
    FailureCode.AUTHENTICATION: FailureKind("access", False, "check the key (`kedro llm doctor`), then run again"),
    FailureCode.PERMISSION: FailureKind("access", False, "the key may not use this model: choose another, or allow it"),
    FailureCode.QUOTA: FailureKind("access", False, "add credit at the provider or choose another model, then run again"),
    FailureCode.RATE_LIMIT: FailureKind("provider", True, "lower llm.rates.rpm to what the provider allows, then run again"),
    FailureCode.TIMEOUT: FailureKind("provider", True, _AGAIN + ", or raise llm.timeout", outage=True),
    FailureCode.CONNECTION: FailureKind("provider", True, "check the network and llm.api_base, then " + _AGAIN, outage=True),
    FailureCode.PROVIDER_OUTAGE: FailureKind("provider", True, "the provider is down: later, " + _AGAIN, outage=True),
    FailureCode.CONTEXT_LENGTH: FailureKind(
        "request", False, "the request is too long for the model: shorten the row's texts"
    ),
    FailureCode.BAD_REQUEST: FailureKind(
        "request", False, "the provider rejected the request: see the message in the failures"
    ),
    FailureCode.REFUSED: FailureKind(
        "reply", False, "the model declined: rephrase the definition or use another model"
    ),
    FailureCode.CUT_SHORT: FailureKind("reply", True, "raise llm.max_tokens or choose another model, then run again"),
    FailureCode.MALFORMED: FailureKind("reply", True, _REPLY),
    FailureCode.EMPTY: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.HEADER_ONLY: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.WRONG_COLUMNS: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.CONTRACT: FailureKind("reply", True, _REPLY),
    FailureCode.MISSING_CARD: FailureKind("reply", True, _REPLY, parent=FailureCode.CONTRACT),
    FailureCode.UNEXPECTED_CARD: FailureKind("reply", True, _REPLY, parent=FailureCode.CONTRACT),
    FailureCode.DUPLICATE_CARD: FailureKind(
        "reply", True, "its cards repeat another card: give the word another definition or use another model",
        parent=FailureCode.CONTRACT,
    ),
    FailureCode.WRONG_WORD: FailureKind("reply", True, "run again; a definition in the list helps the model"),
    FailureCode.NO_CARD_TYPE: FailureKind(
        "word", False, "no card type fits: add Scene to parameters_flashcards.yml"
    ),
    FailureCode.NO_DEFINITION: FailureKind("word", False, "no definition in the list: add one or use a model"),
    FailureCode.NO_PRONUNCIATION: FailureKind(
        "word", False, "digits or Latin letters: write the term in Hangul or use a model"
    ),
    FailureCode.INTERRUPTED: FailureKind(
        "program", True, "a run died during the call; it is counted at the most it can have cost: " + _AGAIN
    ),
    FailureCode.INTERNAL: FailureKind("program", True, "a mistake of the program: please report it with the message"),
}  # fmt: skip

# Failures that are found when cards are read from a reply: the ledger has the task as done, and only the layers have them.
FOUND_IN_LAYERS = (FailureCode.NO_CARD_TYPE, FailureCode.DUPLICATE_CARD)
FAILURE_LAYERS = {"nuance": "nuance_failures", "flashcards": "flashcard_failures"}


def advice(code: str) -> str:
    """Return what a person can do about a failure; codes of an older release get the general advice."""
    known = code in FailureCode.__members__.values()
    return KINDS[FailureCode(code)].advice if known else _AGAIN
