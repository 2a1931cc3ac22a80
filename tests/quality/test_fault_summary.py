"""Test the summary of the judge's faults: their number, and how many the checks missed."""

from typing import get_args

import polars as pl
from support.scored import judged, scored

from korean_flashcards.domain.records import FaultKind
from korean_flashcards.quality.fault_summary import FAULTS, summarise_faults


def test_every_kind_of_fault_has_a_meaning() -> None:
    assert sorted(FAULTS) == sorted(get_args(FaultKind))


def test_a_fault_is_unnoticed_if_the_checks_report_no_error_or_warning_on_its_card() -> None:
    def unnoticed(*finding: object) -> int:
        found = scored([("남성#1", *finding, "wrong")])  # type: ignore[list-item]
        (fault,) = summarise_faults(judged(), found.findings)
        assert (fault.fault, fault.count) == ("wrong_translation", 1)
        return fault.unnoticed

    assert unnoticed("Scene", "hanja_reading", "error") == 0
    assert unnoticed("Scene", "ipa_other_word", "warning") == 0
    assert unnoticed("Scene", "back_length", "note") == 1
    assert unnoticed("Hanja", "hanja_reading", "error") == 1
    assert unnoticed(None, "ipa_other_word", "warning") == 1


def test_judgments_of_earlier_releases_have_no_faults() -> None:
    earlier = judged().with_columns(faults=pl.lit(None, judged().schema["faults"]))
    assert summarise_faults(earlier, scored().findings) == []
    assert summarise_faults(judged().clear(), scored().findings) == []
