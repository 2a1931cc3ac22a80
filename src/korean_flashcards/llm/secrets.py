"""Load API keys, and keep them out of logs, errors, tables, tracebacks and stored replies."""

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
    r"|\b(?:sk|pk|rk|gsk|xai|hf|r8|key)[-_*][\w*.-]{6,}"  # providers' prefixes, also if partly masked with asterisks
    r"|\bAIza[\w-]{10,}"  # Google
    r"|(?<=[?&]key=)[^&\s]+"  # Google's query parameter
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",  # user name and password in a URL
)
_SHORTEST = 8  # characters; shorter values (KEY=1) are not secrets, and removing them would damage ordinary text
# Replies are content, so only values that look like real keys are removed from them: long, and with a digit. A local
# server accepts any key, so users may set an English word ("anything").
_SHORTEST_IN_CONTENT = 16
LONGEST = 300  # characters of a provider's message that are shown

# Values in conf/local/credentials.yml. They are secret even if the environment has a different value.
_given: set[str] = set()


def keys_of(context: "KedroContext") -> dict[str, str]:
    """Return the keys in conf/local/credentials.yml, which git ignores, by the name of their environment variable.

    Raises:
        SettingsError: The file does not have the expected structure.
    """
    # A late import saves 0.2 s: only Kedro's context needs it.
    from kedro.config import MissingConfigException

    try:
        keys = (context.config_loader["credentials"] or {}).get("llm") or {}
    except MissingConfigException:
        return {}
    if not isinstance(keys, dict) or not all(isinstance(value, str) and value for value in keys.values()):
        raise SettingsError(
            "In credentials.yml, llm must map environment variables to keys, as text. For example: llm: "
            '{OPENROUTER_API_KEY: "…"}. Nothing was run.'
        )
    return {str(name): value for name, value in keys.items()}


def use_keys(keys: Mapping[str, str]) -> None:
    """Set the environment variables that are not set yet, and hide the values from now on."""
    for name, value in keys.items():
        _given.add(value)
        os.environ.setdefault(name, value)


def redacted(text: str) -> str:
    """Return the text on one line, without secrets and strings that look like keys, cut to ``LONGEST`` characters."""
    line = " ".join(scrubbed(text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def scrubbed(text: str) -> str:
    """Return the text without secret values in any encoding, and without strings that look like keys."""
    return _SHAPES.sub(HIDDEN, _without(text, _secrets()))


def key_remover() -> Callable[[str], str]:
    """Return a function that removes our own keys from a model's reply, in case a provider echoes them.

    The rest of a reply is content and stays. Use one function for many replies: reading the environment takes as long as
    storing a reply.
    """
    pattern = _pattern(frozenset(value for value in _secrets() if _looks_random(value)))
    return (lambda text: pattern.sub(HIDDEN, text)) if pattern else (lambda text: text)


def _secrets() -> Iterator[str]:
    """Yield the values in conf/local/credentials.yml and of environment variables with secret names."""
    yield from (value for value in _given if len(value) >= _SHORTEST)
    yield from (value for name, value in os.environ.items() if len(value) >= _SHORTEST and _NAMES.search(name))


def _looks_random(value: str) -> bool:
    """Return whether a value looks like a generated key."""
    return len(value) >= _SHORTEST_IN_CONTENT and any(sign.isdigit() for sign in value) and " " not in value


def _without(text: str, values: Iterable[str]) -> str:
    """Return the text without the values."""
    pattern = _pattern(frozenset(values))
    return pattern.sub(HIDDEN, text) if pattern else text


@functools.lru_cache(maxsize=16)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern for all forms of the values, longest first: one value may be part of another."""
    forms = sorted({form for value in values for form in _forms(value)}, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, forms))) if forms else None


def _forms(value: str) -> Iterator[str]:
    """Yield the value itself and its encoded forms: in URLs, JSON, HTML, and Base64 of any text that contains it."""
    yield value
    yield urllib.parse.quote(value, safe="")
    yield urllib.parse.quote_plus(value)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield html.escape(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # Three bytes become four characters, so the text before shifts the value by 0, 1 or 2 bytes. Characters at
            # the ends that also encode bits of neighboring text are left out.
            encoded = encode(b"\0" * before + value.encode()).decode().rstrip("=")
            spare = (before + len(value.encode())) % 3 != 0
            yield encoded[(0, 2, 3)[before] : len(encoded) - spare]


def redact_logs_and_tracebacks() -> None:
    """Remove keys from every log record and from the errors that end a thread or the program.

    Existing hooks still run, after the keys are removed. A second call does nothing.
    """
    if not isinstance(logging.getLogRecordFactory(), _Records):
        logging.setLogRecordFactory(_Records(logging.getLogRecordFactory()))
    if not isinstance(sys.excepthook, _ExceptHook):
        sys.excepthook = _ExceptHook(sys.excepthook)
    if not isinstance(threading.excepthook, _ThreadExceptHook):
        threading.excepthook = _ThreadExceptHook(threading.excepthook)
    _in_notebooks()


class _Records:
    """Make log records with the previous factory and redact them. A filter sees only the records of one logger."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._before(*args, **options)
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # wrong placeholders: logging itself reports them
            return record
        if (shown := scrubbed(said)) != said:
            record.msg, record.args = shown, ()
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if (shown := scrubbed(told)) != told:
                record.exc_info, record.exc_text = None, shown
        return record


class _ExceptHook:
    """Redact an uncaught error, then call the previous hook."""

    def __init__(self, before: Callable[..., object]) -> None:
        self._before = before

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        redact_error(error)
        with _scrubbed_stderr():
            self._before(kind, error, trace)


class _ThreadExceptHook:
    """Redact an error that ends a thread, then call the previous hook."""

    def __init__(self, before: Callable[..., object]) -> None:
        self._before = before

    def __call__(self, caught: threading.ExceptHookArgs) -> None:
        redact_error(caught.exc_value)
        with _scrubbed_stderr():
            self._before(caught)


# Two threads may end at the same time, but there is only one sys.stderr.
_printing = threading.RLock()


@contextlib.contextmanager
def _scrubbed_stderr() -> Iterator[None]:
    """Redact what a hook prints: it also shows source lines, and texts that an error creates only when printed."""
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
    """Remove keys from an error and from its causes, its contexts and the members of groups.

    Arguments, attributes and notes are changed in place. A value that is not text and shows a key becomes text.
    """
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        todo += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        for name in ("args", *_attributes(one)):
            # Some attributes cannot be read, and some cannot be set.
            with contextlib.suppress(Exception):
                value = getattr(one, name)
                if (clean := _clean(value)) is not value:
                    setattr(one, name, clean)


def _attributes(error: BaseException) -> Iterator[str]:
    """Yield the names of an error's attributes, including those outside its ``__dict__``, such as OSError.filename."""
    yield from list(vars(error))
    for kind in type(error).__mro__:
        members = (MemberDescriptorType, GetSetDescriptorType)
        yield from (name for name, member in vars(kind).items() if isinstance(member, members) and name[:2] != "__")


def _clean(value: object) -> object:
    """Return the value itself if it shows no key, otherwise its redacted text."""
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
    except Exception:  # repr() of a foreign object may raise anything
        return value
    clean = scrubbed(text)
    return value if clean == text else clean


def _in_notebooks() -> None:
    """Redact errors before IPython shows them and saves them in the notebook: it does not use ``sys.excepthook``."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return

    def shown(
        shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> None:
        redact_error(error)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), shown)
