"""API keys: where they come from, and how they stay out of logs, errors, tables, tracebacks and stored replies."""

import base64
import functools
import html
import json
import logging
import os
import re
import sys
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.errors import SettingsError, origins

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

HIDDEN = "[redacted]"
_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_SHAPES = re.compile(
    r"\bBearer\s+\S+"  # an Authorization header
    r"|\b(?:sk|pk|rk|gsk|xai|hf|r8|key)[-_*][\w*.-]{6,}"  # providers' prefixes, also when partly starred
    r"|\bAIza[\w-]{10,}"  # Google
    r"|(?<=[?&]key=)[^&\s]+"  # Google's query parameter
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",  # name and password in an address
)
_SHORTEST = 8  # characters: shorter values (KEY=1) are no secrets and would blank out ordinary text
# A value that is taken out of replies is as long as keys are and holds a digit: what is set for local servers, which take
# any key, may be a word of English ("anything"), and replies are content.
_SHORTEST_IN_CONTENT = 16
LONGEST = 300  # characters of a provider's message that are worth showing

# Values of conf/local/credentials.yml: secret whatever their names, also where the environment has another value.
_given: set[str] = set()


def keys_of(context: "KedroContext") -> dict[str, str]:
    """Return the keys in credentials.yml (conf/local, which git ignores), by the name of their environment variable.

    Raises SettingsError for a file with another shape.
    """
    # Saves 0.2 s where no project is opened: only Kedro's context needs it.
    from kedro.config import MissingConfigException

    try:
        keys = (context.config_loader["credentials"] or {}).get("llm") or {}
    except MissingConfigException:
        return {}
    if not isinstance(keys, dict) or not all(isinstance(value, str) and value for value in keys.values()):
        raise SettingsError(
            "llm in credentials.yml must name environment variables and their keys, as text: llm: {OPENROUTER_API_KEY: "
            '"…"}. Nothing was run.'
        )
    return {str(name): value for name, value in keys.items()}


def use_keys(keys: Mapping[str, str]) -> None:
    """Put keys into the environment, each where its variable is not set, and never show their values."""
    for name, value in keys.items():
        _given.add(value)
        os.environ.setdefault(name, value)


def redacted(text: str) -> str:
    """``text`` on one line without secret values and key-like strings, cut to ``LONGEST`` characters."""
    line = " ".join(scrubbed(text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def scrubbed(text: str) -> str:
    """``text`` as it is, but without the secret values, in whatever form, and without key-like strings."""
    return _SHAPES.sub(HIDDEN, _without(text, _secrets()))


def key_remover() -> Callable[[str], str]:
    """Return what takes our own keys, those known now, out of a model's reply, should a provider echo them.

    All else is content and stays. One for many replies: to read the environment for each would cost as much as to store it.
    """
    pattern = _pattern(frozenset(value for value in _secrets() if _looks_drawn(value)))
    return (lambda text: pattern.sub(HIDDEN, text)) if pattern else (lambda text: text)


def _secrets() -> Iterator[str]:
    """Values of secret-looking environment variables and of conf/local/credentials.yml."""
    yield from (value for value in _given if len(value) >= _SHORTEST)
    yield from (value for name, value in os.environ.items() if len(value) >= _SHORTEST and _NAMES.search(name))


def _looks_drawn(value: str) -> bool:
    return len(value) >= _SHORTEST_IN_CONTENT and any(sign.isdigit() for sign in value) and " " not in value


def _without(text: str, values: Iterable[str]) -> str:
    pattern = _pattern(frozenset(values))
    return pattern.sub(HIDDEN, text) if pattern else text


@functools.lru_cache(maxsize=16)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    """What finds the values in all their forms, the longest first: one may be part of another."""
    forms = sorted({form for value in values for form in _forms(value)}, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, forms))) if forms else None


def _forms(value: str) -> Iterator[str]:
    """A value as it is, and as it stands in addresses, JSON, HTML, and in Base64 of any text that holds it."""
    yield value
    yield urllib.parse.quote(value, safe="")
    yield urllib.parse.quote_plus(value)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield html.escape(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # Three bytes make four signs: what stands before shifts the value by 0, 1 or 2 bytes. Signs at the ends
            # that also hold bits of the neighbours are left out.
            encoded = encode(b"\0" * before + value.encode()).decode().rstrip("=")
            spare = (before + len(value.encode())) % 3 != 0
            yield encoded[(0, 2, 3)[before] : len(encoded) - spare]


def redact_logs_and_tracebacks() -> None:
    """Remove keys from every log record as it is made, by whichever logger, and from tracebacks; once per process."""
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
        for one in origins(error):
            _without_keys(one)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), shown)


def _without_keys(error: BaseException) -> None:
    error.args = tuple(scrubbed(value) if isinstance(value, str) else value for value in error.args)
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, scrubbed(value))
