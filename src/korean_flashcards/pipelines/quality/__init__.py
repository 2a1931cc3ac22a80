"""Cards → what is wrong with each, its score, and which of them go into the deck."""

from korean_flashcards.pipelines.quality.pipeline import create_pipeline

__all__ = ["create_pipeline"]
