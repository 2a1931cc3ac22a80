"""A review belongs to a content: it does not apply to regenerated text, and applies again when the content returns."""

from hypothesis import given
from hypothesis import strategies as st
from review.samples import analysis, card, review

from korean_flashcards.review.parts import Action, Review, fingerprint, part_of
from korean_flashcards.review.states import State, state_of

OLD, NEW = card(), card(front="Another?")


def state(row: dict[str, object], *reviews: Review) -> State:
    return state_of(fingerprint(part_of(row), row), reviews)[0]


def test_content_without_a_review_is_unreviewed() -> None:
    assert state(OLD) is State.UNREVIEWED


def test_a_review_does_not_apply_to_different_text() -> None:
    assert state(OLD, review(OLD)) is State.APPROVED
    assert state(NEW, review(OLD)) is State.CHANGED
    assert state(NEW, review(OLD, Action.REJECT)) is State.CHANGED


def test_an_approval_applies_again_when_its_text_returns() -> None:
    assert state(OLD, review(OLD), review(NEW, Action.REJECT, 2)) is State.APPROVED


def test_edits_and_restorations_approve_but_dropped_edits_do_not() -> None:
    assert state(NEW, review(NEW, Action.EDIT)) is State.EDITED
    assert state(NEW, review(NEW, Action.RESTORE)) is State.EDITED
    assert state(OLD, review(NEW, Action.EDIT), review(OLD, Action.DROP, 2)) is State.CHANGED
    assert state(OLD, review(OLD, Action.DROP)) is State.UNREVIEWED


def test_tags_and_fields_set_by_the_project_are_not_reviewed() -> None:
    other = OLD | {"position": 9, "term_number": 9, "tags": ["term:남성"], "model": "other", "primer": "You left."}
    assert state(other, review(OLD)) is State.APPROVED
    assert state(OLD | {"honorific_level": "polite"}, review(OLD)) is State.CHANGED
    assert state(analysis(term_number=9), review(analysis())) is State.APPROVED
    assert state(analysis(explanation="Another."), review(analysis())) is State.CHANGED


@given(st.lists(st.tuples(st.sampled_from([*Action]), st.booleans())))
def test_the_last_review_of_a_text_counts(said: list[tuple[Action, bool]]) -> None:
    reviews = [review(OLD if old else NEW, action, number) for number, (action, old) in enumerate(said)]
    about = [action for action, old in said if old and action is not Action.DROP]
    found = state(OLD, *reviews)
    if about:
        accepted = {Action.APPROVE: State.APPROVED, Action.REJECT: State.REJECTED}
        assert found is accepted.get(about[-1], State.EDITED)
    else:
        assert found is (State.CHANGED if any(action is not Action.DROP for action, _ in said) else State.UNREVIEWED)
