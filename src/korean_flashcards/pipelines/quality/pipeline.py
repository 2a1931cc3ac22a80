"""The flow of quality."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.quality import nodes, review_nodes


def create_pipeline(**_: object) -> Pipeline:
    """Lay people's edits over what the model wrote, check and score it, and release what is good enough for the deck."""
    return Pipeline(
        [
            Node(
                review_nodes.apply_edits,
                ["nuance", "flashcards", "ledger"],
                ["edited_nuance", "edited_flashcards", "edit_conflicts"],
                name="apply_edits",
            ),
            Node(
                review_nodes.record_versions,
                [
                    "nuance", "flashcards", "edited_nuance", "edited_flashcards", "nuance_replies", "flashcard_replies",
                    "ledger",
                ],
                None,
                name="record_versions",
            ),
            Node(nodes.check_cards, ["edited_nuance", "edited_flashcards", "words"], "findings", name="check_cards"),
            Node(
                nodes.score_cards,
                ["findings", "edited_nuance", "edited_flashcards", "params:quality"],
                "quality",
                name="score_cards",
            ),
            Node(
                review_nodes.release_cards,
                ["edited_flashcards", "edited_nuance", "quality", "ledger", "params:review"],
                ["released_flashcards", "held_flashcards"],
                name="release_cards",
            ),
        ]
    )  # fmt: skip
