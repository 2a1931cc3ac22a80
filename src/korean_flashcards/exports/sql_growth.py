"""Refuse SQL expressions whose texts would grow without limit, because nested calls of REPLACE can fill the memory."""

from collections.abc import Iterator, Sequence
from math import prod

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.sql_tokens import Token

_MOST_GROWTH = 100
_DEPTHS = {"(": 1, ")": -1}


def check_growth(tokens: Sequence[Token]) -> None:
    """Raise SettingsError if calls of REPLACE together could make a text more than 100 times as long."""
    starts = (index for index, token in enumerate(tokens) if token.kind == "word" and token.value.upper() == "REPLACE")
    if prod(_growth(list(_arguments(tokens, index + 2))) for index in starts) > _MOST_GROWTH:
        raise SettingsError(f"REPLACE would make texts more than {_MOST_GROWTH} times as long.")


def _growth(arguments: list[list[Token]]) -> float:
    """Return how many times as long the arguments of REPLACE can make a text."""
    if len(arguments) != 3 or any(len(each) != 1 or each[0].kind != "text" for each in arguments[1:]):
        raise SettingsError("REPLACE needs a text, and two texts in quotes, as in REPLACE(ipa, '.', '').")
    old, new = (len(each[0].value[1:-1].replace("''", "'")) for each in arguments[1:])
    if not old:
        raise SettingsError("REPLACE looks for an empty text.")
    return max(1.0, new / old)


def _arguments(tokens: Sequence[Token], start: int) -> Iterator[list[Token]]:
    """Yield the arguments of a function. ``start`` is the index of the token after the opening parenthesis."""
    depth, current = 0, list[Token]()
    for token in tokens[start:]:
        sign = token.value if token.kind == "operator" else ""
        if depth == 0 and sign in (",", ")"):
            yield current
            if sign == ")":
                return
            current = []
            continue
        depth += _DEPTHS.get(sign, 0)
        current.append(token)
