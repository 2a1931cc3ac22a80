"""Test the history of the prompts: versions are recorded once, with the version that they come from and a note."""

from pathlib import Path

import pytest
from support.filled_ledger import fill

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.prompts.prompt_history import LedgerPrompts, PromptVersion, in_use, use


@pytest.fixture
def store(tmp_path: Path) -> LedgerStore:
    return LedgerStore(tmp_path / "ledger.db", 1, 5)


def prompt(text: str, name: str = "nuance") -> Prompt:
    return Prompt(name, text, 2, source=f"<!-- request format 2 -->\n{text}")


def run(store: LedgerStore, used: Prompt) -> None:
    """Record the prompt as a run does."""
    with store.read() as connection:
        known = in_use(connection, "nuance", used)
    if not known:
        with store.write() as connection:
            use(connection, "nuance", used)


def versions(store: LedgerStore) -> dict[str, PromptVersion]:
    return {each.text: each for each in LedgerPrompts(store).versions()}


def test_a_run_records_a_prompt_once_with_the_one_used_before(store: LedgerStore) -> None:
    for text in ("a", "b", "a", "c", "c"):
        run(store, prompt(text))
    found = versions(store)
    assert [(each.text, each.number, each.used_order) for each in found.values()] == [
        ("a", 1, 3),
        ("b", 2, 2),
        ("c", 3, 4),
    ]
    a = prompt("a").version
    assert [found[text].parent for text in "abc"] == [None, a, a]
    assert found["c"].source == "<!-- request format 2 -->\nc"
    with store.read() as connection:
        assert in_use(connection, "nuance", prompt("c")) and not in_use(connection, "nuance", prompt("a"))
        assert not in_use(connection, "flashcards", prompt("c"))


def test_the_versions_of_a_draft_have_its_note_and_follow_each_other(store: LedgerStore) -> None:
    history = LedgerPrompts(store)
    run(store, prompt("a"))
    history.add_draft("nuance", "nuance.short", prompt("a").version, "shorter")
    history.record("nuance", prompt("s1", "nuance.short"))
    history.record("nuance", prompt("s2", "nuance.short"), "shorter still")
    found = versions(store)
    assert [(found[text].note, found[text].parent) for text in ("s1", "s2")] == [
        ("shorter", prompt("a").version), ("shorter still", prompt("s1").version),
    ]  # fmt: skip
    assert found["s2"].used_order == 0 and history.notes_of_drafts() == {"nuance.short": "shorter"}
    with store.read() as connection:
        assert in_use(connection, "nuance", prompt("a"))
    history.add_draft("nuance", "nuance.short", prompt("s2").version, None)
    assert history.notes_of_drafts() == {}


def test_a_run_completes_a_version_from_an_earlier_release(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.db", "0014")
    store = LedgerStore(tmp_path / "ledger.db", 1, 5)
    (old,) = LedgerPrompts(store).versions()
    assert (old.version, old.source, old.used_order) == ("abc", None, 1)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE prompt_versions SET version = ?", (prompt(old.text).version,))
    run(store, prompt(old.text))
    (now,) = LedgerPrompts(store).versions()
    assert (now.source, now.number, now.used_order) == (prompt(old.text).source, 1, 1)
