"""The project's pipelines, in the order of the flow."""

from kedro.pipeline import Pipeline

from korean_flashcards.pipelines import archive, export, flashcards, ingress, nuance, quality, reporting


def register_pipelines() -> dict[str, Pipeline]:
    """Return each pipeline under its name, and as ``__default__`` those that a word goes through: not the archive.

    Each of these six is also a namespace, so that kedro-viz opens as six boxes.
    """
    flow = {
        "ingress": ingress.create_pipeline(),
        "nuance": nuance.create_pipeline(),
        "flashcards": flashcards.create_pipeline(),
        "quality": quality.create_pipeline(),
        "export": export.create_pipeline(),
        "reporting": reporting.create_pipeline(),
    }
    return {**flow, "archive": archive.create_pipeline(), "__default__": sum(flow.values(), Pipeline([]))}
