"""Turn any HTTP response to a chat request into a reply or an error."""

from collections.abc import Mapping

from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.pricing.usage import ClaimedUsage, claimed_usage
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.http_errors import (
    damaged_reply,
    error_in_reply,
    http_error,
    page_instead_of_reply,
    rejects_format,
)
from korean_flashcards.llm.providers.json_body import looks_like_reply
from korean_flashcards.llm.providers.rate_headers import rates_seen
from korean_flashcards.llm.providers.reply_body import ReplyBody, read_body, storable

_KEPT_OF_BODY = 4_000  # characters of an unreadable response


def outcome_of(
    status: int, headers: Mapping[str, str], body: bytes, translated: RawReply | None = None,
    read: ReplyBody | None = None,
) -> RawReply | BackendError:  # fmt: skip
    """Return the reply or the error in a response.

    Args:
        status: The HTTP status.
        headers: The response headers, with lowercase names.
        body: The decoded body.
        translated: The reply as parsed by litellm, or None. Used only for formats other than OpenAI's.
        read: The content of the body, or None if it has not been read yet.
    """
    if not 200 <= status < 300:
        problem = http_error(status, headers, body)
        problem.rejects_format = rejects_format(status, body)
        return problem
    read = read or read_body(body)
    if read is None:
        return _unread(body)
    claimed = claimed_usage(read.usage)
    paid = RawReply(
        read.text, read.finish_reason, rates=rates_seen(headers), claimed=claimed, reasoning=read.reasoning,
        body="" if read.text.strip() else _start(body),
    )  # fmt: skip
    if read.error or read.finish_reason == "error":
        problem = error_in_reply(read.error or "the provider reported an error without a message", headers)
        problem.paid = paid if read.paid else None
        return problem
    if read.damaged:
        problem = damaged_reply("parts of its text are missing")
        problem.paid = paid
        return problem
    if not read.chat and translated is not None:
        return _translated(translated, paid)
    if not read.paid:
        return BackendError(FailureCode.CONNECTION, "the server's reply is not a chat completion", retry=True)
    return paid


def _unread(body: bytes) -> BackendError:
    """Return the error for a successful response that is not JSON.

    If it looks like a reply, it is treated as paid for.
    """
    if not looks_like_reply(body):
        return page_instead_of_reply(body)
    problem = damaged_reply("it is not valid JSON")
    problem.paid = RawReply("", None, claimed=ClaimedUsage(), body=_start(body))
    return problem


def _start(body: bytes) -> str:
    return body[:_KEPT_OF_BODY].decode("utf-8", errors="replace")


def _translated(reply: RawReply, own: RawReply) -> RawReply:
    """Return a response's text as parsed by litellm, with the usage and reasoning that we parsed ourselves."""
    usage = reply.claimed if own.claimed == ClaimedUsage() else own.claimed
    return RawReply(
        storable(reply.text), reply.finish_reason, rates=own.rates, claimed=usage, reasoning=own.reasoning,
        body="" if reply.text.strip() else own.body,
    )  # fmt: skip
