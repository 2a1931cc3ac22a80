"""Test which of two verbs that share a form is chosen by the meaning."""

import pytest

from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.shared_forms import verb_meant


@pytest.mark.parametrize(
    ("form", "found", "definition", "meant"),
    [
        ("바래요", "바래다", "hope", "바라다"),
        ("바랬어", "바래다", "faded", "바래다"),
        ("걸어요", "걷다", "hangs", "걸다"),
        ("걸어요", "걸다", "to walk", "걷다"),
        ("사는", "사다", "living", "살다"),
        ("들은", "들다", "heard", "듣다"),
        ("물어봐", "묻다", "ask", "묻다"),
        ("나는", "나다", "flying", "날다"),
        ("먹는", "먹다", "eating", "먹다"),
        ("걸어요", "걷다", "polite ending", "걷다"),
    ],
)
def test_the_definition_decides_between_verbs_that_share_a_form(
    form: str, found: str, definition: str, meant: str
) -> None:
    assert verb_meant(found, verb_stems(form), definition) == meant
