"""Connect the archive pipeline's nodes."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.archive import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Reparse every cached reply, to study failures and to compare parsers and prompts."""
    return Pipeline(
        [
            Node(nodes.list_all_calls, "ledger", "all_calls", name="list_all_calls"),
            Node(nodes.read_replies_again, ["kept_replies", "all_calls"], "parse_outcomes", name="read_replies_again"),
        ],
        namespace="archive",
        prefix_datasets_with_namespace=False,
    )
