"""Every model that litellm speaks to. The only module that imports litellm, which takes seconds: on first use."""

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

# litellm's switch that sends "openai/NAME" through the HTTP code of its other providers instead of OpenAI's SDK, which
# needs a millisecond more for each call. Set for servers of the user's own; OpenAI itself gets the SDK.
LEAN_ROUTE = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"
# Local servers take any key, but litellm's clients insist on having one.
PLACEHOLDER_KEY = "not-needed"
FORMATS = ("json_schema", "json_object", "none")


class LiteLLMBackend:
    """One provider through litellm; remembers which response format the provider takes."""

    def __init__(self) -> None:
        self._litellm = quiet_litellm()
        self._format = 0
        self._key: dict[str, str] | None = None

    @property
    def response_format(self) -> str:
        """The strongest response format that the provider has not rejected so far: json_schema, json_object or none."""
        return FORMATS[self._format]

    @property
    def azure_api_version(self) -> str:
        """The version of Azure's API that litellm uses where AZURE_API_VERSION is not set."""
        return str(self._litellm.AZURE_DEFAULT_API_VERSION)

    def missing_keys(self, model: str) -> list[str]:
        """Names of the environment variables that litellm would read the provider's key from and that are not set."""
        return list(self._litellm.validate_environment(model)["missing_keys"])

    async def open(self) -> None:
        """Make one call that litellm itself replies to, and load its tokenizer: no request leaves."""
        messages = [{"role": "user", "content": ""}]
        await self._litellm.acompletion("openai/warm-up", messages, mock_response="{}", api_key=PLACEHOLDER_KEY)
        self._litellm.token_counter("openai/warm-up", text="")

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """One accepted call; a response format the provider rejects is replaced on the spot by a weaker one."""
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
            except Exception as error:  # litellm raises its own, its providers' and plain Python's errors
                if self.weaken_format(error, FORMATS[level], template.model):
                    continue
                # Not "from error": the provider's own words may hold the key, and tracebacks show what an error came from.
                raise self.explained(error, template.model, settings) from None
            return raw_reply(response)

    async def close(self) -> None:
        """Close litellm's HTTP clients of this loop and forget them: a later loop may get the same id."""
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    def bodies(self, template: ChatTemplate, settings: LLMParameters) -> tuple[str, Callable[[str], dict[str, Any]]]:
        """Return what ``send`` would send, for a batch: the response format, and what makes the body of a request."""
        name, provider = self.provider(template.model, settings.api_base)
        options = _options(template)
        extra = options.pop("extra_body", {})
        level, mapped = self._mapped(template, settings, {"model": name, "custom_llm_provider": provider} | options)
        # litellm's own switches are no part of a body.
        standing = {key: value for key, value in mapped.items() if key not in ("stream", "extra_body")}
        standing = {"model": name} | standing | extra
        return FORMATS[level], lambda user: standing | {"messages": _messages(template, user)}

    def _mapped(
        self, template: ChatTemplate, settings: LLMParameters, options: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """The options under the names that the provider has for them, and the response format that is among them."""
        while True:
            level = self._format
            try:
                return level, self._litellm.utils.get_optional_params(**options, **_response_format(level, template))
            except Exception as error:  # as above
                if not self.weaken_format(error, FORMATS[level], template.model):
                    raise self.explained(error, template.model, settings) from None

    def completion(self, body: dict[str, Any]) -> Any:
        """The body of a response as the object that a call returns."""
        return self._litellm.ModelResponse(**body)

    def provider(self, model: str, api_base: str | None) -> tuple[str, str]:
        """The model's name as its provider knows it, and litellm's name of the provider."""
        name, provider, *_ = self._litellm.get_llm_provider(model, api_base=api_base)
        return str(name), str(provider)

    def weaken_format(self, error: Exception, rejected: str, model: str) -> bool:
        """Use a weaker response format from now on, if it is this one that the error is about; whether it was."""
        level = FORMATS.index(rejected)
        if level + 1 == len(FORMATS) or not rejects_format(error):
            return False
        if self._format <= level:
            self._format = level + 1
            logger.info("%s takes no response format %s; trying %s.", model, *FORMATS[level : level + 2])
        return True

    def access(self, model: str, settings: LLMParameters) -> dict[str, Any]:
        """What every call needs to get there, and no more than once."""
        address = {} if settings.api_base is None else {"api_base": settings.api_base}
        return {"timeout": settings.timeout, "max_retries": 0, **self._key_argument(model, settings), **address}

    def explained(self, error: Exception, model: str, settings: LLMParameters) -> BackendError:
        """What the error means, with a hint where a key is missing."""
        problem = backend_error(error)
        if problem.fatal and settings.api_base is None:
            missing = self.missing_keys(model)
            problem.hint = f"Not set in the environment: {', '.join(missing)}." if missing else ""
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
        """Return a placeholder where litellm would find no key, or would send OpenAI's key to a different provider."""
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

        It does so for every OpenAI-compatible provider whose own key is not set: ``_complete_custom_openai``.
        """
        _, provider, own_key, _ = self._litellm.get_llm_provider(model, api_base=settings.api_base)
        compatible = provider != "openai" and provider in self._litellm.openai_compatible_providers
        return compatible and not own_key and bool(os.environ.get("OPENAI_API_KEY"))

    def _make_known(self, model: str) -> None:
        """Enter a model of the user's own into litellm's list, where every call looks for its price, and searches long.

        What a call costs is not taken from there.
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
    """The two messages; Claude caches a prompt only up to a mark, and a mark is no part of what is said.

    Anthropic, "Prompt caching": the mark stands on the last block that is the same for every request.
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
    """A completion, as litellm or a batch's file has it."""
    choice, usage = response.choices[0], getattr(response, "usage", None)
    into, out = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    refusal = getattr(choice.message, "refusal", None)
    cost = getattr(usage, "cost", None)  # OpenRouter says what it charges
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
    """A number of tokens, 0 where the provider does not say it."""
    return max(0, getattr(usage, name, None) or 0)


def quiet_litellm() -> Any:
    """Import litellm so that it neither goes to the network for prices nor prints advice of its own."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    # Saves 3 s: runs that find every reply in the cache never need it.
    import litellm
    import openai.resources  # noqa: F401  # litellm's first call would load it, and hold up all others meanwhile

    # Ctrl-C can come between litellm's preparing a call and making it; nothing is lost by that.
    warnings.filterwarnings("ignore", message=r"coroutine '.*completion' was never awaited")
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
