"""Generate cards from each word's analysis (stage 2)."""

from korean_flashcards.pipelines.flashcards.pipeline import create_pipeline

__all__ = ["create_pipeline"]
