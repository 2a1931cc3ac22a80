"""Find words that a learner may confuse: the same sound, nearly the same letters, or the same meaning. Pure.

There is one module for each kind of similarity. It defines the keys of a word (words that share a key are compared), the
points of a pair, and the reason for them. The score of a pair depends only on its two words: see ``rank``.
"""

from korean_flashcards.confusables.find import CONFUSABLE_SCHEMA, candidates_of, find_among
from korean_flashcards.confusables.links import linked_words
from korean_flashcards.confusables.pairs import pairs_of

__all__ = ["CONFUSABLE_SCHEMA", "candidates_of", "find_among", "linked_words", "pairs_of"]
