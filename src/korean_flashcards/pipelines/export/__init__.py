"""Export the cards as an Anki package and as text files (Anki text, TSV, and JSON).

The pipeline needs neither a model client nor a validator.
"""

from korean_flashcards.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
