"""Export the cards as an Anki package, an Anki text file, TSV and JSON. Imports no model client and no validator."""

from korean_flashcards.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
