"""Read litellm's price list directly from its file, because importing litellm takes seconds and would slow down plans.

The list's higher prices for prompts above 128,000 or 200,000 tokens are ignored, because our requests have only a few
thousand tokens.
"""

import difflib
import functools
import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from korean_flashcards.domain.errors import SettingsError

FILE = "model_prices_and_context_window_backup.json"
# Entries in the list that are not models.
_NO_MODELS = {"sample_spec", "fallback_generalizations"}
# Prefixes of models that litellm lists under several provider names ("vertex_ai-anthropic_models", "bedrock_converse",
# …).
_FAMILIES = ("bedrock", "cohere", "fireworks_ai", "vertex_ai")


_MOST_SIMILAR, _SIMILARITY = 3, 0.75  # maximum number of suggested names; minimum similarity ratio


class PriceListEntry(TypedDict):
    """A model in the price list: its provider, its prices in USD per token, and its maximum reply length in tokens."""

    provider: str
    input: float | None
    output: float | None
    cached: float | None
    cache_write: float | None
    reasoning: float | None
    batch_input: float | None
    batch_output: float | None
    batch_cached: float | None
    batch_cache_write: float | None
    longest_reply: int | None


def entry_of(model: str) -> PriceListEntry | None:
    """Return the price list entry that litellm would use for the model, or None.

    The full name is looked up first, then the name without its provider. A match on the shorter name counts only if
    the entry's provider is the same: "azure/gpt-4o" must not get the price of OpenAI's gpt-4o.

    Raises:
        SettingsError: The price list cannot be read.
    """
    entries = _entries()
    if model in entries:
        return entries[model]
    prefix, _, name = model.partition("/")
    entry = entries.get(name)
    if entry is None:
        return None
    fits = entry["provider"] == prefix or (prefix in _FAMILIES and entry["provider"].startswith(prefix))
    return entry if fits else None


def did_you_mean(model: str) -> str:
    """Return a question that suggests similar models, with a leading space, or an empty string if there are none."""
    found = _similar(model)
    return f" Did you mean {' or '.join(filter(None, (', '.join(found[:-1]), found[-1])))}?" if found else ""


def _similar(model: str) -> list[str]:
    """Return up to three chat models from the list with similar names, most similar first."""
    by_provider: dict[str, set[str]] = {}
    for name, values in _read(_path()).items():
        if values.get("mode") in ("chat", "responses"):
            provider = str(values.get("litellm_provider"))
            by_provider.setdefault(provider, set()).add(name.removeprefix(f"{provider}/"))
    prefix, slash, name = model.partition("/")
    if slash and prefix in by_provider:
        found = _closest(name, by_provider[prefix])
        return [f"{prefix}/{each}" for each in found]
    if slash:
        return _closest(model, (f"{provider}/{each}" for provider, names in by_provider.items() for each in names))
    return _closest(model, (each for names in by_provider.values() for each in names if "/" not in each))


def _closest(name: str, names: Iterable[str]) -> list[str]:
    by_lower = {each.lower(): each for each in sorted(names) if each != name}
    return [by_lower[each] for each in difflib.get_close_matches(name.lower(), by_lower, _MOST_SIMILAR, _SIMILARITY)]


@functools.cache
def _entries() -> dict[str, PriceListEntry]:
    """Return the entry for every model with a price in the list, keyed by each of the model's names."""
    listed = _read(_path())
    kept: dict[str, PriceListEntry] = {}
    for name, values in listed.items():
        if name in _NO_MODELS:
            continue
        entry = _entry(values)
        if not (entry["input"] is entry["output"] is None or _bills_searches(name, values)):
            # As in litellm, an alias never replaces a model with the same name or an earlier alias.
            names = [name, *(alias for alias in values.get("aliases") or [] if alias not in listed | kept)]
            kept |= dict.fromkeys(names, entry)
    return kept


def _path() -> Path:
    found = importlib.util.find_spec("litellm")
    folders = found.submodule_search_locations if found else None
    return Path(folders[0] if folders else "litellm", FILE)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        listed: dict[str, dict[str, Any]] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"litellm's price list {path} cannot be read ({_reason(error)}). Nothing was sent. Reinstall the "
            f"litellm version listed in requirements.txt."
        ) from error
    return listed


def _reason(error: OSError | ValueError) -> str:
    """Return a human-readable reason for an error."""
    return (error.strerror if isinstance(error, OSError) else None) or "it is not valid JSON"


def _entry(values: Mapping[str, Any]) -> PriceListEntry:
    tiers = values.get("tiered_pricing")
    # The first tier starts at 0 tokens and ends at 32,000 tokens or more.
    rates = {**values, **tiers[0]} if tiers else values

    def usd(field: str) -> float | None:
        value = rates.get(field)
        return float(value) if isinstance(value, int | float) else None

    longest = values.get("max_output_tokens")
    return PriceListEntry(
        provider=values.get("litellm_provider") or "",
        input=usd("input_cost_per_token"),
        output=usd("output_cost_per_token"),
        cached=usd("cache_read_input_token_cost"),
        cache_write=usd("cache_creation_input_token_cost"),
        reasoning=usd("output_cost_per_reasoning_token"),
        batch_input=usd("input_cost_per_token_batches"),
        batch_output=usd("output_cost_per_token_batches"),
        batch_cached=usd("cache_read_input_token_cost_batches"),
        batch_cache_write=usd("cache_creation_input_token_cost_batches"),
        longest_reply=longest if isinstance(longest, int) else None,
    )


def _bills_searches(name: str, values: Mapping[str, Any]) -> bool:
    """Return whether requests or web searches are also billed, so that tokens alone do not determine the cost."""
    searches = values.get("litellm_provider") == "perplexity" or "search" in name
    return bool(values.get("input_cost_per_request") or (searches and values.get("search_context_cost_per_query")))
