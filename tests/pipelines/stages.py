"""Create the frames of every stage with the real nodes, from the text of a list and from replies."""

import json
from collections.abc import Callable, Iterable, Sequence

import polars as pl
from formats.samples import CARDS, NUANCE, Record
from support.ledger import fresh_ledger
from support.parameters import llm_parameters

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import IngressParameters, LLMParameters, TaskParameters
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Prompt, Request
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.ingress.nodes import import_lists, read_vocabulary
from korean_flashcards.stages.ports import Ports
from korean_flashcards.stages.stage import REPLY_SCHEMA

PROMPT = Prompt("stage", "You are a lexicographer.")
REPAIR = Prompt("repair", "You fix a record.")
SETTINGS = llm_parameters(model="some/model", max_tokens=None)
TASKS = TaskParameters(max_attempts=3, lease=60)
LIST = "term,definition,hanja,topik_level,tags\n남성,man,男性,3,people\n배,ship,,1,\n배,pear,,1,\n"


def vocabulary_of(text: str) -> pl.DataFrame:
    return ingress({"list.csv": text.encode()})["vocabulary"]


def ingress(lists: dict[str, bytes], ledger: Ledger | None = None) -> dict[str, pl.DataFrame]:
    """Return the frames that the ingress nodes create from the lists, with a real ledger (a new one by default)."""
    with ledger or fresh_ledger() as book:
        imported = import_lists([ListFile(name, name, data) for name, data in sorted(lists.items())], book)
        vocabulary, duplicates, rejects, warnings, counts = read_vocabulary(
            imported, book, None, IngressParameters(gone="keep")
        )
    return {"imported": imported, "vocabulary": vocabulary, "duplicates": duplicates, "rejects": rejects,
            "warnings": warnings, "counts": counts}  # fmt: skip


def nuance_text(term: str, **changes: object) -> str:
    record = NUANCE | {"term": term, "korean_keywords": [term], "homonyms": None} | changes
    return json.dumps(record, ensure_ascii=False)


def cards_text(term: str, types: Iterable[str], **changes: object) -> str:
    cards = [CARDS[0] | {"tab_name": name, "front": f"{name} of {term}?"} | changes for name in types]
    return json.dumps({"cards": cards}, ensure_ascii=False)


def reply(item_id: str, term: str, text: str | None, code: str | None = None, **changes: object) -> Record:
    row = {
        "item_id": item_id, "term": term, "key": f"{item_id}-key", "model": "some/model", "prompt_version": "0" * 12,
        "cached": False, "text": text, "pending": None, "code": code, "message": code and "the provider said no",
        "attempts": 1, "tokens_in": 10, "tokens_out": 5, "cost_usd": 0.01, "latency_s": 0.5,
    }  # fmt: skip
    return row | changes


def replies(*rows: Record) -> pl.DataFrame:
    return frame_of(rows, REPLY_SCHEMA)


class Answers:
    """Play a model that computes its reply from the user text and records its requests. Replaces only the client."""

    def __init__(self, answer: Callable[[Record], str], known: Iterable[str] = ()) -> None:
        self.answer, self.known, self.requested = answer, set(known), list[str]()

    def model_version(self, model: str) -> str:
        return model

    def cached(self, keys: Iterable[str]) -> set[str]:
        return self.known & set(keys)

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        return {}

    def user_text(self, key: str) -> str | None:
        return None

    def rejected_text(self, key: str | None) -> str | None:
        return None

    def complete(
        self,
        template: ChatTemplate,
        requests: Sequence[Request],
        settings: LLMParameters,
        ports: Ports,
        repairer: object,
        check: object,
        consent: object,
    ) -> list[ChatReply]:
        replies = [self._reply(request) for request in requests]
        ports.claims.settle(replies)
        return replies

    def _reply(self, request: Request) -> ChatReply:
        self.requested.append(request.user)
        text = self.answer(json.loads(request.user))
        code: FailureCode | None = None
        try:
            request.accept(text)
        except ReplyError as error:
            code = error.code
        return ChatReply(request.key, text, cached=False, attempts=1, code=code, message=code and "not accepted")
