"""Check model names given by the user. A misspelled name must not be reported as “no calls”."""

from collections.abc import Iterable, Sequence

from korean_flashcards.commands.project import fail


def check_models(models: Sequence[str], known: Iterable[str], closing: str = "") -> None:
    """Exit with a message if a model is neither configured nor recorded in the ledger.

    Args:
        models: The names that the user gave.
        known: The models in the configuration and the ledger.
        closing: A sentence for the end of the message.
    """
    names = list(dict.fromkeys(known))
    if unknown := [model for model in models if model not in names]:
        listing = f"The models are {', '.join(names)}." if names else "No model has been called yet."
        fail(f"No run has called {', '.join(unknown)}. {listing} {closing}".rstrip())
