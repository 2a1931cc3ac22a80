"""Run, plan and doctor say where each model is called, and stop before a key or a word goes to an unexpected place."""

import sys

import pytest
from support.model_server import ModelServer
from support.project import Project, Result, unwrapped
from test_ingress_commands import on_terminal

QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
VARIABLES = (
    "OPENAI_API_KEY",
    "MISTRAL_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
)
PRICE = "{input: 1, output: 1}"
PRICES = f"llm: {{prices: {{openai/small: {PRICE}, openai/large: {PRICE}, mistral/m: {PRICE}}}}}\n"
slow = pytest.mark.slow
NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture
def bare(here: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with prices for two models, in an environment without keys."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (here.folder / "conf/local/parameters_llm.yml").write_text(PRICES, encoding="utf-8")
    return here


def local(server: ModelServer | str, *more: str) -> tuple[str, str]:
    """Return the parameters of an old conf: the small model at a local server."""
    url = server if isinstance(server, str) else server.url
    return "--params", ",".join(("llm.model=openai/small", f"llm.api_base={url}", "limit=2", *more))


def said(result: Result) -> str:
    return unwrapped(result.out + result.err)


def nothing_is_reserved(project: Project) -> bool:
    return (
        project.ledger("SELECT count(*) FROM llm_reservations")
        == project.ledger("SELECT count(*) FROM llm_calls")
        == [(0,)]
    )


@slow
def test_plan_run_and_doctor_list_each_model_with_its_address(bare: Project) -> None:
    second = "{model: openai/large, api_base: 'http://me:secret@127.0.0.1:9/big?key=secret'}"
    fallback = f"llm: {{fallbacks: [{second}, mistral/m]}}\n"
    (bare.folder / "conf/local/parameters_fallbacks.yml").write_text(fallback, encoding="utf-8")
    (bare.folder / "conf/local/parameters_llm.yml").unlink()
    (bare.folder / "conf/local/parameters_llm.yml").write_text("", encoding="utf-8")
    with ModelServer() as server:
        given = local(server, "llm.price=unknown_ok")
        assert "sends" not in said(bare.kedro("plan", *given, **QUICK)), "no key is set"
        keys = {"MISTRAL_API_KEY": "m-0123456789", "OPENAI_API_KEY": "sk-planted-0123456789"}
        plan = bare.kedro("plan", *given, **keys, **QUICK)  # type: ignore[arg-type]
        run = bare.kedro("run", *given, "--yes", **QUICK)
        doctor = bare.kedro("llm", "doctor", "--offline", *given, **QUICK)
    for result in (plan, run):
        text = said(result)
        assert f"Model openai/small at {server.url} (sends OPENAI_API_KEY)" in text
        assert "Model openai/large (fallback) at http://127.0.0.1:9/big (sends OPENAI_API_KEY)" in text
        assert "Model mistral/m (fallback) at mistral (sends MISTRAL_API_KEY)" in text
        assert "secret" not in text and "0123456789" not in text
    assert run.code == 0, run.err
    assert f"openai/small, called at {server.url} (sends OPENAI_API_KEY)" in said(doctor)
    assert "openai/large, called at http://127.0.0.1:9/big" in said(doctor) and "mistral/m, called at mistral" in said(
        doctor
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("llm.fallbacks=openai/large", "The fallback openai/large has no api_base, so it would be called at openai."),
        pytest.param(
            "llm.fallbacks=mistral/m",
            "The fallback mistral/m has no api_base, so it would be called at mistral.",
            marks=slow,
        ),
        pytest.param(
            "llm.stages.flashcards.model=openai/large",
            "The model openai/large for the flashcards stage has no api_base, so it would be called at openai.",
            marks=slow,
        ),
    ],
)
def test_an_old_conf_does_not_send_words_to_a_provider_without_consent(
    bare: Project, setting: str, sentence: str
) -> None:
    keys = {"OPENAI_API_KEY": "sk-0123456789", "MISTRAL_API_KEY": "m-0123456789"}
    with ModelServer() as server:
        plan = bare.kedro("plan", *local(server, setting), **keys, **QUICK)
        assert plan.code == 0 and f"llm.api_base applies only to llm.model. {sentence}" in said(plan)
        run = bare.kedro("run", *local(server, setting), **QUICK)
        assert run.code == 1 and f"llm.api_base applies only to llm.model. {sentence}" in said(run)
        assert "Confirm in advance with `kedro run --yes`" in said(run)
        assert server.requests() == [] and nothing_is_reserved(bare)
        assert sentence in said(bare.kedro("llm", "doctor", "--offline", *local(server, setting), **QUICK))


@slow
def test_a_fallback_with_an_address_needs_no_consent(bare: Project) -> None:
    with ModelServer() as server:
        named = f"llm: {{fallbacks: [{{model: openai/large, api_base: '{server.url}'}}]}}\n"
        (bare.folder / "conf/local/parameters_fallbacks.yml").write_text(named, encoding="utf-8")
        (bare.folder / "conf/local/parameters_llm.yml").write_text("", encoding="utf-8")
        run = bare.kedro("run", *local(server, "llm.price=unknown_ok"), **QUICK)
        assert run.code == 0 and "applies only to" not in said(run), run.err


@slow
def test_yes_or_a_parameter_confirms_the_addresses_in_advance(bare: Project) -> None:
    with ModelServer() as server:
        given = local(server, "llm.fallbacks=openai/large")
        assert bare.kedro("run", *given, "--yes", OPENAI_API_KEY="sk-0123456789", **QUICK).code == 0
        sent = len(server.requests())
        more = local(server, "llm.fallbacks=openai/large", "llm.confirm_addresses=false", "limit=3")
        assert bare.kedro("run", *more, **QUICK).code == 0 and len(server.requests()) > sent


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX pseudo-terminal")
@slow
def test_a_terminal_is_asked_about_the_address(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.folder / "conf/local/parameters_llm.yml").write_text(PRICES, encoding="utf-8")
    for name, value in {**QUICK, "OPENAI_API_KEY": "sk-0123456789"}.items():
        monkeypatch.setenv(name, value)
    with ModelServer() as server:
        given = local(server, "llm.fallbacks=openai/large")
        declined = on_terminal(project, "n", "run", *given)
        assert "Continue? [y/N]" in declined and "Nothing was sent or paid for" in declined and server.requests() == []
        assert "Complete." in on_terminal(project, "y", "run", *given) and server.requests()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("openai/gpt-4o-mini", "OPENAI_API_KEY", ""),
        pytest.param("gpt-4o-mini", "OPENAI_API_KEY", None, marks=slow),
        pytest.param("mistral/mistral-small-latest", "MISTRAL_API_KEY", None, marks=slow),
        pytest.param("mistral/mistral-small-latest", "MISTRAL_API_KEY", "  ", marks=slow),
        pytest.param("gemini/gemini-2.5-flash", "GEMINI_API_KEY", "", marks=slow),
    ],
)
def test_a_missing_or_empty_key_is_refused_before_the_first_call(
    bare: Project, model: str, name: str, value: str | None
) -> None:
    environment = QUICK if value is None else {**QUICK, name: value}
    run = bare.kedro("run", "--params", f"llm.model={model},limit=2", **environment)
    assert run.code == 1 and f"{name} is unset or empty" in said(run) and "conf/local/credentials.yml" in said(run)
    assert "Traceback" not in run.err and nothing_is_reserved(bare)
    plan = bare.kedro("plan", "--params", f"llm.model={model},limit=2", **environment)
    assert plan.code == 0 and f"{name} is unset or empty" in said(plan)
    doctor = bare.kedro("llm", "doctor", "--offline", "--params", f"llm.model={model}", **environment)
    assert doctor.code == 1 and f"FAIL key unset or empty: {name}" in said(doctor)


@slow
def test_a_key_of_a_later_stage_or_a_fallback_is_checked_before_the_first_stage(bare: Project) -> None:
    for setting in ("llm.stages.flashcards.model=mistral/m", "llm.fallbacks=mistral/m"):
        with ModelServer() as server:
            run = bare.kedro("run", "--yes", *local(server, setting), **QUICK)
            assert run.code == 1 and "MISTRAL_API_KEY is unset or empty" in said(run), run.err
            assert server.requests() == [] and nothing_is_reserved(bare)


def test_an_empty_variable_does_not_hide_the_key_in_the_credentials(bare: Project) -> None:
    (bare.folder / "conf/local/credentials.yml").write_text(
        "llm: {OPENAI_API_KEY: sk-file-0123456789}\n", encoding="utf-8"
    )
    doctor = bare.kedro(
        "llm", "doctor", "--offline", "--params", "llm.model=openai/gpt-4o-mini", OPENAI_API_KEY="", **QUICK
    )
    assert doctor.code == 0 and "OPENAI_API_KEY is set (conf/local/credentials.yml contains it)" in said(doctor)


@slow
def test_a_model_at_the_users_own_address_needs_no_key(bare: Project) -> None:
    with ModelServer() as server:
        assert bare.kedro("run", *local(server), OPENAI_API_KEY="", **QUICK).code == 0
        assert bare.kedro("llm", "doctor", *local(server), **QUICK).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", [("run",), ("plan",), ("llm", "doctor", "--offline")])
@pytest.mark.parametrize(
    ("model", "suggested"),
    [
        ("foo", ""), pytest.param("gpt4o-mini", "Did you mean gpt-4o-mini", marks=slow),
        pytest.param("antropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5", marks=slow),
        pytest.param("openai/", "", marks=slow), pytest.param("meta-llama/Llama-3", "", marks=slow),
    ],
)  # fmt: skip
def test_an_unknown_provider_is_one_clear_error(
    bare: Project, command: tuple[str, ...], model: str, suggested: str
) -> None:
    result = bare.kedro(*command, "--params", f"llm.model={model},llm.price=unknown_ok", **QUICK)
    assert result.code == 1 and f"There is no model named '{model}': litellm does not recognize its provider" in said(
        result
    )
    assert suggested in said(result) and "Traceback" not in said(result) and "BadRequestError" not in said(result)


@pytest.mark.slow
def test_similar_names_are_suggested_for_a_model_without_a_price(bare: Project) -> None:
    for command in (["run"], ["plan"], ["llm", "doctor", "--offline"]):
        result = bare.kedro(
            *command, "--params", "llm.model=openai/gpt-4o-mni", OPENAI_API_KEY="sk-0123456789", **QUICK
        )
        suggested, _, allowed = said(result).partition("llm.price=unknown_ok")
        assert "Did you mean openai/gpt-4o-mini" in suggested and allowed, (command, said(result))
        assert "?." not in said(result)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["http://10.0.0.7/v1", pytest.param("http://models.example.org:80/v1", marks=slow)])
def test_a_key_over_plain_http_is_warned_about_once(bare: Project, address: str) -> None:
    key = {"OPENAI_API_KEY": "sk-0123456789"}
    plan = bare.kedro("plan", *local(address), **key, **QUICK)
    host = address.removeprefix("http://").partition("/")[0].partition(":")[0]
    assert plan.out.count("unencrypted") == 1
    assert f"OPENAI_API_KEY is sent to {host} unencrypted" in said(plan)
    doctor = bare.kedro("llm", "doctor", "--offline", *local(address), **key, **QUICK)
    assert doctor.out.count("unencrypted") == 1
    assert "unencrypted" not in bare.kedro("plan", *local(address.replace("http:", "https:")), **key, **QUICK).out
    assert "unencrypted" not in bare.kedro("plan", *local(NOWHERE), **key, **QUICK).out
    assert "unencrypted" not in bare.kedro("plan", *local(address), OPENAI_API_KEY="", **QUICK).out


@slow
def test_status_shows_the_address_and_reset_takes_the_models_name(bare: Project) -> None:
    breaker = "llm.breaker.failures=2,llm.breaker.give_up=0,llm.max_attempts=2,llm.backoff=0,llm.breaker.rest=300"
    with ModelServer(always="503") as server:
        assert bare.kedro("run", *local(server, breaker, "limit=6"), **QUICK).code == 2
        status = bare.kedro("llm", "status", *())
        assert f"openai/small address {server.url} breaker open since" in said(status)
        doctor = bare.kedro("llm", "doctor", "--offline", *local(server), **QUICK)
        assert doctor.code == 1 and "`kedro llm reset openai/small` closes it" in said(doctor)
        assert bare.kedro("llm", "reset", "openai/small").out == "Closed 1 circuit breaker.\n"
    assert "open since" not in said(bare.kedro("llm", "status"))


@pytest.mark.parametrize(
    ("given", "said_of_it"),
    [
        ("llm.api_base=http://127.0.0.1:1/v1 limit=2", "llm.api_base: it contains a space"),
        ("llm.api_base=127.0.0.1:1/v1", "llm.api_base: it is not a web address"),
        ("llm.api_base=http://127.0.0.1:99999/v1", "llm.api_base: it is not a web address"),
        ("llm.stages.nuance.api_base=ftp://127.0.0.1/v1", "llm.stages.nuance.api_base: it is not a web address"),
    ],
)
def test_an_invalid_address_is_refused_before_anything_is_sent(here: Project, given: str, said_of_it: str) -> None:
    result = here.kedro("run", "--params", f"llm.model=openai/small,{given}")
    assert result.code == 1 and said_of_it in said(result)


@pytest.mark.slow
def test_an_invalid_address_in_the_environment_is_refused(here: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:8000/v1")
    result = here.kedro("run", "--params", "llm.model=openai/small,llm.price=unknown_ok,limit=1")
    assert result.code == 1 and "OPENAI_BASE_URL or OPENAI_API_BASE: it is not a web address" in said(result)
