"""Describe an error in a YAML file in plain words. Line and column numbers start at 1."""

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from korean_flashcards.domain.lazy_regex import lazy_regex

_UNKNOWN_TAG = lazy_regex(r"could not determine a constructor for the tag '(.*)'")
_TAB = lazy_regex(r" *\t\s*[^\s#]")


def yaml_problem(error: YAMLError, text: str = "") -> str:
    """Return a description of the error, including the line and column if they are known.

    Args:
        error: The parser's error.
        text: The file's text, if it is known.
    """
    if isinstance(error, ReaderError):
        sign = f" (line {text.count(chr(10), 0, error.position) + 1})" if text else ""
        return f"it contains a control character{sign}"
    if not isinstance(error, MarkedYAMLError) or not error.problem or not error.problem_mark:
        return " ".join(str(error).split()).rstrip(".")
    mark = error.problem_mark
    if (line := _tab_near(text, mark.line)) is not None:
        return f"line {line + 1} is indented with a tab, but YAML allows only spaces"
    if tag := _UNKNOWN_TAG.fullmatch(error.problem):
        name = tag[1].replace("tag:yaml.org,2002:", "!!")
        return f"the tag {name} is not allowed (line {mark.line + 1}, column {mark.column + 1})"
    if error.problem == "found unhashable key":
        return f"the name of a setting is not text (line {mark.line + 1}, column {mark.column + 1})"
    problem = error.problem.replace("'<stream end>'", "the end of the file")
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})"


def _tab_near(text: str, line: int) -> int | None:
    """Return the line that is indented with a tab. The parser may report the line before or after it."""
    lines = text.splitlines()
    near = (at for at in (line, line - 1, line + 1) if 0 <= at < len(lines))
    return next((at for at in near if _TAB.match(lines[at])), None)
