"""The queue's values, and the one decision about a word: is its reply cached, requested, kept, or given up. Pure."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.parameters import Stale
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply

# What a run will do with a word: nothing (cached, kept, dead, dropped) or request it (new, retry, stale).
RequestState = Literal["cached", "new", "retry", "stale", "kept", "dead", "dropped"]
REQUESTED = ("new", "retry", "stale")

# The field of stage 1's user text with the words to compare with, which other words of the deck change.
CANDIDATES = "comparison_candidates"
_CANDIDATES_CHANGED = "its comparison candidates changed"
_DATA_CHANGED: dict[Stage, str] = {
    "nuance": "the word's data changed",
    "flashcards": "its analysis changed",
    "judge": "its analysis or its cards changed",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A word's place in one stage. ``key``, ``model`` and ``prompt_version`` name the request that its state is about."""

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

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Sorts as the queue does: what matters most, then the most frequent word, then the list's own order."""
        return -self.priority, -self.frequency, self.position, self.item_id


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """What would be requested today, and from which model."""

    stage: Stage
    key: str
    model: str
    prompt_version: str
    fallback_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys under which its reply may be: ``fallback_keys`` are those of the fallback models."""
        return self.key, *self.fallback_keys


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """What becomes of a task in this run, and why."""

    task: Task
    request: TaskRequest
    state: RequestState
    reason: str | None = None

    @property
    def attempts(self) -> int:
        """How often runs gave the word up for today's request."""
        return self.task.attempts if self.task.key in self.request.keys else 0


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What the queue says to a run that claims some keys; those named nowhere are running in a different run.

    ``granted``: to be sent now. ``failed``: given up by a different run in the meantime. ``dropped``: nobody wants them now.
    """

    granted: Collection[str]
    failed: Mapping[str, ChatReply]
    dropped: Collection[str] = ()


def decide_state(
    task: Task, request: TaskRequest, cached: Collection[str], numbers: Mapping[str, int], stale: Stale,
    changed: Callable[[], Collection[str]],
) -> TaskDecision:  # fmt: skip
    """Return what becomes of the task.

    ``cached``: which of the request's and the task's own key have a reply. ``numbers``: of the stage's prompt versions.
    ``changed``: the fields in which what is told of the word differs from what the task's reply was written for.
    """
    same = task.key in request.keys
    old_reply = task.key in cached and not same
    if task.state == "dropped":
        return TaskDecision(task, request, "dropped")
    if task.pinned and task.state == "done" and old_reply:
        return TaskDecision(task, request, "kept", "a record of an earlier system")
    if any(key in cached for key in request.keys):
        return TaskDecision(task, request, "cached")
    if same and task.state == "dead":
        return TaskDecision(task, request, "dead", _given_up(task))
    if same and task.attempts and task.state != "done":
        return TaskDecision(task, request, "retry", _given_up(task))
    if old_reply:
        state: RequestState = "kept" if stale == "keep" else "stale"
        return TaskDecision(task, request, state, _changes(task, request, numbers, changed))
    return TaskDecision(task, request, "new")


def changed_fields(user_text: Callable[[str], str | None], key: str | None, user: str) -> set[str]:
    """Return the fields in which ``user`` differs from the user text of the key's request; none if unknown.

    ``user_text`` finds the user text of a key.
    """
    before = user_text(key) if key else None
    if before is None:
        return set()
    old, new = json.loads(before), json.loads(user)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _given_up(task: Task) -> str:
    return f"{task.code}: {task.message} ({counted(task.attempts, 'attempt')})"


def _changes(
    task: Task, request: TaskRequest, numbers: Mapping[str, int], changed: Callable[[], Collection[str]]
) -> str:
    """What differs from the request of the task's reply."""
    same_prompt, same_model = task.prompt_version == request.prompt_version, task.model == request.model
    if same_prompt and same_model:
        return _CANDIDATES_CHANGED if set(changed()) == {CANDIDATES} else _DATA_CHANGED[request.stage]
    today = numbers.get(request.prompt_version, max(numbers.values(), default=0) + 1)
    before = numbers.get(task.prompt_version or "", "?")
    prompt = f"prompt unchanged (v{today})" if same_prompt else f"prompt v{before}→v{today}"
    return f"{prompt}; " + ("model unchanged" if same_model else f"model {task.model}→{request.model}")
