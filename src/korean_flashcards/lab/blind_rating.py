"""Ask a person which cards of each word are better, one pair after the other. Each answer is recorded at once."""

from collections.abc import Callable, Sequence

from korean_flashcards.lab.card_pairs import CardPair
from korean_flashcards.ledger.prompts.preferences import Choice, LedgerPreferences

# Keys and what they mean. S leaves the pair for later, and Q stops.
FIRST, SECOND, SAME, SKIP, STOP = "1", "2", "0", "s", "q"
KEYS = "1 = the first is better, 2 = the second is better, 0 = the same, s = skip, q = stop"


def rate_pairs(
    pairs: Sequence[CardPair], experiment: str, rater: str, ledger: LedgerPreferences,
    ask: Callable[[CardPair, int, int], str],
) -> int:  # fmt: skip
    """Ask about each pair until the person stops, and return the number of answers.

    Args:
        pairs: The pairs, in order.
        experiment: The experiment's ID.
        rater: The name of the person.
        ledger: The ledger's preferences.
        ask: Shows a pair with its number and the number of pairs, and returns the key. It is called again after a key
            without a meaning.
    """
    answers = 0
    for number, pair in enumerate(pairs, 1):
        key = ask(pair, number, len(pairs)).strip().lower()
        while key not in (FIRST, SECOND, SAME, SKIP, STOP):
            key = ask(pair, number, len(pairs)).strip().lower()
        if key == STOP:
            break
        if key != SKIP:
            choices: dict[str, Choice] = {FIRST: pair.first, SECOND: pair.second, SAME: "same"}
            ledger.add(experiment, [pair.answer(rater, "person", choices[key])])
            answers += 1
    return answers
