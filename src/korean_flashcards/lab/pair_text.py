"""Show a pair of cards as text, and ask which one is better, in a terminal."""

from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.safe_text import one_line
from korean_flashcards.lab.blind_rating import KEYS, STOP
from korean_flashcards.lab.card_pairs import CardPair


def pair_text(pair: CardPair, number: int, count: int) -> str:
    """Return the cards of both variants at 80 columns, without saying whose they are."""
    lines = [f"{one_line(pair.term)} ({number} of {count})"]
    for name, cards in zip(("First", "Second"), pair.cards, strict=True):
        lines += ["", f"{name}:"]
        for side, text in cards:
            lines.append(f"  {one_line(side)}")
            lines += [wrapped(one_line(line), "    ") for line in text.splitlines()]
    return "\n".join(lines)


def ask_in_terminal(pair: CardPair, number: int, count: int) -> str:
    """Print the pair, and return the line that the person enters. The end of the input and Ctrl-C stop."""
    print(f"\n{pair_text(pair, number, count)}\n")
    try:
        return input(f"{KEYS}: ")
    except (EOFError, KeyboardInterrupt):
        print()
        return STOP
