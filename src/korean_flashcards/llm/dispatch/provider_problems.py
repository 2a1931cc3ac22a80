"""Provider problems, which never count against a word.

The word stays pending, and a later run requests it again.
"""

from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.llm.providers.base import BackendError

# The reason that words are left pending, for each provider problem that may be temporary.
PENDING = {
    FailureCode.RATE_LIMIT: PendingCode.RATE_LIMIT,
    FailureCode.TIMEOUT: PendingCode.TIMEOUT,
    FailureCode.CONNECTION: PendingCode.OUTAGE,
    FailureCode.PROVIDER_OUTAGE: PendingCode.OUTAGE,
    FailureCode.QUOTA: PendingCode.QUOTA,
}
TIMEOUT_ADVICE = "If the model is slow, raise llm.timeout or lower llm.concurrency"


def described(problem: BackendError) -> str:
    """Return a problem's code and message."""
    return f"{problem.code}: {str(problem).rstrip('.')}"


def no_reply(model: str, seconds: float, problem: BackendError) -> str:
    """Return a message about a model that has not replied for this many seconds."""
    return f"no reply from {model} for {seconds:.0f} s ({described(problem)})"


def all_timed_out(model: str, problem: BackendError) -> str:
    """Return a message about a model whose calls all timed out."""
    return f"all calls to {model} timed out ({problem})"
