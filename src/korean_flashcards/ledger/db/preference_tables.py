"""Define the ledger's table for blind preferences between the two variants of an experiment.

It uses the ``metadata`` object from the ``tables`` module and follows that module's conventions.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table

from korean_flashcards.ledger.db.tables import metadata

preferences = Table(
    "preferences",
    metadata,
    Column("number", Integer, primary_key=True, comment="Answer number, starting at 1, oldest first."),
    Column("experiment", String, nullable=False, comment="ID of the experiment in data/experiments."),
    Column("item_id", String, nullable=False, comment="Word whose cards were compared."),
    Column("rater", String, nullable=False, comment="Name of the person, or of the judge's model."),
    Column("kind", String, nullable=False, comment="Who answered: person or judge."),
    Column(
        "first", String, nullable=False, comment="Variant that was shown first: A or B. The rater did not see the name."
    ),
    Column("choice", String, nullable=False, comment="Preferred variant: A, B, or same."),
    Column("cards", String, nullable=False, comment="Hash of the cards. An answer counts only for these cards."),
    Column("at", String, nullable=False, comment="Time of the answer (UTC, ISO 8601)."),
    CheckConstraint("kind IN ('person', 'judge')", name="kind"),
    CheckConstraint("first IN ('A', 'B')", name="first"),
    CheckConstraint("choice IN ('A', 'B', 'same')", name="choice"),
    Index("ix_preferences_experiment", "experiment"),
    comment="Blind preferences between the cards of an experiment's two variants. Of several answers by a rater to the same "
    "question, the last one counts.",
)
