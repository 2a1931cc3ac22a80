"""List every layer with its columns and the command that rebuilds it.

The columns are those that the nodes and the ledger write, so they are defined only once. ``datasets.layer_check`` compares
each file with them when it is loaded.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from korean_flashcards.confusables import CONFUSABLE_SCHEMA
from korean_flashcards.datasets.layer_check import Layer
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.formats.anki_note import FIELDS
from korean_flashcards.ledger.spending.past_calls import CALL_SCHEMA
from korean_flashcards.ledger.words.vocabulary import DUPLICATE_SCHEMA, LIST_COUNT_SCHEMA, PROBLEM_SCHEMA
from korean_flashcards.pipelines.archive.nodes import OUTCOME_SCHEMA
from korean_flashcards.pipelines.export.manifest_nodes import MANIFEST_SCHEMA
from korean_flashcards.pipelines.export.note_history import HISTORY
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.ingress.nodes import IMPORT_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA
from korean_flashcards.pipelines.quality.judge_nodes import JUDGEMENT_SCHEMA
from korean_flashcards.pipelines.quality.nodes import FINDING_SCHEMA, QUALITY_SCHEMA
from korean_flashcards.pipelines.reporting.counts import COUNT_SCHEMA
from korean_flashcards.quality.agreement import AGREEMENT_SCHEMA
from korean_flashcards.quality.findings_cache import CHECKED_SCHEMA
from korean_flashcards.review.edits import CONFLICT_SCHEMA
from korean_flashcards.review.release import HELD
from korean_flashcards.stages.stage import FAILURE_SCHEMA, REPLY_SCHEMA, REQUEST_SCHEMA

_ITEM_SCHEMA = polars_schema(VocabularyItem)
_CONFUSED = pl.List(pl.Struct({"term": pl.String, "meaning": pl.String}))

# The command that rebuilds the layers → the columns of each layer, keyed by the name of its file.
_LAYERS: Mapping[str, Mapping[str, Schema]] = {
    "kedro run": {
        "imported_lists": IMPORT_SCHEMA,
        "vocabulary": _ITEM_SCHEMA,
        "vocabulary_duplicates": DUPLICATE_SCHEMA,
        "vocabulary_rejects": PROBLEM_SCHEMA,
        "vocabulary_warnings": PROBLEM_SCHEMA,
        "import_counts": LIST_COUNT_SCHEMA,
        "confusables": CONFUSABLE_SCHEMA,
        "words": _ITEM_SCHEMA,
        "nuance_requests": REQUEST_SCHEMA,
        "nuance_replies": REPLY_SCHEMA,
        "nuance": NUANCE_SCHEMA,
        "nuance_failures": FAILURE_SCHEMA,
        "flashcard_requests": REQUEST_SCHEMA,
        "flashcard_replies": REPLY_SCHEMA,
        "flashcards": CARD_SCHEMA,
        "flashcard_failures": FAILURE_SCHEMA,
    },
    "kedro run --pipelines=quality,export,reporting": {
        "edited_nuance": NUANCE_SCHEMA,
        "edited_flashcards": CARD_SCHEMA,
        "edit_conflicts": CONFLICT_SCHEMA,
        "findings": FINDING_SCHEMA,
        "checked": CHECKED_SCHEMA,
        "quality": QUALITY_SCHEMA,
        "judge_requests": REQUEST_SCHEMA,
        "judge_replies": REPLY_SCHEMA,
        "judgements": JUDGEMENT_SCHEMA,
        "judge_failures": FAILURE_SCHEMA,
        "released_flashcards": CARD_SCHEMA,
        "held_flashcards": {**CARD_SCHEMA, **dict.fromkeys(HELD, pl.String)},
        "agreement": AGREEMENT_SCHEMA,
    },
    "kedro run --pipeline=export": {
        "linked_flashcards": {**CARD_SCHEMA, "confused_with": _CONFUSED, "advice": pl.String},
        "anki_notes": {
            **HISTORY,
            **dict.fromkeys(("item_id", "note_type", "deck", *FIELDS), pl.String),
            "tags": pl.List(pl.String),
        },
        "manifest": MANIFEST_SCHEMA,
    },
    "kedro run --pipeline=reporting": {"calls": CALL_SCHEMA, "layer_counts": COUNT_SCHEMA},
    "kedro run --pipeline=archive": {"parse_outcomes": OUTCOME_SCHEMA},
}


def known_layers() -> Iterator[Layer]:
    """Yield every layer."""
    for command, layers in _LAYERS.items():
        for name, columns in layers.items():
            yield Layer(name, columns, command)
