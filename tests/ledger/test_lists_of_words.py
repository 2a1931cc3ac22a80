"""The ledger knows which lists contain a word, and when each list was imported."""

from pathlib import Path

from ledger.samples import take
from support.ledger import fresh_ledger


def test_a_word_is_in_all_lists_whose_newest_version_contains_it(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, ("가다", "to go"), ("오다", "to come"), name="unit1.csv")
        take(ledger, ("가다", "to go"), ("보다", "to see"), ("abc", "no Hangul"), name="unit2.csv")
        pairs = {("가다#1", "unit1.csv"), ("오다#1", "unit1.csv"), ("가다#1", "unit2.csv"), ("보다#1", "unit2.csv")}
        assert sorted(ledger.vocabulary.lists().iter_rows()) == sorted(pairs)
        take(ledger, ("보다", "to see"), ("가다", "to go"), ("가다", "to go"), name="unit1.csv")
        newer = {("보다#1", "unit1.csv"), ("가다#1", "unit1.csv"), ("가다#1", "unit2.csv"), ("보다#1", "unit2.csv")}
        assert sorted(ledger.vocabulary.lists().iter_rows()) == sorted(newer)
        times = ledger.vocabulary.import_times()
        assert len(times) == 3 and all(time.endswith("Z") for time in times.values())
