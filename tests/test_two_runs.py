"""Two `kedro run` at once on one ledger: nothing is paid twice, and each run reports what it paid itself."""

import json
import re
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.project import Project, Running, unwrapped

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
PRICED = "llm: {prices: {openai/test: {input: 1, output: 10}}}\n"
WORDS = 40


def paid_in(out: str) -> float:
    """Return the USD that the closing lines name for all stages of the run itself."""
    own = unwrapped(out).partition("Beside")[0]
    return sum(float(usd) for usd in re.findall(r"USD ([\d.]+) paid", own))


@pytest.mark.slow
def test_two_runs_through_a_link_pay_once_and_each_reports_its_own_sum(tmp_path: Path) -> None:
    one, two = Project.copy_to(tmp_path / "one"), Project.copy_to(tmp_path / "two")
    for project in (one, two):
        (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(PRICED, encoding="utf-8")
    (two.folder / "data").rename(two.folder / "data-of-two")
    (two.folder / "data").symlink_to(one.folder / "data", target_is_directory=True)
    words = tmp_path / "words.csv"
    words.write_text("term,definition\n" + "".join(f"단어{n},meaning {n}\n" for n in range(WORDS)), encoding="utf-8")
    with ModelServer(latency=0.5) as server:
        given = f"llm.model=openai/test,llm.api_base={server.url},word_lists={words},llm.concurrency=3"
        args = ("run", "--yes", "--params", given)
        running: list[Running] = [project.start(*args, **QUICK) for project in (one, two)]
        ended = [process.communicate(timeout=240) for process in running]
        served = [(request["term"], request["stage"]) for request in server.requests() if request["kind"] == "ask"]
    outs = [out for out, _ in ended]
    assert len(served) == len(set(served)) == 2 * WORDS, ended
    ((usd,),) = one.ledger("SELECT total(usd) FROM llm_calls")
    own = [paid_in(out) for out in outs]
    assert sum(own) == pytest.approx(usd, abs=0.001) and min(own) > 0
    assert own[0] != own[1] or "requested from" in outs[0]
    last = next(out for out in outs if f"USD {usd:.4f} paid by 2 runs" in unwrapped(out))
    assert "Beside run 20" in unwrapped(last)
    summary = json.loads((one.folder / "data" / "08_reporting" / "run_summary.json").read_text(encoding="utf-8"))
    reported = sum(cost["cost_usd"] for cost in summary["costs"]) + sum(
        each["cost_usd"] for each in summary["other_runs"]
    )
    assert reported == pytest.approx(usd, abs=1e-6)
    page = (one.folder / "data" / "08_reporting" / "report.html").read_text(encoding="utf-8")
    assert "wrote the same files at the same time and paid USD" in page
