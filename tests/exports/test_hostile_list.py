"""One list of hostile texts through every format in the catalog: reading a file back gives what it must contain."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from support.export_formats import catalog_formats
from support.hostile import hostile_content

from korean_flashcards.exports.card_columns import CARD_COLUMNS


@pytest.mark.parametrize("fields", ["default", "all"])
@pytest.mark.parametrize("extension", catalog_formats())
def test_a_file_contains_every_hostile_text(extension: str, fields: str, tmp_path: Path) -> None:
    content = hostile_content() if fields == "default" else hostile_content(CARD_COLUMNS)
    dataset = catalog_formats()[extension](filepath=str(tmp_path / f"hostile.{extension}"))
    dataset.save(content)
    assert_frame_equal(dataset.load(), dataset.expected(content))


@pytest.mark.parametrize("extension", catalog_formats())
def test_a_file_is_the_same_each_time(extension: str, tmp_path: Path) -> None:
    """Otherwise, a new export would look changed although no card changed."""
    content, paths = hostile_content(), [tmp_path / f"{number}.{extension}" for number in range(2)]
    for path in paths:
        catalog_formats()[extension](filepath=str(path)).save(content)
    assert paths[0].read_bytes() == paths[1].read_bytes()
