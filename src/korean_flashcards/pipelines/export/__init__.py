"""Export the cards as an Anki package, an Anki text file, TSV, and JSON, without a model client or validator."""

from korean_flashcards.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
