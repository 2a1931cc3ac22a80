"""Connect the quality pipeline's nodes."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.quality import judge_nodes, nodes, review_nodes
from korean_flashcards.quality import agreement


def create_pipeline(**_: object) -> Pipeline:
    """Apply edits, check and score the text, optionally have a model judge it, and release the good cards."""
    return Pipeline(
        [*_edited(), *_scored(), *_judged(), *_released()], namespace="quality", prefix_datasets_with_namespace=False
    )


def _edited() -> list[Node]:
    return [
        Node(
            review_nodes.apply_edits, ["nuance", "flashcards", "ledger"],
            ["edited_nuance", "edited_flashcards", "edit_conflicts"], name="apply_edits",
        ),
        Node(
            review_nodes.record_versions,
            ["nuance", "flashcards", "edited_nuance", "edited_flashcards", "nuance_replies", "flashcard_replies", "ledger"],
            None, name="record_versions",
        ),
    ]  # fmt: skip


def _scored() -> list[Node]:
    return [
        Node(
            nodes.check_cards,
            ["edited_nuance", "edited_flashcards", "words", "vocabulary", "checked_before", "check_rules",
             "confusables", "params:language", "whole_deck", "map_checks"],
            ["findings", "checked"], name="check_cards",
        ),
        Node(
            nodes.score_cards, ["findings", "edited_nuance", "edited_flashcards", "params:quality"], "quality",
            name="score_cards",
        ),
    ]  # fmt: skip


def _judged() -> list[Node]:
    """Return the nodes for the judge, the optional third stage. These nodes can spend money."""
    return [
        Node(
            judge_nodes.plan_judgements,
            ["edited_nuance", "edited_flashcards", "quality", "words", "checked", "judge_prompt", "llm", "ledger",
             "params:llm", "params:stale", "params:quality", "params:language"],
            "judge_requests", name="plan_judgements",
        ),
        Node(
            judge_nodes.generate_judgements,
            ["judge_requests", "judge_prompt", "llm", "ledger", "params:llm", "params:tasks", "params:stale", "consent"],
            "judge_replies", name="generate_judgements", tags=["spends_money"],
        ),
        Node(
            judge_nodes.parse_judgements, ["judge_replies", "params:quality"], ["judgements", "judge_failures"],
            name="parse_judgements",
        ),
    ]  # fmt: skip


def _released() -> list[Node]:
    return [
        Node(
            review_nodes.release_cards, ["edited_flashcards", "edited_nuance", "quality", "ledger", "params:review"],
            ["released_flashcards", "held_flashcards"], name="release_cards",
        ),
        Node(
            agreement.measure_agreement, ["quality", "judgements", "released_flashcards", "held_flashcards"],
            "agreement", name="measure_agreement",
        ),
    ]  # fmt: skip
