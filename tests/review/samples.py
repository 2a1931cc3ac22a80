"""Create rows of the layers and reviews of them."""

from typing import Any

import polars as pl
from formats.samples import NUANCE

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA
from korean_flashcards.pipelines.quality.nodes import QUALITY_SCHEMA
from korean_flashcards.review.parts import Action, Part, Review, Row, fingerprint, part_of

SOURCE = {"model": "some/model", "prompt_version": "p1", "key": "k1"}


def analysis(item_id: str = "남성#1", **changes: Any) -> dict[str, Any]:
    return {**NUANCE, "term": f"{item_id[:-2]}[nam.sʌŋ]", "ipa": "[nam.sʌŋ]", "term_number": 1, "item_id": item_id,
            **SOURCE, **changes}  # fmt: skip


def card(item_id: str = "남성#1", tab_name: str = "Scene", **changes: Any) -> dict[str, Any]:
    term = item_id[:-2]
    return {
        "item_id": item_id, "position": 1, "term": f"{term}[nam.sʌŋ]", "term_number": 1, "tab_name": tab_name,
        "primer": "You enter.", "front": f"{tab_name} of {term}?", "back": f"{tab_name} of {term}.",
        "tags": [f"term:{term}", "pos:noun", f"card:{tab_name}", "level:TOPIK3", "people"], "honorific_level": "",
        **SOURCE, **changes,
    }  # fmt: skip


def review(row: Row, action: Action = Action.APPROVE, number: int = 1, **changes: Any) -> Review:
    part = part_of(row)
    values: dict[str, Any] = {"reason": None, "reviewer": "kim", "fingerprint": fingerprint(part, row)} | changes
    return Review(number=number, at="2026-11-25T08:00:00Z", part=part, action=action, **values)


def analyses(*rows: Row) -> pl.DataFrame:
    return frame_of(rows, NUANCE_SCHEMA)


def cards(*rows: Row) -> pl.DataFrame:
    return frame_of(({**row, "position": place} for place, row in enumerate(rows, 1)), CARD_SCHEMA)


def quality(verdicts: dict[Part, str]) -> pl.DataFrame:
    rows = (
        {**part._asdict(), "verdict": verdict, "score": 7, "reasons": ["배 is [pɛ]"]}
        for part, verdict in verdicts.items()
    )
    return frame_of(rows, QUALITY_SCHEMA)
