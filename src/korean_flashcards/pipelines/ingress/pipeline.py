"""Connect the ingress pipeline's nodes."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.ingress import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Import the word lists into the ledger, read the vocabulary, and find easily confused words."""
    return Pipeline(
        [
            Node(nodes.import_lists, ["word_lists", "ledger"], "imported_lists", name="import_lists"),
            Node(
                nodes.read_vocabulary,
                ["imported_lists", "ledger", "params:word_lists", "params:ingress"],
                [
                    "vocabulary",
                    "vocabulary_duplicates",
                    "vocabulary_rejects",
                    "vocabulary_warnings",
                    "import_counts",
                ],
                name="read_vocabulary",
            ),
            Node(
                nodes.find_confusables,
                ["vocabulary", "ledger", "params:confusables", "confusables_before"],
                ["confusables", "confusables_key"],
                name="find_confusables",
            ),
        ],
        namespace="ingress",
        prefix_datasets_with_namespace=False,
    )
