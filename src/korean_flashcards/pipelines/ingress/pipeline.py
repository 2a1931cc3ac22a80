"""The flow of ingress."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.ingress import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Read the lists, turn rows into items, give each item its identity, and count where every row went."""
    return Pipeline(
        [
            Node(nodes.read_rows, "word_lists", "word_rows", name="read_rows"),
            Node(
                nodes.check_rows,
                "word_rows",
                ["vocabulary_candidates", "vocabulary_rejects", "vocabulary_warnings"],
                name="check_rows",
            ),
            Node(
                nodes.assign_identity,
                "vocabulary_candidates",
                ["vocabulary", "vocabulary_duplicates"],
                name="assign_identity",
            ),
            Node(
                nodes.count_rows,
                ["word_rows", "vocabulary", "vocabulary_duplicates", "vocabulary_rejects"],
                "import_counts",
                name="count_rows",
            ),
        ]
    )
