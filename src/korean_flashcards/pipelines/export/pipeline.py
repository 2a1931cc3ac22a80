"""The flow of export."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.export import manifest, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Lay the cards out as Anki notes, write every format from the same rows, then count what is in the files."""
    return Pipeline(
        [
            Node(
                nodes.lay_out_notes,
                ["flashcards", "nuance", "words", "params:export"],
                "anki_notes",
                name="lay_out_notes",
            ),
            Node(nodes.record_export, ["flashcards", "ledger"], None, name="record_export"),
            Node(nodes.build_deck, ["anki_notes", "anki_templates"], "deck", name="build_deck"),
            Node(nodes.write_anki_text, "anki_notes", "anki_text", name="write_anki_text"),
            Node(nodes.write_cards_tsv, "flashcards", "cards_tsv", name="write_cards_tsv"),
            Node(nodes.write_cards_json, "flashcards", "cards_json", name="write_cards_json"),
            Node(
                manifest.list_exports,
                ["flashcards", "deck", "anki_text", "cards_tsv", "cards_json"],
                "export_manifest",
                name="list_exports",
            ),
        ]
    )
