"""Test `kedro export` with profiles: they are checked, exported, recorded, compared, and exported again."""

import hashlib
import json
import re
import time
from pathlib import Path

import polars as pl
import pytest
from support.commands import ProjectHere
from support.project import Project, unwrapped

from korean_flashcards.datasets.exported_formats import MarkdownDataset
from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

EXPORTS = "data/07_model_output/exports"
BACK = "A different back, long enough: 남성 means man, and it is the formal word in the news and in surveys."
SHEET = "description: Lowest scores\nformat: markdown\nsort: score\nlimit: 20\n"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that a test may change, with the profile ``sheet``."""
    here = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    profile(here, "sheet", SHEET)
    return here


def profile(here: Project, name: str, text: str, environment: str = "base") -> Path:
    path = here.folder / "conf" / environment / "exports" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def manifest(here: Project, name: str = "sheet") -> dict[str, object]:
    found: dict[str, object] = json.loads((here.folder / EXPORTS / name / "manifest.json").read_bytes())
    return found


def check_files(here: Project, name: str = "sheet") -> None:
    """Check that the files in the profile's folder are exactly those of its manifest."""
    folder = here.folder / EXPORTS / name
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.name[0] != "."}
    del files["manifest.json"]
    listed = {file["name"]: file["sha256"] for file in manifest(here, name)["files"]}  # type: ignore[attr-defined]
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_a_profile_is_exported_verified_and_recorded(here: Project) -> None:
    result = here.kedro("export", "run", "sheet", "--level", "1-3")
    assert (result.code, result.err) == (0, "") and result.out.startswith("sheet: 20 cards (")
    check_files(here)
    found = manifest(here)
    assert (found["cards"], found["filters"], found["settings"]) == (20, {"level": "1, 2, 3"}, SHEET)
    assert found["models"] == ["offline/dictionary@6"] and found["cost_usd"] == 0.0
    listed = here.kedro("export", "history", "sheet").out.splitlines()
    assert listed[1].split()[1] == "sheet" and "complete" in listed[1] and all(width(line) <= 80 for line in listed)
    shown = json.loads(here.kedro("export", "show", listed[1].split()[0], "--json").out)
    assert (shown["state"], shown["cards"], shown["filters"]) == ("complete", 20, {"level": "1, 2, 3"})
    assert [file["name"] for file in shown["files"]] == ["sheet.md"] and shown["cards_kept"]
    text = here.kedro("export", "show", listed[1].split()[0]).out
    assert f"{EXPORTS}/sheet/sheet.md" in text and "  sort: score" in text
    assert "deck" in here.kedro("export", "history").out, "the main deck is in the same history"
    rows = json.loads(here.kedro("export", "list", "--json").out)
    assert {row["profile"]: row["cards"] for row in rows}["sheet"] == 20


def test_a_split_export_and_its_previous_files(here: Project) -> None:
    assert here.kedro("export", "run", "sheet").code == 0
    profile(here, "sheet", f"{SHEET}split: level\nkeep: 1\n")
    for _ in range(3):
        assert here.kedro("export", "run", "sheet").code == 0
        check_files(here)
    folder = here.folder / EXPORTS / "sheet"
    assert not (folder / "sheet.md").exists()
    (kept,) = (folder / "previous").iterdir()
    assert sorted(file.name for file in kept.iterdir()) == ["1.md", "2.md", "3.md", "4.md", "manifest.json"]
    assert len(list((here.folder / EXPORTS / ".history").iterdir())) == 3, "the deck's, and the profile's last two"


def test_a_word_in_two_lists_is_in_both_files_and_counts_once(here: Project) -> None:
    (here.folder / "data/01_raw/unit3.csv").write_text('term,definition\n남성,"man, male (formal)"\n', encoding="utf-8")
    assert here.kedro("run").code == 0
    profile(here, "sheet", "format: csv\nrows: word\nfields: word\nfilters: {words: '남성,남자'}\nsplit: list\n")
    assert here.kedro("export", "preview", "sheet").out.startswith("sheet: 2 words from")
    assert here.kedro("export", "run", "sheet").out.startswith("sheet: 2 words (Scene 2)\n")
    files = [(here.folder / EXPORTS / "sheet" / f"{name}.csv").read_text() for name in ("sample_words", "unit3")]
    assert ['"남성"' in file for file in files] == [True, True] and '"남자"' not in files[1]
    assert manifest(here)["cards"] == 2
    assert here.kedro("export", "diff", "sheet").out.endswith("No card differs.\n")


def test_an_empty_selection_keeps_the_files_and_names_the_filter(here: Project) -> None:
    assert here.kedro("export", "run", "sheet").code == 0
    result = here.kedro("export", "run", "sheet", "--level", "1", "--card-type", "Hanja", "--words", "남성")
    assert result.code == 1 and "The filter words removes the last" in result.err
    check_files(here)
    (last,) = json.loads(here.kedro("export", "history", "sheet", "--limit", "1", "--json").out)
    assert last["state"] == "failed" and "The filter words removes" in last["message"]
    assert here.kedro("export", "diff", "sheet").out.endswith("No card differs.\n"), "a failed export does not count"


def test_a_file_that_is_read_back_wrong_replaces_nothing(here: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert here.kedro("export", "run", "sheet").code == 0
    before = manifest(here)
    read = MarkdownDataset.load

    def damaged(dataset: MarkdownDataset) -> pl.DataFrame:
        return read(dataset).with_columns(pl.lit("x").alias(read(dataset).columns[-1]))

    monkeypatch.setattr(MarkdownDataset, "load", damaged)
    result = here.kedro("export", "run", "sheet")
    assert result.code == 1 and result.err.count("\n") == 1
    assert "The new sheet.md was read back and is wrong: row 1 has 'x' instead of" in result.err
    assert manifest(here) == before
    check_files(here)


def test_the_difference_between_exports_is_shown_card_by_card(here: Project) -> None:
    profile(here, "sheet", "format: markdown\nfilters: {words: 남성}\n")
    assert here.kedro("export", "run", "sheet").code == 0
    assert here.kedro("review", "edit", "남성", "--card", "scene", "--field", "back", "--value", BACK).code == 0
    assert "changed: 남성 (Scene)" in here.kedro("export", "diff", "deck").out, "the edit is not in the deck yet"
    assert here.kedro("run", "--pipelines=quality,export").code == 0
    assert "No card differs" in here.kedro("export", "diff", "deck").out
    now = here.kedro("export", "diff", "sheet").out
    assert "1 card: 1 changed\nchanged: 남성 (Scene)\n" in now and "→ A different back" in unwrapped(now)
    assert all(width(line) <= 80 for line in now.splitlines())
    deck = json.loads(here.kedro("export", "diff", "1", "deck", "--json").out)
    assert [(card["item_id"], card["card_type"], card["change"]) for card in deck] == [("남성#1", "Scene", "changed")]
    assert {"Back", "tags"} <= {field["name"] for field in deck[0]["fields"]}
    profile(here, "sheet", "format: markdown\nfilters: {words: '남성,배'}\n")
    assert "added: 배" in here.kedro("export", "diff", "sheet").out
    again = here.kedro("export", "again", "2")
    assert again.code == 0 and "1 card differs from export 2" in again.out
    assert manifest(here)["filters"] == {"words": "남성"}, "with the profile as it was"
    assert "which has no profile" in here.kedro("export", "again", "1").err


def test_a_repeated_export_is_compared_before_its_cards_are_deleted(here: Project) -> None:
    profile(here, "sheet", "format: markdown\nfilters: {words: 남성}\nkeep: 1\n")
    assert here.kedro("export", "run", "sheet").code == 0
    assert here.kedro("export", "again", "2").out.endswith("The cards are the same as in export 2.\n")
    assert here.kedro("review", "edit", "남성", "--card", "scene", "--field", "back", "--value", BACK).code == 0
    assert here.kedro("run", "--pipelines=quality,export").code == 0
    again = unwrapped(here.kedro("export", "again", "2").out)
    assert "1 card differs from export 2." in again and "export diff" not in again, "export 2 can no longer be compared"


def test_exports_are_compared_by_what_their_files_show(here: Project) -> None:
    profile(here, "table", "format: csv\nfields: [word, Front: meaning, Level: level, Tags: tags, deck]\n")
    profile(here, "set", "format: quizlet\nfront: '{{word}}'\nback: '{{meaning}}'\n")
    runs = (["table"], ["--format", "apkg", "--name", "unit3", "--card-type-not", "Hanja"], ["sheet"], ["set"])
    for arguments in runs:
        assert here.kedro("export", "run", *arguments).code == 0
    assert here.kedro("export", "diff", "deck", "table").out.endswith("No card differs.\n")
    assert "Compared: the cards, deck, tags, which both" in here.kedro("export", "diff", "deck", "table").out
    assert "Compared: the cards, deck, which both" in here.kedro("export", "diff", "sheet", "table").out
    both = here.kedro("export", "diff", "deck", "unit3").out
    assert "25 cards: 25 only in export 1\nonly in export 1: " in both and "Compared" not in both
    assert here.kedro("export", "diff", "unit3", "deck").out.count("different") == 0
    file = here.folder / EXPORTS / "set" / "set.quizlet.txt"
    before = file.read_bytes()
    assert here.kedro("review", "edit", "남성", "--card", "scene", "--field", "back", "--value", BACK).code == 0
    assert here.kedro("run", "--pipelines=quality,export").code == 0
    assert "No card differs" in here.kedro("export", "diff", "set").out
    assert here.kedro("export", "run", "set").code == 0 and file.read_bytes() == before
    assert "1 card: 1 changed\nchanged: 남성 (Scene)\n" in here.kedro("export", "diff", "unit3").out


def test_a_profile_that_is_not_text(here: Project) -> None:
    path = profile(here, "sheet", "")
    path.write_bytes("format: csv".encode("utf-16"))
    assert "sheet.yml is not UTF-8 text. Save it as UTF-8" in here.kedro("export", "run", "sheet").err
    path.unlink()
    path.mkdir()
    assert "sheet.yml is a folder, not a file" in here.kedro("export", "run", "sheet").err
    path.rmdir()
    assert "Did you mean" in here.kedro("export", "run", "quizlit").err
    assert "`kedro export new other` creates it" in here.kedro("export", "run", "other").err


def test_a_profile_of_the_environment_takes_precedence(here: Project) -> None:
    profile(here, "sheet", "format: markdown\nlimit: 3\n", "local")
    assert here.kedro("export", "run", "sheet").out.startswith("sheet: 3 cards")


def test_a_new_profile_is_valid_and_never_overwrites(here: Project) -> None:
    created = here.kedro("export", "new", "unit3", "--format", "markdown")
    assert created.out.startswith("Wrote conf/base/exports/unit3.yml. ")
    assert here.kedro("export", "new", "unit3").code == 1
    assert here.kedro("export", "validate", "unit3").out == "1 profile is valid: unit3\n"
    copied = here.kedro("export", "new", "copy", "--from", "sheet", "--format", "md")
    assert copied.code == 0
    assert (here.folder / "conf/base/exports/copy.yml").read_text() == SHEET.replace("markdown", "md")
    for name in ("deck", "a/b", "parameters_x", ""):
        assert here.kedro("export", "new", name).code == 1
    assert here.kedro("export", "new", "other", "--format", "docx").code == 1
    assert not (here.folder / "conf/base/exports/other.yml").exists()


def test_an_export_names_the_reviews_that_its_cards_do_not_contain(here: Project) -> None:
    assert here.kedro("export", "run", "sheet").err == ""
    time.sleep(1.1)  # the ledger stores the times of reviews in whole seconds
    assert here.kedro("review", "reject", "남성", "--card", "scene", "--reason", "Wrong.").code == 0
    exported = here.kedro("export", "run", "sheet")
    said = "1 review is newer than these cards. To include it, run `kedro run --pipelines=quality,export`"
    assert exported.code == 0 and said in unwrapped(exported.err)
    assert here.kedro("run", "--pipelines=quality,export", KEDRO_DATASET_VALIDATION="off").code == 0
    assert here.kedro("export", "run", "sheet").err == ""


def test_a_preview_writes_nothing(here: Project) -> None:
    before = here.outputs()
    result = here.kedro("export", "preview", "sheet", "--limit", "2")
    assert result.code == 0 and result.out.startswith("sheet: 20 cards from the 189 cards in the deck.\n")
    assert f"An export would write 1 file. Nothing was written.\n  {EXPORTS}/sheet/sheet.md" in result.out
    profile(here, "days", "format: xlsx\nfields: [word, imported_on]\n")
    assert re.search(r"imported on +20\d\d-\d\d-\d\d\n", here.kedro("export", "preview", "days").out)
    assert result.out.count("   front") == 2 and all(width(line) <= 80 for line in result.out.splitlines())
    assert here.outputs() == before


def test_cards_are_exported_without_a_profile(here: Project) -> None:
    result = here.kedro("export", "run", "--format", "apkg,markdown", "--card-type-not", "Hanja", "--name", "unit3")
    assert result.code == 0 and "unit3: 164 cards (Scene 129, Usage-Comparison 35)" in unwrapped(result.out)
    check_files(here, "unit3")
    assert "`kedro export again 2` repeats it" in unwrapped(here.kedro("export", "run", "unit3").err)
    assert here.kedro("export", "again", "2").code == 0
    assert manifest(here, "unit3")["card_types"] == {"Scene": 129, "Usage-Comparison": 35}
    for wrong in (
        ["--name", "sheet", "--format", "md"],
        ["--level", "1"],
        ["sheet", "--format", "md"],
        ["--format", "x"],
    ):
        refused = here.kedro("export", "run", *wrong)
        assert refused.code == 1 and "Nothing was exported" in refused.err, wrong


def test_a_profile_that_fails_does_not_keep_others_from_being_exported(here: Project) -> None:
    profile(here, "empty", "format: markdown\nfilters: {card_type: Cultural}\n")
    result = here.kedro("export", "run", "empty", "sheet")
    assert result.code == 1 and result.err.startswith("Error: empty: None of the deck's 189 cards")
    check_files(here)


def test_there_is_nothing_to_compare_or_show_before_the_first_export(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ProjectHere(project.folder, monkeypatch)
    assert here.kedro("export", "history").out.startswith("No export is recorded.")
    assert "No export is recorded" in here.kedro("export", "diff").err
    assert "There is no export 3." in here.kedro("export", "show", "3").err
    assert "kedro run" in here.kedro("export", "run", "--format", "md").err


def test_the_shipped_profiles_are_valid_and_exported(here: Project) -> None:
    (here.folder / "conf/base/exports/sheet.yml").unlink()
    assert here.kedro("export", "validate").out == "3 profiles valid: quizlet, spreadsheet, worksheet\n"
    result = here.kedro("export", "run", "quizlet", "spreadsheet", "worksheet")
    assert result.code == 0, result.err
    assert "quizlet: 129 words" in result.out and "worksheet: 20 cards" in result.out
    for name in ("quizlet", "spreadsheet", "worksheet"):
        check_files(here, name)
    assert "…" not in here.kedro("export", "list").out
    found = json.loads(here.kedro("export", "diff", "worksheet", "worksheet", "--json").out)
    assert found == []


WRONG = """\
limit: many
fields:
  - wrd
  - word
  - Both: "{{scor}} {{exampl}}"
format: [csv, cvs]
filters:
  list: [sample_words, unit33]
  levl: 1
sort: [wrd, scor]
options:
  pdf:
    layout: card
    flip: sideways
  xlx: {sheets: one}
"""


def test_all_mistakes_of_a_profile_are_listed_by_line(here: Project) -> None:
    profile(here, "sheet", WRONG)
    said = here.kedro("export", "validate", "sheet").err
    places = re.findall(r"sheet\.yml, line (\d+): (\S+)", said)
    assert [int(line) for line, _ in places] == [1, 3, 5, 6, 8, 9, 10, 13, 14, 15]
    assert "10 invalid settings" in said and said.count("honorific_level, part_of_speech") == 1
    assert "line 10: sort: There is no column named wrd. Did you mean word? There is no column named scor. Did" in said
    for part in (
        "limit must be", "named wrd. Did you mean word", "There is no column named exampl.", "cvs. Did you mean csv",
        "named unit33", "filters.level", "layout must be", "flip must be", "xlx. Did you mean xlsx",
    ):  # fmt: skip
        assert part in said, part
    profile(here, "sheet", "format: cvs\nfilters: {list: unit33}\n")
    said = here.kedro("export", "validate", "sheet").err
    assert "sheet.yml, line 1: format: There is no format named cvs" in said
    assert "sheet.yml, line 2: filters.list: There is no word list named unit33" in said
    assert here.kedro("export", "validate").code == 1
