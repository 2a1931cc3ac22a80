"""A client with a cache of its own for each test."""

from pathlib import Path

import pytest

from korean_flashcards.llm.client import LLMClient


@pytest.fixture
def client(tmp_path: Path) -> LLMClient:
    """A client on an empty cache."""
    return LLMClient(tmp_path / "cache")
