"""Build the offline model's stage-2 replies from the list's example and the analysis. Nothing on a card is invented."""

from typing import Any

from korean_flashcards.formats.card import offline_types
from korean_flashcards.formats.listed_usage import read_usage
from korean_flashcards.korean.hanja_data import characters_of
from korean_flashcards.korean.related_words import short_gloss, words_sharing
from korean_flashcards.llm.providers.offline.comparisons import sound_alike
from korean_flashcards.llm.providers.offline.gap import task, with_gap
from korean_flashcards.llm.providers.offline.usage_notes import usage_note
from korean_flashcards.llm.providers.offline.word_extras import DescribedWord, extra_lines
from korean_flashcards.llm.providers.offline.word_facts import WordFacts, facts_of

Record = dict[str, Any]


def compose_cards(request: Record) -> dict[str, list[Record]]:
    """Return the stage-2 reply: one card for each of ``request["card_types"]`` that the analysis supports."""
    word = _ListedWord(request)
    return {
        "cards": [
            {"tab_name": name, "front": front, "back": back, "tags": [], "honorific_level": word.level(name)}
            for name in offline_types(request["nuance"], request["card_types"])
            for front, back in [_CARDS[name](word)]
        ]
    }


def says_something(term: str, nuance: Record, example: str) -> bool:
    """Return whether the back of a word's Scene card says more than the word, its meaning, and the example."""
    word = _ListedWord({"term": term, "nuance": nuance, "example": example})
    return _scene(word)[1].count("\n") > bool(word.sentence)


class _ListedWord:
    """A word with everything that its cards can say about it."""

    def __init__(self, request: Record) -> None:
        nuance = request["nuance"]
        self.term: str = request["term"]
        self.pos: str = nuance["pos"]
        self.meaning: str = nuance["primary_meaning"]
        usage = read_usage(nuance["usage_context"])
        self.example: str = request.get("example") or usage.example
        self.translation: str = request.get("example_translation") or usage.translation
        self.comparison: dict[str, str] | None = nuance["comparison"]
        self.base: str = nuance["korean_keywords"][-1]
        self.homonyms: list[dict[str, str]] = nuance["homonyms"] or []
        hanja = self.homonyms[0]["hanja"] if self.homonyms else ""
        self.facts: WordFacts = facts_of(self.term, self.pos, self.meaning, hanja, self.example)
        self.hanja = (hanja, self.homonyms[0]["reading"] if self.homonyms else "")
        self.note = usage_note(self.term, self.pos, usage.note.removeprefix(self.example).removeprefix(" — "))

    @property
    def name(self) -> str:
        """The line that says the word and its meaning."""
        return f"{self.term} — {self.meaning} ({self.pos})."

    @property
    def sentence(self) -> str:
        """The example with its translation, or ""."""
        return f"{self.example} “{self.translation}”" if self.translation else self.example

    @property
    def gapped(self) -> str:
        """The example with a gap, or ""."""
        return with_gap(self.example, self.facts.places)

    @property
    def answer(self) -> str:
        """The form of the word in the example, or the word itself."""
        return self.example[slice(*self.facts.places[0])] if self.facts.places else self.term

    @property
    def known(self) -> DescribedWord:
        """What is known about the word, for more lines about it."""
        parts, verb = self.facts.parts, self.facts.verb
        base = parts.base if parts else verb if verb == self.base else self.term
        is_word = bool(self.facts.places) or not self.example
        is_spaced = any(note.startswith("Standard spacing") for note in self.facts.notes)
        is_noun = is_word and not is_spaced and all(tag.startswith(("N", "XS", "XPN", "XR")) for tag in self.facts.tags)
        return DescribedWord(self.term, self.pos, self.meaning, base, self.hanja, is_noun)

    def level(self, card_type: str) -> str:
        """Return the card's honorific_level."""
        return "" if card_type == "Hanja" else self.facts.level

    def gap_lines(self) -> str:
        """Return the example with a gap and, on the next line, its translation."""
        return _lines(self.gapped, f"“{self.translation}”" if self.translation else "")


def _scene(word: _ListedWord) -> tuple[str, str]:
    if word.gapped:
        front = f"{word.gap_lines()}\n{task(word.meaning, word.pos, word.facts.cues, word.answer)}"
    else:
        front = _question(word)
    facts = word.facts
    spelled = "" if word.example or facts.sound else f"{word.term} is pronounced as it is written."
    is_told = facts.form or facts.notes or word.answer in word.term
    answer = "" if is_told else f"The gap has {word.answer}."
    sound = "" if "[" in word.note else facts.sound
    about = [line for line in (facts.form, *facts.notes, answer, sound, spelled, facts.style, word.note) if line]
    extra = extra_lines(word.known, len(about) - bool(spelled))
    if not about and not extra and facts.verb == word.base != word.answer:
        extra = [f"{word.answer} is a form of {word.base}."]
    if word.note.startswith("Often with") and any(line.startswith(("Often:", "With 하다")) for line in extra):
        about.remove(word.note)
    return front, _lines(word.name, word.sentence, *dict.fromkeys([*about, *extra]))


def _question(word: _ListedWord) -> str:
    """Return the question about a word whose place in the example is not certain, with the example, or without one."""
    if word.example and (word.facts.places or word.term in word.example):
        sound = ", and how do you pronounce it?" if word.facts.sound else "?"
        return f"{word.example}\nWhat does {word.term} mean{sound}"
    return f"What does {word.term} mean, and how do you pronounce it?"


def _comparison(word: _ListedWord) -> tuple[str, str]:
    comparison = word.comparison or {"vs": "", "nuance": ""}
    front = f"{word.term} or {comparison['vs']}: how do you choose between them?"
    if sound_alike(word.term, comparison["vs"]):
        front = f"{word.term} and {comparison['vs']} sound alike. What does each of them mean?"
    note = word.note if comparison["vs"] in word.note else ""
    return front, _lines(comparison["nuance"], word.sentence, note)


def _hanja(word: _ListedWord) -> tuple[str, str]:
    own = word.homonyms[0]
    lines = [] if len(own["hanja"]) == 1 and own["reading"] == word.term else [_hanja_name(word.term, own)]
    characters = characters_of(own["hanja"], own["reading"])
    for one, syllable in zip(characters, own["reading"], strict=False):
        meaning = short_gloss(one, syllable, own["meaning"])
        said = f"{one.character} ({one.hun_eum or syllable})" + (f": {meaning}." if meaning else ".")
        lines.append(_with_related(said, one.character, own))
    others = [f"The same sound: {each['hanja']} “{each['meaning']}”." for each in word.homonyms[1:]]
    lines = list(dict.fromkeys(lines))  # 各各 has one character
    return f"Which hanja spell {own['reading']}, and what does each character mean?", _lines(*lines, *others)


def _hanja_name(term: str, own: dict[str, str]) -> str:
    if own["reading"] == term:
        return f"{own['hanja']} ({own['reading']}) — {own['meaning'].removesuffix('.')}."
    return f"{own['hanja']} ({own['reading']}), as in {term} “{own['meaning']}”."


def _with_related(said: str, character: str, own: dict[str, str]) -> str:
    shared = words_sharing(character, own["hanja"], own["reading"])
    related = ", ".join(f"{each.word} {each.hanja} “{each.meaning}”" for each in shared)
    return f"{said} Also in {related}." if related else said


def _grammar(word: _ListedWord) -> tuple[str, str]:
    facts = word.facts
    form = facts.form or f"{word.term} comes from {word.base}."
    return f"Take {word.answer} apart: which pieces is it made of?", _lines(
        word.name, form, word.sentence, facts.sound, facts.style
    )


def _example(word: _ListedWord) -> tuple[str, str]:
    front = f"How do you say this in Korean? Use the word {word.term}.\n“{word.translation}”"
    return front, _lines(word.example, word.facts.form, word.name, word.note)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


_CARDS = {
    "Scene": _scene, "Usage-Comparison": _comparison, "Hanja": _hanja, "Grammar": _grammar, "Example": _example,
}  # fmt: skip
