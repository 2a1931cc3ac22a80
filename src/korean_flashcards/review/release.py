"""Which cards go into the deck, and why the others do not: what people said comes before what the checks found."""

from collections.abc import Iterable

import polars as pl

from korean_flashcards.review.parts import Review, fingerprint, part_of
from korean_flashcards.review.states import ACCEPTED, State, by_part, state_of

STATE_SCHEMA = dict.fromkeys(("item_id", "tab_name", "state", "said"), pl.String)
# Why a card is held, beside the columns of ``flashcards``: a code (rejected, unapproved, failed_checks), and a sentence.
HELD = ("held_as", "held_because")
_MOST_REASONS = 3

_STATE, _VERDICT = pl.col("state"), pl.col("verdict")
_ACCEPTED = _STATE.is_in([str(state) for state in ACCEPTED])
# Tags that say how a card was reviewed. None where nobody has reviewed it and nothing says that anybody should.
_TAG = (
    pl.when(_ACCEPTED | (_STATE == State.CHANGED))
    .then(pl.format("review:{}", _STATE))
    .when(_VERDICT == "review")
    .then(pl.lit("review:needed"))
)


def states(rows: pl.DataFrame, reviews: Iterable[Review]) -> pl.DataFrame:
    """Return the state of each card (or analysis) that has a review, STATE_SCHEMA; all others are unreviewed.

    ``said``: the rejection or approval in words.
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
    flashcards: pl.DataFrame, nuance: pl.DataFrame, quality: pl.DataFrame, reviews: Iterable[Review], required: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (released, held) cards; ``position`` of the released ones is 1..n, ``held`` adds the columns of HELD.

    A card, or the analysis that it shows, that a person rejected is held. Where reviews are ``required`` only approved and
    edited cards go out; else the verdict "reject" holds a card that nobody has approved. Released cards carry their state
    as a tag.
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
    cards = cards.with_columns(held=_held(required)).unnest("held")
    bare = pl.col("tags").list.filter(~pl.element().str.starts_with("review:"))
    released = cards.filter(pl.col("held_as").is_null()).with_columns(
        position=pl.int_range(1, pl.len() + 1), tags=pl.concat_list(bare, _TAG).list.drop_nulls()
    )
    held = cards.filter(pl.col("held_as").is_not_null())
    return released.select(flashcards.columns), held.select(*flashcards.columns, *HELD)


def _held(required: bool) -> pl.Expr:
    """Why the card is held, as a struct of HELD; nulls where it is not."""
    reasons = pl.col("reasons").list.head(_MOST_REASONS).list.join("; ")
    lacking = pl.when(_STATE == State.CHANGED).then(pl.format("it is another than the one {}", "said"))
    return (
        pl.when(_STATE == State.REJECTED)
        .then(_why("rejected", pl.col("said")))
        .when(pl.col("analysis") == State.REJECTED)
        .then(_why("rejected", pl.format("its analysis is {}", "analysis_said")))
        .when(pl.lit(required) & ~_ACCEPTED)
        .then(_why("unapproved", lacking.otherwise(pl.lit("nobody has approved it"))))
        .when((_VERDICT == "reject") & ~_ACCEPTED)
        .then(_why("failed_checks", reasons))
        .otherwise(_why(None, pl.lit(None, pl.String)))
    )


def _why(code: str | None, sentence: pl.Expr) -> pl.Expr:
    return pl.struct(pl.lit(code, pl.String).alias("held_as"), sentence.alias("held_because"))
