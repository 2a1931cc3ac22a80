"""Why a word's reply is in the cache or is not: its keys of today beside those that are there."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.llm.cache.maintenance import CacheEntry, entries, entry
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.planning.current_requests import CurrentRequests, StageRequests

_SHORTEST = 8  # digits of a key
_NOT_SENT = "not sent"


def found_by(cache: ReplyCache, uses: Uses, what: str) -> Iterator[CacheEntry]:
    """The entries of a key, of the first digits of one, or of a word (a headword or an item id)."""
    key, name = what.strip().lower(), unicodedata.normalize("NFC", what).strip()
    if len(key) == 64 and (one := entry(cache, key)).raw:
        yield one
        return
    named = {key for key, users in uses.tasks.items() if any(name in (use.item_id, use.term) for use in users)}
    digits = len(key) >= _SHORTEST and not set(key) - set("0123456789abcdef")
    for one in entries(cache):
        if one.key in named or uses.term(one) == name or (digits and one.key.startswith(key)):
            yield one


def explanation(today: CurrentRequests, cache: ReplyCache, uses: Uses, word: str) -> list[dict[str, Any]]:
    """One dictionary a word and stage: item_id, stage, key, parts, state, reason; of the nearest key there, its differences.

    ``differences`` is None where nothing was there to compare. Raises LedgerError for a word that is not there.
    """
    analyses = today.analyses()
    told = []
    there = [one for term in set(today.words["term"]) for one in found_by(cache, uses, term)]
    for questions in (analyses, today.cards(analyses)):
        asked = {row["item_id"]: row for row in questions.requests.iter_rows(named=True)}
        for item_id in today.words["item_id"]:
            told.append({"item_id": item_id, "stage": questions.stage})
            if item_id in asked:
                told[-1] |= _told(asked[item_id], questions, there, cache, uses)
    return sorted(told, key=lambda one: one["item_id"])


def _told(
    row: Mapping[str, Any], questions: StageRequests, there: list[CacheEntry], cache: ReplyCache, uses: Uses
) -> dict[str, Any]:
    template, key = questions.model_stage.template, row["key"]
    today = _flat(template.key_parts(row["user"]), uses.prompt(template.stage, template.prompt_version))
    told = {"key": key, "parts": today, "state": row["state"], "reason": row["reason"]}
    told["archived"] = len(cache.archived(key))
    if cache.get(key) is not None:
        return told
    compared = [
        (differences, one)
        for one in there
        if one.key != key and one.reply and one.reply.stage == questions.stage
        for differences in [_differences(today, _of(one, cache, uses))]
    ]
    if compared:
        differences, nearest = min(compared, key=lambda pair: (len(pair[0]), pair[1].key))
        told |= {"nearest": nearest.key, "differences": differences}
    return told


def _of(one: CacheEntry, cache: ReplyCache, uses: Uses) -> dict[str, Any]:
    """The parts of an entry as far as they are known, flat."""
    reply = one.reply
    assert reply is not None
    prompt, parts = uses.prompt(reply.stage, uses.version(one)), cache.parts(reply.template)
    if parts is None or reply.user is None:
        return {"model": reply.model, "prompt": prompt}
    system, *_ = parts["messages"]
    return _flat({**parts, "messages": [system, {"content": reply.user}]}, prompt)


def _flat(parts: Mapping[str, Any], prompt: str) -> dict[str, Any]:
    """The key's parts by name, the user text field by field: "user.definition"."""
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
    """Name → [there, today]; of an entry of an earlier release only what it says is compared."""
    whole = any(name.startswith("user") for name in there)
    names = [*today, *(name for name in there if name not in today)] if whole else [*there]
    pairs = {name: [there.get(name, _NOT_SENT), today.get(name, _NOT_SENT)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
