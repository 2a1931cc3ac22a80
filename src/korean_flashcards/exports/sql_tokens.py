"""Split an SQL expression into tokens, and refuse everything that could be more than an expression on columns.

polars runs subqueries in an expression, and a subquery can read any file, so a token must be known to be allowed.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.exports.nearest_names import shown, unknown_name

Kind = Literal["text", "number", "word", "operator"]

DEPTHS = {"(": 1, ")": -1}
LONGEST = 2000  # characters
_MOST_TOKENS = 300
_DEEPEST = 30  # parentheses in each other
_TOKEN = lazy_regex(
    r"""(?P<space>\s+)
      | (?P<comment>--|/\*)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"[^"]*")
      | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<operator><>|!=|<=|>=|\|\||[=<>+\-*/%(),])""",
    re.VERBOSE,
)
# Words of SQL for which the message is not "there is no column with this name".
_STATEMENTS = ("select", "with", "from", "union", "values", "table", "into", "copy", "insert", "update", "delete", "drop",
               "create", "alter", "attach", "exists", "over", "lateral", "unnest")  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A part of an expression, such as a number. Columns may be in double quotes, which are not part of ``value``."""

    kind: Kind
    value: str
    quoted: bool = False


def tokens_of(expression: str) -> list[Token]:
    """Return the expression's tokens.

    Raises:
        SettingsError: The expression is too long, or contains a character or a word that is not allowed.
    """
    if len(expression) > LONGEST:
        raise SettingsError(f"The expression is longer than {LONGEST:,} characters.")
    found = list(_tokens(expression))
    if len(found) > _MOST_TOKENS:
        raise SettingsError(f"The expression has more than {_MOST_TOKENS} words, numbers, and signs.")
    _check_depth(found)
    return found


def check_words(
    tokens: Sequence[Token], columns: Collection[str], functions: Collection[str], words: Collection[str]
) -> None:
    """Raise SettingsError unless every name is a column, a function with its parenthesis, or one of the ``words`` of SQL.

    ``functions`` and ``words`` are in upper case.
    """
    for index, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if not is_function(token, tokens[index + 1 : index + 2]):
            _check_name(token, columns, functions, words)
        elif token.value.upper() not in {*functions, *words}:
            _refuse_statement(token.value)
            raise SettingsError(unknown_name("function", token.value, sorted(functions)))
        elif [each.value for each in tokens[index + 1 : index + 3]] == ["(", ")"]:
            raise SettingsError(f"{token.value.upper()} needs a value in parentheses.")


def is_function(token: Token, following: Sequence[Token]) -> bool:
    """Return whether a word is followed by a parenthesis, as the name of a function is. Names in quotes are columns."""
    return not token.quoted and bool(following) and following[0] == Token("operator", "(")


def _tokens(expression: str) -> Iterator[Token]:
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise SettingsError(_unexpected(expression[at]))
        at = found.end()
        kind, value = found.lastgroup, found[0]
        if kind == "comment":
            raise SettingsError("Comments (-- or /*) are not allowed in an expression.")
        if kind == "quoted":
            yield Token("word", value[1:-1], quoted=True)
        elif kind == "text":
            yield Token("text", value)
        elif kind in ("number", "word", "operator"):
            yield Token(kind, value)  # type: ignore[arg-type]


def _unexpected(sign: str) -> str:
    if sign == "'":
        return "A text in the expression has no closing quote ('). Write a quote within a text twice ('')."
    if sign == '"':
        return 'A name in the expression has no closing quote ("). Text is written in single quotes.'
    return (
        f"The character {shown(sign) if sign.isprintable() else f'U+{ord(sign):04X}'} is not allowed in an expression."
    )


def _check_depth(tokens: Collection[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "operator":
            depth += DEPTHS.get(token.value, 0)
        if depth > _DEEPEST:
            raise SettingsError(f"The expression has more than {_DEEPEST} parentheses within each other.")


def _check_name(token: Token, columns: Collection[str], functions: Collection[str], words: Collection[str]) -> None:
    name = token.value
    if name in columns or (not token.quoted and (name.lower() in columns or name.upper() in words)):
        return
    if token.quoted:
        raise SettingsError(f"{unknown_name('column', name, columns)} Write text in single quotes: '{shown(name)}'.")
    _refuse_statement(name)
    if name.upper() in functions:
        raise SettingsError(f"The function {name.upper()} needs parentheses: {name.upper()}(…).")
    raise SettingsError(unknown_name("column", name, columns))


def _refuse_statement(name: str) -> None:
    if name.lower() in _STATEMENTS:
        raise SettingsError(
            f"{name.upper()} is not allowed in an expression, which can use only the columns and functions of a card."
        )
