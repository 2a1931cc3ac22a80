"""Serve the review page (`kedro review serve`)."""

import webbrowser
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from korean_flashcards.commands.default_program import has_screen
from korean_flashcards.commands.project import ExampleCommand, WholeNumber, env_option, explaining
from korean_flashcards.commands.review.changes import APPLY
from korean_flashcards.commands.review.session import open_session, reviewer_option
from korean_flashcards.commands.stop_signals import stopping_gently

if TYPE_CHECKING:
    from korean_flashcards.reviewing.review_server import ReviewServer


@click.command(cls=ExampleCommand, examples=("kedro review serve", "kedro review serve --port 8765 --no-browser"))
@click.option(
    "--port", type=WholeNumber(1, 65_535), default=None, help="Use this port of your computer (default: a free one)."
)
@click.option("--no-browser", is_flag=True, help="Print the page's address without opening a browser.")
@reviewer_option
@env_option
@explaining
def serve(port: int | None, no_browser: bool, reviewer: str | None, env: str | None) -> None:
    """Review cards in your browser: approve, reject, edit, and undo.

    The page shows one card as Anki shows it, beside its analysis and findings. Only this computer can reach it, and only
    with the key in the address. Each decision is saved immediately. Ctrl-C stops the server.
    """
    # Imported here, because the other commands do not need a web server (0.2 s).
    from korean_flashcards.reviewing.open_desk import open_desk
    from korean_flashcards.reviewing.review_server import ReviewServer

    with open_session(env) as session:
        desk = open_desk(session, session.by(reviewer))
        server = ReviewServer(desk, port or 0)
        try:
            with stopping_gently(), suppress(KeyboardInterrupt):
                _serve(server, no_browser)
        finally:
            server.stop()
    _say(desk.counts)


def _serve(server: "ReviewServer", no_browser: bool) -> None:
    """Answer requests until Ctrl-C raises KeyboardInterrupt."""
    server.start()
    click.echo(f"Review your cards at {server.address}")
    click.echo("Keep the address to yourself: it contains the key. Press Ctrl-C to stop.")
    if not no_browser and has_screen():
        webbrowser.open(server.access.ticket())
    server.wait()


def _say(counts: Counter[str]) -> None:
    done = [f"{number:,} {name}" for name, number in counts.items() if number]
    if done:
        click.echo(f"Stopped. Reviewed: {', '.join(done)}.\n{APPLY}")
    else:
        click.echo("Stopped. Nothing was changed.")
