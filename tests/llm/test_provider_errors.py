"""Test the parsing of Retry-After, and the redaction of keys in messages."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.llm.providers.waiting_times import retry_after
from korean_flashcards.llm.secrets import LONGEST, redacted

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after-ms": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_formats(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=NOW) == seconds


@given(st.integers(0, 10**6))
def test_an_http_date_gives_the_seconds_until_then(seconds: int) -> None:
    due = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after({"retry-after": due}, now=NOW) == seconds


@given(st.text(max_size=60))
def test_any_header_text_is_read_without_an_error(value: str) -> None:
    found = retry_after({"retry-after": value}, now=NOW)
    assert found is None or found >= 0


def test_values_of_variables_with_secret_names_are_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PROVIDER_API_KEY", "zyx-987654321-zyx")
    monkeypatch.setenv("SOME_PLAIN_SETTING", "ordinary-value")
    assert redacted("key zyx-987654321-zyx, ordinary-value") == "key [redacted], ordinary-value"


@pytest.mark.parametrize(
    "secret",
    ["sk-proj-abc123DEF456", "sk-abcd*******wxyz", "Bearer abc.def.ghi", "gsk_abcdefghijkl", "AIzaSyA-1234567890abc"],
)
def test_strings_that_look_like_keys_are_redacted(secret: str) -> None:
    assert secret not in redacted(f"Incorrect API key provided: {secret} (see the site)")


@pytest.mark.parametrize(
    "secret",
    [
        "sk-1234567890abcdef1234567890abcdef", "sk-proj-aB3_dE-fG6hI9jK", "sk-ant-api03-AbC_dEf-123456789",
        "sk-or-v1-0123456789abcdef0123456789abcdef", "sk-svcacct-Ab12Cd34Ef56", "xai-abcDEF1234567890abcDEF",
        "hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh", "r8_0123456789abcdefABCDEF0123456789abcdef", "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA-1234567890abcdefghijklmnopqrstuv", "sk-proj-****************wxyz", "sk-ab...wxyz", "gsk_****wxyz",
        "Bearer 0123456789",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "github_pat_11ABCDEFG0abcdefghij_xyz",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ],
)  # fmt: skip
def test_each_providers_key_format_is_redacted(secret: str) -> None:
    for text in (
        f"Incorrect API key provided: {secret}.",
        f"key={secret}&x=1",
        f'{{"key": "{secret}"}}',
        f"/{secret}/",
    ):
        assert secret not in redacted(text) and "[redacted]" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "/lists/key-vocabulary.csv", "sk-learn", "sk-learn-contrib/hdbscan.py", "key-value-store.py", "pk_table",
        "hf_hub", "hf_hub_download(…)", "hf_transformers", "rk-notes_for_2024.csv", "xai-notes", "r8_list.csv",
        "gsk_words", "sk-*", "words like sk-learn...", "**sk-**learn", "task-abcdefgh1234567890", "key_1234567890abc",
        "pk-4711-vocabulary", "sk-2024-words.csv", "risk-1234567890123456", "ghp_words.csv", "eyJournal.csv",
    ],
)  # fmt: skip
def test_ordinary_names_are_not_redacted(text: str) -> None:
    assert redacted(f"cannot read {text} today") == f"cannot read {text} today"


def test_a_key_in_a_url_is_redacted() -> None:
    assert "abc123" not in redacted("POST https://host/v1/models/x?alt=sse&key=abc123 failed")


@given(st.text(max_size=2000))
def test_a_redacted_message_is_one_short_line(text: str) -> None:
    line = redacted(text)
    assert len(line) <= LONGEST
    assert len(line.splitlines()) <= 1
