"""A review is about a content: what is generated anew is not approved by it, and what comes back is."""

from hypothesis import given
from hypothesis import strategies as st
from review.samples import analysis, card, review

from korean_flashcards.review.parts import Action, Review, fingerprint, part_of
from korean_flashcards.review.states import State, state_of

OLD, NEW = card(), card(front="Another?")


def state(row: dict[str, object], *reviews: Review) -> State:
    return state_of(fingerprint(part_of(row), row), reviews)[0]


def test_nobody_has_reviewed_what_has_no_review() -> None:
    assert state(OLD) is State.UNREVIEWED


def test_an_approval_does_not_count_for_another_text() -> None:
    assert state(OLD, review(OLD)) is State.APPROVED
    assert state(NEW, review(OLD)) is State.CHANGED
    assert state(NEW, review(OLD, Action.REJECT)) is State.CHANGED


def test_an_approval_is_back_with_its_text() -> None:
    assert state(OLD, review(OLD), review(NEW, Action.REJECT, 2)) is State.APPROVED


def test_an_edit_and_a_restoration_approve_and_a_dropped_edit_does_not() -> None:
    assert state(NEW, review(NEW, Action.EDIT)) is State.EDITED
    assert state(NEW, review(NEW, Action.RESTORE)) is State.EDITED
    assert state(OLD, review(NEW, Action.EDIT), review(OLD, Action.DROP, 2)) is State.CHANGED
    assert state(OLD, review(OLD, Action.DROP)) is State.UNREVIEWED


def test_what_code_fills_in_and_tags_are_no_part_of_what_is_reviewed() -> None:
    other = OLD | {"position": 9, "term_number": 9, "tags": ["term:남성"], "model": "other", "primer": "You left."}
    assert state(other, review(OLD)) is State.APPROVED
    assert state(OLD | {"honorific_level": "polite"}, review(OLD)) is State.CHANGED
    assert state(analysis(term_number=9), review(analysis())) is State.APPROVED
    assert state(analysis(explanation="Another."), review(analysis())) is State.CHANGED


@given(st.lists(st.tuples(st.sampled_from([*Action]), st.booleans())))
def test_the_last_word_about_a_text_counts(said: list[tuple[Action, bool]]) -> None:
    reviews = [review(OLD if old else NEW, action, number) for number, (action, old) in enumerate(said)]
    about = [action for action, old in said if old and action is not Action.DROP]
    found = state(OLD, *reviews)
    if about:
        accepted = {Action.APPROVE: State.APPROVED, Action.REJECT: State.REJECTED}
        assert found is accepted.get(about[-1], State.EDITED)
    else:
        assert found is (State.CHANGED if any(action is not Action.DROP for action, _ in said) else State.UNREVIEWED)
