"""Test the files of a batch."""

import json
import logging
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.llm.batch.lines import read_replies, request_line, split_files


@given(st.lists(st.integers(1, 50)), st.integers(1, 10), st.integers(1, 100))
def test_files_have_each_line_once_in_order_and_keep_both_limits(sizes: list[int], requests: int, size: int) -> None:
    cut = [sizes[part] for part in split_files(sizes, requests, size)]
    assert [one for part in cut for one in part] == sizes
    assert all(len(part) <= requests and (sum(part) <= size or len(part) == 1) for part in cut)
    # No file has room for the first line of the next file.
    assert all(len(part) == requests or sum(part) + after[0] > size for part, after in pairwise(cut))


def test_a_request_is_one_line_whatever_its_text() -> None:
    line = request_line("k", {"model": "m", "messages": [{"role": "user", "content": "배\n\u2028선"}]})
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert json.loads(line)["body"]["messages"][0]["content"] == "배\n\u2028선"


def test_replies_errors_and_unprocessed_lines_are_distinguished(caplog: pytest.LogCaptureFixture) -> None:
    lines = [
        {"custom_id": "good", "response": {"status_code": 200, "body": {"id": "x"}}, "error": None},
        {"custom_id": "bad", "response": {"status_code": 400, "body": {"error": {"code": "c", "message": "no"}}}},
        {"custom_id": "late", "response": None, "error": {"code": "batch_expired", "message": "too late"}},
        {"custom_id": "odd", "response": None, "error": {"code": "else", "message": "odd"}},
        {"id": "nameless"},
    ]
    with caplog.at_level(logging.WARNING):
        found = list(read_replies([json.dumps(line).encode() for line in lines] + [b"", b"{"]))
    assert [(one.key, one.body, one.status, one.undone) for one in found] == [
        ("good", {"id": "x"}, 200, False),
        ("bad", {"error": {"code": "c", "message": "no"}}, 400, False),
        ("late", {"error": {"code": "batch_expired", "message": "too late"}}, None, True),
        ("odd", {"error": {"code": "else", "message": "odd"}}, None, False),
    ]
    assert len(caplog.records) == 2
