"""Stage 1: each word → its nuance record, by the model."""

from korean_flashcards.pipelines.nuance.pipeline import create_pipeline

__all__ = ["create_pipeline"]
