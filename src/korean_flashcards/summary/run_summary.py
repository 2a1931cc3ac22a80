"""Define the summary of a run, with the sentences about missing results in the closing lines and the report."""

import shlex
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, computed_field

from korean_flashcards.domain.failures import FOUND_IN_LAYERS, LIST_GAPS, advice, reason, unreadable
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.summary.pending_words import Waiting
from korean_flashcards.summary.run_costs import OtherRun, StageCosts

Reached = Literal["ingress", "nuance", "flashcards", "quality"]

# The maximum number of failed words that the closing lines name.
NAMED_WORDS = 10
# Reasons why cards are held back, by ``held_as``, with the command to use.
REJECTED = "rejected"  # a person's decision, so nothing is missing
HELD_REASONS = {
    "rejected": "rejected by a reviewer (to edit: `kedro review next --state rejected`)",
    "mixed": "edited by a reviewer, then partly generated again (to approve or edit: `kedro review next --state changed`)",
    "unapproved": "not approved, and review.required is on (to approve: `kedro review next`)",
    "failed_checks": "failed the checks (to edit or approve: `kedro review next --verdict reject`)",
}


class FailedWord(BaseModel):
    """A failed word, identified by its term, or by its item ID (배#2) if another failed word has the same term."""

    term: str
    code: str


class RunSummary(BaseModel):
    """The counts for one run.

    Attributes:
        narrowed_by: The parameters that limit the run to some of the words ("limit 3, batch unit1"), or None.
        updated: Duplicate rows that corrected one of their word's values.
        rejected_in: Batches with rejected rows.
        known: All words in the lists.
        words: The words in this run: either all known words or only the selected words.
        lost: Known words that are not in the ledger anymore, because their list was rolled back.
        analysed: Words with a current analysis.
        with_cards: Words with all of their current cards, including cards that are held back.
        kept: Words that keep their last good analysis or cards, because their current request is pending or failed.
        dead: Failed words that are dead letters. Runs no longer request dead letters.
        failed_words: Up to ten failed words, in list order.
        waiting: The number of words that this run left pending, by reason and by whether calls were made for them.
        cards: Cards that go into the deck.
        held: Cards that are held back from the deck, by reason (a key of HELD_REASONS).
        held_words: Words whose cards are all held back, at least one of them not rejected by a reviewer.
        rejected_words: Words whose cards were all rejected by a reviewer.
        list_gaps: Failed words by code, not in ``failures_by_code``, that already failed in an earlier run because the
            list has too little information for the model. Only a change to the list or the model can help.
        conflicts: Edits that conflict with newly generated text.
        costs: This run's requests and costs, by stage. Stages that the run did not execute are left out.
        other_runs: Other runs that wrote the same layers at the same time, with their costs.
        warnings: Rules that were broken in this run but did not stop it.
    """

    reached: Reached
    narrowed_by: str | None
    files: list[dict[str, str | int]]
    rows: int
    imported: int
    duplicates: int
    updated: int = 0
    rejected: int
    rejected_in: list[str] = []
    known: int
    words: int
    lost: int = 0
    analysed: int = 0
    with_cards: int = 0
    kept: int = 0
    failed: int = 0
    dead: int = 0
    pending: int = 0
    waiting: list[Waiting] = []
    cards: int = 0
    cards_by_type: dict[str, int] = {}
    held: dict[str, int] = {}
    held_words: int = 0
    rejected_words: int = 0
    conflicts: int = 0
    failures_by_code: dict[str, int] = {}
    list_gaps: dict[str, int] = {}
    failed_words: list[FailedWord] = []
    costs: list[StageCosts] = []
    other_runs: list[OtherRun] = []
    warnings: list[str] = []
    started: datetime
    seconds: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def missing(self) -> list[str]:
        """Return one line per kind of missing result, with advice. The list is empty if nothing is missing."""
        lines = []
        if self.rejected:
            lines.append(f"{counted(self.rejected, 'row')} rejected in your word lists: {self._rejected_rows()}")
        for code, count in sorted(self.failures_by_code.items(), key=lambda pair: -pair[1]):
            lines.append(self._failures(code, count))
        if self.dead:
            lines.append(self._dead_letters())
        for code, count in sorted(self.held.items(), key=lambda pair: -pair[1]):
            if code != REJECTED:
                lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[code]}")
        if self.held_words:
            whose = "its" if self.held_words == 1 else "their"
            lines.append(
                f"{counted(self.held_words, 'word')} without a card in the deck: all of {whose} cards are held back"
            )
        for wait in self.waiting:
            lines.append(wait.sentence)
        if others := self.pending - sum(wait.words for wait in self.waiting):
            lines.append(f"{counted(others, 'word')} still pending: run `kedro run`")
        if self.lost:
            lines.append(
                f"{counted(self.lost, 'word')} of this run {'was' if self.lost == 1 else 'were'} removed from the ledger, "
                "because a list was rolled back: run `kedro run`"
            )
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def notes(self) -> list[str]:
        """Return the sentences that the user should know, but that do not make the run incomplete."""
        lines = []
        if self.kept:
            keep, analyses = ("keeps its", "analysis") if self.kept == 1 else ("keep their", "analyses")
            kind = analyses if self.reached == "nuance" else "cards"
            lines.append(
                f"{counted(self.kept, 'word')} {keep} last good {kind}: no newer reply can be used yet. A later run "
                f"replaces the {kind}"
            )
        if count := self.held.get(REJECTED):
            lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[REJECTED]}")
        if self.rejected_words:
            lines.append(
                f"{counted(self.rejected_words, 'word')} without a card in the deck: a reviewer rejected all cards"
            )
        lines += [self._list_gap(code, count) for code, count in self.list_gaps.items()]
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Return whether the run has no rejected rows and no missing results."""
        return not self.missing

    def _list_gap(self, code: str, count: int) -> str:
        """Return a sentence about words for which the list has too little information."""
        needs, what = "needs" if count == 1 else "need", LIST_GAPS[FailureCode(code)]
        names = [word.term for word in self.failed_words if word.code == code]
        more = f" and {count - len(names):,} more" if count > len(names) else ""
        named = f": {', '.join(names)}{more}" if names else ""
        return f"{counted(count, 'word')} {needs} {what}{named}"

    def _rejected_rows(self) -> str:
        """Return the command that shows the rejected rows."""
        if len(self.rejected_in) == 1:
            return f"`kedro ingress status {shlex.quote(self.rejected_in[0])}` shows why"
        return "`kedro ingress status BATCH` shows why (`kedro ingress list` lists the batches)"

    def _dead_letters(self) -> str:
        """Return a line for the words that failed in too many runs."""
        one = self.dead == 1
        letters, them, rows = (
            ("is a dead letter", "it", "its row") if one else ("are dead letters", "they", "their rows")
        )
        return (
            f"{self.dead:,} of these words {letters}: {them} failed in too many runs and {'is' if one else 'are'} not "
            f"requested again. `kedro tasks list --state dead` shows why. Correct {rows} in the list, or run "
            "`kedro tasks retry --all-dead`."
        )

    def _failures(self, code: str, count: int) -> str:
        """Return a line for one failure code: the reason, the first affected words, where to find more, and advice."""
        known = FailureCode(code) if code in FailureCode.__members__.values() else None
        why = reason(code)
        text = f"{counted(count, 'word')} failed with {code}" + (f" ({why})" if why else "")
        if names := [word.term for word in self.failed_words if word.code == code]:
            text += f": {', '.join(names)}"
        if more := count - len(names):
            # The ledger lists these tasks as done, so `kedro tasks list` cannot find them.
            where = "The run report" if known in FOUND_IN_LAYERS else f"`kedro tasks list --code {code}`"
            text += f" and {more:,} more. {where} lists them all" if names else f". {where} lists them"
        if known is FailureCode.NO_PRONUNCIATION and (signs := unreadable("".join(names))):
            text += f". The offline model cannot read {signs}"
        what_helps = advice(code)
        return f"{text}. {what_helps[:1].upper()}{what_helps[1:]}."
