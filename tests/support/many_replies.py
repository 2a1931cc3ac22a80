"""Fill a reply cache with many replies, half of them analyses and half of them cards.

    python tests/support/many_replies.py PROJECT 200000

200,000 replies take about a minute. The project must not have a cache yet.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from korean_flashcards.domain.requests import ChatTemplate  # noqa: E402
from korean_flashcards.llm.cache.many_entries import parts  # noqa: E402
from korean_flashcards.llm.cache.replies import StoredReply  # noqa: E402
from korean_flashcards.llm.cache.reply_cache import ReplyCache  # noqa: E402
from support.model_replies import reply_record  # noqa: E402

SYSTEM = "You are a lexicographer. " * 400
TEMPLATES = tuple(ChatTemplate(stage, "openai/test", SYSTEM, {}, None, None) for stage in ("nuance", "flashcards"))
_SYLLABLES = "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후"


def fill_cache(folder: Path, replies: int) -> None:
    """Write a cache with this number of replies, and with the parts of their keys."""
    cache = ReplyCache(folder)
    cache.open()
    for template in TEMPLATES:
        cache.note(template)
    for some in parts(_replies(replies), 2000):
        with cache.store.unit():
            for key, reply in some:
                cache.put(key, reply)
    cache.close()


def _replies(count: int) -> Iterator[tuple[str, StoredReply]]:
    nuance, flashcards = TEMPLATES
    for number in range((count + 1) // 2):
        term, analysis = _term(number), {"term": _term(number), "pos": "noun", "definition": f"thing number {number}"}
        record = reply_record(analysis, str(number))
        cards = {"term": term, "nuance": record, "card_types": ["Scene", "Usage-Comparison"]}
        yield _reply(nuance, analysis, record)
        if 2 * number + 1 < count:
            yield _reply(flashcards, cards, reply_record(cards, str(number)))


def _term(number: int) -> str:
    base = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // base**place % base] for place in range(3))


def _reply(template: ChatTemplate, request: dict[str, object], record: dict[str, object]) -> tuple[str, StoredReply]:
    user, text = (json.dumps(value, ensure_ascii=False) for value in (request, record))
    made = "2026-11-25T00:00:00+00:00"
    reply = StoredReply(
        text, 2100, 640, 0.0123, 4.321, 1, template.model, template.stage, made, "0a1b2c3d4e5f", user, template.key("")
    )
    return template.key(user), reply


if __name__ == "__main__":
    fill_cache(Path(sys.argv[1]) / "data" / "cache", int(sys.argv[2]))
