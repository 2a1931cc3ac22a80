"""What people say is kept, whatever happens to the words; versions are numbered; two people may review at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import take, take_back, words
from review.samples import analysis, card
from support.ledger import fresh_ledger
from support.ledger_work import start

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.review_list import by_reviewer, histories
from korean_flashcards.ledger.reviews.reviews import By
from korean_flashcards.review.edits import conflicting
from korean_flashcards.review.parts import Action, Part, fingerprint, part_of, version_of

KIM, LEE = By("kim"), By("lee", "why not")
SCENE = Part("남성#1", "Scene")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as book:
        take(book, ("남성", "man"), ("배", "ship"), name="a.csv")
        yield book
        check(book.store)


def test_versions_are_numbered_by_part_and_noted_once(ledger: Ledger) -> None:
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


def test_every_action_is_in_the_history_of_the_text_that_it_was_about(ledger: Ledger) -> None:
    ledger.reviews.decide(Action.REJECT, [card()], LEE)
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    ledger.reviews.restore(card(), 1, KIM)
    (scene,) = histories(ledger.store, "남성#1")
    said = [
        [(each["action"], each["reviewer"], each["reason"]) for each in version["reviews"]]
        for version in scene.versions
    ]
    assert said == [[("reject", "lee", "why not"), ("restore", "kim", "version 1")], [("edit", "kim", "front")]]
    assert [version["made_by"] for version in scene.versions] == ["model", "person"]
    assert [(row["reviewer"], row["action"], row["reviews"]) for row in by_reviewer(ledger.store)] == [
        ("kim", "edit", 1), ("kim", "restore", 1), ("lee", "reject", 1)
    ]  # fmt: skip


def test_an_edit_holds_and_another_field_is_edited_beside_it(ledger: Ledger) -> None:
    assert ledger.reviews.edit(card(), {"front": "Better?"}, KIM)["front"] == "Better?"
    edited = ledger.reviews.edit(card(), {"back": "Better."}, KIM)
    assert (edited["front"], edited["back"]) == ("Better?", "Better.")
    assert {(each.field, each.base, each.value) for each in ledger.reviews.overrides()} == {
        ("front", "Scene of 남성?", "Better?"), ("back", "Scene of 남성.", "Better.")
    }  # fmt: skip


def test_a_text_edited_back_to_what_is_generated_is_no_edit_any_more(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    ledger.reviews.edit(card(), {"front": "Scene of 남성?"}, KIM)
    assert ledger.reviews.overrides() == []
    assert [each.action for each in ledger.reviews.all()] == [Action.EDIT, Action.EDIT]


def test_approving_keeps_an_edit_that_is_in_conflict_and_dropping_it_takes_the_new_text(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    anew = card(front="Anew?")
    (edit,) = ledger.reviews.overrides()
    assert conflicting(anew, edit)
    assert ledger.reviews.decide(Action.APPROVE, [anew], KIM)[0]["front"] == "Better?"
    (edit,) = ledger.reviews.overrides()
    assert not conflicting(anew, edit) and edit.value == "Better?"
    assert ledger.reviews.drop(anew, [], KIM)["front"] == "Anew?"
    assert ledger.reviews.overrides() == []


def test_a_version_is_brought_back_field_by_field(ledger: Ledger) -> None:
    ledger.reviews.record([version_of(card(), "model"), version_of(card(back="Anew."), "model")])
    assert ledger.reviews.restore(card(back="Anew."), 1, KIM)["back"] == "Scene of 남성."
    assert [(each.field, each.base) for each in ledger.reviews.overrides()] == [("back", "Anew.")]
    assert ledger.reviews.restore(card(back="Anew."), 2, KIM)["back"] == "Anew."
    assert ledger.reviews.overrides() == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda reviews: reviews.restore(card(), 7, KIM), r"no version 7.*kedro word show 남성#1 --card Scene"),
        (lambda reviews: reviews.edit(card(), {"front": "Scene of 남성?"}, KIM), "says so already"),
        (lambda reviews: reviews.edit(card(), {"front": ""}, KIM), "This edit of .* is not valid"),
        (lambda reviews: reviews.drop(card(), ["front"], KIM), "no such edit"),
        (
            lambda reviews: reviews.decide(Action.APPROVE, [card()], KIM, {SCENE: fingerprint(SCENE, card(back="Other."))}),
            "has changed since it was shown",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_changes_nothing(ledger: Ledger, act: object, said: str) -> None:
    with pytest.raises(ReviewError, match=said):
        act(ledger.reviews)  # type: ignore[operator]
    assert ledger.reviews.all() == [] and ledger.reviews.overrides() == [] and histories(ledger.store, "남성#1") == []


def test_reviews_outlive_a_rollback_and_meet_their_word_again_and_no_other(ledger: Ledger) -> None:
    ledger.reviews.edit(card(), {"front": "Better?"}, KIM)
    done = take_back(ledger, "a")
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
from korean_flashcards.ledger.reviews.reviews import By
row, field = json.loads(sys.argv[2]), sys.argv[3]
with Ledger(Path(sys.argv[1]), 2, 30, 3) as ledger:
    for number in range(8):
        ledger.reviews.edit(row, {field: f"{field} {number}"}, By(field))
"""


def test_two_people_edit_the_same_card_at_once_and_nothing_is_lost(ledger: Ledger) -> None:
    path, row = ledger.store.path, json.dumps(card())
    people = [start(REVIEWER, path, row, field) for field in ("front", "back")]
    assert [person.communicate(timeout=60)[1] for person in people] == ["", ""]
    assert {each.field: each.value for each in ledger.reviews.overrides()} == {"front": "front 7", "back": "back 7"}
    (scene,) = histories(ledger.store, part_of(card()).item_id)
    assert [version["number"] for version in scene.versions] == list(range(1, 17))
    assert sum(len(version["reviews"]) for version in scene.versions) == 16
