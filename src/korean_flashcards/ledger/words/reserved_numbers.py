"""Numbers that stay reserved after a rollback: of words whose cards are in a deck, or that were reviewed."""

from sqlalchemy import select, union_all

from korean_flashcards.ledger.db.tables import exported_items, reviewed_items

_COLUMNS = ("item_id", "term", "homograph", "definition", "hanja")
# A word that is both comes twice, as it was when it was first exported before how it was when it was first reviewed.
kept_numbers = union_all(
    *(select(*(table.c[name] for name in _COLUMNS)) for table in (exported_items, reviewed_items))
).subquery("kept_numbers")
