"""Define the tasks in the queue, and decide which words a run requests. No I/O."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.clean_text import clean_values
from korean_flashcards.domain.parameters import Stale
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.formats.judge_reply import FINDINGS

# A run requests only the words in the states new, retry, and stale.
RequestState = Literal["cached", "new", "retry", "stale", "kept", "dead", "dropped", "waiting"]
REQUESTED = ("new", "retry", "stale")

# The stage-1 user text field that lists words to compare. This field can change when words are added to the deck.
CANDIDATES = "comparison_candidates"
_TEXT_CLEANED = "only invisible characters were removed from its text"
# Fields whose change alone does not make a reply stale, because they are only hints, and the text is the same.
_HINTS = {CANDIDATES: "its comparison candidates changed", FINDINGS: "only the findings of the checks changed"}
_DATA_CHANGED: dict[Stage, str] = {
    "nuance": "the word's data changed",
    "flashcards": "its analysis changed",
    "judge": "its row in the list, its analysis, or its cards changed",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A word's task in one stage. The task's state refers to the request that has the task's key.

    ``good_key`` is the key of the last request with a good reply. It differs from ``key`` if a newer request is pending
    or has failed.
    """

    item_id: str
    state: Literal["pending", "running", "done", "failed", "dead", "dropped"]
    priority: int
    frequency: int
    position: int
    attempts: int
    key: str | None
    model: str | None
    prompt_version: str | None
    code: str | None
    message: str | None
    stale: str | None
    pinned: int
    good_key: str | None = None
    good_model: str | None = None
    good_prompt_version: str | None = None

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Return the queue's sort key: priority, frequency, and position in the list."""
        return -self.priority, -self.frequency, self.position, self.item_id


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A word's request, based on the current prompt, model, and data."""

    stage: Stage
    key: str
    model: str
    prompt_version: str
    fallback_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all keys that may have a reply, including those of the fallback models."""
        return self.key, *self.fallback_keys


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """The decision about a task in this run, with its reason.

    ``lost``: whether the run would have kept the task's reply to an earlier request, but the reply is not in the cache.
    """

    task: Task
    request: TaskRequest
    state: RequestState
    reason: str | None = None
    lost: bool = False

    @property
    def attempts(self) -> int:
        """Return how many runs have given up on the current request."""
        return self.task.attempts if self.task.key in self.request.keys else 0


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The result of a claim. Keys missing from all three collections are being requested by another run.

    Attributes:
        granted: Keys of the requests to send now.
        failed: Failures for keys that another run has given up on in the meantime.
        dropped: Keys whose tasks have been dropped.
    """

    granted: Collection[str]
    failed: Mapping[str, ChatReply]
    dropped: Collection[str] = ()


def decide_state(
    task: Task, request: TaskRequest, cached: Collection[str], numbers: Mapping[str, int], stale: Stale,
    changed: Callable[[], Collection[str] | None],
) -> TaskDecision:  # fmt: skip
    """Return the decision about a task.

    Args:
        task: The task.
        request: The current request for the task's word.
        cached: The request and task keys that have a cached reply.
        numbers: The stage's prompt versions, mapped to their numbers.
        stale: Which stale replies to request again.
        changed: Function that returns the user text fields that have changed since the task's reply was requested. See
            ``changed_fields``.
    """
    same = task.key in request.keys
    old_reply = task.key in cached and not same
    if task.state == "dropped":
        return TaskDecision(task, request, "dropped")
    if task.pinned and task.state == "done" and old_reply:
        return TaskDecision(task, request, "kept", "a record from an earlier system")
    if any(key in cached for key in request.keys):
        return TaskDecision(task, request, "cached")
    if same and task.state == "dead":
        return TaskDecision(task, request, "dead", _given_up(task))
    if same and task.attempts and task.state != "done":
        return TaskDecision(task, request, "retry", _given_up(task))
    if old_reply:
        same_prompt_and_model = (task.prompt_version, task.model) == (request.prompt_version, request.model)
        fields = changed() if same_prompt_and_model else None
        if fields is not None and not fields:
            return TaskDecision(task, request, "kept", _TEXT_CLEANED)
        # A new word in a list must not replace the replies for other words, nor new checks the judgments of the same text.
        kept = stale == "keep" or (stale == "redo" and _changed_hint(fields) is not None)
        return TaskDecision(task, request, "kept" if kept else "stale", _changes(task, request, numbers, fields))
    lost = stale == "keep" and task.state == "done" and task.key is not None and not same
    return TaskDecision(task, request, "new", lost=lost)


def changed_fields(user_text: Callable[[str], str | None], key: str | None, user: str) -> set[str] | None:
    """Return the fields in which ``user`` differs from an earlier request's user text.

    Invisible characters do not count. Earlier releases sent them, and this release removes them.

    Args:
        user_text: Function that returns the user text for a key, or None.
        key: The earlier request's key.
        user: The current user text.

    Returns:
        The names of the fields, or None if the earlier user text is unknown or exactly the same.
    """
    before = user_text(key) if key else None
    if before is None or before == user:
        return None
    old, new = clean_values(json.loads(before)), json.loads(user)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _changed_hint(fields: Collection[str] | None) -> str | None:
    """Return the reason if only one hint has changed, or None."""
    return _HINTS.get(next(iter(fields))) if fields is not None and len(fields) == 1 else None


def _given_up(task: Task) -> str:
    return f"{task.code}: {task.message} ({counted(task.attempts, 'attempt')})"


def _changes(task: Task, request: TaskRequest, numbers: Mapping[str, int], fields: Collection[str] | None) -> str:
    """Describe how the request differs from the request that produced the task's reply.

    ``fields``: the user text fields that have changed, or None if they are unknown.
    """
    same_prompt, same_model = task.prompt_version == request.prompt_version, task.model == request.model
    if same_prompt and same_model:
        return _changed_hint(fields) or _DATA_CHANGED[request.stage]
    today = numbers.get(request.prompt_version, max(numbers.values(), default=0) + 1)
    before = numbers.get(task.prompt_version or "", "?")
    prompt = f"prompt unchanged (v{today})" if same_prompt else f"prompt v{before}→v{today}"
    return f"{prompt}; " + ("model unchanged" if same_model else f"model {task.model}→{request.model}")
