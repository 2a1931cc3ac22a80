"""Find Korean words in Latin letters by their syllables, in any lowercase word that is not English: beongae, banghak."""

from functools import lru_cache

from korean_flashcards.checks.english_words import FROM_KOREAN, is_known
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.native_words import is_native
from korean_flashcards.korean.romanisation import romanizes

# English words with eo or eu that can be read as Korean syllables
_ENGLISH = frozenset((
    "museum", "lieu", "milieu", "adieu", "linoleum", "mausoleum", "galleon", "chameleon", "rodeo", "dungeon", "luncheon",
    "pigeon", "neuron", "neutral", "leukemia", "yeoman", "neon", "napoleon", "reunion", "truncheon", "people", "ideogram",
    "peon", "geo", "neural", "eunuch", "gideon", "reuse", "someone", "homeopath",
))  # fmt: skip
_VOWEL = "yae|yeo|wae|ae|ya|eo|ye|yo|wa|oe|wo|we|wi|yu|eu|ui|[aeiou]"
_VOWELS = lazy_regex(_VOWEL)
_SYLLABLES = lazy_regex(rf"(?:(?:kk|tt|pp|ss|jj|ch|[gndrlmbsjktph])?(?:{_VOWEL})(?:ng|[kntlmp](?![aeiouwy]))?){{2,}}")
# Letters that mark Korean: no English word begins with a double consonant, and few have eo or eu.
_KOREAN_LETTERS = lazy_regex("eo|eu|^(?:kk|tt|pp|jj)|(?:hada|hago|[^m]ayo|haeyoche)$")
_NO_LOANWORD = lazy_regex("ae|oe|yo|ui(?!t)|kk|jj|ji|nik|ss[aei]")
# The requested word is a loanword only if the text says so.
_LOANS = frozenset(
    ("english", "german", "french", "japanese", "italian", "portuguese", "loanword", "loan", "konglish", "dutch")
)
_PARTICLE = lazy_regex("(?:[이가을를은는에의도만과와로]|에서|에게|한테|까지|부터|으로|하고)$")
_FEWEST = 4  # letters


def is_korean_in_latin(latin: str) -> bool:
    """Return whether a lowercase word is certainly Korean, judging by its letters alone."""
    return may_be_korean(latin) and _KOREAN_LETTERS.search(latin) is not None


@lru_cache(maxsize=65536)
def may_be_korean(latin: str) -> bool:
    """Return whether a lowercase word consists of Korean syllables and is not an English word."""
    if len(latin) < _FEWEST or not latin.isascii() or not _SYLLABLES.fullmatch(latin):
        return False
    return not (latin in FROM_KOREAN or latin in _ENGLISH or is_known(latin))


def romanised_word(latin: str, subject: Analysis | Card) -> str:
    """Return the Korean word in the record or on the card that a lowercase word spells in Latin letters, or "".

    Loanwords such as 피아노 “piano” are their own romanization, so only verbs and words that dictionaries call native or
    Sino-Korean count.
    """
    count = len(_VOWELS.findall(latin))
    words = (word for word in (*subject.hangul.split(), *subject.analysis.hangul.split()) if len(word) == count)
    is_telling = _NO_LOANWORD.search(latin) is not None
    own = "" if subject.words & _LOANS or subject.analysis.words & _LOANS else subject.analysis.spoken
    found = (
        word
        for word in dict.fromkeys(words)
        if (is_telling or word == own or _is_no_loanword(word)) and romanizes(latin, word)
    )
    return next(found, "")


@lru_cache(maxsize=16384)
def _is_no_loanword(word: str) -> bool:
    if word[-1] in "다요":
        return True
    stems = dict.fromkeys((word, _PARTICLE.sub("", word)))
    return any(stem and (is_native(stem, frozenset()) or spelled(stem)) for stem in stems)
