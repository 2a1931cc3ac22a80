"""Connect the export pipeline's nodes."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.export import (
    card_texts,
    filtered_export,
    manifest_nodes,
    nodes,
    note_history,
    note_media_nodes,
)


def create_pipeline(**_: object) -> Pipeline:
    """Add easily confused words to the cards, write the cards in every format, and verify the files.

    The verified files replace the previous ones when ``export_manifest`` is saved. Only then is the export recorded.
    """
    return Pipeline([*_notes(), *_files()], namespace="export", prefix_datasets_with_namespace=False)


def _notes() -> list[Node]:
    """Lay out the Anki notes of the cards, and compare them with earlier exports."""
    return [
        Node(
            nodes.link_cards,
            [
                "released_flashcards",
                "held_flashcards",
                "flashcards",
                "confusables",
                "words",
                "params:confusables",
                "params:ingress",
            ],
            "linked_flashcards",
            name="link_cards",
        ),
        Node(
            nodes.lay_out_notes,
            ["linked_flashcards", "edited_nuance", "words", "params:export"],
            "card_notes",
            name="lay_out_notes",
        ),
        Node(
            card_texts.shorten_backs,
            ["card_notes", "anki_templates"],
            "shortened_notes",
            name="shorten_backs",
        ),
        Node(
            card_texts.add_extra_cards,
            ["shortened_notes", "words", "params:export"],
            "complete_notes",
            name="add_extra_cards",
        ),
        Node(note_media_nodes.add_media, ["complete_notes", "words", "media"], "laid_out_notes", name="add_media"),
        Node(note_history.choose_project_id, "project_id", "used_project_id", name="choose_project_id"),
        Node(
            note_history.identify_exported_notes,
            [
                "laid_out_notes",
                "previous_export",
                "previous_selected_export",
                "ledger",
                "parameters",
                "used_project_id",
            ],
            ["identified_notes", "exported_before"],
            name="identify_notes",
        ),
        Node(
            filtered_export.select_notes,
            [
                "identified_notes",
                "linked_flashcards",
                "words",
                "edited_nuance",
                "quality",
                "ledger",
                "params:export",
            ],
            "anki_notes",
            name="select_notes",
        ),
        Node(
            note_history.date_exported_note_types,
            ["anki_notes", "anki_templates", "exported_before", "params:export"],
            "note_types",
            name="date_note_types",
        ),
    ]


def _files() -> list[Node]:
    """Write the notes and the cards to files, verify the files, and record the export."""
    return [
        Node(nodes.build_deck, ["anki_notes", "note_types", "media"], "deck", name="build_deck"),
        Node(nodes.write_anki_text, "anki_notes", "anki_text", name="write_anki_text"),
        Node(
            filtered_export.write_selected_tsv,
            ["linked_flashcards", "anki_notes", "params:export"],
            "cards_tsv",
            name="write_cards_tsv",
        ),
        Node(
            filtered_export.write_selected_json,
            ["linked_flashcards", "anki_notes", "params:export"],
            "cards_json",
            name="write_cards_json",
        ),
        Node(
            manifest_nodes.list_exports,
            [
                "linked_flashcards",
                "anki_notes",
                "note_types",
                "deck",
                "anki_text",
                "cards_tsv",
                "cards_json",
                "words",
                "media",
                "params:export",
            ],
            "export_manifest",
            name="list_exports",
        ),
        Node(
            note_history.record_export,
            ["export_manifest", "ledger", "export_snapshots", "parameters"],
            None,
            name="record_export",
        ),
    ]
