"""Test that a damaged layer is named with the command that rebuilds it, and that this command works."""

from pathlib import Path

import polars as pl
import pytest
from kedro.io.core import DatasetError
from support.commands import ProjectHere
from support.project import Project

from korean_flashcards.settings import Session

WORDS, NUANCE, QUALITY = "03_primary/words", "03_primary/nuance", "04_feature/quality"
FROM_QUALITY = "kedro run --pipelines=quality,export,reporting"
REBUILD = " to rebuild it. This costs nothing: replies that you paid for come from the cache.\n"


@pytest.fixture
def copy(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectHere:
    """Return a copy of the finished project."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def other_columns(path: Path) -> None:
    pl.read_parquet(path).rename({"item_id": "id"}).write_parquet(path)


def other_table(path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(path)


def text(path: Path) -> None:
    path.write_text("hello", encoding="utf-8")


def zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CASES = [
    (("run", "--pipeline=export"), WORDS, other_table, "kedro run"),
    (("status",), QUALITY, zero_bytes, FROM_QUALITY),
    (("quality", "list"), "04_feature/findings", text, FROM_QUALITY),
    (("review", "conflicts"), NUANCE, truncated, "kedro run"),
]
SLOW_CASES = [
    (("run", "--pipeline=export"), "04_feature/edited_nuance", other_columns, FROM_QUALITY),
    (("run", "--pipeline=reporting"), WORDS, other_table, "kedro run"),
    (("run", "--pipeline=reporting"), "02_intermediate/vocabulary", folder, "kedro run"),
    (("run", "--pipeline=flashcards"), NUANCE, other_columns, "kedro run"),
    (("run", "--pipeline=flashcards"), WORDS, zero_bytes, "kedro run"),
    (("run", "--pipeline=quality"), "04_feature/flashcards", truncated, "kedro run"),
    (("run", "--pipeline=quality"), WORDS, other_columns, "kedro run"),
    (("plan", "--pipelines=flashcards"), NUANCE, text, "kedro run"),
    (("status",), "04_feature/flashcards", other_columns, "kedro run"),
    (("quality", "list"), QUALITY, other_columns, FROM_QUALITY),
    (("review", "conflicts"), "04_feature/flashcards", zero_bytes, "kedro run"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "layer", "damage", "repair"),
    [*CASES, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW_CASES)],
)
def test_a_damaged_layer_is_one_sentence_that_names_the_repair(copy, command, layer, damage, repair):
    path = copy.folder / "data" / f"{layer}.parquet"
    damage(path)
    result = copy.kedro(*command)
    assert result.code == 1, result.out
    assert f"data/{layer}.parquet" in result.err and result.err.endswith(f"Run `{repair}`{REBUILD}"), result.err
    assert "Complete" not in result.out and len(result.err.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW_CASES, ids=lambda case: f"{case[1]}-{case[2].__name__}")
def test_the_command_in_the_message_rebuilds_the_layer_without_a_request(copy, case):
    command, layer, damage, repair = case
    path = copy.folder / "data" / f"{layer}.parquet"
    before = pl.read_parquet(path)
    damage(path)
    if damage is folder:
        path.rmdir()
    assert copy.kedro(*repair.split()[1:]).code == 0
    assert pl.read_parquet(path).drop("cached", strict=False).equals(before.drop("cached", strict=False))
    assert copy.kedro(*command).code == 0


@pytest.mark.slow
def test_the_findings_of_the_last_run_are_rebuilt_without_a_word(copy: ProjectHere) -> None:
    checked = copy.folder / "data/04_feature/checked.parquet"
    before = pl.read_parquet(checked)
    other_table(checked)
    result = copy.kedro("run", "--pipeline=quality")
    assert (result.code, result.err) == (0, "")
    assert pl.read_parquet(checked).sort("item_id").equals(before.sort("item_id"))


def test_a_wrong_manifest_is_named_and_not_its_rules(copy: ProjectHere) -> None:
    manifest = copy.folder / "data/07_model_output/manifest.json"
    manifest.write_text('[{"name": "deck"}]', encoding="utf-8")
    result = copy.kedro("run", "--pipeline=reporting")
    assert (
        result.code == 1
        and "data/07_model_output/manifest.json is not an export manifest: export is missing" in result.err
    )
    assert "rule" not in result.err and result.err.endswith(f"Run `kedro run --pipeline=export`{REBUILD}")


def test_a_notebook_gets_the_same_sentence(copy: ProjectHere) -> None:
    other_table(copy.folder / "data/03_primary/words.parquet")
    with Session.create(project_path=copy.folder) as session:
        catalog = session.load_context().catalog
        with pytest.raises(DatasetError, match="has the wrong columns: item_id is missing"):
            catalog.load("words")


def test_each_context_creates_its_catalog_only_once(copy: ProjectHere) -> None:
    with Session.create(project_path=copy.folder) as session:
        contexts = [session.load_context() for _ in range(2)]
        assert contexts[0].catalog is contexts[0].catalog is not contexts[1].catalog


@pytest.mark.slow
@pytest.mark.parametrize("damage", [other_table, other_columns, truncated])
def test_db_verify_counts_a_layer_with_other_columns_as_unreadable(copy, damage):
    damage(copy.folder / "data/04_feature/flashcards.parquet")
    result = copy.kedro("db", "verify")
    assert result.code == 2 and "layers that cannot be read: 1" in result.out and "flashcards.parquet" in result.out
