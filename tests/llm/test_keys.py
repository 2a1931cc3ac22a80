"""Test cache keys: a key changes if and only if a part of the request changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.requests_to_send import TEMPLATE

from korean_flashcards.domain.requests import ChatTemplate

CHANGES = st.one_of(
    st.fixed_dictionaries({"stage": st.sampled_from(["nuance", "flashcards"])}),
    st.fixed_dictionaries({"model": st.text()}),
    st.fixed_dictionaries({"system": st.text()}),
    st.fixed_dictionaries({"schema": st.dictionaries(st.text(), st.text())}),
    st.fixed_dictionaries({"temperature": st.none() | st.floats(0, 2)}),
    st.fixed_dictionaries({"max_tokens": st.none() | st.integers(1)}),
)


def test_the_key_of_a_fixed_request_never_changes() -> None:
    template = ChatTemplate("nuance", "openai/x", "분석하세요.", {"type": "object"}, 0.2, 800)
    assert template.key('{"term": "배"}') == "47372b285dc078e5edc0ff4a92412530b89ebe274c5cc83c2fbb839d28f7900c"


@given(CHANGES, st.text())
def test_the_key_changes_if_and_only_if_a_part_of_the_template_changes(change: dict[str, object], user: str) -> None:
    changed = replace(TEMPLATE, **change)  # type: ignore[arg-type]
    assert (changed.key(user) == TEMPLATE.key(user)) == (changed == TEMPLATE)


@given(st.text(), st.text())
def test_different_user_texts_have_different_keys(one: str, other: str) -> None:
    assert (TEMPLATE.key(one) == TEMPLATE.key(other)) == (one == other)
