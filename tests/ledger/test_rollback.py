"""Test that a rollback removes only what the batch added, and that a cleanup never removes a word."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import dump, generated, items, roll_back, take, words
from sqlalchemy import select, text
from support.ledger import export_words, fresh_ledger, ledger_at

from korean_flashcards.domain.errors import ExportedCardsError, LedgerError
from korean_flashcards.ledger.db.tables import history, import_batches, tasks
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.rollback import Cleaned, cleanup, rollback
from korean_flashcards.review.parts import Part, Version

NOW = timedelta(seconds=-5)  # a cutoff five seconds in the future, so that everything counts as old


@pytest.fixture
def ledger(tmp_path: Path):
    with fresh_ledger(tmp_path) as book:
        yield book
        check(book.store)


def counts(ledger: Ledger) -> list[tuple[object, ...]]:
    return ledger.vocabulary.counts(None).drop("file").rows()


def lease(ledger: Ledger, item_id: str, run_id: str, until: float) -> None:
    with ledger.store.write() as connection:
        connection.execute(
            text("UPDATE tasks SET state = 'running', run_id = :run, leased_until = :until WHERE item_id = :id"),
            {"run": run_id, "until": until, "id": item_id},
        )


def test_a_rollback_removes_words_that_only_the_batch_has(ledger):
    take(ledger, ("배", "ship"), ("물", "water"), name="a.csv")
    before = items(ledger.store)
    take(ledger, ("배", "ship"), ("문", "door"), ("x", ""), name="b.csv")
    done = roll_back(ledger, "b")
    assert (done.batch_id, done.rows, done.removed, done.kept, done.restored, done.exported) == ("b", 3, 1, 0, 0, 0)
    assert items(ledger.store) == before
    assert counts(ledger) == [("a", 2, 2, 0, 0, 0)]


def test_a_word_that_is_also_in_a_different_list_is_assigned_to_that_list(ledger):
    take(ledger, ("배", "ship", "船", "mine", "5"), ("물", "water"), name="a.csv")
    take(ledger, ("문", "door"), ("배", "a ship", "", "yours"), ("배", "ship"), name="b.csv")
    take(ledger, ("배", "Ship", "", "theirs"), name="c.csv", on_duplicate="update")
    done = roll_back(ledger, "a")
    assert (done.removed, done.kept) == (1, 1)
    # Its values now come from the remaining lists: b adds it and c updates it.
    word = ledger.vocabulary.items(None).row(1, named=True)
    assert (word["item_id"], word["definition"], word["hanja"], word["usage_hint"], word["frequency"]) == (
        "배#1", "Ship", None, "theirs", None,
    )  # fmt: skip
    assert (word["file"], word["row"], word["term_number"]) == ("b.csv", 3, 1)
    assert counts(ledger) == [("b", 3, 2, 1, 0, 0), ("c", 1, 0, 1, 0, 1)]


def test_a_rollback_undoes_updates(ledger):
    take(ledger, ("배", "ship", "", "old"), ("문", "door"))
    before = items(ledger.store)
    take(ledger, ("배", "vessel", "", "new"), ("문", "door", "門"))
    assert words(ledger)["배#1"] == "vessel"
    assert roll_back(ledger, "words-2").restored == 2
    assert items(ledger.store) == before


def test_a_rollback_keeps_later_updates(ledger):
    take(ledger, ("배", "ship", "", "one"), name="a.csv")
    take(ledger, ("배", "a ship", "", "two"), name="b.csv", on_duplicate="update")
    take(ledger, ("배", "", "", "three"), name="c.csv", on_duplicate="update")
    roll_back(ledger, "b")
    assert ledger.vocabulary.items(None).select("definition", "usage_hint").rows() == [("ship", "three")]


def test_a_list_can_be_imported_again_after_a_rollback(ledger):
    take(ledger, ("배", "ship"))
    roll_back(ledger, "words")
    again = take(ledger, ("배", "ship"))
    assert (again.batch_id, again.imported, again.already) == ("words", 1, None)


def test_a_rollback_of_exported_words_needs_confirmation(ledger):
    take(ledger, ("배", "ship"), ("물", "water"), ("문", "door"), name="a.csv")
    take(ledger, ("문", "door"), name="b.csv")
    export_words(ledger, ["배#1", "물#1", "문#1"])
    before = dump(ledger.store)
    made = []
    with pytest.raises(ExportedCardsError, match=r"2 words found only in a have cards in a deck.*--yes") as caught:
        rollback(ledger.store, ledger.runs, "a", False, lambda: made.append(1) or Path("b"))
    assert caught.value.words == 2 and dump(ledger.store) == before and not made
    assert roll_back(ledger, "a", confirmed=True).exported == 2
    assert words(ledger) == {"문#1": "door"}


def generate(ledger: Ledger, item_id: str, *keys: str) -> None:
    """Record versions of the word's analysis and of two of its cards, one for each key."""
    ledger.reviews.record(
        Version(
            Part(item_id, tab), json.dumps({"text": f"{key} {tab}"}), "model", "first", f"prompt-{key}", f"{key}{tab}"
        )
        for key in keys
        for tab in ("", "Scene", "Story")
    )


def good_replies(ledger: Ledger) -> dict[tuple[str, str], tuple[str | None, ...]]:
    columns = (tasks.c.state, tasks.c.key, tasks.c.good_key, tasks.c.good_model, tasks.c.good_prompt_version)
    with ledger.store.read() as connection:
        query = select(tasks.c.stage, tasks.c.item_id, *columns)
        return {(stage, item_id): tuple(found) for stage, item_id, *found in connection.execute(query)}


def test_a_word_that_is_imported_again_continues_to_use_its_last_good_replies(ledger):
    take(ledger, ("배", "ship"), ("물", "water"))
    generate(ledger, "배#1", "a", "b")
    export_words(ledger, ["배#1", "물#1"])
    roll_back(ledger, "words", confirmed=True)
    take(ledger, ("물", "water"), ("배", "a ship"))
    assert good_replies(ledger) == {
        ("nuance", "배#1"): ("pending", "b", "b", "first", "prompt-b"),
        ("flashcards", "배#1"): ("pending", "bStory", "bStory", "first", "prompt-b"),
        ("nuance", "물#1"): ("pending", *[None] * 4),
        ("flashcards", "물#1"): ("pending", *[None] * 4),
    }


def test_a_word_with_a_different_meaning_does_not_get_the_replies_of_a_word_that_was_rolled_back(ledger):
    take(ledger, ("배", "ship"))
    generate(ledger, "배#1", "a")
    export_words(ledger, ["배#1"])
    roll_back(ledger, "words", confirmed=True)
    take(ledger, ("배", "pear"))
    assert words(ledger) == {"배#2": "pear"}
    assert set(good_replies(ledger).values()) == {("pending", *[None] * 4)}


def test_a_word_with_the_number_of_a_word_that_was_never_exported_does_not_get_its_replies(ledger):
    take(ledger, ("배", "ship"))
    generate(ledger, "배#1", "a")
    roll_back(ledger, "words")
    take(ledger, ("배", "pear"))
    assert words(ledger) == {"배#1": "pear"}
    assert set(good_replies(ledger).values()) == {("pending", *[None] * 4)}


def test_a_rollback_makes_a_backup_first_and_is_recorded(ledger, tmp_path):
    take(ledger, ("배", "ship"))

    def backup() -> Path:
        assert words(ledger) == {"배#1": "ship"}
        return tmp_path / "ledger-1.db.gz"

    done = rollback(ledger.store, ledger.runs, "words", False, backup)
    assert done.backup == tmp_path / "ledger-1.db.gz"
    with ledger.store.read() as connection:
        entry = connection.execute(select(history).order_by(history.c.number.desc())).mappings().first()
    assert (entry["event"], entry["backup"]) == ("rolled back", str(done.backup))
    assert json.loads(entry["details"]) == {
        "batch_id": "words", "rows": 1, "removed": 1, "kept": 0, "restored": 0, "exported": 0,
        "reviewed": 0,
    }  # fmt: skip


def test_a_failed_backup_prevents_the_rollback(ledger):
    take(ledger, ("배", "ship"))
    before = dump(ledger.store)

    def backup() -> Path:
        raise LedgerError("The disk is full.")

    with pytest.raises(LedgerError, match="disk is full"):
        rollback(ledger.store, ledger.runs, "words", False, backup)
    assert dump(ledger.store) == before


def test_the_error_for_an_unknown_batch_suggests_similar_names(ledger):
    take(ledger, ("배", "ship"))
    with pytest.raises(LedgerError, match=r"no batch named word\. Did you mean words.*kedro ingress list"):
        roll_back(ledger, "word")


def test_a_batch_that_an_active_run_is_processing_cannot_be_rolled_back(ledger, tmp_path):
    take(ledger, ("배", "ship"))
    with ledger_at(tmp_path / "ledger.db") as other:
        lease(ledger, "배#1", other.runs.enter("run"), time.time() + 60)
        with pytest.raises(LedgerError, match="A run is processing words from words"):
            roll_back(ledger, "words")
        lease(ledger, "배#1", str(other.runs.current), time.time() - 1)
        roll_back(ledger, "words")
    assert words(ledger) == {}


def test_a_batch_cannot_be_rolled_back_during_its_import(ledger, tmp_path):
    with ledger_at(tmp_path / "ledger.db") as other:
        take(ledger, ("배", "ship"))
        run_id = other.runs.enter("import")
        with ledger.store.write() as connection:
            connection.execute(
                import_batches.insert().values(
                    batch_id="busy", file="b", source="b", sha256="0", state="processing", priority=5, on_duplicate="skip",
                    created="2026-11-23T00:00:00Z", run_id=run_id,
                )
            )  # fmt: skip
        with pytest.raises(LedgerError, match="busy is being imported"):
            roll_back(ledger, "busy")
    roll_back(ledger, "busy")
    roll_back(ledger, "words")


@pytest.mark.slow
def test_a_large_batch_can_be_rolled_back(ledger):
    ledger.imports.take([generated(3000, name="a.csv"), generated(3000, 1000, name="b.csv")])
    done = roll_back(ledger, "a")
    assert (done.removed, done.kept) == (1000, 2000)
    assert counts(ledger) == [("b", 3000, 3000, 0, 0, 0)]


def test_cleanup_removes_failed_batches_and_unused_runs(ledger):
    take(ledger, ("배", "ship"), ("x", "kept text"), name="a.csv")
    take(ledger, ("x", ""), name="failed.csv")
    before = words(ledger)
    unchanged = dump(ledger.store)
    tried = cleanup(ledger.store, ledger.runs, NOW, dry_run=True)
    assert dump(ledger.store) == unchanged
    cleaned = cleanup(ledger.store, ledger.runs, NOW, dry_run=False)
    # The batch of the first import still refers to its run.
    assert tried == cleaned == Cleaned(batches=1, runs=1)
    assert words(ledger) == before
    assert ledger.vocabulary.rejects(None)["text"].to_list() == ["x,kept text"]
    assert cleanup(ledger.store, ledger.runs, NOW, dry_run=False) == Cleaned(0, 0)


def test_cleanup_keeps_recent_batches_and_runs(ledger):
    take(ledger, ("배", "ship"))
    take(ledger, ("x", ""), name="failed.csv")
    before = dump(ledger.store)
    assert cleanup(ledger.store, ledger.runs, timedelta(days=30), dry_run=False) == Cleaned(0, 0)
    assert dump(ledger.store) == before


def test_imports_and_rollbacks_work_after_a_cleanup(ledger):
    take(ledger, ("배", "ship"), name="a.csv")
    take(ledger, ("배", "ship"), name="b.csv", tag="x")
    cleanup(ledger.store, ledger.runs, NOW, dry_run=False)
    assert take(ledger, ("배", "ship"), name="a.csv").already
    take(ledger, ("배", "ship"), ("물", ""), name="b.csv")
    roll_back(ledger, "a")
    assert set(words(ledger)) == {"배#1", "물#1"}
    with ledger.store.read() as connection:
        assert connection.execute(select(tasks)).all()
