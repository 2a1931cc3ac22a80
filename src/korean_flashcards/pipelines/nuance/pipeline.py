"""Connect the stage-1 nodes, which analyze words."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.nuance import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Plan one request per word, send the missing requests (which costs money), and parse the replies into analyses."""
    return Pipeline(
        [
            Node(
                nodes.select_words,
                [
                    "vocabulary",
                    "imported_lists",
                    "ledger",
                    "params:word_lists",
                    "params:limit",
                    "params:batch",
                    "params:priority_min",
                    "params:words",
                ],
                "words",
                name="select_words",
            ),
            Node(
                nodes.plan_nuance,
                [
                    "words",
                    "confusables",
                    "nuance_prompt",
                    "llm",
                    "ledger",
                    "params:llm",
                    "params:stale",
                    "params:language",
                ],
                "nuance_requests",
                name="plan_nuance",
            ),
            Node(
                nodes.generate_nuance,
                [
                    "nuance_requests",
                    "nuance_prompt",
                    "llm",
                    "ledger",
                    "params:llm",
                    "params:tasks",
                    "params:stale",
                    "repair_prompt",
                    "consent",
                    "accepted_replies",
                ],
                "nuance_replies",
                name="generate_nuance",
                tags=["spends_money"],
            ),
            Node(
                nodes.parse_changed_nuance,
                ["nuance_replies", "words", "nuance_before"],
                ["nuance", "nuance_failures", "nuance_key"],
                name="parse_nuance",
            ),
        ],
        namespace="nuance",
        prefix_datasets_with_namespace=False,
    )
