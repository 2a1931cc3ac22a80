"""Test that the message about an invalid parameter names the file and the line that set its value."""

import pytest
from support.project import Project

X = "conf/local/parameters_x.yml"


def problems(project: Project, *options: str) -> list[str]:
    """Return the lines of the message that describe the invalid parameters."""
    result = project.kedro("plan", *options)
    assert result.code == 1 and "Nothing was run. Correct th" in result.err, result.err
    return [line.removeprefix("  - ") for line in result.err.splitlines() if line.startswith("  - ")]


CASES = {
    "two": (
        "# Mine\nllm:\n  concurrency: abc\nlimit: zero\n",
        [
            f"{X}, line 4: limit must be a whole number, not 'zero'",
            f"{X}, line 3: llm.concurrency must be a whole number, not 'abc'",
        ],
    ),
    "item": (
        "llm:\n  budget:\n    parts:\n      - {per: day, usd: 1}\n      - per: year\n",
        [f"{X}, line 5: llm.budget.parts.1.per must be 'run', 'day' or 'month', not 'year'"],
    ),
    "name with a dot": (
        "llm:\n  prices:\n    a/b.c:\n      input: x\n      output: 1\n",
        [f"{X}, line 4: llm.prices.a/b.c.input must be a number, not 'x'"],
    ),
    "old name": (
        "llm:\n  max_concurrency: many\n",
        [f"{X}, line 2: llm.concurrency must be a whole number, not 'many'"],
    ),
    "group": ("llm: 5\n", [f"{X}, line 1: llm is a group of parameters, but it has the single value 5"]),
    "unknown group": (
        "\nlllm: {model: x}\n",
        [f"{X}, line 2: there is no parameter named 'lllm' (did you mean llm?)"],
    ),
    "unknown group with an unknown name": (
        "exprot:\n  deck: x\n",
        [f"{X}, line 1: there is no parameter named 'exprot' (did you mean export?)"],
    ),
    "weight": (
        "quality:\n  weights:\n    nope: 5\n",
        [
            f"{X}, line 3: quality.weights: there is no check named nope (`kedro quality checks` lists the checks)",
        ],
    ),
    "empty": ("stale: redo\nlimit:\n", [f"{X}, line 2: limit has no value. Set a value, or write limit: null"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_an_invalid_parameter_is_named_with_its_file_and_line(here: Project, text: str, expected: list[str]) -> None:
    (here.folder / X).write_text(text, encoding="utf-8")
    assert problems(here) == expected


def test_a_value_from_the_command_line_takes_precedence_over_a_file(here: Project) -> None:
    (here.folder / X).write_text("limit: 5\n", encoding="utf-8")
    assert problems(here, "--params", "limit=abc") == ["--params: limit must be a whole number, not 'abc'"]


def test_a_value_in_conf_base_is_named_unless_another_file_replaces_it(here: Project) -> None:
    base = here.folder / "conf/base/parameters.yml"
    lines = base.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if line.startswith("limit:"))
    base.write_text("\n".join("limit: abc" if line.startswith("limit:") else line for line in lines), encoding="utf-8")
    assert problems(here) == [f"conf/base/parameters.yml, line {number}: limit must be a whole number, not 'abc'"]
    (here.folder / X).write_text("limit: x\n", encoding="utf-8")
    assert problems(here) == [f"{X}, line 1: limit must be a whole number, not 'x'"]


@pytest.mark.parametrize("file", [".kedro.yml", "options.yml"])
def test_a_value_in_a_file_of_options_is_named_with_this_file(here: Project, file: str) -> None:
    (here.folder / file).write_text("run:\n  params:\n    limit: abc\n", encoding="utf-8")
    options = () if file == ".kedro.yml" else ("--config", file)
    result = here.kedro("run", *options)
    assert result.code == 1 and f"  - {file}, line 3: limit must be a whole number, not 'abc'" in result.err, result.err


def test_a_file_of_another_environment_is_not_named(here: Project) -> None:
    (here.folder / X).write_text("limit: abc\n", encoding="utf-8")
    (here.folder / "conf/test/parameters_x.yml").write_text("\nlimit: abc\n", encoding="utf-8")
    assert problems(here, "--env=test")[0].startswith("conf/test/parameters_x.yml, line 2: ")
