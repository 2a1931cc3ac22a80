"""Let words that are imported again after a rollback continue to use their last good analyses and cards."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.tables import card_versions, tasks

# The reply of each stage and word: its key, model, and prompt version.
Replies = dict[tuple[str, str], tuple[str, str, str]]


def restore_replies(connection: Connection, item_ids: Sequence[str]) -> None:
    """Set the last good replies of these words' new tasks to the replies of their newest recorded versions.

    A rollback deletes the tasks and keeps the versions. The tasks are pending, as if the prompt had just changed: a reply
    to the current request is used if there is one, and otherwise, the last good reply stays in use.

    Args:
        item_ids: Words that have the same meaning as before the rollback.
    """
    for ids in chunks(item_ids):
        rows = [
            {"of_stage": stage, "of_item": item_id, "reply": key, "by": model, "prompt": prompt_version}
            for (stage, item_id), (key, model, prompt_version) in _newest(connection, ids).items()
        ]
        if rows:
            connection.execute(_restored(), rows)


def _newest(connection: Connection, item_ids: Sequence[str]) -> Replies:
    versions = card_versions.c
    query = (
        select(versions.item_id, versions.tab_name, versions.key, versions.model, versions.prompt_version)
        .where(versions.item_id.in_(item_ids))
        .order_by(versions.first_seen, versions.number)
    )
    return {
        ("flashcards" if tab_name else "nuance", item_id): (key, model, prompt_version)
        for item_id, tab_name, key, model, prompt_version in connection.execute(query).tuples()
    }


def _restored() -> Any:
    reply: dict[str, Any] = {
        "key": bindparam("reply"), "model": bindparam("by"), "prompt_version": bindparam("prompt"),
    }  # fmt: skip
    task = (tasks.c.stage == bindparam("of_stage"), tasks.c.item_id == bindparam("of_item"))
    return update(tasks).where(*task).values(reply | {f"good_{name}": value for name, value in reply.items()})
