"""A run's stages without the model: the pipelines' own nodes over a copy of the ledger, up to where they would ask.

What is in the cache is read as a run reads it, so that the plan asks for exactly what the run will ask for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.domain.records import PendingCode, Stage
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Repairer, ReplyCheck, Request
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.flashcards.nodes import generate_flashcards, parse_flashcards, plan_flashcards
from korean_flashcards.pipelines.nuance.nodes import generate_nuance, parse_nuance, plan_nuance
from korean_flashcards.pipelines.quality.judge_nodes import generate_judgements, plan_judgements
from korean_flashcards.pipelines.quality.nodes import check_cards, score_cards
from korean_flashcards.pipelines.quality.review_nodes import ReviewLedger, apply_edits
from korean_flashcards.stages.ports import Consent, Ports, TaskLedger
from korean_flashcards.stages.task import REQUESTED

# state -> reason -> words; see ``stages.stage.REQUEST_SCHEMA``.
States = dict[str, dict[str, int]]
# reason -> item ids
Named = dict[str, list[str]]


class RehearsedLedger(TaskLedger, ReviewLedger, Protocol):
    """The ``ledger`` dataset as a rehearsal uses it (``ledger.facade.Ledger``)."""


@dataclass
class RehearsalClient:
    """Stand in for the model client: serve cached replies and record which requests would be sent."""

    client: LLMClient
    template: ChatTemplate | None = None
    missing: list[Request] = field(default_factory=list)

    def model_version(self, model: str) -> str:
        """Return what the client returns."""
        return self.client.model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        """Return what the client returns."""
        return self.client.cached(keys)

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        """Return what the client returns."""
        return self.client.recall(requests)

    def user_text(self, key: str) -> str | None:
        """Return what the client returns."""
        return self.client.user_text(key)

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, check: ReplyCheck, consent: Consent | None,
    ) -> list[ChatReply]:  # fmt: skip
        """Return the cached replies; the others are pending, and their requests are in ``missing``."""
        distinct = {request.key: request for request in requests}
        replies = self.recall(distinct.values())
        self.template, self.missing = template, [request for key, request in distinct.items() if key not in replies]
        return [replies.get(request.key) or _pending(request) for request in requests]


@dataclass(frozen=True)
class Rehearsed:
    """How far one stage gets without the model.

    ``missing``: the requests that a run would send. ``later``: about how many more will follow from an earlier stage's; of
    the judge, how many at most.
    ``waiting``: words that this is for.
    """

    stage: Stage
    template: ChatTemplate
    states: States
    stale: Named  # those of the words in ``states`` that are asked again though they had a reply
    missing: list[Request]
    later: int = 0
    waiting: int = 0


def rehearse(
    stages: Sequence[Stage], load: Callable[[str], Any], words: pl.DataFrame | None, confusables: pl.DataFrame | None,
    parameters: Parameters, llm: LLMClient, ledger: RehearsedLedger,
) -> Iterator[Rehearsed]:  # fmt: skip
    """Each of the stages in turn, on ``words`` with their ``confusables``; without the first, on the analyses there are.

    ``load`` gives prompts and layers by their names. Writes to ``ledger`` what a run writes there before it asks: give it
    a copy (``Ledger.rehearsal``).
    """
    settings, stale, tasks = parameters.llm, parameters.stale, parameters.tasks
    repair = load("repair_prompt")
    later = waiting = 0
    if "nuance" in stages:
        assert words is not None and confusables is not None
        prompt, client = load("nuance_prompt"), RehearsalClient(llm)
        requests = plan_nuance(words, confusables, prompt, client, ledger, settings, stale)
        replies = generate_nuance(requests, prompt, client, ledger, settings, tasks, stale, repair)
        yield _rehearsed("nuance", requests, replies, client)
        analyses, _ = parse_nuance(replies, words)
        later, waiting = len(client.missing), replies["pending"].count()
    elif "flashcards" in stages:
        analyses = load("nuance")
    if "flashcards" in stages:
        prompt, client = load("flashcards_prompt"), RehearsalClient(llm)
        requests = plan_flashcards(analyses, prompt, client, ledger, settings, stale, parameters.flashcards)
        replies = generate_flashcards(requests, prompt, client, ledger, settings, tasks, stale, repair)
        yield _rehearsed("flashcards", requests, replies, client, later, waiting)
        later, waiting = later + len(client.missing), waiting + replies["pending"].count()
    if "judge" in stages and "judge" in parameters.stages:
        if words is None:
            words = load("words")
        if "flashcards" in stages:
            cards, _ = parse_flashcards(requests, replies, analyses, words)
        else:
            analyses, cards = load("nuance"), load("flashcards")
        yield _decide(analyses, cards, words, load, parameters, llm, ledger, later, waiting)


def _decide(
    analyses: pl.DataFrame, cards: pl.DataFrame, words: pl.DataFrame, load: Callable[[str], Any], parameters: Parameters,
    llm: LLMClient, ledger: RehearsedLedger, later: int, waiting: int,
) -> Rehearsed:  # fmt: skip
    """The judge about the cards that there are; whether it will be asked about one to come, only its checks will say."""
    settings, stale, prompt, client = parameters.llm, parameters.stale, load("judge_prompt"), RehearsalClient(llm)
    analyses, cards, _ = apply_edits(analyses, cards, ledger)
    findings, _ = check_cards(analyses, cards, words, load("checked_before"), load("check_rules"))
    quality = score_cards(findings, analyses, cards, parameters.quality)
    requests = plan_judgements(analyses, cards, quality, prompt, client, ledger, settings, stale, parameters.quality)
    replies = generate_judgements(requests, prompt, client, ledger, settings, parameters.tasks, stale)
    if parameters.quality.judge == "sample":
        later = max(0, min(later, parameters.quality.judge_sample - requests.height))
    return _rehearsed("judge", requests, replies, client, later, waiting)


def _rehearsed(
    stage: Stage,
    requests: pl.DataFrame,
    replies: pl.DataFrame,
    client: RehearsalClient,
    later: int = 0,
    waiting: int = 0,
) -> Rehearsed:
    assert client.template is not None
    pending = set(replies.filter(pl.col("pending").is_not_null())["item_id"])
    states, stale = _states(requests.select("item_id", "state", "reason").iter_rows(), pending)
    return Rehearsed(stage, client.template, states, stale, client.missing, later, waiting)


def _states(rows: Iterable[tuple[str, str, str | None]], pending: set[str]) -> tuple[States, Named]:
    """Words by state and reason, the stale ones also by name.

    A cached reply that today's parser refuses is asked for again, as by the client.
    """
    counts: Counter[tuple[str, str]] = Counter()
    stale: Named = {}
    for item_id, state, reason in rows:
        if state not in REQUESTED and item_id in pending:
            state, reason = "stale", "its reply is damaged, or today's checks refuse it"
        elif state in ("retry", "dead"):
            # "malformed: no JSON (2 attempts)": the code says it for all words alike.
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
        request.key, None, cached=False, attempts=0, pending=PendingCode.CACHE_ONLY, message="a plan sends nothing"
    )
