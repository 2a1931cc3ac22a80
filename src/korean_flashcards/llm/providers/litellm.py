"""Call models through litellm. Only this module imports litellm, on first use, because the import takes seconds."""

import asyncio
import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.provider_errors import backend_error, rejects_format
from korean_flashcards.llm.providers.rate_headers import rates_seen

logger = logging.getLogger(__name__)

# With this variable, litellm sends "openai/NAME" through its generic HTTP code instead of OpenAI's SDK, which saves a
# millisecond per call. It is set only for the user's own servers.
LEAN_ROUTE = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"
# Local servers accept any key, but litellm's clients require one.
PLACEHOLDER_KEY = "not-needed"
FORMATS = ("json_schema", "json_object", "none")


class LiteLLMBackend:
    """A backend that calls one provider through litellm and remembers which response format the provider accepts."""

    def __init__(self) -> None:
        self._litellm = quiet_litellm()
        self._format = 0
        self._key: dict[str, str] | None = None

    @property
    def response_format(self) -> str:
        """Return the strictest response format that the provider has not rejected yet: json_schema, json_object or none."""
        return FORMATS[self._format]

    @property
    def azure_api_version(self) -> str:
        """Return the Azure API version that litellm uses if AZURE_API_VERSION is not set."""
        return str(self._litellm.AZURE_DEFAULT_API_VERSION)

    def missing_keys(self, model: str) -> list[str]:
        """Return the unset environment variables that litellm needs for the model's provider."""
        return list(self._litellm.validate_environment(model)["missing_keys"])

    async def open(self) -> None:
        """Load litellm's code and tokenizer with a mock call, which sends nothing."""
        messages = [{"role": "user", "content": ""}]
        await self._litellm.acompletion("openai/warm-up", messages, mock_response="{}", api_key=PLACEHOLDER_KEY)
        self._litellm.token_counter("openai/warm-up", text="")

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Make one call. If the provider rejects the response format, retry with a less strict format."""
        arguments = self._arguments(template, user, settings)
        while True:
            level = self._format
            try:
                async with asyncio.timeout(settings.timeout):
                    response = await self._litellm.acompletion(**arguments, **_response_format(level, template))
            except TimeoutError as error:
                raise BackendError(
                    FailureCode.TIMEOUT, f"no reply within {settings.timeout:g} s", retry=True
                ) from error
            except Exception as error:  # litellm raises its own errors, providers' errors and built-in ones
                if self.weaken_format(error, FORMATS[level], template.model):
                    continue
                # Not "from error": the provider's message may contain the key, and a traceback shows the cause.
                raise self.explained(error, template.model, settings) from None
            return raw_reply(response)

    async def close(self) -> None:
        """Close litellm's HTTP clients for this loop and clear its client cache: a later loop may get the same ID."""
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    def bodies(self, template: ChatTemplate, settings: LLMParameters) -> tuple[str, Callable[[str], dict[str, Any]]]:
        """Return the response format for a batch, and a function that returns the body that ``send`` would send."""
        name, provider = self.provider(template.model, settings.api_base)
        options = _options(template)
        extra = options.pop("extra_body", {})
        level, mapped = self._mapped(template, settings, {"model": name, "custom_llm_provider": provider} | options)
        # litellm's own options are not part of a request body.
        standing = {key: value for key, value in mapped.items() if key not in ("stream", "extra_body")}
        standing = {"model": name} | standing | extra
        return FORMATS[level], lambda user: standing | {"messages": _messages(template, user)}

    def _mapped(
        self, template: ChatTemplate, settings: LLMParameters, options: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Return the index of the response format, and the options under the names that the provider uses."""
        while True:
            level = self._format
            try:
                return level, self._litellm.utils.get_optional_params(**options, **_response_format(level, template))
            except Exception as error:  # the same errors as in ``send``
                if not self.weaken_format(error, FORMATS[level], template.model):
                    raise self.explained(error, template.model, settings) from None

    def completion(self, body: dict[str, Any]) -> Any:
        """Convert a response body to the object that a call returns."""
        return self._litellm.ModelResponse(**body)

    def provider(self, model: str, api_base: str | None) -> tuple[str, str]:
        """Return the provider's name for the model, and litellm's name for the provider."""
        name, provider, *_ = self._litellm.get_llm_provider(model, api_base=api_base)
        return str(name), str(provider)

    def weaken_format(self, error: Exception, rejected: str, model: str) -> bool:
        """Use a less strict response format from now on if the error rejects the current one. Return whether to retry
        the call.

        ``rejected``: the failed call's response format.
        """
        level = FORMATS.index(rejected)
        if level + 1 == len(FORMATS) or not rejects_format(error):
            return False
        if self._format <= level:
            self._format = level + 1
            logger.info("%s does not accept the response format %s. Trying %s.", model, *FORMATS[level : level + 2])
        return True

    def access(self, model: str, settings: LLMParameters) -> dict[str, Any]:
        """Return the arguments that set every call's address, key and timeout, and that turn off retries."""
        address = {} if settings.api_base is None else {"api_base": settings.api_base}
        return {"timeout": settings.timeout, "max_retries": 0, **self._key_argument(model, settings), **address}

    def explained(self, error: Exception, model: str, settings: LLMParameters) -> BackendError:
        """Convert an error to a BackendError, with a hint if a key is missing."""
        problem = backend_error(error)
        if problem.fatal and settings.api_base is None:
            missing = self.missing_keys(model)
            problem.hint = f"Environment variables that are not set: {', '.join(missing)}." if missing else ""
        return problem

    def _arguments(self, template: ChatTemplate, user: str, settings: LLMParameters) -> dict[str, Any]:
        return {
            "model": template.model,
            "messages": _messages(template, user),
            "num_retries": 0,
            **self.access(template.model, settings),
            **_options(template),
        }

    def _key_argument(self, model: str, settings: LLMParameters) -> dict[str, str]:
        """Return a placeholder key if litellm would find no key, or would send OpenAI's key to a different provider."""
        if self._key is None:
            own_server = settings.api_base is not None
            if own_server:
                os.environ.setdefault(LEAN_ROUTE, "true")
                self._make_known(model)
            needed = (own_server and self.missing_keys(model)) or self._would_send_openai_key(model, settings)
            self._key = {"api_key": PLACEHOLDER_KEY} if needed else {}
        return self._key

    def _would_send_openai_key(self, model: str, settings: LLMParameters) -> bool:
        """Return whether litellm would use OPENAI_API_KEY for a provider that is not OpenAI.

        litellm does so for every OpenAI-compatible provider whose own key is not set. See ``_complete_custom_openai``
        in litellm.
        """
        _, provider, own_key, _ = self._litellm.get_llm_provider(model, api_base=settings.api_base)
        compatible = provider != "openai" and provider in self._litellm.openai_compatible_providers
        return compatible and not own_key and bool(os.environ.get("OPENAI_API_KEY"))

    def _make_known(self, model: str) -> None:
        """Add a user's own model to litellm's price list. Every call looks up the model, and a failed lookup is slow.

        This project does not use the price in that entry.
        """
        if not {model, model.partition("/")[2]} & self._litellm.model_cost.keys():
            free = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
            self._litellm.register_model({model: {"litellm_provider": model.partition("/")[0], "mode": "chat", **free}})


def _options(template: ChatTemplate) -> dict[str, Any]:
    optional = {
        "temperature": template.temperature,
        "max_tokens": template.max_tokens,
        "seed": template.seed,
        "reasoning_effort": template.reasoning_effort,
        "extra_body": template.extra_body,
    }
    return {name: value for name, value in optional.items() if value is not None}


def _messages(template: ChatTemplate, user: str) -> list[dict[str, Any]]:
    """Return the system and user messages. For Claude, add a cache marker: Claude caches a prompt only up to a marker.

    The marker belongs on the last block that is the same in every request (Anthropic, "Prompt caching").
    """
    if "claude" not in template.model:
        return template.messages(user)
    marked = {"type": "text", "text": template.system, "cache_control": {"type": "ephemeral"}}
    return [{"role": "system", "content": [marked]}, {"role": "user", "content": user}]


def _response_format(level: int, template: ChatTemplate) -> dict[str, Any]:
    name = FORMATS[level]
    if name == "none":
        return {}
    return {"response_format": template.response_format if name == "json_schema" else {"type": name}}


def raw_reply(response: Any) -> RawReply:
    """Return the raw reply in a completion, which comes from a call or from a batch file."""
    choice, usage = response.choices[0], getattr(response, "usage", None)
    into, out = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    refusal = getattr(choice.message, "refusal", None)
    cost = getattr(usage, "cost", None)  # OpenRouter reports the cost
    return RawReply(
        text=choice.message.content or refusal or "",
        finish_reason="content_filter" if refusal else choice.finish_reason,
        tokens_in=_count(usage, "prompt_tokens"),
        tokens_out=_count(usage, "completion_tokens"),
        cost_usd=float(cost) if isinstance(cost, int | float) else None,
        tokens_cached=_count(into, "cached_tokens"),
        tokens_written=_count(into, "cache_creation_tokens"),
        tokens_reasoning=_count(out, "reasoning_tokens"),
        rates=rates_seen(getattr(response, "_response_headers", None) or {}),
    )


def _count(usage: Any, name: str) -> int:
    """Return a token count, or 0 if the provider does not report it."""
    return max(0, getattr(usage, name, None) or 0)


def quiet_litellm() -> Any:
    """Import litellm without downloading its price list or printing its messages to the terminal."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    # A late import saves 3 s if every reply is in the cache.
    import litellm
    import openai.resources  # noqa: F401  # otherwise the first call would load it and block the others

    # Ctrl-C may interrupt litellm after it has prepared a call but before it makes the call. Nothing is lost.
    warnings.filterwarnings("ignore", message=r"coroutine '.*completion' was never awaited")
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
