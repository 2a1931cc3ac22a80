"""Any sequence of changes to word lists keeps the words that nobody changed.

By default, 20 sequences run. LIST_SEQUENCES sets a different number.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from support.commands import ProjectHere
from support.project import Result

pytestmark = pytest.mark.slow

# Few words, so that headwords meet again in other lists and with other meanings.
MEANINGS = {
    "학교": ("school", "place to learn"),
    "친구": ("friend", "buddy"),
    "집": ("house", "home"),
    "배": ("pear", "ship", "belly"),
    "눈": ("eye", "snow"),
    "우산": ("umbrella", ""),
    "가다": ("to go", "to leave"),
    "책": ("book", "volume"),
}
ROW = st.sampled_from([(term, meaning) for term, meanings in MEANINGS.items() for meaning in meanings])
NAME = st.sampled_from(["a.csv", "b.csv", "c.csv"])
PICK = st.integers(0, 30)
CHANGE = st.one_of(
    st.tuples(st.just("insert"), NAME, PICK, ROW),
    st.tuples(st.just("delete"), NAME, PICK),
    st.tuples(st.just("edit"), NAME, PICK, ROW),
    st.tuples(st.just("reorder"), NAME, st.randoms(use_true_random=False)),
    st.tuples(st.just("rename"), NAME, NAME),
    st.tuples(st.just("merge"), NAME, NAME),
    st.tuples(st.just("import"), NAME),
    st.tuples(st.just("roll back"), PICK),
    st.tuples(st.just("reject"), PICK),
    st.tuples(st.just("run")),
)
Row = tuple[str, str]
_EMPTY = "No card is ready for the deck, so an empty file would replace"


@dataclass
class User:
    """A user who changes word lists and runs commands, and the words that this user has not changed so far.

    ``lists``: the rows in each list. ``known``: what the deck had for each row, since the row was first in it.
    """

    project: ProjectHere
    lists: dict[str, list[Row]]
    known: dict[Row, dict[str, Any]] = field(default_factory=dict)
    rejected: set[Row] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        return self.project.folder / "data" / "01_raw"

    def write(self) -> None:
        """Write the lists to data/01_raw."""
        for file in self.folder.glob("*.csv"):
            file.unlink()
        for name, rows in self.lists.items():
            text = "word,meaning\n" + "".join(f"{term},{meaning}\n" for term, meaning in rows)
            (self.folder / name).write_text(text, encoding="utf-8")

    def command(self, *args: str) -> Result:
        """Run a command. It must not fail, even if it has nothing to do."""
        result = self.project.kedro(*args)
        note(f"kedro {' '.join(args)} → {result.code}")
        assert result.code in (0, 2), result.out + result.err
        return result

    def forget_changed_rows(self) -> None:
        """Forget the rows that are in no list anymore, or whose headword has a row without a meaning."""
        rows = {row for rows in self.lists.values() for row in rows}
        vague = {term for term, meaning in rows if not meaning}
        self.known = {row: found for row, found in self.known.items() if row in rows and row[0] not in vague}
        self.rejected &= set(self.known)

    # --- the user's actions ------------------------------------------------------------------------------------------

    def insert(self, name: str, pick: int, row: Row) -> None:
        rows = self.lists.setdefault(name, [])
        rows.insert(pick % (len(rows) + 1), row)

    def delete(self, name: str, pick: int) -> None:
        if len(rows := self.lists.get(name, [])) > 1:
            del rows[pick % len(rows)]

    def edit(self, name: str, pick: int, row: Row) -> None:
        if rows := self.lists.get(name):
            term = rows[pick % len(rows)][0]
            rows[pick % len(rows)] = (term, MEANINGS[term][pick % len(MEANINGS[term])])

    def reorder(self, name: str, random: Any) -> None:
        random.shuffle(self.lists.get(name, []))

    def rename(self, name: str, to: str) -> None:
        if name in self.lists and to not in self.lists:
            self.lists[to] = self.lists.pop(name)

    def merge(self, name: str, into: str) -> None:
        if name != into and name in self.lists and into in self.lists:
            self.lists[into] += [row for row in self.lists.pop(name) if row not in self.lists[into]]

    def import_one(self, name: str) -> None:
        if name in self.lists:
            self.command("ingress", "import", f"data/01_raw/{name}")

    def roll_back(self, pick: int) -> None:
        if batches := self.project.ledger("SELECT batch_id FROM import_batches ORDER BY number"):
            self.command("ingress", "rollback", str(batches[pick % len(batches)][0]), "--yes")

    def reject(self, pick: int) -> None:
        ids = {str(item_id) for (item_id,) in self.project.ledger("SELECT item_id FROM vocabulary_items")}
        if rows := sorted(row for row, found in self.known.items() if found["analysis"] and found["item_id"] in ids):
            row = rows[pick % len(rows)]
            self.command("review", "reject", self.known[row]["item_id"], "--card", "Scene", "--reason", "too hard")
            self.rejected.add(row)

    def run(self) -> None:
        """Run the pipelines. If every card has been rejected or is missing, the deck of the previous run must be kept."""
        before = self.cards() if self.known else []
        refused = _EMPTY in self.command("run").err
        self.forget_changed_rows()
        deck = self.deck()
        for row, found in self.known.items():
            assert deck[row] == found, row
        if refused:
            assert self.project.frame("released_flashcards").is_empty() and self.cards() == before
        else:
            scenes = {card["item_id"] for card in self.cards() if card["tab_name"] == "Scene"}
            assert not scenes & {self.known[row]["item_id"] for row in self.rejected}
        self.known = deck
        self.forget_changed_rows()

    def cards(self) -> list[dict[str, Any]]:
        """Return the exported cards."""
        (path,) = self.project.folder.glob("data/*/cards.json")
        cards: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return cards

    def deck(self) -> dict[Row, dict[str, Any]]:
        """Return the identity, the number, and the analysis of each word in the run, keyed by its row."""
        analyses = {row["item_id"]: row for row in self.project.frame("nuance").to_dicts()}
        return {
            (word["term"], word["definition"] or ""): {
                "item_id": word["item_id"], "number": word["term_number"], "analysis": analyses.get(word["item_id"]),
            }
            for word in self.project.frame("vocabulary").to_dicts()
        }  # fmt: skip


_ACTIONS: dict[str, Callable[..., None]] = {
    "insert": User.insert,
    "delete": User.delete,
    "edit": User.edit,
    "reorder": User.reorder,
    "rename": User.rename,
    "merge": User.merge,
    "import": User.import_one,
    "roll back": User.roll_back,
    "reject": User.reject,
    "run": User.run,
}


@given(st.lists(ROW, min_size=2, max_size=5, unique=True), st.lists(CHANGE, min_size=5, max_size=9))
@settings(
    max_examples=int(os.environ.get("LIST_SEQUENCES", "20")),
    phases=[Phase.explicit, Phase.generate],  # shrinking would run thousands of commands
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_words_that_nobody_changed_stay_the_same(
    project: Any, monkeypatch: pytest.MonkeyPatch, first: list[Row], changes: list[tuple[Any, ...]]
) -> None:
    with TemporaryDirectory(prefix="lists-") as folder:
        shutil.copytree(project.folder, f"{folder}/project", symlinks=True)
        user = User(ProjectHere(Path(folder) / "project", monkeypatch), {"a.csv": first})
        for name, *values in [("run",), *changes, ("run",)]:
            user.write()
            note(f"{name} {values}")
            _ACTIONS[name](user, *values)
        monkeypatch.chdir("/")
