"""Stage 2: each nuance record → its cards, by the model."""

from korean_flashcards.pipelines.flashcards.pipeline import create_pipeline

__all__ = ["create_pipeline"]
