"""Errors that a person can act on; commands print their message and nothing else.

Every message says what happened and where, what is safe, and what to do next.
"""

from collections.abc import Iterator


def origins(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, then the errors that it came from, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


class FlashcardsError(Exception):
    """Base of all errors that stop a run and are shown as one message, without a traceback."""


class WordListError(FlashcardsError):
    """A word list cannot be read at all (single bad rows become rejects instead)."""


class SettingsError(FlashcardsError):
    """A parameter is unknown or has a value that cannot work."""


class LayersOutOfStepError(FlashcardsError):
    """Two layers are of different runs, so that what is made of both would silently lack rows."""


class ReviewError(FlashcardsError):
    """A review or an edit that cannot be taken: the text breaks the contract, the card is not there, or it has changed."""


class ModelUnavailableError(FlashcardsError):
    """The provider refuses every call (no key, no permission, no credit, no such model): asking on is useless."""


class NotConfirmedError(FlashcardsError):
    """A run would cost more than it may without somebody's consent; nothing was asked."""


class CacheError(FlashcardsError):
    """The reply cache cannot be read or written; nothing more is asked, so nothing more is paid."""


class SuiteError(FlashcardsError):
    """A dataset breaks its suite, or the suite's file is wrong; the message names each rule and the rows that break it."""


class LegacyError(FlashcardsError):
    """The path holds no data of an earlier system, or cannot be read at all."""


class LedgerError(FlashcardsError):
    """The ledger cannot be used, or refuses what was asked of it."""


class LedgerDamagedError(LedgerError):
    """The ledger's file is damaged; a backup brings it back."""


class LedgerVersionError(LedgerError):
    """The ledger was made by a newer release than this one."""


class ExportedCardsError(LedgerError):
    """Cards of words that would go are in a deck; ``words``: how many words."""

    def __init__(self, message: str, words: int) -> None:
        super().__init__(message)
        self.words = words
