"""Build the card table, from which every export is made: one row per note in the deck, with the columns CARD_COLUMNS."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_columns import CARD_COLUMNS, EXTRA_CARD_TYPES
from korean_flashcards.exports.note_text import plain_front, plain_tags, plain_text

_PART = pl.element().struct.field
# A word's hanja, one per line, and the easily confused words of a card. Both expressions are for the values of a list.
HANJA_LINE = pl.format("{} ({}): {}. {}", *(_PART(name) for name in ("hanja", "reading", "meaning", "differentiator")))
CONFUSED_WORD = pl.format("{} “{}”", _PART("term"), _PART("meaning")).fill_null(_PART("term"))
CONFUSED_JOINT = " · "
_REVIEW = "review:"


def card_table(
    cards: pl.DataFrame,
    notes: pl.DataFrame,
    words: pl.DataFrame,
    nuance: pl.DataFrame,
    quality: pl.DataFrame,
    imported_at: Mapping[str, str],
    lists: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per note in the deck, in the order of the deck (CARD_COLUMNS).

    Args:
        cards: The layer ``linked_flashcards``.
        notes: The layer ``anki_notes``.
        words: The layer ``words``.
        nuance: The layer ``edited_nuance``.
        quality: The layer ``quality``.
        imported_at: The time when each batch was imported (ISO 8601, UTC), by the batch's ID.
        lists: The words of each word list (columns ``item_id``, ``file``).

    Raises:
        LayersOutOfStepError: The layers come from different runs.
    """
    table = (
        notes.select("guid", "item_id", "deck", "Front", "Back", card_type="CardType", sound=_or_null("Sound"),
                     cue=_or_null(plain_text("Cue")), note_tags="tags", changed_on=_days(notes["changed_at"]))
        .join(_of_cards(cards), on=["item_id", "card_type"], how="left", maintain_order="left")
        .join(_of_words(words, imported_at), on="item_id", how="left", maintain_order="left")
        .join(_of_lists(lists), on="item_id", how="left", maintain_order="left")
        .join(_of_analyses(nuance), on="item_id", how="left", maintain_order="left")
        .join(_of_quality(quality), on=["item_id", "card_type"], how="left", maintain_order="left")
    )  # fmt: skip
    _check_complete(table, cards)
    if table["front"].null_count():
        table = _with_extra_cards(table)
    return table.with_columns(
        pl.coalesce("term", "analysis_term").alias("term"),
        pl.col("review").fill_null("none"),
        pl.coalesce("lists", pl.concat_list("list")).alias("lists"),
    ).select(pl.col(name).cast(kind) for name, kind in CARD_COLUMNS.items())


def _of_cards(cards: pl.DataFrame) -> pl.DataFrame:
    review = pl.element().filter(pl.element().str.starts_with(_REVIEW)).str.strip_prefix(_REVIEW)
    return cards.select(
        "item_id", "term", "front", "back", "primer", "tags", "model", "prompt_version",
        card_type="tab_name",
        honorific_level=_or_null("honorific_level"),
        confused_with=_or_null(_confused()),
        review=pl.col("tags").list.eval(review).list.first(),
    )  # fmt: skip


def _confused() -> pl.Expr:
    """Return the easily confused words and the advice on how to choose between them, on one line."""
    words = pl.col("confused_with").list.eval(CONFUSED_WORD).list.join(CONFUSED_JOINT)
    return pl.concat_str(words, pl.col("advice").str.replace_all("\n", " "), separator=". ", ignore_nulls=True)


def _of_words(words: pl.DataFrame, imported_at: Mapping[str, str]) -> pl.DataFrame:
    days = {batch: _local_day(datetime.fromisoformat(at)) for batch, at in imported_at.items()}
    day = pl.col("batch_id").replace_strict(list(days), list(days.values()), default=None, return_dtype=pl.Date)
    return words.select(
        "item_id", "homograph", "term_number", "frequency", "example", "example_translation",
        word="term", level="topik_level", list="file", list_tags="tags", imported_on=day if days else None,
    )  # fmt: skip


def _of_lists(lists: pl.DataFrame) -> pl.DataFrame:
    return lists.group_by("item_id").agg(lists=pl.col("file").unique().sort())


def _of_analyses(nuance: pl.DataFrame) -> pl.DataFrame:
    return nuance.select(
        "item_id",
        "ipa",
        analysis_term="term",
        part_of_speech="pos",
        meaning="primary_meaning",
        hanja=_or_null(pl.col("homonyms").list.eval(HANJA_LINE).list.join("\n")),
    )


def _of_quality(quality: pl.DataFrame) -> pl.DataFrame:
    return quality.filter(pl.col("tab_name").is_not_null()).select("item_id", "score", "verdict", card_type="tab_name")


def _with_extra_cards(table: pl.DataFrame) -> pl.DataFrame:
    """Fill in the texts and tags of cards that are not in the layer of cards, because no model wrote them."""
    is_extra = pl.col("front").is_null()
    texts = {"front": plain_front("Front"), "back": plain_text("Back"), "tags": plain_tags("note_tags")}
    extra = table.filter(is_extra).select("guid", **texts)
    filled = table.select("guid").join(extra, on="guid", how="left", maintain_order="left")
    return table.with_columns(pl.coalesce(pl.col(name), filled[name]).alias(name) for name in texts)


def _or_null(text: str | pl.Expr) -> pl.Expr:
    value = pl.col(text) if isinstance(text, str) else text
    return pl.when(value != "").then(value)


def _days(seconds: pl.Series) -> pl.Series:
    """Return Unix times as local days. There are few different times, because an export has one time."""
    days = {each: _local_day(datetime.fromtimestamp(each, UTC)) for each in seconds.unique().drop_nulls()}
    return seconds.replace_strict(list(days), list(days.values()), default=None, return_dtype=pl.Date)


def _local_day(at: datetime) -> date:
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return moment.astimezone().date()


def _check_complete(table: pl.DataFrame, cards: pl.DataFrame) -> None:
    """Raise an error unless every note has its card, word, and analysis, and every card its note."""
    generated = table.filter(~pl.col("card_type").is_in(EXTRA_CARD_TYPES))
    lost = generated["front"].null_count() + abs(cards.height - generated.height)
    lost = lost or table["word"].null_count() or table["analysis_term"].null_count()
    if lost:
        raise LayersOutOfStepError(
            f"{counted(lost, 'card')} cannot be exported: the layers come from different runs. Nothing was exported. Run "
            "`kedro run --pipelines=quality,export`. It costs nothing."
        )
