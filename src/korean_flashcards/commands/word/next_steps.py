"""Determine what the next run does with a word, and what the user can do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_flashcards.commands.word.parts import PartDetails
from korean_flashcards.domain.failures import advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.review.parts import ANALYSIS_NAME
from korean_flashcards.review.states import ACCEPTED, State

# For each stage, the stage that must finish first, and that earlier stage's result in words.
_BEFORE = {"flashcards": ("nuance", "an analysis"), "judge": ("flashcards", "cards")}
_REBUILD = "kedro run --pipelines=quality,export,reporting"


@dataclass(frozen=True)
class NextStep:
    """A next step for a word.

    Attributes:
        about: The subject of the step: a stage, a card, "analysis", or "word".
        text: What happens next, or what to do.
        commands: The commands to run, in order.
    """

    about: str
    text: str
    commands: tuple[str, ...] = ()


def next_steps(
    item_id: str, in_ledger: bool, tasks: Sequence[Mapping[str, Any]], failures: Sequence[Mapping[str, Any]],
    parts: Sequence[PartDetails], conflicts: Sequence[Mapping[str, Any]], generated: bool, removed: bool,
) -> list[NextStep]:  # fmt: skip
    """Return the steps for tasks, failures in the last run, conflicts, and cards or analyses to review, in this order.

    ``generated`` is true if the last run included an analysis of the word, and ``removed`` if a person removed the word.
    """
    if not in_ledger:
        return [
            NextStep("word", "To restore the word, import a list that contains it:", ("kedro ingress import LIST",))
        ]
    if removed:
        text = "You removed this word, so runs request nothing for it. To restore it:"
        return [NextStep("word", text, (f"kedro word restore {item_id}",))]
    states = {task["stage"]: task["state"] for task in tasks}
    steps = [_task_step(item_id, task, states) for task in tasks]
    if states.get("nuance") == "done" and not generated:
        steps.append(
            NextStep("word", "The last run did not include this word. To create its analysis and cards from the cache:",
                     ("kedro run",))
        )  # fmt: skip
    given_up = {(task["stage"], task["code"]) for task in tasks}
    steps += [NextStep(each["stage"], f"Failed with {each['code']} in the last run: {advice(each['code'])}.")
              for each in failures if (each["stage"], each["code"]) not in given_up]  # fmt: skip
    steps += [_conflict_step(item_id, each) for each in conflicts]
    steps += [step for part in parts if (step := _part_step(item_id, part))]
    return steps


def _task_step(item_id: str, task: Mapping[str, Any], states: Mapping[str, str]) -> NextStep:
    stage, retry = task["stage"], f"kedro tasks retry {item_id} --stage {task['stage']}"
    match task["state"]:
        case "running":
            return NextStep(stage, f"Run {task['run_id']} on {task['run_host']} is working on this task now.")
        case "dropped":
            return NextStep(stage, "You removed this task from the queue. To queue it again:", (retry,))
        case "failed":
            return NextStep(
                stage,
                f"The next run retries this task. To fix the problem: {advice(task['code'] or '')}.",
                ("kedro run",),
            )
        case "dead":
            runs = counted(task["attempts"], "failed run")
            return NextStep(stage, f"Given up after {runs}. To fix the problem: {advice(task['code'] or '')}. Then:",
                            (retry, "kedro run"))  # fmt: skip
        case "done" if task["stale"]:
            return NextStep(
                stage,
                f"Stale ({task['stale']}). The next run requests a new reply. To keep the current reply, set stale=keep.",
                ("kedro run",),
            )  # fmt: skip
        case "done":
            return NextStep(stage, "Done. Nothing to do.")
    before, name = _BEFORE.get(stage, (None, ""))
    if before and states.get(before) != "done":
        return NextStep(stage, f"Pending until the word has {name}.")
    if stage == "judge":
        return NextStep(stage, "The next run sends this request if quality.judge is on.", ("kedro run",))
    return NextStep(stage, "The next run sends this request.", ("kedro run",))


def _conflict_step(item_id: str, conflict: Mapping[str, Any]) -> NextStep:
    card = conflict["tab_name"] or ANALYSIS_NAME
    return NextStep(
        card,
        f"Your edit to {conflict['field']} conflicts with newly generated text. Keep the edit, or use the new text:",
        (
            f"kedro review approve {item_id} --card {card}",
            f"kedro review edit {item_id} --card {card} --field {conflict['field']} --drop",
        ),
    )


def _part_step(item_id: str, part: PartDetails) -> NextStep | None:
    approve = f"kedro review approve {item_id} --card {part.card}"
    edit = f"kedro review edit {item_id} --card {part.card} --field FIELD --value TEXT"
    if part.outdated:
        return NextStep(part.card, "The deck does not reflect the latest edits and reviews. To update it:", (_REBUILD,))
    if part.state == State.REJECTED:
        return NextStep(part.card, "Rejected by a reviewer. Edit the card, or approve it after all:", (edit, approve))
    if part.held_as == "failed_checks":
        return NextStep(
            part.card, "Held back because of its findings. Edit the card, or approve it unchanged:", (edit, approve)
        )
    if part.held_as == "mixed":
        return NextStep(part.card, f"Held back because {part.held_because}. Approve or edit the card:", (approve, edit))
    if part.held_as == "unapproved":
        return NextStep(part.card, "Held back until a reviewer approves it:", (approve,))
    if part.held_as == "rejected":
        return NextStep(part.card, "Held back because its analysis was rejected. Edit or approve the analysis.")
    if part.state == State.CHANGED:
        return NextStep(part.card, "Changed since its last review. Review it again:", (approve,))
    if part.card != ANALYSIS_NAME and part.state not in ACCEPTED and "review:needed" in part.content["tags"]:
        return NextStep(part.card, "In the deck, but its findings call for a review:", (approve, edit))
    return None
