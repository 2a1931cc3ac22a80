"""``kedro validation``: list validation suites with their results, and check the saved layers against current rules.

A suite is the set of rules for one layer.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
from kedro.validation import validate_dataset

from korean_flashcards.commands.layout import fitted_table, wrapped
from korean_flashcards.commands.project import CommandGroup, env_option, explaining, fail, json_option, project
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.validation.results import SuiteResult, ValidationResultsDataset

_INDENT = 10  # columns before a rule
_LONGEST = 400  # maximum columns of the text about what breaks a rule
_BROKEN = 2  # exit code


@click.group(
    name="validation",
    cls=CommandGroup,
    examples=(
        "kedro validation list",
        "kedro validation show nuance",
        "kedro validation check",
    ),
)
def validation() -> None:
    """List and check each layer's validation rules.

    The rules are in conf/base/expectations.
    """


@validation.command(name="list", examples=("kedro validation list",))
@json_option
@env_option
@explaining
def list_suites(as_json: bool, env: str | None) -> None:
    """List the suites, one per layer, with their last results."""
    with project(env) as context:
        kept = _kept(context.catalog)
        found = {name: kept.results.last(name) for name in _suites(context.catalog, ())}
    if as_json:
        echo_json({name: result and result.model_dump(exclude={"fingerprint"}) for name, result in found.items()})
        return
    heads = ("suite", "rules", "broken", "warn", "rows", "checked")
    click.echo(fitted_table(heads, [_row(name, result) for name, result in found.items()]))


@validation.command(examples=("kedro validation show nuance",))
@click.argument("name", metavar="SUITE")
@json_option
@env_option
@explaining
def show(name: str, as_json: bool, env: str | None) -> None:
    """Show every rule of a SUITE with its last result."""
    with project(env) as context:
        _suites(context.catalog, (name,))
        result = _kept(context.catalog).results.last(name)
    if result is None:
        fail(f"{name} has not been checked yet. Run `kedro run` or `kedro validation check {name}`.")
    if as_json:
        echo_json(result.model_dump(exclude={"fingerprint"}))
    else:
        click.echo(_rules(result))


@validation.command(examples=("kedro validation check", "kedro validation check nuance flashcards"))
@click.argument("names", metavar="[SUITE]...", nargs=-1)
@env_option
@explaining
def check(names: tuple[str, ...], env: str | None) -> None:
    """Check the saved layers against the current rules.

    Checks each SUITE, or by default all suites. Exit codes: 0 = no broken rules or only warnings; 1 = error; 2 = rules
    with severity "error" are broken.
    """
    # Imported here, which saves 0.2 s in --help and in other commands.
    from korean_flashcards.pipelines.reporting.data_docs import render_data_docs

    with project(env) as context:
        catalog, found = context.catalog, list[SuiteResult]()
        for name, spec in _suites(catalog, names).items():
            if not catalog[name].exists():
                click.echo(f"{name}: does not exist yet. `kedro run` creates it.")
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
    """Return the validators of the named suites, or of all suites if no name is given."""
    known = {name: spec for name, spec in sorted(catalog.validator_specs.items()) if "run" in spec.options}
    if unknown := [name for name in names if name not in known]:
        fail(f"There is no suite named {', '.join(unknown)}. Available: {', '.join(known)}.")
    return {name: known[name] for name in names or known}


def _row(name: str, result: SuiteResult | None) -> tuple[Any, ...]:
    if result is None:
        return name, "", "", "", "", "not checked yet"
    broken, warn = len(result.broken("error")), len(result.broken("warning"))
    return name, len(result.rules), broken, warn, result.rows, _time(result)


def _rules(result: SuiteResult, whole: bool = True) -> str:
    """Return one line per broken rule, or one line per rule if ``whole``."""
    shown = [rule for rule in result.rules if whole or not rule.success]
    holding = "" if shown else f"; all {len(result.rules)} rules hold"
    rows = counted(result.rows, "row")
    lines = [f"{result.suite}: {rows}, checked {_time(result)}{holding}"]
    for rule in shown:
        state = "holds " if rule.success else "warns " if rule.severity == "warning" else "BROKEN"
        text = rule.rule if rule.success else safe(rule.problem, _LONGEST)
        first, *more = wrapped(text, indent=_INDENT)
        lines += [f"  {state}  {first[_INDENT:]}", *more]
    return "\n".join(lines)


def _time(result: SuiteResult) -> str:
    return local_time(datetime.fromtimestamp(result.at, UTC))
