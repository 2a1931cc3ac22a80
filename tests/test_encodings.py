"""Commands work whatever the system's encoding is, and whatever happens to their standard streams."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import Project, Result

# PYTHONCOERCECLOCALE and PYTHONUTF8 keep Python from replacing such a locale with a UTF-8 locale by itself.
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
STARTED = """
import sys
sys.argv[0] = "/usr/bin/kedro"
import korean_flashcards
{then}
"""
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


def shell(project: Project, line: str, **environment: str) -> Result:
    """Run a line in bash. ``$kedro`` is the command. The exit code is that of the first command in a pipe."""
    kedro = f'kedro="{sys.executable} -m kedro"\n'
    ran = subprocess.run(
        ["bash", "-c", f"{kedro}{line}\nexit ${{PIPESTATUS[0]}}"], cwd=project.folder,
        env={**os.environ, **QUICK, **environment}, capture_output=True, timeout=300,
    )  # fmt: skip
    return Result(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


@needs_shell
@pytest.mark.slow
def test_korean_arguments_and_files_work_in_an_ascii_locale(project: Project) -> None:
    project.word_list("term,definition\n사과,apple\n남성,man\n", "단어.csv")
    ran = shell(project, "$kedro run --params word_lists=단어.csv,words=남성", **ASCII)
    assert (ran.code, "Traceback" in ran.err) == (0, False), ran
    assert "in 단어.csv: 2 imported" in ran.out
    shown = shell(project, "$kedro word show 남성", **ASCII)
    assert (shown.code, shown.out[:4]) == (0, "남성#1"[:4]), shown
    wrong = shell(project, "$kedro word show 없는말", **ASCII)
    assert wrong.code == 1 and "없는말" in wrong.err, wrong


@needs_shell
@pytest.mark.slow
@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1"}])
def test_every_file_is_utf8_if_the_code_page_is_not(project: Project, locale: dict[str, str]) -> None:
    """``-X utf8=0`` has the effect of a Windows code page: text files without a named encoding are not UTF-8."""
    line = f'"{sys.executable}" -X utf8=0 -m kedro run'
    ran = shell(project, line, **{**ASCII, **locale, "PYTHONUTF8": "1", "KEDRO_DATASET_VALIDATION": "on"})
    assert (ran.code, "codec" in ran.err) == (0, False), ran
    assert "129 with cards" in ran.out
    assert (project.folder / "data/08_reporting/data_docs/index.html").exists()


@needs_shell
@pytest.mark.slow
def test_a_run_whose_output_is_lost_says_with_its_code_whether_it_is_complete(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copied_to(tmp_path / "copy")
    for target in ("> /dev/full", ">&-", "<&- >&- 2>&-", "| head -1", "2> /dev/full"):
        ran = shell(project, f"$kedro run {target}")
        assert (ran.code, "Traceback" in ran.err) == (0, False), (target, ran)
    incomplete = shell(project, "$kedro run --params llm.cache_only=true,llm.seed=7 > /dev/full")
    assert incomplete.code == 2, incomplete
    assert "The output could not be written: No space left on device." in incomplete.err
    failed = shell(project, "$kedro run --params nonsense=1 > /dev/full 2>&1")
    assert failed.code == 1


@needs_shell
@pytest.mark.slow
def test_a_list_whose_output_is_lost_ends_without_a_traceback(finished: Project, tmp_path: Path) -> None:
    project = finished.copied_to(tmp_path / "copy")
    full = shell(project, "$kedro tasks list > /dev/full")
    assert (full.code, "Traceback" in full.err) == (1, False), full
    assert "Error: The output could not be written: No space left on device." in full.err
    for line in ("ingress list | head -1", "tasks list --json | head -1", "cache stats >&-", "word show 남성 <&- 2>&-"):
        ran = shell(project, f"$kedro {line}")
        assert (ran.code, "Traceback" in ran.err, "Exception" in ran.err) == (0, False, False), (line, ran)


@pytest.mark.parametrize(
    ("then", "out"),
    [
        ("print(sys.stdout.encoding)", "utf-8\n"),
        (r"print('\ud55c\uae00 \xb7 \ud800')", "한글 · ?\n"),
        (r"import logging; logging.basicConfig(stream=sys.stdout); logging.warning('\ubc30')", "WARNING:root:배\n"),
    ],
)
def test_output_to_a_file_is_utf8(tmp_path: Path, then: str, out: str) -> None:
    environment = os.environ | ASCII | {"PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-X", "utf8=0", "-c", STARTED.format(then=then)]
    ran = subprocess.run(line, capture_output=True, cwd=tmp_path, env=environment, timeout=60)
    assert (ran.stdout.decode(), ran.stderr.decode()) == (out, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_reported_once_and_a_closed_pipe_never(tmp_path: Path, unbuffered: str) -> None:
    code = STARTED.format(
        then="""
from korean_flashcards.commands.standard_streams import lost_output
print("x" * 100_000)
print(lost_output(), lost_output(), file=sys.stderr)
"""
    )
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": os.pathsep.join(sys.path)}
    read, write = os.pipe()
    os.close(read)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        said = [
            subprocess.run(
                [sys.executable, "-c", code], stdout=out, stderr=subprocess.PIPE, env=environment, timeout=60
            )
            for out in (full, write)
        ]
    os.close(write)
    assert [(ran.returncode, ran.stderr) for ran in said] == [
        (0, b"No space left on device None\n"),
        (0, b"None None\n"),
    ]
