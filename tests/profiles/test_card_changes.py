"""Compare the cards of two exports."""

import polars as pl

from korean_flashcards.exports.card_changes import ChangedCard, ChangedField, changed_cards, snapshot_of
from korean_flashcards.exports.changed_part import changed_part


def snapshot(*rows: tuple[str, str, str, list[str]]) -> pl.DataFrame:
    schema = {"guid": pl.String, "item_id": pl.String, "card_type": pl.String}
    cards = pl.DataFrame([(row[0], f"{row[1]}#1", "Scene") for row in rows], schema, orient="row")
    texts = pl.DataFrame([row[2:] for row in rows], {"Front": pl.String, "tags": pl.List(pl.String)}, orient="row")
    return snapshot_of(cards, texts)


def test_added_removed_and_changed_cards() -> None:
    old = snapshot(("a", "배", "ship", ["x"]), ("b", "말", "horse", []), ("c", "눈", "eye", []))
    new = snapshot(("d", "밤", "night", []), ("c", "눈", "eye", []), ("a", "배", "pear", ["x", "y"]))
    assert changed_cards(old, new) == [
        ChangedCard("밤#1", "Scene", "added"),
        ChangedCard("배#1", "Scene", "changed", (ChangedField("Front", "ship", "pear"), ChangedField("tags", "x", "x\ny"))),
        ChangedCard("말#1", "Scene", "removed"),
    ]  # fmt: skip
    assert changed_cards(old, old) == [] and changed_cards(old.clear(), old.clear()) == []


def test_only_common_fields_are_compared() -> None:
    old = snapshot(("a", "배", "ship", ["x"]))
    assert changed_cards(old, old.drop("tags").with_columns(pl.lit("1").alias("Level"))) == []


def test_texts_are_shortened_to_the_part_that_differs() -> None:
    start = "The same long beginning of a text, which nobody wants to read twice: "
    old, new = changed_part(f"{start}one" + "x" * 99, f"{start}two")
    assert (old[:17], new) == ("…read twice: onex"[:17], "…read twice: two") and len(old) == 60 and old.endswith("…")
    assert changed_part("a", "b") == ("a", "b") and changed_part("", "b") == ("(nothing)", "b")
    assert changed_part("a b", "a\nb") == ("a b", "a\\nb")
