"""What ``kedro errors`` prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.failures import KINDS, advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending.call_reports import Failure
from korean_flashcards.ledger.word_history import WordHistory

_LONGEST = 240  # columns of an example's message: what tells two of one code apart is often at its end


def failure_lines(found: Sequence[Failure], limit: int, asked: int, narrowed: bool) -> Iterator[str]:
    """The table of failures, then each code with examples and what to do."""
    if not found:
        of_these = "No errors of this kind" if narrowed else "No errors"
        yield f"{of_these}: of {counted(asked, 'call')} in the ledger none failed so, and no word was given up."
        return
    shown = found[:limit]
    calls, given_up = sum(each.calls for each in found), sum(each.given_up for each in found)
    yield f"{counted(calls, 'failed call')} (of {asked:,} in all); {counted(given_up, 'word')} without a record now."
    headers = ("code", "group", "stage", "model", "prompt", "calls", "words", "without", "first", "last")
    yield table(headers, map(_row, shown), longest=40)
    if len(found) > limit:
        yield f"… and {len(found) - limit:,} more (--limit)"
    for code in dict.fromkeys(each.code for each in shown):
        yield ""
        yield f"{safe(_path(code))}: {advice(code)}"
        examples = {one["word"]: one["message"] for each in shown if each.code == code for one in each.examples}
        yield from (f"  {safe(word)}: {safe(message, _LONGEST)}" for word, message in list(examples.items())[:3])


def story_lines(story: WordHistory) -> Iterator[str]:
    """Where a word stands, every call for it, what it cost, what to do."""
    for word in story.words:
        yield f"{safe(word.item['item_id'])}  {safe(word.item['definition'])}".rstrip()
        for task in word.tasks:
            yield f"  {task['stage']}: {_state(task)}"
    if not story.words:
        yield f"{safe(story.term)} is no word of the ledger any more; what was paid for it stays counted."
    yield ""
    if story.calls:
        headers = (
            "when",
            "stage",
            "kind",
            "key",
            "model",
            "prompt",
            "try",
            "outcome",
            "in",
            "out",
            "USD",
            "s",
            "queued s",
        )
        yield table(headers, map(_call, story.calls), longest=40)
        for call in story.calls:
            if call["message"]:
                yield f"  {call['at']} {safe(call['outcome'])}: {safe(call['message'], _LONGEST)}"
    else:
        yield "No model was asked for it (the embedded one is not counted)."
    unpriced = f" and {counted(story.unpriced, 'call')} whose price is not known" if story.unpriced else ""
    yield f"{counted(len(story.calls), 'call')}, {story.tokens:,} tokens, USD {story.usd:.4f}{unpriced}."
    yield from dict.fromkeys(_next(story, word.item["item_id"], task) for word in story.words for task in word.tasks)


def _row(found: Failure) -> tuple[Any, ...]:
    known = found.code in FailureCode.__members__.values()
    return (
        found.code, KINDS[FailureCode(found.code)].group if known else None, found.stage, found.model, found.prompt,
        found.calls, found.words, found.given_up, found.first, found.last,
    )  # fmt: skip


def _path(code: str) -> str:
    """The code below its broader one: "contract > missing_card"."""
    parent = KINDS[FailureCode(code)].parent if code in FailureCode.__members__.values() else None
    return f"{parent} > {code}" if parent else code


def _state(task: dict[str, Any]) -> str:
    facts = [task["state"]]
    if task["attempts"]:
        facts.append(f"failed in {counted(task['attempts'], 'run')}")
    if task["code"]:
        facts.append(f"{safe(task['code'])}: {safe(task['message'], _LONGEST)}")
    if task["stale"]:
        facts.append(f"stale: {safe(task['stale'])}")
    if task["key"]:
        facts.append(f"key {safe(task['key'])[:12]}, reply {'in the cache' if task['cached'] else 'not in the cache'}")
    return "; ".join(facts)


def _call(call: dict[str, Any]) -> tuple[Any, ...]:
    usd = "" if call["usd"] is None else f"{call['usd']:.4f}"
    outcome = call["outcome"] + (" (mended)" if call["fixed"] else "") + (" (batch)" if call["batch"] else "")
    return (
        call["at"], call["stage"], call["kind"], call["key"][:12], call["model"], call["prompt"], call["attempt"], outcome,
        call["tokens_in"], call["tokens_out"], usd, f"{call['latency_s']:.1f}", f"{call['queue_s']:.1f}",
    )  # fmt: skip


def _next(story: WordHistory, item_id: str, task: dict[str, Any]) -> str:
    """What a person can do about a task."""
    analysed = any(
        other["state"] == "done" for word in story.words if word.item["item_id"] == item_id
        for other in word.tasks if other["stage"] == "nuance"
    )  # fmt: skip
    back = f"`kedro tasks retry {safe(item_id)}`"
    todo = {
        "done": "nothing to do",
        "running": "a run is at work on it",
        "dropped": f"taken out of the queue: {back} brings it back",
        "failed": advice(task["code"] or ""),
        "dead": f"given up. {advice(task['code'] or '')}; {back} puts it back into the queue",
        "pending": "the next `kedro run` asks for it"
        if task["stage"] == "nuance" or analysed
        else "waits for its analysis",
    }[task["state"]]
    if task["state"] == "done" and task["stale"]:
        todo = "done, with a reply to an earlier question (stale=redo asks anew)"
    return f"{safe(item_id)} {task['stage']}: {todo}."
