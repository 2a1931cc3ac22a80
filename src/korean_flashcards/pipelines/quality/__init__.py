"""Check and score the cards, and decide which cards go into the deck."""

from korean_flashcards.pipelines.quality.pipeline import create_pipeline

__all__ = ["create_pipeline"]
