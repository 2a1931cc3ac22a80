"""Classify HTTP errors by status and error code, and by wording only where providers offer nothing else."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.error_text import plain_text
from korean_flashcards.llm.providers.json_body import parsed_json
from korean_flashcards.llm.providers.waiting_times import retry_after


class Meaning(NamedTuple):
    """An error's effect on the run: its code, whether a retry can help, and whether every later call would fail."""

    code: FailureCode
    retry: bool = False
    fatal: bool = False


AUTHENTICATION = Meaning(FailureCode.AUTHENTICATION, fatal=True)
PERMISSION = Meaning(FailureCode.PERMISSION, fatal=True)
QUOTA = Meaning(FailureCode.QUOTA, fatal=True)
NO_MODEL = Meaning(FailureCode.BAD_REQUEST, fatal=True)
BAD_REQUEST = Meaning(FailureCode.BAD_REQUEST)
CONTEXT = Meaning(FailureCode.CONTEXT_LENGTH)
REFUSED = Meaning(FailureCode.REFUSED)
RATE_LIMIT = Meaning(FailureCode.RATE_LIMIT, retry=True)
TIMEOUT = Meaning(FailureCode.TIMEOUT, retry=True)
OUTAGE = Meaning(FailureCode.PROVIDER_OUTAGE, retry=True)
CONNECTION = Meaning(FailureCode.CONNECTION, retry=True)

# Error codes and types from OpenAI, Azure, Anthropic, Google, Mistral, and OpenRouter.
_BY_CODE = {
    "invalid_api_key": AUTHENTICATION, "authentication_error": AUTHENTICATION, "api_key_invalid": AUTHENTICATION,
    "unauthenticated": AUTHENTICATION, "permission_error": PERMISSION, "permission_denied": PERMISSION,
    "insufficient_quota": QUOTA, "billing_hard_limit_reached": QUOTA, "billing_not_active": QUOTA,
    "insufficient_credits": QUOTA, "billing_error": QUOTA, "payment_required": QUOTA, "insufficient_balance": QUOTA,
    "model_not_found": NO_MODEL, "deploymentnotfound": NO_MODEL, "invalid_model": NO_MODEL,
    "context_length_exceeded": CONTEXT, "string_above_max_length": CONTEXT, "request_too_large": CONTEXT,
    "content_filter": REFUSED, "content_policy_violation": REFUSED, "responsibleaipolicyviolation": REFUSED,
    "moderation_blocked": REFUSED, "flagged": REFUSED,
    "rate_limit_error": RATE_LIMIT, "rate_limit_exceeded": RATE_LIMIT, "resource_exhausted": RATE_LIMIT,
    "too_many_requests": RATE_LIMIT, "tokens": RATE_LIMIT, "requests": RATE_LIMIT,
    "overloaded_error": OUTAGE, "server_error": OUTAGE, "api_error": OUTAGE, "unavailable": OUTAGE, "internal": OUTAGE,
    "timeout_error": TIMEOUT, "deadline_exceeded": TIMEOUT,
}  # fmt: skip
_BY_STATUS = {
    401: AUTHENTICATION, 402: QUOTA, 403: PERMISSION, 407: CONNECTION, 408: TIMEOUT, 409: OUTAGE, 413: CONTEXT,
    425: RATE_LIMIT, 429: RATE_LIMIT, 451: REFUSED, 504: TIMEOUT,
}  # fmt: skip
# Generic codes that are used only if there is no more specific code, word, or status.
_GENERAL = {"invalid_request_error", "api_error", "permission_error", "permission_denied", "internal", "server_error"}

_CREDIT = lazy_regex(
    r"credit balance is too low|insufficient (?:credits?|balance|funds)|purchase (?:more )?credits", re.I
)
_PER_TIME = lazy_regex(r"per[ -]?(?:minute|second|hour|day)|perminute|perday|\brpm\b|\btpm\b|\brpd\b", re.I)
_MODERATION = lazy_regex(r"moderation|flagged|content polic|content management policy|safety|harmful", re.I)
_CONTEXT = lazy_regex(r"context.{0,10}(?:length|window)|maximum context|too many tokens|prompt is too long", re.I)
_MODEL = lazy_regex(
    r"\bmodels?\b.{0,80}(?:not (?:found|exist|available|supported)|does(?: not|n't) exist|unknown|invalid)"
    r"|(?:unknown|invalid|unsupported|no such|not a valid) model|no endpoints found|(?:pull|download) (?:it|the model)",
    re.I | re.S,
)
_KEY = lazy_regex(
    r"api[ _-]?key.{0,30}(?:not valid|invalid|expired|missing|incorrect)|(?:invalid|incorrect) api[ _-]?key", re.I
)
# Request parameters that set the response format.
_FORMAT_PARAMETER = lazy_regex(
    r"^(?:response_format|text\.format|guided_|format\b|grammar|output_config|generation_config)", re.I
)
_UNSUPPORTED = r"(?:support|unknown|invalid|unrecogni|not allowed|unavailable)"
_FORMAT_WORDS = lazy_regex(
    rf"response_format|structured outputs?|json[ _](?:mode|object|schema).{{0,60}}{_UNSUPPORTED}"
    rf"|{_UNSUPPORTED}.{{0,60}}json[ _](?:mode|object|schema)|invalid schema for|guided_json"
    r"|schema.{0,40}(?:not supported|unsupported|too (?:complex|deep|large|many))|json_schema is|response_?mime_?type",
    re.I | re.S,
)


def http_error(status: int, headers: Mapping[str, str], body: bytes) -> BackendError:
    """Return the error for a response whose status is not 2xx.

    Args:
        status: The HTTP status.
        headers: The response headers, with lowercase names.
        body: The decoded body: JSON, a web page, or any other text.
    """
    value = parsed_json(body)
    text = body.decode("utf-8", errors="replace").strip()
    if value is None:
        meaning = _of_page(status)
        readable = text and "\ufffd" not in text[:20_000]
        said = plain_text(text[:20_000]) if readable else f"the provider sent HTTP {status} without a readable message"
        problem = _error(meaning, said, retry_after(headers))
    else:
        problem = _error(_meaning(status, value, headers), plain_text(text[:20_000]), retry_after(headers, value))
    named = {code for code, meaning in _BY_CODE.items() if meaning is NO_MODEL}
    problem.perhaps_word = problem.code is FailureCode.BAD_REQUEST and not named & set(_codes(value))
    return problem


def error_in_reply(error: Any, headers: Mapping[str, str]) -> BackendError:
    """Return the error for an HTTP 200 response that contains an error object, in its body or in a choice."""
    value = error if isinstance(error, dict) else {"message": str(error)}
    codes = [code for code in _codes(value) if code.isdigit()]
    status = next((int(code) for code in codes if 400 <= int(code) <= 599), 0)
    meaning = _meaning(status, value, headers) if status or set(_codes(value)) & _BY_CODE.keys() else OUTAGE
    return _error(meaning, plain_text(json.dumps(value, ensure_ascii=False)), retry_after(headers, value))


def page_instead_of_reply(body: bytes) -> BackendError:
    """Return the error for an HTTP 200 response that is not JSON, such as a network's login page."""
    text = body.decode("utf-8", errors="replace").strip()[:20_000]
    said = plain_text(text) if text else "the server sent an empty response"
    return _error(
        CONNECTION, said if "web page" in said or not text else f"the server's reply is not JSON: {said}", None
    )


def damaged_reply(why: str) -> BackendError:
    """Return the error for a reply that arrived but is unreadable because part of it is missing or invalid."""
    return _error(OUTAGE, f"the response is corrupted: {why}", None)


def rejects_format(status: int, body: bytes) -> bool:
    """Return whether an error response may be about the response format, rather than the rest of the request.

    A word such as "schema" is not enough, because the request's text may contain it. If the error names a parameter,
    only the parameter counts.
    """
    if status not in (400, 404, 415, 422, 500, 501):
        return False
    value = parsed_json(body)
    if value is None or set(_codes(value)) & {"context_length_exceeded", "content_filter"}:
        return False
    if parameters := list(_parameters(value)):
        return any(_FORMAT_PARAMETER.search(name) for name in parameters)
    return _FORMAT_WORDS.search(body.decode("utf-8", errors="replace")) is not None


def _error(meaning: Meaning, message: str, wait: float | None) -> BackendError:
    return BackendError(meaning.code, message, meaning.retry, meaning.fatal, retry_after=wait)


def _of_page(status: int) -> Meaning:
    """Classify an error without JSON, which comes from an intermediate server or means that the address is wrong."""
    if status == 404:
        return NO_MODEL
    if status in (401, 402, 408, 413, 429, 504):
        return _BY_STATUS[status]
    if status in (400, 422):
        return BAD_REQUEST
    return OUTAGE if status >= 500 else CONNECTION


def _meaning(status: int, value: Any, headers: Mapping[str, str]) -> Meaning:
    text = json.dumps(value, ensure_ascii=False)
    codes = set(_codes(value))
    known = [_BY_CODE[code] for code in sorted(codes - _GENERAL) if code in _BY_CODE]
    limited = status == 429 or RATE_LIMIT in known
    if _CREDIT.search(text) and not limited:
        return QUOTA
    if limited:
        # Free tiers respond with "exceeded your current quota" and "check your billing" even for per-minute limits.
        waits = retry_after(headers, value) is not None or _PER_TIME.search(text) is not None
        return QUOTA if QUOTA in known and not waits else RATE_LIMIT
    if status in (403, 451) and _MODERATION.search(text):
        return REFUSED
    if known:
        return known[0]
    if status in (400, 404, 422):
        return _of_request(status, text)
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return OUTAGE
    general = [_BY_CODE[code] for code in sorted(codes) if code in _BY_CODE]
    return general[0] if general else BAD_REQUEST


def _of_request(status: int, text: str) -> Meaning:
    """Classify a rejected request whose error has no known code."""
    for pattern, meaning in ((_KEY, AUTHENTICATION), (_MODEL, NO_MODEL), (_CONTEXT, CONTEXT), (_MODERATION, REFUSED)):
        if pattern.search(text):
            return meaning
    # A 404 without an error object means that the server does not have this path.
    return NO_MODEL if status == 404 and '"error"' not in text else BAD_REQUEST


def _codes(value: Any) -> Iterator[str]:
    """Yield the values of ``code``, ``type``, ``status``, and ``reason`` at any depth, in lowercase."""
    for name, inner in _fields(value):
        if (
            name in ("code", "type", "status", "reason")
            and isinstance(inner, str | int)
            and not isinstance(inner, bool)
        ):
            yield str(inner).lower()


def _parameters(value: Any) -> Iterator[str]:
    """Yield the request parameters that an error names."""
    for name, inner in _fields(value):
        if name == "param" and isinstance(inner, str) and inner:
            yield inner
        elif name == "loc" and isinstance(inner, list):  # FastAPI, as in vLLM
            yield ".".join(str(part) for part in inner if part != "body")


def _fields(value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > 8:
        return
    if isinstance(value, list):
        for one in value[:20]:
            yield from _fields(one, depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name).lower(), inner
            yield from _fields(inner, depth + 1)
