"""Check and fill in the HTML templates of the report and the Data Docs."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.money import usd_number

if TYPE_CHECKING:
    from jinja2 import Template


# The templates' files in conf/base, by the name of their dataset.
TEMPLATES = {"report_template": "report.html.j2", "data_docs_template": "data_docs/index.html.j2"}
_FILTERS: Mapping[str, Callable[..., Any]] = {"usd": usd_number}


def check_template(name: str, template: str) -> None:
    """Raise SettingsError if a template's syntax is not valid. ``name`` is its key in TEMPLATES."""
    # A local import saves 50 ms in every command that loads the pipelines.
    from jinja2 import TemplateSyntaxError

    try:
        _compiled(template)
    except TemplateSyntaxError as error:
        raise _invalid(name, _syntax_problem(error), _NOTHING_RUN) from error


def filled(name: str, template: str, values: Mapping[str, Any]) -> str:
    """Return a template filled in with values. All text is escaped.

    Args:
        name: The template's key in TEMPLATES.
        template: The template's text.
        values: The values by name.

    Raises:
        SettingsError: The template is not valid.
    """
    # A local import saves 50 ms in every command that loads the pipelines.
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        return _compiled(template).render(values) + "\n"
    except TemplateSyntaxError as error:
        raise _invalid(name, _syntax_problem(error), _REPORT_AGAIN) from error
    except TemplateError as error:
        raise _invalid(name, "it uses a value that does not exist", _REPORT_AGAIN) from error
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise _invalid(name, f"one of its expressions fails ({error})", _REPORT_AGAIN) from error


_NOTHING_RUN = "Nothing was run. Correct the template, then run the same command again."
_REPORT_AGAIN = (
    "All replies that you paid for are kept. Correct the template, then run `kedro run --pipeline=reporting`."
)


@cache
def _compiled(template: str) -> "Template":
    """Return the compiled template. Compiling the report's template takes 60 ms, and a run first checks it."""
    # A local import saves 50 ms in every command that loads the pipelines.
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(_FILTERS)
    return environment.from_string(template)


def _syntax_problem(error: Any) -> str:
    return f"{str(error.message).rstrip('.')} (line {error.lineno})"


def _invalid(name: str, problem: str, advice: str) -> SettingsError:
    return SettingsError(f"The template conf/base/{TEMPLATES[name]} is not valid: {problem}. {advice}")
