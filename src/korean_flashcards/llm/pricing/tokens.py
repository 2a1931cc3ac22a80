"""Estimate a request's tokens for plans, and calculate an upper bound for reservations that holds for any tokenizer.

tiktoken counts the tokens, using the vocabularies bundled with litellm. Nothing is downloaded, and litellm is not
imported, because the import takes seconds. For models from providers other than OpenAI, tiktoken uses litellm's default
encoding. Anthropic has not published a tokenizer since Claude 2. For our prompts, Claude 2's tokenizer differs from the
default encoding by at most 5%.
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
# Encodings whose vocabularies are bundled with litellm. tiktoken would have to download any others.
BUNDLED = (DEFAULT_ENCODING, "o200k_base", "o200k_harmony")

# Each of the two messages needs three tokens plus one for its role, and the start of the reply needs three. Source: OpenAI
# Cookbook, "How to count tokens with tiktoken".
FRAME = 2 * (3 + 1) + 3
# Tokens that a provider may add to a request. Anthropic adds up to 530 tokens of tool instructions, because litellm
# uses a tool to request the response format ("Tool use pricing and tokens" in Anthropic's documentation).
MOST_FRAME = 1000

_last_json: tuple[Mapping[str, Any] | None, str] = (None, "")


class TokenCounter:
    """A token counter for one model. ``approximate``: whether a different model's encoding is used."""

    def __init__(self, model: str) -> None:
        own = _own_encoding(model)
        self.approximate = own is None
        self._encoding = _encoding(own or DEFAULT_ENCODING)

    def count(self, text: str) -> int:
        """Return the number of tokens in the text. Text that looks like a special token counts as ordinary text."""
        return len(self._encoding.encode_ordinary(text))


def request_tokens(counter: TokenCounter, system: str, user: str, schema: Mapping[str, Any] | None) -> int:
    """Return an estimate of a request's prompt tokens: the system and user text, the message frame, and any schema.

    Providers rewrite the schema in undocumented ways, so the schema's JSON is counted instead.
    """
    return _template_tokens(counter, system, _json(schema)) + counter.count(user)


def most_counted_tokens(counter: TokenCounter, system: str, user: str, schema: Mapping[str, Any] | None) -> int:
    """Return an upper bound on ``request_tokens`` without counting the tokens of the user text."""
    return _template_tokens(counter, system, _json(schema)) + len(user.encode())


def most_tokens(system: str, user: str, schema: Mapping[str, Any] | None) -> int:
    """Return an upper bound on the request's prompt tokens that holds for any model.

    Each token of a byte-level tokenizer represents at least one byte, so text never has more tokens than UTF-8 bytes.
    """
    return _template_bytes(system, _json(schema)) + _most_bytes(user)


@functools.lru_cache(maxsize=32)
def _template_tokens(counter: TokenCounter, system: str, schema: str) -> int:
    """Return the number of tokens shared by all of a stage's requests.

    The result is cached, because counting is slow.
    """
    return FRAME + counter.count(system) + counter.count(schema)


@functools.lru_cache(maxsize=32)
def _template_bytes(system: str, schema: str) -> int:
    return MOST_FRAME + _most_bytes(system) + _most_bytes(schema)


def _json(schema: Mapping[str, Any] | None) -> str:
    """Return the schema as JSON. All of a stage's requests have the same schema, so the last JSON is kept."""
    global _last_json
    if schema is None:
        return ""
    last = _last_json
    if last[0] is not schema:
        last = _last_json = schema, json.dumps(schema, ensure_ascii=False)
    return last[1]


def _most_bytes(text: str) -> int:
    """Return the UTF-8 length, in bytes, of the text's longest Unicode normalization form.

    Some tokenizers normalize text, and normalization may lengthen it: NFKC turns ﷺ into 33 bytes.
    """
    if text.isascii():
        return len(text)
    forms = (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFKC", text))
    return max(len(form.encode()) for form in forms)


def _own_encoding(model: str) -> str | None:
    """Return the name of the model's encoding in tiktoken, regardless of the provider, or None if it is not bundled."""
    import tiktoken  # a late import saves 10 ms in runs that count no tokens

    try:
        name = tiktoken.encoding_name_for_model(model.rpartition("/")[2])
    except KeyError:
        return None
    return name if name in BUNDLED else None


@functools.cache
def _encoding(name: str) -> "tiktoken.Encoding":
    import tiktoken  # a late import saves 10 ms in runs that count no tokens

    found = importlib.util.find_spec("litellm")
    for folder in (found.submodule_search_locations if found else None) or ():
        # litellm sets the same variable when it is imported.
        os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(folder, "litellm_core_utils", "tokenizers"))
    return tiktoken.get_encoding(name)
