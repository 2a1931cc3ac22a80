"""Show card scores, the judge's faults, the agreement between raters, and the available checks (`kedro quality`)."""

import click
import polars as pl

from korean_flashcards.checks import CHECKS
from korean_flashcards.commands.project import (
    CommandGroup,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
    project,
)
from korean_flashcards.commands.quality.text import (
    NOT_JUDGED,
    agreement_lines,
    check_lines,
    fault_lines,
    listing_lines,
)
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.records import Severity
from korean_flashcards.quality.agreement import measure_agreement
from korean_flashcards.quality.fault_summary import FAULTS, named_faults
from korean_flashcards.quality.scoring import VERDICTS

_SEVERITIES = tuple(Severity)
# The layers that the agreement between raters is measured in. The layer `agreement` may be about only some of the words.
_RATINGS = ("quality", "judgements", "released_flashcards", "held_flashcards")


@click.group(
    name="quality",
    cls=CommandGroup,
    examples=(
        "kedro quality list --verdict reject",
        "kedro quality list --code hanja_other_word",
        "kedro quality checks",
    ),
    lazy_subcommands={
        "show": "korean_flashcards.commands.old_names.quality_show",
    },
)
def quality() -> None:
    """List cards by score, judged faults, and checks; compare raters."""


@quality.command(name="list", examples=("kedro quality list --verdict reject --limit 10",))
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(VERDICTS),
    help="List only cards with this verdict (repeatable).",
)
@click.option(
    "--code", "codes", multiple=True, help="List only cards with this finding (repeatable; see `kedro quality checks`)."
)
@click.option("--limit", type=WholeNumber(1), default=50, show_default=True, help="List at most this many cards.")
@json_option
@env_option
@explaining
def list_cards(verdicts: tuple[str, ...], codes: tuple[str, ...], limit: int, as_json: bool, env: str | None) -> None:
    """List cards by score, lowest first. Shows the main reason for each card's score."""
    if unknown := sorted(set(codes) - set(CHECKS)):
        fail(f"There is no check named {', '.join(unknown)}. `kedro quality checks` lists the checks.")
    with project(env) as context:
        scores, findings = context.catalog.load("quality"), context.catalog.load("findings")
    cards = scores.filter(pl.col("tab_name").is_not_null())
    if verdicts:
        cards = cards.filter(pl.col("verdict").is_in(verdicts))
    if codes:
        cards = _with_codes(cards, findings, codes)
    cards = cards.sort("score", maintain_order=True)
    counts = dict(cards.group_by("verdict").len().iter_rows())
    states: dict[str, int] = {verdict: counts[verdict] for verdict in VERDICTS if verdict in counts}
    if as_json:
        echo_json({"rows": cards.head(limit).to_dicts(), "more": max(0, cards.height - limit), "verdicts": states})
    elif cards.is_empty():
        given = [option for option, values in (("--verdict", verdicts), ("--code", codes)) if values]
        narrowed = f"No cards match {' and '.join(given)}."
        click.echo(narrowed if verdicts or codes else "There are no cards yet. `kedro run` creates them.")
    else:
        click.echo("\n".join(listing_lines(cards.head(limit).to_dicts(), cards.height, states)))


@quality.command(examples=("kedro quality agreement",))
@json_option
@env_option
@explaining
def agreement(as_json: bool, env: str | None) -> None:
    """Show how well the score, the judge, and the reviewers agree.

    For each pair of raters, shows Cohen's kappa with its 95% confidence interval.
    """
    with project(env) as context:
        layers = (context.catalog.load(name) for name in _RATINGS)
        found = measure_agreement(*layers).to_dicts()
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(agreement_lines(found)))


@quality.command(examples=("kedro quality faults --kind wrong_translation",))
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(tuple(FAULTS)),
    help="List only this kind of fault (repeatable).",
)
@json_option
@env_option
@explaining
def faults(kinds: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """List the faults that the judge named.

    Each fault has its card, its field, a quote, and the reason. The judge can be wrong, so check before you edit a card.
    """
    with project(env) as context:
        judged = context.catalog.load("judgements")
    found = named_faults(judged)
    found = found.filter(pl.col("fault").is_in(kinds)) if kinds else found
    if as_json:
        echo_json(found.to_dicts())
    elif judged.is_empty():
        click.echo(NOT_JUDGED)
    else:
        click.echo("\n".join(fault_lines(found.to_dicts(), judged.height)))


@quality.command(examples=("kedro quality checks",))
@json_option
@env_option
@explaining
def checks(as_json: bool, env: str | None) -> None:
    """List the checks with their codes, severities, and meanings.

    Also shows the points that each check subtracts from a card's score, and what the check examines.
    """
    with project(env) as context:
        parameters = QualityParameters.model_validate(context.params["quality"])
    found = [
        {**check._asdict(), "points": parameters.points[check.severity] * parameters.weights.get(code, 1)}
        for code, check in CHECKS.items()
    ]
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(check_lines(found)))


def _with_codes(cards: pl.DataFrame, findings: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """Return the cards that have a finding with one of these codes, on the card itself or on the word's analysis."""
    found = findings.filter(pl.col("code").is_in(codes))
    analyses = found.filter(pl.col("tab_name").is_null())["item_id"].unique()
    own = found.select("item_id", "tab_name").unique()
    marked = cards.join(own.with_columns(own=True), on=["item_id", "tab_name"], how="left", maintain_order="left")
    return marked.filter(pl.col("own").is_not_null() | pl.col("item_id").is_in(analyses.implode())).drop("own")
