"""Find the form of a word in a sentence: 먹다 in 밥을 먹었어요, 사과 in 사과를 샀어요.

Like ``inflection``, this needs no model and gives the same result on every machine. It returns nothing if there is doubt.
"""

from korean_flashcards.domain.lazy_regex import lazy_regex

from .inflection import is_followed_by_particles, letters, verb_stems

_WORD = lazy_regex(r"[^\W_]+")
_INFLECTED = ("verb", "adjective", "phrase")
# These occur within other words, where their letters do not show for certain where they are.
_BOUND = ("particle", "ending", "suffix")


def forms_in(word: str, pos: str, sentence: str) -> list[tuple[int, int]]:
    """Return where a word occurs in a sentence, as (start, end) indexes.

    A noun is found with and without particles, which are not part of the result. A verb or an adjective in the dictionary
    form is found in any form. If two different forms might be the word, the result is empty.

    Args:
        word: The word, which may have several parts (배가 고프다).
        pos: Its part of speech.
        sentence: The sentence.
    """
    parts = word.split()
    if not parts or any(not _WORD.fullmatch(part) for part in parts):
        return []
    tokens = list(_WORD.finditer(sentence))
    found: list[tuple[int, int]] = []
    forms: set[str] = set()
    for first in range(len(tokens) - len(parts) + 1):
        *before, last = tokens[first : first + len(parts)]
        if [token[0] for token in before] != parts[:-1]:
            continue
        if length := _length(parts[-1], pos, last[0]):
            found.append((tokens[first].start(), last.start() + length))
            forms.add(last[0])
    return found if len(forms) == 1 else []


def _length(word: str, pos: str, token: str) -> int:
    """Return how many characters at the beginning of a token are a form of the word, or 0."""
    if token == word:
        return len(token)
    if pos in _BOUND:
        return 0
    if pos in _INFLECTED and word.endswith("다") and len(word) > 1:
        return len(token) if letters(word[:-1]) in verb_stems(token) else 0
    return len(word) if token.startswith(word) and is_followed_by_particles(word, token) else 0
