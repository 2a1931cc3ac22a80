"""Generate cards from the analysis of each word (stage 2)."""

from korean_flashcards.pipelines.flashcards.pipeline import create_pipeline

__all__ = ["create_pipeline"]
