"""Test reviews: they are kept after a rollback, versions are numbered, and two people can review at the same time."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import roll_back, take, words
from review.samples import analysis, card
from support.ledger import fresh_ledger
from support.ledger_work import start

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.recorded import By, Reviewed
from korean_flashcards.ledger.reviews.review_list import by_reviewer, histories
from korean_flashcards.ledger.reviews.undo import ReviewMark, Undoable
from korean_flashcards.review.edits import conflicting
from korean_flashcards.review.parts import Action, Part, Shown, fingerprint, part_of, version_of

KIM, LEE = By("kim"), By("lee", "why not")
SCENE = Part("남성#1", "Scene")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as book:
        take(book, ("남성", "man"), ("배", "ship"), name="a.csv")
        yield book
        check(book.store)


def test_versions_are_numbered_per_part_and_recorded_once(ledger: Ledger) -> None:
    first, second = card(), card(front="Another?", model="other", prompt_version="p2")
    assert ledger.reviews.record([version_of(first, "model", 0.25), version_of(analysis(), "model")]) == 2
    assert (
        ledger.reviews.record([version_of(first, "model"), version_of(second, "model"), version_of(second, "model")])
        == 1
    )
    whole, scene = histories(ledger.store, "남성#1")
    assert [whole.part.name, scene.part.name] == ["analysis", "Scene"]
    assert [(each["number"], each["model"], each["prompt"], each["usd"]) for each in scene.versions] == [
        (1, "some/model", "p1", 0.25), (2, "other", "p2", None)
    ]  # fmt: skip
    assert scene.versions[1]["content"] == {"front": "Another?", "back": "Scene of 남성.", "honorific_level": ""}


def test_each_review_is_listed_with_the_version_that_was_reviewed(ledger: Ledger) -> None:
    ledger.reviews.decide(Action.REJECT, [card()], LEE)
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    ledger.reviews.restore(card(), 1, KIM)
    (scene,) = histories(ledger.store, "남성#1")
    found = [
        [(each["action"], each["reviewer"], each["reason"]) for each in version["reviews"]]
        for version in scene.versions
    ]
    assert found == [[("reject", "lee", "why not"), ("restore", "kim", "version 1")], [("edit", "kim", "front")]]
    assert [version["made_by"] for version in scene.versions] == ["model", "person"]
    assert [(row["reviewer"], row["action"], row["reviews"]) for row in by_reviewer(ledger.store)] == [
        ("kim", "edit", 1), ("kim", "restore", 1), ("lee", "reject", 1)
    ]  # fmt: skip


def test_editing_a_second_field_keeps_the_first_edit(ledger: Ledger) -> None:
    assert ledger.reviews.edit(card(), {"front": "Better?"}, KIM).row["front"] == "Better?"
    edited = ledger.reviews.edit(card(), {"back": "Better."}, KIM).row
    assert (edited["front"], edited["back"]) == ("Better?", "Better.")
    assert {(each.field, each.base, each.value) for each in ledger.reviews.overrides()} == {
        ("front", "Scene of 남성?", "Better?"), ("back", "Scene of 남성.", "Better.")
    }  # fmt: skip


def test_an_edit_back_to_the_generated_text_removes_the_edit(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    ledger.reviews.edit(card(), {"front": "Scene of 남성?"}, KIM)
    assert ledger.reviews.overrides() == []
    assert [each.action for each in ledger.reviews.all()] == [Action.EDIT, Action.EDIT]


def test_approving_keeps_a_conflicting_edit_and_dropping_it_restores_the_generated_text(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    generated = card(front="New?")
    (edit,) = ledger.reviews.overrides()
    assert conflicting(generated, edit)
    assert ledger.reviews.decide(Action.APPROVE, [generated], KIM)[0].row["front"] == "Better?"
    (edit,) = ledger.reviews.overrides()
    assert not conflicting(generated, edit) and edit.value == "Better?"
    assert ledger.reviews.drop(generated, [], KIM).row["front"] == "New?"
    assert ledger.reviews.overrides() == []


def test_the_contents_that_reviewers_accepted_are_listed(ledger: Ledger) -> None:
    ledger.reviews.decide(Action.REJECT, [card(back="Bad.")], LEE)
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    ledger.reviews.decide(Action.APPROVE, [card(back="New.")], LEE)
    found = ledger.reviews.accepted({"남성#1"})
    sides = [(content["front"], content["back"]) for content in found[Part("남성#1", "Scene")]]
    assert sides == [("Better?", "Scene of 남성."), ("Better?", "New.")] and len(found) == 1
    assert ledger.reviews.accepted({"여성#1"}) == {}


def test_restoring_a_version_edits_only_the_fields_that_differ(ledger: Ledger) -> None:
    ledger.reviews.record([version_of(card(), "model"), version_of(card(back="New."), "model")])
    assert ledger.reviews.restore(card(back="New."), 1, KIM).row["back"] == "Scene of 남성."
    assert [(each.field, each.base) for each in ledger.reviews.overrides()] == [("back", "New.")]
    assert ledger.reviews.restore(card(back="New."), 2, KIM).row["back"] == "New."
    assert ledger.reviews.overrides() == []


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda reviews: reviews.restore(card(), 7, KIM), r"no version 7.*kedro word show 남성#1 --card Scene"),
        (lambda reviews: reviews.edit(card(), {"front": "Scene of 남성?"}, KIM), "already has this text"),
        (lambda reviews: reviews.edit(card(), {"front": ""}, KIM), "is not valid"),
        (lambda reviews: reviews.drop(card(), ["front"], KIM), "남성#1 Scene has no edit to front"),
        (
            lambda reviews: reviews.decide(Action.APPROVE, [card()], KIM, {SCENE: _shown(card(back="Other."))}),
            "has changed since it was shown",
        ),
    ],
)  # fmt: skip
def test_an_invalid_review_changes_nothing(ledger: Ledger, act: object, message: str) -> None:
    with pytest.raises(ReviewError, match=message):
        act(ledger.reviews)  # type: ignore[operator]
    assert ledger.reviews.all() == [] and ledger.reviews.overrides() == [] and histories(ledger.store, "남성#1") == []


def test_after_a_rollback_reviews_apply_only_to_the_same_word_when_it_is_imported_again(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    done = roll_back(ledger, "a")
    assert (done.removed, done.reviewed) == (2, 1) and words(ledger) == {}
    take(ledger, ("남성", "masculinity"), name="b.csv")
    assert words(ledger) == {"남성#2": "masculinity"}
    take(ledger, ("남성", "man"), ("배", "ship"), name="c.csv")
    assert words(ledger) == {"남성#1": "man", "남성#2": "masculinity", "배#1": "ship"}
    assert [each.value for each in ledger.reviews.overrides(["남성#1"])] == ["Better?"]
    assert len(ledger.reviews.all(["남성#1"])) == 1 and ledger.reviews.all(["남성#2"]) == []


REVIEWER = """
import json, sys; from pathlib import Path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.recorded import By
row, field = json.loads(sys.argv[2]), sys.argv[3]
with Ledger(Path(sys.argv[1]), 2, 30, 3) as ledger:
    for number in range(8):
        ledger.reviews.edit(row, {field: f"{field} {number}"}, By(field))
"""


@pytest.mark.slow
def test_simultaneous_edits_of_one_card_are_all_recorded(ledger: Ledger) -> None:
    path, row = ledger.store.path, json.dumps(card())
    people = [start(REVIEWER, path, row, field) for field in ("front", "back")]
    assert [person.communicate(timeout=60)[1] for person in people] == ["", ""]
    assert {each.field: each.value for each in ledger.reviews.overrides()} == {"front": "front 7", "back": "back 7"}
    (scene,) = histories(ledger.store, part_of(card()).item_id)
    assert [version["number"] for version in scene.versions] == list(range(1, 17))
    assert sum(len(version["reviews"]) for version in scene.versions) == 16


def test_an_undone_review_stays_in_the_ledger_but_does_not_count(ledger: Ledger) -> None:
    (approved,) = ledger.reviews.decide(Action.APPROVE, [card()], KIM)
    (rejected,) = ledger.reviews.decide(Action.REJECT, [card()], LEE)
    ledger.reviews.undo([_undoable(rejected)], "lee")
    assert [(review.number, review.action) for review in ledger.reviews.all()] == [(approved.number, "approve")]
    assert [row["action"] for row in by_reviewer(ledger.store)] == ["approve"]
    (history,) = histories(ledger.store, "남성#1")
    assert [review["undone_at"] is None for review in history.versions[0]["reviews"]] == [True, False]
    ledger.reviews.undo([_undoable(approved)], "kim")
    assert ledger.reviews.all() == [] and ledger.reviews.accepted(["남성#1"]) == {}
    assert ledger.reviews.count_since("2000-01-01T00:00:00Z") == 4


def test_undoing_restores_the_edits_of_before(ledger: Ledger) -> None:
    first = ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    before = ledger.reviews.overrides()
    second = ledger.reviews.edit(card(), {"front": "Best?", "back": "Best."}, KIM)
    ledger.reviews.undo([_undoable(second)], None)
    assert ledger.reviews.overrides() == before
    dropped = ledger.reviews.drop(card(), [], KIM)
    ledger.reviews.undo([_undoable(dropped)], None)
    assert ledger.reviews.overrides() == before
    ledger.reviews.undo([_undoable(first)], None)
    assert ledger.reviews.overrides() == []


def test_undoing_an_approval_restores_the_base_of_a_conflicting_edit(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    (before,) = ledger.reviews.overrides()
    (approved,) = ledger.reviews.decide(Action.APPROVE, [card(front="New?")], KIM)
    assert ledger.reviews.overrides() != [before]
    ledger.reviews.undo([_undoable(approved)], None)
    assert ledger.reviews.overrides() == [before]


def test_a_review_is_undone_only_if_it_is_the_last_one_of_its_part(ledger: Ledger) -> None:
    (approved,) = ledger.reviews.decide(Action.APPROVE, [card()], KIM)
    other, *_ = ledger.reviews.decide(Action.APPROVE, [card(tab_name="Hanja")], KIM)
    (rejected,) = ledger.reviews.decide(Action.REJECT, [card()], LEE)
    with pytest.raises(ReviewError, match="has been reviewed again since then"):
        ledger.reviews.undo([_undoable(other), _undoable(approved)], None)
    assert len(ledger.reviews.all()) == 3
    ledger.reviews.undo([_undoable(rejected)], None)
    with pytest.raises(ReviewError, match="has been reviewed again since then"):
        ledger.reviews.undo([_undoable(rejected)], None)


def test_a_change_since_the_card_was_shown_is_noticed(ledger: Ledger) -> None:
    seen = _shown(card())
    ledger.reviews.edit(card(), {"tags": ["my:tag"]}, LEE)
    for attempt in (
        lambda: ledger.reviews.decide(Action.APPROVE, [card()], KIM, {SCENE: seen}),
        lambda: ledger.reviews.edit(card(), {"front": "Better?"}, KIM, shown=seen),
        lambda: ledger.reviews.drop(card(), [], KIM, seen),
    ):
        with pytest.raises(ReviewError, match="has changed since it was shown"):
            attempt()
    assert len(ledger.reviews.all()) == 1


def test_the_words_with_new_or_undone_reviews_are_known(ledger: Ledger) -> None:
    start, words_ = ledger.reviews.changes_since(ReviewMark())
    assert words_ == set()
    (approved,) = ledger.reviews.decide(Action.APPROVE, [card()], KIM)
    mark, words_ = ledger.reviews.changes_since(start)
    assert words_ == {"남성#1"} and ledger.reviews.changes_since(mark) == (mark, set())
    ledger.reviews.undo([_undoable(approved)], None)
    assert ledger.reviews.changes_since(mark)[1] == {"남성#1"}


def _undoable(reviewed: Reviewed) -> Undoable:
    return Undoable(reviewed.number, part_of(reviewed.row), reviewed.before)


def _shown(row: dict[str, object]) -> Shown:
    return Shown(fingerprint(part_of(row), row), 0)
