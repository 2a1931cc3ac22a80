"""Report on a run with a JSON summary, an HTML report, and the Data Docs."""

from korean_flashcards.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
