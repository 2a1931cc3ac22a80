"""Name what belongs to a word: its usual verbs, counter, opposite, honorific or humble counterpart, and number pair.

The table ``data/word_companions.txt`` was compiled for this project. It says something true and useful about a word
without a model.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from .glosses import content_words
from .hangul import split

_ENTRY = lazy_regex(r"([^\s(~]+(?:_[^\s(~]+)*)(?:\(([a-zA-Z,_']+)\))?")
_PARTICLES = {"을": ("을", "를"), "이": ("이", "가"), "에": ("에", "에"), "에서": ("에서", "에서")}
# The label of what stands after ~ and, where the relation also holds in the other direction, the label of what is before.
_PAIRS = {
    "opp": ("Opposite", "Opposite"), "pair": ("Counterpart", "Counterpart"),
    "hon": ("Honorific", ""), "plain": ("Plain word", ""), "hum": ("Humble", ""),
    "unhum": ("Plain word", ""), "num": ("Sino-Korean number", ""), "sino": ("Native number", ""),
}  # fmt: skip
_WITH_DO = "With 하다, a verb"
# "not appear" of 나타나지 않다 means the same as the opposite of 나타나다. These words are negative themselves.
_NEGATIVE = lazy_regex(r"(?:\w+ )?(?:not|never|hardly)\b|no longer|\w+n[’']t\b", re.I)
_NEGATIVE_WORDS = ("없다", "모르다", "싫어하다", "아니다", "싫다")
_MOST_PHRASES, _MOST_COUNTERS = 3, 2


class _Companion(NamedTuple):
    """What a card can name together with a word. ``cues``: English words that tell the word from others, or none."""

    cues: frozenset[str]
    label: str
    text: str


def companions_of(word: str, definition: str, *, notes: bool = True) -> list[str]:
    """Return lines such as "Opposite: 작다." and "Often: 모자를 쓰다, 모자를 벗다." about a word in its dictionary form.

    Args:
        word: The word.
        definition: Its meaning.
        notes: Whether to return notes, which are about the form itself: 어쩌다 "by chance", but not its form 어쩐.
    """
    found = [each for each in _table().get(word, ()) if notes or each.label]
    if not found:
        return []
    meaning = content_words(definition) | frozenset(re.findall("[A-Za-z]+", definition))
    texts: dict[str, list[str]] = {}
    for each in found:
        if not each.cues or not each.cues.isdisjoint(meaning):
            texts.setdefault(each.label, []).append(each.text)
    if _WITH_DO in texts:
        texts["Often"] = [
            phrase for phrase in texts.get("Often", []) if not phrase.endswith((f"{word}을 하다", f"{word}를 하다"))
        ]
    most = {"Often": _MOST_PHRASES, "Counted": _MOST_COUNTERS}
    if _NEGATIVE.match(definition) and word not in _NEGATIVE_WORDS:
        texts.pop("Opposite", None)
    return [
        f"{label}: {', '.join(dict.fromkeys(named[: most.get(label, 1)]))}." if label else named[0]
        for label, named in texts.items()
        if named
    ]


def notes_of(word: str, definition: str) -> list[str]:
    """Return only the notes about a word in its dictionary form."""
    labeled = companions_of(word, definition, notes=False)
    return [line for line in companions_of(word, definition) if line not in labeled]


@cache
def _table() -> dict[str, list[_Companion]]:
    found: dict[str, list[_Companion]] = defaultdict(list)
    head = ""
    for line in (files(__package__) / "data/word_companions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            head = line[2:]
        elif head == "note" and "\t" in line:
            name, _, text = line.partition("\t")
            word, cues = _word(name.replace(" ", "_"))
            found[word].append(_Companion(cues, "", text))
        elif not line.startswith("#"):
            for entry in line.split(" "):
                for word, companion in _read(head, entry):
                    found[word].append(companion)
    return dict(found)


def _read(head: str, entry: str) -> Iterator[tuple[str, _Companion]]:
    one, _, other = entry.partition("~")
    word, cues = _word(one)
    if head in _PAIRS:
        other_word, other_cues = _word(other)
        label, backwards = _PAIRS[head]
        yield word, _Companion(cues, label, other_word)
        if backwards:
            yield other_word, _Companion(other_cues, backwards, word)
    elif head == "do":
        yield word, _Companion(cues, _WITH_DO, f"{word}하다")
    else:
        for part in head.split("; "):
            if part.startswith("count="):
                yield word, _Companion(cues, "Counted", f"{word} {part.removeprefix('count=')}")
            else:
                particle, verb = part.split(" ")
                forms = _PARTICLES[particle]
                yield word, _Companion(cues, "Often", f"{word}{forms[not split(word[-1]).coda]} {verb}")


def _word(text: str) -> tuple[str, frozenset[str]]:
    found = _ENTRY.fullmatch(text)
    assert found is not None, text
    words = frozenset((found[2] or "").split(",")) - {""}
    return found[1].replace("_", " "), words | frozenset(stem for word in words for stem in content_words(word))
