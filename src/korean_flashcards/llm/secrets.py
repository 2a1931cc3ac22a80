"""Load API keys, and keep them out of logs, errors, tables, tracebacks, and stored replies."""

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
# The random part of a key: at least 16 characters with a digit, or 20 without one, and no separator. Ordinary names
# with the same prefix ("sk-learn", "hf_hub_download") do not match.
_RANDOM = r"(?:(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}|[A-Za-z0-9]{20,})"
# The random part of keys with a longer prefix. It may contain separators.
_SEGMENTS = r"(?=[\w-]*\d)[\w-]{10,}"
# Providers display a rejected key with asterisks or an ellipsis in the middle.
_MASKED = r"(?:[\w-]{2,}\*{2,}[\w*-]*|\*{4,}[\w*-]*|[\w-]{2,}(?:\.{3,}|…)[\w-]{2,})"
_SHAPES = re.compile(
    r"\bBearer\s+\S+"  # an Authorization header
    r"|(?<![A-Za-z0-9])(?:"
    rf"sk-(?:proj|svcacct|admin|service|None|ant|or|lf)-{_SEGMENTS}"  # OpenAI, Anthropic, OpenRouter, Langfuse
    rf"|(?:sk-|csk-|xai-|hf_|r8_|pplx-|tgp_v1_|fw_){_RANDOM}"  # OpenAI, DeepSeek, Cerebras, xAI, Hugging Face, …
    r"|gsk_[A-Za-z0-9]{12,}"  # Groq
    rf"|(?:sk-|csk-|gsk_|xai-|hf_|r8_|pplx-|AIza){_MASKED}"
    r"|sk-(?:\w+-)+(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}"  # prefixes that are not listed above
    rf"|nvapi-{_SEGMENTS}"  # NVIDIA
    r"|AIza[\w-]{10,}"  # Google
    r"|AKIA[A-Z0-9]{16}"  # AWS
    r"|gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{22,}"  # GitHub Models
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"  # a JSON web token, as used by Google and Azure
    r")"
    r"|(?<=[?&]key=)[^&\s]+"  # Google's query parameter
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",  # user name and password in a URL
)
_SHORTEST = 8  # characters; shorter values (KEY=1) are not secrets, and removing them would garble ordinary text
# Replies are content, so only values that look like real keys (long and with a digit) are removed from them. A local
# server accepts any key, so users may set an English word such as "anything".
_SHORTEST_IN_CONTENT = 16
LONGEST = 300  # characters of a provider's message that are shown

# Values in conf/local/credentials.yml. They are secret even if the environment has a different value.
_given: set[str] = set()


def keys_of(context: "KedroContext") -> dict[str, str]:
    """Return the keys in conf/local/credentials.yml (a file that Git ignores), by environment variable name.

    Raises:
        SettingsError: The file does not have the expected structure.
    """
    # A late import saves 0.2 s: only Kedro's context needs this class.
    from kedro.config import MissingConfigException

    try:
        keys = (context.config_loader["credentials"] or {}).get("llm") or {}
    except MissingConfigException:
        return {}
    if not isinstance(keys, dict) or not all(isinstance(value, str) and value.strip() for value in keys.values()):
        raise SettingsError(
            "In credentials.yml, llm must map environment variable names to keys (strings). For example: llm: "
            '{OPENROUTER_API_KEY: "…"}. Nothing was run.'
        )
    return {str(name): value for name, value in keys.items()}


def use_keys(keys: Mapping[str, str]) -> None:
    """Set each environment variable that is unset or empty. From now on, redact all of the given values."""
    for name, value in keys.items():
        _given.add(value)
        if not os.environ.get(name, "").strip():
            os.environ[name] = value


def redacted(text: str) -> str:
    """Return the text as one line of at most ``LONGEST`` characters, without secrets or strings that look like keys."""
    line = " ".join(scrubbed(text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def scrubbed(text: str) -> str:
    """Return the text without secret values (in any encoding) or strings that look like keys."""
    return _SHAPES.sub(HIDDEN, _without(text, _secrets()))


def without_keys(value: Any, name: str = "") -> Any:
    """Return parameters (mappings, lists, and values) without keys, including texts whose name suggests a secret."""
    if isinstance(value, Mapping):
        return {str(key): without_keys(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_keys(each, name) for each in value]
    if isinstance(value, str):
        return HIDDEN if value and _NAMES.search(name) else scrubbed(value)
    return value


def key_remover() -> Callable[[str], str]:
    """Return a function that removes the user's keys from a model's reply, in case a provider echoes them.

    The rest of the reply is content, so it is kept. Reuse the function for many replies, because collecting the keys
    takes as long as storing a reply.
    """
    pattern = _pattern(frozenset(value for value in _secrets() if _looks_random(value)))
    return (lambda text: pattern.sub(HIDDEN, text)) if pattern else (lambda text: text)


def _secrets() -> Iterator[str]:
    """Yield the values from conf/local/credentials.yml and from environment variables whose names suggest secrets."""
    yield from (value for value in _given if len(value) >= _SHORTEST)
    yield from (value for name, value in os.environ.items() if len(value) >= _SHORTEST and _NAMES.search(name))


def _looks_random(value: str) -> bool:
    """Return whether a value looks like a randomly generated key."""
    return len(value) >= _SHORTEST_IN_CONTENT and any(sign.isdigit() for sign in value) and " " not in value


def _without(text: str, values: Iterable[str]) -> str:
    """Return the text with all of the values redacted."""
    pattern = _pattern(frozenset(values))
    return pattern.sub(HIDDEN, text) if pattern else text


@functools.lru_cache(maxsize=16)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern for all forms of the values. Longer forms come first, because one value may contain another."""
    forms = sorted({form for value in values for form in _forms(value)}, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, forms))) if forms else None


def _forms(value: str) -> Iterator[str]:
    """Yield the value and its encoded forms: URL, JSON, HTML, and the Base64 of any text that contains the value."""
    yield value
    yield urllib.parse.quote(value, safe="")
    yield urllib.parse.quote_plus(value)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield html.escape(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # Three bytes become four characters, so the preceding text shifts the value by 0, 1, or 2 bytes. Characters
            # at either end that also encode bits of neighboring text are left out.
            encoded = encode(b"\0" * before + value.encode()).decode().rstrip("=")
            spare = (before + len(value.encode())) % 3 != 0
            yield encoded[(0, 2, 3)[before] : len(encoded) - spare]


def redact_logs_and_tracebacks() -> None:
    """Remove keys from every log record and from errors that end a thread or the program.

    Existing hooks still run after the keys have been removed. Calling this function again has no effect.
    """
    if not isinstance(logging.getLogRecordFactory(), _Records):
        logging.setLogRecordFactory(_Records(logging.getLogRecordFactory()))
    if not isinstance(sys.excepthook, _ExceptHook):
        sys.excepthook = _ExceptHook(sys.excepthook)
    if not isinstance(threading.excepthook, _ThreadExceptHook):
        threading.excepthook = _ThreadExceptHook(threading.excepthook)
    _in_notebooks()


class _Records:
    """A log record factory that redacts the previous factory's records.

    A filter would see only one logger's records.
    """

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._before(*args, **options)
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # invalid placeholders: logging itself reports them
            return record
        if (shown := scrubbed(said)) != said:
            record.msg, record.args = shown, ()
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if (shown := scrubbed(told)) != told:
                record.exc_info, record.exc_text = None, shown
        return record


class _ExceptHook:
    """An exception hook that redacts an uncaught error, then calls the previous hook."""

    def __init__(self, before: Callable[..., object]) -> None:
        self._before = before

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        redact_error(error)
        with _scrubbed_stderr():
            self._before(kind, error, trace)


class _ThreadExceptHook:
    """An exception hook that redacts an error that ends a thread, then calls the previous hook."""

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
    """Redact a hook's output, including source lines and text that is generated only when an error is printed."""
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
    """Remove keys from an error, its causes, its contexts, and the members of exception groups.

    Arguments, attributes, and notes are changed in place. Any other value whose text contains a key is replaced with
    redacted text.
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
    """Return the value unchanged if its text contains no key. Otherwise, return the redacted text."""
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
    except Exception:  # repr() of a third-party object may raise anything
        return value
    clean = scrubbed(text)
    return value if clean == text else clean


def _in_notebooks() -> None:
    """Redact errors before IPython shows and saves them in the notebook. IPython does not use ``sys.excepthook``."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return

    def shown(
        shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> None:
        redact_error(error)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), shown)
