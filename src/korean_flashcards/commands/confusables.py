"""``kedro confusables``: list the words that learners may confuse with a word, and why."""

import click

from korean_flashcards.commands.layout import detailed_table
from korean_flashcards.commands.project import ExampleCommand, env_option, explaining, json_option, ledger_of, project
from korean_flashcards.commands.terminal import echo_json
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
    """List words that learners may confuse with WORD, and why.

    The most easily confused words come first. WORD is a headword or an item ID such as 배#2. A number in the "compared"
    column means that WORD's analysis compares it with the listed word.
    """
    with project(env) as context, ledger_of(context) as ledger:
        settings = Parameters.model_validate(context.config_loader["parameters"]).confusables
        vocabulary, before = ledger.vocabulary.items(None), context.catalog.load("confusables_before")
        chosen = select(vocabulary, ledger, None, None, None, list(words)).words
        found, _ = find_confusables(vocabulary, ledger, settings, before)
        found = found.join(chosen, on="item_id", how="semi", maintain_order="left")
    if as_json:
        echo_json(found.to_dicts())
    elif found.is_empty():
        click.echo("No word in your lists is easily confused with this one.")
    else:
        headers = ("word", "confused with", "meaning", "score", "compared")
        shown = found.select("item_id", "other_id", "other_meaning", "score", "candidate")
        click.echo("\n".join(detailed_table(headers, shown.iter_rows(), ([why] for why in found["why"]))))
