"""Test that any sequence of imports, rollbacks, task changes, exports and cleanups keeps the ledger consistent."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.invariants import check
from ledger.samples import dump, items, listed, roll_back
from sqlalchemy import select, text
from support.ledger import export_words, fresh_ledger

from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.tables import import_batches, import_rows, vocabulary_items
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.gone_words import SETTLED
from korean_flashcards.ledger.words.imports import ImportOptions
from korean_flashcards.ledger.words.removed_words import remove_words, restore_words, words_on_list
from korean_flashcards.ledger.words.rollback import cleanup

# A few words with many collisions: different meanings, hanja and values, in several versions of three lists.
ROW = st.tuples(
    st.sampled_from(["배", "배", "문", "문을", "물", " 배 ", "x", ""]),
    st.sampled_from(["", "ship", "a ship", "pear", "belly", "Ship!"]),
    st.sampled_from(["", "", "船", "梨"]),
    st.sampled_from(["", "hint 1", "hint 2"]),
    st.sampled_from(["", "5", "70"]),
    st.sampled_from(["", "a", "b;c"]),
)
LIST = st.builds(listed, st.lists(ROW, min_size=1, max_size=5), st.sampled_from(["a.csv", "b.csv", "c.csv"]))
OPTIONS = st.builds(
    ImportOptions, priority=st.integers(1, 10), on_duplicate=st.sampled_from(["skip", "update", "keep"]),
    dry_run=st.booleans(),
)  # fmt: skip
PICK = st.integers(0, 50)
STEP = st.one_of(
    st.tuples(st.just("import"), st.lists(LIST, min_size=1, max_size=2, unique_by=lambda one: one.source), OPTIONS),
    st.tuples(st.just("import and roll back"), LIST, OPTIONS),
    st.tuples(st.just("rollback"), PICK),
    st.tuples(st.just("tasks"), PICK, st.sampled_from(["done", "failed", "dead", "dropped", "pending"])),
    st.tuples(st.just("export"), PICK),
    st.tuples(st.just("remove"), PICK),
    st.tuples(st.just("restore"), PICK),
    st.tuples(st.just("cleanup"), st.booleans()),
)


@pytest.mark.slow
@given(st.lists(STEP, min_size=2, max_size=9))
@settings(max_examples=30)
def test_any_sequence_of_steps_keeps_the_ledger_consistent(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory(prefix="ledger-") as folder, fresh_ledger(Path(folder)) as ledger:
        for name, *values in steps:
            before, removed = identities(ledger), _removed(ledger)
            _STEPS[name](ledger, *values)
            check(ledger.store)
            after = identities(ledger)
            if name not in ("remove", "restore"):
                assert _removed(ledger) == removed & items(ledger.store).keys(), (
                    "only a deleted word stops being removed"
                )
            assert ledger.queue.removed() == _removed(ledger)
            still = before.keys() & after.keys()
            assert [after[row] for row in still] == [before[row] for row in still], (
                "a row refers to a different word than before"
            )


def identities(ledger: Ledger) -> dict[tuple[str, int], str]:
    query = select(import_batches.c.batch_id, import_rows.c.row, import_rows.c.item_id).join_from(
        import_rows, import_batches, import_rows.c.batch == import_batches.c.number
    )
    with ledger.store.read() as connection:
        found = connection.execute(query.where(import_rows.c.item_id.is_not(None)))
        return {(batch_id, row): item_id for batch_id, row, item_id in found}


def settled(ledger: Ledger) -> list[str]:
    batches = import_batches.c
    with ledger.store.read() as connection:
        query = select(batches.batch_id).where(batches.state.in_(SETTLED)).order_by(batches.number)
        return list(connection.execute(query).scalars())


def import_lists(ledger: Ledger, lists: list[Any], options: ImportOptions) -> None:
    before = dump(ledger.store)
    results = ledger.imports.take(lists, options)
    if options.dry_run:
        assert dump(ledger.store) == before
        done = ledger.imports.take(lists, replace(options, dry_run=False))
        # For two lists with the same bytes, `already` has the time of the first import, which differs in the dry run.
        assert [replace(result, already=None) for result in done] == [
            replace(result, already=None) for result in results
        ]
        assert [bool(result.already) for result in done] == [bool(result.already) for result in results]
    after = dump(ledger.store)
    for one, result in zip(lists, results, strict=True):
        (again,) = ledger.imports.take([one], options)
        if result.state == "failed":
            assert again.state == "failed"
        else:
            assert again.already and again.batch_id == result.batch_id
    words = ("import_rows", "import_warnings", "vocabulary_items", "tasks")
    assert {name: dump(ledger.store)[name] for name in words} == {name: after[name] for name in words}


def import_and_roll_back(ledger: Ledger, one: Any, options: ImportOptions) -> None:
    before, known = items(ledger.store), settled(ledger)
    (result,) = ledger.imports.take([one], replace(options, dry_run=False))
    if result.batch_id not in known:
        roll_back(ledger, result.batch_id)
        assert settled(ledger) == known
    assert items(ledger.store) == before


def roll_one_back(ledger: Ledger, pick: int) -> None:
    if known := settled(ledger):
        batch_id = known[pick % len(known)]
        others = {name for name in known if name != batch_id}
        still_meant = {item_id for (name, _), item_id in identities(ledger).items() if name in others}
        roll_back(ledger, batch_id)
        assert set(items(ledger.store)) == still_meant


def remove_word(ledger: Ledger, pick: int) -> None:
    """Remove a word, and check that restoring it undoes exactly that."""
    if known := sorted(items(ledger.store)):
        word = known[pick % len(known)]
        before = _taking_part(ledger)
        done = remove_words(ledger.store, [word])
        if done:
            assert (word in _taking_part(ledger)) == _is_exported(ledger, word) and word in _removed(ledger)
            restore_words(ledger.store, [word])
            assert _taking_part(ledger) == before and word not in _removed(ledger)
            remove_words(ledger.store, [word])


def restore_word(ledger: Ledger, pick: int) -> None:
    if removed := sorted(_removed(ledger)):
        word = removed[pick % len(removed)]
        assert [each.item_id for each in restore_words(ledger.store, [word])] == [word]
        assert word in _taking_part(ledger) and word not in _removed(ledger)


def _taking_part(ledger: Ledger) -> list[str]:
    return ledger.vocabulary.items(None)["item_id"].to_list()


def _removed(ledger: Ledger) -> set[str]:
    return {word.item_id for word in words_on_list(ledger.store, None)}


def _is_exported(ledger: Ledger, word: str) -> bool:
    with ledger.store.read() as connection:
        return connection.execute(select(exported_items).where(exported_items.c.item_id == word)).first() is not None


def change_tasks(ledger: Ledger, pick: int, state: str) -> None:
    """Change tasks as a run or `kedro tasks` would."""
    some = text(
        "UPDATE tasks SET state = :state, key = 'k', code = 'timeout' WHERE (length(item_id) + position + :pick) % 2 = 0"
    )
    with ledger.store.write() as connection:
        connection.execute(some, {"state": state, "pick": pick})


def export_some(ledger: Ledger, pick: int) -> None:
    with ledger.store.read() as connection:
        ids = list(connection.execute(select(vocabulary_items.c.item_id)).scalars())
    export_words(ledger, ids[pick % 3 :: 2])


def clean(ledger: Ledger, dry_run: bool) -> None:
    before = items(ledger.store)
    cleanup(ledger.store, ledger.runs, timedelta(seconds=-5), dry_run)
    assert items(ledger.store) == before


_STEPS: dict[str, Any] = {
    "import": import_lists,
    "import and roll back": import_and_roll_back,
    "rollback": roll_one_back,
    "tasks": change_tasks,
    "export": export_some,
    "cleanup": clean,
    "remove": remove_word,
    "restore": restore_word,
}
