"""Remove the marks that dictionaries write inside a headword, and unify the spellings of the middle dot.

Only marks that Korean spelling does not use are removed: the caret for an optional space (서울^특별시), the sign for a
long vowel (눈ː), and the hyphen before 하다 and the like (공부-하다). Any other hyphen may be part of the term: 한-미 관계.
"""

from korean_flashcards.domain.lazy_regex import lazy_regex

_MARK = lazy_regex(r"(?<=[가-힣])(?:\^+(?!\d)|ː)")
_SUFFIX = lazy_regex(r"(?<=[가-힣])(?<!명사|동사)(?<!형용사)-(?=(?:하다|되다|시키다|스럽다|롭다|답다|거리다)$)")
_DOT = lazy_regex("(?<=[가-힣0-9])[ㆍ・･•‧∙⋅․](?=[가-힣0-9])")
_BOUNDARY = lazy_regex("(?<=[가-힣])-(?=[가-힣])")


def without_marks(text: str) -> str:
    """Return the text without dictionary marks, and with the usual middle dot (·) between syllables and digits."""
    return _SUFFIX.sub("", _DOT.sub("·", _MARK.sub("", text)))


def without_boundaries(headword: str) -> str:
    """Return the headword without hyphens between syllables.

    Use this function only for headwords with a dictionary's number: in 첫-눈01, the hyphen can only be the dictionary's.
    """
    return _BOUNDARY.sub("", headword)
