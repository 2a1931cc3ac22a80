"""Words of one deck that a learner mixes up: the same sound, nearly the same letters, the same meaning. Pure.

Each module of a kind says which keys a word has (words that share one are compared), what two words' likeness is worth and
why. What a pair is worth depends on these two words alone: see ``rank``.
"""

from korean_flashcards.confusables.find import CONFUSABLE_SCHEMA, candidates_of, find_among
from korean_flashcards.confusables.links import linked_words
from korean_flashcards.confusables.pairs import pairs_of

__all__ = ["CONFUSABLE_SCHEMA", "candidates_of", "find_among", "linked_words", "pairs_of"]
