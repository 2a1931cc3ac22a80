"""Describe an error in a YAML file in plain words. Line and column numbers start at 1."""

from yaml import MarkedYAMLError, YAMLError


def yaml_problem(error: YAMLError) -> str:
    """Return a description of the error, including the line and column if they are known."""
    if not isinstance(error, MarkedYAMLError) or not error.problem or not error.problem_mark:
        return " ".join(str(error).split()).rstrip(".")
    mark = error.problem_mark
    return f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
