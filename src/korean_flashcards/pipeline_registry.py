"""Register the project's pipelines in the order in which they run."""

from kedro.pipeline import Pipeline

from korean_flashcards.pipelines import archive, charts, export, flashcards, ingress, nuance, quality, reporting


def register_pipelines() -> dict[str, Pipeline]:
    """Return the pipelines by name. ``__default__`` includes all pipelines except the archive and the charts.

    Each pipeline in ``__default__`` is also a namespace, so Kedro-Viz initially shows six boxes.
    """
    flow = {
        "ingress": ingress.create_pipeline(),
        "nuance": nuance.create_pipeline(),
        "flashcards": flashcards.create_pipeline(),
        "quality": quality.create_pipeline(),
        "export": export.create_pipeline(),
        "reporting": reporting.create_pipeline(),
    }
    on_demand = {"charts": charts.create_pipeline(), "archive": archive.create_pipeline()}
    return {**flow, **on_demand, "__default__": sum(flow.values(), Pipeline([]))}
