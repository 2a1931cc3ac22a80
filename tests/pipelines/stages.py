"""Frames of every stage, made by the real nodes from a list's text and from replies."""

import json
from collections.abc import Callable, Iterable, Sequence

import polars as pl
from formats.samples import CARDS, NUANCE, Record

from korean_flashcards.asking import REPLY_SCHEMA
from korean_flashcards.chat import Ask, ChatReply, ChatTemplate, Prompt
from korean_flashcards.contracts import FailureCode, ReplyError
from korean_flashcards.frames import frame_of
from korean_flashcards.parameters import LLMParameters
from korean_flashcards.pipelines.ingress.nodes import assign_identity, check_rows, count_rows, read_rows

PROMPT = Prompt("stage", "You are a lexicographer.")
SETTINGS = LLMParameters(
    model="some/model", api_base=None, temperature=None, max_tokens=None, concurrency=1, timeout=1, max_attempts=1,
    backoff=0, max_wait=0,
)  # fmt: skip
LIST = "term,definition,hanja,topik_level,tags\n남성,man,男性,3,people\n배,ship,,1,\n배,pear,,1,\n"


def vocabulary_of(text: str) -> pl.DataFrame:
    return assign_identity(check_rows(read_rows({"list.csv": text.encode()}))[0])[0]


def ingress(lists: dict[str, bytes]) -> dict[str, pl.DataFrame]:
    rows = read_rows(lists)
    candidates, rejects, warnings = check_rows(rows)
    vocabulary, duplicates = assign_identity(candidates)
    counts = count_rows(rows, vocabulary, duplicates, rejects)
    return {"rows": rows, "vocabulary": vocabulary, "duplicates": duplicates, "rejects": rejects, "warnings": warnings,
            "counts": counts}  # fmt: skip


def nuance_text(term: str, **changes: object) -> str:
    record = NUANCE | {"term": term, "korean_keywords": [term], "homonyms": None} | changes
    return json.dumps(record, ensure_ascii=False)


def cards_text(term: str, types: Iterable[str], **changes: object) -> str:
    cards = [CARDS[0] | {"tab_name": name, "front": f"{name} of {term}?"} | changes for name in types]
    return json.dumps({"cards": cards}, ensure_ascii=False)


def reply(item_id: str, term: str, text: str | None, code: str | None = None, **changes: object) -> Record:
    row = {
        "item_id": item_id, "term": term, "key": f"{item_id}-key", "model": "some/model", "prompt_version": "0" * 12,
        "cached": False, "text": text, "code": code, "message": code and "the provider said no", "attempts": 1,
        "tokens_in": 10, "tokens_out": 5, "cost_usd": 0.01, "latency_s": 0.5,
    }  # fmt: skip
    return row | changes


def replies(*rows: Record) -> pl.DataFrame:
    return frame_of(rows, REPLY_SCHEMA)


class Answers:
    """A model that is a function of the user text; notes what it was asked. Stands in for a provider, not for our code."""

    def __init__(self, answer: Callable[[Record], str], known: Iterable[str] = ()) -> None:
        self.answer, self.known, self.asked = answer, set(known), list[str]()

    def model_version(self, model: str) -> str:
        return model

    def cached(self, keys: Iterable[str]) -> set[str]:
        return self.known & set(keys)

    def complete(self, template: ChatTemplate, asks: Sequence[Ask], settings: LLMParameters) -> list[ChatReply]:
        return [self._reply(ask) for ask in asks]

    def _reply(self, ask: Ask) -> ChatReply:
        self.asked.append(ask.user)
        text = self.answer(json.loads(ask.user))
        code: FailureCode | None = None
        try:
            ask.accept(text)
        except ReplyError as error:
            code = error.code
        return ChatReply(ask.key, text, cached=False, attempts=1, code=code, message=code and "not accepted")
