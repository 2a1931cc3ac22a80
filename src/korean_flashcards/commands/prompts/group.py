"""List prompts and their versions, show and compare them, and create and promote drafts (`kedro prompts`)."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import click
from kedro.framework.context import KedroContext
from kedro.io.core import DatasetError

from korean_flashcards.commands.layout import detailed_table, labeled, wrapped
from korean_flashcards.commands.project import (
    CommandGroup,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.prompts.prompt_diff import diff_lines
from korean_flashcards.commands.prompts.prompt_rows import HEADERS, PromptRow, prompt_row, prompt_rows
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.configuration.kedro_errors import dataset_problem
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.prompts.promotion import new_draft
from korean_flashcards.prompts.prompt_figures import Version, VersionFigures, version_figures
from korean_flashcards.prompts.prompt_lookup import STAGES, PromptLookup

_COLOR = click.option(
    "--color/--no-color", default=None, help="Show changes in color (default: only on a terminal without NO_COLOR)."
)


class OpenPrompts(NamedTuple):
    """A project's prompts with its context and its open ledger."""

    context: KedroContext
    ledger: Ledger
    lookup: PromptLookup

    def figures(self) -> dict[Version, VersionFigures]:
        """Return what each version has made."""
        catalog = self.context.catalog
        return version_figures(self.ledger.store, catalog.load, catalog.exists)


@contextmanager
def open_prompts(env: str | None) -> Iterator[OpenPrompts]:
    """Yield the prompts of an environment, and close the ledger afterward."""
    with project(env) as context, ledger_of(context) as ledger:
        yield OpenPrompts(context, ledger, PromptLookup(context, ledger))


@click.group(
    name="prompts",
    cls=CommandGroup,
    examples=(
        "kedro prompts list",
        "kedro prompts new short --from nuance",
        "kedro prompts diff nuance nuance.short",
        "kedro prompts compare nuance nuance.short",
        "kedro prompts promote nuance.short",
    ),
    lazy_subcommands={
        "compare": "korean_flashcards.commands.prompts.compare_command.compare",
        "prefer": "korean_flashcards.commands.prompts.prefer_command.prefer",
        "promote": "korean_flashcards.commands.prompts.promote_command.promote",
        "test": "korean_flashcards.commands.prompts.regression_command.test",
    },
)
def prompts() -> None:
    """List, compare, test, create, and promote prompts.

    A prompt is a default (nuance, flashcards, judge, repair), a draft (nuance.short), or a version (27452766c431, or
    at least its first four digits).
    """


@prompts.command(name="list", examples=("kedro prompts list", "kedro prompts list --stage nuance"))
@click.option("--stage", type=click.Choice(STAGES), default=None, help="List only the prompts of this stage.")
@json_option
@env_option
@explaining
def list_prompts(stage: str | None, as_json: bool, env: str | None) -> None:
    """List prompts and their versions, with words, scores, and costs.

    Words are those whose current text was made with the version, and the score is their average in the last run. The
    cost includes repairs and failed calls.
    """
    with open_prompts(env) as found:
        history, problems = found.ledger.prompts, list(map(_problem, found.lookup.problems()))
        rows = [
            row
            for row in prompt_rows(
                list(found.lookup.usable()), history.versions(), found.figures(), history.notes_of_drafts(),
                found.lookup.recorded,
            )
            if stage in (None, row.stage)
        ]  # fmt: skip
    if as_json:
        echo_json([row.values() for row in rows])
        _echo_problems(problems)
        return
    details = ([row.note] if row.note else [] for row in rows)
    click.echo("\n".join(detailed_table(HEADERS, [row.cells() for row in rows], details)))
    click.echo("* the default of its stage. `kedro prompts show PROMPT` shows the text.")
    _echo_problems(problems)


@prompts.command(examples=("kedro prompts show nuance", "kedro prompts show 27452766c431"))
@click.argument("reference", metavar="PROMPT")
@json_option
@env_option
@explaining
def show(reference: str, as_json: bool, env: str | None) -> None:
    """Show a prompt's text, version, and history."""
    with open_prompts(env) as opened:
        found = opened.lookup.find(reference)
        history = opened.ledger.prompts
        row = prompt_row(found, history.versions(), opened.figures(), history.notes_of_drafts())
    if as_json:
        echo_json(row.values() | {"text": found.sent.text})
        return
    click.echo("\n".join(_details(row)))
    click.echo()
    click.echo("\n".join(safe(line) for line in found.sent.text.splitlines()))


@prompts.command(examples=("kedro prompts diff nuance nuance.short", "kedro prompts diff 1ddd5bf4919b nuance"))
@click.argument("a", metavar="BEFORE")
@click.argument("b", metavar="AFTER")
@_COLOR
@json_option
@env_option
@explaining
def diff(a: str, b: str, color: bool | None, as_json: bool, env: str | None) -> None:
    """Show how the texts of two prompts differ, word by word."""
    with open_prompts(env) as opened:
        before, after = opened.lookup.find(a), opened.lookup.find(b)
    colored = not as_json and (_has_color() if color is None else color)
    # A version from an earlier release has no source.
    complete = before.prompt.source and after.prompt.source
    texts = [each.prompt.source if complete else each.sent.text for each in (before, after)]
    lines = list(diff_lines(texts[0], texts[1], colored))
    if as_json:
        echo_json({"before": before.version, "after": after.version, "lines": lines})
    elif lines:
        click.echo("\n".join(lines), color=colored)
    else:
        click.echo(f"{safe(a)} and {safe(b)} have the same text.")


@prompts.command(
    examples=("kedro prompts new short --from nuance", 'kedro prompts new short --from nuance --note "fewer examples"')
)
@click.argument("name")
@click.option("--from", "source", default=None, metavar="PROMPT", help="Copy this prompt (default: the stage in NAME).")
@click.option("--note", default=None, help="Say what the draft is for; shown by `kedro prompts list`.")
@env_option
@explaining
def new(name: str, source: str | None, note: str | None, env: str | None) -> None:
    """Create a draft: a copy of a prompt that you can edit.

    The file is created in conf/base/prompts, or in the environment given with --env. Runs do not use a draft until you
    promote it.
    """
    stage = name.partition(".")[0]
    if source is None and stage not in STAGES:
        fail(f"Say which prompt to copy, such as: kedro prompts new {safe(name)} --from nuance. Nothing was changed.")
    with open_prompts(env) as opened:
        found = opened.lookup.find(source or stage)
        files = opened.lookup.files
        folder = files.own if env and files.own else files.base
        path = new_draft(opened.lookup, opened.ledger, name, found, folder, note)
    draft = path.stem
    click.echo(safe(f"Created {shown_path(path)}, a copy of {found.reference} ({found.version})."))
    click.echo("\n".join(wrapped("Edit the file, and then use these commands:", 0)))
    steps = (f"diff {found.reference} {draft}", f"compare {found.reference} {draft}", f"promote {draft}")
    click.echo("\n".join(f"  kedro prompts {safe(step)}" for step in steps))


def _problem(error: SettingsError | DatasetError) -> str:
    return dataset_problem(error) if isinstance(error, DatasetError) else str(error)


def _echo_problems(problems: Iterable[str]) -> None:
    """Say which prompts cannot be used, and are therefore not listed."""
    for problem in problems:
        click.echo("\n".join(wrapped(problem, 0)), err=True)


def _has_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _details(row: PromptRow) -> Iterator[str]:
    number = f"v{row.number}, " if row.number else ""
    yield f"{safe(row.reference)}{' (the default of its stage)' if row.default else ''}"
    yield from labeled("Stage", row.stage)
    yield from labeled("Version", f"{number}{row.version}")
    yield from labeled("File", row.file or "none: kept in the ledger")
    yield from labeled("Recorded", local_time(row.recorded) if row.recorded else "not yet")
    yield from labeled("Comes from", row.parent)
    yield from labeled("Note", row.note)
    figures = row.figures
    yield from labeled("Words", f"{figures.words:,}")
    yield from labeled("Average score", figures.score and f"{figures.score:.1f}")
    if figures.usd is not None:
        yield from labeled("Cost", f"USD {figures.usd:.4f} for {figures.calls:,} calls")
