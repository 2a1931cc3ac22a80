"""Translate a provider's error into a failure code, and decide whether a retry can help.

litellm's exceptions are recognized by class name and HTTP status, so that litellm does not have to be imported.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from korean_flashcards.domain.errors import origins
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.error_text import plain_message
from korean_flashcards.llm.providers.waiting_times import retry_after


class _Meaning(NamedTuple):
    code: FailureCode
    retry: bool
    fatal: bool = False


_QUOTA = lazy_regex(r"insufficient[_ ](quota|funds|credit|balance)|exceeded your current quota|billing", re.IGNORECASE)
_NO_KEY = lazy_regex(r"missing credentials|api_key client option must be set|missing .{0,20}api[ _]key", re.IGNORECASE)
_NO_PROVIDER = lazy_regex(r"LLM Provider NOT provided", re.IGNORECASE)
_FORMAT = lazy_regex(r"response_format|json_schema|json_object|schema|structured output|guided_json", re.IGNORECASE)
_CONTEXT = lazy_regex(r"context.{0,10}(length|window)|maximum context|too many tokens", re.IGNORECASE)

# Base classes of connection errors in openai, httpx, and aiohttp.
_CONNECTION = {"APIConnectionError", "NetworkError", "ProtocolError", "ClientConnectionError", "ClientPayloadError"}

# litellm's class names, with subclasses listed before their base classes.
_BY_CLASS = {
    "ContextWindowExceededError": _Meaning(FailureCode.CONTEXT_LENGTH, retry=False),
    "ContentPolicyViolationError": _Meaning(FailureCode.REFUSED, retry=False),
    "RejectedRequestError": _Meaning(FailureCode.REFUSED, retry=False),
    "PaymentRequiredError": _Meaning(FailureCode.QUOTA, retry=False, fatal=True),
    "BudgetExceededError": _Meaning(FailureCode.QUOTA, retry=False, fatal=True),
    "LiteLLMUnknownProvider": _Meaning(FailureCode.BAD_REQUEST, retry=False, fatal=True),
    "AuthenticationError": _Meaning(FailureCode.AUTHENTICATION, retry=False, fatal=True),
    "PermissionDeniedError": _Meaning(FailureCode.PERMISSION, retry=False, fatal=True),
    "NotFoundError": _Meaning(FailureCode.BAD_REQUEST, retry=False, fatal=True),
    "RateLimitError": _Meaning(FailureCode.RATE_LIMIT, retry=True),
    "APITimeoutError": _Meaning(FailureCode.TIMEOUT, retry=True),
    "TimeoutError": _Meaning(FailureCode.TIMEOUT, retry=True),
    # aiohttp's class, for a server that does not use HTTP.
    "ClientResponseError": _Meaning(FailureCode.PROVIDER_OUTAGE, retry=True),
}

_BY_STATUS = {
    401: _BY_CLASS["AuthenticationError"],
    402: _BY_CLASS["PaymentRequiredError"],
    403: _BY_CLASS["PermissionDeniedError"],
    404: _BY_CLASS["NotFoundError"],
    408: _BY_CLASS["APITimeoutError"],
    429: _BY_CLASS["RateLimitError"],
    504: _BY_CLASS["APITimeoutError"],
}


def backend_error(error: Exception) -> BackendError:
    """Return the BackendError for any exception that litellm, OpenAI's SDK, or aiohttp raises."""
    code, retry, fatal = _meaning(error, str(error))
    return BackendError(code, plain_message(error), retry, fatal, retry_after=retry_after(_headers(error)))


def rejects_format(error: Exception) -> bool:
    """Return whether the provider, or litellm on its behalf, rejected the response format rather than the request."""
    names = _class_names(error)
    if "ContextWindowExceededError" in names or "ContentPolicyViolationError" in names:
        return False
    unsupported = "UnsupportedParamsError" in names or getattr(error, "status_code", None) in (400, 422)
    return unsupported and _FORMAT.search(str(error)) is not None


def _meaning(error: Exception, text: str) -> _Meaning:
    names = _class_names(error)
    status = getattr(error, "status_code", None)
    if _NO_PROVIDER.search(text):
        return _BY_CLASS["NotFoundError"]
    meaning = next((found for name, found in _BY_CLASS.items() if name in names), None)
    meaning = meaning or _BY_STATUS.get(status or 0)
    if meaning is not None and meaning.code is FailureCode.RATE_LIMIT and (status == 402 or _QUOTA.search(text)):
        return _BY_CLASS["PaymentRequiredError"]
    if meaning is not None:
        return meaning
    # litellm reports a missing key as HTTP 500, although nothing was sent.
    if _NO_KEY.search(text):
        return _BY_CLASS["AuthenticationError"]
    # litellm reports a lost connection as HTTP 500. The exception's cause shows what really happened.
    if any(_CONNECTION & _class_names(origin) for origin in origins(error)):
        return _Meaning(FailureCode.CONNECTION, retry=True)
    if isinstance(status, int) and status >= 500:
        return _Meaning(FailureCode.PROVIDER_OUTAGE, retry=True)
    if isinstance(status, int) and 400 <= status < 500:
        if _CONTEXT.search(text):
            return _BY_CLASS["ContextWindowExceededError"]
        return _Meaning(FailureCode.BAD_REQUEST, retry=False)
    return _Meaning(FailureCode.INTERNAL, retry=True)


def _class_names(error: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


def _headers(error: Exception) -> Mapping[str, str]:
    """Return the response headers with lowercase names, from whichever attribute litellm stored them in."""
    for found in (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
    ):
        if found:
            return {str(name).lower(): str(value) for name, value in found.items()}
    return {}
