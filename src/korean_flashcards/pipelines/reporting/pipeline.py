"""The flow of reporting."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.reporting import nodes


def create_pipeline(**_: object) -> Pipeline:
    """Count what the layers hold and how good it is, then show it with what is missing and a few cards."""
    return Pipeline(
        [
            Node(
                nodes.summarise_run,
                [
                    "vocabulary", "import_counts", "nuance_replies", "nuance", "nuance_failures",
                    "flashcard_replies", "flashcards", "flashcard_failures", "judge_replies", "released_flashcards",
                    "held_flashcards", "edit_conflicts", "ledger", "params:limit", "params:batch", "params:priority_min",
                    "params:words", "run_started",
                ],
                "run_summary",
                name="summarise_run",
            ),
            Node(
                nodes.summarise_quality,
                ["quality", "findings", "agreement"],
                "quality_summary",
                name="summarise_quality",
            ),
            Node(
                nodes.render_report,
                [
                    "run_summary", "quality_summary", "vocabulary_rejects", "vocabulary_duplicates", "vocabulary_warnings",
                    "nuance_failures", "flashcard_failures", "released_flashcards", "held_flashcards", "edit_conflicts",
                    "vocabulary", "confusables",
                    "report_template",
                ],
                "report",
                name="render_report",
            ),
            Node(
                nodes.write_confusable_pairs,
                ["confusables", "vocabulary"],
                "confusable_pairs",
                name="write_confusable_pairs",
            ),
        ]
    )  # fmt: skip
