"""Test that a configuration file that cannot be used is named in one message, without a traceback."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from support.commands import ProjectHere
from support.project import ROOT, Project, unwrapped

from korean_flashcards.configuration.kedro_errors import configuration_problem

LEDGER = "conf/base/catalog_ledger.yml"
X = "conf/local/parameters_x.yml"
RESULTS = "conf/base/catalog_reporting.yml"
SAFE = "Nothing was run."


def changed(project: Project, file: str, old: str, new: str) -> None:
    path = project.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(project: Project, *messages: str, command: tuple[str, ...] = ("plan",)) -> None:
    """Check that the command prints these messages and no more than a few lines."""
    result = project.kedro(*command)
    assert result.code == 1 and result.err.startswith("Error: "), result.out + result.err
    assert all(message in result.err for message in messages), result.err
    for word in ("Traceback", "korean_flashcards.", "kedro_datasets", "Exception", "<unicode", "<file>", "<stream"):
        assert word not in result.err
    assert len(result.err) < 700


FILES = {
    "UTF-16": (X, "limit: 5\n".encode("utf-16"), f"{X} cannot be read: it is not UTF-8 text."),
    "Latin-1": (X, "# größer\nlimit: 5\n".encode("latin-1"), f"{X} cannot be read: it is not UTF-8 text."),
    "list": (X, b"- limit: 5\n", f"{X} cannot be read: it must contain one setting per line, such as NAME: VALUE."),
    "tab": (X, b"llm:\n  model: a\n\ttemperature: 1\n", "line 3 is indented with a tab, but YAML allows only spaces"),
    "tab in a list": (X, b"llm:\n  fallbacks:\n    - a\n  \t- b\n", "line 4 is indented with a tab"),
    "control character": (X, b"\n\nlimit: 5\x00\n", f"{X} cannot be read: it contains a control character (line 3)."),
    "number as a name": (X, b"llm: {5: a}\n", "there is no parameter named 'llm.5'"),
    "itself": (X, b"llm: &a {extra_body: *a}\n", f"{X} cannot be read: a setting refers to itself."),
    "list for a group": (X, b"llm: [a]\n", f"{X}, line 1: llm must be a group of settings, as in conf/base, but it is a"),
    "half a reference": (X, b"llm:\n  model: '${a'\n", f"Correct this setting in {X}, line 2."),
    "environment variable": (X, b"limit: ${oc.env:LIMIT}\n", "limit: environment variables (oc.env) are allowed only in"),
    "credentials": ("conf/local/credentials.yml", b"llm: {a: [\n", "credentials.yml cannot be read: expected the node"),
    "no paths": ("conf/base/globals.yml", b"cache: data/cache\n", "globals.yml must set word_lists and data and ledger"),
    "wrong path": ("conf/local/globals.yml", b"data: 5\n", "globals.yml must set data to a path, such as data: data."),
    "wrong local path": ("conf/local/globals.yml", b"# mine\nledger: [1]\n", "Correct conf/local/globals.yml, line 2."),
    "no local path": ("conf/local/globals.yml", b"cache:\n", "Correct conf/local/globals.yml, line 1."),
    "wrong base path": ("conf/base/globals.yml", b"data: 5\nword_lists: a\nledger: b\ncache: c\n",
        "Correct conf/base/globals.yml, line 1."),
    "catalog name": ("conf/local/catalog.yml", b"true: {type: x}\n", "the name true (line 1) is not text. Write it in"),
    "prompt": ("conf/base/prompts/nuance.md", b"gr\xfc\xdfe\n", "conf/base/prompts/nuance.md is not UTF-8 text. Save it"),
    "lengths": ("conf/base/prompts/estimates.yml", b"- a\n", "conf/base/prompts/estimates.yml cannot be read: its values"),
    "lengths, YAML": ("conf/base/prompts/estimates.yml", b"nuance: [\n", "but found the end of the file (line 2,"),
    "lengths, Latin-1": ("conf/base/prompts/estimates.yml", b"\xfc", "not UTF-8 text (conf/base/prompts/estimates.yml)"),
    "options, UTF-16": (".kedro.yml", "run: {}\n".encode("utf-16"), ".kedro.yml cannot be read: it is not UTF-8 text."),
    "options, tab": (".kedro.yml", b"run:\n\tpipelines: ingress\n", ".kedro.yml cannot be read: line 2 is indented with a"),
    "options twice": (".kedro.yml", b"run: {}\nrun: {}\n", ".kedro.yml cannot be read: run appears twice (lines 1 and 2)."),
    "options, parameters": (".kedro.yml", b"run: {params: 5}\n", ".kedro.yml, line 1: params must be a group of settings"),
    "runner": (".kedro.yml", b"run:\n  runner: 5\n", ".kedro.yml, line 2: runner must be the name of a runner, Sequential"),
    "switch": (".kedro.yml", b"run:\n  is_async: maybe\n", ".kedro.yml, line 2: is_async must be true or false, not maybe."),
    "numbers": (".kedro.yml", b"run:\n  pipelines: [5, a]\n", "pipelines must be names of pipelines, such as ingress,nuan"),
    "date": (".kedro.yml", b"run:\n\n  env: 2026-01-01\n", ".kedro.yml, line 3: env must be the name of a folder in con"),
    "typing error": (".kedro.yml", b"run:\n  env: test\n  runer: a\n", "`kedro run` has no option named runer. Did you"),
    "section": (".kedro.yml", b"rum:\n  env: test\n", ".kedro.yml must have a `run` section"),
    "yes": (".kedro.yml", b"run: {yes: true}\n", ".kedro.yml: an option has the name True. Write the names of options in"),
    "options, group": (".kedro.yml", b"run: {env: {a: 1}}\n", "env must be the name of a folder in conf, such as local"),
}  # fmt: skip


# The everyday tests include the cases of the issue. The others take half a minute.
EVERYDAY = ("runner", "Latin-1", "tab", "no paths", "prompt", "options, UTF-16", "pool_size", "no section")


def cases(named: dict[str, tuple[Any, ...]]) -> list[Any]:
    marks = {name: [] if name in EVERYDAY else [pytest.mark.slow] for name in named}
    return [pytest.param(*values, id=name, marks=marks[name]) for name, values in named.items()]


@pytest.mark.parametrize(("file", "content", "message"), cases(FILES))
def test_a_file_that_cannot_be_used_is_named(here: Project, file: str, content: bytes, message: str) -> None:
    (here.folder / file).write_bytes(content)
    refused(here, message)


OPTIONS = {
    "pool_size": (LEDGER, "pool_size: 4", "pool_size: abc", "pool_size must be a whole number of 1 or more, not 'abc'"),
    "busy_timeout": (
        LEDGER,
        "busy_timeout: 30",
        "busy_timeout: long",
        "busy_timeout must be a number above 0, not 'long'",
    ),
    "keep_backups": (
        LEDGER,
        "keep_backups: 10",
        "keep_backups: -1",
        "keep_backups must be a whole number of 0 or more",
    ),
    "keep": (RESULTS, "keep: 20", "keep: abc", "keep must be set (path and page to a path, keep to a whole number"),
    "no results": (RESULTS, "validation_results:", "other_results:", "path and page and keep must be set"),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), cases(OPTIONS))
def test_a_wrong_option_of_a_dataset_is_named(here: Project, file: str, old: str, new: str, message: str) -> None:
    changed(here, file, old, new)
    lines = (here.folder / file).read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if new in text]
    place = f"{file}, line {line}." if "other_results" not in new else "conf/*/catalog*.yml."
    refused(here, message, "is not defined correctly", f"Correct its entry in {place}")


@pytest.mark.slow
def test_the_place_of_a_wrong_option_is_in_the_entry_that_counts(here: Project) -> None:
    """An entry in conf/local replaces the whole entry in conf/base."""
    text = (
        "\n\nledger:\n  type: korean_flashcards.datasets.ledger.LedgerDataset\n  filepath: data/l.db\n  pool_size: 0\n"
    )
    (here.folder / "conf/local/catalog.yml").write_text(text, encoding="utf-8")
    refused(here, "busy_timeout and keep_backups must be set", "Correct its entry in conf/local/catalog.yml, line 3.")
    (here.folder / "conf/local/catalog.yml").write_text(
        f"{text}  busy_timeout: 1\n  keep_backups: 1\n", encoding="utf-8"
    )
    refused(here, "pool_size must be a whole number", "Correct its entry in conf/local/catalog.yml, line 6.")


@pytest.mark.parametrize(
    "name",
    ["credentials.yml", *(pytest.param(name, marks=pytest.mark.slow) for name in ("parameters.yml", "catalog_x.yaml"))],
)
def test_a_folder_in_place_of_a_file_is_not_ignored(here: Project, name: str) -> None:
    (here.folder / "conf/local" / name).mkdir()
    refused(here, f"conf/local/{name} is a folder, not a file. Move it away. {SAFE}")


@pytest.mark.slow
def test_a_link_to_a_missing_file_is_not_ignored(here: Project) -> None:
    (here.folder / X).symlink_to(here.folder / "disk/parameters.yml")
    refused(
        here, f"{X} is a link to ", "disk/parameters.yml, which does not exist. Mount the disk, or remove the link."
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["catalog", "credentials"])
def test_the_same_name_in_two_files_is_named_with_both_files(here: Project, kind: str) -> None:
    for letter in "ab":
        text = "words: {type: x.Y}\n" if kind == "catalog" else "data: data\n"
        (here.folder / f"conf/local/{kind}_{letter}.yml").write_text(text, encoding="utf-8")
    refused(here, f"is set in both conf/local/{kind}_a.yml and conf/local/{kind}_b.yml. Remove the setting")


def test_a_setting_in_three_files_is_named_with_all_files(here: Project) -> None:
    """One of the files is conf/base/parameters.yml."""
    for name in ("parameters_yy.yml", "parameters_zz.yml"):
        (here.folder / "conf/base" / name).write_text("limit: 3\n", encoding="utf-8")
    result = here.kedro("plan")
    files = "conf/base/parameters.yml, conf/base/parameters_yy.yml, and conf/base/parameters_zz.yml"
    message = f"Error: limit is set in {files}. Remove the setting from all but one of these files."
    assert result.code == 1 and unwrapped(result.err).strip() == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"a": "x", "b": "x"}, "x is set in both a and b. Remove the setting from one of these files."),
        ({"a": "x y", "b": "y x"}, "x and y are set in both a and b. Remove the settings from one of these files."),
        (
            {"a": "x y z", "b": "x", "c": "x y", "d": "v"},
            "x is set in a, b, and c. Remove the setting from all but one of these files. "
            "y is set in both a and c. Remove the setting from one of these files.",
        ),
        (
            dict.fromkeys("ab", f"x {'y' * 60} {'z' * 60}"),
            f"x, {'y' * 60}, and others are set in both a and b. Remove the settings from one of these files.",
        ),
    ],
)
def test_settings_in_several_files_are_explained_in_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    loader = OmegaConfigLoader(str(tmp_path), base_env="", default_run_env="")
    keys = {str(tmp_path / file): dict.fromkeys(names.split(), 1) for file, names in settings.items()}
    with pytest.raises(ValueError, match="Duplicate keys") as error:
        loader._check_duplicates("catalog", keys)
    assert configuration_problem(error.value, []) == message


CONFIGS = {
    "UTF-16": ("run: {}\n".encode("utf-16"), "options.yml cannot be read: it is not UTF-8 text."),
    "list": (b"- a\n", "options.yml cannot be read: it must contain one setting per line"),
    "empty": (b"", "options.yml must have a `run` section with one option per line."),
    "no section": (b"pipelines: ingress\n", "options.yml must have a `run` section with one option per line."),
    "section": (b"run: [a]\n", "options.yml must have a `run` section with one option per line."),
    "unknown": (b"run: {nope: 1}\n", "options.yml, line 1: `kedro run` has no option named nope."),
    "tab": (b"run:\n\tenv: test\n", "options.yml cannot be read: line 2 is indented with a tab"),
    "parameters": (b"run: {params: [5]}\n", "options.yml, line 1: params must be a group of settings, not a list."),
}


@pytest.mark.parametrize(("content", "message"), cases(CONFIGS))
def test_a_wrong_file_of_options_is_named(here: Project, content: bytes, message: str) -> None:
    (here.folder / "options.yml").write_bytes(content)
    refused(here, message, SAFE, command=("run", "--config", "options.yml"))


@pytest.mark.slow
def test_a_list_of_options_is_the_same_as_a_text_with_commas(here: Project) -> None:
    (here.folder / ".kedro.yml").write_text("run: {pipelines: [ingress, nuance]}\n", encoding="utf-8")
    result = here.kedro("plan")
    assert result.code == 0 and "Nuance" in result.out and "Flashcards" not in result.out, result.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("report.html.j2", "{% for %}", "(line 1). Nothing was run. Correct the template"),
        ("report.html.j2", "{{ summary.a.b }}", "is not valid: it uses a value that does not exist."),
        ("data_docs/index.html.j2", "\n{{ runs", "The template conf/base/data_docs/index.html.j2 is not valid: "),
        ("anki/front.html", None, "conf/base/anki/front.html cannot be read: it does not exist. Restore the file."),
        ("report.html.j2", None, "cannot be loaded: it does not exist (conf/base/report.html.j2)."),
    ],
)
def test_a_wrong_template_is_named(finished, tmp_path, monkeypatch, file, content, message):
    copy = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    path = copy.folder / "conf/base" / file
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    # Only filling in the template shows that a value does not exist, which is after an export.
    pipelines = "reporting" if content == "{{ summary.a.b }}" else "export,reporting"
    refused(copy, message, command=("run", f"--pipelines={pipelines}"))


READ_AS_ANOTHER_USER = """
import os, sys
from pathlib import Path
from korean_flashcards.files.settings_folders import ignored_settings
os.setuid(65534)
print(ignored_settings([Path(sys.argv[1])]))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("closed", ["..", ".", "more"])
def test_a_folder_of_settings_that_cannot_be_read_is_not_ignored(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "conf"
        (folder / "more").mkdir(parents=True)
        Path(place).chmod(0o755)
        (folder / closed).chmod(0)
        run = [sys.executable, "-c", READ_AS_ANOTHER_USER, str(folder)]
        result = subprocess.run(run, capture_output=True, text=True, encoding="utf-8")
    assert "cannot be read: you do not have permission. Allow access to it" in result.stdout, result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("text", ["version: [", "- a", "version: 1\nroot: {handlers: [nowhere]}"])
def test_a_broken_logging_file_does_not_stop_a_command_in_a_subfolder(project: Project, text: str) -> None:
    """In the project folder, Kedro reads the file before it loads the project (docs/troubleshooting.md)."""
    (project.folder / "conf/logging.yml").write_text(text, encoding="utf-8")
    result = Project(project.folder / "data").kedro("quality", "checks")
    assert result.code == 0 and "conf/logging.yml is not used: " in result.err and "Correct the file." in result.err
    assert "Traceback" not in result.err
