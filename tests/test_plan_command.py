"""`kedro plan` predicts the requests of the same `kedro run` and changes nothing; an expensive run asks first or stops."""

import hashlib
import json
import math
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import ROOT, Project, unwrapped
from support.prompt_examples import cards_prompt, example_lines, prompt_text
from test_ingress_commands import on_terminal

from korean_flashcards.domain.line_wrap import width
from korean_flashcards.llm.pricing.tokens import TokenCounter

pytestmark = pytest.mark.slow

WORDS = 12
QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted"}


def params(server: ModelServer, *more: str) -> tuple[str, str]:
    """Return options for a model that has a price in litellm's list, and whose provider is the test server."""
    given = ("llm.model=openai/gpt-4o-mini", f"llm.api_base={server.url}", f"limit={WORDS}", *more)
    return "--params", ",".join(given)


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project after a run with WORDS words."""

    def run(project: Project) -> None:
        with ModelServer() as server:
            assert project.kedro("run", *params(server), **QUICK).code == 0

    return prepare(tmp_path_factory.mktemp("plan") / "project", run)


@pytest.fixture
def ran(after_a_run: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project after that run, for tests that only plan."""
    return ProjectHere(after_a_run, monkeypatch)


def planned(project: Project, *args: str) -> dict[str, Any]:
    result = project.kedro("plan", *args, "--json", **QUICK)
    assert result.code == 0, result.err
    plan: dict[str, Any] = json.loads(result.out)
    return plan


def requests(plan: dict[str, Any]) -> dict[str, int]:
    return {stage["stage"]: stage["requests"] for stage in plan["stages"]}


def requested(server: ModelServer, before: int = 0) -> dict[str, int]:
    """Count the requests of each stage in the server's log."""
    counted = Counter(request["stage"] for request in server.requests()[before:])
    return {stage: counted[stage] for stage in ("nuance", "flashcards")}


def contents(folder: Path) -> dict[str, str]:
    """Return a hash of the content of every file.

    For SQLite files, hash the rows: diskcache rewrites its settings, unchanged, whenever it opens its file.
    """
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.endswith(("-wal", "-shm")):  # their content is in the rows of the database
            data = file.read_bytes()
            if data.startswith(b"SQLite format 3"):
                with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
                    data = "\n".join(sorted(connection.iterdump())).encode()
            found[str(file)] = hashlib.sha256(data).hexdigest()
    return found


def text(project: Project, *args: str) -> str:
    """Return the plan as text without line breaks, after checking that its lines fit 80 columns."""
    result = project.kedro("plan", *args, **QUICK)
    assert result.code == 0, result.err
    assert max(map(width, result.out.splitlines())) <= 80, result.out
    return " ".join(result.out.split())


def states(plan: dict[str, Any], stage: int) -> dict[str, int]:
    return {state: sum(reasons.values()) for state, reasons in plan["stages"][stage]["states"].items()}


def test_the_plan_of_a_fresh_project_equals_the_requests_of_the_run(here: Project) -> None:
    before = contents(here.folder / "data")
    with ModelServer() as server:
        plan = planned(here, *params(server))
        assert contents(here.folder / "data") == before
        assert plan["words"] == WORDS and states(plan, 0) == {"new": WORDS}
        assert plan["stages"][1]["waiting"] == WORDS and plan["stages"][1]["later"] == WORDS
        assert server.requests() == []
        result = here.kedro("run", *params(server), **QUICK)
        assert result.code == 0, result.err
        assert requested(server) == requests(plan) == {"nuance": WORDS, "flashcards": WORDS}


def test_a_plan_after_a_run_has_only_new_and_stale_words_and_changes_nothing(here: Project) -> None:
    with ModelServer() as server:
        assert here.kedro("run", *params(server), **QUICK).code == 0
        before = contents(here.folder / "data")
        done = planned(here, *params(server))
        assert requests(done) == {"nuance": 0, "flashcards": 0} and done["usd"] == [0, 0, 0]
        assert states(done, 0) == states(done, 1) == {"cached": WORDS}

        prompt = here.folder / "conf/base/prompts/flashcards.md"
        prompt.write_text(prompt.read_text(encoding="utf-8") + "\nOne more rule.\n", encoding="utf-8")
        more = params(server, f"limit={WORDS + 3}")
        plan = planned(here, *more)
        assert states(plan, 0) == {"cached": WORDS, "new": 3}
        assert plan["stages"][1]["states"] == {"stale": {"prompt v1→v2; model unchanged": WORDS}}
        assert requests(plan) == {"nuance": 3, "flashcards": WORDS + 3}
        assert planned(here, *params(server, "stale=keep"))["requests"] == 0
        assert contents(here.folder / "data") == before

        ran = len(server.requests())
        assert here.kedro("run", *more, **QUICK).code == 0
        assert requested(server, ran) == requests(plan)


def test_planned_input_tokens_equal_those_of_the_requests(here: Project, ran: Project) -> None:
    """Count the tokens of the planned requests ourselves, because the server invents its figures."""
    before = planned(here, "--params", f"llm.model=openai/gpt-4o-mini,limit={WORDS}")["stages"]
    counter = TokenCounter("openai/gpt-4o-mini")
    users = [ran.frame(name)["user"].to_list() for name in ("nuance_requests", "flashcard_requests")]
    texts = [sum(map(counter.count, stage)) for stage in users]
    variable = [stage["tokens_in"][1] - stage["requests"] * _per_request(stage, counter) for stage in before]
    assert variable[0] == texts[0]
    # A missing analysis is assumed to be as long as the examples in the prompt. The server's analyses are shorter.
    assert texts[1] <= variable[1] <= WORDS * 445


def _per_request(stage: dict[str, Any], counter: TokenCounter) -> int:
    from korean_flashcards.formats.schemas import cards_schema, nuance_schema
    from korean_flashcards.llm.pricing.tokens import request_tokens

    prompt = prompt_text("nuance").strip() if stage["stage"] == "nuance" else cards_prompt()
    schema = nuance_schema() if stage["stage"] == "nuance" else cards_schema()
    return request_tokens(counter, prompt, "", schema)


def test_earlier_calls_replace_the_examples_in_the_estimate(ran: Project) -> None:
    plan = planned(ran, "--params", f"llm.model=openai/gpt-4o-mini,limit={2 * WORDS}")
    mean = [
        ran.ledger("SELECT avg(tokens_out) FROM llm_calls WHERE stage = ?", stage)[0][0] for stage in requests(plan)
    ]
    assert [stage["own_calls"] for stage in plan["stages"]] == [WORDS, WORDS]
    assert [stage["tokens_out"][1] for stage in plan["stages"]] == pytest.approx([WORDS * one for one in mean])


def test_the_estimate_includes_repairs_and_retries_of_earlier_calls(here: Project) -> None:
    """Repairs and retries make a word more expensive than one successful call."""
    with ModelServer(shares={"bad_ipa": 0.3, "empty": 0.2}) as server:
        assert here.kedro("run", *params(server, f"limit={3 * WORDS}"), **QUICK).code == 0
        plan = planned(here, *params(server, f"limit={4 * WORDS}"))
    for stage in plan["stages"]:
        ((words, tokens),) = here.ledger(
            "SELECT count(DISTINCT key), sum(tokens_out) FROM llm_calls WHERE stage = ?", stage["stage"]
        )
        assert stage["tokens_out"][1] == pytest.approx(stage["requests"] * tokens / words)  # type: ignore[operator]
    ((more,),) = here.ledger("SELECT count(*) FROM llm_calls WHERE kind = 'repair' OR outcome <> 'ok'")
    assert more
    text = here.kedro("plan", *params(server, f"limit={4 * WORDS}"), **QUICK).out
    assert "including repairs and repeated calls" in unwrapped(text)


def test_budgets_are_reduced_by_earlier_spending(ran: Project) -> None:
    limits = f"limit={WORDS + 1},llm.budget.day.usd=0.0001"
    plan = planned(ran, "--params", f"llm.model=openai/gpt-4o-mini,{limits}")
    run, day, month = plan["budgets"]
    ((paid,),) = ran.ledger("SELECT sum(usd) FROM llm_calls")
    assert run["usd_left"] == 5.0 and run["verdict"] == "enough"
    assert day["usd_left"] == 0 and day["verdict"] == "short"
    assert paid and month["usd_left"] == pytest.approx(100 - paid)  # type: ignore[operator]


@pytest.mark.parametrize("unit", ["usd", "tokens"])
def test_a_budget_is_enough_only_if_the_run_does_not_stop(here: Project, unit: str) -> None:
    with ModelServer() as server:

        def plan(**budget: float) -> tuple[tuple[str, str], dict[str, Any]]:
            options = params(server, "limit=3", *(f"llm.budget.run.{name}={value}" for name, value in budget.items()))
            return options, planned(here, *options)

        def high(stage: dict[str, Any]) -> float:
            return float(stage["usd"][2] if unit == "usd" else stage["tokens_in"][2] + stage["tokens_out"][2])

        nuance, cards = plan()[1]["stages"]
        estimate, most = high(nuance) + high(cards), max(stage[f"call_{unit}"] for stage in (nuance, cards))
        too_small, found = plan(**{unit: math.ceil(estimate) if unit == "tokens" else round(estimate * 1.01, 6)})
        assert found["budgets"][0]["verdict"] == "short"
        amount = f"{most:,} tokens" if unit == "tokens" else f"USD {most:.4f}"
        assert f"NOT enough: each call reserves up to {amount}" in text(here, *too_small)
        assert here.kedro("run", *too_small, **QUICK).code == 2
        assert here.ledger("SELECT * FROM tasks WHERE state = 'pending'")

        stages = plan()[1]["stages"]  # without the replies that the first run paid for
        assert stages[1][f"call_{unit}"] <= most
        before, needed = 0.0, 0.0
        for stage in stages:
            if stage["requests"]:
                needed = max(needed, before + high(stage) * (1 - 1 / stage["requests"]) + stage[f"call_{unit}"])
                before += high(stage)
        just_enough, found = plan(**{unit: math.ceil(needed) if unit == "tokens" else math.ceil(needed * 1e6) / 1e6})
        assert found["budgets"][0]["verdict"] == "enough"
        assert here.kedro("run", *just_enough, **QUICK).code == 0


def test_a_budget_for_a_model_that_no_stage_calls_is_reported(here: Project) -> None:
    (here.folder / "conf/local/parameters_parts.yml").write_text(
        "llm: {model: openai/gpt-4o-mini, fallbacks: [openai/gpt-4o], budget: {parts: ["
        "{per: day, model: gpt-4o-mini, requests: 2}, {per: day, model: gpt-4o, requests: 2}, "
        "{per: day, model: azure/gpt-4o-mini, requests: 2}, {per: day, stage: judge, requests: 2}]}}"
    )
    plan = planned(here, "--params=limit=3")
    *_, every, fallback, other, judge = plan["budgets"]
    assert (every["verdict"], every["applies"]) == ("short", True)
    assert fallback["applies"] and judge["applies"] and not other["applies"]
    said = "Today (azure/gpt-4o-mini): does not apply, because no stage or fallback calls this model"
    assert said in text(here, "--params=limit=3")
    doctor = here.kedro("llm", "doctor", "--offline", **QUICK)
    assert doctor.code == 0 and max(map(width, doctor.out.splitlines())) <= 80
    assert "per day of azure/gpt-4o-mini: does not apply" in " ".join(doctor.out.split())
    assert doctor.out.count("does not apply") == 1


def test_a_plan_in_words_ends_with_what_it_comes_to(here: Project) -> None:
    result = here.kedro("plan", "--params", "llm.model=gpt-4o-mini", **QUICK)
    assert result.code == 0
    *_, last = result.out.splitlines()
    assert re.fullmatch(
        r"`kedro run` would send about 258 requests for about USD \d\.\d+ "
        r"\(\d\.\d+–\d\.\d+\)\.", last,
    ), last  # fmt: skip
    assert "with the provider's prompt cache" in result.out and "in a batch" in result.out
    assert "This run: USD 5.00 of 5.00 left, enough" in result.out


def test_the_offline_model_is_free_and_needs_no_tokenizer(project: Project) -> None:
    result = project.kedro("plan", PYTHONPROFILEIMPORTTIME="1")
    assert result.out.endswith("to the offline model, which is free.\n")
    assert not re.search(r"\| +(litellm|tiktoken)", result.err)


def test_a_paid_plan_never_imports_litellm(project: Project) -> None:
    result = project.kedro("plan", "--params", "llm.model=gpt-4o-mini", PYTHONPROFILEIMPORTTIME="1")
    assert result.code == 0 and not re.search(r"\| +litellm", result.err)


def test_a_plan_of_one_stage_uses_the_existing_layers(here: Project) -> None:
    with ModelServer() as server:
        assert here.kedro("run", "--pipelines=ingress,nuance", *params(server), **QUICK).code == 0
        plan = planned(here, "--pipelines=flashcards", *params(server))
        assert requests(plan) == {"flashcards": WORDS} and plan["stages"][0]["later"] == 0
        assert planned(here, "--pipelines=export")["stages"] == []
        before = len(server.requests())
        assert here.kedro("run", "--pipelines=flashcards", *params(server), **QUICK).code == 0
        assert requested(server, before)["flashcards"] == WORDS


def test_a_plan_of_a_cache_only_run_has_no_requests(here: Project) -> None:
    plan = planned(here, "--params", "llm.model=gpt-4o-mini,llm.cache_only=true,limit=3")
    assert plan["requests"] == 0 and plan["usd"] == [0, 0, 0] and states(plan, 0) == {"new": 3}


def test_an_unknown_price_is_said(here: Project) -> None:
    unknown = here.kedro("plan", "--params", "llm.model=openai/mine,limit=3", **QUICK)
    assert unknown.code == 0 and "price unknown, so the model is not called" in unknown.out
    allowed = planned(here, "--params", "llm.model=openai/mine,llm.price=unknown_ok,limit=3")
    assert allowed["usd"] is None and allowed["requests"] == 6


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--params", "limt=3"], "there is no parameter named 'limt'"),
        (["--params", "word_lists=nowhere.csv"], "There is no word list"),
        (["--pipelines", "nuances"], "There is no pipeline named nuances"),
        (["--env", "nowhere"], "cannot be read"),
    ],
)
def test_a_wrong_option_gives_one_message(here: Project, args: list[str], said: str) -> None:
    result = here.kedro("plan", *args)
    assert result.code == 1 and said in result.err and "Traceback" not in result.err


def test_the_shipped_estimates_equal_the_lengths_of_the_prompts_examples() -> None:
    import yaml

    folder, counter = ROOT / "conf/base/prompts", TokenCounter("gpt-4o-mini")
    lengths = yaml.safe_load((folder / "estimates.yml").read_text(encoding="utf-8"))
    judge = re.findall(r"```json\n(.*?)```", (folder / "judge.md").read_text(encoding="utf-8"), re.DOTALL)
    cards = [line for line in example_lines("flashcards") if "tab_name" in line]
    for name, texts in {"nuance": example_lines("nuance"), "flashcards": cards, "judge": judge}.items():
        mean = sum(map(counter.count, texts)) / len(texts)
        low, typical, high = (lengths[name][part] for part in ("low", "typical", "high"))
        assert (low, typical, high) == pytest.approx((0.8 * mean, mean, 1.5 * mean), rel=0.01)


EXPENSIVE = "llm.confirm_above_usd=0.001"


def pending(project: Project) -> int:
    ((words,),) = project.ledger("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND state = 'pending'")
    return int(str(words))


def test_an_expensive_run_without_a_terminal_stops_before_the_first_call(here: Project) -> None:
    with ModelServer() as server:
        stopped = here.kedro("run", *params(server, EXPENSIVE), **QUICK)
        assert stopped.code == 1 and "Traceback" not in stopped.err
        assert "about 24 requests for about USD" in stopped.err and "`kedro run --yes`" in stopped.err
        assert server.requests() == [] and pending(here) == 129
        assert here.kedro("run", "--yes", *params(server, EXPENSIVE), **QUICK).code == 0
        assert len(server.requests()) == 2 * WORDS


def test_a_cheap_run_shows_its_plan_once_and_continues(here: Project) -> None:
    with ModelServer() as server:
        first = here.kedro("run", *params(server), **QUICK)
        assert first.code == 0 and first.err.count("This run: USD 5.00 of 5.00 left, enough") == 1
        again = here.kedro("run", *params(server), **QUICK)
        assert again.code == 0 and "This run" not in again.err
    offline = here.kedro("run", "--params", "limit=3", **QUICK)
    assert offline.code == 0 and "This run" not in offline.err


def test_a_run_of_only_the_second_stage_asks_for_confirmation(here: Project) -> None:
    with ModelServer() as server:
        assert here.kedro("run", "--pipelines=ingress,nuance", *params(server), **QUICK).code == 0
        stopped = here.kedro("run", "--pipelines=flashcards", *params(server, EXPENSIVE), **QUICK)
        assert stopped.code == 1 and f"This run will send {WORDS} requests" in stopped.err
        assert requested(server)["flashcards"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX pseudo-terminal")
def test_a_terminal_is_asked_once_for_the_whole_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    with ModelServer() as server:
        declined = on_terminal(project, "n", "run", *params(server, EXPENSIVE))
        assert "Continue? [y/N]" in declined and "You declined. Nothing was sent or paid for" in declined
        assert server.requests() == []
        accepted = on_terminal(project, "y", "run", *params(server, EXPENSIVE))
        assert accepted.count("Continue?") == 1 and "Complete." in accepted
        assert len(server.requests()) == 2 * WORDS


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (["limit=3", "quality.judge=all"], True), (["words=남성", "quality.judge=review"], True),
        (["limit=3"], False), (["quality.judge=all"], False),
    ],
)  # fmt: skip
def test_the_plan_of_a_narrowed_run_says_that_it_does_not_compare_the_whole_deck(
    finished_here: Project, params: list[str], says: bool
) -> None:
    judge = "llm.stages.judge.model=openai/gpt-4o-mini"
    planned = finished_here.kedro("plan", "--params", ",".join([*params, judge]))
    assert planned.code == 0, planned.err
    assert ("The run compares them with the whole deck" in unwrapped(planned.out)) == says
