"""Find words that a learner may confuse because of their sound, letters, or meaning. Pure.

Each kind of similarity has its own module, which computes a word's keys, a pair's points, and the reason for the points.
Only words that share a key are compared. A pair's score depends only on its two words (see ``rank``).
"""

from korean_flashcards.confusables.find import CONFUSABLE_SCHEMA, candidates_of, find_among
from korean_flashcards.confusables.links import linked_words
from korean_flashcards.confusables.pairs import pairs_of

__all__ = ["CONFUSABLE_SCHEMA", "candidates_of", "find_among", "linked_words", "pairs_of"]
