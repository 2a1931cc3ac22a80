"""``kedro batches``: what is with the batch APIs of providers."""

from dataclasses import asdict
from typing import Any

import click

from korean_flashcards.commands.project import CommandGroup, env_option, explaining, json_option, project
from korean_flashcards.commands.terminal import echo_json, table
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.provider_batches import Listed


@click.group(name="batches", cls=CommandGroup)
def batches() -> None:
    """Words handed to a provider's batch API (llm.mode=batch); `kedro run` hands in and fetches."""


@batches.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
@json_option
@env_option
@explaining
def list_batches(everything: bool, as_json: bool, env: str | None) -> None:
    """Batches under way, the newest first, as of the last run that looked at them."""
    with project(env) as context, context.catalog.load("ledger") as ledger:
        found = ledger.provider_batches.listing(everything)
    if as_json:
        echo_json([_record(one) for one in found])
    elif found:
        heads = ("batch", "at the provider", "stage", "model", "state", "words", "done", "failed", "set aside", "since")
        click.echo(table(heads, [_row(one) for one in found]))
    else:
        click.echo("No batches are under way.")


@batches.command
@click.argument("batch_id", metavar="ID")
@env_option
@explaining
def cancel(batch_id: str, env: str | None) -> None:
    """Stop the batch ID (ours or the provider's). What it has answered is paid; the next run in batch mode fetches it."""
    with project(env) as context:
        settings = LLMParameters.model_validate(context.params["llm"])
        ledger: Ledger = context.catalog.load("ledger")
        with ledger:
            # Saves 20 ms in --help and in other commands.
            from korean_flashcards.llm.batch.cancelling import cancelled

            batch = ledger.provider_batches.named(batch_id)
            click.echo(cancelled(batch, settings.of(batch.stage), ledger.provider_batches))


def _record(one: Listed) -> dict[str, Any]:
    return asdict(one.batch) | {"finished": one.finished, "open": one.open, "reserved_usd": one.usd}


def _row(one: Listed) -> tuple[Any, ...]:
    batch = one.batch
    return (
        batch.batch_id, batch.provider_id or "", batch.stage, batch.model, batch.state, batch.total, batch.done,
        batch.failed, f"USD {one.usd:.4f}", batch.created,
    )  # fmt: skip
