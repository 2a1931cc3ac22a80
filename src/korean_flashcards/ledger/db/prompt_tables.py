"""Define the ledger's tables for the versions and the drafts of prompts.

These tables use the ``metadata`` object from the ``tables`` module and follow that module's conventions.
"""

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from korean_flashcards.ledger.db.tables import metadata

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column(
        "stage",
        String,
        primary_key=True,
        comment="Stage that uses the prompt: nuance, flashcards, or judge; or repair, for the prompt of repairs.",
    ),
    Column("version", String, primary_key=True, comment="Prompt version, a hash of the prompt."),
    Column("number", Integer, nullable=False, comment="Short version number, starting at 1 in each stage (v1, v2)."),
    Column("text", String, nullable=False, comment="Prompt text as it is sent."),
    Column("first_used", String, nullable=False, comment="Time when the version was recorded (UTC, ISO 8601)."),
    Column(
        "name",
        String,
        comment="Name of the prompt when the version was recorded: the stage for the default prompt, or a draft, such as "
        "nuance.short; null before version 0016.",
    ),
    Column("source", String, comment="Complete text of the prompt file; null for versions from before version 0016."),
    Column("note", String, comment="Note on the version; null if there is none."),
    Column("parent", String, comment="Version that this version was derived from; null if unknown."),
    Column(
        "used_order",
        Integer,
        nullable=False,
        server_default="0",
        comment="Position in the order in which versions became the default, by a run or by promotion; the highest one is "
        "the default. 0 if the version never was the default.",
    ),
    UniqueConstraint("stage", "number"),
    comment="Versions of the prompts, numbered in the order in which they were recorded.",
)

prompt_drafts = Table(
    "prompt_drafts",
    metadata,
    Column("name", String, primary_key=True, comment="Name of the draft, such as nuance.short."),
    Column(
        "stage", String, nullable=False, comment="Stage that uses the prompt: nuance, flashcards, judge, or repair."
    ),
    Column("parent", String, nullable=False, comment="Version that the draft was copied from."),
    Column("note", String, comment="Note on the draft, which its versions get; null if there is none."),
    Column("created", String, nullable=False, comment="Time when the draft was created (UTC, ISO 8601)."),
    Column(
        "after_number",
        Integer,
        nullable=False,
        comment="Highest version number of the stage at that time. Later versions with this name are the draft's own.",
    ),
    comment="Drafts of prompts that `kedro prompts new` created. Their texts are files.",
)
