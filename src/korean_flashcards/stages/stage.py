"""What both stages do alike: plan the requests, ask, list the failures. Pure but for the client and the queue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import polars as pl

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import Ask, ChatReply, ChatTemplate, Check, Doubts, Prompt, Repairer, no_doubts
from korean_flashcards.formats.repair import mended, repair_question, repair_schema
from korean_flashcards.stages.ports import Batches, Desk, Office, Purse, Traffic
from korean_flashcards.stages.task import ASKED, Question, Task, Verdict, changed_fields, judge

_WORD = {"item_id": pl.String, "term": pl.String, "key": pl.String, "model": pl.String, "prompt_version": pl.String}
# state: cached, new, retry (failed before), stale (asked again), kept (stale, used as it is), dead, dropped. reason: why it
# is stale or kept; code, message and attempts of what is asked again or dead.
REQUEST_SCHEMA = {**_WORD, "state": pl.String, "reason": pl.String, "user": pl.String}
# cached: null where nothing was asked and nothing was there (dead letters, words that wait).
# pending: the word was not asked in this run, and why (message); it is no failure and waits for another.
REPLY_SCHEMA = {
    **_WORD, "cached": pl.Boolean, "text": pl.String, "pending": pl.String, "code": pl.String, "message": pl.String,
    "attempts": pl.Int64, "tokens_in": pl.Int64, "tokens_out": pl.Int64, "cost_usd": pl.Float64, "latency_s": pl.Float64,
}  # fmt: skip
FAILURE_SCHEMA = {"item_id": pl.String, "term": pl.String, "code": pl.String, "message": pl.String, "attempts": pl.Int64,
                  "model": pl.String, "prompt_version": pl.String, "text": pl.String}  # fmt: skip

# The check of a reply to a word's question; the user text is None where only an earlier question's reply is read.
Acceptance = Callable[[str, str | None], Callable[[str], object]]
# What looks at accepted replies to a question, given its user text.
SecondLook = Callable[[str], Doubts]


class ChatClient(Protocol):
    """What nodes need of the ``llm`` dataset (see ``llm.client.LLMClient``)."""

    def model_version(self, model: str) -> str: ...

    def cached(self, keys: Iterable[str]) -> set[str]: ...

    def recall(self, asks: Iterable[Ask]) -> dict[str, ChatReply]: ...

    def asked(self, key: str) -> str | None: ...

    def complete(
        self, template: ChatTemplate, asks: Sequence[Ask], settings: LLMParameters, office: Office,
        repairer: Repairer | None, check: Check,
    ) -> list[ChatReply]: ...  # fmt: skip


class TaskQueue(Protocol):
    """What nodes need of ``ledger.queue`` (see ``ledger.queue.Queue``)."""

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]: ...

    def prompt_numbers(self, stage: Stage) -> dict[str, int]: ...

    def note(self, stage: Stage, prompt: Prompt, verdicts: Iterable[Verdict]) -> None: ...

    def desk(self, stage: Stage, verdicts: Iterable[Verdict], parameters: TaskParameters) -> Desk: ...


class TaskLedger(Protocol):
    """What nodes need of the ``ledger`` dataset (see ``ledger.ledger.Ledger``)."""

    @property
    def queue(self) -> TaskQueue: ...

    @property
    def purse(self) -> Purse: ...

    @property
    def traffic(self) -> Traffic: ...

    @property
    def provider_batches(self) -> Batches: ...


@dataclass(frozen=True)
class Asking:
    """One stage's questions to one model: ``plan`` says where each stands, ``ask`` brings the replies."""

    template: ChatTemplate
    others: tuple[ChatTemplate, ...]
    prompt: Prompt
    settings: LLMParameters
    llm: ChatClient
    ledger: TaskLedger
    stale: Stale

    @classmethod
    def of(
        cls, stage: Stage, schema: dict[str, Any], prompt: Prompt, settings: LLMParameters, llm: ChatClient,
        ledger: TaskLedger, stale: Stale,
    ) -> "Asking":  # fmt: skip
        """What is the same for every word of the stage."""
        own = settings.of(stage)
        template = ChatTemplate(
            stage=stage, model=llm.model_version(own.model), system=prompt.text, schema=schema,
            temperature=own.temperature, max_tokens=own.max_tokens, seed=own.seed,
            reasoning_effort=own.reasoning_effort, extra_body=own.extra_body,
        )  # fmt: skip
        fallbacks = dict.fromkeys(llm.model_version(model) for model in own.fallbacks)
        others = tuple(replace(template, model=model) for model in fallbacks if model != template.model)
        return cls(template, others, prompt, own, llm, ledger, stale)

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
        verdicts = self._judge(requests, acceptance)
        return requests.with_columns(
            state=pl.Series([verdict.state for verdict in verdicts], dtype=pl.String),
            reason=pl.Series([verdict.reason for verdict in verdicts], dtype=pl.String),
        )

    def ask(
        self, requests: pl.DataFrame, acceptance: Acceptance, tasks: TaskParameters, repairer: Repairer | None,
        second_look: SecondLook | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Return the replies, REPLY_SCHEMA, in the order of ``requests``; asked is in the order of the queue.

        What ``second_look`` finds in a reply that comes is asked for once more.

        The key is computed from what is really asked, and where a word stands is looked up again, not read from the plan:
        a plan made with another model or prompt can then never file a reply under the wrong key.
        """
        words = list(requests.select("term", "user").iter_rows())
        verdicts = self._judge(requests, acceptance)
        kept = self.llm.recall(
            Ask(str(verdict.task.key), user, acceptance(term, None))
            for (term, user), verdict in zip(words, verdicts, strict=True)
            if verdict.state == "kept"
        )
        verdicts = [_unless_lost(verdict, kept) for verdict in verdicts]
        asks = {
            verdict: Ask(
                verdict.question.key,
                user,
                acceptance(term, user),
                verdict.question.others,
                second_look(user) if second_look and self.settings.repair_findings else no_doubts,
            )
            for (term, user), verdict in zip(words, verdicts, strict=True)
            if verdict.state == "cached" or verdict.state in ASKED
        }
        self.ledger.queue.note(self.template.stage, self.prompt, verdicts)
        in_order = sorted(asks, key=lambda verdict: verdict.task.order)
        desk = self.ledger.queue.desk(self.template.stage, in_order, tasks)
        office = Office(desk, self.ledger.purse, self.ledger.traffic, self.ledger.provider_batches)
        questions = [asks[verdict] for verdict in in_order]
        replies = self.llm.complete(
            self.template, questions, self.settings, office, repairer if self.settings.repair else None,
            check=lambda term: acceptance(term, None),
        )  # fmt: skip
        ends = {reply.key: reply for reply in replies}
        rows = zip(requests["term"], verdicts, strict=True)
        return frame_of(_reply_rows(rows, kept, ends), REPLY_SCHEMA)

    def _judge(self, requests: pl.DataFrame, acceptance: Acceptance) -> list[Verdict]:
        stage, model, version = self.template.stage, self.template.model, self.prompt.version
        questions = [
            Question(stage, self.template.key(user), model, version, tuple(other.key(user) for other in self.others))
            for user in requests["user"]
        ]
        words = requests["item_id"].to_list()
        tasks = self.ledger.queue.tasks(stage, words)
        _check_known(words, tasks)
        known = {task.key for task in tasks.values() if task.key} | {key for asked in questions for key in asked.keys}
        cached, numbers = self.llm.cached(known), self.ledger.queue.prompt_numbers(stage)
        # What was not accepted when it came may be by now: it is in the archive, and nobody needs to be asked.
        cached |= set(self.llm.recall(
            Ask(question.key, user, acceptance(term, user), question.others)
            for (term, user), question in zip(requests.select("term", "user").iter_rows(), questions, strict=True)
            if cached.isdisjoint(question.keys)
        ))  # fmt: skip
        return [
            judge(
                tasks[item_id],
                question,
                cached,
                numbers,
                self.stale,
                partial(changed_fields, self.llm.asked, tasks[item_id].key, user),
            )
            for item_id, question, user in zip(words, questions, requests["user"], strict=True)
        ]


def repairer(stage: Stage, prompt: Prompt) -> Repairer:
    """Return how the stage asks for only what failed of a reply."""
    return Repairer(prompt.text, partial(repair_question, stage), partial(repair_schema, stage), partial(mended, stage))


def failure(reply: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """Return one row of FAILURE_SCHEMA for a row of REPLY_SCHEMA."""
    return {**{name: reply[name] for name in FAILURE_SCHEMA}, "code": str(code), "message": message}


def _check_known(item_ids: Sequence[str], tasks: Mapping[str, Task]) -> None:
    unknown = [item_id for item_id in item_ids if item_id not in tasks]
    if unknown:
        raise LayersOutOfStepError(
            f"The ledger no longer has {len(unknown):,} words of the layers ({', '.join(unknown[:3])}): their list was "
            "rolled back. Nothing was asked. Run `kedro run`; replies already paid for come from the cache."
        )


def _unless_lost(verdict: Verdict, kept: Mapping[str, ChatReply]) -> Verdict:
    """A reply that was to be kept but is damaged is asked for anew."""
    if verdict.state != "kept" or verdict.task.key in kept:
        return verdict
    return Verdict(verdict.task, verdict.question, "new")


def _reply_rows(
    words: Iterable[tuple[str, Verdict]], kept: Mapping[str, ChatReply], ends: Mapping[str, ChatReply]
) -> Iterator[dict[str, Any]]:
    for term, verdict in words:
        task, asked = verdict.task, verdict.question
        if verdict.state == "dead":
            nothing = dict.fromkeys(("cached", "text", "pending"))
            nothing |= dict.fromkeys(("tokens_in", "tokens_out", "cost_usd", "latency_s"), 0)
            reply = nothing | {name: getattr(task, name) for name in ("key", "code", "message", "attempts")}
            yield _source(task, asked) | {"term": term, **reply}
        elif verdict.state == "kept":
            yield _source(task, task) | {"term": term, **_values(kept[str(task.key)])}
        elif end := ends.get(asked.key):
            values = _values(end)
            if end.found and end.model:
                values |= {"key": end.found, "model": end.model}
            if end.pending:
                values["cached"] = None
            yield _source(task, asked) | {"term": term, **values}


def _source(task: Task, asked: Question | Task) -> dict[str, Any]:
    return {"item_id": task.item_id, "model": asked.model, "prompt_version": asked.prompt_version}


def _values(reply: ChatReply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in REPLY_SCHEMA if name != "model" and hasattr(reply, name)}
