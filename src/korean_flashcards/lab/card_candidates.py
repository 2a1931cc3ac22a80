"""Show several candidate cards for one word."""

import html

import polars as pl

from korean_flashcards.lab.comparison_text import score_text

_CELL = '<td style="vertical-align: top; text-align: left; padding: .4em 1em .4em 0; white-space: normal">{}</td>'


class CardCandidates:
    """Several candidate cards for one word. A notebook shows them side by side; ``print`` shows them as text.

    Attributes:
        results: One row for each candidate, with its score (``word_results.RESULT_SCHEMA``; ``repeat`` is its number).
        texts: The texts of the candidates (``word_results.TEXT_SCHEMA``).
    """

    def __init__(self, results: pl.DataFrame, texts: pl.DataFrame) -> None:
        self.results, self.texts = results, texts

    def __str__(self) -> str:
        lines = []
        for number, score, texts in self._candidates():
            lines.append(f"Candidate {number} (score {score_text(score)})")
            lines += [f"  {field}: {text}" for field, text in texts]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = ""
        for number, score, texts in self._candidates():
            sides = "".join(f"<p><b>{html.escape(field)}</b><br>{html.escape(text)}</p>" for field, text in texts)
            cells += _CELL.format(f"<b>Candidate {number}</b>, score {score_text(score)}{sides}")
        return f'<div style="overflow-x: auto"><table><tr>{cells}</tr></table></div>'

    def _candidates(self) -> list[tuple[int, float | None, list[tuple[str, str]]]]:
        """Return the number, the score, and the sides of the cards of each candidate."""
        sides = self.texts.filter(pl.col("field").str.ends_with(" front") | pl.col("field").str.ends_with(" back"))
        return [
            (number, score, sides.filter(repeat=number).select("field", "text").sort("field", descending=True).rows())
            for number, score in self.results.select("repeat", "score").sort("repeat").iter_rows()
        ]
