"""Define the errors that users can act on. Commands print only the error message.

Each message explains what happened and where, which data is safe, and what to do next.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from korean_flashcards.domain.plurals import counted


def origins(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, followed by each error that caused it, without repeats."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def error_code(error: BaseException) -> str:
    """Return a short name for the kind of error: the code of the project's error that caused it, if there is one."""
    own = next((cause for cause in origins(error) if isinstance(cause, FlashcardsError)), None)
    if own is not None:
        return own.code
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "unexpected"


class FlashcardsError(Exception):
    """Base class for errors that stop a run. Commands show only the message, without a traceback.

    ``code``: a short name for the kind of error, for the records of runs. ``exit_code``: 1, or 2 if the run is only
    incomplete.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1


class WordListError(FlashcardsError):
    """Raised when a word list cannot be read at all. If some rows can be read, only the invalid rows are rejected."""

    code = "word_list"


class NoWordsError(FlashcardsError):
    """Raised when a run has no words, so that its layers and its deck would be empty."""


class SettingsError(FlashcardsError):
    """Raised when a parameter is unknown or has an invalid value."""

    code = "settings"


class OutputError(FlashcardsError):
    """Raised when a run could not write its results. Nothing has been run or spent."""


class LayersOutOfStepError(FlashcardsError):
    """Raised when two layers come from different runs. A result built from both layers could be missing rows."""

    code = "layers"


class WordsRemovedError(LayersOutOfStepError):
    """Raised when words of a run were rolled back while it was active. The deck is kept, so the run is incomplete."""

    exit_code = 2


class ExportError(FlashcardsError):
    """Raised when an export's files cannot be written, differ from the layer, or cannot replace the previous files."""

    code = "export"


class EmptyExportError(ExportError):
    """Raised when no card is ready and the previous files have cards. They are kept, so the export is incomplete."""

    exit_code = 2


class ReviewError(FlashcardsError):
    """Raised when a review or an edit is invalid, or when the reviewed card does not exist or has changed."""

    code = "review"


class ModelUnavailableError(FlashcardsError):
    """Raised when the provider rejects every call because of the API key, permissions, credit, or model.

    Do not retry.
    """

    code = "model_unavailable"


class NotConfirmedError(FlashcardsError):
    """Raised when a run could cost more than the limit for unconfirmed runs. No requests have been sent."""

    code = "not_confirmed"


class InterruptedRun(KeyboardInterrupt):
    """Raised when Ctrl-C or a signal ends a dispatch.

    ``cut_off``: the number of in-flight calls that a second Ctrl-C canceled. ``unstored``: the words whose paid replies
    could not be stored.
    """

    def __init__(self, cut_off: int, unstored: Sequence[str]) -> None:
        super().__init__()
        self.cut_off, self.unstored = cut_off, tuple(unstored)

    def __str__(self) -> str:
        """Return a description of the losses, or an empty string if nothing was lost."""
        lost = []
        if self.cut_off:
            calls = counted(self.cut_off, "call")
            lost.append(
                f"{calls} in flight {'was' if self.cut_off == 1 else 'were'} cut off, so you may have to pay for "
                f"{'it' if self.cut_off == 1 else 'them'} twice."
            )
        if self.unstored:
            lost.append(lost_replies(self.unstored))
        return " ".join(lost)


def lost_replies(terms: Sequence[str]) -> str:
    """Return a sentence that lists the words whose paid replies could not be stored."""
    lost = counted(len(terms), "paid reply could not be stored and is", "paid replies could not be stored and are")
    return f"{lost} lost, so the next run will pay again for: {', '.join(terms)}."


class CacheError(FlashcardsError):
    """Raised when the reply cache cannot be read or written. To avoid wasting money, the run stops sending requests."""

    code = "cache"


class CacheDamagedError(CacheError):
    """Raised when the reply cache is damaged. A damaged reply must not be requested and paid for again.

    `kedro cache repair` saves every reply that can be read.
    """


class SuiteError(FlashcardsError):
    """Raised when a layer fails its validation suite or the suite is invalid. The message lists the details."""

    code = "validation"


class LegacyError(FlashcardsError):
    """Raised when a path cannot be read or does not contain an earlier system's data."""

    code = "legacy"


class LedgerError(FlashcardsError):
    """Raised when the ledger cannot be used or rejects an operation."""

    code = "ledger"


class LedgerMissingError(LedgerError):
    """Raised when the ledger is missing although the project had one. `kedro db restore` restores a backup."""


class LedgerDamagedError(LedgerError):
    """Raised when the ledger file is corrupted. ``cause``: what is wrong with the file, for use in a different message."""

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause

    def __reduce__(self) -> tuple[type["LedgerDamagedError"], tuple[str, str]]:
        """Pickle both arguments, because a run in several processes passes errors between them."""
        return LedgerDamagedError, (str(self), self.cause)

    code = "ledger_damaged"


class LedgerVersionError(LedgerError):
    """Raised when a newer release of this project created the ledger."""

    code = "ledger_version"


class ExportedCardsError(LedgerError):
    """Raised when an operation would remove words whose cards were exported. ``words`` is the number of these words."""

    code = "exported_cards"

    def __init__(self, message: str, words: int) -> None:
        super().__init__(message)
        self.words = words
