"""Connect the reporting pipeline's nodes."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.reporting import counts, data_docs, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Summarize the layers and the cards' quality, then render the report and the Data Docs.

    Nodes that read ``validation_results`` also take ``layer_counts`` as input, because it is the last dataset with a
    suite. Kedro therefore runs these nodes after all suites have been checked. For the same reason, ``list_calls`` takes
    ``judge_replies``, which is the result of the last node that calls a model.
    """
    return Pipeline([*_counted(), *_shown()], namespace="reporting", prefix_datasets_with_namespace=False)


def _counted() -> list[Node]:
    return [
        Node(counts.list_calls, ["ledger", "judge_replies"], "calls", name="list_calls"),
        Node(
            counts.count_layers,
            ["words", "nuance_replies", "nuance", "nuance_failures", "flashcard_replies", "flashcards", "flashcard_failures",
             "quality", "released_flashcards", "held_flashcards", "calls", "export_manifest"],
            "layer_counts", name="count_layers",
        ),
        Node(
            nodes.summarise_run,
            ["vocabulary", "imported_lists", "import_counts", "nuance_requests", "nuance_replies", "nuance",
             "nuance_failures", "flashcard_replies", "flashcards", "flashcard_failures", "judge_replies",
             "released_flashcards", "held_flashcards", "edit_conflicts", "ledger", "params:word_lists", "params:limit",
             "params:batch", "params:priority_min", "params:words", "run_started", "generated_stages",
             "validation_results", "layer_counts"],
            "run_summary", name="summarise_run",
        ),
        Node(
            nodes.summarise_quality, ["quality", "findings", "agreement", "judgements"], "quality_summary",
            name="summarise_quality",
        ),
    ]  # fmt: skip


def _shown() -> list[Node]:
    return [
        Node(
            nodes.render_report,
            ["run_summary", "quality_summary", "vocabulary_rejects", "vocabulary_duplicates", "vocabulary_warnings",
             "nuance_failures", "flashcard_failures", "released_flashcards", "held_flashcards", "edit_conflicts",
             "vocabulary", "confusables", "report_template"],
            "report", name="render_report",
        ),
        Node(
            nodes.write_confusable_pairs, ["confusables", "vocabulary"], "confusable_pairs", name="write_confusable_pairs"
        ),
        Node(
            data_docs.render_data_docs, ["validation_results", "data_docs_template", "layer_counts"], "data_docs",
            name="render_data_docs",
        ),
    ]  # fmt: skip
