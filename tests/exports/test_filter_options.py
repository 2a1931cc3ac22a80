"""The options of `kedro export` that select cards have the names and values of the filters in profiles."""

from typing import Any

import click
import pytest
from click.testing import CliRunner

from korean_flashcards.commands.export.filter_options import filter_options
from korean_flashcards.commands.project import ExampleCommand, explaining
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.profile_settings import card_filter


@click.command(cls=ExampleCommand)
@explaining
@filter_options
def command(filters: CardFilter) -> None:
    click.echo(filters.given())


@pytest.mark.parametrize(
    ("arguments", "filters"),
    [
        ([], {}),
        (["--level", "1-2"], {"level": "1-2"}),
        (["--tags-any", "unit3,unit4", "--tags-any=unit5"], {"tags_any": ["unit3", "unit4", "unit5"]}),
        (["--card-type-not", "hanja", "--where", "score < 80"], {"card_type_not": "Hanja", "where": "score < 80"}),
        (["--changed-since", "7d", "--score-max=80", "--list", "a.csv"],
         {"changed_since": "7d", "score_max": 80, "list": "a.csv"}),
    ],
)  # fmt: skip
def test_options_are_filters(arguments: list[str], filters: dict[str, Any]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0 and result.output.strip() == str(card_filter(filters).given())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--where", ""], "Error: where: The expression"),
        (["--deck", ""], "Error: deck: is empty. Leave it out to select all cards."),
        (["--deck", ","], "Error: deck: is empty."),
        (["--changed-since="], "Error: changed_since: must be a date such as 2026-11-30, or an age such as 7d or 4w"),
        (["--level", "7"], "Error: level: must be levels from 1 to 6"),
        (["--score-min", "x"], "Error: score_min must be a whole number, not 'x'."),
    ],
)
def test_an_empty_or_wrong_value_is_an_error(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 1 and message in " ".join(result.output.split())


def test_every_filter_has_an_option() -> None:
    assert {option.name for option in command.params} == {f"filter_{name}" for name in CardFilter.model_fields}
