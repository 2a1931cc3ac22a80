"""Make a draft or an earlier version the default prompt of its stage (`kedro prompts promote`)."""

from typing import Any

import click
from kedro.framework.context import KedroContext
from kedro.io import MemoryDataset

from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
    yes_option,
)
from korean_flashcards.commands.run import default_options, pipeline_names, run
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.planning.plan import RunPlan
from korean_flashcards.planning.plan_text import plan_lines
from korean_flashcards.planning.planned_run import plan_closing, planned_run
from korean_flashcards.prompts.promotion import check_complete
from korean_flashcards.prompts.promotion import promote as promote_prompt
from korean_flashcards.prompts.prompt_lookup import FoundPrompt, PromptLookup

_TITLE = 10  # width of a line's title in columns, as in ``plan_lines``
_REPAIR = "repair"


@click.command(
    name="promote",
    cls=ExampleCommand,
    examples=("kedro prompts promote nuance.short", "kedro prompts promote 1ddd5bf4919b --yes"),
)
@click.argument("reference", metavar="PROMPT")
@click.option("--note", default=None, help="Say what is different about the prompt; shown by `kedro prompts list`.")
@yes_option
@json_option
@env_option
@explaining
def promote(reference: str, note: str | None, yes: bool, as_json: bool, env: str | None) -> None:
    """Make a draft or an earlier version the default prompt of its stage.

    Shows before how many words become stale and what the next run costs. Nothing is requested. The replaced prompt is
    kept in the ledger, so you can promote it again.
    """
    params = default_options({option.name for option in run.params if option.name}).get("params")
    with project(env, params) as context, ledger_of(context) as ledger:
        lookup = PromptLookup(context, ledger)
        found = lookup.find(reference)
        default = lookup.find(found.stage)
        target = default.prompt.file
        if target is None:
            fail(f"The prompt {found.stage} is not read from a file, so it cannot be replaced. Nothing was changed.")
        if found.prompt.source == default.prompt.source:
            fail(f"{reference} is already the default: {shown_path(target)}. Nothing was changed.")
        check_complete(found)
        ledger.store.ensure_writable()
        plan = None if found.stage == _REPAIR else _plan(context, found)
        if not as_json:
            click.echo("\n".join(_lines(found, plan)), err=True)
        agreed(f"Replace {shown_path(target)} with {safe(reference)}?", yes, f"replace {shown_path(target)}")
        kept = promote_prompt(ledger, found, default, target, note)
    if as_json:
        echo_json({"stage": found.stage, "version": found.version, "replaced": default.version, **_figures(plan)})
        return
    click.echo(f"{safe(reference)} is now the default: {shown_path(target)}.")
    if kept:
        click.echo(f"The replaced file was kept as {shown_path(kept)}.")
    click.echo(f"To restore the replaced prompt: kedro prompts promote {kept.stem if kept else default.version}")


def _plan(context: KedroContext, found: FoundPrompt) -> RunPlan:
    """Return the plan of `kedro run` with this prompt as the default."""
    check_ledger(context.catalog, asking=False)
    context.catalog[f"{found.stage}_prompt"] = MemoryDataset(found.prompt, copy_mode="assign")
    return planned_run(context, pipeline_names([])).plan


def _figures(plan: RunPlan | None) -> dict[str, Any]:
    """Return the figures of the plan as JSON-compatible values."""
    if plan is None:
        return {"stale": {}, "requests": 0, "usd": None}
    stale = {stage.stage: sum(stage.states.get("stale", {}).values()) for stage in plan.stages}
    return {"stale": stale, "requests": plan.requests, "usd": plan.usd}


def _lines(found: FoundPrompt, plan: RunPlan | None) -> list[str]:
    """Return what the next run would do with the prompt, in the words of `kedro plan`."""
    if plan is None:
        return list(wrapped("No word becomes stale: this prompt is used only to repair new replies.", 0))
    stale = sum(_figures(plan)["stale"].values())
    become = "becomes" if stale == 1 else "become"
    lines = [f"With {safe(found.reference)}, {counted(stale, 'reply', 'replies')} {become} stale. The next run:"]
    lines += [
        line for text in plan_lines(plan) for line in labeled(text[:_TITLE].rstrip(), text[_TITLE:].strip(), 0, _TITLE)
    ]
    return [*lines, *wrapped(plan_closing(plan), 0)]
