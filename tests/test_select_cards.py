"""`select_cards` and the card table, on the layers of a real run."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from support.project import Project

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.layers.exported_cards import load_card_table
from korean_flashcards.notebook import select_cards


@pytest.fixture(scope="module")
def catalog(finished: Project) -> Iterator[Any]:
    bootstrap_project(finished.folder)
    with KedroSession.create(project_path=finished.folder) as session:
        yield session.load_context().catalog


def test_the_table_agrees_with_the_exported_files(finished: Project, catalog: Any) -> None:
    table, tsv = load_card_table(catalog), pl.read_csv(
        finished.folder / "data" / "07_model_output" / "cards.tsv", separator="\t", quote_char=None
    )  # fmt: skip
    assert table.schema == pl.Schema(CARD_COLUMNS)
    assert table.height == tsv.height > 100
    # A line of the TSV file is a card, so the line breaks of a front are spaces there.
    front, tags = pl.col("front").str.replace_all("\n", " "), pl.col("tags").list.join(",")
    shown = table.select("term", "term_number", "card_type", front, "primer", tags=tags)
    expected = tsv.select("term", "term_number", card_type="tab_name", front="front", primer="primer", tags="tags")
    assert shown.equals(expected)
    for column in ("guid", "word", "part_of_speech", "ipa", "meaning", "deck", "list", "imported_on", "changed_on", "score",
                   "verdict", "review", "model", "prompt_version"):  # fmt: skip
        assert table[column].null_count() == 0, column
    assert table["score"].is_between(0, 100).all() and table["score"].max() == 100


def test_cards_are_selected_in_a_notebook(catalog: Any) -> None:
    cards = select_cards(catalog, level="1-2", card_type_not="Hanja", where="word LIKE '%다'")
    assert 0 < cards.height < load_card_table(catalog).height
    assert set(cards["level"]) <= {1, 2} and "Hanja" not in set(cards["card_type"])
    assert cards["word"].str.ends_with("다").all()
    with pytest.raises(SettingsError, match=r"there is no setting named 'levels' .did you mean level"):
        select_cards(catalog, levels=1)
    with pytest.raises(SettingsError, match=r"There is no deck named Koraen. Did you mean Korean"):
        select_cards(catalog, deck="Koraen")
