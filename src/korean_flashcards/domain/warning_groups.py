"""Group the warnings of an import, so that a list with 1,000 equal warnings causes one line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex

_SHOWN = 3  # rows and reasons
_QUOTED = lazy_regex(r"'[^']*'")


@dataclass(frozen=True)
class WarningGroup:
    """All of an import's warnings with the same code.

    Attributes:
        code: The code, such as ``topik_level``.
        count: The number of warnings.
        rows: The first rows that the warnings are about.
        reasons: The first reasons that differ.
        more_reasons: The number of other reasons.
    """

    code: str
    count: int
    rows: tuple[int, ...]
    reasons: tuple[str, ...]
    more_reasons: int

    @property
    def is_abridged(self) -> bool:
        """Return whether the texts leave out rows or reasons."""
        return self.count > len(self.rows) or self.more_reasons > 0

    @property
    def row_text(self) -> str:
        """Return the rows as text, such as "2, 5, 9, … (120 in total)"."""
        shown = ", ".join(map(str, self.rows))
        return f"{shown}, … ({self.count:,} in total)" if self.count > len(self.rows) else shown

    @property
    def sentence(self) -> str:
        """Return the rows and the reasons as a sentence."""
        return f"{'Row' if self.count == 1 else 'Rows'} {self.row_text}: {self.reason_text}."

    @property
    def reason_text(self) -> str:
        """Return the reasons as text. Reasons that differ only in a quoted value become one, with all values."""
        values = [value for reason in self.reasons for value in _QUOTED.findall(reason)]
        if len({_QUOTED.sub("", reason) for reason in self.reasons}) == 1 and len(values) == len(self.reasons):
            shown = ", ".join(values) + (", …" if self.more_reasons else "")
            return _QUOTED.sub(lambda _: shown, self.reasons[0])
        return "; ".join(self.reasons) + (f"; and {self.more_reasons:,} more" if self.more_reasons else "")


def grouped(warnings: Iterable[Mapping[str, Any]]) -> tuple[WarningGroup, ...]:
    """Group warnings with the keys ``row``, ``code``, and ``reason`` by code, in the order of their first row."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for warning in warnings:
        by_code.setdefault(warning["code"], []).append(warning)
    return tuple(_group(code, found) for code, found in by_code.items())


def _group(code: str, warnings: list[Mapping[str, Any]]) -> WarningGroup:
    rows = tuple(dict.fromkeys(warning["row"] for warning in warnings))
    reasons = tuple(dict.fromkeys(warning["reason"] for warning in warnings))
    return WarningGroup(code, len(warnings), rows[:_SHOWN], reasons[:_SHOWN], max(len(reasons) - _SHOWN, 0))
