"""``kedro validation``: the suites, what came of each, and a check of what is on disk against the rules of today."""

from collections.abc import Sequence
from typing import Any

import click
from kedro.validation import validate_dataset

from korean_flashcards.commands.project import CommandGroup, env_option, explaining, fail, json_option, project
from korean_flashcards.commands.terminal import echo_json, safe, table
from korean_flashcards.domain.plurals import counted
from korean_flashcards.validation.results import SuiteResult, ValidationResultsDataset

_BROKEN = 2


@click.group(name="validation", cls=CommandGroup)
def validation() -> None:
    """Suites of rules, one a dataset (conf/base/expectations); every run checks what it saves."""


@validation.command(name="list")
@json_option
@env_option
@explaining
def list_suites(as_json: bool, env: str | None) -> None:
    """Each suite and what came of it last."""
    with project(env) as context:
        kept = _kept(context.catalog)
        found = {name: kept.results.last(name) for name in _suites(context.catalog, ())}
    if as_json:
        echo_json({name: result and result.model_dump(exclude={"fingerprint"}) for name, result in found.items()})
        return
    heads = ("suite", "rules", "broken", "warn", "rows", "run (UTC)")
    click.echo(table(heads, [_row(name, result) for name, result in found.items()]))


@validation.command()
@click.argument("name", metavar="SUITE")
@json_option
@env_option
@explaining
def show(name: str, as_json: bool, env: str | None) -> None:
    """Every rule of a suite, and what was found last."""
    with project(env) as context:
        _suites(context.catalog, (name,))
        result = _kept(context.catalog).results.last(name)
    if result is None:
        fail(f"Nothing has been checked against {name} yet. `kedro run` does, or `kedro validation check {name}`.")
    if as_json:
        echo_json(result.model_dump(exclude={"fingerprint"}))
    else:
        click.echo(_rules(result))


@validation.command()
@click.argument("names", metavar="[SUITE]...", nargs=-1)
@env_option
@explaining
def check(names: tuple[str, ...], env: str | None) -> None:
    """Check what is on disk against the rules as they are now, all suites where none is named. Changes no data.

    Exit codes: 0 every rule holds, or only warns; 2 rules of severity error are broken.
    """
    # Saves 0.2 s in --help and in other commands.
    from korean_flashcards.pipelines.reporting.data_docs import render_data_docs

    with project(env) as context:
        catalog, found = context.catalog, list[SuiteResult]()
        for name, spec in _suites(catalog, names).items():
            if not catalog[name].exists():
                click.echo(f"{name}: not made yet, `kedro run` makes it.")
                continue
            outcome = validate_dataset(catalog, name, catalog[name].load(), on=spec.on[0])
            result = _kept(catalog).results.last(name)
            if result is None or result.run != spec.options["run"]:
                fail(str(outcome.message))
            found.append(result)
        catalog.save(
            "data_docs", render_data_docs(catalog.load("validation_results"), catalog.load("data_docs_template"))
        )
    click.echo("\n".join(_rules(result, whole=False) for result in found))
    if any(result.broken("error") for result in found):
        raise SystemExit(_BROKEN)


def _kept(catalog: Any) -> ValidationResultsDataset:
    kept: ValidationResultsDataset = catalog["validation_results"]
    return kept


def _suites(catalog: Any, names: Sequence[str]) -> dict[str, Any]:
    """The validators of the named datasets, of all that have a suite where none is named."""
    known = {name: spec for name, spec in sorted(catalog.validator_specs.items()) if "run" in spec.options}
    if unknown := [name for name in names if name not in known]:
        fail(f"There is no suite {', '.join(unknown)}. Known: {', '.join(known)}.")
    return {name: known[name] for name in names or known}


def _row(name: str, result: SuiteResult | None) -> tuple[Any, ...]:
    if result is None:
        return name, "", "", "", "", "not checked yet"
    broken, warn = len(result.broken("error")), len(result.broken("warning"))
    return name, len(result.rules), broken, warn, result.rows, _time(result)


def _rules(result: SuiteResult, whole: bool = True) -> str:
    """A line a rule, or only those that do not hold."""
    shown = [rule for rule in result.rules if whole or not rule.success]
    holding = "" if shown else f"; all {len(result.rules)} rules hold"
    rows = counted(result.rows, "row")
    lines = [f"{result.suite}: {rows}, checked {_time(result)} UTC{holding}"]
    for rule in shown:
        state = "holds " if rule.success else "warns " if rule.severity == "warning" else "BROKEN"
        lines.append(f"  {state}  {safe(rule.rule)}" + ("" if rule.success else f": {safe(rule.found, 300)}"))
    return "\n".join(lines)


def _time(result: SuiteResult) -> str:
    return f"{result.run[:10]} {result.run[11:19].replace('.', ':')}"
