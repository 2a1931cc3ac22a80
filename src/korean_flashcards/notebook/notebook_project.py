"""Provide a project to notebooks and scripts: its layers, cards, tables, charts, plans, and runs."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import polars as pl
from kedro.framework.context import KedroContext
from kedro.framework.session import KedroServiceSession

from korean_flashcards.charts.chart_list import CHARTS
from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.notebook.data_table import DataTable, data_table
from korean_flashcards.notebook.kernel import as_html
from korean_flashcards.notebook.plain_errors import NotebookError, plainly
from korean_flashcards.notebook.project_runs import plan_in, run_in, run_parameters
from korean_flashcards.notebook.run_report import PlanReport, RunReport
from korean_flashcards.notebook.static_chart import StaticChart
from korean_flashcards.notebook.word_cards import WordCards, word_cards

if TYPE_CHECKING:
    import altair
    from IPython.display import HTML
    from kedro.io import DataCatalog

    from korean_flashcards.notebook.notebook_lab import NotebookLab
    from korean_flashcards.reviewing.review_server import ReviewServer

Words = str | Sequence[str] | None
Colors = Literal["both", "day", "night"]
_NIGHT: dict[Colors, list[bool]] = {"both": [False, True], "day": [False], "night": [True]}
# In a div, because IPython warns about HTML that begins with a frame.
_REVIEW = (
    '<div><iframe title="Review" src="{address}" style="width: 100%; height: {height}px; border: 1px solid #8884">'
    "</iframe></div>"
)
_FRAME_TYPES = ("FrameDataset", "LedgerTableDataset")


class NotebookProject:
    """A project that is open in a notebook or a script. ``open_project`` returns it.

    Attributes:
        folder: The project's folder.
        env: The Kedro environment, such as test, or None for local.
        session: The Kedro session. It can run as often as you like.
        context: The Kedro context, which has the parameters (``context.params``).
    """

    def __init__(self, folder: Path, env: str | None, session: KedroServiceSession) -> None:
        self.folder, self.env, self.session = folder, env, session
        self.context: KedroContext = session.load_context()
        self._reviews: dict[str | None, ReviewServer] = {}

    @property
    def catalog(self) -> "DataCatalog":
        """Return Kedro's data catalog: ``project.catalog.load("vocabulary")``."""
        return cast("DataCatalog", self.context.catalog)

    @property
    def layers(self) -> pl.DataFrame:
        """Return the frames that ``layer`` loads, with ``name``, ``layer``, and ``description``."""
        entries = self.context.config_loader["catalog"]
        rows = [
            (name, entry["metadata"]["kedro-viz"]["layer"], entry["metadata"]["description"])
            for name, entry in entries.items()
            if str(entry["type"]).endswith(_FRAME_TYPES) and "kedro-viz" in entry.get("metadata", {})
        ]
        return pl.DataFrame(rows, schema=["name", "layer", "description"], orient="row")

    @plainly
    def layer(self, name: str) -> pl.LazyFrame:
        """Return a layer, or a table of the ledger, as a lazy frame. ``.collect()`` returns its rows.

        docs/reference/layers.md describes the columns of layers, docs/reference/ledger-tables.md those of the ledger.

        Raises:
            NotebookError: There is no such layer, or no run has written it yet.
        """
        if name not in self.layers["name"]:
            raise NotebookError(unknown_name("layer", name, self.layers["name"]))
        frame: pl.DataFrame = self.catalog.load(name)
        return frame.lazy()

    @plainly
    def cards(self, *words: str, colors: Colors = "both") -> WordCards:
        """Return the cards of words as Anki shows them. A click or Space turns a card over.

        The cards have all edits and reviews, also if the deck has not been exported since.

        Args:
            words: Headwords (남성) or word IDs (배#2). A headword includes all its homographs.
            colors: "day", "night", or "both", side by side.

        Raises:
            NotebookError: A word is unknown or has no cards. The message says why.
        """
        if colors not in _NIGHT:
            raise NotebookError(f'colors must be "both", "day", or "night", not {colors!r}.')
        return word_cards(self.catalog, words, _NIGHT[colors])

    @plainly
    def table(self, frame: pl.DataFrame | pl.LazyFrame, rows: int = 1000) -> DataTable:
        """Return a frame as a table that can be sorted and searched.

        Args:
            frame: Any polars frame.
            rows: How many rows the notebook contains. A note below the table says if there are more.
        """
        return data_table(frame, rows)

    @plainly
    def chart(self, chart: "str | altair.TopLevelMixin") -> StaticChart:
        """Return one of the charts in ``charts``, or an Altair chart of your own, as a picture without scripts.

        Raises:
            NotebookError: There is no such chart, or no run has written its layers yet.
        """
        if not isinstance(chart, str):
            return StaticChart(chart)
        if chart not in CHARTS:
            raise NotebookError(unknown_name("chart", chart, CHARTS))
        # Imported here because importing Altair takes 0.5 s.
        from korean_flashcards.charts.drawing import draw

        return StaticChart(draw(chart, *(self.catalog.load(name) for name in CHARTS[chart].layers)))

    @property
    def charts(self) -> pl.DataFrame:
        """Return the charts that ``chart`` draws, with ``name``, ``description``, and the ``layers`` that they show."""
        rows = [(name, kind.description, list(kind.layers)) for name, kind in CHARTS.items()]
        return pl.DataFrame(rows, schema=["name", "description", "layers"], orient="row")

    @plainly
    def plan(
        self, words: Words = None, *, model: str | None = None, limit: int | None = None,
        params: Mapping[str, Any] | None = None, pipelines: Sequence[str] | None = None,
    ) -> PlanReport:  # fmt: skip
        """Return what a run with the same arguments would request and cost. Nothing is sent or changed.

        Raises:
            NotebookError: A parameter, list, or pipeline cannot be used.
        """
        return plan_in(self.session, run_parameters(words, model, limit, params), pipelines)

    @plainly
    def run(
        self, words: Words = None, *, model: str | None = None, limit: int | None = None,
        params: Mapping[str, Any] | None = None, pipelines: Sequence[str] | None = None,
        budget: float | None = None, yes: bool = False,
    ) -> RunReport:  # fmt: skip
        """Run the pipelines. Show the progress, the price before money is spent, and the result.

        A run of some words leaves the deck alone; ``run(pipelines=["export"])`` writes the whole deck.

        Args:
            words: Headwords or word IDs, as a list or separated by commas, or None for all words.
            model: The model (``llm.model``), such as anthropic/claude-sonnet-4-5.
            limit: The number of words to take from the front of the queue.
            params: More parameters, such as {"flashcards.card_types": ["Scene"]}. See docs/reference/parameters.md.
            pipelines: The pipelines to run, or None for all.
            budget: The most that this run may cost in USD (``llm.budget.run.usd``). It replaces the confirmation of the
                price.
            yes: Whether to confirm the price, the addresses, and payments for missing or outdated replies in advance.

        Raises:
            NotebookError: The run failed, you declined, or you stopped it. The message says what is stored.
        """
        return run_in(self.session, run_parameters(words, model, limit, params, budget, yes), pipelines)

    @plainly
    def review(self, reviewer: str | None = None, height: int = 1000) -> "HTML":
        """Return the review page of `kedro review serve` in a frame. It works in a browser on the kernel's computer.

        Args:
            reviewer: Your name (default: the parameter review.reviewer, or your login name).
            height: The height of the frame in pixels.

        Raises:
            NotebookError: There are no cards yet.
        """
        # Imported here because importing the web server takes 0.2 s.
        from korean_flashcards.reviewing.background_review import serve_in_background

        if reviewer not in self._reviews:
            self._reviews[reviewer] = serve_in_background(self.context, reviewer)
        return as_html(_REVIEW.format(address=self._reviews[reviewer].address, height=int(height)))

    @cached_property
    def lab(self) -> "NotebookLab":
        """Return the lab, which compares prompts, models, and parameters on a sample of words."""
        # Imported here because only experiments need it.
        from korean_flashcards.notebook.notebook_lab import NotebookLab

        return NotebookLab(self.context)

    def __repr__(self) -> str:
        return f"NotebookProject({str(self.folder)!r}, env={self.env!r})"
