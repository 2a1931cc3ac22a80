"""Explain each failure code: whether a retry can help, whether it counts as an outage, and what the user can do."""

from typing import Literal, NamedTuple

from korean_flashcards.domain.records import FailureCode

# access: the provider refuses every request. provider: it cannot reply now. request: it rejects this request.
# reply: the reply must not be used. word: the word list has too little information. program: the run failed.
Group = Literal["access", "provider", "request", "reply", "word", "program"]


class FailureKind(NamedTuple):
    """Describe one failure code.

    Attributes:
        group: What the failure is about.
        retry: Whether sending the request again can help.
        advice: What the user can do: a clause that begins with a verb and has no final period.
        outage: Whether the circuit breaker counts the failure.
        parent: The broader code, if there is one.
    """

    group: Group
    retry: bool
    advice: str
    outage: bool = False
    parent: FailureCode | None = None


_RETRY = "retry with `kedro run`, which requests only the missing words"
_REPLY = _RETRY + "; if the failure persists, use another model or change the prompt"

KINDS: dict[FailureCode, FailureKind] = {
    FailureCode.AUTHENTICATION: FailureKind(
        "access", False,
        "correct the API key in the environment or in conf/local/credentials.yml, test it with `kedro llm doctor`, then "
        "retry with `kedro run`",
    ),
    FailureCode.PERMISSION: FailureKind(
        "access", False,
        "choose a model that your API key may use, test it with `kedro llm doctor`, then retry with `kedro run`",
    ),
    FailureCode.QUOTA: FailureKind(
        "access", False, "add credit at the provider or choose another model, then retry with `kedro run`"
    ),
    FailureCode.RATE_LIMIT: FailureKind(
        "provider", True, "set llm.rates.rpm to the limit of the provider, then retry with `kedro run`"
    ),
    FailureCode.TIMEOUT: FailureKind(
        "provider", True, _RETRY + "; if the model is slow, raise llm.timeout", outage=True
    ),
    FailureCode.CONNECTION: FailureKind(
        "provider", True, "check the network and llm.api_base, test them with `kedro llm doctor`, "
        "then retry with `kedro run`", outage=True,
    ),
    FailureCode.PROVIDER_OUTAGE: FailureKind(
        "provider", True, "wait until the provider works again, then retry with `kedro run`", outage=True
    ),
    FailureCode.CONTEXT_LENGTH: FailureKind(
        "request", False, "shorten this word's row in the word list, because the request is too long for the model"
    ),
    FailureCode.BAD_REQUEST: FailureKind(
        "request", False, "run `kedro errors --code bad_request` to see why the provider rejected the request"
    ),
    FailureCode.REFUSED: FailureKind(
        "reply", False, "rephrase the definition or use another model, because this model declined to reply"
    ),
    FailureCode.CUT_SHORT: FailureKind(
        "reply", True, "raise llm.max_tokens or use another model, then retry with `kedro run`"
    ),
    FailureCode.MALFORMED: FailureKind("reply", True, _REPLY),
    FailureCode.EMPTY: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.HEADER_ONLY: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.WRONG_COLUMNS: FailureKind("reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.CONTRACT: FailureKind("reply", True, _REPLY),
    FailureCode.MISSING_CARD: FailureKind("reply", True, _REPLY, parent=FailureCode.CONTRACT),
    FailureCode.UNEXPECTED_CARD: FailureKind("reply", True, _REPLY, parent=FailureCode.CONTRACT),
    FailureCode.DUPLICATE_CARD: FailureKind(
        "reply", True,
        "give the word a more specific definition or use another model, because its cards repeat another card",
        parent=FailureCode.CONTRACT,
    ),
    FailureCode.WRONG_WORD: FailureKind(
        "reply", True, "add a definition to the word list, which helps the model, then retry with `kedro run`"
    ),
    FailureCode.NO_CARD_TYPE: FailureKind(
        "word", False, "add Scene to flashcards.card_types, because none of the selected card types fits the word"
    ),
    FailureCode.NO_DEFINITION: FailureKind("word", False, "add a definition to the word list, or use an online model"),
    FailureCode.NO_PRONUNCIATION: FailureKind(
        "word", False,
        "write the word in Hangul or use an online model, because offline models cannot read digits or Latin letters",
    ),
    FailureCode.INTERRUPTED: FailureKind(
        "program", True, _RETRY + "; a run died during the call, which is counted at its maximum cost"
    ),
    FailureCode.INTERNAL: FailureKind(
        "program", True, "report this bug with the message that `kedro errors --code internal` shows"
    ),
}  # fmt: skip

# These failures are found when cards are parsed from a reply. The ledger counts such a task as done, so only the layers
# record the failure.
FOUND_IN_LAYERS = (FailureCode.NO_CARD_TYPE, FailureCode.DUPLICATE_CARD)
FAILURE_LAYERS = {"nuance": "nuance_failures", "flashcards": "flashcard_failures"}


def advice(code: str) -> str:
    """Return what the user can do about a failure. A code from an older release gets general advice."""
    known = code in FailureCode.__members__.values()
    return KINDS[FailureCode(code)].advice if known else _RETRY
