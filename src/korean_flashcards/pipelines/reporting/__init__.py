"""Report on a run: a summary in JSON, a report in HTML, and the Data Docs."""

from korean_flashcards.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
