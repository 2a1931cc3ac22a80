"""Every Kedro runner either gives the same results as SequentialRunner or is refused before anything is run."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from support import executed_notebooks
from support.commands import ProjectHere
from support.project import Project, unwrapped

QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
LAYERS = ("words", "nuance", "flashcards", "quality", "released_flashcards", "linked_flashcards", "anki_notes")
CUSTOM = """from kedro.runner import ParallelRunner, SequentialRunner, ThreadRunner


class OneByOne(SequentialRunner):
    pass


class Threads(ThreadRunner):
    pass


class Processes(ParallelRunner):
    pass


class NotARunner:
    def __init__(self, is_async: bool = False) -> None:
        pass
"""


@pytest.fixture
def done(finished: Project, tmp_path: Path) -> Project:
    return finished.copied_to(tmp_path / "done")


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        ["--runner=ThreadRunner"],
        ["--async"],
        ["--runner=ThreadRunner", "--async"],
        ["--runner=ThreadRunner", "--runner-params=max_workers=2"],
        ["--runner=own_runners.OneByOne"],
        ["--runner=own_runners.Threads"],
    ],
)
@pytest.mark.parametrize("params", [[], ["--params", "words=남성,배"]])
def test_a_runner_gives_the_same_results(
    done: Project, monkeypatch: pytest.MonkeyPatch, options: list[str], params: list[str]
) -> None:
    (done.folder / "own_runners.py").write_text(CUSTOM, encoding="utf-8")
    before = {name: done.frame(name) for name in LAYERS}
    cards = (done.folder / "data/07_model_output/cards.tsv").read_bytes()
    monkeypatch.syspath_prepend(done.folder)
    result = ProjectHere(done.folder, monkeypatch).kedro("run", *options, *params, **QUICK)
    assert result.code == 0 and "Complete." in result.out, result.err
    for name, frame in before.items():
        assert_frame_equal(done.frame(name), frame)
    assert (done.folder / "data/07_model_output/cards.tsv").read_bytes() == cards


@pytest.mark.parametrize(
    ("runner", "message"),
    [
        ("ParallelRunner", "ParallelRunner cannot run this project"),
        ("own_runners.Processes", "ParallelRunner cannot run this project"),
        ("own_runners.NotARunner", "There is no runner named 'own_runners.NotARunner'"),
        ("own_runners.Missing", "There is no runner named 'own_runners.Missing'"),
        ("math.pi", "There is no runner named 'math.pi'"),
    ],
)
def test_a_runner_that_cannot_be_used_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, runner: str, message: str
) -> None:
    (project.folder / "own_runners.py").write_text(CUSTOM, encoding="utf-8")
    monkeypatch.syspath_prepend(project.folder)
    result = ProjectHere(project.folder, monkeypatch).kedro("run", "--runner", runner)
    assert result.code == 1 and message in result.err and "Nothing was run." in unwrapped(result.err)
    assert "Traceback" not in result.err and project.outputs() == set()


@pytest.mark.parametrize(
    ("runner", "options", "message"),
    [
        ("ThreadRunner", "max_workers=x", "max_workers must be a whole number of 1 or more, not 'x'."),
        ("ThreadRunner", "max_workers=0", "max_workers must be a whole number of 1 or more, not 0."),
        ("ThreadRunner", "max_workers=2.5", "max_workers must be a whole number of 1 or more, not 2.5."),
        ("ThreadRunner", "workers=2", "ThreadRunner has no option named workers. Its options are max_workers."),
        ("SequentialRunner", "max_workers=2", "SequentialRunner has no option named max_workers. It has no options."),
    ],
)
def test_a_wrong_option_of_a_runner_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, runner: str, options: str, message: str
) -> None:
    arguments = ("run", "--runner", runner, "--runner-params", options)
    result = ProjectHere(project.folder, monkeypatch).kedro(*arguments)
    assert result.code == 1 and project.outputs() == set()
    assert f"{message} Correct --runner-params. Nothing was run." in unwrapped(result.err)


@pytest.mark.slow
def test_a_notebook_can_use_threads_but_not_processes(done: Project) -> None:
    notebook = executed_notebooks.of_cells(
        "%load_ext kedro.ipython",
        "from kedro.runner import ParallelRunner, ThreadRunner",
        'session.run(runner=ThreadRunner(), runtime_params={"words": "남성"});',
        "print(session.ran)",
        "session.run(runner=ParallelRunner())",
    )
    executed_notebooks.execute(notebook, done.folder, done.folder / "ran.ipynb", allow_errors=True)
    *_, printed, refused = notebook.cells
    assert "export" not in printed.outputs[0].text
    assert "ParallelRunner cannot run this project" in refused.outputs[-1].evalue
    assert done.frame("flashcards")["item_id"].n_unique() == 129
