"""The flow of quality."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.quality import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Check every analysis and card, score them by what was found, and release what is good enough for the deck."""
    return Pipeline(
        [
            Node(nodes.check_cards, ["nuance", "flashcards", "words"], "findings", name="check_cards"),
            Node(
                nodes.score_cards, ["findings", "nuance", "flashcards", "params:quality"], "quality", name="score_cards"
            ),
            Node(
                nodes.release_cards,
                ["flashcards", "quality"],
                ["released_flashcards", "held_flashcards"],
                name="release_cards",
            ),
        ]
    )
