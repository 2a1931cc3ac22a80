"""Cards → files: TSV, Anki text file, Anki package, JSON. Imports neither a model client nor a validator."""

from korean_flashcards.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
