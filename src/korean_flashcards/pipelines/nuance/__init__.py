"""Generate an analysis of each word (stage 1)."""

from korean_flashcards.pipelines.nuance.pipeline import create_pipeline

__all__ = ["create_pipeline"]
