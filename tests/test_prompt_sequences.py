"""Test sequences of edits, drafts, runs, and promotions: the history stays right, and no text of a prompt is lost."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.commands import ProjectHere
from support.project import Project

from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.formats.prompt_sections import prompt_for

pytestmark = pytest.mark.slow

CARD_TYPES = ("Scene", "Usage-Comparison", "Hanja")
SENT, UNSENT = "You write Korean flashcards", "<!-- only for Grammar -->"
DRAFTS = ("a", "b")
STEP = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(["", ".a", ".b"]), st.integers(0, 2), st.integers(0, 1)),
    st.tuples(st.just("new"), st.sampled_from(DRAFTS), st.sampled_from(["flashcards", "flashcards.a", "oldest"])),
    st.tuples(st.just("delete"), st.sampled_from(DRAFTS)),
    st.tuples(st.just("promote"), st.sampled_from(["flashcards.a", "flashcards.b", "oldest", "newest"]), st.booleans()),
    st.tuples(st.just("run")),
)
NEW_A, PROMOTE_A = ("new", "a", "flashcards"), ("promote", "flashcards.a", False)
SEQUENCES = (
    # A default that is edited after a promotion comes from the promoted version, not from the one that a run used.
    (("run",), NEW_A, ("edit", ".a", 1, 0), PROMOTE_A, ("edit", "", 2, 0), ("promote", "oldest", True)),
    # A new draft with the name of a deleted one comes from the prompt that it is a copy of.
    (NEW_A, ("edit", ".a", 1, 0), PROMOTE_A, ("delete", "a"), ("new", "a", "oldest"), ("edit", ".a", 2, 0), PROMOTE_A),
    # Two texts differ only in a section that is not sent, so they have the same version.
    (NEW_A, ("edit", ".a", 0, 1), PROMOTE_A, ("edit", "", 1, 0), ("promote", "oldest", False)),
    (("run",), ("edit", "", 0, 1), NEW_A, ("edit", ".a", 1, 0), PROMOTE_A, ("edit", "", 1, 1), ("promote", "oldest", True)),
    # An edit that no run has used is recorded when it is copied or replaced.
    (("run",), ("edit", "", 1, 0), ("new", "a", "flashcards"), ("edit", "", 2, 0), PROMOTE_A, ("promote", "oldest", True)),
    (("run",), NEW_A, ("edit", ".a", 1, 0), ("edit", "", 2, 0), PROMOTE_A, ("edit", "", 0, 0), ("run",), PROMOTE_A),
)  # fmt: skip


class History:
    """A project, the history that its commands should record, and all texts that must not be lost."""

    def __init__(self, project: Project) -> None:
        self.project, self.folder = project, project.folder / "conf/base/prompts"
        self.base = (self.folder / "flashcards.md").read_text(encoding="utf-8")
        assert self.base.count(SENT) == 1 and self.base.count(UNSENT) >= 1
        self.rows: dict[str, tuple[str | None, str, str | None]] = {}  # the parent, the name, and the note by version
        self.default: str | None = None
        self.drafts: dict[str, tuple[str, str, int]] = {}  # the parent, the note, and the earlier versions by name
        self.replaced: set[str] = set()

    def source(self, name: str) -> str:
        return (self.folder / f"{name}.md").read_text(encoding="utf-8").strip()

    def version(self, name: str) -> str:
        return prompt_for(PromptDataset(filepath=str(self.folder / f"{name}.md")).load(), CARD_TYPES).version

    def record(self, name: str, version: str, note: str | None = None) -> None:
        if version in self.rows:
            parent, known, old = self.rows[version]
            self.rows[version] = parent, known, note or old
            return
        parent, own_note, after = self.drafts.get(name, (self.default, None, 0))
        own = [each for each in list(self.rows)[after:] if self.rows[each][1] == name and name != "flashcards"]
        self.rows[version] = own[-1] if own else parent, name, note or own_note

    def named(self, reference: str) -> tuple[str, str, str] | None:
        """Return what a command takes for the reference, its version, and its name, or None if it does not exist."""
        if reference in ("oldest", "newest"):
            version = list(self.rows)[0 if reference == "oldest" else -1] if self.rows else None
            return (version, version, "") if version else None
        exists = (self.folder / f"{reference}.md").exists()
        return (reference, self.version(reference), reference) if exists else None

    def edit(self, draft: str, sent: int, unsent: int) -> None:
        if (path := self.folder / f"flashcards{draft}.md").exists():
            text = self.base.replace(SENT, f"{SENT}{'!' * sent}").replace(UNSENT, f"{UNSENT}\nMore.{'!' * unsent}", 1)
            path.write_text(text, encoding="utf-8")

    def new(self, draft: str, reference: str) -> None:
        found, note = self.named(reference), f"note {len(self.rows)}"
        exists = (self.folder / f"flashcards.{draft}.md").exists()
        if found is None:
            return
        result = self.project.kedro("prompts", "new", f"flashcards.{draft}", "--from", found[0], "--note", note)
        assert result.code == int(exists), result.err
        if not exists:
            if found[2]:
                self.record(found[2], found[1])
            self.drafts[f"flashcards.{draft}"] = found[1], note, len(self.rows)

    def delete(self, draft: str) -> None:
        (self.folder / f"flashcards.{draft}.md").unlink(missing_ok=True)

    def promote(self, reference: str, with_note: bool) -> None:
        if (found := self.named(reference)) is None:
            return
        before, old = self.source("flashcards"), self.version("flashcards")
        note = f"promoted {len(self.rows)}" if with_note else None
        result = self.project.kedro("prompts", "promote", found[0], "--yes", *(["--note", note] if note else []))
        assert "Traceback" not in result.err
        if result.code:
            assert f"{found[0]} is already the default" in result.err, result.err
            return
        self.replaced |= {before, self.source("flashcards")}
        self.record("flashcards", old)
        self.record(found[2], found[1], note)
        self.default = self.version("flashcards")
        assert self.default == found[1]

    def run(self) -> None:
        result = self.project.kedro("run", "--pipelines=ingress,nuance,flashcards")
        assert result.code in (0, 2), result.err
        self.record("flashcards", self.version("flashcards"))
        self.default = self.version("flashcards")

    def check(self) -> None:
        if not (self.project.folder / "data/ledger.db").exists():
            assert not self.rows
            return
        query = "SELECT {} FROM prompt_versions WHERE stage = 'flashcards' ORDER BY number"
        rows = self.project.ledger(query.format("version, number, parent, name, note"))
        assert rows == [
            (version, number, *values) for number, (version, values) in enumerate(self.rows.items(), start=1)
        ]
        known = [version for version, *_ in rows]
        assert all(parent is None or parent in known[: known.index(version)] for version, _, parent, *_ in rows)
        kept = {source for (source,) in self.project.ledger(query.format("source"))}
        kept |= {path.read_text(encoding="utf-8").strip() for path in self.folder.glob("flashcards*.md")}
        assert self.replaced <= kept


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a new project with one word."""
    project = Project.copy_to(tmp_path_factory.mktemp("prompts") / "project")
    project.only_list("term,definition\n나무,tree\n")
    return project


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    yield monkeypatch


def follow(small: Project, patch: pytest.MonkeyPatch, steps: Sequence[Sequence[object]]) -> None:
    """Execute the steps in a copy of the project, and check the history after each of them."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(ProjectHere(small.copied_to(Path(folder) / "project").folder, patch))
        for name, *values in steps:
            getattr(history, str(name))(*values)
            history.check()
        patch.chdir(small.folder)


@pytest.mark.parametrize("steps", SEQUENCES)
def test_the_history_is_right_after_a_sequence(
    small: Project, quick: pytest.MonkeyPatch, steps: Sequence[Sequence[object]]
) -> None:
    follow(small, quick, steps)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=st.lists(STEP, min_size=6, max_size=12))
def test_the_history_is_right_after_any_sequence(
    small: Project, quick: pytest.MonkeyPatch, steps: list[tuple[object, ...]]
) -> None:
    follow(small, quick, [NEW_A, ("edit", ".a", 1, 1), *steps])
