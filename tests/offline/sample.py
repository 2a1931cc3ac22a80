"""Create the layers of the sample list once, with the real nodes, the real offline backend and all card types."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.stages import ingress
from support.ledger import fresh_ledger
from support.parameters import llm_parameters

from korean_flashcards.domain.earlier_result import EarlierResult
from korean_flashcards.domain.parameters import ConfusableParameters, FlashcardParameters, LLMParameters, TaskParameters
from korean_flashcards.domain.records import CARD_TYPES, ReplyError
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Prompt, Request
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.offline import OfflineBackend
from korean_flashcards.llm.providers.registry import model_version
from korean_flashcards.pipelines.flashcards import nodes as flashcards
from korean_flashcards.pipelines.ingress.nodes import find_confusables
from korean_flashcards.pipelines.nuance import nodes as nuance
from korean_flashcards.processes.worker_pool import WorkerPool
from korean_flashcards.stages.ports import Ports

PROMPT = Prompt("offline", "The offline model reads no prompt.")
SETTINGS = llm_parameters()
_LIST = Path(__file__).parents[2] / "data" / "01_raw" / "sample_words.csv"


class Offline:
    """Call the offline backend without the client's cache."""

    def model_version(self, model: str) -> str:
        return model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        return set()

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        return {}

    def rejected_text(self, key: str | None) -> str | None:
        return None

    def user_text(self, key: str) -> str | None:
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
        replies = asyncio.run(self._complete(template, requests, settings))
        ports.claims.settle(replies)
        return replies

    async def _complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters
    ) -> list[ChatReply]:
        return [await self._reply(template, request, settings) for request in requests]

    async def _reply(self, template: ChatTemplate, request: Request, settings: LLMParameters) -> ChatReply:
        try:
            raw = await OfflineBackend(WorkerPool()).send(template, request.user, settings)
            request.accept(raw.text)
        except (BackendError, ReplyError) as error:
            return ChatReply(request.key, None, cached=False, attempts=1, code=error.code, message=str(error))
        return ChatReply(request.key, raw.text, cached=False, attempts=1)


def reply_of(stage: str, **request: object) -> str:
    """Return the offline model's reply to one request. Raises BackendError."""
    template = ChatTemplate(stage, "offline/dictionary@1", PROMPT.text, {}, None, None)  # type: ignore[arg-type]
    user = json.dumps(request, ensure_ascii=False)
    return asyncio.run(OfflineBackend(WorkerPool()).send(template, user, SETTINGS)).text


LEDGER = fresh_ledger()
VOCABULARY = ingress({_LIST.name: _LIST.read_bytes()}, LEDGER)["vocabulary"]
_SETTINGS = ConfusableParameters(per_word=6, candidates=2, linked=3)
CONFUSABLES, _ = find_confusables(VOCABULARY, LEDGER, _SETTINGS, EarlierResult())
TASKS = TaskParameters(max_attempts=3, lease=120)
NUANCE_REQUESTS = nuance.plan_nuance(VOCABULARY, CONFUSABLES, PROMPT, Offline(), LEDGER, SETTINGS, "redo")
NUANCE_REPLIES = nuance.generate_nuance(NUANCE_REQUESTS, PROMPT, Offline(), LEDGER, SETTINGS, TASKS, "redo", PROMPT)
NUANCE, NUANCE_FAILURES = nuance.parse_nuance(NUANCE_REPLIES, VOCABULARY)
TYPES = FlashcardParameters(card_types=list(CARD_TYPES))
CARD_REQUESTS = flashcards.plan_flashcards(NUANCE, VOCABULARY, PROMPT, Offline(), LEDGER, SETTINGS, "redo", TYPES)
CARD_REPLIES = flashcards.generate_flashcards(
    CARD_REQUESTS, PROMPT, Offline(), LEDGER, SETTINGS, TASKS, "redo", PROMPT, TYPES
)
CARDS, CARD_FAILURES = flashcards.parse_flashcards(CARD_REQUESTS, CARD_REPLIES, NUANCE, VOCABULARY)
