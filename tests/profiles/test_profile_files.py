"""Files of export profiles, and the errors in them."""

import re
from pathlib import Path

import pytest
from support.project import unwrapped

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.content import FormatOptions
from korean_flashcards.exports.profile_settings import profile_settings
from korean_flashcards.profiles.file_formats import KnownFormat, formats_named, formats_of
from korean_flashcards.profiles.profile_files import load_profile, name_problem, narrowed, profile_paths, read_profile


class SomeOptions(FormatOptions):
    size: int = 1


FORMATS = {name: KnownFormat(name, ending, "", (ending, ending.partition(".")[0]), SomeOptions)
           for name, ending in (("markdown", "md"), ("anki_text", "anki.txt"), ("csv", "csv"))}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: csv\nlimt: 3\n", "sheet.yml, line 2: there is no setting named 'limt' (did you mean limit"),
        ("format: csv\nfilters:\n  levl: 1\n", "sheet.yml, line 3: there is no setting named 'filters.levl'"),
        ("format: csv\nfilters:\n  level: 9\n", "sheet.yml, line 3: filters.level: must be levels from 1 to 6"),
        ("format: csv\nfields: [wrd]\n", "sheet.yml, line 2: fields"),
        ("format: csv\nfront: '{{wrd}}'\n", "sheet.yml, line 2: front"),
        ("format: csv\nlimit: few\n", "sheet.yml, line 2: limit must be a whole number, not 'few'"),
        ("format: csv\nformat: md\n", "sheet.yml cannot be read: format appears twice (lines 1 and 2)"),
        ("format: [\n", "sheet.yml cannot be read: "),
        ("\tformat: csv\n", "sheet.yml cannot be read: line 1 is indented with a tab"),
        ("- csv\n", "sheet.yml cannot be read: it must contain one setting per line"),
        ("", "sheet.yml: format is missing"),
        ("format: csv\nlimit: " + "9" * 5000, "line 2 has 999999999999999999999999999999…, which is not a valid number."),
        ("format: csv\nlimit: 0x" + "f" * 5000, "limit must be at most 1000000000, not a very long number"),
        ("format: csv\ntitle: 2026-13-45", "sheet.yml cannot be read: line 2 has 2026-13-45, which is not a valid date."),
        ("format: csv\ntitle: 2026-11-30", "title must be text, not 2026-11-30"),
        ("format: csv\nlimit: 2026-11-30 10:00:00", "limit must be a whole number, not 2026-11-30 10:00:00"),
        ("format: csv\nsplit: 2026-11-30", "not '2026-11-30'"),
        ("format: csv\nfields: {a: 2026-11-30}", "fields: has a: 2026-11-30, which is neither a column nor a pair"),
        ("format: csv\nkeep: !!binary aGFsbG8=", "keep must be a whole number, not a file in binary form"),
        ("format: csv\nfilters: {changed_since: 2026-11-30 10:00:00}",
         "filters.changed_since: must be a date such as 2026-11-30, or an age such as 7d or 4w, not '2026-11-30 10:00:00'"),
        ("format: !!python/object/apply:os.system [ls]", "the tag !!python/object/apply:os.system is not allowed (line 1"),
        ("format: " + "[" * 3000 + "]" * 3000, "cannot be read: it has too many brackets or groups within each other."),
        ("format: csv\noptions: &a {csv: *a}", "cannot be read: a setting refers to itself"),
        ("? [a]\n: b", "the name of a setting is not text (line 1, column 3)"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_an_error_with_its_place(folder: Path, text: str, said: str) -> None:
    (folder / "sheet.yml").write_text(text)
    with pytest.raises(SettingsError) as error:
        load_profile("sheet", [folder])
    assert not re.search(r"datetime|timedelta|sys\.|constructor|[Uu]nhashable|\bb'", str(error.value))
    assert said in unwrapped(str(error.value)) and str(error.value).endswith("run the same command again.")


def test_a_file_that_is_not_text_and_an_unreadable_one(folder: Path) -> None:
    (folder / "sheet.yml").write_bytes("format: csv".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"sheet\.yml is not UTF-8 text\. Save it as UTF-8"):
        load_profile("sheet", [folder])
    (folder / "other.yml").symlink_to(folder / "gone")
    with pytest.raises(SettingsError, match=r"other\.yml is a link to .*gone, which does not exist"):
        load_profile("other", [folder])
    (folder / "sheet.yml").write_bytes("\ufeffformat: csv".encode())
    assert load_profile("sheet", [folder]).settings.format == ("csv",)


def test_the_last_folder_takes_precedence(folder: Path) -> None:
    local = folder.parent / "local"
    local.mkdir()
    for place, text in ((folder, "csv"), (local, "md")):
        (place / "sheet.yml").write_text(f"format: {text}")
    assert load_profile("sheet", [folder, local]).settings.format == ("md",)
    assert profile_paths([folder, local, folder / "missing"]) == {"sheet": local / "sheet.yml"}


def test_an_unknown_profile_is_an_error_with_similar_names(folder: Path) -> None:
    for name in ("quizlet", "worksheet"):
        (folder / f"{name}.yml").write_text("format: csv")
    with pytest.raises(
        SettingsError, match=r"named quizlit\. Did you mean quizlet.*`kedro export new quizlit` creates it"
    ):
        load_profile("quizlit", [folder])
    with pytest.raises(SettingsError, match="Leave the name out to export the main deck"):
        load_profile("deck", [folder])
    (folder / "parameters_a.yml").write_text("format: csv")
    with pytest.raises(SettingsError, match=r"parameters_a\.yml cannot be used: Kedro itself"):
        load_profile("parameters_a", [folder])


@pytest.mark.parametrize(
    ("first", "second"), [("quizlet", "QUIZLET"), ("Stra\u00dfe", "strasse"), ("\u00e9", "E\u0301x"[:-1])]
)
def test_names_that_differ_only_in_case_are_refused(folder: Path, first: str, second: str) -> None:
    local = folder.parent / "local"
    local.mkdir()
    (folder / f"{first}.yml").write_text("format: csv")
    (local / f"{second}.yml").write_text("format: csv")
    with pytest.raises(SettingsError, match=r"\.yml differ only in case.* Rename one of the files\."):
        load_profile(first, [folder, local])
    assert load_profile(first, [folder]).name == first


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "a b", ".x", "deck", "catalog_x", "x" * 51, "a\n", "CON", "nul", "Com1", "Deck"]
)
def test_a_name_that_cannot_be_a_file_or_a_profile(name: str) -> None:
    assert name_problem(name) is not None


def test_settings_of_the_command_line_replace_those_of_the_profile() -> None:
    profile = read_profile(
        "x", "format: csv\nlimit: 5\nfilters: {level: 1, card_type: Scene}\nfields: [word, Day: '=1']\n"
    )
    found = narrowed(profile, {"level": "2-3", "limit": 7}).settings
    assert (found.filters.given(), found.limit) == ({"level": "2, 3", "card_type": "Scene"}, 7)
    assert found.model_dump(exclude={"filters", "limit"}) == profile.settings.model_dump(exclude={"filters", "limit"})
    with pytest.raises(SettingsError, match="level"):
        narrowed(profile, {"level": "9"})


def test_formats_have_several_names() -> None:
    names = ["md", "Markdown", "anki", "csv"]
    assert [each.name for each in formats_named(names, FORMATS, "x.yml")] == ["markdown", "anki_text", "csv"]
    with pytest.raises(SettingsError, match=r"x\.yml: There is no format named markdwon\. Did you mean markdown\?"):
        formats_named(["markdwon"], FORMATS, "x.yml")
    with pytest.raises(SettingsError, match=r"catalog_exports\.yml"):
        formats_named(["csv"], {}, "x.yml")


def test_options_of_formats_are_checked() -> None:
    def options(**given: object) -> list[dict[str, object]]:
        return list(formats_of(profile_settings({"format": "csv, md", "options": given}), FORMATS, "x.yml").values())

    assert options(md={"size": 2}) == [{}, {"size": 2}]
    assert options(anki={"size": 2}) == [{}, {}]
    for given, said in (
        ({"csv": {"siez": 2}}, r"x\.yml, options of csv: there is no setting named 'siez' \(did you mean size\?\)\."),
        ({"markdown": {"size": "big"}}, r"x\.yml, options of markdown: size must be a whole number, not 'big'\."),
        ({"csb": {}}, r"x\.yml, options: There is no format named csb\. Did you mean csv\?"),
    ):
        with pytest.raises(SettingsError, match=said + ".* Nothing was exported"):
            options(**given)
