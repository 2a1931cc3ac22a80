"""Parse all cached replies again with the current parser, without sending requests. Not run by ``kedro run``."""

from korean_flashcards.pipelines.archive.pipeline import create_pipeline

__all__ = ["create_pipeline"]
