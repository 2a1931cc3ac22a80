"""Choose the pairs of cards that raters compare without knowing which variant wrote them. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.ledger.prompts.preferences import Choice, Kind, Preference, Side

# Every fifth word is shown a second time with the cards exchanged, to see how reliable a rater is.
_ASKED_TWICE = 5
_OTHER: dict[Side, Side] = {"A": "B", "B": "A"}

# The sides of the cards with their names, such as ("Scene front", "…").
CardTexts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CardPair:
    """The cards of one word by both variants, in the order in which they are shown.

    Attributes:
        first: The variant whose cards are shown first. The rater must not see it.
        cards: The texts of the cards shown first, and of the cards shown second.
    """

    item_id: str
    term: str
    first: Side
    cards: tuple[CardTexts, CardTexts]

    @property
    def second(self) -> Side:
        """Return the variant whose cards are shown second."""
        return _OTHER[self.first]

    @property
    def fingerprint(self) -> str:
        """Return a hash of the cards, which is the same in both orders."""
        cards = self.cards if self.first == "A" else self.cards[::-1]
        return hashlib.sha256(json.dumps(cards).encode()).hexdigest()[:12]

    def answer(self, rater: str, kind: Kind, choice: Choice) -> Preference:
        """Return a rater's answer about this pair."""
        return Preference(self.item_id, rater, kind, self.first, choice, self.fingerprint)


def card_pairs(results: pl.DataFrame, texts: pl.DataFrame) -> list[CardPair]:
    """Return the pairs that can be compared, with A first: words whose cards exist in both variants and differ.

    Args:
        results: The words' results (``word_results.RESULT_SCHEMA``). Only the first repeat is used.
        texts: The generated texts (``word_results.TEXT_SCHEMA``).
    """
    once = pl.col("repeat") == 1
    done = results.filter(once, pl.col("state") == "done").group_by("item_id", "term", maintain_order=True).len()
    cards = texts.filter(once, pl.col("field").str.contains(r" (front|back)$"))
    sides: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for variant, item_id, field, text in cards.select("variant", "item_id", "field", "text").iter_rows():
        sides.setdefault((item_id, variant), []).append((field, text))
    pairs = []
    for item_id, term in done.filter(pl.col("len") == 2).select("item_id", "term").iter_rows():
        a, b = (tuple(_in_order(sides.get((item_id, variant), []))) for variant in _OTHER)
        if a and b and a != b:
            pairs.append(CardPair(item_id, term, "A", (a, b)))
    return pairs


def chosen_pairs(pairs: Sequence[CardPair], words: str | Sequence[str] | None) -> list[CardPair]:
    """Return the pairs of these words, or all pairs.

    Args:
        pairs: The pairs of the experiment.
        words: Headwords or word IDs, or None for all.

    Raises:
        SettingsError: A word has no pair in the experiment.
    """
    if words is None:
        return list(pairs)
    wanted = [words] if isinstance(words, str) else list(words)
    known = {name for pair in pairs for name in (pair.item_id, pair.term)}
    if unknown := [word for word in wanted if word not in known]:
        raise SettingsError(
            f"The experiment has no pair of different cards for {', '.join(unknown)}. Leave out the word, or all words."
        )
    return [pair for pair in pairs if pair.item_id in wanted or pair.term in wanted]


def current(answers: Iterable[Preference], pairs: Iterable[CardPair]) -> list[Preference]:
    """Return the answers about the pairs as they are now, without those about cards that have changed since."""
    known = {(pair.item_id, pair.fingerprint) for pair in pairs}
    return [one for one in answers if (one.item_id, one.cards) in known]


def swapped(pair: CardPair) -> CardPair:
    """Return the pair with its cards exchanged."""
    return CardPair(pair.item_id, pair.term, pair.second, (pair.cards[1], pair.cards[0]))


def questions(pairs: Sequence[CardPair], experiment: str, rater: str, answered: Iterable[Preference]) -> list[CardPair]:
    """Return the pairs that a person has not rated yet, in the person's own order.

    The order of the words and of the two cards is random but always the same for a person. The pairs that are shown a
    second time come last.

    Args:
        pairs: The pairs of the experiment.
        experiment: The experiment's ID.
        rater: The name of the person.
        answered: The recorded answers about the experiment.
    """
    known = {(one.item_id, one.first) for one in answered if one.kind == "person" and one.rater == rater}
    numbers = {pair.item_id: _number(experiment, rater, pair.item_id) for pair in pairs}
    ordered = sorted(pairs, key=lambda pair: numbers[pair.item_id])
    shown = [pair if numbers[pair.item_id] % 2 else swapped(pair) for pair in ordered]
    again = [swapped(pair) for pair in shown[::_ASKED_TWICE]] if len(shown) >= _ASKED_TWICE else []
    return [pair for pair in [*shown, *again] if (pair.item_id, pair.first) not in known]


def _in_order(sides: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fronts before the backs of their cards, and the cards in their order."""
    found = list(sides)
    cards = list(dict.fromkeys(field.rpartition(" ")[0] for field, _ in found))
    return sorted(found, key=lambda side: (cards.index(side[0].rpartition(" ")[0]), side[0].endswith(" back")))


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8])
