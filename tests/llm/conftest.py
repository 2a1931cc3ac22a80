"""Provide a client with an empty cache for each test."""

import os
from pathlib import Path

import pytest
from support.project import ROOT

from korean_flashcards.llm.client import LLMClient


@pytest.fixture
def client(tmp_path: Path) -> LLMClient:
    """Return a client with an empty cache."""
    return LLMClient(tmp_path / "cache")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let subprocesses of these tests import the project and the test support."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]))
