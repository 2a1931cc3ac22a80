"""The project's pipelines, in the order of the flow."""

from kedro.pipeline import Pipeline

from korean_flashcards.pipelines import archive, export, flashcards, ingress, nuance, quality, reporting


def register_pipelines() -> dict[str, Pipeline]:
    """Return each pipeline under its name, and all of them as ``__default__``."""
    pipelines = {
        "ingress": ingress.create_pipeline(),
        "nuance": nuance.create_pipeline(),
        "flashcards": flashcards.create_pipeline(),
        "quality": quality.create_pipeline(),
        "export": export.create_pipeline(),
        "reporting": reporting.create_pipeline(),
        "archive": archive.create_pipeline(),
    }
    return {**pipelines, "__default__": sum(pipelines.values(), Pipeline([]))}
