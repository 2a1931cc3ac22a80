"""The summary counts the results of a run, reports what is missing, and is complete if nothing is missing."""

import json
from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ledger import fill_ledger, fresh_ledger

from korean_flashcards.domain.calls import PaidStage, RunPayments
from korean_flashcards.domain.failures import FOUND_IN_LAYERS, advice
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.pipelines.reporting.nodes import summarise_run
from korean_flashcards.stages.selection import Selection
from korean_flashcards.stages.stage import FAILURE_SCHEMA, REPLY_SCHEMA, REQUEST_SCHEMA
from korean_flashcards.summary.layer_summary import FRAMES, STAGES, summarise
from korean_flashcards.summary.run_costs import StageCosts
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import costs_line, duration, kept_deck_text, terminal_text
from korean_flashcards.validation.results import RESULT_SCHEMA

Frames = dict[str, pl.DataFrame]
COUNTS = {
    "batch_id": pl.String,
    "file": pl.String,
    "rows": pl.Int64,
    "imported": pl.Int64,
    "duplicates": pl.Int64,
    "rejected": pl.Int64,
    "updated": pl.Int64,
}


def reply(item_id: str, **changes: object) -> dict[str, object]:
    return {
        "item_id": item_id, "term": item_id[0], "key": f"key of {item_id}", "model": "some/model", "prompt_version": "0",
        "cached": False, "text": "{}", "attempts": 1, "tokens_in": 100, "tokens_out": 10, "cost_usd": 0.25,
        "latency_s": 0.5, **changes,
    }  # fmt: skip


def layers(
    words: list[str], analysed: list[str] = (), carded: list[str] = (), failed: dict[str, str] = {},  # noqa: B006
    failed_2: dict[str, str] = {}, replies: list[dict[str, object]] = (), replies_2: list[dict[str, object]] = (),  # noqa: B006
    duplicates: int = 0, rejected: int = 0, held: dict[str, str] = {}, conflicts: list[str] = (),  # noqa: B006
) -> Frames:  # fmt: skip
    """Return all layers of a run, with one Scene card for each word in ``carded`` and ``held`` (item id → reason)."""
    count = {
        "updated": 0,
        "batch_id": "a",
        "file": "a.csv",
        "rows": len(words) + duplicates + rejected,
        "imported": len(words),
    }
    return {
        "vocabulary": pl.DataFrame({"item_id": words}, schema={"item_id": pl.String}),
        "import_counts": frame_of([count | {"duplicates": duplicates, "rejected": rejected}], COUNTS),
        "nuance_requests": frame_of((), REQUEST_SCHEMA),
        "nuance_replies": frame_of(replies, REPLY_SCHEMA), "flashcard_replies": frame_of(replies_2, REPLY_SCHEMA),
        "nuance": pl.DataFrame({"item_id": list(analysed)}, schema={"item_id": pl.String}),
        "flashcards": scenes([*carded, *held]), "released_flashcards": scenes(carded),
        "held_flashcards": scenes(held).with_columns(held_as=pl.Series(held.values(), dtype=pl.String)),
        "edit_conflicts": scenes(conflicts),
        "nuance_failures": frame_of(failures(failed), FAILURE_SCHEMA),
        "flashcard_failures": frame_of(failures(failed_2), FAILURE_SCHEMA),
        "validation_results": frame_of((), RESULT_SCHEMA),
    }  # fmt: skip


def failures(codes: dict[str, str]) -> list[dict[str, object]]:
    return [{"item_id": item, "term": item.partition("#")[0], "code": code} for item, code in codes.items()]


def scenes(words: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame({"item_id": list(words)}, schema={"item_id": pl.String}).with_columns(tab_name=pl.lit("Scene"))


def summary(
    frames: Frames, reached: str = "quality", limit: int | None = None, dead: frozenset[str] = frozenset()
) -> RunSummary:
    words = frames["vocabulary"] if limit is None else frames["vocabulary"].head(limit)
    narrowed_by = None if limit is None else f"limit {limit}"
    selection = Selection(words, frames["vocabulary"].height, narrowed_by, set(dead))
    return summarise(frames, reached, selection, 0.0, 8.34)  # type: ignore[arg-type]


WORDS = ["가#1", "나#1", "다#1", "라#1"]
DONE = layers(WORDS, WORDS, [*WORDS, "가#1"])
MIXED = layers(WORDS, WORDS[:3], WORDS[:1], {"라#1": "timeout"}, {"나#1": "refused"}, duplicates=2, rejected=1)


def test_a_run_that_made_everything_is_complete():
    done = summary(DONE)
    assert (done.words, done.analysed, done.with_cards, done.cards) == (4, 4, 4, 5)
    assert done.complete and done.missing == [] and done.cards_by_type == {"Scene": 5}
    assert terminal_text(done).splitlines() == [
        "Rows       4 in a.csv: 4 imported, 0 duplicates, 0 rejected",
        "Words      4: 4 with cards, 0 failed",
        "Cards      5: Scene 5",
        "Nuance     0 replies from the cache, nothing requested",
        "Flashcards 0 replies from the cache, nothing requested",
        "Time       8.3 s",
        "Complete.",
    ]


def test_updated_words_are_counted_also_in_a_layer_without_that_column():
    frames = layers(WORDS, duplicates=3)
    corrected = frames["import_counts"].with_columns(updated=pl.lit(2))
    assert "4 imported, 3 duplicates (2 updated), 0 rejected" in terminal_text(
        summary(frames | {"import_counts": corrected})
    )
    older = frames["import_counts"].drop("updated")
    assert "4 imported, 3 duplicates, 0 rejected" in terminal_text(summary(frames | {"import_counts": older}))


def test_a_run_that_left_the_deck_alone_names_the_command_that_writes_it():
    assert kept_deck_text(True) == "The deck was not changed. `kedro run --pipeline=export` writes the whole deck."
    assert kept_deck_text(False).startswith("There is no deck yet. `kedro run --pipeline=export` writes one from all ")


def test_everything_missing_is_counted_and_has_advice():
    mixed = summary(MIXED)
    assert (mixed.rows, mixed.imported, mixed.duplicates, mixed.rejected) == (7, 4, 2, 1)
    assert (mixed.with_cards, mixed.failed, mixed.pending) == (1, 2, 1)
    assert mixed.failures_by_code == {"timeout": 1, "refused": 1} and not mixed.complete
    assert mixed.missing == [
        "1 row rejected in your word lists: `kedro ingress status a` shows why",
        f"1 word failed with timeout (the provider did not reply in time): 라. {sentence(advice('timeout'))}",
        f"1 word failed with refused (the model declined to reply): 나. {sentence(advice('refused'))}",
        "1 word still pending: run `kedro run`",
    ]
    _, missing = terminal_text(mixed).split("INCOMPLETE:\n")
    assert " ".join(missing.split()) == " ".join(f"- {line}" for line in mixed.missing)
    assert "Words      4: 1 with cards, 2 failed, 1 pending\n" in terminal_text(mixed)


def sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def test_dead_letters_are_listed_in_addition_to_their_reasons():
    one, two = (summary(MIXED, dead=frozenset({"라#1", other})).missing for other in ("가#1", "나#1"))
    assert (
        "1 of these words is a dead letter: it failed in too many runs and is not requested again. `kedro tasks list "
        "--state dead` shows why. Correct its row in the list, or run `kedro tasks retry --all-dead`."
    ) in one
    assert any(line.startswith("2 of these words are dead letters: they failed in") for line in two)


def test_nouns_agree_with_numbers_and_the_most_frequent_failure_comes_first():
    many = summary(layers(WORDS, failed={"가#1": "empty", "나#1": "timeout", "다#1": "timeout"}, rejected=1_234))
    assert many.missing[0].startswith("1,234 rows rejected in") and many.missing[1].startswith(
        "2 words failed with timeout"
    )
    assert many.missing[2].startswith("1 word failed with empty")
    assert "1 duplicate, 0 rejected" in terminal_text(summary(layers(WORDS, duplicates=1)))


def test_a_word_without_a_pronunciation_has_its_unreadable_characters_named():
    frames = layers(["獨立(독립)", "밥/쌀"], failed={"獨立(독립)": "no_pronunciation", "밥/쌀": "no_pronunciation"})
    frames["nuance_failures"] = frames["nuance_failures"].with_columns(term=pl.col("item_id"))
    (line,) = summary(frames).missing
    assert (
        "The offline model cannot read 獨 立 ( ) /. Write the word only in Hangul, or use an online model: the offline"
        in line
    )


def failed_lines(failed: dict[str, str]) -> list[str]:
    return summary(layers(list(failed), failed=failed)).missing


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_names_the_word_and_has_advice(code):
    (line,) = failed_lines({WORDS[0]: str(code)})
    assert line.startswith(f"1 word failed with {code}") and line.endswith(f": 가. {sentence(advice(code))}")


def test_an_unknown_code_of_an_older_release_is_listed():
    assert failed_lines({"가#1": "lost"})[0].startswith("1 word failed with lost: 가. ")


def test_failed_words_are_named_in_the_order_of_the_list():
    frames = layers(["나#1", "가#1", "다#1"], ["다#1"], failed={"가#1": "empty", "나#1": "empty"},
                    failed_2={"다#1": "empty"})  # fmt: skip
    assert [word.term for word in summary(frames).failed_words] == ["나", "가", "다"]
    assert "3 words failed with empty (the reply was empty): 나, 가, 다. " in summary(frames).missing[0]


def test_at_most_ten_failed_words_are_named_and_a_command_lists_the_rest():
    signs = "가나다라마바사아자차카타"
    frequent, rare = failed_lines({f"{sign}#1": "empty" if sign == "타" else "timeout" for sign in signs})
    assert (
        ": 가, 나, 다, 라, 마, 바, 사, 아, 자, 차 and 1 more. `kedro tasks list --code timeout` lists them all. "
        in frequent
    )
    assert rare.startswith(
        "1 word failed with empty (the reply was empty). `kedro tasks list --code empty` lists them. "
    )


@pytest.mark.parametrize("code", FOUND_IN_LAYERS)
def test_failures_that_only_layers_have_are_listed_by_the_report(code):
    """The ledger has their tasks as done, so ``kedro tasks list`` does not find them."""
    (line,) = failed_lines({f"{sign}#1": str(code) for sign in "가나다라마바사아자차카"})
    assert "차 and 1 more. The run report lists them all. " in line and "kedro tasks list" not in line


def test_failed_homographs_are_named_by_item_id():
    assert ": 배#1, 배#2, 눈. " in failed_lines({"배#1": "empty", "배#2": "empty", "눈#1": "empty"})[0]


def test_the_command_for_rejected_rows_names_the_batch_if_there_is_one():
    one, other = layers(WORDS[:1], rejected=2), layers(WORDS[:1], rejected=1)
    spaced = one["import_counts"].with_columns(batch_id=pl.lit("unit 1"))
    command = "2 rows rejected in your word lists: `kedro ingress status 'unit 1'` shows why"
    assert summary({**one, "import_counts": spaced}).missing[0] == command
    both = pl.concat([spaced, other["import_counts"]])
    assert summary({**one, "import_counts": both}).missing[0] == (
        "3 rows rejected in your word lists: `kedro ingress status BATCH` shows why (`kedro ingress list` lists the batches)"
    )


def test_pending_words_are_counted_by_reason_with_what_to_do():
    waits = [
        reply(word, pending="budget", cached=None, attempts=0, message="no room in the budget") for word in WORDS[:3]
    ]
    waits.append(reply(WORDS[3], pending="batch", cached=None, attempts=0, message="batch b of m, 0 of 1 done"))
    assert summary(layers(WORDS, replies=waits)).missing == [
        "3 words not requested: no room in the budget. Raise llm.budget, or run again when there is room in the budget.",
        "1 word pending at the provider: batch b of m, 0 of 1 done. Run again later to fetch the replies.",
    ]


def waiting(item_id: str, code: str, message: str, attempts: int, usd: float | None = 0.0) -> dict[str, object]:
    """Return the row of a word that is pending after ``attempts`` calls."""
    return reply(
        item_id, pending=code, cached=None, text=None, message=message, attempts=attempts, cost_usd=usd, tokens_in=0,
        tokens_out=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "calls", "usd", "line"),
    [
        (
            "timeout",
            2,
            0.0217,
            "without a usable reply: why; 4 calls may be billed, up to USD 0.0434. Raise llm.timeout or",
        ),
        (
            "timeout",
            2,
            None,
            "without a usable reply: why; 4 calls may be billed, at an unknown price. Raise llm.timeout",
        ),
        ("rate_limit", 3, 0.0, "without a usable reply: why; 6 calls made. Run again later, or set llm.rates to the"),
        ("outage", 5, 0.0, "without a usable reply: why; 10 calls made. Run again later."),
        ("quota", 1, 0.0, "without a usable reply: why; 2 calls made. Add credit to your provider account"),
        ("budget", 1, 0.02, "without a usable reply: why; 2 calls may be billed, up to USD 0.0400. Raise llm.budget"),
        ("quota", 0, 0.0, "not requested: why. Add credit to your provider account"),
        ("cache_only", 0, 0.0, "not requested: why. To request new replies, turn off llm.cache_only."),
        ("rate_limit", 0, 0.0, "not requested: why. Run again later, or set llm.rates to the provider's limits."),
    ],
)
def test_a_word_for_which_calls_were_made_is_never_called_not_requested(code, calls, usd, line):
    (said,) = summary(layers(WORDS[:2], replies=[waiting(word, code, "why", calls, usd) for word in WORDS[:2]])).missing
    assert said.startswith(f"2 words {line}")


def test_pending_words_with_and_without_calls_are_listed_separately_even_for_the_same_reason():
    rows = [waiting(word, "budget", "no room", int(word == WORDS[3]), 0.25) for word in WORDS]
    assert [line.partition(".")[0] for line in summary(layers(WORDS, replies=rows)).missing] == [
        "3 words not requested: no room", "1 word without a usable reply: no room; 1 call may be billed, up to USD 0",
    ]  # fmt: skip


def test_a_shared_request_counts_its_calls_once():
    rows = [waiting(word, "timeout", "why", 2, 0.25) | {"key": "k"} for word in WORDS[:2]]
    (line,) = summary(layers(WORDS[:2], replies=rows)).missing
    assert "2 words without a usable reply: why; 2 calls may be billed, up to USD 0.2500." in line


def test_closing_lines_fit_80_columns():
    many = {f"{sign}{end}#1": "malformed" for sign in "가나다라마바사" for end in "각난닫랄맘"}
    text = terminal_text(summary(layers([*many, *WORDS], WORDS, WORDS, many, replies=[reply("가#1")])))
    assert max(map(width, text.split("\n"))) <= 80


def test_advice_for_duplicate_cards_does_not_suggest_a_new_run():
    """The replies are in the cache, so running again changes nothing."""
    line = summary(layers(WORDS[:1], WORDS[:1], failed_2={WORDS[0]: "duplicate_card"})).missing[0]
    assert "kedro run" not in line


def test_held_cards_make_the_run_incomplete_and_are_counted_by_reason():
    held = summary(
        layers(WORDS, WORDS, WORDS[:2], held={"나#1": "rejected", "다#1": "failed_checks", "라#1": "rejected"})
    )
    assert (held.with_cards, held.cards, held.held, held.held_words) == (4, 2, {"rejected": 2, "failed_checks": 1}, 1)
    assert held.missing == [
        "1 card held back: failed the checks (to edit or approve: `kedro review next --verdict reject`)",
        "1 word without a card in the deck: all of its cards are held back",
    ]
    assert held.notes == [
        "2 cards held back: rejected by a reviewer (to edit: `kedro review next --state rejected`)",
        "1 word without a card in the deck: a reviewer rejected all cards",
    ]
    assert "Words      4: 4 with cards, 0 failed\nCards      2: Scene 2; 3 held back\n" in terminal_text(held)
    assert summary(layers(WORDS, WORDS, WORDS[:2], held={"라#1": "failed_checks"}), limit=2).complete


def test_cards_that_a_reviewer_rejected_do_not_make_the_run_incomplete():
    run = summary(layers(WORDS, WORDS, WORDS[:2], held={"다#1": "rejected", "라#1": "rejected"}))
    assert run.complete and run.rejected_words == 2
    text = terminal_text(run)
    assert "Complete.\nNotes:\n  - 2 cards held back: rejected by a reviewer" in text and "INCOMPLETE" not in text


def gap(state: str, code: str = "no_definition") -> pl.DataFrame:
    """Return the plan for the word 라, whose request failed with the code in an earlier run."""
    row = {"item_id": "라#1", "term": "라", "state": state, "reason": f"{code}: the list is silent (1 attempt)"}
    return frame_of([row if state != "new" else row | {"reason": None}], REQUEST_SCHEMA)


@pytest.mark.parametrize(
    ("code", "state", "complete"),
    [
        ("no_definition", "new", False), ("no_definition", "retry", True), ("no_definition", "dead", True),
        ("no_pronunciation", "retry", True), ("timeout", "retry", False), ("refused", "dead", False),
    ],
)  # fmt: skip
def test_a_gap_in_the_list_makes_only_the_first_run_incomplete(code, state, complete):
    frames = layers(WORDS, WORDS[:3], WORDS[:3], {"라#1": code}) | {"nuance_requests": gap(state, code)}
    run = summary(frames, dead=["라#1"] if state == "dead" else [])
    assert (run.complete, run.failed) == (complete, 1)
    text = terminal_text(run)
    if complete:
        assert "Complete.\nNotes:\n  - 1 word needs a " in text
        assert "in your list, or a different model: 라" in " ".join(text.split())
    else:
        assert f"1 word failed with {code}" in text and "Notes" not in text


def test_a_request_that_failed_for_a_different_reason_before_makes_the_run_incomplete():
    frames = layers(WORDS, WORDS[:3], WORDS[:3], {"라#1": "no_definition"})
    assert not summary(frames | {"nuance_requests": gap("retry", "timeout")}).complete


def test_words_that_keep_their_last_good_cards_are_still_failed_or_pending():
    frames = layers(WORDS, WORDS, WORDS, failed={"가#1": "timeout"}, replies=[waiting("나#1", "budget", "no room", 0)])
    for name in ("nuance", "flashcards"):
        frames[name] = frames[name].with_columns(kept=pl.col("item_id").is_in(["가#1", "나#1"]))
    run = summary(frames)
    assert (run.with_cards, run.failed, run.pending, run.kept, run.cards) == (2, 1, 1, 2, 4) and not run.complete
    assert (
        "2 words keep their last good cards: no newer reply can be used yet. A later run replaces the cards"
        in run.notes
    )
    analyses = summary(frames, reached="nuance")
    assert (analyses.analysed, analyses.kept) == (2, 2) and "2 words keep their last good analyses" in analyses.notes[0]


def test_words_that_were_rolled_back_meanwhile_make_the_run_incomplete():
    frames = layers(WORDS, WORDS, WORDS)
    for lost in (WORDS[:1], WORDS):
        rest = frames["vocabulary"].filter(~pl.col("item_id").is_in(lost))
        run = summarise(frames, "quality", Selection(rest, len(WORDS), None, set(), frozenset(lost)), 0.0, 1.0)
        assert not run.complete and "removed from the ledger" in run.missing[0], run.missing


def test_edits_in_conflict_are_counted_and_do_not_make_the_run_incomplete():
    conflict = summary(layers(WORDS, WORDS, WORDS, conflicts=["가#1", "가#1"]))
    line = "Conflicts  2 edits in conflict with new text: `kedro review conflicts`"
    assert line in terminal_text(conflict).split("\n")
    assert conflict.complete


STATES = st.dictionaries(
    st.sampled_from([f"{sign}#{n}" for sign in "가나다" for n in (1, 2)]),
    st.tuples(
        st.booleans(), st.booleans(), st.sampled_from([None, "timeout", "empty"]), st.sampled_from([None, "empty"])
    ),
    min_size=1,
)


@pytest.mark.slow
@given(STATES, st.none() | st.integers(1, 8), st.sampled_from(STAGES), st.integers(0, 2))
@settings(max_examples=200)
def test_counts_add_up_for_any_layers(states, limit, reached, rejected):
    """This includes layers of different runs, as after `kedro run --pipeline=nuance`."""
    words = list(states)
    frames = layers(
        words, [word for word in words if states[word][0]], [word for word in words if states[word][1]],
        {word: code for word in words if (code := states[word][2])},
        {word: code for word in words if (code := states[word][3])}, rejected=rejected,
    )  # fmt: skip
    result = summary(frames, reached, limit)
    done = {"ingress": result.words, "nuance": result.analysed}.get(reached, result.with_cards)
    assert result.words == len(words[:limit]) == done + result.failed + result.pending
    assert sum(result.failures_by_code.values()) == result.failed == len(result.failed_words)
    assert sum(result.cards_by_type.values()) == result.cards
    assert result.complete == (not result.missing) == (not (result.failed or result.pending or result.rejected))
    assert RunSummary.model_validate_json(result.model_dump_json(exclude={"missing", "complete"})) == result


@pytest.mark.parametrize("reached", STAGES)
def test_only_the_layers_of_the_stages_reached_are_needed(reached):
    needed = [name for stage in STAGES[: STAGES.index(reached) + 1] for name in FRAMES[stage]]
    assert summary({name: DONE[name] for name in needed}, reached).complete


def test_a_run_of_ingress_alone_reports_only_rows():
    assert terminal_text(summary(DONE, "ingress")).splitlines() == [
        "Rows       4 in a.csv: 4 imported, 0 duplicates, 0 rejected", "Time       8.3 s", "Complete.",
    ]  # fmt: skip


def test_a_limit_counts_only_the_first_words():
    limited = summary(MIXED, limit=1)
    assert (limited.words, limited.with_cards, limited.failed, limited.pending, limited.cards) == (1, 1, 0, 0, 1)
    assert "Words      1 of 4 (limit 1): 1 with cards, 0 failed" in terminal_text(limited)


def test_several_files_are_counted():
    frames = DONE | {"import_counts": pl.concat([DONE["import_counts"]] * 2)}
    assert "Rows       8 in 2 files: 8 imported" in terminal_text(summary(frames))


def costs(*replies: dict[str, object]) -> StageCosts:
    return summary(layers(WORDS, WORDS, WORDS, replies=list(replies))).costs[0]


def test_a_reply_that_words_share_is_counted_once():
    shared = costs(reply("가#1", key="k"), reply("나#1", key="k"), reply("다#1", attempts=3))
    assert (shared.replies, shared.asked, shared.attempts, shared.tokens_in, shared.cost_usd) == (2, 2, 4, 200, 0.5)


def test_cached_replies_count_as_saved_and_not_as_paid():
    mixed = costs(reply("가#1", cached=True, attempts=5), reply("나#1"))
    assert (mixed.cached, mixed.asked, mixed.attempts, mixed.cost_usd, mixed.saved_usd) == (1, 1, 1, 0.25, 0.25)
    assert mixed.tokens_in == 100
    assert costs_line(mixed) == (
        "1 from the cache, 1 requested from some/model, 100 tokens in, 10 out, USD 0.2500 paid, USD 0.2500 saved"
    )


def test_repeated_calls_are_counted():
    assert "2 requested from some/model in 5 calls" in costs_line(costs(reply("가#1", attempts=4), reply("나#1")))


@pytest.mark.parametrize(
    ("unknown", "expected"), [(0, None), (1, "plus 1 call of unknown price"), (2, "plus 2 calls of unknown")]
)
def test_calls_of_unknown_price_are_counted_separately(unknown, expected):
    line = costs_line(costs(*(reply(WORDS[n], cost_usd=None if n < unknown else 0.25) for n in range(3))))
    assert f"USD {(3 - unknown) * 0.25:.4f} paid" in line
    assert expected in line if expected else "unknown" not in line


def test_calls_without_a_reply_are_requests_and_have_a_cost():
    pending = costs(*(waiting(word, "timeout", "why", 2, 0.01) for word in WORDS[:3]))
    assert (pending.replies, pending.cached, pending.asked, pending.attempts) == (0, 0, 3, 6)
    assert costs_line(pending) == (
        "0 from the cache, 3 requested from some/model in 6 calls, 0 tokens in, 0 out, at most USD 0.0300 paid (6 calls "
        "booked at their maximum, USD 0.0300)"
    )
    refused = costs(*(waiting(word, "rate_limit", "why", 2) for word in WORDS[:3]))
    assert costs_line(refused).endswith("3 requested from some/model in 6 calls, 0 tokens in, 0 out, USD 0.0000 paid")
    never = costs(waiting(WORDS[0], "budget", "why", 0))
    assert costs_line(never) == "0 replies from the cache, nothing requested"


def paid(**changes: object) -> PaidStage:
    values: dict[str, object] = {
        "stage": "nuance", "requests": 2, "calls": 6, "tokens_in": 30, "tokens_out": 4_020, "usd": 0.0327, "unpriced": 0,
        "reserved": 4, "reserved_usd": 0.028, "models": ("some/slow", "some/model"), "keys": frozenset({"key of 가#1"}),
    }  # fmt: skip
    return PaidStage(**values | changes)  # type: ignore[arg-type]


def of_ledger(
    *replies: dict[str, object], own: list[PaidStage], others: dict[str, list[PaidStage]] | None = None
) -> StageCosts:
    frames = layers(WORDS, replies=list(replies))
    selection = Selection(frames["vocabulary"], len(WORDS), None, set())
    return summarise(frames, "nuance", selection, 0.0, 1.0, RunPayments(own, others or {})).costs[0]


def test_the_costs_are_those_of_the_ledger_also_if_a_fallback_replied():
    found = of_ledger(reply("가#1"), reply("나#1", cached=True, cost_usd=0.5), own=[paid()])
    assert (found.replies, found.cached, found.asked, found.attempts, found.cost_usd) == (2, 1, 2, 6, 0.0327)
    assert (found.tokens_in, found.tokens_out, found.saved_usd) == (30, 4_020, 0.5)
    assert costs_line(found) == (
        "1 from the cache, 2 requested from some/slow and some/model in 6 calls, 30 tokens in, 4,020 out, at most USD "
        "0.0327 paid (4 calls booked at their maximum, USD 0.0280), USD 0.5000 saved"
    )


def test_replies_that_a_simultaneous_run_paid_count_as_cached():
    found = of_ledger(reply("가#1"), reply("나#1"), own=[paid(requests=1)], others={"other": [paid()]})
    assert (found.cached, found.asked, found.saved_usd) == (1, 1, 0.25)
    nothing = of_ledger(reply("가#1"), reply("나#1"), own=[], others={"other": [paid()]})
    assert (nothing.cached, nothing.asked, nothing.cost_usd, nothing.saved_usd) == (2, 0, 0.0, 0.5)


def test_replies_that_this_run_requested_are_not_cached_if_a_simultaneous_run_wrote_the_layer():
    from_cache = [reply(word, cached=True) for word in WORDS]
    mine = paid(requests=3, keys=frozenset(f"key of {word}" for word in WORDS[:3]))
    found = of_ledger(*from_cache, own=[mine], others={"other": []})
    assert (found.replies, found.cached, found.asked, found.saved_usd) == (4, 1, 3, 0.25)
    all_mine = paid(requests=4, keys=frozenset(f"key of {word}" for word in WORDS))
    assert of_ledger(*from_cache, own=[all_mine], others={"other": [paid()]}).saved_usd == 0
    assert of_ledger(*from_cache, own=[], others={"other": [all_mine]}).cached == 4


GENERATED = [(), ("nuance",), ("flashcards",), ("judge",), ("nuance", "flashcards"), ("nuance", "flashcards", "judge")]


@pytest.mark.parametrize("generated", GENERATED)
@pytest.mark.parametrize("in_ledger", [True, False])
def test_a_stage_that_the_run_did_not_execute_has_no_costs(generated, in_ledger):
    """The layers contain the requests of an earlier run."""
    frames = layers(
        WORDS, WORDS, WORDS, replies=[reply(word) for word in WORDS], replies_2=[reply("가#1", cached=True)]
    )
    frames["judge_replies"] = frame_of([reply("가#1", pending="budget", cached=None)], REPLY_SCHEMA)
    frames["validation_results"] = frame_of([result(1.0, suite="calls", problem="64% failed")], RESULT_SCHEMA)
    payments = RunPayments([], {}) if in_ledger else None
    selection = Selection(frames["vocabulary"], len(WORDS), None, set())
    done = summarise(frames, "quality", selection, 0.0, 1.0, payments, generated)
    assert tuple(cost.stage for cost in done.costs) == generated
    assert (done.words, done.with_cards, done.cards) == (4, 4, 4) and done.complete
    titles = {line.split()[0].lower() for line in terminal_text(done).splitlines()}
    assert titles & {"nuance", "flashcards", "judge"} == set(generated)
    assert bool(done.warnings) == bool({"nuance", "judge"} & set(generated))


@pytest.mark.parametrize(
    ("code", "message"),
    [("budget", "the budget of USD 0.05 for this run is used up"), ("cache_only", "llm.cache_only is on"),
     ("quota", "no credit"), ("timeout", "no reply in 1 s")]
)  # fmt: skip
def test_a_run_that_did_not_execute_a_stage_names_no_reasons_of_an_earlier_run(code, message):
    frames = layers(WORDS, WORDS, WORDS[:1], replies_2=[waiting(word, code, message, 0) for word in WORDS[1:]])
    selection = Selection(frames["vocabulary"], len(WORDS), None, set())
    kept, made = (
        summarise(frames, "quality", selection, 0.0, 1.0, None, generated) for generated in ((), ("flashcards",))
    )
    assert kept.missing == ["3 words still pending: run `kedro run`"] and kept.pending == made.pending == 3
    assert message in made.missing[0]


def test_without_calls_in_the_ledger_the_layers_are_counted():
    """The offline model leaves the run without calls in the ledger."""
    assert of_ledger(reply("가#1"), own=[]) == costs(reply("가#1"))


def test_an_offline_fallback_counts_in_addition_to_the_calls_in_the_ledger():
    offline = {"model": "offline/dictionary@1", "cost_usd": 0.0}
    found = of_ledger(
        reply("가#1", attempts=3, **offline), reply("나#1", attempts=1, **offline),
        own=[paid(requests=1, calls=2, models=("some/slow",), keys=frozenset({"k"}))],
    )  # fmt: skip
    assert (found.cached, found.asked, found.attempts, found.cost_usd) == (0, 2, 4, 0.0327)
    assert "requested from some/slow and offline/dictionary@1 in 4 calls" in costs_line(found)


def test_the_offline_model_is_free():
    offline = costs(reply("가#1", model="offline/dictionary@1", cost_usd=0.0))
    assert costs_line(offline) == "0 from the cache, 1 requested from offline/dictionary@1, free"


def test_the_costs_name_the_model_of_this_run_and_not_the_one_of_cached_replies():
    mixed = costs(
        reply("가#1", model="legacy", cached=True, cost_usd=0.0),
        reply("나#1", model="offline/dictionary@1", cost_usd=0.0),
    )
    assert costs_line(mixed) == "1 from the cache, 1 requested from offline/dictionary@1, free"


def test_a_fully_cached_run_requests_nothing():
    assert costs_line(costs(reply("가#1", cached=True, cost_usd=0.0))).startswith(
        "1 reply from the cache, nothing requested"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (8.34, "8.3 s"), (59.9, "59.9 s"), (59.97, "1 min 00 s"), (60, "1 min 00 s"),
                          (125.9, "2 min 06 s"), (119.6, "2 min 00 s"), (3725, "62 min 05 s")]
)  # fmt: skip
def test_durations_are_in_seconds_below_a_minute_and_in_minutes_above(seconds, text):
    assert duration(seconds) == text


def test_missing_judgments_are_counted_and_do_not_make_the_run_incomplete():
    waiting = reply("나#1", pending="budget", cached=None, attempts=0)
    whole = {**MIXED, "judge_replies": frame_of([reply("가#1"), waiting], REPLY_SCHEMA)}
    selection = Selection(MIXED["vocabulary"], MIXED["vocabulary"].height, None, set())
    judged, none = (summarise(frames, "flashcards", selection, 0.0, 1.0) for frames in (whole, MIXED))
    assert [cost.stage for cost in judged.costs] == ["nuance", "flashcards", "judge"]
    assert [cost.stage for cost in none.costs] == ["nuance", "flashcards"] and judged.missing == none.missing
    assert "\nJudge      0 from the cache, 1 requested from some/model" in terminal_text(judged)
    assert "; 1 word not judged: `kedro tasks list --stage judge`\n" in terminal_text(judged)


def test_the_summary_file_has_the_computed_fields(tmp_path):
    ledger = fresh_ledger(tmp_path)
    fill_ledger(ledger, WORDS)
    text = summarise_run(
        **MIXED, judge_replies=frame_of([], REPLY_SCHEMA), ledger=ledger,
        imported_lists=pl.DataFrame(), word_lists=None, limit=None, batch=None, priority_min=None, words=None,
        run_started=0.0, generated_stages=("nuance", "flashcards")
    )  # fmt: skip
    data = json.loads(text)
    assert data["complete"] is False and len(data["missing"]) == 4 and text.endswith("}\n")
    assert data["failures_by_code"] == {"timeout": 1, "refused": 1}
    assert data["failed_words"] == [{"term": "나", "code": "refused"}, {"term": "라", "code": "timeout"}]


def result(at: float, **changes: object) -> dict[str, object]:
    values = {
        "suite": "flashcards",
        "run": "1",
        "at": at,
        "page": "1",
        "rows": 9,
        "rule": "fronts are short",
        "type": "t",
    }
    return values | {
        "severity": "warning",
        "success": False,
        "problem": f"{changes.get('suite', 'flashcards')}: fronts are short",
        **changes,
    }


def test_warnings_of_this_run_are_listed_and_do_not_make_it_incomplete():
    results = [result(-1.0, rule="of an earlier run"), result(1.0), result(2.0), result(3.0, suite="nuance"),
               result(3.0, rule="holds", success=True), result(3.0, rule="stops", severity="error")]  # fmt: skip
    warned = summary(DONE | {"validation_results": frame_of(results, RESULT_SCHEMA)})
    assert warned.warnings == ["flashcards: fronts are short", "nuance: fronts are short"]
    lines = terminal_text(warned).splitlines()
    assert lines[-4:] == ["2 warnings:", *(f"  - {line}" for line in warned.warnings), "Complete."]
    assert warned.complete and not summary(DONE).warnings


@pytest.mark.parametrize(("changes", "shown"), [({}, True), ({"cached": True}, False), ({"attempts": 0}, False),
                                                 ({"cached": None, "pending": "timeout", "message": "no"}, True),
                                                 ({"cached": None, "code": "empty", "attempts": 3}, False)])  # fmt: skip
def test_problems_of_calls_are_listed_only_if_this_run_sent_calls(changes, shown):
    results = frame_of([result(1.0, suite="calls", problem="64% of this run's calls failed")], RESULT_SCHEMA)
    replies = frame_of([reply("가#1", **changes)], REPLY_SCHEMA)
    run = summary(DONE | {"validation_results": results, "nuance_replies": replies})
    assert run.warnings == (["64% of this run's calls failed"] if shown else [])
