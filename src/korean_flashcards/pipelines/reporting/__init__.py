"""Layers → what the run came to: a summary for machines and a page for people."""

from korean_flashcards.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
