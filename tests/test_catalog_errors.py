"""Test that a wrong entry of the catalog gives one message with the file, the line, the entry, and what is allowed."""

import pytest
from support.project import Project

FILE = "conf/local/catalog.yml"
PLACE = f"Correct its entry in {FILE}, line 2."
FRAME = "korean_flashcards.datasets.frame.FrameDataset"
LEDGER = "korean_flashcards.datasets.ledger.LedgerDataset"


def refused(project: Project, entry: str, *command: str) -> str:
    """Return the message of the command for a catalog with this entry in its second line."""
    (project.folder / FILE).write_text(f"# Mine\n{entry}\n", encoding="utf-8")
    result = project.kedro(*(command or ("plan",)))
    assert result.code == 1 and result.err.startswith("Error: "), result.out + result.err
    for word in ("Traceback", "Exception", "__init__", "object is", "issubclass", "https://"):
        assert word not in result.err
    return result.err.removeprefix("Error: ").strip()


ENTRIES = {
    "type missing": ("vocabulary: {filepath: x}", "it has no type, such as type: pandas.CSVDataset"),
    "type missing in an entry of the user": ("mine: {filepath: x}", "it has no type, such as type: pandas.CSVDataset"),
    "type is a number": ("vocabulary: {type: 5, filepath: x}", "its type must be the name of a dataset type, such as"),
    "type is empty": ("vocabulary: {type: , filepath: x}", "its type must be the name of a dataset type, such as"),
    "no such module": ("vocabulary: {type: x.Y, filepath: x}", "there is no dataset type x.Y, or a package that it needs"),
    "no such class": ("vocabulary: {type: pandas.CSVDatset, filepath: x}", "there is no dataset type pandas.CSVDatset"),
    "no such class of ours": (f"vocabulary: {{type: {FRAME}s, filepath: x}}", f"there is no dataset type {FRAME}s"),
    "a class that is not a dataset": ("vocabulary: {type: pathlib.Path, filepath: x}", "its type pathlib.Path is not a d"),
    "an abstract class": ("vocabulary: {type: kedro.io.AbstractDataset}", "its type kedro.io.AbstractDataset is not a da"),
    "a dot": ("vocabulary: {type: .x, filepath: x}", "its type .x must not begin or end with a dot"),
    "text": ("vocabulary: data/x.parquet", "it needs a group of settings, such as type and filepath"),
    "empty": ("vocabulary:", "it needs a group of settings, such as type and filepath"),
    "no filepath": (f"vocabulary: {{type: {FRAME}}}", "filepath must be set"),
    "filepath is a number": (f"vocabulary: {{type: {FRAME}, filepath: 5}}", "its filepath must be the path of a file, such"),
    "filepath is empty": (f"vocabulary: {{type: {FRAME}, filepath: }}", "such as data/words.csv, not empty"),
    "unknown option": (
        f"ledger: {{type: {LEDGER}, filepath: data/l.db, pool_sze: 4}}",
        "it has no option named pool_sze. The options are type, filepath, pool_size, busy_timeout, keep_backups",
    ),
    "wrong kind of option": (
        "vocabulary: {type: pandas.CSVDataset, filepath: x, load_args: 5}",
        "one of its options must be a group of settings, but it has a single value",
    ),
    "validator": ("mine: {type: pandas.CSVDataset, filepath: x, validator: 5}", "its validator is not valid: expected a"),
}  # fmt: skip


# The everyday tests include the cases of the issue. The others take several seconds.
EVERYDAY = ("type missing", "no such class", "no filepath", "unknown option")
CASES = [pytest.param(*ENTRIES[name], id=name, marks=[] if name in EVERYDAY else pytest.mark.slow) for name in ENTRIES]


@pytest.mark.parametrize(("entry", "reason"), CASES)
def test_a_wrong_entry_is_named_with_its_file_and_line(here: Project, entry: str, reason: str) -> None:
    message = refused(here, entry, "run", "--pipelines=nuance")
    assert message.startswith(f"The dataset {entry.partition(':')[0]} is not defined correctly: "), message
    assert reason in message and message.endswith(PLACE), message


def test_an_entry_without_a_type_that_replaces_another_one_says_so(here: Project) -> None:
    message = refused(here, "vocabulary: {filepath: x}")
    assert "It replaces the whole entry in conf/base/catalog_ingress.yml: copy that entry and change it." in message


def test_credentials_that_do_not_exist_are_named(here: Project) -> None:
    message = refused(here, "mine: {type: pandas.CSVDataset, filepath: x.csv, credentials: server}")
    assert (
        f"{FILE}, line 2: the catalog refers to the credentials server, which no credentials.yml contains." in message
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("ledger: 5", "filepath must be set to a path"),
        (f"ledger: {{type: {LEDGER}}}", "filepath must be set to a path"),
        ("llm: {path: 5}", "path must be set to a path"),
    ],
)
@pytest.mark.parametrize("command", [("db", "health"), ("cache", "stats")])
def test_the_care_commands_name_the_missing_path(here: Project, command: list[str], entry: str, reason: str) -> None:
    name = entry.partition(":")[0]
    message = refused(here, entry, *command)
    assert message == f"The dataset {name} is not defined correctly: {reason}. {PLACE}"
