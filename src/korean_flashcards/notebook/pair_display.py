"""Show a pair of cards in a notebook, and ask which one is better. All texts are escaped."""

import html

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.lab.blind_rating import KEYS, STOP
from korean_flashcards.lab.card_pairs import CardPair, CardTexts
from korean_flashcards.lab.pair_text import ask_in_terminal
from korean_flashcards.notebook.kernel import as_html, in_kernel

_STYLE = """<style>
.kf-pair { display: flex; flex-wrap: wrap; gap: 1rem; max-width: 70rem; line-height: 1.45; }
.kf-pair > div { flex: 1 1 18rem; border: 1px solid #8886; border-radius: .6rem; padding: .2rem 1rem .8rem;
  overflow-wrap: anywhere; }
.kf-pair p { white-space: pre-wrap; margin: .2rem 0 .6rem; } .kf-pair small { opacity: .75; }
</style>"""


def pair_page(pair: CardPair, number: int, count: int) -> str:
    """Return the cards of both variants side by side as HTML, without saying whose they are."""
    sides = "".join(_cards(name, cards) for name, cards in zip(("First", "Second"), pair.cards, strict=True))
    heading = f'<h4><span lang="ko">{html.escape(pair.term)}</span> <small>{number} of {count}</small></h4>'
    return f'{_STYLE}{heading}<div class="kf-pair">{sides}</div>'


def ask_in_notebook(pair: CardPair, number: int, count: int) -> str:
    """Show the pair in the cell's output, and return the line that the person enters. In a script, use the terminal."""
    if not in_kernel():
        return ask_in_terminal(pair, number, count)
    # Imported here, which saves 0.3 s in scripts.
    from IPython.core.error import StdinNotImplementedError
    from IPython.display import clear_output, display

    clear_output()  # type: ignore[no-untyped-call]
    display(as_html(pair_page(pair, number, count)))  # type: ignore[no-untyped-call]
    try:
        return input(f"{KEYS}: ")
    except KeyboardInterrupt:
        return STOP
    except StdinNotImplementedError as error:
        raise SettingsError(
            "This notebook is run without a person, so nobody can answer. Open it in JupyterLab, or use "
            "`kedro prompts prefer`."
        ) from error


def _cards(name: str, cards: CardTexts) -> str:
    texts = "".join(f"<small>{html.escape(side)}</small><p>{html.escape(text)}</p>" for side, text in cards)
    return f"<div><h5>{name}</h5>{texts}</div>"
