"""Find text that a record or a card copies from the word list. The model is not to blame for it, so checks ignore it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import has_hangul

# Columns of the word list, and other text in a request: the words to compare, whose meanings are also from the list, and
# the analysis that cards are based on.
_COLUMNS = (
    "definition", "example", "example_translation", "usage_hint", "hanja", "tags", "comparison_candidates", "analysis",
)  # fmt: skip
# Every Han character and kana is a token because Chinese and Japanese have no spaces.
_TOKENS = lazy_regex("[\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\\W_]+|[^\\w\\s]|_")
_FOREIGN = lazy_regex("[\u0370-\u1fff\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# Shorter runs are also in text that is not copied.
_TELLING = 3
_FINAL = lazy_regex("[.?!…]")


def texts_of_list(listed: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the list's text for a word, without duplicates. ``listed``: the word's row or the request for it."""
    return tuple(dict.fromkeys(filter(None, _texts(listed.get(column) for column in _COLUMNS))))


@lru_cache(maxsize=1024)
def without_copies(text: str, sources: tuple[str, ...], korean: str) -> str:
    """Return the text with numbers in place of all words that are copied from one of the sources.

    A copy is a whole source, at least three words of one, or at least one word in a different script.

    Args:
        text: The text.
        sources: The text of the word list.
        korean: A Korean word to put in place of the first word of each copied Korean sentence, or "" for a number.
    """
    tokens = list(_TOKENS.finditer(text))
    words = [token[0] for token in tokens]
    known, openings = _tokens_of(sources)
    parts, end, at = [], 0, 0
    while at < len(tokens):
        opening = words[at : at + _TELLING]
        is_possible = tuple(opening) in openings or (words[at],) in openings or any(map(_FOREIGN.search, opening))
        if length := _copied(words[at:], known) if is_possible else 0:
            parts += [text[end : tokens[at].start()], _numbered(words[at : at + length], korean)]
            end = tokens[at + length - 1].end()
        at += length or 1
    return "".join(parts) + text[end:]


@lru_cache(maxsize=64)
def _tokens_of(sources: tuple[str, ...]) -> tuple[list[list[str]], frozenset[tuple[str, ...]]]:
    """Return the tokens of each source, and what a copy in Latin letters or Hangul can begin with.

    It begins with three tokens of a source, or with the first token of a source that is shorter.
    """
    known = [source for source in map(_TOKENS.findall, sources) if source]
    openings = {tuple(source[at : at + _TELLING]) for source in known for at in range(len(source) - _TELLING + 1)}
    openings |= {(source[0],) for source in known if len(source) < _TELLING}
    return known, frozenset(openings)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)


def _numbered(tokens: Sequence[str], korean: str) -> str:
    """Return one number per word, so that the text keeps its number of words, and the final punctuation mark."""
    words = [str(number) for number, word in enumerate(filter(str.isalnum, tokens), 1)]
    if korean and words and any(map(has_hangul, tokens)):
        words[0] = korean
    return " ".join(words) + (tokens[-1] if _FINAL.match(tokens[-1]) else "")


def _copied(tokens: Sequence[str], sources: Sequence[Sequence[str]]) -> int:
    """Return the length of the longest copy at the beginning of the tokens, or 0 if there is none."""
    return max((_copied_from(tokens, source) for source in sources), default=0)


def _copied_from(tokens: Sequence[str], source: Sequence[str]) -> int:
    starts = (at for at, token in enumerate(source) if token == tokens[0])
    length = max((_common(tokens, source[start:]) for start in starts), default=0)
    telling = length >= _TELLING or length == len(source) or any(map(_FOREIGN.search, tokens[:length]))
    return length if telling else 0


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
