"""Plan and send a model stage's requests. I/O happens only through the client and the queue."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from korean_flashcards.domain.errors import NoWordsError, WordsRemovedError
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import PendingCode, Stage
from korean_flashcards.domain.requests import (
    ChatReply,
    ChatTemplate,
    KeptReply,
    Prompt,
    QualityCheck,
    Repairer,
    Request,
    no_quality_check,
)
from korean_flashcards.formats.repair import repair_request, repair_schema, repaired_reply
from korean_flashcards.stages.ports import ChatClient, Consent, Ports, TaskLedger
from korean_flashcards.stages.task import REQUESTED, Task, TaskDecision, TaskRequest, changed_fields, decide_state

# The source of a record, stored in the last columns of each layer of records.
SOURCE_SCHEMA = {"model": pl.String, "prompt_version": pl.String, "key": pl.String}
# kept: whether the record comes from the word's last good reply, because its current request is pending or failed.
RECORD_SCHEMA = {**SOURCE_SCHEMA, "kept": pl.Boolean}
_WORD = {"item_id": pl.String, "term": pl.String, "key": pl.String, "model": pl.String, "prompt_version": pl.String}
# state: cached, new, retry (failed before), stale (requested again), kept (stale, not requested again), dead, dropped,
# waiting (not requested before the word has a new analysis or new cards).
# reason: why the reply is stale or kept. For retry and dead, it is the code, the message, and the attempts.
REQUEST_SCHEMA = {**_WORD, "state": pl.String, "reason": pl.String, "user": pl.String}
# cached: null if there is no reply (dead letters, pending words).
# pending: why this run has no reply for the word (details in message). attempts: the calls made for it, 0 if it was not
# requested. A later run will request the word.
# kept_*: the last good reply to an earlier request, if the current request is pending or failed; otherwise null.
KEPT_SCHEMA = polars_schema(KeptReply)
REPLY_SCHEMA = {
    **_WORD,
    **polars_schema(
        ChatReply, "cached", "text", "pending", "code", "message", "attempts", "tokens_in", "tokens_out", "cost_usd",
        "latency_s",
    ),
    **KEPT_SCHEMA,
}  # fmt: skip
# The columns that a row takes from the reply, whose model is only set if a fallback model replied.
_REPLY_VALUES = tuple(each.name for each in fields(ChatReply) if each.name in REPLY_SCHEMA and each.name != "model")
FAILURE_SCHEMA = {
    name: REPLY_SCHEMA[name]
    for name in ("item_id", "term", "code", "message", "attempts", "model", "prompt_version", "text")
}

_WAITING = "its last good analysis or cards stay in use until there is a new reply"
_REMOVED = "the word was removed from the work list"

# Takes a headword and its request's user text (None for a reply to an earlier request). Returns a reply check.
Acceptance = Callable[[str, str | None], Callable[[str], object]]
# Takes a request's user text and returns the quality check for accepted replies.
QualityCheckFor = Callable[[str], QualityCheck]
# Takes all rows of REPLY_SCHEMA, and the item IDs of the words that have a newer reply than their last good one. Returns
# those of these words whose newer reply repeats a different word's cards.
Repeats = Callable[[Sequence[Mapping[str, Any]], Collection[str]], Collection[str]]


class _Word(NamedTuple):
    """A word in a stage, with its request's user text and the decision about its request."""

    term: str
    user: str
    decision: TaskDecision


@dataclass(frozen=True)
class ModelStage:
    """A model stage that plans and sends its requests.

    ``plan`` decides what each word needs, and ``generate`` returns the replies.
    """

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
        """Create a stage from its settings and prompt."""
        own = settings.of(stage)
        template = ChatTemplate(
            stage=stage, model=llm.model_version(own.model), system=prompt.text, schema=schema,
            temperature=own.temperature, max_tokens=own.max_tokens, seed=own.seed,
            reasoning_effort=own.reasoning_effort, extra_body=own.extra_body, repeat=prompt.repeat,
        )  # fmt: skip
        models = dict.fromkeys(llm.model_version(fallback.model) for fallback in own.fallbacks)
        fallbacks = tuple(replace(template, model=model) for model in models if model != template.model)
        return cls(template, fallbacks, prompt, own, llm, ledger, stale)

    def plan(
        self, words: Iterable[tuple[str, str, str]], acceptance: Acceptance, waiting: Collection[str] = frozenset()
    ) -> pl.DataFrame:
        """Return one request for each word (columns: REQUEST_SCHEMA), without writing to the ledger.

        Args:
            words: Tuples of (item_id, term, user text). Words with the same user text share a key.
            acceptance: Function that returns the check for a reply.
            waiting: Item IDs of words that must not be requested yet, because an earlier stage kept their last good
                record. Their cached replies are used.

        Raises:
            WordsRemovedError: The ledger no longer contains one of the words.
        """
        rows = (
            {"item_id": item_id, "term": term, "key": self.template.key(user), "model": self.template.model,
             "prompt_version": self.prompt.version, "user": user}
            for item_id, term, user in words
        )  # fmt: skip
        requests = frame_of(rows, REQUEST_SCHEMA)
        decisions = self._decide(requests, requests["key"], acceptance, waiting)
        return requests.with_columns(
            state=pl.Series([decision.state for decision in decisions], dtype=pl.String),
            reason=pl.Series([decision.reason for decision in decisions], dtype=pl.String),
        )

    def generate(
        self, requests: pl.DataFrame, acceptance: Acceptance, tasks: TaskParameters, repairer: Repairer | None,
        quality_check: QualityCheckFor | None = None, consent: Consent | None = None, repeats: Repeats | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Send the requests in queue order, and return the replies in the order of ``requests``.

        Each key is computed again from the actual request, and each word's state is read again. As a result,
        replies are never stored under the wrong key, even if the plan was made with a different model or prompt.

        Args:
            requests: The plan (columns: REQUEST_SCHEMA).
            acceptance: Function that returns the check for a reply.
            tasks: Settings for claims.
            repairer: Repairer that requests only the failed parts of a reply, or None.
            quality_check: Function that returns the quality check. Parts with findings are requested once more.
            consent: Callback that confirms the cost before the first request is sent.
            repeats: Function that finds the words whose new reply repeats a different word's cards. They keep their last
                good reply.

        Returns:
            One row for each word (columns: REPLY_SCHEMA). Words that were dropped from the queue are left out.

        Raises:
            NoWordsError: All words were dropped from the queue before they had a reply.
            WordsRemovedError: Words were removed from the ledger before they had a reply.
        """
        words = self._words(requests, acceptance)
        kept = self.llm.recall(
            Request(str(word.decision.task.key), word.user, acceptance(word.term, None))
            for word in words
            if word.decision.state == "kept"
        )
        words = [word._replace(decision=_unless_lost(word.decision, kept)) for word in words]
        self.ledger.queue.note(self.template.stage, self.prompt, [word.decision for word in words])
        ends = self._send(words, acceptance, tasks, repairer, quality_check, consent)
        rows = list(_reply_rows(words, kept, ends, self.llm.rejected_text))
        self._check_removed(requests, {row["item_id"] for row in rows})
        without = {row["item_id"] for row in rows if row.get("pending") or row.get("code")}
        if repeats is not None:
            without |= self._repeating(rows, [word.decision.task for word in words], repeats)
        good = self._good_replies(acceptance, (word for word in words if word.decision.task.item_id in without))
        return frame_of((row | good.get(row["item_id"], {}) for row in rows), REPLY_SCHEMA)

    def _words(self, requests: pl.DataFrame, acceptance: Acceptance) -> list[_Word]:
        """Return the words with their current decisions. Words that the plan lists as waiting are not requested."""
        keys, waiting = map(self.template.key, requests["user"]), set(requests.filter(state="waiting")["item_id"])
        decisions = self._decide(requests, keys, acceptance, waiting)
        texts = requests.select("term", "user").iter_rows()
        return [_Word(term, user, decision) for (term, user), decision in zip(texts, decisions, strict=True)]

    def _send(
        self, words: Iterable[_Word], acceptance: Acceptance, tasks: TaskParameters, repairer: Repairer | None,
        quality_check: QualityCheckFor | None, consent: Consent | None,
    ) -> dict[str, ChatReply]:  # fmt: skip
        """Return the reply to each request by key, from the cache or from the model, which is called in queue order."""
        checking = quality_check if quality_check and self.settings.repair_findings else lambda _: no_quality_check
        to_send = sorted(
            (word for word in words if word.decision.state == "cached" or word.decision.state in REQUESTED),
            key=lambda word: word.decision.task.order,
        )
        in_order = [word.decision for word in to_send]
        ports = Ports(
            claims=self.ledger.queue.claims(self.template.stage, in_order, tasks), budgets=self.ledger.budgets,
            rate_limits=self.ledger.rate_limits, breakers=self.ledger.breakers, batches=self.ledger.provider_batches,
        )  # fmt: skip
        requests = [
            Request(decision.request.key, user, acceptance(term, user), decision.request.fallback_keys, checking(user))
            for term, user, decision in to_send
        ]
        replies = self.llm.complete(
            self.template, requests, self.settings, ports, repairer if self.settings.repair else None,
            check=lambda term: acceptance(term, None), consent=consent,
        )  # fmt: skip
        return {reply.key: reply for reply in replies}

    def _repeating(self, rows: Sequence[Mapping[str, Any]], tasks: Iterable[Task], repeats: Repeats) -> set[str]:
        """Return the words whose new reply repeats a different word's cards. Keep their last good reply in the ledger."""
        used = {row["item_id"]: row["key"] for row in rows if not (row.get("pending") or row.get("code"))}
        newer = {
            task.item_id: task
            for task in tasks
            if task.good_key and used.get(task.item_id, task.good_key) != task.good_key
        }
        found = set(repeats(rows, newer.keys())) if newer else set()
        if found:
            self.ledger.queue.keep_good(self.template.stage, [newer[item_id] for item_id in sorted(found)])
        return found

    def _check_removed(self, requests: pl.DataFrame, replied: Collection[str]) -> None:
        """Raise an error if words without a reply were removed while the run waited or sent requests.

        Without this error, layers and a deck without these words would replace the existing ones.
        """
        without = [item_id for item_id in requests["item_id"] if item_id not in replied]
        removed = sorted(self.ledger.queue.unknown(without)) if without else []
        if without and not replied:
            why = "removed from the ledger, because a list was rolled back" if removed else "dropped from the queue"
            how = "" if removed else " `kedro tasks retry --state dropped` restores them."
            raise (WordsRemovedError if removed else NoWordsError)(
                f"All words of this run were {why}. The existing cards and the deck were not changed. Replies that you "
                f"paid for are in the cache.{how} To import the lists again, run `kedro run`."
            )
        if removed:
            raise WordsRemovedError(
                f"{_named(removed)} of this run {'was' if len(removed) == 1 else 'were'} removed from the ledger, because a "
                "list was rolled back. The deck was not changed. Replies that you paid for are in the cache. Run "
                "`kedro run` again."
            )

    def _good_replies(self, acceptance: Acceptance, words: Iterable[_Word]) -> dict[str, dict[str, Any]]:
        """Return the last good reply of each word as the fields of a KeptReply, by item ID."""
        with_good = [word for word in words if word.decision.task.good_key]
        found = self.llm.recall(
            Request(str(word.decision.task.good_key), word.user, acceptance(word.term, None)) for word in with_good
        )
        return {
            task.item_id: asdict(KeptReply(task.good_key, task.good_model, task.good_prompt_version, reply.text))
            for task in (word.decision.task for word in with_good)
            if (reply := found.get(str(task.good_key)))
        }

    def _decide(
        self, requests: pl.DataFrame, keys: Iterable[str], acceptance: Acceptance, waiting: Collection[str]
    ) -> list[TaskDecision]:
        stage, model, version = self.template.stage, self.template.model, self.prompt.version
        task_requests = [
            TaskRequest(stage, key, model, version, tuple(each.key(user) for each in self.fallbacks))
            for key, user in zip(keys, requests["user"], strict=True)
        ]
        words = requests["item_id"].to_list()
        tasks = self.ledger.queue.tasks(stage, words)
        _check_known(words, tasks)
        known = {task.key for task in tasks.values() if task.key}
        known |= {key for request in task_requests for key in request.keys}
        cached, numbers = self.llm.cached(known), self.ledger.queue.prompt_numbers(stage)
        # An archived reply that was rejected earlier may pass the current checks, which makes a request unnecessary.
        cached |= set(self.llm.recall(
            Request(request.key, user, acceptance(term, user), request.fallback_keys)
            for (term, user), request in zip(requests.select("term", "user").iter_rows(), task_requests, strict=True)
            if cached.isdisjoint(request.keys)
        ))  # fmt: skip
        removed = self.ledger.queue.removed()
        decisions = (
            decide_state(
                tasks[item_id],
                request,
                cached,
                numbers,
                "keep" if item_id in removed else self.stale,
                partial(changed_fields, self.llm.user_text, tasks[item_id].key, user),
            )
            for item_id, request, user in zip(words, task_requests, requests["user"], strict=True)
        )
        return [_unless_removed(_unless_waiting(decision, waiting), removed) for decision in decisions]


def repairer(stage: Stage, prompt: Prompt) -> Repairer:
    """Return the stage's repairer, which requests only the failed parts of a reply."""
    return Repairer(
        prompt.text, partial(repair_request, stage), partial(repair_schema, stage), partial(repaired_reply, stage)
    )


def failure(reply: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """Convert a row of REPLY_SCHEMA to a row of FAILURE_SCHEMA."""
    return {**{name: reply[name] for name in FAILURE_SCHEMA}, "code": str(code), "message": message}


def last_good(reply: dict[str, Any]) -> dict[str, Any] | None:
    """Return a row of REPLY_SCHEMA with the word's last good reply as its reply, or None if there is no such reply."""
    # A layer that an earlier release wrote does not have the columns.
    if reply.get("kept_text") is None:
        return None
    own = {name: reply[f"kept_{name}"] for name in ("text", "key", "model", "prompt_version")}
    return {**reply, **own, "pending": None, "code": None, "message": None}


def kept_words(records: pl.DataFrame) -> set[str]:
    """Return the item IDs of the words whose records come from their last good replies (see RECORD_SCHEMA)."""
    return set(records.filter("kept")["item_id"]) if "kept" in records.columns else set()


def _check_known(item_ids: Sequence[str], tasks: Mapping[str, Task]) -> None:
    unknown = [item_id for item_id in item_ids if item_id not in tasks]
    if unknown:
        raise WordsRemovedError(
            f"The ledger no longer contains {_named(unknown)} of this run, because a list was rolled back. This stage sent "
            "nothing, and the deck was not changed. Run `kedro run`: replies that you paid for are in the cache."
        )


def _named(item_ids: Sequence[str]) -> str:
    """Return the number of words with the first of them, such as "2 words (배#1, 말#1)"."""
    more = ", …" if len(item_ids) > 3 else ""
    return f"{counted(len(item_ids), 'word')} ({', '.join(item_ids[:3])}{more})"


def _unless_lost(decision: TaskDecision, kept: Mapping[str, ChatReply]) -> TaskDecision:
    """Return the decision, changed to "new" if the reply that should be kept is corrupted."""
    if decision.state != "kept" or decision.task.key in kept:
        return decision
    return TaskDecision(decision.task, decision.request, "dropped" if decision.reason == _REMOVED else "new")


def _unless_waiting(decision: TaskDecision, waiting: Collection[str]) -> TaskDecision:
    """Return the decision, changed to "waiting" if the word must not be requested yet."""
    if decision.state not in REQUESTED or decision.task.item_id not in waiting:
        return decision
    return replace(decision, state="waiting", reason=_WAITING)


def _unless_removed(decision: TaskDecision, removed: Collection[str]) -> TaskDecision:
    """Return the decision for a word that a person removed: it uses the replies in the cache and requests nothing."""
    if decision.task.item_id not in removed or decision.state not in (*REQUESTED, "waiting", "kept"):
        return decision
    return replace(decision, state="kept" if decision.state == "kept" else "dropped", reason=_REMOVED)


def _reply_rows(
    words: Iterable[_Word],
    kept: Mapping[str, ChatReply],
    ends: Mapping[str, ChatReply],
    rejected_text: Callable[[str | None], str | None],
) -> Iterator[dict[str, Any]]:
    for term, _, decision in words:
        task, request = decision.task, decision.request
        if decision.state == "dead":
            nothing: dict[str, Any] = {"cached": None, "pending": None, "text": rejected_text(task.key)}
            nothing |= dict.fromkeys(("tokens_in", "tokens_out", "cost_usd", "latency_s"), 0)
            reply = nothing | {name: getattr(task, name) for name in ("key", "code", "message", "attempts")}
            yield _source(task, request) | {"term": term, **reply}
        elif decision.state == "waiting":
            later = ChatReply(
                request.key, None, cached=False, attempts=0, pending=PendingCode.ANALYSIS, message=_WAITING
            )
            yield _source(task, request) | {"term": term, **_values(later), "cached": None}
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
    return {name: getattr(reply, name) for name in _REPLY_VALUES}
