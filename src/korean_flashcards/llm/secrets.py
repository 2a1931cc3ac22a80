"""API keys: where they come from, and how they stay out of logs, errors, tables, tracebacks and stored replies."""

import base64
import contextlib
import functools
import html
import io
import json
import logging
import operator
import os
import re
import sys
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import GetSetDescriptorType, MemberDescriptorType, TracebackType
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.errors import SettingsError

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
    """Remove keys from every log record and from the errors that end a thread or the program; a second call is harmless.

    Hooks that were set before still run, after the keys are gone.
    """
    if not isinstance(logging.getLogRecordFactory(), _Records):
        logging.setLogRecordFactory(_Records(logging.getLogRecordFactory()))
    if not isinstance(sys.excepthook, _ExceptHook):
        sys.excepthook = _ExceptHook(sys.excepthook)
    if not isinstance(threading.excepthook, _ThreadExceptHook):
        threading.excepthook = _ThreadExceptHook(threading.excepthook)
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


class _ExceptHook:
    """Redacts an error that nobody caught, then calls the hook that was set before."""

    def __init__(self, before: Callable[..., object]) -> None:
        self._before = before

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        redact_error(error)
        with _scrubbed_stderr():
            self._before(kind, error, trace)


class _ThreadExceptHook:
    """The same for an error that ends a thread."""

    def __init__(self, before: Callable[..., object]) -> None:
        self._before = before

    def __call__(self, caught: threading.ExceptHookArgs) -> None:
        redact_error(caught.exc_value)
        with _scrubbed_stderr():
            self._before(caught)


# Two threads may end at the same time, and there is one sys.stderr.
_printing = threading.RLock()


@contextlib.contextmanager
def _scrubbed_stderr() -> Iterator[None]:
    """Scrub what a hook prints: it also shows lines of source code, and texts that an error makes when it is printed."""
    with _printing:
        stream, shown = sys.stderr, io.StringIO()
        try:
            with contextlib.redirect_stderr(shown):
                yield
        finally:
            if stream is not None:
                stream.write(scrubbed(shown.getvalue()))
                stream.flush()


def redact_error(error: BaseException | None) -> None:
    """Remove keys from an error and from all errors behind it: causes, contexts and the members of groups.

    Arguments, attributes and notes are changed in place; a value that is not text and shows a key becomes text.
    """
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        todo += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        for name in ("args", *_attributes(one)):
            # Some cannot be read, and some cannot be written.
            with contextlib.suppress(Exception):
                value = getattr(one, name)
                if (clean := _clean(value)) is not value:
                    setattr(one, name, clean)


def _attributes(error: BaseException) -> Iterator[str]:
    """Yield the names of an error's own attributes, also of those that are not in its ``__dict__`` (OSError.filename)."""
    yield from list(vars(error))
    for kind in type(error).__mro__:
        members = (MemberDescriptorType, GetSetDescriptorType)
        yield from (name for name, member in vars(kind).items() if isinstance(member, members) and name[:2] != "__")


def _clean(value: object) -> object:
    """Return the value itself where it shows no key, otherwise its scrubbed text."""
    if isinstance(value, list | tuple):
        cleaned = [_clean(one) for one in value]
        if all(map(operator.is_, value, cleaned)):
            return value
        return cleaned if isinstance(value, list) else tuple(cleaned)
    if isinstance(value, bytes):
        clean_bytes = scrubbed(value.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        return value if clean_bytes == value else clean_bytes
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:  # whatever a foreign object does when it is shown
        return value
    clean = scrubbed(text)
    return value if clean == text else clean


def _in_notebooks() -> None:
    """IPython shows errors its own way, and saves them in the notebook: they lose their keys before it looks at them."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return

    def shown(
        shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> None:
        redact_error(error)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), shown)
