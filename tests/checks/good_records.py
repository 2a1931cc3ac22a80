"""Provide good analyses and cards: hand-written words, the prompts' examples, and the offline model's sample deck."""

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from support.prompt_examples import example_analyses, example_cards, prompt_text, words_of_cards

from korean_flashcards.domain.records import CARD_TYPES, ReplyError
from korean_flashcards.formats.card import primer, supported_types, tags
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.llm.providers.offline.cards import compose_cards
from korean_flashcards.llm.providers.offline.nuance import compose_nuance

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
COLUMNS = ("term", "pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint")
Row = dict[str, Any]


class BadRecordError(ValueError):
    """Raised when a record that should be good cannot be parsed."""


class Entry(NamedTuple):
    """Represent a row of the layer ``words`` with its row of ``nuance`` and its rows of ``flashcards``."""

    word: Row
    record: Row
    cards: list[Row]


@cache
def hand_written() -> tuple[Entry, ...]:
    """Return the words of ``good/*.yml``."""
    files = sorted((HERE / "good").glob("*.yml"))
    written = [each for file in files for each in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return tuple(
        _entry(each["word"], {"term": each["word"]["term"], **each["nuance"]}, each["cards"], "by/hand", 1000 + number)
        for number, each in enumerate(written)
    )


@cache
def prompt_examples() -> tuple[Entry, ...]:
    """Return the examples in the prompts: 남성 and 갔어요, each with its cards."""
    inputs = [json.loads(text) for text in re.findall(r"^Input: `(\{.*\})`$", prompt_text("nuance"), re.MULTILINE)]
    records = example_analyses()
    words = [word["term"] for word in inputs]
    cards: list[list[Row]] = [
        [card for card, about in zip(example_cards(), words_of_cards(), strict=True) if about == word] for word in words
    ]
    return tuple(
        _entry(word, record, shown, "by/prompt", 2000 + number)
        for number, (word, record, shown) in enumerate(zip(inputs, records, cards, strict=True))
    )


@cache
def offline_sample() -> tuple[Entry, ...]:
    """Return the deck that ``kedro run`` makes from the sample list."""
    with (ROOT / "data/01_raw/sample_words.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: row[name] or None for name in COLUMNS} for row in csv.DictReader(file)]
    return tuple(offline_entry(word, number) for number, word in enumerate(rows, 1))


def offline_entry(word: Row, number: int) -> Entry:
    """Return the offline model's analysis and cards of one word.

    Raises:
        BackendError: The offline model has no reply for the word.
        BadRecordError: The reply cannot be parsed.
    """
    record = compose_nuance({name: value for name, value in word.items() if value is not None})
    types = supported_types(record | {"model": "offline/dictionary"}, ["Scene", "Usage-Comparison", "Hanja"])
    cards = compose_cards({"term": word["term"], "nuance": record, "card_types": types})["cards"]
    return _entry(word, record, cards, "offline/dictionary", number)


def all_entries() -> tuple[Entry, ...]:
    """Return all good entries."""
    return hand_written() + prompt_examples() + offline_sample()


def _entry(given: Row, record: Row, cards: list[Row], model: str, number: int) -> Entry:
    """Return the rows as the pipelines create them: the record and the cards are parsed like replies from a model."""
    word = {name: given.get(name) for name in COLUMNS} | {"item_id": f"{given['term']}#{number}", "term_number": number}
    try:
        nuance = read_nuance(json.dumps(record), word["term"], number).model_dump()
        drafts = read_cards(json.dumps({"cards": cards}), word["term"], None)
    except ReplyError as error:
        raise BadRecordError(f"{word['term']}: {error}") from error
    source = {"item_id": word["item_id"], "model": model}
    known = {**nuance, "term": word["term"], "model": model, "topik_level": None, "own_tags": []}
    rows = [
        {
            "term": nuance["term"], "term_number": number, "primer": primer(nuance["pos"], number, nuance["term"]),
            "tags": tags(draft, known), **draft.model_dump(exclude={"tags"}), **source,
        }
        for draft in sorted(drafts, key=lambda draft: CARD_TYPES.index(draft.tab_name))
    ]  # fmt: skip
    return Entry(word, nuance | source, rows)
