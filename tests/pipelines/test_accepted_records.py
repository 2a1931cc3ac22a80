"""Records of accepted replies: each is parsed once, taken once, and never given to a different request."""

import pytest

from korean_flashcards.domain.records import DraftCard, FailureCode, ReplyError
from korean_flashcards.stages import accepted_records
from korean_flashcards.stages.accepted_records import AcceptedRecords


class Parser:
    """Parse a text to a card, count the calls, and reject the text "bad"."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, text: str, word: str, *types: str) -> list[DraftCard]:
        self.calls += 1
        if text == "bad":
            raise ReplyError(FailureCode.MALFORMED, "bad")
        return [DraftCard(tab_name="Scene", front=f"{word} {types}", back=text, tags=["하나"])]


@pytest.fixture
def parser() -> Parser:
    return Parser()


@pytest.fixture
def records(parser: Parser) -> AcceptedRecords[list[DraftCard]]:
    return AcceptedRecords("flashcards", list[DraftCard], parser)


def test_an_accepted_record_is_taken_without_parsing_it_again(
    parser: Parser, records: AcceptedRecords[list[DraftCard]]
) -> None:
    records.accept("텍스트", "배", "Scene")
    taken = records.take("텍스트", "배", "Scene")
    assert parser.calls == 1
    assert taken == parser("텍스트", "배", "Scene")


def test_a_record_is_taken_once(parser: Parser, records: AcceptedRecords[list[DraftCard]]) -> None:
    records.accept("텍스트", "배")
    first, second = (records.take("텍스트", "배") for _ in range(2))
    assert first == second
    assert parser.calls == 2


@pytest.mark.parametrize(
    "other",
    [("텍스트.", "배", "Scene"), ("텍스트", "말", "Scene"), ("텍스트", "배"), ("텍스트", "배", "Scene", "Hanja")],
)
def test_a_different_text_word_or_type_is_parsed(
    parser: Parser, records: AcceptedRecords[list[DraftCard]], other: tuple[str, ...]
) -> None:
    records.accept("텍스트", "배", "Scene")
    assert records.take(*other) == Parser()(*other)
    assert parser.calls == 2


def test_a_rejected_reply_is_not_kept(parser: Parser, records: AcceptedRecords[list[DraftCard]]) -> None:
    for read in (records.accept, records.take):
        with pytest.raises(ReplyError, match="bad"):
            read("bad", "배")
    assert parser.calls == 2


def test_the_number_of_records_is_limited(
    parser: Parser, records: AcceptedRecords[list[DraftCard]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted_records, "_MOST", 1)
    for text in ("one", "two"):
        records.accept(text, "배")
    for text in ("one", "two"):
        records.take(text, "배")
    assert parser.calls == 3
