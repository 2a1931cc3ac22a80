"""An import changes only the notes whose content changed. Everything else that a learner did in Anki stays.

Anki's own library imports the decks with the options that its dialog has before anybody changes them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anki.collection import ImportAnkiPackageOptions
from support.anki import AnkiProfile, Imported, OwnedNote
from support.commands import ProjectHere
from support.project import Project

DECK = "data/07_model_output/korean.apkg"
SAMPLE = "data/01_raw/sample_words.csv"
EXPORT = ("run", "--pipeline=export")
CSS = ".card { font-size: 31px; }"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project. Its commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.fixture
def learner(finished: Project, tmp_path: Path) -> Iterator[AnkiProfile]:
    """Return a collection with the finished project's deck."""
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(finished.folder / DECK)
        yield profile


def export(project: Project, *args: str) -> Path:
    """Export the project's deck, by default without running the other pipelines, and return the file."""
    ended = project.kedro(*(args or EXPORT))
    assert ended.code == 0, ended.out + ended.err
    return project.folder / DECK


def replace_in(project: Project, name: str, before: str, after: str) -> None:
    path = project.folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def changed(before: dict[str, OwnedNote], after: dict[str, OwnedNote]) -> dict[str, list[str]]:
    """Return the names of the changed fields, by term and card type. The states of the cards must be equal."""
    assert before.keys() == after.keys()
    found = {}
    for guid, old in before.items():
        new = after[guid]
        names = [name for name in old.fields if old.fields[name] != new.fields.get(name)]
        names += ["tags"] if old.tags != new.tags else []
        assert old.state() == new.state()
        if names:
            found[old.fields["Key"]] = names
    return found


def test_an_unchanged_deck_touches_nothing_that_a_learner_did(here: Project, learner: AnkiProfile) -> None:
    count = len(learner.notes())
    previous = (here.folder / DECK).read_bytes()
    learner.edit(learner.note("남성"), tag="mine", Back="my words")
    learner.style(CSS)
    learner.study([learner.note("남성"), learner.note("가르치다")], ease=4)
    learner.move(learner.note("가리키다"), "Mine")
    before = learner.notes()
    deck = export(here)
    assert deck.read_bytes() == previous
    assert learner.import_package(deck) == Imported(0, 0, count, 0)
    assert learner.notes() == before and learner.css() == CSS


def test_these_are_the_options_of_a_new_profile_and_anki_remembers_others(
    finished: Project, learner: AnkiProfile
) -> None:
    assert learner.default_options() == ImportAnkiPackageOptions()
    learner.import_package(finished.folder / DECK, merge=True, always=True)
    assert learner.default_options() != ImportAnkiPackageOptions()


@pytest.mark.slow
def test_notes_are_only_added_if_the_learner_chooses_so(here: Project, learner: AnkiProfile) -> None:
    """The learner chooses "Update notes: Never" in the import window."""
    before = learner.notes()
    replace_in(here, SAMPLE, "to teach", "to give lessons")
    with (here.folder / SAMPLE).open("a", encoding="utf-8") as words:
        words.write("999,두루마리,noun,a scroll,,,,,,\n")
    result = learner.import_package(export(here, "run"), keep_notes=True)
    after = learner.notes()
    assert result.new > 0 and result.updated == 0 and {guid: after[guid] for guid in before} == before


@pytest.mark.slow
def test_a_corrected_word_changes_its_notes_and_those_that_name_it(here: Project, learner: AnkiProfile) -> None:
    before = learner.notes()
    replace_in(here, SAMPLE, "to teach", "to give lessons")
    result = learner.import_package(export(here, "run"))
    found = changed(before, learner.notes())
    named = {key for key, note in _by_key(before).items() if "가르치다 “" in note.fields["Back"]}
    own = {key for key in found if key.startswith("가르치다#1/")}
    assert (
        own and named and found.keys() == own | named and result == Imported(0, len(found), len(before) - len(found), 0)
    )
    assert all(found[key] == ["Back"] for key in named - own) and "Meaning" in found["가르치다#1/Scene"]


def _by_key(notes: dict[str, OwnedNote]) -> dict[str, OwnedNote]:
    return {note.fields["Key"]: note for note in notes.values()}


def edit_in_review(project: Project) -> None:
    words = ("review", "edit", "남성", "--card", "Scene", "--field", "back", "--value", "A man, in a form.")
    assert project.kedro(*words).code == 0


def reject_and_regenerate(project: Project) -> None:
    replace_in(project, SAMPLE, "man, male (formal)", "man, male adult (formal)")


def remove_from_the_list(project: Project) -> None:
    path = project.folder / SAMPLE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",남성," not in line), encoding="utf-8")


def change_the_prompts(project: Project) -> None:
    for name in ("nuance", "flashcards"):
        with (project.folder / f"conf/base/prompts/{name}.md").open("a", encoding="utf-8") as prompt:
            prompt.write("\nBe brief.\n")


def change_the_source(project: Project) -> None:
    """Give the cards a different model, as if a different model had written the same text."""
    for name in ("released_flashcards", "flashcards"):
        (path,) = project.folder.glob(f"data/0*/{name}.parquet")
        frame = project.frame(name)
        frame.with_columns(model=frame["model"].str.replace("dictionary", "encyclopedia")).write_parquet(path)


QUALITY = ("run", "--pipelines=quality,export")
CHANGES: dict[str, tuple[Callable[[Project], object], tuple[str, ...], dict[str, list[str]] | None]] = {
    "an edit in the review tool": (edit_in_review, QUALITY, {"남성#1/Scene": ["Back", "tags"]}),
    "a regenerated word": (reject_and_regenerate, ("run",), None),
    "a word that is gone": (remove_from_the_list, ("run", "--params=ingress.gone=suspend"), None),
    "a changed prompt with the same text": (change_the_prompts, ("run",), {}),
    "a different model with the same text": (change_the_source, EXPORT, {}),
    "no subdecks": (lambda _: None, (*EXPORT, "--params=export.subdecks=none"), {}),
    "speech": (lambda _: None, (*EXPORT, "--params=export.speech=true"), {}),
    "a renamed deck": (lambda _: None, (*EXPORT, "--params=export.deck_name=Renamed"), {}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "command", "expected"), CHANGES.values(), ids=CHANGES)
def test_only_the_notes_of_a_changed_word_are_updated(
    here: Project,
    learner: AnkiProfile,
    change: Callable[[Project], object],
    command: tuple[str, ...],
    expected: dict[str, list[str]] | None,
) -> None:
    """Without an expectation, every note of 남성 changes, and the notes that name it may."""
    kept = learner.note("가르치다")
    learner.edit(kept, tag="mine", Back="my words")
    learner.study([learner.note("남성"), kept], ease=4)
    before = learner.notes()
    change(here)
    result = learner.import_package(export(here, *command))
    after = learner.notes()
    found = changed(before, after)
    assert result == Imported(0, len(found), len(before) - len(found), 0)
    if expected is not None:
        assert found == expected
    else:
        own = {note.fields["Key"] for note in before.values() if note.fields["Term"] == "남성"}
        others = {key: names for key, names in found.items() if key not in own}
        assert own <= found.keys()
        assert all("남성 “" in _by_key(before)[key].fields["Back"] for key in others), others
    assert learner.import_package(here.folder / DECK) == Imported(0, 0, len(before), 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["style.css", "back.html", "front.html"])
def test_a_changed_template_changes_the_note_type_and_no_note(here: Project, learner: AnkiProfile, name: str) -> None:
    before = learner.notes()
    with (here.folder / "conf/base/anki" / name).open("a", encoding="utf-8") as file:
        file.write("\n/* larger */\n" if name == "style.css" else "\n<p>larger</p>\n")
    assert learner.import_package(export(here)) == Imported(0, 0, len(before), 0)
    assert changed(before, learner.notes()) == {}
    card = learner.card(learner.note("남성"))
    assert "larger" in learner.css() + card.question() + card.answer()


@pytest.mark.slow
@pytest.mark.parametrize("merge", [False, True])
def test_reverse_and_cloze_cards_are_added_and_change_no_note(here: Project, learner: AnkiProfile, merge: bool) -> None:
    learner.edit(learner.note("남성"), tag="mine", Back="my words")
    before = learner.notes()
    local = here.folder / "conf/local/parameters.yml"
    local.write_text("export: {extra_cards: [reverse, cloze]}\n", encoding="utf-8")
    deck = export(here)
    result = learner.import_package(deck, merge=merge)
    after = learner.notes()
    assert result.new > 100 and result == Imported(result.new, 0, len(before), 0)
    assert {guid: after[guid] for guid in before} == before
    learner.edit(learner.note("남성", "Reverse"), tag="mine", Back="my words")
    learner.study([learner.note("남성", "Reverse")], ease=4)
    after, previous = learner.notes(), deck.read_bytes()
    assert export(here).read_bytes() == previous
    assert learner.import_package(deck, merge=merge) == Imported(0, 0, len(after), 0)
    assert learner.import_text(deck.with_name("anki_notes.txt")) == Imported(0, 0, 0, 0)
    assert learner.notes() == after
    local.write_text("", encoding="utf-8")
    assert learner.import_package(export(here), merge=merge).updated == 0 and learner.notes() == after


@pytest.mark.slow
def test_a_deleted_note_comes_back_and_a_suspended_card_stays_suspended(here: Project, learner: AnkiProfile) -> None:
    """As docs/anki.md says. Anki does not remember deleted notes."""
    learner.collection.sched.suspend_cards([learner.card(learner.note("남성")).id])
    learner.collection.remove_notes([learner.note("가르치다").id])
    before = learner.notes()
    assert learner.import_package(here.folder / DECK) == Imported(1, 0, len(before), 0)
    after = learner.notes()
    assert {guid: after[guid] for guid in before} == before and learner.note("가르치다")["Back"]


@pytest.mark.slow
def test_a_deck_of_selected_words_does_not_change_the_whole_deck(here: Project, learner: AnkiProfile) -> None:
    """Without the other 배, the note has no cue in the small deck, and its back names no confusable words."""
    whole = here.folder / "data/07_model_output/korean.apkg"
    before = whole.read_bytes()
    (note,) = learner.collection.find_notes('"Key:배#1/Scene"')
    learner.edit(learner.collection.get_note(note), Back="my words")
    after = learner.notes()
    selected = export(here, *QUALITY, "--params", "words=배#1,export.only_selected=true").with_stem("korean_selected")
    assert selected.is_file()
    assert learner.import_package(export(here, *QUALITY)).updated == 0
    assert learner.notes() == after and whole.read_bytes() == before
