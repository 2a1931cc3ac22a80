"""What both stages do alike: build the template, plan the requests, ask, list the failures. Pure but for ``llm``."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import polars as pl

from korean_flashcards.chat import Ask, ChatReply, ChatTemplate, Prompt
from korean_flashcards.contracts import Stage
from korean_flashcards.frames import frame_of
from korean_flashcards.parameters import LLMParameters

_WORD = {"item_id": pl.String, "term": pl.String, "key": pl.String, "model": pl.String, "prompt_version": pl.String}
REQUEST_SCHEMA = {**_WORD, "cached": pl.Boolean, "user": pl.String}
REPLY_SCHEMA = {
    **_WORD, "cached": pl.Boolean, "text": pl.String, "code": pl.String, "message": pl.String, "attempts": pl.Int64,
    "tokens_in": pl.Int64, "tokens_out": pl.Int64, "cost_usd": pl.Float64, "latency_s": pl.Float64,
}  # fmt: skip
FAILURE_SCHEMA = {"item_id": pl.String, "term": pl.String, "code": pl.String, "message": pl.String, "attempts": pl.Int64,
                  "model": pl.String, "prompt_version": pl.String, "text": pl.String}  # fmt: skip


class ChatClient(Protocol):
    """What nodes need of the ``llm`` dataset (see ``llm.client.LLMClient``)."""

    def model_version(self, model: str) -> str: ...

    def cached(self, keys: Iterable[str]) -> set[str]: ...

    def complete(self, template: ChatTemplate, asks: Sequence[Ask], settings: LLMParameters) -> list[ChatReply]: ...


def chat_template(
    stage: Stage, prompt: Prompt, schema: dict[str, Any], settings: LLMParameters, llm: ChatClient
) -> ChatTemplate:
    """Return what is the same for every word of the stage."""
    return ChatTemplate(
        stage=stage, model=llm.model_version(settings.model), system=prompt.text, schema=schema,
        temperature=settings.temperature, max_tokens=settings.max_tokens,
    )  # fmt: skip


def plan(
    template: ChatTemplate, prompt: Prompt, words: Iterable[tuple[str, str, str]], llm: ChatClient
) -> pl.DataFrame:
    """Return one request a word, REQUEST_SCHEMA; ``cached`` says that the reply is already paid for.

    ``words`` are (item_id, term, user text); homographs and equal words of two lists may share a key.
    """
    rows = (
        {"item_id": item_id, "term": term, "key": template.key(user), "model": template.model,
         "prompt_version": prompt.version, "cached": False, "user": user}
        for item_id, term, user in words
    )  # fmt: skip
    requests = frame_of(rows, REQUEST_SCHEMA)
    return requests.with_columns(cached=pl.col("key").is_in(llm.cached(requests["key"])))


def ask(
    requests: pl.DataFrame,
    template: ChatTemplate,
    prompt: Prompt,
    acceptances: Iterable[Callable[[str], object]],
    llm: ChatClient,
    settings: LLMParameters,
) -> pl.DataFrame:
    """Return the replies, REPLY_SCHEMA, in the order of ``requests``.

    The key is computed from what is really asked, not read from the plan: a plan made with another model or prompt can
    then never file a reply under the wrong key.
    """
    asks = [
        Ask(key=template.key(user), user=user, accept=accept)
        for user, accept in zip(requests["user"], acceptances, strict=True)
    ]
    replies = llm.complete(template, asks, settings)
    rows = (
        {"item_id": item_id, "term": term, "model": template.model, "prompt_version": prompt.version,
         **{name: getattr(reply, name) for name in REPLY_SCHEMA if hasattr(reply, name)}}
        for item_id, term, reply in zip(requests["item_id"], requests["term"], replies, strict=True)
    )  # fmt: skip
    return frame_of(rows, REPLY_SCHEMA)


def failure(reply: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """Return one row of FAILURE_SCHEMA for a row of REPLY_SCHEMA."""
    return {**{name: reply[name] for name in FAILURE_SCHEMA}, "code": str(code), "message": message}
