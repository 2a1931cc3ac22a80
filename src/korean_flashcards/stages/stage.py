"""What the model stages share: plan and send requests, list the failures. Pure but for the client and the queue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import (
    ChatReply,
    ChatTemplate,
    Prompt,
    QualityCheck,
    Repairer,
    Request,
    no_quality_check,
)
from korean_flashcards.formats.repair import mended, repair_request, repair_schema
from korean_flashcards.stages.ports import ChatClient, Consent, Ports, TaskLedger
from korean_flashcards.stages.task import REQUESTED, Task, TaskDecision, TaskRequest, changed_fields, decide_state

# What wrote a record: the last columns of each layer of records.
SOURCE_SCHEMA = {"model": pl.String, "prompt_version": pl.String, "key": pl.String}
_WORD = {"item_id": pl.String, "term": pl.String, "key": pl.String, "model": pl.String, "prompt_version": pl.String}
# state: cached, new, retry (failed before), stale (requested again), kept (stale, used as it is), dead, dropped.
# reason: why it is stale or kept; code, message and attempts of what is requested again or dead.
REQUEST_SCHEMA = {**_WORD, "state": pl.String, "reason": pl.String, "user": pl.String}
# cached: null where nothing was sent and nothing was there (dead letters, pending words).
# pending: the word was not requested in this run, and why (message); it is not a failure and is left to a later run.
REPLY_SCHEMA = {
    **_WORD,
    **polars_schema(
        ChatReply, "cached", "text", "pending", "code", "message", "attempts", "tokens_in", "tokens_out", "cost_usd",
        "latency_s",
    ),
}  # fmt: skip
FAILURE_SCHEMA = {
    name: REPLY_SCHEMA[name]
    for name in ("item_id", "term", "code", "message", "attempts", "model", "prompt_version", "text")
}

# The check of a reply to a word's request; the user text is None where only an earlier request's reply is read.
Acceptance = Callable[[str, str | None], Callable[[str], object]]
# What looks at accepted replies to a request, given its user text.
QualityCheckFor = Callable[[str], QualityCheck]


@dataclass(frozen=True)
class ModelStage:
    """One stage's requests to one model: ``plan`` decides what each word needs, ``generate`` returns the replies."""

    template: ChatTemplate
    fallbacks: tuple[ChatTemplate, ...]
    prompt: Prompt
    settings: LLMParameters
    llm: ChatClient
    ledger: TaskLedger
    stale: Stale

    @classmethod
    def of(
        cls, stage: Stage, schema: dict[str, Any], prompt: Prompt, settings: LLMParameters, llm: ChatClient,
        ledger: TaskLedger, stale: Stale,
    ) -> "ModelStage":  # fmt: skip
        """What is the same for every word of the stage."""
        own = settings.of(stage)
        template = ChatTemplate(
            stage=stage, model=llm.model_version(own.model), system=prompt.text, schema=schema,
            temperature=own.temperature, max_tokens=own.max_tokens, seed=own.seed,
            reasoning_effort=own.reasoning_effort, extra_body=own.extra_body,
        )  # fmt: skip
        models = dict.fromkeys(llm.model_version(model) for model in own.fallbacks)
        fallbacks = tuple(replace(template, model=model) for model in models if model != template.model)
        return cls(template, fallbacks, prompt, own, llm, ledger, stale)

    def plan(self, words: Iterable[tuple[str, str, str]], acceptance: Acceptance) -> pl.DataFrame:
        """Return one request a word, REQUEST_SCHEMA; writes nothing.

        ``words`` are (item_id, term, user text); homographs and equal words of two lists may share a key.
        Raises LayersOutOfStepError for words that the ledger no longer has.
        """
        rows = (
            {"item_id": item_id, "term": term, "key": self.template.key(user), "model": self.template.model,
             "prompt_version": self.prompt.version, "user": user}
            for item_id, term, user in words
        )  # fmt: skip
        requests = frame_of(rows, REQUEST_SCHEMA)
        decisions = self._decide(requests, acceptance)
        return requests.with_columns(
            state=pl.Series([decision.state for decision in decisions], dtype=pl.String),
            reason=pl.Series([decision.reason for decision in decisions], dtype=pl.String),
        )

    def generate(
        self, requests: pl.DataFrame, acceptance: Acceptance, tasks: TaskParameters, repairer: Repairer | None,
        quality_check: QualityCheckFor | None = None, consent: Consent | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return the replies, REPLY_SCHEMA, in the order of ``requests``; requests are sent in the order of the queue.

        What ``quality_check`` finds in a new reply is requested once more. ``consent`` is called before the first request
        is sent.

        The key is computed from what is really sent, and the state of a word is looked up again, not read from the plan:
        a plan made with a different model or prompt can then never file a reply under the wrong key.
        """
        words = list(requests.select("term", "user").iter_rows())
        decisions = self._decide(requests, acceptance)
        kept = self.llm.recall(
            Request(str(decision.task.key), user, acceptance(term, None))
            for (term, user), decision in zip(words, decisions, strict=True)
            if decision.state == "kept"
        )
        decisions = [_unless_lost(decision, kept) for decision in decisions]
        requests_to_send = {
            decision: Request(
                decision.request.key,
                user,
                acceptance(term, user),
                decision.request.fallback_keys,
                quality_check(user) if quality_check and self.settings.repair_findings else no_quality_check,
            )
            for (term, user), decision in zip(words, decisions, strict=True)
            if decision.state == "cached" or decision.state in REQUESTED
        }
        self.ledger.queue.note(self.template.stage, self.prompt, decisions)
        in_order = sorted(requests_to_send, key=lambda decision: decision.task.order)
        ports = Ports(
            claims=self.ledger.queue.claims(self.template.stage, in_order, tasks), budgets=self.ledger.budgets,
            rate_limits=self.ledger.rate_limits, breakers=self.ledger.breakers, batches=self.ledger.provider_batches,
        )  # fmt: skip
        sent = [requests_to_send[decision] for decision in in_order]
        replies = self.llm.complete(
            self.template, sent, self.settings, ports, repairer if self.settings.repair else None,
            check=lambda term: acceptance(term, None), consent=consent,
        )  # fmt: skip
        ends = {reply.key: reply for reply in replies}
        rows = zip(requests["term"], decisions, strict=True)
        return frame_of(_reply_rows(rows, kept, ends), REPLY_SCHEMA)

    def _decide(self, requests: pl.DataFrame, acceptance: Acceptance) -> list[TaskDecision]:
        stage, model, version = self.template.stage, self.template.model, self.prompt.version
        task_requests = [
            TaskRequest(
                stage, self.template.key(user), model, version, tuple(each.key(user) for each in self.fallbacks)
            )
            for user in requests["user"]
        ]
        words = requests["item_id"].to_list()
        tasks = self.ledger.queue.tasks(stage, words)
        _check_known(words, tasks)
        known = {task.key for task in tasks.values() if task.key}
        known |= {key for request in task_requests for key in request.keys}
        cached, numbers = self.llm.cached(known), self.ledger.queue.prompt_numbers(stage)
        # What was not accepted when it came may be by now: it is in the archive, and nothing needs to be sent.
        cached |= set(self.llm.recall(
            Request(request.key, user, acceptance(term, user), request.fallback_keys)
            for (term, user), request in zip(requests.select("term", "user").iter_rows(), task_requests, strict=True)
            if cached.isdisjoint(request.keys)
        ))  # fmt: skip
        return [
            decide_state(
                tasks[item_id],
                request,
                cached,
                numbers,
                self.stale,
                partial(changed_fields, self.llm.user_text, tasks[item_id].key, user),
            )
            for item_id, request, user in zip(words, task_requests, requests["user"], strict=True)
        ]


def repairer(stage: Stage, prompt: Prompt) -> Repairer:
    """Return how the stage requests only the parts of a reply that failed."""
    return Repairer(prompt.text, partial(repair_request, stage), partial(repair_schema, stage), partial(mended, stage))


def failure(reply: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """Return one row of FAILURE_SCHEMA for a row of REPLY_SCHEMA."""
    return {**{name: reply[name] for name in FAILURE_SCHEMA}, "code": str(code), "message": message}


def _check_known(item_ids: Sequence[str], tasks: Mapping[str, Task]) -> None:
    unknown = [item_id for item_id in item_ids if item_id not in tasks]
    if unknown:
        raise LayersOutOfStepError(
            f"The ledger no longer has {counted(len(unknown), 'word')} of the layers ({', '.join(unknown[:3])}): their list "
            "was rolled back. Nothing was sent. Run `kedro run`; replies already paid for come from the cache."
        )


def _unless_lost(decision: TaskDecision, kept: Mapping[str, ChatReply]) -> TaskDecision:
    """Request a reply again that was to be kept but is damaged."""
    if decision.state != "kept" or decision.task.key in kept:
        return decision
    return TaskDecision(decision.task, decision.request, "new")


def _reply_rows(
    words: Iterable[tuple[str, TaskDecision]], kept: Mapping[str, ChatReply], ends: Mapping[str, ChatReply]
) -> Iterator[dict[str, Any]]:
    for term, decision in words:
        task, request = decision.task, decision.request
        if decision.state == "dead":
            nothing = dict.fromkeys(("cached", "text", "pending"))
            nothing |= dict.fromkeys(("tokens_in", "tokens_out", "cost_usd", "latency_s"), 0)
            reply = nothing | {name: getattr(task, name) for name in ("key", "code", "message", "attempts")}
            yield _source(task, request) | {"term": term, **reply}
        elif decision.state == "kept":
            yield _source(task, task) | {"term": term, **_values(kept[str(task.key)])}
        elif end := ends.get(request.key):
            values = _values(end)
            if end.found and end.model:
                values |= {"key": end.found, "model": end.model}
            if end.pending:
                values["cached"] = None
            yield _source(task, request) | {"term": term, **values}


def _source(task: Task, request: TaskRequest | Task) -> dict[str, Any]:
    return {"item_id": task.item_id, "model": request.model, "prompt_version": request.prompt_version}


def _values(reply: ChatReply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in REPLY_SCHEMA if name != "model" and hasattr(reply, name)}
