"""Import word lists. Every row is imported as a word, a duplicate, or rejected with a reason."""

from korean_flashcards.pipelines.ingress.pipeline import create_pipeline

__all__ = ["create_pipeline"]
