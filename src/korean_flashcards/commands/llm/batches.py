"""``kedro llm batches``: list and cancel batches submitted to providers' batch APIs."""

from dataclasses import asdict
from typing import Any

import click

from korean_flashcards.commands.layout import detailed_table
from korean_flashcards.commands.project import CommandGroup, env_option, explaining, json_option, ledger_of, project
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.spending.provider_batches import ListedBatch


@click.group(
    name="batches",
    cls=CommandGroup,
    examples=(
        "kedro llm batches list --all",
        "kedro llm batches cancel 20261128-1a2b3c4d",
    ),
)
def batches() -> None:
    """List and cancel batches submitted to providers' batch APIs.

    Runs with llm.mode=batch submit these batches.
    """


@batches.command(name="list", examples=("kedro llm batches list --all",))
@click.option("--all", "everything", is_flag=True, help="Include batches that have ended.")
@json_option
@env_option
@explaining
def list_batches(everything: bool, as_json: bool, env: str | None) -> None:
    """List open batches, newest first.

    Shows each batch's state as of the last time a run checked it.
    """
    with project(env) as context, ledger_of(context) as ledger:
        found = ledger.provider_batches.listing(everything)
    if as_json:
        echo_json([_record(one) for one in found])
    elif found:
        rows = [(one.batch.batch_id, one.batch.state, local_time(one.batch.created)) for one in found]
        click.echo("\n".join(detailed_table(("batch", "state", "created at"), rows, map(_details, found))))
    else:
        click.echo("There are no batches." if everything else "There are no open batches.")


@batches.command(examples=("kedro llm batches cancel 20261128-1a2b3c4d",))
@click.argument("batch_id", metavar="ID")
@env_option
@explaining
def cancel(batch_id: str, env: str | None) -> None:
    """Cancel the batch with this ID.

    ID is either this project's or the provider's ID for the batch. You still pay for requests that have already
    finished. The next run in batch mode fetches their replies.
    """
    with project(env) as context:
        settings = LLMParameters.model_validate(context.params["llm"])
        with ledger_of(context) as ledger:
            # Imported here, which saves 20 ms in --help and in other commands.
            from korean_flashcards.llm.batch.cancelling import cancelled

            batch = ledger.provider_batches.named(batch_id)
            click.echo(cancelled(batch, settings.of(batch.stage), ledger.provider_batches))


def _record(one: ListedBatch) -> dict[str, Any]:
    return asdict(one.batch) | {"finished": one.finished, "open": one.open, "reserved_usd": one.usd}


def _details(one: ListedBatch) -> list[str]:
    batch = one.batch
    counts = f"{counted(batch.total, 'word')}, {batch.done:,} done, {batch.failed:,} failed"
    reserved = f"USD {usd_number(one.usd, 4)} reserved"
    provider_id = [f"provider's ID: {batch.provider_id}"] if batch.provider_id else []
    return [f"{batch.stage} with {batch.model}: {counts}; {reserved}", *provider_id]
