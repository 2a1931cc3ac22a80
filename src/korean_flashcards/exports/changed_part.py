"""Shorten two versions of a text to the part that differs."""

_AROUND = 12  # characters before the difference
_LONGEST = 60  # characters of each text
_NOTHING = "(nothing)"


def changed_part(old: str, new: str) -> tuple[str, str]:
    """Return both texts, each on one line, without most of what they have in common at their start, and not too long."""
    one, other = " ".join(old.split()), " ".join(new.split())
    if one == other:  # they differ only in line breaks and spaces
        one, other = repr(old)[1:-1], repr(new)[1:-1]
    if max(len(one), len(other)) > _LONGEST:
        same = next(
            (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
        )
        start = max(0, same - _AROUND)
        one, other = _cut(one, start), _cut(other, start)
    return one or _NOTHING, other or _NOTHING


def _cut(text: str, start: int) -> str:
    part = ("…" if start else "") + text[start:]
    return part if len(part) <= _LONGEST else part[: _LONGEST - 1] + "…"
