"""Replies that were paid for → what today's parser says of each. Sends nothing; no part of the everyday run."""

from korean_flashcards.pipelines.archive.pipeline import create_pipeline

__all__ = ["create_pipeline"]
