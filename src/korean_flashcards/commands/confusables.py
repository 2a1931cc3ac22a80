"""``kedro confusables``: which words of the deck a learner mixes a word up with, and why."""

import click

from korean_flashcards.commands.project import ExampleCommand, env_option, explaining, json_option, project
from korean_flashcards.commands.terminal import echo_json, table
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.pipelines.ingress.nodes import find_confusables
from korean_flashcards.stages.selection import select


@click.command(
    name="confusables", cls=ExampleCommand, examples=("kedro confusables 남자", "kedro confusables 배#2 --json")
)
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@json_option
@env_option
@explaining
def confusables(words: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """List the words that are easily confused with a WORD (a headword or an item id), likeliest first, and why.

    The analysis compares the WORD with those that have a number under "compared".
    """
    with project(env) as context, context.catalog.load("ledger") as ledger:
        settings = Parameters.model_validate(context.config_loader["parameters"]).confusables
        chosen = select(ledger.vocabulary.items(None), ledger, None, None, None, list(words)).words
        found = find_confusables(chosen, ledger, settings)
    if as_json:
        echo_json(found.to_dicts())
    elif found.is_empty():
        click.echo("No other word of your lists is easily confused with it.")
    else:
        headers = ("word", "confused with", "meaning", "score", "compared", "why")
        shown = found.select("item_id", "other_id", "other_meaning", "score", "candidate", "why")
        click.echo(table(headers, shown.iter_rows()))
