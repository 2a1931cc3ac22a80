"""Nothing that is logged, and no traceback, shows a key: set up once a process, for every logger and in notebooks too."""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from korean_flashcards.llm.secrets import scrubbed


def keep_keys_unshown() -> None:
    """Take keys out of every log record as it is made, whoever logs and wherever it goes, and out of tracebacks."""
    if not isinstance(logging.getLogRecordFactory(), _Records):
        logging.setLogRecordFactory(_Records(logging.getLogRecordFactory()))
    sys.excepthook = _show
    threading.excepthook = lambda caught: _show(caught.exc_type, caught.exc_value, caught.exc_traceback)
    _in_notebooks()


class _Records:
    """Makes log records with the maker of before. A filter would not do: it sees only what its own logger was given."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._before(*args, **options)
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # placeholders that do not fit: logging itself says so
            return record
        if (shown := scrubbed(said)) != said:
            record.msg, record.args = shown, ()
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if (shown := scrubbed(told)) != told:
                record.exc_info, record.exc_text = None, shown
        return record


def _show(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """The traceback as Python shows it, but for keys."""
    print(scrubbed("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)


def _in_notebooks() -> None:
    """IPython shows errors its own way, and saves them in the notebook: they lose their keys before it looks at them."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return

    def shown(
        shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> None:
        for one in _origins(error):
            _without_keys(one)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), shown)


def _origins(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _without_keys(error: BaseException) -> None:
    error.args = tuple(scrubbed(value) if isinstance(value, str) else value for value in error.args)
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, scrubbed(value))
