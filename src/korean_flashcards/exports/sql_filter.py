"""Read SQL expressions on the columns of the card table, such as ``score < 80 AND card_type <> 'Hanja'``.

An expression can use the columns, the functions in FUNCTIONS, and the operators of SQL. It cannot read or write files.
"""

from collections.abc import Sequence

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.nearest_names import shown
from korean_flashcards.exports.sql_growth import check_growth
from korean_flashcards.exports.sql_tokens import Token, check_words, is_function, tokens_of

# Each function with an example and its description, for the reference page.
FUNCTIONS: dict[str, tuple[str, str]] = {
    "ABS": ("ABS(score - 50)", "absolute value"),
    "ARRAY_CONTAINS": ("ARRAY_CONTAINS(list_tags, 'unit3')", "whether a list contains a value"),
    "ARRAY_LENGTH": ("ARRAY_LENGTH(tags)", "number of values in a list"),
    "ARRAY_TO_STRING": ("ARRAY_TO_STRING(tags, ', ')", "a list as text, with a separator of up to 10 characters"),
    "CEIL": ("CEIL(score / 10)", "the number, rounded up"),
    "COALESCE": ("COALESCE(hanja, word)", "the first value that is not missing"),
    "CONCAT": ("CONCAT(word, ' ', ipa)", "the texts, joined; missing values are left out"),
    "CONCAT_WS": ("CONCAT_WS(' – ', word, meaning)", "the texts, joined with a separator of up to 10 characters"),
    "DATE_PART": ("DATE_PART('year', imported_on)", "the year, month, or day of a date"),
    "ENDS_WITH": ("ENDS_WITH(word, '다')", "whether a text ends with a text"),
    "FLOOR": ("FLOOR(score / 10)", "the number, rounded down"),
    "GREATEST": ("GREATEST(score, 50)", "the greatest value"),
    "IF": ("IF(level <= 2, 'easy', 'hard')", "one of two values"),
    "LEAST": ("LEAST(score, 50)", "the least value"),
    "LEFT": ("LEFT(word, 1)", "the first characters of a text"),
    "LENGTH": ("LENGTH(back)", "number of characters"),
    "LOWER": ("LOWER(meaning)", "the text in lower case"),
    "LTRIM": ("LTRIM(meaning)", "the text without spaces at its start"),
    "MOD": ("MOD(term_number, 100)", "the remainder of a division"),
    "NULLIF": ("NULLIF(review, 'none')", "the first value, or nothing if both are equal"),
    "REGEXP_LIKE": ("REGEXP_LIKE(word, '^[가-깋]')", "whether a regular expression matches"),
    "REPLACE": (
        "REPLACE(ipa, '.', '')",
        "the text with a part replaced; both parts are texts in quotes, and the text becomes at most 10 times as long",
    ),
    "REVERSE": ("REVERSE(word)", "the text backward"),
    "RIGHT": ("RIGHT(word, 1)", "the last characters of a text"),
    "ROUND": ("ROUND(score / 3, 1)", "the rounded number"),
    "RTRIM": ("RTRIM(meaning)", "the text without spaces at its end"),
    "SPLIT_PART": ("SPLIT_PART(deck, '::', 2)", "a part of a text"),
    "STARTS_WITH": ("STARTS_WITH(word, '가')", "whether a text starts with a text"),
    "SUBSTR": ("SUBSTR(word, 1, 2)", "a part of a text, from a position (1 is the first) and with a length"),
    "TRIM": ("TRIM(meaning)", "the text without spaces at its start and end"),
    "UPPER": ("UPPER(meaning)", "the text in upper case"),
}
# The words and types of SQL that an expression may contain. CAST fails as a whole if one value cannot be converted.
WORDS = (
    "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "BETWEEN", "TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE",
    "END", "TRY_CAST", "AS", "INTEGER", "DOUBLE", "VARCHAR", "DATE",
)  # fmt: skip
_NO_CARDS = pl.DataFrame(schema=CARD_COLUMNS)
# polars panics in rare cases instead of raising its own error.
_FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
_LONGEST = 120  # characters of an expression in a message
_VALUE = "value of the expression"  # not the name of a column


def condition(expression: str) -> pl.Expr:
    """Return the condition that an SQL expression states. A card whose condition is unknown (NULL) does not meet it.

    Raises:
        SettingsError: The expression is invalid or is not a condition.
    """
    found = sql_expression(expression)
    if _type_of(expression, found) != pl.Boolean:
        raise SettingsError(
            f"The expression {_shown(expression)} is not a condition. Compare two values, as in score < 80."
        )
    return found


def sql_expression(expression: str) -> pl.Expr:
    """Return the value that an SQL expression computes for each card.

    Raises:
        SettingsError: The expression is invalid.
    """
    if not expression.strip():
        raise SettingsError("The expression is empty.")
    try:
        tokens = tokens_of(expression)
        check_words(tokens, CARD_COLUMNS, FUNCTIONS, WORDS)
        check_growth(tokens)
    except SettingsError as error:
        raise SettingsError(f"The expression {_shown(expression)} cannot be used. {error}") from None
    try:
        found = pl.sql_expr(_written(tokens))
    except _FAILURES:
        raise SettingsError(f"The expression {_shown(expression)} is not valid SQL. {_ADVICE}") from None
    _type_of(expression, found)
    return found


def evaluated(cards: pl.DataFrame, expression: str, computed: pl.Expr) -> pl.Series:
    """Return the value that the expression has for each card.

    Args:
        cards: The card table.
        expression: The expression as the user wrote it, for the error message.
        computed: The expression, read by ``sql_expression``.

    Raises:
        SettingsError: The values of some cards do not allow the computation.
    """
    try:
        return cards.with_columns(computed.alias(_VALUE))[_VALUE]
    except _FAILURES:
        raise SettingsError(_not_computable(expression)) from None


_ADVICE = (
    "Text is written in single quotes, and a date as DATE '2026-11-30'. docs/reference/export-columns.md lists the "
    "columns and functions."
)


def _type_of(expression: str, computed: pl.Expr) -> pl.DataType:
    """Return the type of the expression's values, after trying it on a table without cards."""
    try:
        return _NO_CARDS.with_columns(computed.alias(_VALUE)).schema[_VALUE]
    except _FAILURES:
        raise SettingsError(_not_computable(expression)) from None


def _not_computable(expression: str) -> str:
    return (
        f"The expression {_shown(expression)} cannot be computed, for example because it compares text with a number. "
        f"{_ADVICE}"
    )


def _written(tokens: Sequence[Token]) -> str:
    """Return the tokens as SQL. Columns are quoted, so that a column such as ``list`` is not read as a word of SQL."""
    return " ".join(_token(token, tokens[index : index + 1]) for index, token in enumerate(tokens, 1))


def _token(token: Token, following: Sequence[Token]) -> str:
    if token.kind != "word":
        return token.value
    if token.quoted or (not is_function(token, following) and token.value.lower() in CARD_COLUMNS):
        return f'"{token.value if token.quoted else token.value.lower()}"'
    return token.value.upper()


def _shown(expression: str) -> str:
    return f"`{shown(expression, _LONGEST)}`"
