"""Recognize replies to the prompts of earlier versions of the project, so that an upgrade never pays without asking."""

from collections.abc import Iterable

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.records import Stage
from korean_flashcards.stages.task import Task

# The hashes of the prompts that earlier versions of the project contained. When you change such a prompt, add its hash from
# before the change. A user's own prompts are not in this list: whoever edits a prompt knows that it requests new replies.
EARLIER_PROMPTS: dict[Stage, frozenset[str]] = {
    "nuance": frozenset({"106c149a74c1", "1ddd5bf4919b"}),
    "flashcards": frozenset({"4e18c1a74dc6"}),
    "judge": frozenset({"c561fb217356"}),
}


def earlier_replies(stage: Stage, tasks: Iterable[Task]) -> int:
    """Return how many of the tasks have a good reply that a paid model generated with a prompt of an earlier version."""
    return sum(
        task.good_prompt_version in EARLIER_PROMPTS[stage] and not str(task.good_model).startswith(OFFLINE_PREFIX)
        for task in tasks
    )
