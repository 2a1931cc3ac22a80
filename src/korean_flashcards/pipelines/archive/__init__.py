"""Reparse all cached replies with the current parser, without sending requests.

``kedro run`` does not run this pipeline.
"""

from korean_flashcards.pipelines.archive.pipeline import create_pipeline

__all__ = ["create_pipeline"]
