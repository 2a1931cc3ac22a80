"""Provide the offline model ``offline/dictionary``, which works without a network and invents nothing.

The offline model's replies go through the same cache, parsers, and checks as any other model's. The replies are based
on the word list's columns, standard pronunciation rules, morphological analysis, and a hanja dictionary. Unknown fields
are null. Each scene consists of the list's example and meaning.
"""

import json

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.providers.base import RawReply

# Part of the cache key. Increment it only if a change here or in ``korean`` makes earlier replies unusable, because all
# words are then requested again.
VERSION = 6


class OfflineBackend:
    """A backend that replies to requests from both stages.

    The Korean-language code is imported on the first request.
    """

    async def open(self) -> None:
        """Do nothing, because everything is loaded on the first request."""

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Return the reply as JSON text, at no cost. Raises BackendError for a word that the model cannot describe."""
        # A late import saves 20 ms if every reply is in the cache.
        from korean_flashcards.llm.providers.offline.cards import compose_cards
        from korean_flashcards.llm.providers.offline.nuance import compose_nuance

        compose = compose_nuance if template.stage == "nuance" else compose_cards
        text = json.dumps(compose(json.loads(user)), ensure_ascii=False)
        return RawReply(text=text, finish_reason="stop", tokens_in=0, tokens_out=0, cost_usd=0.0)

    def reports_leaving(self, model: str, settings: LLMParameters) -> bool:
        """Return False, because no request is sent."""
        return False

    async def close(self) -> None:
        """Do nothing. The checks and stage 2 use the analyzer again, and loading it takes 0.8 s."""
