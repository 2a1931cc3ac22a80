"""Compare words by their meaning: near-synonyms have definitions that share a sense."""

from collections.abc import Sequence

import polars as pl

from korean_flashcards.confusables.light_verbs import is_sense_of
from korean_flashcards.confusables.pair_frames import both, shared_keys
from korean_flashcards.confusables.senses import is_ambiguous, is_function
from korean_flashcards.confusables.transliterated import is_transliterated
from korean_flashcards.confusables.word import ConfusableWord

# Points if the words share all senses, the first sense of both, the first sense of one, or any sense.
_ALL, _FIRST, _ONE_FIRST, _ANY = 75, 65, 55, 45
# Added if every shared sense is ambiguous, or says only how the words are used in a sentence ("if", "to me").
_WEAK = -35
# Added if the words begin with the same two syllables: they are often forms of one word, such as 교수 and 교수님.
_SAME_BEGINNING, _BEGINNING = -30, 2
# Classes whose words often mean nothing but such a function.
_FUNCTIONS = ("pronoun", "determiner", "adverb", "numeral", "interjection", "conjunction")
# Words of different classes rarely mean the same thing, even if their glosses match ("like", "to attach" and "attachment").
_OTHER_CLASS = -30
_VAGUE = frozenset(("so", "as"))
# Lists from subtitles call many other forms particles.
_PARTICLES_TEXT = """
이 가 은 는 을 를 의 에 에서 에게 에게서 한테 한테서 께 께서 와 과 하고 랑 이랑 로 으로 로서 으로서 로써 으로써 보다
처럼 같이 만큼 만 뿐 밖에 도 까지 마저 조차 부터 마다 나 이나 라도 이라도 든지 이든지 야 이야 요 대로 말고 따라
의하면 통해 통해서 관해 관한 대해 대한 위해 위해서
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
# A card must not lead from a standard word to its counterpart in a dialect.
_DIALECT = frozenset(("마이", "억수로", "겁나게", "허벌나게", "솔찬히", "거시기", "참말로", "엄니"))
_CLASSES = {"verb": "verb", "adjective": "verb", "noun": "noun", "pronoun": "noun", "numeral": "noun"}
_SCHEMA = {"word": pl.UInt32, "key": pl.String, "place": pl.UInt16, "text": pl.String, "is_of_ending": pl.Boolean}
_WEAKNESSES = dict.fromkeys(("is_function", "is_vague", "is_ambiguous", "is_ambiguous_verb"), pl.Boolean)


def keys(first: int, words: Sequence[ConfusableWord]) -> pl.DataFrame:
    """Return the senses of each word. ``first`` is the index of the first word.

    Whole senses are compared, because individual gloss words (thing, person, to make) are shared by too many words. The
    columns are ``place`` (from 0), ``text`` (the part of the definition that expresses the sense), and ``is_of_ending``
    (whether the sense is probably that of the word's ending).
    """
    rows = [
        (at, " ".join(sorted(sense)), place, text, bool(word.light) and not is_sense_of(sense, word.light))
        for at, word in enumerate(words, first)
        for place, (sense, text) in enumerate(word.senses.items())
    ]
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def weighed(senses: pl.DataFrame) -> pl.DataFrame:
    """Return the senses with the properties that make a sense weak evidence for a shared meaning."""
    distinct = senses["key"].unique()
    weaknesses = pl.DataFrame(map(_weaknesses, distinct), _WEAKNESSES, orient="row").with_columns(distinct)
    return senses.join(weaknesses, on="key", maintain_order="left")


def word_class(word: ConfusableWord) -> str:
    """Return the class of a word, or "" if it is unknown."""
    is_nominalized = word.bare.endswith("기") and word.definition.endswith("ing")  # 보이기 "showing"
    return "verb" if word.light or is_nominalized else _CLASSES.get(word.pos, word.pos)


def points(pairs: pl.DataFrame, words: pl.DataFrame, senses: pl.DataFrame) -> pl.Series:
    """Return the points of each pair: the most if the words share all senses, and 0 if they share none.

    Weak evidence can lead to less than 0 points.
    """
    shared = shared_keys(pairs, senses)
    names = ("is_word", "is_question", "bare", "pos", "word_class", "sense_count")
    alike = both(pairs.select("a", "b").with_row_index("pair")[shared["pair"].unique()], words, *names)
    alike = alike.filter("is_word_a", "is_word_b", pl.col("is_question_a") == pl.col("is_question_b"))
    is_first = pl.col("place") == 0, pl.col("place_b") == 0
    found = (
        shared.join(alike, on="pair")
        .group_by("pair")
        .agg(
            shared=pl.len(), is_weak=_is_weak().all(),
            is_first_of_both=(is_first[0] & is_first[1]).any(), is_first_of_one=(is_first[0] | is_first[1]).any(),
        )
    )  # fmt: skip
    worth = alike.join(found, on="pair").select("pair", worth=_worth())
    return pl.zeros(pairs.height, dtype=pl.Int16, eager=True).scatter(worth["pair"], worth["worth"])


def is_word(words: pl.DataFrame, senses: pl.DataFrame) -> pl.Series:
    """Return whether words of similar meaning may lead to each word, which shares a sense with other words (``senses``).

    They may not if it is a number, a dialect word, a wrong particle, or an English word.
    """
    asked = words.with_row_index()[senses["word"].unique()].filter(
        pl.col("slots").is_not_null() & ~pl.col("bare").is_in(_DIALECT),
        (pl.col("pos") != "particle") | pl.col("bare").is_in(_PARTICLES),
    )
    asked = asked.select("index", "bare", "definition")
    own = [at for at, bare, definition in asked.iter_rows() if not is_transliterated(bare, definition)]
    return words.select(pl.int_range(pl.len()).is_in(own)).to_series()


def is_question(words: pl.DataFrame) -> pl.Series:
    """Return whether each word means a question: 안될까요 "possible?" is not 가능한 "possible"."""
    return words.select(pl.col("definition").str.strip_chars_end(") ").str.ends_with("?")).to_series()


def why() -> pl.Expr:
    """Return the reason for the points, including the shared sense (column: ``text``)."""
    return pl.format("both mean “{}”", "text")


def _weaknesses(sense: str) -> tuple[bool, bool, bool, bool]:
    stems = frozenset(sense.split(" "))
    return is_function(stems), stems <= _VAGUE, is_ambiguous(stems, verbs=False), is_ambiguous(stems, verbs=True)


def _worth() -> pl.Expr:
    is_all = (pl.col("shared") == pl.col("sense_count_a")) & (pl.col("shared") == pl.col("sense_count_b"))
    worth = pl.when(is_all).then(_ALL).when("is_first_of_both").then(_FIRST).when("is_first_of_one").then(_ONE_FIRST)
    is_known = (pl.col("pos_a") != "") & (pl.col("pos_b") != "")
    is_other = is_known & (pl.col("word_class_a") != pl.col("word_class_b"))
    added = ("is_weak", _WEAK), (_begin_alike(), _SAME_BEGINNING), (is_other, _OTHER_CLASS)
    return worth.otherwise(_ANY) + pl.sum_horizontal(
        pl.when(applies).then(points).otherwise(0) for applies, points in added
    )


def _begin_alike() -> pl.Expr:
    """Return whether two words are probably one word with different endings, or with the honorific suffix 님."""
    one, other = pl.col("bare_a"), pl.col("bare_b")
    same = one.str.head(_BEGINNING) == other.str.head(_BEGINNING)
    # 역사상 and 역사에, but not 돌아가면 and 돌아오면
    are_nouns = (pl.col("pos_a") == "noun") & (pl.col("pos_b") == "noun")
    lengths = one.str.len_chars() != other.str.len_chars()
    honorific = one.str.contains("님", literal=True) != other.str.contains("님", literal=True)
    return same & (are_nouns | lengths | honorific)


def _is_weak() -> pl.Expr:
    """Return whether a shared sense does not show that the words mean the same."""
    pos = pl.col("pos_a")
    # 받게 and 갖게 mean “so that” because they have the same ending.
    same_ending = (pos != "pronoun") & (pl.col("bare_a").str.tail(1) == pl.col("bare_b").str.tail(1))
    no_function = same_ending | (pos != pl.col("pos_b")) | ~pos.is_in(_FUNCTIONS)
    are_verbs = (pl.col("word_class_a") == "verb") | (pl.col("word_class_b") == "verb")
    return (
        pl.when(pl.col("is_of_ending") | pl.col("is_of_ending_b")).then(True)
        .when("is_function").then(pl.col("is_vague") | no_function)
        .when(are_verbs).then("is_ambiguous_verb").otherwise("is_ambiguous")
    )  # fmt: skip
