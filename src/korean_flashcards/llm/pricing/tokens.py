"""How many tokens a request has: an estimate for plans, and a bound that no tokenizer exceeds for reserving money.

tiktoken counts, with the vocabularies that litellm brings along: nothing is downloaded, and litellm, which takes seconds
to import, is not. Models that are not OpenAI's are counted with litellm's default encoding. Claude's too: Anthropic has
published no tokenizer since Claude 2, whose own counts our prompts within 5 % of that encoding.
"""

import functools
import importlib.util
import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tiktoken

DEFAULT_ENCODING = "cl100k_base"
# Those whose vocabulary litellm has in its folder; asked for another, tiktoken would go to the network.
BUNDLED = (DEFAULT_ENCODING, "o200k_base", "o200k_harmony")

# Three tokens around each of two messages, one for its role, three that open the reply (OpenAI's cookbook, "How to count
# tokens with tiktoken").
FRAME = 2 * (3 + 1) + 3
# What a provider may put around a request that it does not show: Anthropic's instructions for tools, which carry the
# response format, have up to 530 tokens ("Tool use pricing and tokens" in its documentation).
MOST_FRAME = 1000


class TokenCounter:
    """Counts texts for one model. ``approximate``: with another model's encoding, because its own is not public."""

    def __init__(self, model: str) -> None:
        own = _own_encoding(model)
        self.approximate = own is None
        self._encoding = _encoding(own or DEFAULT_ENCODING)

    def count(self, text: str) -> int:
        """Tokens of ``text``; what looks like a special token is counted as the text that it is."""
        return len(self._encoding.encode_ordinary(text))


def request_tokens(counter: TokenCounter, system: str, user: str, schema: Mapping[str, Any] | None) -> int:
    """Prompt tokens of a request, estimated: both texts, their frame, and the schema where a response format is sent.

    Providers rewrite the schema in a way they do not tell; its JSON stands for it.
    """
    return _standing_tokens(counter, system, _json(schema)) + counter.count(user)


def most_tokens(system: str, user: str, schema: Mapping[str, Any] | None) -> int:
    """A number of prompt tokens that the request does not exceed with any model.

    A token of a byte-level tokenizer stands for one byte or more, so that a text has no more tokens than UTF-8 bytes.
    """
    return _standing_bytes(system, _json(schema)) + _most_bytes(user)


@functools.lru_cache(maxsize=32)
def _standing_tokens(counter: TokenCounter, system: str, schema: str) -> int:
    """The part that is the same for every word of a stage; counting it takes longer than counting the word's."""
    return FRAME + counter.count(system) + counter.count(schema)


@functools.lru_cache(maxsize=32)
def _standing_bytes(system: str, schema: str) -> int:
    return MOST_FRAME + _most_bytes(system) + _most_bytes(schema)


def _json(schema: Mapping[str, Any] | None) -> str:
    return "" if schema is None else json.dumps(schema, ensure_ascii=False)


def _most_bytes(text: str) -> int:
    """UTF-8 bytes of the longest form of ``text`` that a tokenizer may make of it: some normalise it first, and NFKC
    turns the three bytes of ﷺ into 33."""
    if text.isascii():
        return len(text)
    forms = (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFKC", text))
    return max(len(form.encode()) for form in forms)


def _own_encoding(model: str) -> str | None:
    """The encoding that tiktoken knows for ``model``, whichever provider serves it; None where it knows none."""
    import tiktoken  # saves 10 ms where no tokens are counted

    try:
        name = tiktoken.encoding_name_for_model(model.rpartition("/")[2])
    except KeyError:
        return None
    return name if name in BUNDLED else None


@functools.cache
def _encoding(name: str) -> "tiktoken.Encoding":
    import tiktoken  # saves 10 ms where no tokens are counted

    found = importlib.util.find_spec("litellm")
    for folder in (found.submodule_search_locations if found else None) or ():
        # litellm sets the same when it is imported.
        os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(folder, "litellm_core_utils", "tokenizers"))
    return tiktoken.get_encoding(name)
