"""The embedded offline model ``offline/dictionary``: honest records from what is known without a network.

A backend like any other: its replies go through the same cache, parsers and checks. It knows the list's own columns,
standard pronunciation, morphology and a dictionary of hanja; what it does not know is null. Its scenes are plainly built
from the example and the meaning.
"""

import json

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.korean.morphology import release
from korean_flashcards.llm.providers.base import RawReply

# Part of the cache key: raise it whenever a change here, or in ``korean``, changes what a reply says.
VERSION = 2


class OfflineBackend:
    """Answers both stages. The parts that know Korean are imported with the first question."""

    async def open(self) -> None:
        """Nothing needs to be there before the first question."""

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Return the reply as JSON text; it costs nothing. Raises BackendError for a word it cannot answer for."""
        # Saves 20 ms: runs that find every reply in the cache never need it.
        from korean_flashcards.llm.providers.offline.cards import compose_cards
        from korean_flashcards.llm.providers.offline.nuance import compose_nuance

        compose = compose_nuance if template.stage == "nuance" else compose_cards
        text = json.dumps(compose(json.loads(user)), ensure_ascii=False)
        return RawReply(text=text, finish_reason="stop", tokens_in=0, tokens_out=0, cost_usd=0.0)

    async def close(self) -> None:
        """Let go of the analyser's 330 MB, which only stage 1 needs."""
        release()
