"""Test prices against litellm's own calculation, and prices from the parameters."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import PriceParameters
from korean_flashcards.llm.pricing import price_list
from korean_flashcards.llm.pricing.prices import LISTED, OFFLINE, OVERRIDDEN, Price, Usage, price_of

USAGES = [
    Usage(4000, 700),
    Usage(4000, 700, tokens_cached=3500),
    Usage(4000, 700, tokens_written=3500),
    Usage(4000, 700, tokens_cached=1500, tokens_written=2000, tokens_reasoning=500),
]
MODELS = [
    "gpt-4o-mini",
    "openai/gpt-5-mini",
    "azure/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "claude-haiku-4-5",
    "gemini/gemini-2.5-flash",
    "gemini-2.5-pro",
    "vertex_ai/claude-sonnet-4-5",
    "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "deepseek/deepseek-chat",
    "mistral/mistral-large-latest",
    "groq/openai/gpt-oss-120b",
    "cohere/command-a-03-2025",
    "dashscope/qwen-flash",  # priced in tiers
    "dashscope/qwen-turbo",  # with a separate price for reasoning
]


@pytest.fixture(scope="module")
def litellm() -> ModuleType:
    """Import litellm with its bundled price list. Without the variable, it would download a newer one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        import litellm
    return litellm


def known(model: str) -> Price:
    price = price_of(model, {})
    assert price is not None, model
    return price


def of_litellm(litellm: ModuleType, usage: Usage) -> Any:
    """Return the tokens in the form that litellm reports after a call."""
    return litellm.Usage(
        prompt_tokens=usage.tokens_in,
        completion_tokens=usage.tokens_out,
        total_tokens=usage.tokens_in + usage.tokens_out,
        prompt_tokens_details={
            "cached_tokens": usage.tokens_cached,
            "cache_creation_tokens": usage.tokens_written,
        },
        completion_tokens_details={"reasoning_tokens": usage.tokens_reasoning},
        cache_read_input_tokens=usage.tokens_cached,
        cache_creation_input_tokens=usage.tokens_written,
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("usage", USAGES)
def test_the_cost_of_a_call_is_the_same_as_in_litellm(litellm: ModuleType, model: str, usage: Usage) -> None:
    usd = litellm.cost_per_token(model=model, usage_object=of_litellm(litellm, usage))
    assert known(model).source == LISTED
    assert known(model).cost(usage) == pytest.approx(sum(usd), rel=1e-9)


@pytest.mark.parametrize("model", ["gpt-4o-mini", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"])
@pytest.mark.parametrize("usage", USAGES)
def test_the_cost_of_a_batch_request_is_the_same_as_in_litellm(litellm: ModuleType, model: str, usage: Usage) -> None:
    from litellm.cost_calculator import batch_cost_calculator

    usd = sum(batch_cost_calculator(of_litellm(litellm, usage), model))
    assert known(model).cost(usage, batch=True) == pytest.approx(usd, rel=1e-9)
    assert known(model).cost(USAGES[0], batch=True) == pytest.approx(known(model).cost(USAGES[0]) / 2)


def test_a_batch_request_without_a_batch_price_costs_the_ordinary_price() -> None:
    price = price_of("own", {"own": PriceParameters(input=1, output=2, cached_input=0.1)})
    assert price is not None
    assert price.batch_input is None
    for usage in USAGES:
        assert price.cost(usage, batch=True) == price.cost(usage)


@given(st.data())
def test_no_call_costs_more_than_the_reserved_maximum(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(sorted(price_list._entries())))
    tokens_in, tokens_out = data.draw(st.integers(0, 10**6)), data.draw(st.integers(0, 10**6))
    cached = data.draw(st.integers(0, tokens_in))
    written = data.draw(st.integers(0, tokens_in - cached))
    usage = Usage(tokens_in, tokens_out, cached, written, data.draw(st.integers(0, tokens_out)))
    batch = data.draw(st.booleans())
    assert known(model).cost(usage, batch) <= known(model).worst(tokens_in, tokens_out, batch) * (1 + 1e-9)


def test_a_model_never_gets_the_price_of_a_different_provider() -> None:
    assert known("openai/gpt-5.1-chat-latest") == known("gpt-5.1-chat-latest")
    assert price_of("azure/gpt-5.1-chat-latest", {}) is None
    assert price_of("openrouter/gpt-4o-mini", {}) is None
    assert price_of("openai/claude-sonnet-4-5", {}) is None


@pytest.mark.parametrize(
    "model",
    [
        "openai/my-own-model",
        "no-such-model",
        "",
        "sample_spec",
        "perplexity/sonar",  # each search is billed too
        "gpt-4o-search-preview",
        "perplexity/pplx-70b-online",  # each request is billed too
    ],
)
def test_the_price_is_unknown_if_tokens_do_not_determine_it(model: str) -> None:
    assert price_of(model, {}) is None


def test_the_offline_model_and_models_with_a_price_of_zero_are_free() -> None:
    offline = known("offline/dictionary@1")
    assert (offline.source, offline.cost(USAGES[3]), offline.worst(10**6, 10**6)) == (OFFLINE, 0, 0)
    assert known("gemini/gemma-3-27b-it").worst(10**6, 10**6) == 0


def test_the_longest_reply_comes_from_the_list() -> None:
    assert known("gpt-4o-mini").longest_reply == 16384
    assert known("groq/llama-guard-3-8b").longest_reply is None


def test_prices_in_the_parameters_take_precedence_and_are_per_million_tokens() -> None:
    own = PriceParameters(input=3, output=15, cached_input=0.3, cache_write=3.75, batch_input=1.5, batch_output=7.5)
    price = price_of("gpt-4o-mini", {"gpt-4o-mini": own})
    assert price is not None
    assert price.source == OVERRIDDEN
    assert price.cost(Usage(10**6, 10**6)) == pytest.approx(18)
    assert price.cost(Usage(10**6, 10**6, tokens_cached=10**6)) == pytest.approx(15.3)
    assert price.cost(Usage(10**6, 10**6, tokens_written=10**6)) == pytest.approx(18.75)
    assert price.cost(Usage(10**6, 10**6), batch=True) == pytest.approx(9)
    assert price.longest_reply == 16384
    assert price_of("openai/gpt-4o-mini", {"gpt-4o-mini": own}) == known("gpt-4o-mini")


def test_the_parameters_can_set_the_longest_reply_of_an_unlisted_model() -> None:
    price = price_of("openai/mine", {"openai/mine": PriceParameters(input=0, output=0, longest_reply=2000)})
    assert price is not None
    assert (price.longest_reply, price.worst(1000, 1000)) == (2000, 0)


@pytest.mark.parametrize("wrong", [{"input": -1}, {"input": float("nan")}, {"output": float("inf")}, {"inputs": 1}])
def test_an_impossible_price_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        PriceParameters.model_validate({"input": 1, "output": 1} | wrong)


@pytest.fixture
def own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a price list in an empty ``litellm`` package of the test."""
    (tmp_path / "litellm").mkdir()
    (tmp_path / "litellm" / "__init__.py").touch()
    return tmp_path / "litellm" / price_list.FILE


def in_new_process(own_list: Path, expression: str) -> str:
    """Return the output of a new process that evaluates the expression with the list of the test."""
    code = f"import sys; sys.path.insert(0, {str(own_list.parents[1])!r})\n"
    code += f"from korean_flashcards.llm.pricing.prices import price_of\nprint({expression})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr.strip().rpartition("\n")[2]


def test_an_alias_has_the_price_of_its_model_and_replaces_no_model(own_list: Path) -> None:
    gpt = {"litellm_provider": "openai", "input_cost_per_token": 1, "output_cost_per_token": 2}
    listed = {"gpt": gpt | {"aliases": ["gpt-latest", "other"]}, "other": gpt | {"input_cost_per_token": 5}}
    own_list.write_text(json.dumps(listed), encoding="utf-8")
    names = '["gpt-latest", "openai/gpt-latest", "other"]'
    assert in_new_process(own_list, f"[price_of(name, {{}}).input for name in {names}]") == "[1.0, 1.0, 5.0]\n"


def test_an_unreadable_price_list_is_reported_with_its_path(own_list: Path) -> None:
    for content in (None, "{"):
        if content:
            own_list.write_text(content, encoding="utf-8")
        said = in_new_process(own_list, 'price_of("gpt-4o-mini", {})')
        assert SettingsError.__name__ in said
        assert f"{own_list} cannot be read" in said


def test_prices_and_token_counts_do_not_import_litellm() -> None:
    code = (
        "import sys\n"
        "from korean_flashcards.llm.pricing.prices import price_of\n"
        "from korean_flashcards.llm.pricing.tokens import TokenCounter\n"
        "price_of('gpt-4o-mini', {}), TokenCounter('gpt-4o-mini').count('남성')\n"
        "sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
