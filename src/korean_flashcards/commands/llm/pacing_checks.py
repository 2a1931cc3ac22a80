"""Check whether a rate limit delays calls and whether replies arrive in time, for `kedro llm doctor`."""

import time
from collections.abc import Iterator
from statistics import fmean

from kedro.framework.context import KedroContext

from korean_flashcards.domain.local_time import clock_time
from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.past_calls import past_calls, probe_speed
from korean_flashcards.llm.doctor import DoctorCheck
from korean_flashcards.llm.providers.endpoints import Endpoint
from korean_flashcards.planning.plan import reply_lengths

# Seconds. For a shorter wait, the doctor itself waits before its call.
_SHORT_WAIT = 10.0
# The advised timeout is this many times the typical time, because the length of replies and the load of a server vary.
_MARGIN = 2.0


def limit_check(ledger: Ledger, endpoint: Endpoint, settings: LLMParameters) -> DoctorCheck | None:
    """Return a check result if a known rate limit delays calls to the model.

    If the delay is short, wait until it ends and return None.
    """
    free_at = ledger.rate_limits.free_at(endpoint.key)
    wait = free_at - time.time()
    if wait <= _SHORT_WAIT:
        time.sleep(max(0.0, wait))
        return None
    said = f"{endpoint.model}: rate limit reached; resets at {clock_time(free_at)} "
    said += "(a run waits until then)" if wait <= settings.max_pause else "(the wait would exceed llm.max_pause)"
    return DoctorCheck(
        "limit",
        wait <= settings.max_pause,
        said,
        "wait, or discard the known rate limits with `kedro llm reset --rates`",
    )


def time_check(
    context: KedroContext, ledger: Ledger, stage: Stage, model: str, settings: LLMParameters
) -> Iterator[DoctorCheck]:
    """Compare the time per reply with llm.timeout. Yield nothing if no call to the model was measured."""
    own = [call.latency_s for call in past_calls(ledger.store, stage, model) if not call.batch]
    if own:
        seconds, basis = fmean(own), f"in your last {counted(len(own), 'call')}"
    elif speed := probe_speed(ledger.store, model):
        cards = len(Parameters.model_validate(context.params).flashcards.card_types) if stage == "flashcards" else 1
        tokens = reply_lengths(context.catalog.load("reply_lengths"))[stage].typical * cards
        seconds, basis = tokens / speed, f"for about {tokens:,.0f} tokens at {speed:.3g} tokens per second"
    else:
        return
    said = f"a reply in the {stage} stage takes about {seconds:,.1f} s ({basis}); llm.timeout is {settings.timeout:g} s"
    todo = (
        f"set llm.timeout to {_MARGIN * seconds:.0f} or more, and lower llm.concurrency if you run the server yourself"
    )
    yield DoctorCheck("time", seconds <= settings.timeout, said, todo)
