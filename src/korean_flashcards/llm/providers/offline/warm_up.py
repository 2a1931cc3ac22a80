"""Load what the offline model and the checks need, in a worker process that is then copied or has nothing else to do."""

import json
from contextlib import suppress

from korean_flashcards.korean.morphology import load
from korean_flashcards.llm.providers.offline.composition import compose
from korean_flashcards.processes.process_copies import allow_copies

_WORD = {
    "term": "학교", "pos": "noun", "definition": "school", "example": "저는 매일 학교에 가요.",
    "example_translation": "I go to school every day.",
}  # fmt: skip


def warm_up() -> None:
    """Compose and check a word, which loads the analyzer, the tables, and the rules. Copies share their memory."""
    # Imported here, because only worker processes need the rules, which take 0.7 s.
    from korean_flashcards.checks.check_registry import check_word

    load()
    with suppress(Exception):  # the words themselves will show the problem
        record = json.loads(str(compose(("nuance", json.dumps(_WORD)))))
        request = {**_WORD, "nuance": record, "card_types": ["Scene"]}
        cards = json.loads(str(compose(("flashcards", json.dumps(request)))))["cards"]
        check_word(record, [{**card, "term": record["term"]} for card in cards], _WORD)
    allow_copies()
