"""The process that runs Great Expectations."""

import pytest

from korean_flashcards.validation import check_process


def test_the_process_can_be_ended_to_make_room_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEDRO_DATASET_VALIDATION", raising=False)
    for _ in range(2):
        check_process.prepare()
        assert check_process._worker.running
        check_process.close()
        assert not check_process._worker.running
