"""Measure what an Anki package costs beyond genanki, and what `kedro run --pipeline=export` costs beyond its start."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import genanki

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import apkg
from korean_flashcards.formats import anki_note

REPETITIONS = 3
LARGEST_RATIO, LONGEST_RUN = 1.3, 5.0
EXPORT = ("run", "--pipeline=export")
START = (*EXPORT, "--nodes=choose_project_id")  # a run that does nothing else


def package_text(content: ExportContent) -> str:
    """Write the content with this project and with genanki alone, in turns, and return a line with the medians."""
    ours, alone = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(REPETITIONS):
            alone.append(_seconds(lambda: written_by_genanki(content, Path(folder) / "genanki.apkg")))
            ours.append(_seconds(lambda: (Path(folder) / "ours.apkg").write_bytes(apkg.write(content))))
    ratio = statistics.median(ours) / statistics.median(alone)
    return (
        f"apkg {statistics.median(ours):.2f} s, genanki alone {statistics.median(alone):.2f} s (medians of {REPETITIONS}, "
        f"in turns): ratio {ratio:.2f}, bound {LARGEST_RATIO}: {'met' if ratio <= LARGEST_RATIO else 'NOT MET'}"
    )


def written_by_genanki(content: ExportContent, path: Path) -> None:
    """Write the content's notes with genanki alone, as its documentation shows."""
    models = {
        each.name: genanki.Model(
            each.note_type_id, each.name, fields=[{"name": name} for name in each.fields],
            templates=[{"name": card.name, "qfmt": card.front, "afmt": card.back} for card in each.templates],
            css=each.css, model_type=genanki.Model.CLOZE if each.is_cloze else genanki.Model.FRONT_BACK,
        )
        for each, _ in content.note_types
    }  # fmt: skip
    decks: dict[str, genanki.Deck] = {}
    for note in content.notes.iter_rows(named=True):
        name = note["deck"]
        deck = decks.setdefault(name, genanki.Deck(anki_note.deck_id(name), name))
        values = [note[field] for field in anki_note.FIELDS]
        deck.add_note(genanki.Note(models[note["note_type"]], values, tags=note["tags"], guid=note["guid"]))
    genanki.Package([*decks.values()]).write_to_file(path)


def run_text(project: Path) -> str:
    """Run the export in a project, and return a line with the seconds beyond those of a run that does nothing."""
    start, whole = ([_kedro(project, command) for _ in range(REPETITIONS)] for command in (START, EXPORT))
    wall, processor = (statistics.median(run[place] for run in whole) for place in (0, 1))
    start_wall, start_processor = (statistics.median(run[place] for run in start) for place in (0, 1))
    return (
        f"kedro run --pipeline=export: {wall - start_wall:.2f} s beyond the {start_wall:.2f} s of the start (processor: "
        f"{processor - start_processor:.2f} s beyond {start_processor:.2f} s), bound {LONGEST_RUN:.0f} s: "
        f"{'met' if wall - start_wall <= LONGEST_RUN else 'NOT MET'}"
    )


def _kedro(project: Path, command: Sequence[str]) -> tuple[float, float]:
    """Return the seconds and the processor seconds of a command."""
    before = os.times()
    seconds = _seconds(
        lambda: subprocess.run([sys.executable, "-m", "kedro", *command], cwd=project, capture_output=True, check=False)
    )
    after = os.times()
    return seconds, after.children_user + after.children_system - before.children_user - before.children_system


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
