"""Connect the stage-2 nodes, which generate cards."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.flashcards import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Plan one request per word, send the missing requests (which costs money), and parse the replies into cards."""
    return Pipeline(
        [
            Node(
                nodes.plan_flashcards,
                [
                    "nuance",
                    "words",
                    "flashcards_prompt",
                    "llm",
                    "ledger",
                    "params:llm",
                    "params:stale",
                    "params:flashcards",
                    "params:language",
                ],
                "flashcard_requests",
                name="plan_flashcards",
            ),
            Node(
                nodes.generate_flashcards,
                [
                    "flashcard_requests",
                    "flashcards_prompt",
                    "llm",
                    "ledger",
                    "params:llm",
                    "params:tasks",
                    "params:stale",
                    "repair_prompt",
                    "params:flashcards",
                    "consent",
                    "accepted_replies",
                ],
                "flashcard_replies",
                name="generate_flashcards",
                tags=["spends_money"],
            ),
            Node(
                nodes.parse_changed_flashcards,
                ["flashcard_requests", "flashcard_replies", "nuance", "words", "flashcards_before"],
                ["flashcards", "flashcard_failures", "flashcards_key"],
                name="parse_flashcards",
            ),
        ],
        namespace="flashcards",
        prefix_datasets_with_namespace=False,
    )
