"""Explain each failure code: whether it counts as an outage, whether a retry can help, and what the user can do."""

import re
from typing import Literal, NamedTuple

from korean_flashcards.domain.records import FailureCode

# access: the provider rejects every request. provider: it cannot reply now. request: it rejects this request.
# reply: the reply must not be used. word: the word list has too little information. program: the run failed.
Group = Literal["access", "provider", "request", "reply", "word", "program"]


class FailureKind(NamedTuple):
    """The meaning of one failure code, with advice for the user.

    Attributes:
        reason: What went wrong, as a clause without a final period.
        group: The source of the failure, such as the provider, the reply, or the word list.
        retry: Whether sending the same request again can help.
        advice: What the user can do, as a clause that begins with a verb and has no final period.
        outage: Whether the circuit breaker counts the failure as an outage.
        parent: The broader failure code, if any.
    """

    reason: str
    group: Group
    retry: bool
    advice: str
    outage: bool = False
    parent: FailureCode | None = None


_RETRY = "retry with `kedro run`, which requests only the missing words"
_REPLY = _RETRY + "; if the failure persists, use another model or change the prompt"

KINDS: dict[FailureCode, FailureKind] = {
    FailureCode.AUTHENTICATION: FailureKind(
        "the provider rejected the API key",
        "access",
        False,
        "correct the API key in the environment or in conf/local/credentials.yml, test it with `kedro llm doctor`, then "
        "retry with `kedro run`",
    ),
    FailureCode.PERMISSION: FailureKind(
        "the API key is not allowed to use this model",
        "access",
        False,
        "choose a model that your API key can use, test it with `kedro llm doctor`, then retry with `kedro run`",
    ),
    FailureCode.QUOTA: FailureKind(
        "the account has no credit left",
        "access",
        False,
        "add credit to your provider account or choose another model, then retry with `kedro run`",
    ),
    FailureCode.RATE_LIMIT: FailureKind(
        "the provider received too many requests",
        "provider",
        True,
        "set llm.rates.rpm to the provider's limit, then retry with `kedro run`",
    ),
    FailureCode.TIMEOUT: FailureKind(
        "the provider did not reply in time",
        "provider",
        True,
        _RETRY + "; if the model is slow, raise llm.timeout or lower llm.concurrency",
    ),
    FailureCode.CONNECTION: FailureKind(
        "the provider could not be reached",
        "provider",
        True,
        "check the network and llm.api_base, test them with `kedro llm doctor`, then retry with `kedro run`",
        outage=True,
    ),
    FailureCode.PROVIDER_OUTAGE: FailureKind(
        "the provider had an outage",
        "provider",
        True,
        "wait until the provider has recovered, then retry with `kedro run`",
        outage=True,
    ),
    FailureCode.CONTEXT_LENGTH: FailureKind(
        "the text is too long for the model", "request", False, "shorten this word's row in the word list"
    ),
    FailureCode.BAD_REQUEST: FailureKind(
        "the provider rejected the request", "request", False, "run `kedro errors --code bad_request` to see why"
    ),
    FailureCode.REFUSED: FailureKind(
        "the model declined to reply", "reply", False, "rephrase the definition or use another model"
    ),
    FailureCode.CUT_SHORT: FailureKind(
        "the reply was cut off", "reply", True, "raise llm.max_tokens or use another model, then retry with `kedro run`"
    ),
    FailureCode.MALFORMED: FailureKind("the reply could not be read", "reply", True, _REPLY),
    FailureCode.EMPTY: FailureKind("the reply was empty", "reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.HEADER_ONLY: FailureKind("the reply had no cards", "reply", True, _REPLY, parent=FailureCode.MALFORMED),
    FailureCode.WRONG_COLUMNS: FailureKind(
        "the reply had the wrong columns", "reply", True, _REPLY, parent=FailureCode.MALFORMED
    ),
    FailureCode.CONTRACT: FailureKind("the reply broke a rule", "reply", True, _REPLY),
    FailureCode.MISSING_CARD: FailureKind(
        "a card is missing from the reply", "reply", True, _REPLY, parent=FailureCode.CONTRACT
    ),
    FailureCode.UNEXPECTED_CARD: FailureKind(
        "the reply had a card that was not requested", "reply", True, _REPLY, parent=FailureCode.CONTRACT
    ),
    FailureCode.DUPLICATE_CARD: FailureKind(
        "the card repeats an earlier word's card",
        "reply",
        True,
        "give the word a more specific definition or use another model",
        parent=FailureCode.CONTRACT,
    ),
    FailureCode.WRONG_WORD: FailureKind(
        "the reply was about a different word",
        "reply",
        True,
        "add a definition to the word list to help the model, then retry with `kedro run`",
    ),
    FailureCode.NO_CARD_TYPE: FailureKind(
        "no card type fits the word", "word", False, "add Scene to flashcards.card_types"
    ),
    FailureCode.NO_DEFINITION: FailureKind(
        "the word list gives no usable meaning",
        "word",
        False,
        "add a definition to the word list, or use an online model",
    ),
    FailureCode.NO_PRONUNCIATION: FailureKind(
        "the pronunciation is unknown",
        "word",
        False,
        "write the word only in Hangul, or use an online model: the offline model cannot read digits, Latin letters, "
        "hanja, parentheses, or slashes",
    ),
    FailureCode.PERSON_NAME: FailureKind(
        "the word is a person's name",
        "word",
        False,
        "use an online model if you want cards of names, or remove the name from the word list",
    ),
    FailureCode.WRONG_EXAMPLE: FailureKind(
        "the list's example does not fit the word",
        "word",
        False,
        "correct the example or remove it from the word list, or use an online model",
    ),
    FailureCode.MISSPELLED: FailureKind(
        "the word list has a misspelling",
        "word",
        False,
        "correct the spelling in the word list, or use an online model",
    ),
    FailureCode.INTERRUPTED: FailureKind(
        "the run stopped during the call",
        "program",
        True,
        _RETRY + "; because its run died, the call is counted at its maximum cost",
    ),
    FailureCode.INTERNAL: FailureKind(
        "an unexpected error",
        "program",
        True,
        "report this bug, including the message that `kedro errors --code internal` shows",
    ),
}

# These failures are found when cards are parsed from a reply. The ledger counts such tasks as done, so only the layers
# record these failures.
FOUND_IN_LAYERS = (FailureCode.NO_CARD_TYPE, FailureCode.DUPLICATE_CARD)
# Words that the list does not describe well enough for the model, and what they need. A retry without a change cannot
# help, so these words are not missing results.
LIST_GAPS = {
    FailureCode.NO_DEFINITION: "a definition in your list, or a different model",
    FailureCode.NO_PRONUNCIATION: "a spelling in Hangul only in your list, or a different model",
    FailureCode.WRONG_EXAMPLE: "an example with the word in your list, or a different model",
    FailureCode.MISSPELLED: "the standard spelling in your list, or a different model",
    FailureCode.PERSON_NAME: "a different model, because the offline model skips people's names",
}
FAILURE_LAYERS = {"nuance": "nuance_failures", "flashcards": "flashcard_failures"}


def advice(code: str) -> str:
    """Return advice on handling a failure. For a code from an older release, return general advice."""
    known = code in FailureCode.__members__.values()
    return KINDS[FailureCode(code)].advice if known else _RETRY


def unreadable(term: str) -> str:
    """Return the characters that the offline model cannot read aloud: all but Hangul, spaces, hyphens, and tildes."""
    return " ".join(dict.fromkeys(re.findall(r"[^가-힣\s~–〜-]", term)))


def reason(code: str) -> str | None:
    """Return a failure code's reason, or None for a code from an older release."""
    return KINDS[FailureCode(code)].reason if code in FailureCode.__members__.values() else None
