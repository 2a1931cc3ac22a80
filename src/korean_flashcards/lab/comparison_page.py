"""Write the report of a comparison as HTML for notebooks. All texts are escaped, and nothing is loaded from a network."""

import html
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.word_difference import marked
from korean_flashcards.lab.comparison_text import cost_sentence, figures, notes, rows_note, score_text
from korean_flashcards.lab.preference_figures import preference_lines

if TYPE_CHECKING:
    from korean_flashcards.lab.prompt_comparison import ComparedWords, PromptComparison

_MOST_CHECKS, _MOST_REGRESSIONS = 15, 20
# Colors that are readable on light and dark pages.
_STYLE = """<style>
.kf-lab { line-height: 1.45; max-width: 70rem; }
.kf-lab .verdict { font-size: 1.15em; font-weight: 600; padding: .5em .8em; border-left: 5px solid #8888; margin: .4em 0; }
.kf-lab .better { border-color: #2e9e5b; } .kf-lab .worse { border-color: #d2483b; }
.kf-lab .wide { overflow-x: auto; }
.kf-lab table { border-collapse: collapse; margin: .6em 0; font-size: inherit; }
.kf-lab th, .kf-lab td { text-align: left; padding: .25em .8em .25em 0; border-bottom: 1px solid #8884;
  vertical-align: top; white-space: normal; background: none; }
.kf-lab td.n, .kf-lab th.n { text-align: right; white-space: nowrap; }
.kf-lab .sides { table-layout: fixed; width: 100%; } .kf-lab .sides td { overflow-wrap: anywhere; }
.kf-lab .sides th:first-child { width: 9em; }
.kf-lab del { background: #d2483b33; text-decoration: line-through; }
.kf-lab ins { background: #2e9e5b33; text-decoration: underline; }
.kf-lab details { margin: .5em 0; } .kf-lab summary { cursor: pointer; } .kf-lab .note { opacity: .75; }
@media (max-width: 40em) { .kf-lab .sides th:first-child { width: 5em; } }
</style>"""


def comparison_page(found: "PromptComparison", rows: "ComparedWords") -> str:
    """Return the report as HTML, with the first words only."""
    words = found.results["item_id"].n_unique()
    labels = "".join(f"<div><b>{name}</b>: {_text(label)}</div>" for name, label in found.labels.items())
    about = f"{counted(words, 'word')}. {cost_sentence(found)} Experiment {found.name}."
    parts = [
        f'<div class="verdict {found.verdict.outcome}">{_text(found.verdict.text)}</div>', labels,
        f'<div class="note">{_text(about)}</div>', *(f"<div>{_text(note)}</div>" for note in notes(found)),
        _metrics(found), _checks(found), _regressions(found), _preferences(found),
        word_rows(rows.words, rows.texts, rows.start, rows.total),
    ]  # fmt: skip
    return f'{_STYLE}<div class="kf-lab">{"".join(parts)}</div>'


def word_rows_page(words: pl.DataFrame, texts: pl.DataFrame, start: int, total: int) -> str:
    """Return words side by side as HTML."""
    return f'{_STYLE}<div class="kf-lab">{word_rows(words, texts, start, total)}</div>'


def word_rows(words: pl.DataFrame, texts: pl.DataFrame, start: int, total: int) -> str:
    """Return words side by side as HTML without the style. The first word is open."""
    by_word: dict[str, list[tuple[str, str, str]]] = {}
    for item_id, *texts_of_field in texts.select("item_id", "field", "A", "B").iter_rows():
        by_word.setdefault(item_id, []).append(tuple(texts_of_field))
    shown = [
        _word(term, item_id, (a, b), by_word.get(item_id, []), is_open=place == 0)
        for place, (item_id, term, a, b, _) in enumerate(words.iter_rows())
    ]
    return f'<div class="note">{_text(rows_note(words.height, start, total))}</div>{"".join(shown)}'


def _word(
    term: str,
    item_id: str,
    scores: tuple[float | None, float | None],
    fields: list[tuple[str, str, str]],
    is_open: bool,
) -> str:
    a, b = map(score_text, scores)
    rows = "".join(_field(*field) for field in fields)
    table = (
        f'<table class="sides"><tr><th></th><th>A</th><th>B</th></tr>{rows}</table>'
        if fields
        else "<p>The same texts.</p>"
    )
    opened = " open" if is_open else ""
    return (
        f'<details{opened}><summary><b lang="ko">{_text(term)}</b> <span class="note">{_text(item_id)}</span>: '
        f"{a} → {b}</summary>{table}</details>"
    )


def _field(field: str, a: str | None, b: str | None) -> str:
    left, right = marked(a or "", b or "")
    return f"<tr><th>{_text(field.replace('_', ' '))}</th><td>{left}</td><td>{right}</td></tr>"


def _metrics(found: "PromptComparison") -> str:
    rows = ""
    for row in found.metrics:
        name, a, b, difference, p = map(_text, figures(row))
        rows += (
            f'<tr><th>{name}</th><td class="n">{a}</td><td class="n">{b}</td><td>{difference}</td>'
            f'<td class="n">{p}</td></tr>'
        )
    heads = (
        '<th></th><th class="n">A</th><th class="n">B</th><th>B − A (95 % interval)</th><th class="n">sign test p</th>'
    )
    return f'<div class="wide"><table><tr>{heads}</tr>{rows}</table></div>'


def _checks(found: "PromptComparison") -> str:
    if not found.checks:
        return ""
    rows = "".join(
        f'<tr><td>{_text(change.code)}</td><td class="n">{change.won}</td><td class="n">{change.lost}</td>'
        f'<td class="n">{change.both}</td></tr>'
        for change in found.checks[:_MOST_CHECKS]
    )
    heads = '<th>check</th><th class="n">won</th><th class="n">lost</th><th class="n">in both</th>'
    note = "Numbers of words. Won: only the texts of A have the finding."
    return f'<div class="wide"><table><tr>{heads}</tr>{rows}</table></div><div class="note">{note}</div>'


def _regressions(found: "PromptComparison") -> str:
    lower = found.regressions
    if lower.is_empty():
        return ""
    named = ", ".join(
        f"{_text(item_id)} ({score_text(a)} → {score_text(b)})"
        for item_id, _, a, b in lower.head(_MOST_REGRESSIONS).iter_rows()
    )
    more = ", …" if lower.height > _MOST_REGRESSIONS else ""
    return f"<div><b>Lower with B</b>: {counted(lower.height, 'word')}: {named}{more}</div>"


def _preferences(found: "PromptComparison") -> str:
    lines = "".join(f"<li>{_text(line)}</li>" for line in preference_lines(found.answers))
    return f"<div><b>Blind preferences</b><ul>{lines}</ul></div>" if lines else ""


def _text(value: str) -> str:
    return html.escape(value)
