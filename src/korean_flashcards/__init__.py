"""Korean vocabulary lists in, nuanced Anki flashcards out: a Kedro project that treats every paid reply as precious."""

__version__ = "0.1.0"
