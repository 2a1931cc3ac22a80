"""Format the output of `kedro status`: one line per topic, then the next step."""

from collections.abc import Iterator

from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.status.figures import ProjectStatus, words_in
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.gone_text import deleted_text
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted, duplicate_count
from korean_flashcards.llm.pricing.price_list import did_you_mean
from korean_flashcards.planning.plan import RunPlan, StagePlan
from korean_flashcards.planning.plan_text import budget_text, money, request_count
from korean_flashcards.summary.run_summary import HELD_REASONS, REJECTED

_STATES = {
    "new": "to generate", "missing": "missing from the cache", "retry": "to retry", "stale": "stale",
    "cached": "cached", "kept": "kept", "dead": "dead letters",
}  # fmt: skip


def status_lines(found: ProjectStatus) -> Iterator[str]:
    """Yield the status as lines of at most 80 columns."""
    subjects = (_lists, _words, _stages, _missing, _pending, _failed, _held, _cost, _deck)
    for title, text in (line for subject in subjects for line in subject(found)):
        yield from labeled(title, text, indent=0, label=10)
    yield ""
    yield from wrapped(next_step(found), 0)


def next_step(found: ProjectStatus) -> str:
    """Return the next step, with the command to run."""
    if not found.ran:
        return f"Nothing has been run yet. {_first_step(found)}"
    if found.active_runs:
        active = counted(len(found.active_runs), "active run")
        return f"Wait for {active} to finish, then run `kedro status` again."
    if found.pending:
        return "Some words are pending at a provider: `kedro run --params llm.mode=batch` fetches their replies."
    if found.lists or ((found.plan.requests or found.to_generate) and not found.only_hopeless):
        return _run_text(found.plan)
    return _repair_step(found)


def _first_step(found: ProjectStatus) -> str:
    if not found.words.chosen:
        return "Put a word list into data/01_raw, then run `kedro run`."
    return _run_text(found.plan)


def _repair_step(found: ProjectStatus) -> str:
    """Return what to do if a run has nothing to send."""
    if found.export_interrupted:
        return "`kedro run --pipeline=export` finishes the interrupted export, free of charge."
    if found.words.without_cards > sum(failed.words for failed in found.failed):
        return "`kedro run` would create the missing cards from cached replies, free of charge."
    if found.removed and not found.words.chosen:
        return "No words are left. Put a word list into data/01_raw. `kedro run` then replaces the cards, too."
    if found.removed:
        return "`kedro run` removes the cards of the words that are not in the ledger anymore, free of charge."
    if found.exports and found.deck is None:
        return "`kedro run --pipeline=export` writes the deck, free of charge."
    if found.outdated:
        return "`kedro run --pipelines=quality,export,reporting` updates the deck, free of charge."
    if found.conflicts:
        return "`kedro review conflicts` shows the edits that conflict with newly generated text."
    if any(code != REJECTED for code in found.held or {}):
        return "`kedro review next` shows the cards that are held back."
    if found.failed:
        return "`kedro errors` lists the failed words and what to do about them."
    if found.rejected:
        return "`kedro ingress list` shows the batches with rejected rows. Correct the list, then run `kedro run`."
    return "Everything is done."


def _run_text(plan: RunPlan) -> str:
    """Describe what a run would send and cost, or what would prevent it."""
    if plan.cache_only:
        return "`kedro run` would send nothing, because llm.cache_only is on."
    if refused := [safe(stage.model) for stage in plan.stages if stage.requests and stage.refused]:
        suggestions = "".join(map(did_you_mean, dict.fromkeys(refused)))
        correct = "If the name is correct, add" if suggestions else "Add"
        return (
            f"The price of {', '.join(dict.fromkeys(refused))} is unknown, so no request would be sent.{suggestions} "
            f"{correct} the price to llm.prices, or allow an unknown price with --params llm.price=unknown_ok."
        )
    if not plan.requests:
        return "`kedro run` would import the lists and send nothing, free of charge."
    would = f"`kedro run` would send {request_count(plan)}"
    short = any(budget.verdict == "short" for budget in plan.budgets)
    limited = " The budget is too small: raise llm.budget, or the remaining words stay pending." if short else ""
    if not plan.spends:
        return f"{would} to the offline model, which is free."
    return f"{would} for {_price(plan)}.{limited}"


def _price(plan: RunPlan) -> str:
    return "an unknown price" if plan.usd is None else f"about {money(plan.usd)}"


def _lists(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    rejected = f", {counted(found.rejected, 'row')} rejected" if found.rejected else ""
    yield "Lists", f"{counted(found.batches, 'batch', 'batches')} imported{rejected}"
    for one in found.lists:
        state = "not imported yet" if one.state == "new" else "changed since it was imported"
        new, duplicates = counted(one.imported, "new word"), duplicate_count(one.duplicates, one.updated)
        yield "", f"{safe(one.file)} {state}: {new}, {duplicates}, {counted(one.rejected, 'rejected row')}"

    for gone in found.deleted:
        yield "", deleted_text(safe(gone.file), [safe(batch) for batch in gone.batches], gone.words)


def _words(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    words = found.words
    dropped = f", {words.dropped:,} dropped" if words.dropped else ""
    yield "Words", f"{words.known:,} in the ledger{dropped}"
    if words.gone:
        yield "", f"{words.gone:,} in no list anymore (the parameter ingress.gone decides about their notes)"
    if words.removed:
        yield "", f"{words.removed:,} removed by you (`kedro word removed` lists them)"
    narrowed = f" ({safe(words.narrowed_by)})" if words.narrowed_by else ""
    kept = f"{words.kept:,} with their last good cards, " if words.kept else ""
    counts = f"{words.with_cards:,} with cards, {kept}{words.without_cards:,} without"
    yield "", f"{words.chosen:,} in the next run{narrowed}: {counts}"


def _stages(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    for stage in found.plan.stages:
        yield stage.stage.capitalize(), _stage_text(stage)


def _stage_text(stage: StagePlan) -> str:
    counts = [f"{words_in(stage, state):,} {text}" for state, text in _STATES.items() if state in stage.states]
    if stage.waiting:
        counts.append(
            f"{stage.waiting:,} pending until they {'have cards' if stage.stage == 'judge' else 'are analyzed'}"
        )
    return f"{', '.join(counts) or 'no words'} ({safe(stage.model_name)})"


def _missing(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    if missing := found.plan.missing:
        yield "Missing", f"{safe(missing.sentence)} {missing.advice}"


def _pending(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    for one in found.pending:
        batch = f"{safe(one.provider_id or one.batch_id)} at {safe(one.model)}"
        yield "Pending", f"{counted(one.words, 'word')} in batch {batch} since {local_time(one.created)} ({one.stage})"
    for run in found.active_runs:
        yield "Active", f"run {safe(run)}"


def _failed(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    for one in found.failed:
        yield "Failed", f"{counted(one.words, 'word')} with {safe(one.code)}: {one.advice}"
    if found.dead:
        what_helps = "Correct the list, or run `kedro tasks retry --all-dead`."
        yield (
            "Dead",
            f"{counted(found.dead, 'dead letter')} (failed in too many runs and no longer requested). {what_helps}",
        )


def _held(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    for code, cards in (found.held or {}).items():
        yield "Held back", f"{counted(cards, 'card')}: {HELD_REASONS.get(code, safe(code))}"
    if found.conflicts:
        yield (
            "Conflicts",
            f"{counted(found.conflicts, 'edit')} in conflict with newly generated text: `kedro review conflicts`",
        )


def _cost(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    plan = found.plan
    if not plan.requests:
        yield "Cost", "free (nothing to request)"
    elif not plan.spends:
        yield "Cost", f"free ({request_count(plan)} to the offline model)"
    else:
        yield "Cost", f"{_price(plan)} for {request_count(plan)}"
    for budget in plan.budgets:
        yield "Budget", safe(budget_text(budget))


def _deck(found: ProjectStatus) -> Iterator[tuple[str, str]]:
    if found.deck is not None:
        yield "Deck", f"{safe(found.deck.path)}, exported {local_time(found.deck.exported)}"
    if found.export_interrupted:
        yield "Export", "interrupted while it replaced the files. The next `kedro run` finishes it."
    if found.removed:
        words = counted(found.removed, "word")
        yield "Removed", f"{words} with cards but not in the ledger anymore"
    if found.outdated:
        yield "Outdated", f"{counted(found.outdated, 'card')} changed after the deck was exported"
