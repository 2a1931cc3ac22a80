"""Format the output of `kedro word show`: a word's sections in a fixed order, wrapped at 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.commands.layout import headed, labeled, wrapped
from korean_flashcards.commands.terminal import safe
from korean_flashcards.commands.word.parts import PartDetails
from korean_flashcards.commands.word.report import WordDetails, WordReport
from korean_flashcards.domain.line_wrap import COLUMNS, width
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.review.edits import shown
from korean_flashcards.review.parts import ANALYSIS_NAME

_KINDS = {"ask": "request"}  # The ledger calls a first request "ask".


def report_lines(report: WordReport) -> Iterator[str]:
    """Yield the report's lines: each homograph, then the calls without a known homograph."""
    if not report.words:
        yield from wrapped(
            f"{report.term} is no longer in the ledger. The records of the word's calls and their cost are kept.", 0
        )
    for number, word in enumerate(report.words):
        if number:
            yield ""
        yield from _word_lines(word, report)
    yield from _remaining_calls(report)
    for layer, reason in report.unreadable_layers.items():
        yield from headed(f"Unreadable: {layer}", wrapped(reason))


def _word_lines(word: WordDetails, report: WordReport) -> Iterator[str]:
    title = safe(f"{word.item_id}  {word.item['definition'] or ''}".rstrip(), COLUMNS)
    yield title
    yield "=" * width(title)
    if not word.in_ledger:
        yield from wrapped(
            "No longer in the ledger: the word's list was rolled back. "
            "The records of its calls, reviews, and versions are kept.",
            0,
        )
    yield from headed("Word", _values(word))
    if word.in_ledger:
        yield from headed("Rows", _rows(word))
        yield from headed("Tasks", _tasks(word))
    if report.card in (None, ANALYSIS_NAME):
        yield from headed("Analysis", _analysis(word, report))
    if report.card != ANALYSIS_NAME:
        yield from headed("Cards", _cards(word, report))
    yield from headed("Findings and score", _quality(word, report))
    yield from headed("Calls", _calls([call for call in report.calls if call["item_id"] == word.item_id]))
    yield from headed("Reviews and versions", _versions(word))
    yield from headed("Exported", _exported(word))
    yield from headed("Next", _next(word))


def _values(word: WordDetails) -> Iterator[str]:
    for name, value in word.item.items():
        if value or name == "item_id":
            yield from labeled(name, shown(value) if isinstance(value, list) else value)


def _rows(word: WordDetails) -> Iterator[str]:
    for row in word.rows:
        updated = ", updated" if row["updated"] else ""
        yield from wrapped(
            f"{row['file']}, row {row['row']:,}: {row['outcome']}{updated} (batch {row['batch_id']}, "
            f"{local_time(row['created'])})", hanging=2,
        )  # fmt: skip


def _tasks(word: WordDetails) -> Iterator[str]:
    for task in word.tasks:
        yield f"  {task['stage']}: {task['state']}"
        for name, value in _task_values(task).items():
            yield from labeled(name, value, 4)
        for failure in word.failures:
            if failure["stage"] == task["stage"] and failure["code"] != task["code"]:
                yield from labeled("last run", f"{failure['code']}: {failure['message']}", 4)


def _task_values(task: Mapping[str, Any]) -> dict[str, Any]:
    number = f"v{task['prompt_number']}, " if task["prompt_number"] else ""
    key = task["key"] and f"{task['key'][:12]}, reply {'in the cache' if task['cached'] else 'not in the cache'}"
    until = task["leased_until"] and local_time(datetime.fromtimestamp(task["leased_until"], UTC))
    return {
        "priority": task["priority"],
        "attempts": str(task["attempts"]),
        "code": task["code"],
        "message": task["message"],
        "model": task["model"],
        "prompt": task["prompt_version"] and f"{number}{task['prompt_version']}",
        "key": key,
        "last good": _last_good(task),
        "settled": task["settled"] and local_time(task["settled"]),
        "stale": task["stale"],
        "pinned": "from an earlier system; only `kedro tasks retry` requests it again" if task["pinned"] else None,
        "held by": task["run_id"] and f"run {task['run_id']} on {task['run_host']}, process {task['run_pid']}",
        "held until": until,
    }  # fmt: skip


def _last_good(task: Mapping[str, Any]) -> str | None:
    """Describe the reply that stays in use while the task's current request is pending or failed."""
    key = task["good_key"]
    if not key or key == task["key"]:
        return None
    return f"{key[:12]} from {task['good_model']}, in use until there is a new reply"


def _analysis(word: WordDetails, report: WordReport) -> Iterator[str]:
    if word.analysis:
        yield from _content(word.analysis, tuple(word.analysis.content))
        yield from labeled("review", word.analysis.said or word.analysis.state)
    else:
        yield from wrapped(_absent("analysis", "nuance", report))


def _cards(word: WordDetails, report: WordReport) -> Iterator[str]:
    for card in word.cards:
        yield from wrapped(f"{card.card}: {release_text(card)}", hanging=2)
        yield from _content(card, ("front", "back", "honorific_level", "tags"), 4)
        yield from labeled("review", card.said or card.state, 4)
    if not word.cards:
        yield from wrapped(_absent(f"{report.card} card" if report.card else "cards", "flashcards", report))


def release_text(card: PartDetails) -> str:
    """Return whether a card is in the deck or, if it is held back, why."""
    if card.released is None:
        return "neither released nor held back yet"
    if card.released:
        return "released"
    # The sentence about a rejection already says "rejected by".
    return f"held back, {card.held_because if card.held_as == 'rejected' else f'{card.held_as}: {card.held_because}'}"


def _content(part: PartDetails, names: Sequence[str], indent: int = 2) -> Iterator[str]:
    for name in names:
        label = f"{name} (edited)" if name in part.edited else name
        value = part.content.get(name)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, each in enumerate(value):
                yield from labeled("" if number else label, _flat(each), indent)
        elif value not in (None, "", []):
            yield from labeled(label, _flat(value) if isinstance(value, dict) else shown(value), indent)


def _flat(value: Mapping[str, Any]) -> str:
    """Return a comparison or homonym on one line: "vs: 남자; nuance: …"."""
    return "; ".join(
        f"{name.replace('_', ' ')}: {shown(each)}" for name, each in value.items() if each not in (None, "")
    )


def _quality(word: WordDetails, report: WordReport) -> Iterator[str]:
    quality = word.quality
    if quality is None:
        yield from wrapped(_absent("score", "quality", report))
        return
    if quality["verdict"]:
        yield f"  word: {quality['score']} of 100, {quality['verdict']}"
    if report.card in (None, ANALYSIS_NAME):
        yield "  analysis"
        yield from _findings(quality["analysis"])
    for card in quality["cards"]:
        yield f"  {safe(card['tab_name'])}: {card['score']} of 100, {card['verdict']}"
        yield from _findings(card["findings"])
    if judge := quality["judge"]:
        yield from wrapped(f"judge ({judge['model']}): {judge['verdict']}")
        for each in judge["faults"] or ():
            place = f"{each['fault']} in {each['card']}, {each['field']}"
            yield from wrapped(f"{place}: {each['reason']} ({each['quote']})", 4, 2)
        for each in judge["ratings"]:
            yield from wrapped(f"{each['criterion']} {each['rating']} of 5: {each['reason']}", 4, 2)


def _findings(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in found:
        yield from wrapped(f"{each['severity']} {each['code']} in {each['field']}: {each['message']}", 4, 2)
    if not found:
        yield "    no findings"


def _calls(calls: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for call in calls:
        yield from wrapped(
            f"{local_time(call['at'])}  {call['stage']} {_KINDS.get(call['kind'], call['kind'])}, attempt "
            f"{call['attempt']}: {call['outcome']}{', repaired on arrival' if call['fixed'] else ''}"
            f"{', in a batch' if call['batch'] else ''}",
            hanging=2,
        )  # fmt: skip
        usd = "price unknown" if call["usd"] is None else f"USD {usd_number(call['usd'], 4)}"
        waited = f" and {call['queue_s']:.1f} s queued" if call["queue_s"] >= 0.05 else ""
        yield from wrapped(f"{call['model']}, prompt {call['prompt']}, key {call['key'][:12]}", 4, 2)
        yield from wrapped(f"{call['tokens_in']:,} tokens in, {call['tokens_out']:,} out, {usd}, "
                           f"{call['latency_s']:.1f} s{waited}", 4, 2)  # fmt: skip
        if call["message"]:
            yield from wrapped(call["message"], 4)
    yield from wrapped(_total(calls) if calls else "No calls. The offline model needs no calls.")


def _total(calls: Sequence[Mapping[str, Any]]) -> str:
    tokens = sum(call["tokens_in"] + call["tokens_out"] for call in calls)
    unpriced = sum(call["usd"] is None for call in calls)
    cost = f"USD {usd_number(sum(call['usd'] or 0 for call in calls), 4)}"
    if unpriced == len(calls):
        cost = "unknown price"
    elif unpriced:
        cost += f" plus {counted(unpriced, 'call')} with an unknown price"
    return f"{counted(len(calls), 'call')}, {counted(tokens, 'token')}, {cost}."


def _remaining_calls(report: WordReport) -> Iterator[str]:
    """Yield the calls without a known homograph, and the total cost of all calls for the headword."""
    items = {word.item_id for word in report.words}
    unknown = [call for call in report.calls if call["item_id"] is None]
    if unknown:
        title = "Earlier calls without a known homograph" if items else "Calls"
        yield from headed(title, _calls(unknown))
    if items and any(call["item_id"] != report.words[0].item_id for call in report.calls):
        yield from headed(f"All calls for {safe(report.term)}", wrapped(_total(report.calls)))


def _versions(word: WordDetails) -> Iterator[str]:
    for part in word.versions:
        yield f"  {safe(part['card'])}"
        versions = part["versions"]
        # The current text is shown above. Show only the fields of earlier versions that differ from it.
        now = next((version["content"] for version in versions if version["today"]), None)
        before: Mapping[str, Any] = now or {}
        for version in versions:
            yield from wrapped(_version(version), 4, 2)
            for name, value in version["content"].items():
                if value != before.get(name) and (before or value not in (None, "", [])):
                    yield from labeled(name, "(empty)" if value in (None, "", []) else shown(value), 6)
            for review in version["reviews"]:
                by = f" by {review['reviewer']}" if review["reviewer"] else ""
                why = f": {review['reason']}" if review["reason"] else ""
                undone = " (undone)" if review["undone_at"] else ""
                yield from wrapped(f"{local_time(review['at'])} {review['action']}{by}{why}{undone}", 6, 2)
            before = now or version["content"]
    for conflict in word.conflicts:
        card = conflict["tab_name"] or ANALYSIS_NAME
        yield from wrapped(
            f"Edit in conflict: {card} {conflict['field']}. The text that the edit replaced has changed."
        )
        yield from labeled("your edit", conflict["edited"], 4)
        yield from labeled("it replaced", conflict["replaced"], 4)
        yield from labeled("generated now", conflict["generated"], 4)
    if not word.versions and not word.conflicts:
        yield "  No run has recorded a version yet."


def _version(version: Mapping[str, Any]) -> str:
    today = " (current)" if version["today"] else ""
    cost = "" if version["usd"] is None else f", USD {usd_number(version['usd'], 4)}"
    by = f"edited by a person, originally by {version['model']}" if version["made_by"] == "person" else version["model"]
    seen = local_time(version["first_seen"])
    return f"version {version['number']}{today}: {seen}, {by}, prompt {version['prompt']}{cost}"


def _exported(word: WordDetails) -> Iterator[str]:
    if word.exported:
        yield from labeled("first", local_time(word.exported["first_exported"]))
        yield from labeled("last", local_time(word.exported["last_exported"]))
    else:
        yield "  not yet"


def _next(word: WordDetails) -> Iterator[str]:
    for step in word.next:
        yield from wrapped(f"{step.about}: {step.text}", hanging=2)
        # Commands are never wrapped, so that they can be copied.
        yield from (f"    {safe(command)}" for command in step.commands)


def _absent(what: str, layer: str, report: WordReport) -> str:
    if layer in report.missing_layers:
        return f"No run has created the {what} yet."
    if layer in report.unreadable_layers:
        return "This layer cannot be read. See the end of this report."
    return f"The last run produced no {what} for this word."
