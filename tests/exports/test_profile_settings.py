"""The settings of an export profile: every mistake is named, with the known names and the nearest ones."""

import re
from datetime import timedelta
from typing import Any

import pytest
import yaml
from support.project import ROOT

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.profile_settings import card_filter, profile_settings

DOCS = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")


def test_a_profile_needs_only_a_format() -> None:
    settings = profile_settings({"format": "csv, xlsx"})
    assert settings.format == ("csv", "xlsx")
    assert settings.filters.given() == {}
    assert list(settings.fields)[:3] == ["word", "card_type", "front"]
    assert settings.keep == 3


def test_filters_have_the_same_form_as_text_and_as_lists() -> None:
    text = card_filter({"level": "1-3, none", "card_type": "scene,hanja", "changed_since": "2w", "score_max": "80"})
    lists = card_filter({"level": [1, 2, "3", "none"], "card_type": ["Scene", "Hanja"], "changed_since": "14d",
                         "score_max": 80, "words": None})  # fmt: skip
    assert text == lists
    assert text.level == {1, 2, 3, None} and text.changed_since == timedelta(days=14)
    assert card_filter(text.given()) == text


def test_fields_have_names_and_sources() -> None:
    fields = ["word", {"Meaning": "meaning"}, {"Source": "=my course"}, {"Both": "sql: word || ' – ' || meaning"}]
    settings = profile_settings({"format": "csv", "fields": fields})
    assert settings.fields == {
        "word": "word",
        "Meaning": "meaning",
        "Source": "=my course",
        "Both": "sql: word || ' – ' || meaning",
    }
    assert profile_settings({"format": "csv", "fields": "word, level"}).fields == {"word": "word", "level": "level"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": None}, "format: must be a name"),
        ({"filter": {}}, "there is no setting named 'filter' (did you mean filters"),
        ({"filters": {"levl": 1}}, "there is no setting named 'filters.levl' (did you mean filters.level?); "
                                 "the settings are filters.deck, filters.list, filters.level, "),
        ({"filters": {"level": "3-1"}}, "filters.level: has the range 3-1, which ends before it begins."),
        ({"filters": {"level": 7}}, "filters.level: must be levels from 1 to 6, ranges such as 1-3, or none, not '7'."),
        ({"filters": {"level": True}}, "filters.level: must be a name"),
        ({"filters": {"deck": ""}}, "filters.deck: is empty. Leave it out to select all cards."),
        ({"filters": {"card_type": "Scen"}}, "no card type named Scen. Did you mean Scene? The card types are Scene"),
        ({"filters": {"review": "good"}}, "There is no review state named good. The review states are approved"),
        ({"filters": {"changed_since": "soon"}}, "must be a date such as 2026-11-30, or an age such as 7d or 4w"),
        ({"filters": {"score_max": 101}}, "filters.score_max must be at most 100"),
        ({"filters": {"score_min": 9, "score_max": 8}}, "filters: score_min (9) is higher than score_max (8)."),
        ({"filters": {"where": "scor < 1"}}, "There is no column named scor. Did you mean score?"),
        ({"filters": {"changed_since": "2026-11-30", "changed_until": "2026-11-01"}},
         "filters: changed_since (2026-11-30) is later than changed_until (2026-11-01), so no card meets both."),
        ({"filters": {"imported_since": "1d", "imported_until": "2w"}},
         "imported_since (1d) is later than imported_until (14d)"),
        ({"format": []}, "format: is empty. Name a format, such as csv."),
        ({"format": ""}, "format: is empty. Name a format, such as csv."),
        ({"sort": []}, "sort: is empty. Leave it out to keep the order of the deck."),
        ({"sort": ""}, "sort: is empty. Leave it out to keep the order of the deck."),
        ({"limit": 10**22}, "limit must be at most 1000000000, not 10000000000000000000000."),
        ({"fields": ["wrd"]}, "There is no column named wrd. Did you mean word?"),
        ({"fields": [{"A": "word"}, {"a": "term"}]}, "fields: has two fields named a."),
        ({"fields": [1]}, "fields: has 1, which is neither a column nor a pair"),
        ({"fields": []}, "fields: must be a list of columns"),
        ({"front": "{{wrd}}"}, "There is no column named wrd. Did you mean word?"),
        ({"front": "{{#hanja}}"}, "does not end the section hanja with {{/hanja}}."),
        ({"deck": "Korean::{level}"}, "deck: has {level}. Write {{level}} to insert the column."),
        ({"sort": "-scor"}, "There is no column named scor. Did you mean score?"),
        ({"sort": "tags"}, "There is no column named tags."),
        ({"limit": 0}, "limit must be at least 1, not 0."),
        ({"split": "word"}, "split: must be one of deck, list, level"),
        ({"tags": {"remove": "x"}}, "there is no setting named 'tags.remove'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        profile_settings({"format": "csv"} | change)
    assert message in str(caught.value)
    assert "ValidationError" not in str(caught.value) and "pydantic" not in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        profile_settings({"limit": 0, "split": "word"})
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("block", re.findall(r"^```yaml profile\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL))
def test_the_settings_in_the_docs_are_valid(block: str) -> None:
    assert profile_settings({"format": "csv"} | yaml.safe_load(block))
