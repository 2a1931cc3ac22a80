"""Decide which cards go into the deck, which are held back, and why. Reviews take precedence over checks."""

from collections.abc import Iterable

import polars as pl

from korean_flashcards.formats.card_tags import RESERVED
from korean_flashcards.review.mixed import MIXED_SCHEMA
from korean_flashcards.review.parts import Review, fingerprint, part_of
from korean_flashcards.review.states import ACCEPTED, State, by_part, state_of

STATE_SCHEMA = dict.fromkeys(("item_id", "tab_name", "state", "said"), pl.String)
# Extra columns of held cards: the code of the reason (rejected, mixed, unapproved, failed_checks), and the reason as a
# sentence.
HELD = ("held_as", "held_because")
_MOST_REASONS = 3

_STATE, _VERDICT = pl.col("state"), pl.col("verdict")
_ACCEPTED = _STATE.is_in([str(state) for state in ACCEPTED])
# The tag with a card's review state. A card without a review has none, unless its verdict is "review".
_TAG = (
    pl.when(_ACCEPTED | (_STATE == State.CHANGED))
    .then(pl.format("review:{}", _STATE))
    .when(_VERDICT == "review")
    .then(pl.lit("review:needed"))
)


def states(rows: pl.DataFrame, reviews: Iterable[Review]) -> pl.DataFrame:
    """Return the review state of each card or analysis that has a review.

    Cards and analyses that are not returned are unreviewed.

    The frame has the columns in STATE_SCHEMA. ``said`` describes the deciding review in words.
    """
    said = by_part(reviews)
    about = rows.filter(pl.col("item_id").is_in({part.item_id for part in said})).iter_rows(named=True)
    found = []
    for row in about:
        part = part_of(row)
        if theirs := said.get(part):
            state, review = state_of(fingerprint(part, row), theirs)
            found.append((*part, str(state), review and str(review)))
    return pl.DataFrame(found, schema=STATE_SCHEMA, orient="row")


def release(
    flashcards: pl.DataFrame, nuance: pl.DataFrame, quality: pl.DataFrame, reviews: Iterable[Review], required: bool,
    mixed: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Return the released cards and the held cards.

    A card is held back if it or its analysis was rejected. A ``mixed`` card (see ``review.mixed``) is held back until it
    is approved or edited, and so is every card if reviews are ``required``. Otherwise, an unapproved card is held back if
    its verdict is "reject".

    Released cards have positions 1 to n and a tag with their review state. Held cards have the additional columns in
    HELD.
    """
    reviews = list(reviews)
    analyses = states(nuance, reviews).select("item_id", analysis="state", analysis_said="said")
    cards = (
        flashcards.join(states(flashcards, reviews), on=["item_id", "tab_name"], how="left", maintain_order="left")
        .with_columns(_STATE.fill_null(State.UNREVIEWED))
        .join(analyses, on="item_id", how="left", maintain_order="left")
        .join(
            quality.select("item_id", "tab_name", "verdict", "reasons"),
            on=["item_id", "tab_name"], how="left", maintain_order="left",
        )
    )  # fmt: skip
    mixed = pl.DataFrame(schema=MIXED_SCHEMA) if mixed is None else mixed
    cards = cards.join(mixed, on=["item_id", "tab_name"], how="left", maintain_order="left")
    cards = cards.with_columns(held=_held(required)).unnest("held")
    bare = pl.col("tags").list.filter(~pl.element().str.contains(RESERVED))
    released = cards.filter(pl.col("held_as").is_null()).with_columns(
        position=pl.int_range(1, pl.len() + 1), tags=pl.concat_list(bare, _TAG).list.drop_nulls()
    )
    held = cards.filter(pl.col("held_as").is_not_null())
    return released.select(flashcards.columns), held.select(*flashcards.columns, *HELD)


def _held(required: bool) -> pl.Expr:
    """Return the reason for holding a card back, as a struct with the columns in HELD.

    All values are null for a released card.
    """
    reasons = pl.col("reasons").list.head(_MOST_REASONS).list.join("; ")
    lacking = pl.when(_STATE == State.CHANGED).then(pl.format("it differs from the version {}", "said"))
    return (
        pl.when(_STATE == State.REJECTED)
        .then(_why("rejected", pl.col("said")))
        .when(pl.col("analysis") == State.REJECTED)
        .then(_why("rejected", pl.format("its analysis was {}", "analysis_said")))
        .when(pl.col("mixed").is_not_null() & ~_ACCEPTED)
        .then(_why("mixed", pl.col("mixed")))
        .when(pl.lit(required) & ~_ACCEPTED)
        .then(_why("unapproved", lacking.otherwise(pl.lit("nobody has approved it"))))
        .when((_VERDICT == "reject") & ~_ACCEPTED)
        .then(_why("failed_checks", reasons))
        .otherwise(_why(None, pl.lit(None, pl.String)))
    )


def _why(code: str | None, sentence: pl.Expr) -> pl.Expr:
    return pl.struct(pl.lit(code, pl.String).alias("held_as"), sentence.alias("held_because"))
