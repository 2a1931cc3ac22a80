"""Test that times are shown in the time zone of the machine, with its offset."""

import sys
import time
from datetime import UTC, datetime

import pytest

from korean_flashcards.domain.local_time import local_time

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no time.tzset")


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-29T03:15:16Z",
        "2026-11-29T03:15:16",
        "2026-11-29T03:15:16.123+00:00",
        datetime(2026, 11, 29, 3, 15, tzinfo=UTC),
    ],
)
def test_a_time_in_seoul_is_shown_with_its_offset(at: str | datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "KST-9")
    time.tzset()
    try:
        assert local_time(at) == "2026-11-29 12:15 +0900"
    finally:
        monkeypatch.undo()
        time.tzset()
