"""Build the layers from which the card table is made, for any number of words, without a run."""

from dataclasses import dataclass

import polars as pl

from korean_flashcards.exports.card_table import card_table
from korean_flashcards.formats.anki_names import with_names_of_anki
from korean_flashcards.formats.anki_note import FIELDS

CARD_TYPES = ("Scene", "Usage-Comparison", "Hanja")
_TYPES = {"pos": ("noun", "verb", "adverb"), "file": ("unit1.csv", "unit2.csv", "하나.tsv")}
_CONFUSED = pl.List(pl.Struct({"term": pl.String, "meaning": pl.String}))


@dataclass(frozen=True)
class ExportedLayers:
    """The layers, by their names in the catalog."""

    linked_flashcards: pl.DataFrame
    anki_notes: pl.DataFrame
    words: pl.DataFrame
    edited_nuance: pl.DataFrame
    quality: pl.DataFrame

    def table(self) -> pl.DataFrame:
        """Return the card table."""
        return card_table(
            self.linked_flashcards, self.anki_notes, self.words, self.edited_nuance, self.quality,
            {"batch1": "2026-10-01T09:00:00Z", "batch2": "2026-11-01T09:00:00Z"},
            _lists(self.words),
        )  # fmt: skip


def exported_layers(count: int) -> ExportedLayers:
    """Return the layers of ``count`` words with four cards each. The last card of each word is a reverse card."""
    number = pl.int_range(count, dtype=pl.Int64)
    words = pl.select(
        item_id=pl.format("낱말{}#1", number), term=pl.format("낱말{}", number), homograph=pl.lit(1, pl.Int64),
        term_number=number + 1, topik_level=pl.when(number % 7 > 0).then(number % 7), frequency=number % 1000,
        example=pl.format("낱말{} 하나.", number), example_translation=pl.lit("One word."),
        tags=pl.concat_list(pl.format("unit{}", number % 20), pl.lit("course::a")),
        file=_one_of("file", number), batch_id=pl.format("batch{}", number % 2 + 1), pos=_one_of("pos", number),
    )  # fmt: skip
    nuance = words.select(
        "item_id", "pos", term=pl.format("{}[nan.mal]", "term"), ipa=pl.lit("[nan.mal]"),
        primary_meaning=pl.format("meaning {}", "term_number"), homonyms=_homonyms(words),
    )  # fmt: skip
    cards = words.select(pl.exclude("tags"), own="tags").join(pl.DataFrame({"tab_name": CARD_TYPES}), how="cross")
    linked = cards.select(
        "item_id", "tab_name", "term_number", term=pl.format("{}[nan.mal]", "term"),
        front=pl.format("What is “{}” in a {}?", "term", "tab_name"), back=pl.lit("A word. " * 20),
        primer=pl.format("You enter your memory room. Term #{}", "term_number"), honorific_level=pl.lit(""),
        tags=pl.concat_list(
            pl.format("term:{}", "term"), pl.format("pos:{}", "pos"), pl.format("card:{}", "tab_name"), "own"
        ),
        model=pl.lit("offline/dictionary@1"), prompt_version=pl.lit("0" * 12), confused_with=pl.lit(None, _CONFUSED),
        advice=pl.lit(None, pl.String),
    )  # fmt: skip
    quality = linked.select("item_id", "tab_name", score=pl.col("term_number") % 101, verdict=pl.lit("publish"))
    return ExportedLayers(linked, _notes(linked, words), words, nuance, quality)


def _lists(words: pl.DataFrame) -> pl.DataFrame:
    """Return the words of each list. Every fourth word is also in all.csv."""
    again = words.filter(pl.col("term_number") % 4 == 1).select("item_id", file=pl.lit("all.csv"))
    return pl.concat([words.select("item_id", "file"), again])


def _notes(linked: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    extra = words.select("item_id", CardType=pl.lit("Reverse"), Front=pl.lit("a &lt;word&gt;<br>&amp; &#123;"),
                         Back="term", tags=pl.concat_list(pl.format("level::TOPIK{}", "term_number"), "tags"))  # fmt: skip
    own = linked.select("item_id", CardType="tab_name", Front="front", Back="back", tags="tags")
    notes = pl.concat([own, extra])
    missing = {name: pl.lit("") for name in FIELDS if name not in notes.columns}
    return with_names_of_anki(
        notes.with_columns(
            guid=pl.format("{}/{}", "item_id", "CardType").hash().cast(pl.String),
            deck=pl.format("Korean::Part {}", pl.int_range(pl.len()) % 5),
            note_type=pl.when(pl.col("CardType") == "Reverse").then(pl.lit("Korean Reverse")).otherwise(pl.lit("K")),
            changed_at=1_790_000_000 + pl.int_range(pl.len()) % 3 * 86_400,
            **missing,
        )
    )


def _homonyms(words: pl.DataFrame) -> pl.Series:
    homonyms = [[{"hanja": "男", "reading": "남", "meaning": "man", "differentiator": "only people"}], None]
    return pl.Series([homonyms[index % 2] for index in range(words.height)])


def _one_of(name: str, number: pl.Expr) -> pl.Expr:
    values = _TYPES[name]
    return (number % len(values)).replace_strict(list(range(len(values))), list(values), return_dtype=pl.String)
