"""Define the ledger's tables for exported words, notes, and note types, and for the history of exports.

These tables use the ``metadata`` object from the ``tables`` module and follow that module's conventions.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, UniqueConstraint

from korean_flashcards.ledger.db.tables import metadata

exported_items = Table(
    "exported_items",
    metadata,
    Column("item_id", String, primary_key=True, comment="Word ID."),
    Column("term", String, nullable=False, comment="Headword."),
    Column("homograph", Integer, nullable=False, comment="Homograph number."),
    Column("definition", String, comment="Definition at the time of the last export; null if there was none."),
    Column("hanja", String, comment="Hanja at the time of the last export; null if there were none."),
    Column("first_exported", String, nullable=False, comment="Time of the first export (UTC, ISO 8601)."),
    Column("last_exported", String, nullable=False, comment="Time of the last export (UTC, ISO 8601)."),
    Column(
        "term_number", Integer, comment="The word's number; null if the word had been rolled back before version 0010."
    ),
    Column("project_id", String, comment="Project ID in the GUIDs of the word's notes; null before version 0013."),
    UniqueConstraint("term", "homograph"),
    # No foreign key, so that a row is kept when its word is rolled back.
    comment="Words whose cards were exported to a deck. The words' homograph numbers stay reserved after a rollback.",
)

exported_notes = Table(
    "exported_notes",
    metadata,
    Column("guid", String, primary_key=True, comment="The note's GUID in Anki."),
    Column("item_id", String, nullable=False, comment="Word ID."),
    Column("card_type", String, nullable=False, comment="Card type."),
    Column("content", String, nullable=False, comment="Digests of the fields that a learner reads."),
    Column("created_at", Integer, nullable=False, comment="Time of the note's first export (Unix seconds)."),
    Column("changed_at", Integer, nullable=False, comment="Time when the content last changed (Unix seconds)."),
    Column("changes", String, nullable=False, comment="What changed at that time, or new."),
    Column(
        "removed_at",
        Integer,
        comment="Time of the first export without the note (Unix seconds); null if it is in the deck.",
    ),
    sqlite_with_rowid=False,
    comment="Notes in exported decks. Anki updates a note only if its content changed since the learner's last import.",
)

exported_note_types = Table(
    "exported_note_types",
    metadata,
    Column("note_type_id", Integer, primary_key=True, autoincrement=False, comment="Anki's ID of the note type."),
    Column("content", String, nullable=False, comment="Digest of the fields, templates, and style."),
    Column("changed_at", Integer, nullable=False, comment="Time when they last changed (Unix seconds)."),
    comment="Note types in exported decks.",
)

export_history = Table(
    "export_history",
    metadata,
    Column("number", Integer, primary_key=True, comment="Export number, starting at 1, oldest first."),
    Column("profile", String, nullable=False, comment="Profile of the export, or deck for the main deck."),
    Column("state", String, nullable=False, comment="State: running, complete, failed, or killed."),
    Column("started", String, nullable=False, comment="Start (UTC, ISO 8601)."),
    Column("ended", String, comment="End (UTC, ISO 8601); null while the export is running."),
    Column("format", String, nullable=False, comment="File format, such as xlsx."),
    Column("cards", Integer, comment="Number of exported cards; null unless the export is complete."),
    Column("counts", String, nullable=False, comment="Number of exported cards by card type (JSON object)."),
    Column("files", String, nullable=False, comment="Name, bytes, and SHA-256 of each file (JSON array of objects)."),
    Column("filters", String, nullable=False, comment="Filters from the command line (JSON object)."),
    Column("settings", String, nullable=False, comment="Text of the profile; empty for the main deck."),
    Column("message", String, comment="Error message; null unless the export failed."),
    CheckConstraint("state IN ('running', 'complete', 'failed', 'killed')", name="state"),
    CheckConstraint("(state = 'running') = (ended IS NULL)", name="ended"),
    Index("ix_export_history_profile", "profile"),
    comment="Exports of the main deck and of profiles, with what is needed to repeat them.",
)
