"""Import word lists. Each row becomes a word, counts as a duplicate, or is rejected with a reason."""

from korean_flashcards.pipelines.ingress.pipeline import create_pipeline

__all__ = ["create_pipeline"]
