"""Show the plan and the result of a run in a notebook."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.notebook.kernel import cell_number
from korean_flashcards.notebook.run_display import box, preformatted
from korean_flashcards.planning.plan_text import plan_lines
from korean_flashcards.planning.planned_run import PlannedRun, plan_closing
from korean_flashcards.summary.run_costs import StageCosts
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import duration, terminal_text

_CELL = '<td style="padding: .1rem .8rem .1rem 0; text-align: {side}">{text}</td>'
_COLUMNS = ("stage", "model", "from the cache", "requested", "tokens in", "tokens out", "USD paid", "USD saved")


@dataclass(frozen=True)
class PlanReport:
    """The plan of a run. A notebook shows it as text.

    Attributes:
        planned: The plan and its words.
    """

    planned: PlannedRun

    @property
    def requests(self) -> int:
        """Return how many requests the run would send, partly estimated."""
        return self.planned.plan.requests

    @property
    def usd(self) -> float | None:
        """Return the typical cost in USD, or None if it is unknown."""
        usd = self.planned.plan.usd
        return None if usd is None else usd.typical

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        *lines, closing = self._lines()
        return box(f"{preformatted(chr(10).join(lines))}<b>{html.escape(closing)}</b>")

    def _lines(self) -> list[str]:
        plan, words = self.planned
        said = [] if words is None else [f"New list   {line}" for line in words.new_lists]
        if words is not None:
            narrowed = words.selection.narrowed_by
            limited = f" of {words.known:,} ({narrowed})" if narrowed else ""
            said.append(f"Words      {words.selection.words.height:,}{limited}")
        return [*said, *plan_lines(plan), plan_closing(plan, "This run")]


@dataclass(frozen=True)
class RunReport:
    """The result of a run. The cell of the run has shown it already, so only later cells show it again.

    Attributes:
        summary: The counts, costs, and missing results of the run.
        remarks: More sentences about the run, such as that it left the deck alone.
        cell: The number of the cell that executed the run.
    """

    summary: RunSummary
    remarks: Sequence[str] = ()
    cell: int | None = None

    @property
    def complete(self) -> bool:
        """Return whether no result is missing."""
        return self.summary.complete

    @property
    def usd(self) -> float:
        """Return the cost of the run in USD. Calls of unknown price are not included."""
        return sum(cost.cost_usd for cost in self.summary.costs)

    def __repr__(self) -> str:
        return "\n".join([terminal_text(self.summary), *self.remarks])

    def _ipython_display_(self) -> None:
        if self.cell is None or self.cell != cell_number():
            # Imported here because only notebooks call this method.
            from IPython.display import display

            display({"text/plain": repr(self), "text/html": box(self.html)}, raw=True)  # type: ignore[no-untyped-call]

    @property
    def html(self) -> str:
        """Return the result as HTML."""
        summary = self.summary
        parts = [f"<b>{html.escape(self._headline())}</b>", _list(summary.missing), self._costs()]
        parts += [_list([*summary.notes, *summary.warnings, *self.remarks])]
        return "".join(parts)

    def _headline(self) -> str:
        summary = self.summary
        state = "Complete" if summary.complete else "Incomplete"
        figures = [counted(summary.words, "word")] if summary.reached != "ingress" else [counted(summary.rows, "row")]
        if summary.reached not in ("ingress", "nuance"):
            figures.append(counted(summary.cards, "card"))
        unpriced = sum(cost.unpriced for cost in summary.costs)
        unknown = f" plus {counted(unpriced, 'call')} of unknown price" if unpriced else ""
        paid = f"USD {usd_number(self.usd, 4)} paid{unknown}" if self.usd or unpriced else "nothing paid"
        return f"{state}: {', '.join([*figures, paid, duration(summary.seconds)])}."

    def _costs(self) -> str:
        if not self.summary.costs:
            return ""
        head = "".join(_CELL.format(side=_side(name), text=name) for name in _COLUMNS)
        rows = "".join(f"<tr>{_row(cost)}</tr>" for cost in self.summary.costs)
        return f'<table style="margin: .4rem 0"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(cost: StageCosts) -> str:
    texts = (
        cost.stage, cost.model, f"{cost.cached:,}", f"{cost.asked:,}", f"{cost.tokens_in:,}", f"{cost.tokens_out:,}",
        usd_number(cost.cost_usd, 4), usd_number(cost.saved_usd, 4),
    )  # fmt: skip
    return "".join(
        _CELL.format(side=_side(name), text=html.escape(text)) for name, text in zip(_COLUMNS, texts, strict=True)
    )


def _side(column: str) -> str:
    return "left" if column in ("stage", "model") else "right"


def _list(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{_with_code(line)}</li>" for line in lines)
    return f'<ul style="margin: .3rem 0">{items}</ul>' if items else ""


def _with_code(text: str) -> str:
    """Return text as HTML, with the commands between backticks as code."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
