"""Validation from the command line: suites are files, `kedro validation` checks them, and the Data Docs show them."""

import json
import re
from pathlib import Path

import pytest
from support.project import ROOT, Project

from korean_flashcards.domain.line_wrap import width

PAGE = (ROOT / "docs" / "explanation" / "validation.md").read_text(encoding="utf-8")
RUN = ("run", "--pipelines=ingress,nuance")
DOCS = "data/08_reporting/data_docs"


def block(kind: str) -> str:
    (text,) = re.findall(rf"^```{kind} words\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


def flat(text: str) -> str:
    """Return wrapped text on as few lines as possible."""
    return re.sub(r"\n {4,}", " ", text)


def suite(project: Project, text: str, name: str = "words", environment: str = "base") -> Path:
    path = project.folder / "conf" / environment / "expectations" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_suite_in_the_docs_stops_a_run_as_documented(here: Project) -> None:
    path = suite(here, block("yaml"))
    stopped = here.kedro(*RUN)
    assert (stopped.code, stopped.err) == (1, block("text"))
    assert "✘ 1 rule broken" in (here.folder / DOCS / "index.html").read_text(encoding="utf-8")

    path.write_text(block("yaml").replace("max_value: 6", "max_value: 8"), encoding="utf-8")
    passed = here.kedro(*RUN)
    assert passed.code == 0, passed.err
    assert "1 warning:" in passed.out
    assert (
        "the rule “half of the words have three syllables or more” for the words layer is broken: the median of syllables "
        "is 2 (limit: at least 3)\nComplete."
    ) in flat(passed.out)

    suite(here, block("yaml"), environment="local")
    checked = here.kedro("validation", "check", "words")
    assert (
        checked.code == 2
        and "BROKEN  the rule “a word has at most six syllables” for the words layer is broken in 3 rows ("
        in flat(checked.out)
    )
    assert "warns   the rule “half of the words have three" in here.kedro("validation", "show", "words").out
    listed = json.loads(here.kedro("validation", "list", "--json").out)
    assert [len(listed[name]["rules"]) for name in ("words", "nuance")] == [2, 13] and listed["calls"] is None
    # The third check has the words and the rules of the first one, so it uses the page of the first one.
    assert [len(list((here.folder / DOCS / "words").glob(f"*.{kind}"))) for kind in ("json", "html")] == [3, 2]


def test_the_commands_show_the_results_of_the_last_run(finished_here: Project) -> None:
    table = finished_here.kedro("validation", "list").out.splitlines()
    assert table[0].split() == ["suite", "rules", "broken", "warn", "rows", "checked"]
    assert max(map(width, table)) <= 80
    rows = {line.split()[0]: line.split()[1:5] for line in table[1:]}
    assert rows["flashcards"] == ["16", "0", "0", "189"] and rows["layer_counts"] == ["8", "0", "0", "1"]
    assert "quality" in rows and {"calls", "export_manifest", "nuance", "vocabulary"} < set(rows)
    shown = finished_here.kedro("validation", "show", "export_manifest").out
    assert shown.count("  holds   ") == 5 and shown.startswith("export_manifest: 4 rows, checked 20")
    checked = finished_here.kedro("validation", "check", "layer_counts")
    assert checked.code == 0 and "every reply of stage 1 is an" not in checked.out and "all 8 rules hold" in checked.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "wrods"), "There is no suite named wrods. Available: calls, "),
        (("check", "wrods"), "There is no suite named wrods. Available: calls, "),
        (
            ("show", "calls"),
            "calls has not been checked yet. Run `kedro run` or `kedro validation check calls`.",
        ),
    ],
)
def test_an_unknown_or_unchecked_suite_is_one_line(here: Project, arguments: tuple[str, ...], message: str) -> None:
    result = here.kedro("validation", *arguments)
    assert result.code == 1 and message in result.err and result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "wrods",
            "expectations: [{rule: r, type: expect_x}]",
            "No dataset in the catalog matches expectations/wro",
        ),
        ("words", "expectations: []", "conf/base/expectations/words.yml is not a valid suite: expectations must have "),
    ],
)
def test_an_invalid_suite_stops_every_command_with_one_message(
    here: Project, name: str, text: str, message: str
) -> None:
    suite(here, text, name)
    for command in (("run",), ("validation", "list")):
        result = here.kedro(*command)
        assert result.code == 1 and message in result.err and "Traceback" not in result.err
