"""Lay out both sides of each card as plain text, for formats that show only text, such as Mochi and Obsidian."""

import polars as pl

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.exports.card_columns import EXTRA_CARD_TYPES
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.formats.card import GAP
from korean_flashcards.formats.card_back import FIELDS_READ, without_repetitions

# The columns of the fields that ``without_repetitions`` reads.
_FIELDS = dict(
    zip(
        FIELDS_READ, ("back", "word", "ipa", "meaning", "part_of_speech", "example", "example_translation"), strict=True
    )
)


def own_sides(content: ExportContent) -> tuple[bool, bool]:
    """Return whether the profile's template lays out the fronts and, separately, the backs."""
    front, back = content.cards.select(pl.col("front", "back").fill_null(""))
    return not content.front.equals(front), not content.back.equals(back)


def has_own_sides(content: ExportContent) -> bool:
    """Return whether the profile's template lays out the cards. Otherwise, each format adds the word and its meaning."""
    return any(own_sides(content))


def answers(content: ExportContent) -> pl.Series:
    """Return the text on the back of each card. Formats show it together with the word's meaning and example.

    The text does not repeat them, as in Anki. The text of a template is returned unchanged.
    """
    if has_own_sides(content):
        return content.back
    notes = content.cards.select(pl.col(column).fill_null("").alias(field) for field, column in _FIELDS.items())
    back, example = pl.col("Back"), pl.col("Example")
    repeats = notes.select(
        back.str.starts_with(pl.col("Term")) | ((example != "") & back.str.contains(example, literal=True))
    ).to_series()
    texts = [
        without_repetitions(note, line_break="\n") if repeated else note["Back"]
        for repeated, note in zip(repeats, notes.iter_rows(named=True), strict=True)
    ]
    return pl.Series("back", texts, dtype=pl.String)


def word_cue() -> pl.Expr:
    """Return the cue that tells each card's word from words with the same spelling, or "". All cards of a word have it.

    The cue of a card that asks for the word is a hint at the word, so it does not count.
    """
    own = pl.col("cue").filter(~pl.col("card_type").is_in(EXTRA_CARD_TYPES).fill_null(False)).drop_nulls().first()
    return own.over("item_id").fill_null("")


def asks_for_word() -> pl.Expr:
    """Return whether the front has a gap for the word, so that it must not show the word. Only offline cards do."""
    has_gap = pl.col("front").str.contains(GAP, literal=True) & pl.col("model").str.starts_with(OFFLINE_PREFIX)
    return has_gap.fill_null(False)


def level_name() -> pl.Expr:
    """Return the TOPIK level of each card as text, such as TOPIK 1. A missing level is null."""
    return pl.format("TOPIK {}", "level").alias("level")


def sound_in_brackets() -> pl.Expr:
    """Return the pronunciation of each card in Hangul in brackets, such as [동닙], or ""."""
    return pl.format("[{}]", pl.col("sound").str.strip_chars("[]")).replace("[]", "").fill_null("").alias("sound")


def with_note(text: pl.Expr, note: pl.Expr) -> pl.Expr:
    """Return a text with a note in parentheses, such as 배 (food). Missing texts and notes are ""."""
    return pl.when((text == "") | (note == "")).then(text).otherwise(pl.format("{} ({})", text, note))


def card_sides(content: ExportContent) -> pl.DataFrame:
    """Return the text on both sides of each card.

    Without a template in the profile, the front has the word with its cue above the question, and the back has the
    pronunciation, the meaning, and the example above the answer. The sides of a template are shown unchanged.

    Returns the columns ``front``, ``back``, and ``word_first`` (whether the first line of the front is the word).
    """
    sides = pl.DataFrame({"front": content.front, "back": answers(content)})
    if has_own_sides(content):
        return sides.with_columns(word_first=False)
    texts = content.cards.select(
        has_gap=asks_for_word(),
        # These cards ask for the word, so their fronts must not show it.
        asks=pl.col("card_type").is_in(EXTRA_CARD_TYPES),
        cue=_text("cue"),
        word=_text("word"),
        sound=sound_in_brackets(),
        meaning=with_note(_text("meaning"), _text("part_of_speech")),
        example=_joined("\n", _text("example"), _text("example_translation")),
    ).with_columns(sides)
    about = _joined("\n", pl.col("sound"), pl.col("meaning"))
    answer = _joined("\n\n", about, pl.col("example"), pl.col("back"))
    return texts.select(
        front=pl.when("has_gap")
        .then("front")
        .when("asks")
        .then(with_note(pl.col("front"), pl.col("cue")))
        .otherwise(_joined("\n\n", with_note(pl.col("word"), pl.col("cue")), pl.col("front"))),
        back=pl.when("asks")
        .then(_joined("\n\n", _joined("\n", pl.col("back"), about), pl.col("example")))
        .when("has_gap")
        .then(_joined("\n", with_note(pl.col("word"), pl.col("cue")), answer))
        .otherwise(answer),
        word_first=~pl.col("asks") & ~pl.col("has_gap") & (pl.col("word") != ""),
    )


def _text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("")


def _joined(separator: str, *texts: pl.Expr) -> pl.Expr:
    """Return an expression that joins the texts that are not empty."""
    filled = [pl.when(text != "").then(text) for text in texts]
    return pl.concat_str(filled, separator=separator, ignore_nulls=True)
