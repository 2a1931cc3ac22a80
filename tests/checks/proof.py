"""Measure the checks: count their findings in damaged and in good entries."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random
from typing import NamedTuple

import polars as pl
from checks import damages_of_korean, damages_of_rules, damages_of_senses, damages_of_texts, damages_of_words
from checks.damage import Damage, applicable
from checks.good_records import Entry, all_entries

from korean_flashcards.checks import boilerplate, check_card, check_deck, check_nuance
from korean_flashcards.domain.records import Finding, Severity

DAMAGES: tuple[Damage, ...] = tuple(
    way
    for module in (damages_of_words, damages_of_korean, damages_of_rules, damages_of_senses, damages_of_texts)
    for way in vars(module).values()
    if isinstance(way, Damage)
)
OF_THE_DECK = {check.code for check in boilerplate.CHECKS}


class Proof(NamedTuple):
    """Count the findings in damaged entries.

    Attributes:
        table: For each damage, the number of entries with each new code ("none": no new finding).
        done: For each damage, the number of damaged entries.
        right: For each damage, the number of entries with a correct code.
    """

    table: dict[str, Counter[str]]
    done: Counter[str]
    right: Counter[str]


def findings_of(entry: Entry) -> set[Finding]:
    """Return the findings of the analysis and of each card."""
    found = set(check_nuance(entry.record, entry.word))
    for card in entry.cards:
        found.update(check_card(card, entry.record, entry.word))
    return found


def deck_findings(entries: Iterable[Entry]) -> dict[str, set[Finding]]:
    """Return the findings of the checks that compare the whole deck, keyed by item_id."""
    entries = list(entries)
    found: dict[str, set[Finding]] = defaultdict(set)
    if not entries:
        return found
    nuance = pl.DataFrame([entry.record for entry in entries], infer_schema_length=None)
    cards = pl.DataFrame([card for entry in entries for card in entry.cards], infer_schema_length=None)
    for item_id, _, finding in check_deck(nuance, cards):
        found[item_id].add(finding)
    return found


def false_alarms() -> tuple[list[tuple[str, str, Finding]], int]:
    """Return the errors and warnings in good analyses and cards, and the number of analyses and cards.

    Each error or warning is (word, "analysis", "deck" or tab_name, finding).
    """
    alarms, units = [], 0
    for entry in all_entries():
        looked_at = [("analysis", check_nuance(entry.record, entry.word))]
        looked_at += [(card["tab_name"], check_card(card, entry.record, entry.word)) for card in entry.cards]
        units += len(looked_at)
        alarms += [(entry.word["term"], name, each) for name, found in looked_at for each in found]
    alarms += [(item_id, "deck", each) for item_id, found in deck_findings(all_entries()).items() for each in found]
    return [alarm for alarm in alarms if alarm[2].severity is not Severity.NOTE], units


def prove(seed: int = 5, each: int = 10) -> Proof:
    """Apply each damage to ``each`` entries and count the new codes.

    Entries are damaged one at a time, except for damage that only the checks of the whole deck can detect.
    """
    proof = Proof(defaultdict(Counter), Counter(), Counter())
    for way in DAMAGES:
        random = Random(f"{seed} {way.name}")
        entries = random.sample(all_entries(), len(all_entries()))
        pairs = []
        for pair in applicable(iter(entries), way, random):
            pairs.append(pair)
            if len(pairs) == (max(each, 3) if way.codes & OF_THE_DECK else each):
                break
        changed = {good.word["item_id"]: damaged for good, damaged in pairs}
        deck = [changed.get(entry.word["item_id"], entry) for entry in all_entries()] if way.codes & OF_THE_DECK else []
        together = deck_findings(deck)
        for good, damaged in pairs:
            codes = {each.code for each in findings_of(damaged) - findings_of(good)}
            codes |= {each.code for each in together[good.word["item_id"]]}
            proof.table[way.name].update(codes or {"none"})
            proof.done[way.name] += 1
            proof.right[way.name] += bool(codes & way.codes)
    return proof
