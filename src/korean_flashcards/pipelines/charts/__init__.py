"""Draw charts of the layers and of the ledger's tables.

``kedro run`` does not run this pipeline.
"""

from korean_flashcards.pipelines.charts.pipeline import create_pipeline

__all__ = ["create_pipeline"]
