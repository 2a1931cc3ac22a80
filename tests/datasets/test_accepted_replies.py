"""Replies that earlier runs accepted are not parsed to accept them again, unless the code has changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from korean_flashcards.datasets import rules
from korean_flashcards.datasets.accepted_replies import AcceptedRepliesDataset
from korean_flashcards.domain.records import FailureCode, ReplyError, Stage
from korean_flashcards.stages.accepted_records import AcceptedRecords


class Run:
    """Accept replies as a run does, and count the parsed ones."""

    def __init__(self, folder: Path) -> None:
        self.file, self.parsed = folder / "accepted.hashes", list[str]()

    def accept(self, *texts: str, stage: Stage = "nuance", word: str = "배", storing: bool = True) -> list[str]:
        """Return the replies that are parsed."""
        self.parsed = []
        records, earlier = (
            AcceptedRecords[str](stage, str, self._parse),
            AcceptedRepliesDataset(filepath=str(self.file)).load(),
        )
        with records.reusing(earlier if storing else earlier.without_storing()):
            for text in texts:
                records.accept(text, word)
        return self.parsed

    def _parse(self, text: str, word: str) -> str:
        self.parsed.append(text)
        if text == "bad":
            raise ReplyError(FailureCode.MALFORMED, "bad")
        return text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    package = tmp_path / "package" / "formats"
    package.mkdir(parents=True)
    monkeypatch.setattr(rules, "_PACKAGE", package.parent)
    rules.package_version.cache_clear()
    yield Run(tmp_path)
    rules.package_version.cache_clear()


def test_an_accepted_reply_is_parsed_in_one_run(run: Run) -> None:
    assert [run.accept("one"), run.accept("one", "two"), run.accept("one", "two")] == [["one"], ["two"], []]


def test_another_text_word_or_stage_is_parsed(run: Run) -> None:
    run.accept("one")
    assert run.accept("one.") == ["one."]
    assert run.accept("one", word="말") == run.accept("one", stage="flashcards") == ["one"]


def test_a_rejected_reply_is_parsed_again(run: Run) -> None:
    for _ in range(2):
        with pytest.raises(ReplyError):
            run.accept("bad")
        assert run.parsed == ["bad"]


def test_a_plan_stores_nothing(run: Run) -> None:
    run.accept("one", storing=False)
    assert not run.file.exists() and run.accept("one") == ["one"]


def test_a_reply_is_parsed_if_no_earlier_run_is_known(run: Run) -> None:
    records = AcceptedRecords[str]("nuance", str, run._parse)
    with records.reusing(None):
        records.accept("one", "배")
    assert run.parsed == ["one"] and not run.file.exists()


@pytest.mark.parametrize("change", ["code", "data", "library", "cut off", "missing", "other file"])
def test_replies_are_parsed_again_after_a_change(run: Run, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run.accept("one")
    match change:
        case "code":
            (rules._PACKAGE / "formats" / "nuance_reply.py").write_text("changed")
        case "data":
            (rules._PACKAGE / "words.tsv").write_text("changed")
        case "library":
            monkeypatch.setattr(rules, "version", lambda name: "0.1")
        case "cut off":
            run.file.write_bytes(run.file.read_bytes()[:-1])
        case "missing":
            run.file.unlink()
        case _:
            run.file.write_bytes(b"\xff" * 100)
    rules.package_version.cache_clear()
    assert run.accept("one") == ["one"]
    assert run.accept("one") == []
