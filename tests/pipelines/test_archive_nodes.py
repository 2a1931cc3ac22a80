"""The archive: every received reply with its result at that time and the result of the current parser."""

import json
from pathlib import Path
from typing import Any

import polars as pl
from formats.samples import CARDS, NUANCE, TYPES, text_of

from korean_flashcards.datasets.kept_replies import KEPT_SCHEMA, KeptRepliesDataset
from korean_flashcards.ledger.spending.past_calls import CALL_SCHEMA
from korean_flashcards.llm.cache.replies import PART, ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.pipelines.archive.nodes import OUTCOME_SCHEMA, read_replies_again

ASKED = text_of({"term": "남성"})
CARDS_ASKED = text_of({"term": "남성", "nuance": {}, "card_types": TYPES})
REPAIR = text_of({"term": "남성", "known": {}, "fields": {"metaphor": None}, "problems": ["metaphor: too long"]})


def stored(text: str, user: str | None = ASKED, stage: str = "nuance") -> StoredReply:
    return StoredReply(text, 100, 50, 0.01, 1.0, 1, "m", stage, "2026-01-02T00:00:00+00:00", "p" * 12, user)


def old(text: str, outcome: str, user: str = ASKED, number: int = 0) -> ArchivedReply:
    made = f"2026-01-01T00:00:{number:02}+00:00"
    return ArchivedReply(text, outcome, "it was so", user, "m", "nuance", made, tokens_in=10, tokens_out=5)


def outcomes(folder: Path, calls: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    kept = KeptRepliesDataset(path=str(folder)).load()
    assert dict(kept.schema) == KEPT_SCHEMA
    frame = read_replies_again(kept, pl.DataFrame(calls, schema=CALL_SCHEMA))
    assert dict(frame.schema) == OUTCOME_SCHEMA
    return frame.rows(named=True)


def test_without_a_cache_there_are_no_replies(tmp_path: Path) -> None:
    assert outcomes(tmp_path / "none") == []


def test_every_reply_is_a_row_with_its_old_and_its_current_outcome(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    bad = text_of({**NUANCE, "metaphor": "x" * 301})
    cache.archive("1" * 64, old(bad, "contract"), old("I'm sorry, I can't help.", "refused", number=1),
                  old(text_of(NUANCE), "contract", number=2))  # fmt: skip
    cache.put("2" * 64, stored(text_of(NUANCE)))
    cache.put("3" * 64, stored(f"Here it is:\n```json\n{text_of(NUANCE)}\n```"))
    cache.put("4" * 64, stored(text_of({"cards": CARDS}), CARDS_ASKED, "flashcards"))
    cache.put("5" * 64, stored(text_of({"cards": CARDS[:1]}), CARDS_ASKED, "flashcards"))
    found = outcomes(tmp_path)

    results = [(row["key"][0], row["in_use"], row["outcome"], row["code"], row["accepted"]) for row in found]
    assert results == [
        ("1", False, "contract", "contract", None),
        ("1", False, "refused", "refused", None),
        ("1", False, "contract", "ok", "as it was"),
        ("2", True, "ok", "ok", "as it was"),
        ("3", True, "ok", "ok", "mended"),
        ("4", True, "ok", "ok", "as it was"),
        ("5", True, "ok", "missing_card", None),
    ]  # fmt: skip
    first = found[0]
    assert [problem["field"] for problem in first["problems"]] == ["metaphor"] and "metaphor" in first["message"]
    assert (first["term"], first["text"], first["at"], first["tokens_in"]) == (
        "남성",
        bad,
        "2026-01-01T00:00:00+00:00",
        10,
    )
    assert (found[-1]["prompt_version"], found[-1]["usd"]) == ("p" * 12, 0.01)


def test_a_reply_to_a_repair_is_marked_as_a_part(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    part = json.dumps({"fields": {"metaphor": "An oak."}})
    cache.archive("1" * 64, old(part, PART, REPAIR, number=3))
    cache.put("1" * 64, stored(text_of(NUANCE)))
    answer, whole = outcomes(tmp_path)
    assert (answer["part"], answer["code"], answer["accepted"]) == (True, "ok", None)
    assert (whole["part"], whole["code"], whole["accepted"]) == (False, "ok", "repaired")


def test_a_reply_that_does_not_name_its_word_gets_it_from_the_ledger(tmp_path: Path) -> None:
    ReplyCache(tmp_path).put("1" * 64, stored(text_of(NUANCE), user=None))
    (unknown,) = outcomes(tmp_path)
    assert (unknown["term"], unknown["code"]) == (None, "not_read")
    (known,) = outcomes(tmp_path, [{"key": "1" * 64, "term": "남성"}])
    assert (known["term"], known["code"]) == ("남성", "ok")
