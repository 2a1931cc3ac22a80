"""Provide analyses, cards, and findings for three words, with the scores that a run computes."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from formats.samples import NUANCE

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA
from korean_flashcards.pipelines.quality.judge_nodes import JUDGEMENT_SCHEMA
from korean_flashcards.pipelines.quality.nodes import FINDING_SCHEMA, score_cards
from korean_flashcards.quality.findings_cache import CHECKED_SCHEMA
from support.parameters import quality_parameters

ITEMS = ("남성#1", "배#1", "배#2")
CARDS = [("남성#1", "Scene"), ("남성#1", "Hanja"), ("배#1", "Scene"), ("배#2", "Scene")]
_SOURCE = {"model": "some/model", "prompt_version": "0" * 12, "key": "0" * 64}
# item_id, tab_name, code, severity, message
FOUND: list[tuple[str, str | None, str, str, str]] = [
    ("남성#1", "Hanja", "hanja_reading", "error", "男性 reads 남성, not 여성"),
    ("남성#1", "Hanja", "back_length", "note", "the back has 20 words; 80 to 150 teach more"),
    ("배#1", None, "ipa_other_word", "error", "배 is [pɛ], not [bɛ]"),
    ("배#1", "Scene", "boilerplate_back", "error", "the same sentence is on 40 cards"),
]
# The judge's fault on a card of 남성.
FAULT = {
    "fault": "wrong_translation", "card": "Scene", "field": "back", "quote": "back 1", "reason": "it says something else",
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """The layers from the quality stage, with the rows of the word list in ``words``."""

    words: pl.DataFrame
    nuance: pl.DataFrame
    flashcards: pl.DataFrame
    checked: pl.DataFrame
    findings: pl.DataFrame
    quality: pl.DataFrame


def term_of(item_id: str) -> str:
    return item_id.split("#")[0]


def analyses() -> pl.DataFrame:
    return frame_of(
        ({**NUANCE, "term": f"{term_of(item)}[x]", "term_number": n, "item_id": item, **_SOURCE}
         for n, item in enumerate(ITEMS, 1)), NUANCE_SCHEMA,
    )  # fmt: skip


def flashcards() -> pl.DataFrame:
    return frame_of(
        ({"item_id": item, "position": n, "term": f"{term_of(item)}[x]", "term_number": n, "tab_name": tab,
          "primer": "You enter.", "front": f"front {n}", "back": f"back {n}", "honorific_level": "",
          "tags": ["term:x", "pos:noun", f"card:{tab}"], **_SOURCE}
         for n, (item, tab) in enumerate(CARDS, 1)), CARD_SCHEMA,
    )  # fmt: skip


def words() -> pl.DataFrame:
    """Return the rows of the word list. 배#1 has only its part of speech."""
    listed = dict.fromkeys(("definition", "hanja", "topik_level", "example", "example_translation"))
    full = {"definition": "man, male", "hanja": "男性", "topik_level": 2, "example": "남성이 왔어요."}
    return frame_of(
        ({**listed, "item_id": item, "term": term_of(item),
          "pos": "noun", **(full if item == "남성#1" else {})} for item in ITEMS),
        {"item_id": pl.String, **polars_schema(VocabularyItem, "term", "pos", *listed)},
    )  # fmt: skip


def _checked(findings: pl.DataFrame) -> pl.DataFrame:
    """Return the findings of each word, without those that depend on other words."""
    own = findings.filter(pl.col("code") != "boilerplate_back")
    return frame_of(
        ({"item_id": item, "fingerprint": "0", "findings": own.filter(item_id=item).drop("item_id", "term").to_dicts()}
         for item in ITEMS), CHECKED_SCHEMA,
    )  # fmt: skip


def scored(found: list[tuple[str, str | None, str, str, str]] = FOUND, **changes: Any) -> Scored:
    """Return the three words with these findings. ``changes`` are changes to the parameters."""
    findings = frame_of(
        ({"item_id": item, "term": term_of(item), "tab_name": tab, "code": code, "severity": severity,
          "field": "back" if tab else "ipa", "message": message}
         for item, tab, code, severity, message in found), FINDING_SCHEMA,
    )  # fmt: skip
    nuance, cards = analyses(), flashcards()
    return Scored(
        words(),
        nuance,
        cards,
        _checked(findings),
        findings,
        score_cards(findings, nuance, cards, quality_parameters(**changes)),
    )


def judged() -> pl.DataFrame:
    """Return the judge's verdict for each word. For 배#1, the judge's verdict differs from the score's verdict."""
    rows = {"남성#1": ("review", 2), "배#1": ("review", 2), "배#2": ("publish", 4)}
    return frame_of(
        ({"item_id": item, "term": term_of(item), "verdict": verdict, "lowest": lowest, **_SOURCE,
          "ratings": [{"criterion": "image", "rating": lowest, "reason": f"why {lowest}"}],
          "faults": [FAULT] if item == "남성#1" else []}
         for item, (verdict, lowest) in rows.items()), JUDGEMENT_SCHEMA,
    )  # fmt: skip


def released() -> pl.DataFrame:
    """Return the cards in the deck. One is approved and one is edited."""
    tags = {("배#2", "Scene"): "review:approved", ("남성#1", "Scene"): "review:edited"}
    cards = [dict(card, tags=[*card["tags"], tags.get((card["item_id"], card["tab_name"]), "level:TOPIK1")])
             for card in flashcards().iter_rows(named=True) if card["item_id"] != "배#1"]  # fmt: skip
    return frame_of(cards, CARD_SCHEMA)


def held() -> pl.DataFrame:
    """Return the held cards, which a reviewer rejected."""
    return flashcards().filter(item_id="배#1").with_columns(held_as=pl.lit("rejected"), held_because=pl.lit("rejected"))
