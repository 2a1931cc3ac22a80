"""Turn errors from providers, litellm, and the network into one readable line.

litellm prefixes a provider's message with class names, and the network libraries include object representations. This
module cleans up such messages, so that users see only the message itself.
"""

import ast
import http
import json
import re
from collections.abc import Iterator
from typing import Any

from korean_flashcards.domain.errors import origins
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.llm.secrets import redacted

_CLASS = r"(?:(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)|(?:litellm\.)?Timeout(?: Error)?|LiteLLM)"
_PREFIX = lazy_regex(rf"\s*{_CLASS}(?:\s+{_CLASS})*\s*[:-](?:\s+|$)")
_CODE = lazy_regex(r"Error code: (\d{3})(?: - |$)")
_TRACEBACK = lazy_regex(r"\s*Traceback \(most recent call last\):.*", re.DOTALL)
# Advice for programmers that litellm and httpx add to messages.
_ADVICE = lazy_regex(
    r"\.?\s*(?:Handle with `litellm\.\w+`\.|File an issue if litellm error - \S+|For more information check: \S+"
    r"|Got=\{.*\}\.?|Raw keys: \[.*?\]\.?)",
    re.DOTALL,
)
_OBJECT = lazy_regex(
    r"\s*(?:\bssl:)?<(?:[^<>]*\bat 0x[0-9a-fA-F]+[^<>]*|class '[^']*'|Response \[\d+\][^<>]*|[\w.]+ object\b[^<>]*)>"
    r"|\s*\bssl:(?:True|False|None|default)\b|\s*\bobject at 0x[0-9a-fA-F]+|\blitellm\.(?=[A-Z])"
)
_TITLE = lazy_regex(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_PAGE = lazy_regex(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_HIDDEN_PARTS = lazy_regex(r"<(style|script)\b.*?(?:</\1>|$)|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = lazy_regex(
    r"</?(?:!doctype|html|head|body|title|meta|link|h[1-6]|p|b|i|a|hr|br|center|div|span|pre|ins|code|ul|li|em|strong|img)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)
# Messages that are less informative than the error that caused them.
_VAGUE = lazy_regex(
    r"(?:Connection error|Request timed out)?\.?|(?:Client|Server) error '\d+.*' for url .*", re.IGNORECASE
)

_SHOWN_OF_JSON = 200  # characters
_HOST = lazy_regex(r"Cannot connect to host (\S+)")
_TIMEOUT = lazy_regex(r"(?:timeout value|Timeout passed)=(\d+(?:\.\d+)?)", re.IGNORECASE)
_INVALID_REPLY = lazy_regex(r"\d+, message=['\"].*\burl=", re.DOTALL)
_UNKNOWN_PROVIDER = lazy_regex(r"LLM Provider NOT provided.*?(?:model=(\S+)|$)", re.DOTALL)
_MISSING = lazy_regex(r"'\w+'")
_NOT_JSON = lazy_regex(r"Expecting value: line \d+ column \d+ \(char \d+\)")
_ODD_REPLY = lazy_regex(r".*(?:object has no attribute|argument after \*\*|object is not subscriptable).*")
_INVALID_ADDRESSES = {"InvalidURL", "InvalidUrlClientError", "NonHttpUrlClientError", "UnsupportedProtocol"}
# Messages like these come from the network libraries, which means that no provider replied.
_NETWORK_TEXT = lazy_regex(
    r"Cannot connect to host|\[Errno |\[WinError |\[SSL|<urlopen error|Server disconnected|Connection timed out"
    r"|Request timed out|timed out$|All connection attempts failed|Timeout on reading|Remote end closed connection"
    r"|Response payload is not completed|peer closed connection"
)
_NETWORK_PROBLEMS = (
    (r"certificate verify failed: ([^()'\]]*[^()'\] ])", "the TLS certificate was rejected ({})"),
    (r"certificate verify failed", "the TLS certificate was rejected"),
    (r"\[SSL: WRONG_VERSION_NUMBER\]", "the server does not use TLS: try http:// instead of https://"),
    (r"\[SSL: ", "the TLS handshake failed"),
    (
        r"Name or service not known|nodename nor servname|getaddrinfo failed|name resolution|No address associated|\bDNS\b"
        r"|Domain name not found",
        "the host name was not found",
    ),
    (r"refused|Connect call failed|connection attempts failed", "the connection was refused"),
    (r"reset by peer|forcibly closed", "the server reset the connection"),
    (
        r"Server disconnected|without (?:sending a )?response|peer closed|payload is not completed",
        "the server closed the connection before it replied",
    ),
    (r"Network is unreachable|No route to host", "the network is unreachable"),
    (r"(?i:timed? ?out)", "the server did not reply in time"),
)


def plain_message(error: BaseException) -> str:
    """Describe an error in one line, in the provider's own words if possible, without secrets or class names."""
    status = _status(error)
    class_names = {kind.__name__ for one in origins(error) for kind in type(one).__mro__}
    for one in origins(error):
        text = _stripped(str(one))
        if code := _CODE.match(text):
            status, text = status or int(code[1]), text[code.end() :]
        if not _VAGUE.fullmatch(text):
            return redacted(_printable(_in_words(text, class_names)))
    if any("Timeout" in name for name in class_names):
        return "the server did not reply in time"
    return f"the provider sent {_status_text(status)} without a message" if status else "the connection failed"


def plain_text(text: str) -> str:
    """Return a provider's text as one readable line, without secrets or markup."""
    return redacted(_printable(_in_words(_stripped(text), set())))


def as_sentence(text: str) -> str:
    """Return the text with a period at the end, unless it already ends with a punctuation mark."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _stripped(text: str) -> str:
    """Return the text without leading class names, tracebacks, or advice for programmers."""
    kept = _ADVICE.sub("", _TRACEBACK.sub("", text)).strip()
    while prefix := _PREFIX.match(kept):
        kept = kept[prefix.end() :]
    return kept.strip().removeprefix("Error converting to valid response block=")


def _printable(text: str) -> str:
    """Replace control characters and undecodable bytes in the text with spaces."""
    shown = "".join(sign if sign.isprintable() and sign != "\ufffd" else " " for sign in text)
    return shown if shown.strip() else "an error without a readable message"


def _in_words(text: str, class_names: set[str]) -> str:
    """Rephrase the stripped text in plain language. ``class_names``: the class names of the error and its causes."""
    if class_names & _INVALID_ADDRESSES and " " not in text:
        return f"{text} is not an http:// or https:// address"
    if unknown := _UNKNOWN_PROVIDER.match(text):
        name = f" {unknown[1]}" if unknown[1] else ""
        return (
            f"litellm does not recognize the provider of the model{name}: put the provider before the name, as in "
            "openai/gpt-4o-mini"
        )
    if limit := _TIMEOUT.search(text):
        return f"no reply within {float(limit[1]):g} s"
    if _NETWORK_TEXT.match(text):
        return _network_problem(text)
    if _INVALID_REPLY.match(text):
        return "the server's reply is not valid HTTP"
    if _NOT_JSON.fullmatch(text):
        return "the server's reply is not JSON"
    if _ODD_REPLY.fullmatch(text):
        return "the server's reply is not a chat completion"
    if _MISSING.fullmatch(text):
        return f"the provider's reply has no {text}"
    if (said := _message_in(_parsed(text))) is not None:
        text = _stripped(said)
    if _PAGE.search(text):
        return _page_in_words(text)
    return _OBJECT.sub("", _TAG.sub(" ", text)).strip() or "an error without a message"


def _network_problem(text: str) -> str:
    """Return why no reply arrived, including the host if the text names it."""
    host = _HOST.match(text)
    meaning = _OBJECT.sub("", text).removeprefix("<urlopen error ").removesuffix(">")
    meaning = re.sub(r"\[(?:Errno|WinError) -?\d+\]\s*", "", _HOST.sub("", meaning)).strip(" []")
    for pattern, words in _NETWORK_PROBLEMS:
        if found := re.search(pattern, text):
            meaning = words.format(*found.groups())
            break
    if host is None:
        return meaning
    return f"cannot connect to {host[1]}" + (f": {meaning}" if meaning not in ("", "None") else "")


def _page_in_words(text: str) -> str:
    """Describe a web page by its title, which may show that the address is wrong or that a proxy replied."""
    start = _PAGE.search(text)
    page, _, _ = text[start.start() if start else 0 :].partition("</html>")
    shown = title[1] if (title := _TITLE.search(page)) else _HIDDEN_PARTS.sub(" ", page)
    words = " ".join(re.sub(r"<[^<>]*>", " ", shown).split())
    return "the server sent a web page instead of an API reply" + (f": {words}" if words else "")


def _parsed(text: str) -> Any:
    """Parse JSON or a Python literal (which OpenAI's SDK prints). Return None if the text is neither."""
    if text[:1] not in ("{", "[", '"'):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def _message_in(value: Any) -> str | None:
    """Return the message in a provider's error, or None if the value is not an object, a list, or a string."""
    if not isinstance(value, dict | list | str):
        return None
    found = "; ".join(dict.fromkeys(filter(None, _messages(value))))
    return found or f"an error without a message: {json.dumps(value, ensure_ascii=False)[:_SHOWN_OF_JSON]}"


def _messages(value: Any) -> Iterator[str]:
    """Yield the messages in an error, whichever structure the provider uses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value[:3]:
            yield from _messages(one)
    elif isinstance(value, dict):
        name = next(
            (name for name in ("error", "message", "detail", "errors", "msg", "title") if value.get(name)), None
        )
        if name is not None:
            yield from (f"{_place(value)}{text}" for text in _messages(value[name]))
        # OpenRouter includes the error from the provider that it forwarded the request to.
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and isinstance(raw := metadata.get("raw"), str):
            yield _message_in(_parsed(raw)) or raw


def _place(value: dict[str, Any]) -> str:
    """Return a prefix that names the invalid field in a FastAPI error, for example "body.messages: "."""
    place = value.get("loc")
    return f"{'.'.join(map(str, place))}: " if isinstance(place, list | tuple) and place else ""


def _status(error: BaseException) -> int | None:
    return next((code for one in origins(error) if isinstance(code := getattr(one, "status_code", None), int)), None)


def _status_text(status: int) -> str:
    try:
        return f"HTTP {status} ({http.HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"
