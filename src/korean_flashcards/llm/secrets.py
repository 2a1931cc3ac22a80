"""Keeps key material out of logs, errors, tables and kept replies, whatever a provider writes into its messages."""

import base64
import functools
import html
import json
import os
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping

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
