"""The ledger's tables of what people review; see ``tables`` for the others. ``tab_name`` is empty for a word's analysis."""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from korean_flashcards.ledger.db.metadata import metadata

# What people say of analyses and cards; rows are only added. ``fingerprint``: the content it is about
# (of an edit: the one that it made). No foreign key, on purpose: what a person said stays when a word is rolled back.
reviews = Table(
    "reviews",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("item_id", String, nullable=False),
    Column("tab_name", String, nullable=False),
    Column("action", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("reason", String),
    Column("reviewer", String),
    CheckConstraint("action IN ('approve', 'reject', 'edit', 'restore', 'drop')", name="action"),
    Index("ix_reviews_item_id_tab_name", "item_id", "tab_name"),
)

# Edits in force: ``value`` (JSON) stands in the place of what is generated; ``base``: what it replaced.
overrides = Table(
    "overrides",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("tab_name", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("base", String, nullable=False),
    Column("value", String, nullable=False),
    Column("review", ForeignKey("reviews.number"), nullable=False),
    sqlite_with_rowid=False,
)

# Every content that an analysis or a card has had, numbered by part. ``usd``: of its reply, which has all cards of the word.
card_versions = Table(
    "card_versions",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("tab_name", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("content", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_version", String, nullable=False),
    Column("key", String, nullable=False),
    Column("usd", Float),
    Column("first_seen", String, nullable=False),
    UniqueConstraint("item_id", "tab_name", "fingerprint"),
    CheckConstraint("made_by IN ('model', 'person')", name="made_by"),
)

# Words that a person has reviewed: as those of ``exported_items``, their numbers stay taken when they are rolled back, so
# that no other word gets their reviews and edits.
reviewed_items = Table(
    "reviewed_items",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("homograph", Integer, nullable=False),
    Column("definition", String),
    Column("hanja", String),
    UniqueConstraint("term", "homograph"),
)
