"""A client with a cache of its own for each test."""

import os
from pathlib import Path

import pytest
from support.project import ROOT

from korean_flashcards.llm.client import LLMClient


@pytest.fixture
def client(tmp_path: Path) -> LLMClient:
    """A client on an empty cache."""
    return LLMClient(tmp_path / "cache")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sub-processes of these tests import the project and the test support."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]))
