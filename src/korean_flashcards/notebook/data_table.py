"""Show frames in notebooks as tables that can be sorted and searched, without loading anything from a network."""

import html
from dataclasses import dataclass

import polars as pl

from korean_flashcards.domain.plurals import counted
from korean_flashcards.notebook.kernel import cell_number, cell_of

_LONGEST = 300  # characters of a cell; the page stays fast, and the frame has the whole text
_COLUMNS = 60
# A column is as wide as its longest text, up to a width at which text is easy to read. Then its lines wrap. JupyterLab would
# give all columns the same width. All colors are those of the page, so that the table follows its theme.
_STYLE = (
    "<style>.kf-table {overflow-x: auto} .kf-table table.dataTable "
    "{table-layout: auto !important; width: max-content !important; min-width: 100%} "
    ".kf-table table.dataTable :is(td, th) {text-align: left; vertical-align: top; white-space: normal; max-width: 24rem} "
    ".kf-table table.dataTable .dt-type-numeric {text-align: right} "
    ".kf-table div.dt-container {background: transparent; color: inherit} "
    ".kf-table div.dt-container :is(input, select) {color: inherit; border: 1px solid #8888; "
    "background: var(--jp-layout-color0, var(--vscode-editor-background, Canvas))} "
    ".kf-table div.dt-container .dt-paging-button:is(:not(.disabled), .disabled) {color: inherit !important} "
    ".kf-table div.dt-container .dt-paging-button.disabled {opacity: .4} "
    ".kf-table div.dt-container .dt-paging-button.current {background: transparent !important; border-color: #8888}"
    "</style>"
)
# The cells whose outputs have the scripts of tables (1 MB), with the number of the execution that added them.
_scripts_in: dict[str | None, int | None] = {}


@dataclass(frozen=True)
class DataTable:
    """A table that a notebook shows with search and sorting.

    Attributes:
        html: The table without its scripts.
        text: What a terminal shows.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """Return the table, with its scripts if no different cell has them."""
        return f"{_scripts()}{self.html}"


def data_table(frame: pl.DataFrame | pl.LazyFrame, rows: int) -> DataTable:
    """Return a table with the first ``rows`` rows of a frame, and a sentence about rows that are left out.

    Cells are shown as text, so HTML in them stays text. Long texts are shortened.
    """
    # Imported here because importing itables and its tables takes 0.4 s.
    from itables import to_html_datatable

    whole = frame.lazy()
    shown, total = whole.head(rows).collect(), whole.select(pl.len()).collect().item()
    table = to_html_datatable(
        shown.select(_as_text(name, kind) for name, kind in list(shown.schema.items())[:_COLUMNS]),
        connected=False, maxBytes=0, maxRows=0, autoWidth=False, classes="display compact", show_dtypes=False,
        style="margin:0", column_filters=False, lengthMenu=[10, 25, 100],
    )  # fmt: skip
    left_out = f"The table has the first {rows:,} of {counted(total, 'row')}." if total > rows else ""
    note = f'<p style="opacity: .75">{html.escape(left_out)}</p>' if left_out else ""
    return DataTable(f'{_STYLE}<div class="kf-table">{table}</div>{note}', repr(shown))


def _scripts() -> str:
    """Return the scripts of all tables, or nothing if the notebook has them in the output of a different cell.

    A notebook needs them once. A new execution of the cell that has them replaces its output, so it adds them again.
    """
    # Imported here because importing itables takes 0.4 s.
    from itables.javascript import generate_init_offline_itables_html
    from itables.options import dt_bundle

    cell, execution = cell_of(), cell_number()
    if _scripts_in and execution is not None and _scripts_in.get(cell, execution) == execution:
        return ""
    _scripts_in[cell] = execution
    return str(generate_init_offline_itables_html(dt_bundle))


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column whose texts are short. Values that are not numbers, dates, or texts become text."""
    column = pl.col(name)
    if kind.is_numeric() or kind.is_temporal() or kind == pl.Boolean:
        return column
    if kind.is_nested():
        column = column.map_elements(_flat, return_dtype=pl.String)
    text = column.cast(pl.String)
    cut = pl.concat_str(text.str.slice(0, _LONGEST), pl.lit("…"))
    return pl.when(text.str.len_chars() > _LONGEST).then(cut).otherwise(text).alias(name)


def _flat(value: object) -> str:
    """Return a list or struct as text, such as "남성, 여성"."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_flat(each)}" for name, each in value.items() if each is not None)
    return ", ".join(map(_flat, value)) if isinstance(value, list | pl.Series) else str(value)
