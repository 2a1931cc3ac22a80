"""The ledger's history of exports."""

from pathlib import Path

import pytest

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.export_record import MAIN_DECK, ExportResult, ExportStart, RecordedFile
from korean_flashcards.ledger.facade import Ledger

START = ExportStart("quizlet", "quizlet", {"deck": "유닛 3", "limit": 5}, "format: quizlet\n")
RESULT = ExportResult((RecordedFile("카드.txt", 90, "aa"),), {"Scene": 2, "Hanja": 1})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db", 2, 5, 3)


def test_an_export_is_recorded_from_its_start_to_its_end(ledger: Ledger) -> None:
    with ledger:
        history = ledger.export_history
        begun = history.begin(START)
        assert (begun.state, begun.ended, begun.cards) == ("running", None, None)
        history.complete(begun.number, RESULT)
        found = history.find(begun.number)
    assert (found.state, found.cards, found.counts, found.files) == ("complete", 3, RESULT.counts, RESULT.files)
    assert (found.filters, found.settings) == (START.filters, START.settings) and found.ended is not None


def test_failed_and_killed_exports_are_told_apart(ledger: Ledger) -> None:
    with ledger:
        history = ledger.export_history
        done = history.record(START, RESULT)
        history.fail(history.begin(START).number, "bad name \udcff")
        history.begin(START)
        other = history.begin(ExportStart(MAIN_DECK, "apkg", {}, ""))
        history.end_killed("quizlet")
        found, total = history.listing("quizlet")
        assert [(each.state, each.message) for each in found] == [
            ("killed", None), ("failed", "bad name ?"), ("complete", None),
        ]  # fmt: skip
        assert total == 3 and history.find(other.number).state == "running"
        assert history.last_complete("quizlet") == history.last_complete() == done
        assert history.last_complete(MAIN_DECK) is None
        assert len(history.listing(limit=2)[0]) == 2 and history.listing(limit=2)[1] == 4


def test_an_unknown_export_is_an_error_that_names_the_list(ledger: Ledger) -> None:
    with ledger, pytest.raises(LedgerError, match=r"no export 7\. `kedro export history`"):
        ledger.export_history.find(7)


def test_the_snapshot_of_an_export_has_an_unused_name_after_the_ledger_was_rebuilt(ledger: Ledger) -> None:
    with ledger:
        found = ledger.export_history.record(START, RESULT)
    assert found.snapshot == f"1-{found.started.replace('-', '').replace(':', '')}.parquet"
