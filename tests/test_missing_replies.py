"""Test that replies and ledgers that are gone are reported, and never paid for or created again without consent."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.cache import corrupt
from support.commands import Kedro, ProjectHere, kedro_here, prepare
from support.model_server import ModelServer
from support.project import Project, unwrapped

pytestmark = pytest.mark.slow

LIST = "term,definition,pos\n남성,man,noun\n여성,woman,noun\n가다,to go,verb\n"
SETTINGS = """
llm: {{model: openai/test, api_base: "{url}", prices: {{openai/test: {{input: 1.0, output: 3.0}}}}}}
"""
PIPELINES = "--pipelines=ingress,nuance,flashcards"
KEY = {"OPENAI_API_KEY": "sk-planted-secret-0123456789", "KEDRO_DATASET_VALIDATION": "off"}


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory, server: ModelServer) -> Project:
    """A project after a run on three words with a model that costs money: six replies."""

    def run(project: ProjectHere) -> None:
        project.word_list(LIST, "unit1.csv")
        (project.folder / "conf" / "local").mkdir(exist_ok=True)
        project.word_list(SETTINGS.format(url=server.url), "conf/local/parameters_own.yml")
        project.word_list("word_lists: unit1.csv", "conf/local/globals.yml")
        result = project.kedro("run", PIPELINES, **KEY)
        assert result.code == 0, result.err

    return Project(prepare(tmp_path_factory.mktemp("paid") / "project", run))


@pytest.fixture
def project(paid: Project, tmp_path: Path) -> Project:
    return paid.copied_to(tmp_path / "project")


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    return kedro_here(project, monkeypatch)


def remove(cache: Path) -> None:
    shutil.rmtree(cache)


def empty(cache: Path) -> None:
    shutil.rmtree(cache)
    cache.mkdir()


def empty_file(cache: Path) -> None:
    (cache / "cache.db").write_bytes(b"")


def delete_rows(cache: Path) -> None:
    with closing(sqlite3.connect(cache / "cache.db")) as connection, connection:
        connection.execute("DELETE FROM Cache")


MISSING = (
    "6 replies that were paid for are missing from the reply cache (남성#1 nuance, 여성#1 nuance, 가다#1 nuance, …)."
)


@pytest.mark.parametrize("lose", [remove, empty, empty_file, delete_rows])
def test_lost_replies_are_reported_and_paid_for_only_with_consent(
    project: Project, kedro: Kedro, server: ModelServer, lose: Callable[[Path], None]
) -> None:
    lose(project.folder / "data" / "cache")
    sent = len(server.requests())

    planned = kedro("plan", PIPELINES)
    verified = kedro("db", "verify")
    refused = [kedro("run", PIPELINES) for _ in range(2)]

    assert MISSING in unwrapped(planned.stdout) and "3 missing: 3 requests to openai/test" in planned.stdout
    assert "It would ask for confirmation first because it pays for missing replies" in unwrapped(planned.stdout)
    assert verified.exit_code == 2 and "done tasks without a reply in the cache: 6" in verified.stdout
    for result in refused:
        assert result.exit_code == 1
        assert f"Error: {MISSING} This run pays for them again, about USD 0." in result.stderr
        assert "kedro run --yes" in result.stderr
    assert len(server.requests()) == sent
    assert kedro("run", PIPELINES, "--yes").exit_code == 0
    assert len(server.requests()) == sent + 6
    assert kedro("run", PIPELINES).exit_code == 0
    assert len(server.requests()) == sent + 6


@pytest.mark.parametrize("change", ["temperature", "model", "prompt"])
def test_lost_replies_that_a_run_would_have_kept_are_paid_for_only_with_consent(
    project: Project, kedro: Kedro, server: ModelServer, change: str
) -> None:
    options = [PIPELINES, "--params", "stale=keep"]
    if change == "prompt":
        for prompt in (project.folder / "conf/base/prompts").glob("*.md"):
            prompt.write_text(prompt.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
    else:
        options[-1] += (
            ",llm.temperature=0.5" if change == "temperature" else ",llm.model=openai/other,llm.price=unknown_ok"
        )
    sent = len(server.requests())
    assert "missing" not in kedro("plan", *options).stdout, "the replies are kept"
    remove(project.folder / "data" / "cache")
    planned = kedro("plan", *options)
    assert MISSING in unwrapped(planned.stdout) and "3 missing: 3 requests" in planned.stdout
    for _ in range(2):
        refused = kedro("run", *options)
        assert refused.exit_code == 1 and f"Error: {MISSING}" in refused.stderr
    assert len(server.requests()) == sent
    if change != "temperature":
        redone = kedro("plan", PIPELINES, "--params", options[-1].replace("stale=keep", "stale=redo"))
        assert "missing" not in redone.stdout, "a run requests them anyway"


def delete_half(cache: Path) -> None:
    with closing(sqlite3.connect(cache / "cache.db")) as connection, connection:
        connection.execute("DELETE FROM Cache WHERE rowid % 2 AND length(key) = 64")


@pytest.mark.parametrize("lose", [delete_half, remove])
@pytest.mark.parametrize("change", ["", ",llm.temperature=0.5", ",llm.model=openai/other,llm.price=unknown_ok"])
def test_words_lose_their_cards_only_with_consent_if_nothing_may_be_requested(
    project: Project, kedro: Kedro, server: ModelServer, lose: Callable[[Path], None], change: str
) -> None:
    copy = project.folder / "copy"
    shutil.copytree(project.folder / "data" / "cache", copy)
    cards, sent = project.frame("flashcards").drop("position"), len(server.requests())
    lose(project.folder / "data" / "cache")
    options = [PIPELINES, f"--params=llm.cache_only=true{change}"]
    refused = kedro("run", *options)
    said = unwrapped(refused.stderr)
    assert refused.exit_code == 1 and "missing from the reply cache" in said
    assert "This run requests nothing (llm.cache_only), so words would lose their cards." in said
    assert "`kedro run --yes`" in said and project.frame("flashcards").drop("position").equals(cards)
    assert kedro("run", *options, "--yes").exit_code == 2
    assert project.frame("flashcards").height < cards.height
    shutil.rmtree(project.folder / "data" / "cache", ignore_errors=True)
    shutil.copytree(copy, project.folder / "data" / "cache")
    kedro("run", *options)
    assert project.frame("flashcards")["front"].to_list() == cards["front"].to_list()
    assert len(server.requests()) == sent


def test_status_counts_missing_replies(project: Project, kedro: Kedro) -> None:
    remove(project.folder / "data" / "cache")
    found = json.loads(kedro("status", PIPELINES, "--json").stdout)
    result = kedro("status", PIPELINES)
    assert (result.exit_code, found["complete"]) == (2, False)
    assert MISSING in unwrapped(result.stdout) and "3 missing from the cache" in result.stdout
    assert found["stages"][0]["states"] == {"missing": {"": 3}}


def test_a_single_lost_reply_is_named_after_a_repair(project: Project, kedro: Kedro, server: ModelServer) -> None:
    ((key,),) = project.ledger("SELECT key FROM tasks WHERE item_id = '여성#1' AND stage = 'flashcards'")
    corrupt(project.folder / "data" / "cache", str(key))
    sent = len(server.requests())
    assert "Run `kedro cache repair`" in kedro("run", PIPELINES, "--yes").stderr
    repaired = kedro("cache", "repair")
    assert "Lost: 1 reply of finished tasks (여성#1 flashcards). The price was USD 0.00" in repaired.stdout
    refused = kedro("run", PIPELINES)
    one = "1 reply that was paid for is missing from the reply cache (여성#1 flashcards)."
    assert (refused.exit_code, one in refused.stderr, len(server.requests())) == (1, True, sent)


def test_replies_that_a_user_removed_are_not_reported_as_lost(
    project: Project, kedro: Kedro, server: ModelServer
) -> None:
    assert kedro("cache", "invalidate", "--word", "남성", "--yes").exit_code == 0
    assert "missing" not in kedro("plan", PIPELINES).stdout
    assert kedro("db", "verify").exit_code == 0
    sent = len(server.requests())
    assert kedro("run", PIPELINES).exit_code == 0
    assert len(server.requests()) == sent + 2


def test_a_new_model_or_words_without_a_reply_are_not_reported_as_lost(
    project: Project, kedro: Kedro, server: ModelServer
) -> None:
    assert "missing" not in kedro("plan", PIPELINES, "--params", "llm.temperature=0.5").stdout
    assert "missing" not in kedro("plan", PIPELINES, "--params", "stale=all,llm.model=openai/other").stdout
    project.word_list(LIST + "나무,tree,noun\n", "unit1.csv")
    assert "missing" not in kedro("plan", PIPELINES).stdout
    sent = len(server.requests())
    assert kedro("run", PIPELINES).exit_code == 0
    assert len(server.requests()) == sent + 2


def test_the_offline_model_generates_lost_replies_again_with_a_sentence(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = finished.copied_to(tmp_path / "project")
    remove(project.folder / "data" / "cache")
    kedro = kedro_here(project, monkeypatch)
    options = ("--pipelines=ingress,nuance", "--params=limit=2")
    free = "The offline model generates them again, free of charge."
    assert free in unwrapped(kedro("plan", *options).stdout)
    result = kedro("run", *options)
    assert result.exit_code == 0
    assert free in result.stderr and "missing from the reply cache" in result.stderr


@pytest.mark.parametrize("backup", [True, False])
def test_a_missing_ledger_stops_plan_run_and_status(project: Project, kedro: Kedro, backup: bool) -> None:
    if backup:
        kedro("db", "backup")
    ledger = project.folder / "data" / "ledger.db"
    kept = ledger.rename(project.folder / "ledger.db")
    more = str(project.word_list("term,definition\n나무,tree\n", "more.csv"))
    for command in (
        ("plan", PIPELINES), ("run", PIPELINES), ("status", PIPELINES), ("ingress", "import", more),
        ("ingress", "import", more, "--dry-run"),
    ):  # fmt: skip
        result = kedro(*command)
        assert result.exit_code == 1
        assert "The ledger data/ledger.db is missing, but its layers are in the data folder" in result.stderr
        assert ("`kedro db restore` restores the newest backup" in result.stderr) == backup
        assert "kedro run --yes" in result.stderr
        assert not ledger.exists()
    verified = kedro("db", "verify")
    assert verified.exit_code == 2 and "missing ledger files: 1" in verified.stdout
    if backup:
        assert kedro("db", "restore", "--yes").exit_code == 0
    else:
        kept.rename(ledger)
    assert kedro("run", PIPELINES).exit_code == 0


@pytest.mark.parametrize("gone", [True, False])
def test_verify_names_the_repair_of_a_cache_whose_file_is_gone(project: Project, kedro: Kedro, gone: bool) -> None:
    file = project.folder / "data" / "cache" / "cache.db"
    file.unlink()
    if not gone:
        file.touch()
    file.with_name("cache.db-wal").write_bytes(bytes.fromhex("377f0682") + bytes(4096))
    verified = kedro("db", "verify")
    assert verified.exit_code == 2
    assert "cache.db is missing or empty, but cache.db-wal still contains replies" in unwrapped(verified.stdout)
    assert "`kedro cache repair`" in unwrapped(verified.stdout)


def test_a_missing_ledger_is_created_again_with_consent(project: Project, kedro: Kedro, server: ModelServer) -> None:
    (project.folder / "data" / "ledger.db").unlink()
    sent = len(server.requests())
    assert kedro("run", PIPELINES, "--yes").exit_code == 0
    assert len(server.requests()) == sent, "the replies are in the cache"
    assert project.ledger("SELECT count(*) FROM llm_calls WHERE message LIKE '%had lost%'") == [(6,)]


@pytest.mark.parametrize("export", ["korean.apkg", "cards.tsv", "anki_notes.txt"])
def test_exports_without_a_ledger_stop_a_run(project: Project, kedro: Kedro, export: str) -> None:
    ledger = project.folder / "data" / "ledger.db"
    ledger.unlink()
    for layers in (project.folder / "data").glob("0[2-8]_*"):
        shutil.rmtree(layers)
    folder = project.folder / "data" / "07_model_output"
    folder.mkdir()
    (folder / export).write_bytes(b"cards")
    result = kedro("run", PIPELINES)
    assert result.exit_code == 1 and not ledger.exists()
    assert "The ledger data/ledger.db is missing, but its exports are in the data folder" in result.stderr
    (folder / export).unlink()
    left = kedro("run", PIPELINES)
    assert left.exit_code == 1 and "missing, but its runs left the folder data/.runs" in left.stderr
    shutil.rmtree(project.folder / "data" / ".runs")
    for command in (("run", PIPELINES), ("plan", PIPELINES), ("review", "stats"), ("cache", "stats")):
        left = kedro(*command)
        assert left.exit_code == 1 and not ledger.exists()
        assert "data/ledger.db is missing, but the reply cache data/cache contains replies. Nothing" in left.stderr
    assert kedro("run", PIPELINES, "--yes").exit_code == 0


def test_replies_that_are_imported_into_a_new_project_raise_no_question(project: Project, kedro: Kedro) -> None:
    data = project.folder / "data"
    assert kedro("cache", "export", "replies.zst").exit_code == 0
    for path in data.iterdir():
        if path.is_dir() and path.name != "01_raw":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    assert kedro("cache", "import", "replies.zst", "--dry-run").exit_code == 0
    assert not (data / "ledger.db").exists()
    assert kedro("cache", "import", "replies.zst").exit_code == 0
    for command in (("cache", "stats"), ("plan", PIPELINES), ("run", PIPELINES)):
        result = kedro(*command)
        assert result.exit_code == 0 and "is missing" not in result.stderr, result.stderr


def test_a_new_project_starts_without_questions(here: Project) -> None:
    here.word_list(LIST, "unit1.csv")
    result = here.kedro("run", "--pipelines=ingress,nuance", "--params=word_lists=unit1.csv", **KEY)
    assert (result.code, "missing" in result.err) == (0, False)
