"""Runs with the ledger: changed lists and prompts, selected words, and words that fail."""

import pytest
from click.testing import Result
from support.commands import Kedro, kedro_here
from support.model_server import ModelServer
from support.project import Project

pytestmark = pytest.mark.slow

WORDS = (
    "term,definition,example,frequency\n문,door,문을 열어요.,5\n물,water,물을 마셔요.,90\n"
    "배,ship,배를 타요.,7\n배,pear,,1\n"
)


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    return kedro_here(project, monkeypatch)


def run(
    kedro: Kedro, *params: str, server: ModelServer | None = None, pipelines: str = "", only_list: bool = True
) -> Result:
    """Run list.csv (or all words in the ledger) with the server's model or the offline one."""
    model = [f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url}"] if server else []
    lists = ["word_lists=list.csv"] if only_list else []
    chosen = ["--pipelines", pipelines] if pipelines else []
    given = ",".join([*lists, *model, *params])
    return kedro("run", *chosen, *(["--params", given] if given else []))


def terms_requested(server: ModelServer) -> list[tuple[str, str]]:
    return [(request["stage"], request["term"]) for request in server.requests()]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ("limit=2", {"물#1", "배#1"}),
        ("words=문,배#2", {"문#1", "배#2"}),
        ("words=배,limit=1", {"배#1"}),
        ("batch=list", {"문#1", "물#1", "배#1", "배#2"}),
        ("priority_min=6", {"약#1"}),
        ("batch=urgent", {"약#1"}),
    ],
)
def test_parameters_select_the_words_of_a_run(project: Project, kedro: Kedro, params: str, words: set[str]) -> None:
    project.word_list(WORDS)
    urgent = project.word_list("term,definition\n약,medicine\n", "urgent.csv")
    assert kedro("ingress", "import", str(urgent), "--priority", "8").exit_code == 0
    result = run(kedro, params, only_list="약#1" not in words)
    assert result.exit_code == 0, result.output
    assert set(project.frame("flashcards")["item_id"]) == words


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ("words=없다", "없다"),
        ("batch=nope", "kedro ingress list"),
        ("priority_min=11", "priority_min"),
        ("stale=x", "stale"),
    ],
)
def test_a_selection_that_does_not_exist_gives_one_message(
    project: Project, kedro: Kedro, params: str, says: str
) -> None:
    project.word_list(WORDS)
    result = run(kedro, params)
    assert result.exit_code == 1 and says in result.stderr and "Traceback" not in result.stderr


def test_a_corrected_list_sends_requests_only_for_its_changed_words(project: Project, kedro: Kedro) -> None:
    with ModelServer() as server:
        project.word_list(WORDS)
        assert run(kedro, server=server).exit_code == 0
        project.word_list(WORDS.replace("door", "gate"))
        before = len(server.requests())
        assert run(kedro, server=server).exit_code == 0
        assert {term for _, term in terms_requested(server)[before:]} == {"문"}
    vocabulary = dict(project.frame("vocabulary").select("item_id", "definition").iter_rows())
    assert vocabulary["문#1"] == "gate" and len(vocabulary) == 4


def test_after_a_prompt_change_replies_are_kept_or_requested_as_chosen(project: Project, kedro: Kedro) -> None:
    prompt = project.folder / "conf/base/prompts/nuance.md"
    with ModelServer() as server:
        project.word_list(WORDS)
        assert run(kedro, server=server).exit_code == 0
        before = len(server.requests())
        # `kedro tasks list` has no --params, so the next run's model must be in a parameter file.
        (project.folder / "conf/local").mkdir(exist_ok=True)
        project.word_list(
            f"llm: {{model: openai/test, price: unknown_ok, api_base: {server.url}}}\nword_lists: list.csv\n",
            "conf/local/parameters_model.yml",
        )
        prompt.write_text(prompt.read_text(encoding="utf-8") + "\nOne more rule.\n", encoding="utf-8")
        kept = run(kedro, "stale=keep", server=server)
        assert kept.exit_code == 0 and len(server.requests()) == before, kept.output
        stale = kedro("tasks", "list", "--stale").stdout
        assert "prompt v1→v2; model unchanged" in stale
        assert set(project.frame("nuance_requests")["state"]) == {"kept"}
        project.word_list(WORDS + "약,medicine,,\n")
        assert run(kedro, "stale=keep", server=server).exit_code == 0
        assert {term for _, term in terms_requested(server)[before:]} == {"약"}
        before = len(server.requests())
        assert run(kedro, "stale=redo", server=server).exit_code == 0
        assert {(stage, term) for stage, term in terms_requested(server)[before:] if stage == "nuance"} == {
            ("nuance", "문"), ("nuance", "물"), ("nuance", "배"),
        }  # fmt: skip
        assert kedro("tasks", "list", "--stale").stdout == "No tasks match.\n"


def test_a_word_that_fails_in_three_runs_is_a_dead_letter_until_it_is_retried(project: Project, kedro: Kedro) -> None:
    project.word_list(WORDS)
    with ModelServer(by_term={"물": ["empty"] * 6}) as server:
        for attempt in (1, 2, 3):
            result = run(kedro, "llm.max_attempts=2", server=server)
            assert result.exit_code == 2 and "1 word failed with empty (the reply was empty): 물. " in result.stdout
            state = "dead" if attempt == 3 else "failed"
            found = project.ledger("select state, attempts from tasks where item_id = '물#1' and stage = 'nuance'")
            assert found == [(state, attempt)]
        before = len(server.requests())
        result = run(kedro, "llm.max_attempts=2", server=server)
        assert result.exit_code == 2 and "kedro tasks list --state dead" in result.stdout
        assert len(server.requests()) == before
        listed = kedro("tasks", "list", "--state", "dead").stdout
        assert "물#1" in listed and "empty" in listed and "kedro tasks retry" in listed
        assert kedro("tasks", "retry", "물").exit_code == 0
        assert run(kedro, server=server).exit_code == 0
        assert project.frame("flashcards")["item_id"].n_unique() == 4


def test_after_a_failed_second_stage_the_first_is_not_requested_again(project: Project, kedro: Kedro) -> None:
    project.word_list(WORDS)
    with ModelServer() as server:
        assert run(kedro, server=server, pipelines="ingress,nuance").exit_code == 0
    with ModelServer(by_term={"문": ["500"] * 2}) as server:
        assert run(kedro, "llm.max_attempts=2", "llm.backoff=0.01", server=server).exit_code == 2
        assert run(kedro, server=server).exit_code == 0
        assert {stage for stage, _ in terms_requested(server)} == {"flashcards"}


def test_a_dropped_word_is_neither_requested_nor_missing(project: Project, kedro: Kedro) -> None:
    project.word_list(WORDS)
    assert kedro("ingress", "import", "list.csv").exit_code == 0
    assert kedro("tasks", "drop", "물").exit_code == 0
    result = run(kedro)
    assert result.exit_code == 0 and "Complete." in result.output, result.stdout
    assert "물#1" not in set(project.frame("flashcards")["item_id"])


def test_a_list_with_sql_html_formulas_and_control_characters_is_harmless(project: Project, kedro: Kedro) -> None:
    """They are stored as text, and escaped in the report, the TSV file and the terminal."""
    trap = "term,definition\n'); DROP TABLE tasks;--문,<script>alert(1)</script>\n=1+1물,\u202eevil\x1b[31m\n\u202e문,door\n"
    project.word_list(trap)
    with ModelServer() as server:
        result = run(kedro, server=server)
    assert result.exit_code == 0 and "\x1b" not in result.stdout and "\u202e" not in result.stdout
    terms = {term for (term,) in project.ledger("select term from vocabulary_items")}
    assert terms == {"'); DROP TABLE tasks;--문", "=1+1물", "문"}
    report = (project.folder / "data/08_reporting/report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in report
    assert kedro("run", "--pipeline=export").exit_code == 0
    tsv = (project.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8")
    assert not [cell for line in tsv.splitlines() for cell in line.split("\t") if cell.startswith(("=", "+", "@"))]
    shown = kedro("ingress", "status", "list")
    assert shown.exit_code == 0 and "\x1b" not in shown.stdout and "\u202e" not in shown.stdout
