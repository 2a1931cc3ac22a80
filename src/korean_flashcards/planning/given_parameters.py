"""Combine parameters that are given for one run."""

from typing import Any

# The parameters of a run whose cost, addresses, and payments for missing or outdated replies are confirmed in advance.
CONFIRMED: dict[str, Any] = {
    "llm": {
        "confirm_above_usd": None, "confirm_addresses": False, "confirm_missing": False, "confirm_upgrade": False,
    }
}  # fmt: skip


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters in ``base``, overridden by those in ``over``, group by group."""
    both = dict(base)
    for name, value in over.items():
        is_group = isinstance(value, dict) and isinstance(both.get(name), dict)
        both[name] = merged(both[name], value) if is_group else value
    return both
