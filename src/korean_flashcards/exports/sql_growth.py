"""Refuse SQL expressions whose texts would become so long that they fill the memory.

The rule: all calls of REPLACE together make a text of at most 20 names at most 10 times as long, and a separator is a text
in quotes of at most 10 characters. Everything else that makes texts longer can only join parts of the expression, whose
length is limited.
"""

from collections.abc import Iterator, Sequence
from math import prod

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.sql_tokens import DEPTHS, Token

_MOST_GROWTH = 10
_MOST_NAMES = 20
_LONGEST_SEPARATOR = 10
_SEPARATORS = {"CONCAT_WS": 0, "ARRAY_TO_STRING": 1}  # the number of the argument


def check_growth(tokens: Sequence[Token]) -> None:
    """Raise SettingsError if the expression could make a text very long."""
    growths = []
    for index, token in enumerate(tokens):
        name = token.value.upper() if token.kind == "word" else ""
        if name == "REPLACE":
            growths.append(_growth(list(_arguments(tokens, index + 2))))
        elif name in _SEPARATORS:
            _check_separator(name, list(_arguments(tokens, index + 2)))
    if prod(growths) > _MOST_GROWTH:
        raise SettingsError(f"REPLACE would make texts more than {_MOST_GROWTH} times as long.")


def _growth(arguments: list[list[Token]]) -> float:
    """Return how many times as long the arguments of REPLACE can make a text."""
    old, new = (_length(each) for each in arguments[1:]) if len(arguments) == 3 else (None, None)
    if old is None or new is None:
        raise SettingsError("REPLACE needs a text, and two texts in quotes, as in REPLACE(ipa, '.', '').")
    if not old:
        raise SettingsError("REPLACE looks for an empty text.")
    if new > old and sum(token.kind == "word" for token in arguments[0]) > _MOST_NAMES:
        raise SettingsError(f"REPLACE would make a text longer that has more than {_MOST_NAMES} columns and functions.")
    return max(1.0, new / old)


def _check_separator(name: str, arguments: list[list[Token]]) -> None:
    at = _SEPARATORS[name]
    length = _length(arguments[at]) if at < len(arguments) else None
    if length is None or length > _LONGEST_SEPARATOR:
        raise SettingsError(
            f"The separator of {name} must be a text in quotes with at most {_LONGEST_SEPARATOR} characters."
        )


def _length(argument: list[Token]) -> int | None:
    """Return the length of an argument that is a text in quotes, or None for any other argument."""
    is_text = len(argument) == 1 and argument[0].kind == "text"
    return len(argument[0].value[1:-1].replace("''", "'")) if is_text else None


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
        depth += DEPTHS.get(sign, 0)
        current.append(token)
