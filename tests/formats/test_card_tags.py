"""Test the list of the project's own tags, and how they are written to Anki."""

import re
from pathlib import Path

import pytest

from korean_flashcards.formats.card_tags import PREFIXES, anki_tag, list_tag, tag_text

SOURCE = Path(__file__).parents[2] / "src" / "korean_flashcards"
COMPOSED_IN = ("formats/card.py", "review/release.py", "pipelines/export/nodes.py")


def test_every_tag_that_the_project_composes_has_a_listed_prefix():
    found = {
        prefix
        for name in COMPOSED_IN
        for prefix in re.findall(r'"([a-z_]+):[{a-z]', (SOURCE / name).read_text(encoding="utf-8"))
    }
    assert {"term", "status", "review", "confusable", "character"} <= found <= PREFIXES


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("level:TOPIK1", "level::TOPIK1"),
        ("hanja", "hanja"),
        ("Formality:casual", "formality::casual"),
        ("concept::metaphor", "concept::metaphor"),
        ("term:", "term:"),
        ("course::unit1", "course::unit1"),
        ("a:b", "a:b"),
        ("grammar:verb", "grammar:verb"),
        (list_tag("status:gone"), "list::status:gone"),
        (list_tag("Card::Scene"), "list::Card::Scene"),
    ],
)
def test_only_own_prefixes_become_levels(tag, expected):
    assert anki_tag(tag) == expected


def test_tag_text_joins_words_with_underscores():
    assert tag_text(" an oak,\ta tree ") == "an_oak_a_tree"


@pytest.mark.parametrize(
    ("text", "tag"), [("::a::", "a"), ("a::::b", "a::b"), ("::", ""), (":", ":"), ("e\u0301", "é")]
)
def test_tags_have_no_empty_levels(text, tag):
    assert tag_text(text) == tag
