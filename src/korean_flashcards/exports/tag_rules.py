"""Add, drop, and rename the tags of exported cards and notes."""

from collections.abc import Iterable
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator

from korean_flashcards.exports.filter_values import names
from korean_flashcards.formats.card_tags import anki_tag, tag_text


def _any_names(value: Any) -> Any:
    return () if isinstance(value, list | tuple) and not value else names(value)


_Tags = Annotated[tuple[str, ...], BeforeValidator(_any_names)]


class TagRules(BaseModel):
    """The rules that change the tags of exported cards.

    Attributes:
        keep: Keep only tags that are in one of these groups, if there are any. A tag is in the group ``level`` if it is
            ``level`` or begins with ``level:``.
        drop: Remove the tags in these groups.
        rename: Give a tag, or the beginning of a tag up to a colon, a different name.
        add: Add these tags to every card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: _Tags = ()
    drop: _Tags = ()
    rename: dict[str, str] = {}
    add: _Tags = ()

    @field_validator("add")
    @classmethod
    def _are_tags(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tag for each in tags if (tag := tag_text(each)))

    def change_nothing(self) -> bool:
        """Return whether there are no rules."""
        return not (self.keep or self.drop or self.rename or self.add)


def with_rules(frame: pl.DataFrame, rules: TagRules, *, as_in_anki: bool = False) -> pl.DataFrame:
    """Return the frame with its column ``tags`` changed by the rules. ``as_in_anki``: added tags have Anki's form."""
    if rules.change_nothing():
        return frame
    known = frame["tags"].explode().drop_nulls().unique()
    new = {tag: _changed(tag, rules) for tag in known}
    added = [anki_tag(tag) if as_in_anki else tag for tag in rules.add]
    changed = pl.element().replace_strict(list(new), list(new.values()), default=None, return_dtype=pl.String)
    tags = pl.col("tags").list.eval(changed.drop_nulls()) if new else pl.col("tags")
    all_tags = tags.list.concat(pl.lit(added, pl.List(pl.String))) if added else tags
    return frame.with_columns(tags=all_tags.list.unique(maintain_order=True))


def _changed(tag: str, rules: TagRules) -> str | None:
    if _is_in(tag, rules.drop) or (rules.keep and not _is_in(tag, rules.keep)):
        return None
    for old, new in rules.rename.items():
        if _is_in(tag, (old,)):
            return tag_text(new + tag[len(old) :]) or None
    return tag


def _is_in(tag: str, groups: Iterable[str]) -> bool:
    lower = tag.lower()
    return any(lower == group.lower() or lower.startswith(f"{group.lower()}:") for group in groups)
