"""The command tree: help texts that begin with a verb, examples, consistent options, and old names."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from support.project import Project

from korean_flashcards.cli import cli
from korean_flashcards.domain.line_wrap import width

# Names reserved for later releases.
RESERVED = {"report", "monitor", "alerts", "schedule", "metrics"}
OLD_NAMES = {
    "batches list": "llm batches list", "batches cancel": "llm batches cancel", "llm replay": "cache show",
    "db status": "db health", "tasks show": "word show", "quality show": "word show", "review history": "word show",
}  # fmt: skip
VERBS = {
    "Approve", "Back", "Book", "Cancel", "Check", "Choose", "Close", "Compare", "Confirm", "Count", "Downgrade", "Drop",
    "Edit", "Explain", "Give", "Import", "Include", "Inspect", "Keep", "Label", "Link", "List", "Name", "Only", "Plan",
    "Print", "Read", "Reject", "Remove", "Restore", "Retry", "Review", "Run", "Save", "Say", "Send", "Set", "Show",
    "Shrink", "Specify", "Skip", "Treat", "Undo", "Upgrade", "Use", "Verify", "Write", "Also", "Ask", "Export", "Make",
    "Change", "Correct", "Repair", "Select", "Copy", "Create",
    "Draw", "Request", "Spend", "Store",
    "Open",
}  # fmt: skip


def _tree(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from _tree(command, f"{path}{name} ")


TREE = dict(_tree())
SHOWN = {path: command for path, command in TREE.items() if not command.hidden and "batches " not in path[:8]}

LEAVES = [
    path for path, command in SHOWN.items() if not isinstance(command, click.Group) and path != "ingress list-batches"
]


@pytest.mark.parametrize("path", SHOWN)
def test_help_begins_with_a_verb(path: str) -> None:
    command = SHOWN[path]
    texts = [command.help or ""]
    if path not in ("run", "plan"):  # Kedro's own options
        texts += [
            option.help or "" for option in command.params if isinstance(option, click.Option) and not option.hidden
        ]
    wrong = [text for text in texts if text.split()[:1] == [] or text.split()[0].rstrip(",.:") not in VERBS]
    assert wrong == []


@pytest.mark.parametrize("path", [path for path, command in SHOWN.items() if isinstance(command, click.Group)])
def test_a_group_shows_examples_of_its_own_commands(path: str) -> None:
    text = CliRunner().invoke(SHOWN[path], ["--help"]).output
    examples = re.findall(r"^  kedro (.+)$", text.partition("Examples:")[2], re.MULTILINE)
    assert examples
    for example in examples:
        assert any(f"{example} ".startswith(f"{known} ") for known in SHOWN if known.startswith(path)), example


@pytest.mark.parametrize("path", LEAVES)
def test_the_help_of_a_command_ends_with_examples_of_it(path: str) -> None:
    text = CliRunner().invoke(SHOWN[path], ["--help"]).output
    _, *sections = re.split(r"^Examples?:\n", text, flags=re.MULTILINE)
    assert len(sections) == 1
    lines = sections[0].splitlines()
    assert lines and all(line.startswith("  kedro ") and width(line) <= 80 for line in lines)
    assert any(f"{line} ".startswith(f"  kedro {path} ") for line in lines)


@pytest.mark.parametrize("path", ["", *(path for path, command in SHOWN.items() if isinstance(command, click.Group))])
def test_a_list_of_commands_shows_every_short_help_in_full_at_80_columns(path: str) -> None:
    group = SHOWN[path] if path else cli
    text = CliRunner().invoke(group, ["--help"], terminal_width=80).output
    commands = text.partition("\nCommands:\n")[2].partition("\n\n")[0].splitlines()
    assert commands
    assert [line for line in commands if line.endswith("...") or width(line) > 80] == []


def test_shared_options_have_the_same_names_everywhere() -> None:
    declared: dict[str, set[tuple[str, ...]]] = {}
    for path, command in SHOWN.items():
        for option in command.params:
            for name in ("--yes", "--json", "--dry-run", "--env"):
                if name in option.opts:
                    declared.setdefault(name, set()).add(tuple(sorted(option.opts)))
                    assert isinstance(option, click.Option) and (option.is_flag or name == "--env"), path
    assert declared == {
        "--yes": {("--yes", "-y")}, "--json": {("--json",)}, "--dry-run": {("--dry-run",)}, "--env": {("--env", "-e")},
    }  # fmt: skip


def test_commands_that_show_data_have_a_json_option() -> None:
    shows = {
        "list",
        "show",
        "status",
        "stats",
        "history",
        "health",
        "verify",
        "explain",
        "conflicts",
        "agreement",
        "checks",
    }
    without = [
        path for path, command in SHOWN.items()
        if path.split()[-1] in shows and not isinstance(command, click.Group)
        and not any("--json" in option.opts for option in command.params)
    ]  # fmt: skip
    assert without == []


def test_reserved_names_are_free() -> None:
    assert not RESERVED & {path for path in SHOWN if " " not in path}


def test_list_batches_is_a_second_name_of_ingress_list() -> None:
    assert (
        TREE["ingress list-batches"].callback is TREE["ingress list"].callback and TREE["ingress list-batches"].hidden
    )


@pytest.mark.parametrize("old", OLD_NAMES)
def test_an_old_name_is_hidden_and_prints_the_new_one(old: str) -> None:
    command = TREE[old]
    assert command.hidden or TREE[old.split()[0]].hidden
    arguments = ["남성"] if "show" in OLD_NAMES[old] else ["20260101-00000000"] if "cancel" in old else []
    result = CliRunner().invoke(command, arguments)
    assert result.stderr.startswith(f"`kedro {old}` is now `kedro {OLD_NAMES[old]}`.")


@pytest.mark.parametrize(
    "command",
    ["cache show", "cache explain", "tasks drop", "review approve", "confusables", "ingress status", "errors --model",
     "llm reset", "llm batches cancel", "word show"],
)  # fmt: skip
def test_an_argument_that_is_not_utf_8_is_one_error_message(here: Project, command: str) -> None:
    result = here.kedro(*command.split(), "\udcff")
    assert result.code == 1 and result.err.startswith("Error: ") and result.err.count("\n") == 1, result.err


def test_an_argument_cannot_control_the_terminal(here: Project) -> None:
    assert not set("\u202e\x1b") & set(here.kedro("cache", "show", "\u202e\x1b[2Jx").err)
