"""Find cache entries by key or word, and explain why a word's reply is or is not cached."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.ledger.word_history import request_keys
from korean_flashcards.llm.cache.maintenance import CacheEntry, entries, entry
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.planning.current_requests import CurrentRequests, StageRequests

_SHORTEST, _KEY_DIGITS = 6, 64  # hexadecimal digits in the shortest abbreviated key and in a full key
_NOT_SENT = "not sent"


def found_by(
    cache: ReplyCache, store: LedgerStore, uses: Uses, what: str, stages: Sequence[str] = ()
) -> Iterator[CacheEntry]:
    """Yield the cache entries for a key or a word.

    Args:
        what: A key, at least the first six digits of a key, a headword, or an item ID such as 배#2.
        stages: The stages to include, or an empty sequence for all stages.
    """
    key, name = what.strip().lower(), clean(what).strip()
    digits = len(key) >= _SHORTEST and not set(key) - set("0123456789abcdef")
    if len(key) == _KEY_DIGITS and digits:
        found = iter([entry(cache, key)])
    else:
        named = {key for key, users in uses.tasks.items() if any(name in (use.item_id, use.term) for use in users)}
        with suppress(LedgerError):  # The word is not in the ledger, but the cache may still contain its replies.
            named |= set(request_keys(store, name, stages or STAGES))
        found = (
            one
            for one in entries(cache)
            if one.key in named or uses.term(one) == name or (digits and one.key.startswith(key))
        )
    yield from (one for one in found if one.raw and (not stages or (one.newest and one.newest.stage in stages)))


def explanation(current: CurrentRequests, cache: ReplyCache, store: LedgerStore, uses: Uses) -> list[dict[str, Any]]:
    """For each word and stage, return the cache key of the current request and whether its reply is cached.

    Returns:
        One dictionary per word and stage, with ``item_id`` and ``stage``. If a request exists, the dictionary also
        contains ``key``, ``parts`` (the values that the key is computed from), ``state``, ``reason``, and ``archived``
        (the number of archived replies). If only a similar key is cached, the dictionary also contains ``nearest`` (the
        similar key) and ``differences`` (part → [cached value, current value]).

    Raises:
        LedgerError: The ledger does not contain the word.
    """
    analyses = current.analyses()
    told = []
    there = [one for term in set(current.words["term"]) for one in found_by(cache, store, uses, term)]
    for stage_requests in (analyses, current.cards(analyses)):
        by_item = {row["item_id"]: row for row in stage_requests.requests.iter_rows(named=True)}
        for item_id in current.words["item_id"]:
            told.append({"item_id": item_id, "stage": stage_requests.stage})
            if item_id in by_item:
                told[-1] |= _told(by_item[item_id], stage_requests, there, cache, uses)
    return sorted(told, key=lambda one: one["item_id"])


def _told(
    row: Mapping[str, Any], stage_requests: StageRequests, there: list[CacheEntry], cache: ReplyCache, uses: Uses
) -> dict[str, Any]:
    template, key = stage_requests.model_stage.template, row["key"]
    today = _flat(template.key_parts(row["user"]), uses.prompt(template.stage, template.prompt_version))
    told = {"key": key, "parts": today, "state": row["state"], "reason": row["reason"]}
    told["archived"] = len(cache.archived(key))
    if cache.get(key) is not None:
        return told
    compared = [
        (differences, one)
        for one in there
        if one.key != key and one.reply and one.reply.stage == stage_requests.stage
        for differences in [_differences(today, _of(one, cache, uses))]
    ]
    if compared:
        differences, nearest = min(compared, key=lambda pair: (len(pair[0]), pair[1].key))
        told |= {"nearest": nearest.key, "differences": differences}
    return told


def _of(one: CacheEntry, cache: ReplyCache, uses: Uses) -> dict[str, Any]:
    """Return the known parts of an entry's cache key as a flat dictionary."""
    reply = one.reply
    assert reply is not None
    prompt, parts = uses.prompt(reply.stage, uses.version(one)), cache.parts(reply.template)
    if parts is None or reply.user is None:
        return {"model": reply.model, "prompt": prompt}
    system, *_ = parts["messages"]
    return _flat({**parts, "messages": [system, {"content": reply.user}]}, prompt)


def _flat(parts: Mapping[str, Any], prompt: str) -> dict[str, Any]:
    """Return the parts of a cache key by name. Each field in the user message has a name such as "user.definition"."""
    _, user = parts["messages"]
    rest = {name: value for name, value in parts.items() if name != "messages"}
    return rest | {"prompt": prompt} | dict(_fields("user", json.loads(user["content"])))


def _fields(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for field, inner in value.items():
            yield from _fields(f"{name}.{field}", inner)
    else:
        yield name, value


def _differences(today: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a dictionary of the parts that differ: name → [cached value, current value].

    Entries stored by earlier releases lack some parts, so only the parts that an entry contains are compared.
    """
    whole = any(name.startswith("user") for name in there)
    names = [*today, *(name for name in there if name not in today)] if whole else [*there]
    pairs = {name: [there.get(name, _NOT_SENT), today.get(name, _NOT_SENT)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
