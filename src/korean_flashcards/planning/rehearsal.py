"""Rehearse a run's stages without calling the model.

The pipelines' nodes run on a copy of the ledger, using only cached replies. The plan therefore contains exactly the
requests that the run will send.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import polars as pl

from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.domain.records import PendingCode, Stage
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Repairer, ReplyCheck, Request
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.flashcards.nodes import generate_flashcards, parse_flashcards, plan_flashcards
from korean_flashcards.pipelines.nuance.nodes import generate_nuance, parse_changed_nuance, plan_nuance
from korean_flashcards.pipelines.quality.judge_nodes import generate_judgements, plan_judgements
from korean_flashcards.pipelines.quality.nodes import check_cards, score_cards
from korean_flashcards.pipelines.quality.review_nodes import ReviewLedger, apply_edits
from korean_flashcards.planning.judge_forecast import forecast_judging
from korean_flashcards.stages.accepted_records import AcceptedReplies
from korean_flashcards.stages.ports import Consent, Ports, TaskLedger
from korean_flashcards.stages.stage import kept_words
from korean_flashcards.stages.task import REQUESTED

# state -> reason -> number of words; see ``stages.stage.REQUEST_SCHEMA``.
States = dict[str, dict[str, int]]
# reason -> item IDs
Named = dict[str, list[str]]


class RehearsedLedger(TaskLedger, ReviewLedger, Protocol):
    """The ``ledger`` dataset as used in a rehearsal, implemented by ``ledger.facade.Ledger``."""


@dataclass
class RehearsalClient:
    """A stand-in for the model client that serves cached replies and records the requests that would be sent."""

    client: LLMClient
    template: ChatTemplate | None = None
    missing: list[Request] = field(default_factory=list)

    def model_version(self, model: str) -> str:
        """Return the client's model name and version."""
        return self.client.model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        """Return the subset of these keys for which the client has a cached reply."""
        return self.client.cached(keys)

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        """Return the client's cached replies, keyed by request key."""
        return self.client.recall(requests)

    def user_text(self, key: str) -> str | None:
        """Return the user text of an earlier request that the client has recorded."""
        return self.client.user_text(key)

    def rejected_text(self, key: str | None) -> str | None:
        """Return the newest rejected reply that the client has archived."""
        return self.client.rejected_text(key)

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, check: ReplyCheck, consent: Consent | None,
    ) -> list[ChatReply]:  # fmt: skip
        """Return the cached replies, plus a pending reply for each request in ``missing``."""
        distinct = {request.key: request for request in requests}
        replies = self.recall(distinct.values())
        self.template, self.missing = template, [request for key, request in distinct.items() if key not in replies]
        return [replies.get(request.key) or _pending(request) for request in requests]


@dataclass(frozen=True)
class Rehearsed:
    """The result of rehearsing one stage without the model.

    Attributes:
        stale: Item IDs, by reason, of words whose replies will be requested again.
        missing: The requests that a run would send.
        requests: All requests, with their states (columns: ``stages.stage.REQUEST_SCHEMA``).
        later: Estimated number of additional requests that depend on an earlier stage's replies.
        waiting: Number of words covered by the ``later`` requests.
        later_basis: A clause that explains the number ``later``, or None. See ``judge_forecast``.
    """

    stage: Stage
    template: ChatTemplate
    states: States
    stale: Named
    missing: list[Request]
    requests: pl.DataFrame
    later: int = 0
    waiting: int = 0
    later_basis: str | None = None


def rehearse(
    stages: Sequence[Stage], load: Callable[[str], Any], words: pl.DataFrame | None, confusables: pl.DataFrame | None,
    parameters: Parameters, llm: LLMClient, ledger: RehearsedLedger, counted: set[str] | None = None,
) -> Iterator[Rehearsed]:  # fmt: skip
    """Yield the result of each stage in turn.

    Args:
        stages: The stages, in order. If the first stage is not included, the existing analyses are loaded.
        load: Function that returns a prompt or a layer by name.
        words: The words in the run; needed for the first stage.
        confusables: Easily confused words; needed for the first stage.
        parameters: The run's parameters.
        llm: The model client, whose cache is read.
        ledger: A copy of the ledger (``Ledger.rehearsal``), because the nodes write to it before they send requests.
        counted: Keys of requests that earlier rehearsals have counted, so that they are not among the missing ones again.
            The keys of this rehearsal are added.
    """
    rehearsal = _Rehearsal(load, parameters, llm, ledger, set() if counted is None else counted)
    if "nuance" in stages:
        assert words is not None and confusables is not None
        found, analyses = rehearsal.nuance(words, confusables)
        yield found
    elif "flashcards" in stages:
        analyses = load("nuance")
    if "flashcards" in stages:
        words = load("words") if words is None else words
        found, requests, replies = rehearsal.flashcards(analyses, words)
        yield found
    if "judge" in stages and "judge" in parameters.stages:
        words = load("words") if words is None else words
        if "flashcards" in stages:
            cards, _ = parse_flashcards(requests, replies, analyses, words)
        else:
            analyses, cards = load("nuance"), load("flashcards")
        yield rehearsal.judge(analyses, cards, words, load("confusables") if confusables is None else confusables)


@dataclass
class _Rehearsal:
    """The rehearsal of a run's stages, in order.

    Attributes:
        later: The number of requests in the stages so far. Each leads to a request in the next stage.
        waiting: The number of pending words in the stages so far.
        requested: The keys of the requests for analyses. Each leads to a request for cards.
    """

    load: Callable[[str], Any]
    parameters: Parameters
    llm: LLMClient
    ledger: RehearsedLedger
    counted: set[str]
    later: int = 0
    waiting: int = 0
    requested: list[str] = field(default_factory=list)

    def nuance(self, words: pl.DataFrame, confusables: pl.DataFrame) -> tuple[Rehearsed, pl.DataFrame]:
        """Return the result and the analyses."""
        run, prompt, client = self.parameters, self.load("nuance_prompt"), RehearsalClient(self.llm)
        requests = plan_nuance(words, confusables, prompt, client, self.ledger, run.llm, run.stale, run.language)
        replies = generate_nuance(
            requests, prompt, client, self.ledger, run.llm, run.tasks, run.stale, self.load("repair_prompt"),
            accepted=self._accepted(),
        )  # fmt: skip
        analyses, *_ = parse_changed_nuance(replies, words, self.load("nuance_before"))
        self.requested = [request.key for request in client.missing]
        return self._result("nuance", requests, replies, client), analyses

    def flashcards(self, analyses: pl.DataFrame, words: pl.DataFrame) -> tuple[Rehearsed, pl.DataFrame, pl.DataFrame]:
        """Return the result, the requests, and the replies.

        The words that keep an analysis are counted in the first stage, because they get new cards with a new analysis.
        """
        run, prompt, client = self.parameters, self.load("flashcards_prompt"), RehearsalClient(self.llm)
        requests = plan_flashcards(
            analyses, words, prompt, client, self.ledger, run.llm, run.stale, run.flashcards, run.language
        )
        replies = generate_flashcards(
            requests, prompt, client, self.ledger, run.llm, run.tasks, run.stale, self.load("repair_prompt"),
            run.flashcards, accepted=self._accepted(),
        )  # fmt: skip
        self._count_later(client)
        new = ~pl.col("item_id").is_in(kept_words(analyses))
        return self._result("flashcards", requests.filter(new), replies.filter(new), client), requests, replies

    def judge(
        self, analyses: pl.DataFrame, cards: pl.DataFrame, words: pl.DataFrame, confusables: pl.DataFrame
    ) -> Rehearsed:
        """Return the result for the existing cards.

        Cards that have not been generated yet may also be judged, depending on the results of their checks.
        """
        run, prompt, client = self.parameters, self.load("judge_prompt"), RehearsalClient(self.llm)
        analyses, cards, _ = apply_edits(analyses, cards, self.ledger)
        findings, checked = check_cards(
            analyses,
            cards,
            words,
            words,
            self.load("checked_before"),
            self.load("check_rules"),
            confusables,
            run.language,
        )
        scores = score_cards(findings, analyses, cards, run.quality)
        requests = plan_judgements(
            analyses, cards, scores, words, checked, prompt, client, self.ledger, run.llm, run.stale, run.quality,
            run.language,
        )  # fmt: skip
        replies = generate_judgements(requests, prompt, client, self.ledger, run.llm, run.tasks, run.stale)
        now = requests.filter(pl.col("state") != "waiting")
        current = cards.filter(~pl.col("item_id").is_in(kept_words(cards)))["item_id"].n_unique()
        forecast = forecast_judging(self.later, current, now.height, run.quality)
        self.later = forecast.requests
        return replace(self._result("judge", now, replies, client), later_basis=forecast.basis)

    def _accepted(self) -> AcceptedReplies:
        """Return the replies that earlier runs accepted. A plan stores nothing."""
        known: AcceptedReplies = self.load("accepted_replies")
        return known.without_storing()

    def _count_later(self, client: RehearsalClient) -> None:
        """Leave out the later requests for cards that an earlier rehearsal has counted: same prompt, same analysis."""
        assert client.template is not None
        later = {f"{client.template.key('')} {key}" for key in self.requested} - self.counted
        self.counted |= later
        self.later = len(later)

    def _result(
        self, stage: Stage, requests: pl.DataFrame, replies: pl.DataFrame, client: RehearsalClient
    ) -> Rehearsed:
        """Return the stage's result, and add its requests and pending words to those of the stages so far."""
        assert client.template is not None
        pending = replies.filter(pl.col("pending").is_not_null())["item_id"]
        states, stale = _states(requests.select("item_id", "state", "reason").iter_rows(), set(pending))
        missing = [request for request in client.missing if request.key not in self.counted]
        self.counted.update(request.key for request in missing)
        found = Rehearsed(stage, client.template, states, stale, missing, requests, self.later, self.waiting)
        self.later, self.waiting = self.later + len(client.missing), self.waiting + pending.len()
        return found


def _states(rows: Iterable[tuple[str, str, str | None]], pending: set[str]) -> tuple[States, Named]:
    """Return the number of words by state and reason, and the item IDs of stale words by reason.

    A word whose cached reply is corrupted or fails the current checks counts as stale.
    """
    counts: Counter[tuple[str, str]] = Counter()
    stale: Named = {}
    for item_id, state, reason in rows:
        if state not in REQUESTED and item_id in pending:
            state, reason = "stale", "its cached reply is corrupted or fails the checks"
        elif state in ("retry", "dead"):
            # "malformed: no JSON (2 attempts)" becomes "malformed", so that words are counted by code.
            reason = (reason or "").partition(":")[0]
        counts[state, reason or ""] += 1
        if state == "stale":
            stale.setdefault(reason or "", []).append(item_id)
    states: States = {}
    for (state, reason), words in counts.most_common():
        states.setdefault(state, {})[reason] = words
    return states, stale


def _pending(request: Request) -> ChatReply:
    return ChatReply(
        request.key, None, cached=False, attempts=0, pending=PendingCode.CACHE_ONLY, message="a plan sends no requests"
    )
