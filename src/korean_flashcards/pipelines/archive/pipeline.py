"""The flow of the archive."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.archive import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Read every reply again with today's parser, so that failures can be studied and parsers and prompts compared."""
    return Pipeline(
        [Node(nodes.read_replies_again, ["kept_replies", "calls"], "parse_outcomes", name="read_replies_again")]
    )
