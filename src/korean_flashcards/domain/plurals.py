"""Numbers with their nouns."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: "1 word", "1,200 words", "2 replies" (``plural`` for irregular nouns)."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
