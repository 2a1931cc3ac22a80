"""Read the table of classic pairs, such as 틀리다 and 다르다, and find the pairs that a word belongs to.

The table (``data/classic_pairs.tsv``) has one pair per line: the spellings of each word, separated by commas, English words
that occur in its definitions, and advice on how to choose. The English words identify inflected forms: 틀렸어 "was wrong"
belongs to 틀리다. Without them, only the listed spellings belong to the pair. After an exclamation mark, they are required
even for a listed spelling, such as 안 "inside", which is also "not". After a question mark, they are required unless the
definition is missing: 적다 is "few" unless a list says "to write down".
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import VOWELS
from korean_flashcards.korean.inflection import letters

# Irregular English forms, as in the definition "lent" of 빌려줬어.
_IRREGULAR = """
ate:eat became:become began:begin begun:begin blew:blow bought:buy broke:break broken:break brought:bring built:build
came:come caught:catch chose:choose cried:cry cut:cut did:do done:do drank:drink drew:draw drove:drive fed:feed fell:fall
felt:feel flew:fly forgot:forget forgotten:forget fought:fight found:find froze:freeze gave:give given:give gone:go got:get
grew:grow had:have heard:hear held:hold hid:hide hung:hang kept:keep knew:know known:know laid:lay led:lead left:leave
lent:lend lost:lose made:make meant:mean met:meet paid:pay ran:run rang:ring rode:ride rose:rise said:say sang:sing
sat:sit saw:see seen:see sent:send shook:shake slept:sleep sold:sell sought:seek spent:spend spoke:speak spoken:speak
stole:steal stood:stand stuck:stick swam:swim swept:sweep taken:take taught:teach thought:think threw:throw told:tell
took:take tore:tear understood:understand wept:weep went:go woke:wake won:win wore:wear worn:wear wrote:write
written:write dying:die lying:lie tying:tie making:make makes:make using:use uses:use giving:give gives:give going:go
goes:go getting:get gets:get having:have has:have
"""
_INFINITIVES = dict(each.split(":") for each in _IRREGULAR.split())


class _PairWord(NamedTuple):
    """One of the two words of a pair.

    Attributes:
        pair: Number of the pair.
        side: 0 for the first word of the pair, 1 for the second.
        gloss: English words that occur in the word's definitions, as they stand in the table.
        mark: "!" or "?" if the definition of a word with this spelling must contain one of these English words, else "".
    """

    pair: int
    side: int
    gloss: str
    mark: str

    def accepts(self, words: frozenset[str]) -> bool:
        """Return whether a definition with these English words may be a definition of the word."""
        return not _gloss_words(self.gloss).isdisjoint(words)

    def is_spelled(self, words: frozenset[str]) -> bool:
        """Return whether a word with this spelling and a definition with these English words is the word."""
        return not self.mark or (self.mark == "?" and not words) or self.accepts(words)


class _PairTable(NamedTuple):
    """The entries by spelling and by stem, and each pair's advice."""

    spellings: dict[str, list[_PairWord]]
    verbs: dict[str, list[_PairWord]]
    nouns: dict[str, list[_PairWord]]
    advice: list[str]


def sides_of(bare: str, definition: str, verb_stems: Iterable[str], noun_stems: Iterable[str]) -> Mapping[int, int]:
    """Return which word of each pair (0 or 1) the given word is, keyed by the pair's number.

    A spelling in the table decides. Otherwise, a form that could belong to both words of a pair belongs to the word with
    more syllables in its stem, or to neither.
    """
    table = _table()
    spelled = table.spellings.get(bare, ())
    stems = [(stem, entry) for stem in verb_stems for entry in table.verbs.get(stem, ())]
    stems += [(stem, entry) for stem in noun_stems for entry in table.nouns.get(stem, ())]
    if not spelled and not stems:
        return {}
    words = _words(definition)
    certain = _certain((entry.pair, entry.side, stem) for stem, entry in stems if entry.accepts(words))
    return certain | {entry.pair: entry.side for entry in spelled if entry.is_spelled(words)}


def _certain(found: Iterable[tuple[int, int, str]]) -> dict[int, int]:
    """Return the side of each pair, from (pair, side, stem). The longer stem decides: 좋아해 belongs to 좋아하다."""
    lengths: dict[int, list[int]] = {}
    for pair, side, stem in found:
        longest = lengths.setdefault(pair, [0, 0])
        longest[side] = max(longest[side], sum(letter in VOWELS for letter in stem))
    return {pair: int(second > first) for pair, (first, second) in lengths.items() if first != second}


def advice_of(pair: int) -> str:
    """Return the advice on how to choose between the words of the pair with this number."""
    return _table().advice[pair]


@cache
def _table() -> _PairTable:
    table = _PairTable({}, {}, {}, [])
    lines = (files(__package__) / "data/classic_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for pair, line in enumerate(lines):
        first, gloss, second, other_gloss, advice = line.split("\t")
        table.advice.append(advice)
        for side, (spellings, words) in enumerate(((first, gloss), (second, other_gloss))):
            for spelling in spellings.split(","):
                mark = words[:1] if words.startswith(("!", "?")) else ""
                _add(table, spelling.replace(" ", ""), _PairWord(pair, side, words, mark))
    return table


def _add(table: _PairTable, spelling: str, entry: _PairWord) -> None:
    table.spellings.setdefault(spelling, []).append(entry)
    if spelling.endswith("다"):
        table.verbs.setdefault(letters(spelling[:-1]), []).append(entry)
    else:
        table.nouns.setdefault(letters(spelling), []).append(entry)


@cache
def _gloss_words(gloss: str) -> frozenset[str]:
    return _words(gloss)


def _words(text: str) -> frozenset[str]:
    """Return the words in an English text, and the stems of those that carry meaning."""
    words = re.findall(r"[a-z]{2,}", text.lower())
    return frozenset((*words, *(_INFINITIVES[word] for word in words if word in _INFINITIVES))) | content_words(text)
