"""Select the homograph numbers that stay reserved after a rollback because the words were exported or reviewed."""

from sqlalchemy import select, union_all

from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.tables import reviewed_items

_COLUMNS = ("item_id", "term", "homograph", "definition", "hanja", "term_number")
# A word that was both exported and reviewed has two rows: its values at its first export, and at its first review.
kept_numbers = union_all(
    *(select(*(table.c[name] for name in _COLUMNS)) for table in (exported_items, reviewed_items))
).subquery("kept_numbers")
