"""Report words that are gone, and lists that were deleted."""

from collections.abc import Sequence

from korean_flashcards.domain.plurals import counted

_NAMED = 5  # words in one message


def gone_text(item_ids: Sequence[str]) -> str:
    """Return what happened to the words that a list's newest version leaves out, and what decides about their notes."""
    named = ", ".join(item_ids[:_NAMED]) + (", …" if len(item_ids) > _NAMED else "")
    verb = "is" if len(item_ids) == 1 else "are"
    return (
        f"{counted(len(item_ids), 'word')} left the list and {verb} in no other list: {named}. The parameter ingress.gone "
        "(keep, suspend, or remove) decides what happens to the notes."
    )


def still_removed_text(item_ids: Sequence[str]) -> str:
    """Return which words of a list stay removed, and how to restore them."""
    named = ", ".join(item_ids[:_NAMED]) + (", …" if len(item_ids) > _NAMED else "")
    them = "It stays" if len(item_ids) == 1 else "They stay"
    return (
        f"The list has {counted(len(item_ids), 'word')} that you removed: {named}. {them} removed. "
        f"`kedro word restore {item_ids[0]}` restores {'it' if len(item_ids) == 1 else 'such a word'}."
    )


def deleted_text(file: str, batches: Sequence[str], words: int) -> str:
    """Return what happens to the words of a list whose file no longer exists, and how to remove them."""
    verb, them = ("stays", "it") if words == 1 else ("stay", "them")
    which = "its batch" if len(batches) == 1 else "all its batches, newest first,"
    return (
        f"{file} no longer exists, but its {counted(words, 'word')} {verb} in the deck. To remove "
        f"{them}, roll back {which} "
        f"with `kedro ingress rollback`: {', '.join(batches)}."
    )
