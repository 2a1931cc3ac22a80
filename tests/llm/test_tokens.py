"""Test that token counts match public tokenizers, and that no tokenizer exceeds the upper bound."""

import functools
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from korean_flashcards.formats.schemas import cards_schema, nuance_schema
from korean_flashcards.llm.pricing.tokens import BUNDLED, TokenCounter, most_tokens, request_tokens

KOREAN = ["남성", "안녕하세요", '{"term": "남성", "definition": "man; male"}', "男性", "<|endoftext|>", "", "🙂 ﷺ"]
# A model for each encoding.
OF_ENCODING = {"cl100k_base": "gpt-4", "o200k_base": "gpt-4o", "o200k_harmony": "gpt-oss-120b"}
SCHEMAS = [None, nuance_schema(), cards_schema()]
MODELS_OF_OTHERS = [
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "mistral/mistral-large-latest",
    "mine",
    "",
]

counter_of = functools.cache(TokenCounter)


@functools.cache
def normalizing_counter():  # type: ignore[no-untyped-def]
    """Return Claude 2's tokenizer. It is byte-level, but it normalizes a text to NFKC first, which may lengthen it."""
    from tokenizers import Tokenizer

    (folder,) = importlib.util.find_spec("litellm").submodule_search_locations
    tokenizer = Tokenizer.from_file(str(Path(folder, "litellm_core_utils/tokenizers/anthropic_tokenizer.json")))
    return lambda text: len(tokenizer.encode(text).ids)


@pytest.mark.parametrize(
    "model", ["gpt-4o-mini", "gpt-4o", "gpt-4", "gpt-3.5-turbo", "gpt-5-mini", "o4-mini", "gpt-4.1"]
)
def test_tokens_of_openai_models_are_counted_as_by_litellm(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    counter = counter_of(model)
    assert not counter.approximate
    assert [counter.count(text) for text in KOREAN] == [litellm.token_counter(model, text=text) for text in KOREAN]
    messages = [{"role": "system", "content": KOREAN[1]}, {"role": "user", "content": KOREAN[2]}]
    assert request_tokens(counter, KOREAN[1], KOREAN[2], None) == litellm.token_counter(model, messages=messages)


@pytest.mark.parametrize("model", MODELS_OF_OTHERS)
def test_models_without_a_public_tokenizer_use_the_default_encoding_and_are_approximate(model: str) -> None:
    counter = counter_of(model)
    assert counter.approximate
    assert [counter.count(text) for text in KOREAN] == [counter_of("gpt-4").count(text) for text in KOREAN]


@pytest.mark.parametrize("model", ["openai/gpt-4o", "openrouter/openai/gpt-4o", "azure/gpt-4o"])
def test_token_counts_do_not_depend_on_the_provider(model: str) -> None:
    assert not counter_of(model).approximate
    assert [counter_of(model).count(text) for text in KOREAN] == [counter_of("gpt-4o").count(text) for text in KOREAN]


def test_missing_vocabularies_are_not_downloaded() -> None:
    assert counter_of("davinci").approximate
    assert counter_of("gpt2").approximate


@pytest.mark.slow
def test_counting_does_not_use_the_network() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): sys.exit('network')\n"
        "socket.getaddrinfo = socket.create_connection = socket.socket.connect = refuse\n"
        "from korean_flashcards.llm.pricing.tokens import TokenCounter\n"
        f"for model in {[*OF_ENCODING.values(), *MODELS_OF_OTHERS, 'davinci', 'gpt2']!r}:\n"
        "    assert TokenCounter(model).count('남성')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_each_bundled_encoding_belongs_to_a_model() -> None:
    assert set(OF_ENCODING) == set(BUNDLED)
    assert not any(counter_of(model).approximate for model in OF_ENCODING.values())


def test_a_schema_counts_if_it_is_sent() -> None:
    counter = counter_of("gpt-4o-mini")
    sent = request_tokens(counter, "system", "user", nuance_schema())
    left_out = request_tokens(counter, "system", "user", None)
    assert sent - left_out == counter.count(json.dumps(nuance_schema(), ensure_ascii=False))


@given(system=st.text(max_size=300), user=st.text(max_size=300), schema=st.sampled_from(SCHEMAS))
@example(system="ﷺ" * 100, user="ﷺ" * 100, schema=None)
@example(system="", user="\U0001d160" * 100, schema=None)
def test_no_tokenizer_counts_more_than_the_bound(system: str, user: str, schema: dict[str, object] | None) -> None:
    bound = most_tokens(system, user, schema)
    for model in OF_ENCODING.values():
        assert request_tokens(counter_of(model), system, user, schema) <= bound
    normalizing = normalizing_counter()
    assert normalizing(system) + normalizing(user) + normalizing(json.dumps(schema)) <= bound


@given(st.text(max_size=2000))
@example("ﷺ" * 1000)
def test_the_bound_grows_with_the_text_of_the_word(user: str) -> None:
    grown = most_tokens("system", user, None) - most_tokens("system", "", None)
    assert all(counter_of(model).count(user) <= grown for model in OF_ENCODING.values())
    assert normalizing_counter()(user) <= grown


def test_each_schema_is_counted_even_if_schemas_alternate() -> None:
    short, long = {"type": "object"}, {"type": "object", "title": "x" * 100}
    bounds = [most_tokens("system", "user", schema) for schema in (short, long, short, None, long)]
    assert bounds == [bounds[0], bounds[0] + 113, bounds[0], bounds[0] - 18, bounds[0] + 113]
