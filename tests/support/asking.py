"""Questions and settings for tests of the client: small, fast, and the same everywhere."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from korean_flashcards.chat import Ask, ChatTemplate
from korean_flashcards.contracts import FailureCode, ReplyError
from korean_flashcards.parameters import LLMParameters

TEMPLATE = ChatTemplate("nuance", "openai/test", "Analyse the word.", {"type": "object"}, None, None)


def settings(api_base: str | None, **changes: Any) -> LLMParameters:
    """Settings that wait little: a backoff of 10 ms, five attempts, 20 calls at once."""
    values = {
        "model": TEMPLATE.model, "api_base": api_base, "temperature": None, "max_tokens": None, "concurrency": 20,
        "timeout": 20.0, "max_attempts": 5, "backoff": 0.01, "max_wait": 5.0,
    }  # fmt: skip
    return LLMParameters(**(values | changes))


def words(count: int) -> list[str]:
    """``count`` different terms."""
    return [f"단어{number}" for number in range(count)]


def asks(terms: Sequence[str], accept: Callable[[str], object] | None = None) -> list[Ask]:
    """One question a term; by default its own check is that the reply is JSON about the term."""
    users = [json.dumps({"term": term}, ensure_ascii=False) for term in terms]
    return [Ask(TEMPLATE.key(user), user, accept or about(term)) for term, user in zip(terms, users, strict=True)]


def about(term: str) -> Callable[[str], object]:
    """A check that the reply is a JSON object about ``term``."""

    def accept(text: str) -> object:
        try:
            record = json.loads(text)
        except ValueError as error:
            raise ReplyError(FailureCode.MALFORMED, f"not JSON: {error}") from error
        if not record["term"].startswith(term):
            raise ReplyError(FailureCode.WRONG_WORD, f"about {record['term']}, not {term}")
        return record

    return accept
