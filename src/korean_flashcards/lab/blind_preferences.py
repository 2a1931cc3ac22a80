"""Provide the blind preferences about an experiment, as text and for notebooks."""

import html
from collections.abc import Sequence

from korean_flashcards.domain.plurals import counted
from korean_flashcards.lab.experiment_record import PaidSoFar
from korean_flashcards.lab.preference_figures import (
    RaterAgreement,
    RaterFigures,
    agreements,
    preference_lines,
    rater_figures,
)
from korean_flashcards.ledger.prompts.preferences import Preference


class BlindPreferences:
    """Shows what people and the judge prefer without knowing which variant wrote the cards. ``print`` shows it as text.

    Attributes:
        experiment: The experiment's ID.
        pairs: Number of words whose cards by A and B exist and differ.
        answers: All answers.
        remaining: Number of pairs that the person of this call has not rated, or that the judge has no reply for.
        paid: What this call has paid.
    """

    def __init__(
        self, experiment: str, pairs: int, answers: Sequence[Preference], remaining: int = 0,
        paid: PaidSoFar | None = None,
    ) -> None:  # fmt: skip
        self.experiment, self.pairs, self.answers = experiment, pairs, list(answers)
        self.remaining, self.paid = remaining, paid or PaidSoFar()

    @property
    def raters(self) -> list[RaterFigures]:
        """Return the figures of each rater."""
        return rater_figures(self.answers)

    @property
    def agreements(self) -> list[RaterAgreement]:
        """Return how often each two raters agree."""
        return agreements(self.answers)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        first, *others = self._lines()
        items = "".join(f"<li>{html.escape(line)}</li>" for line in others)
        return f"<p><b>{html.escape(first)}</b></p><ul>{items}</ul>"

    def _lines(self) -> list[str]:
        heading = f"Blind preferences in experiment {self.experiment}"
        if not self.pairs:
            return [f"{heading}: no word has different cards with A and B."]
        if not self.answers:
            return [f"{heading}: no answers yet about {counted(self.pairs, 'word')} with different cards."]
        return [f"{heading}, {counted(self.pairs, 'word')} with different cards", *preference_lines(self.answers)]
