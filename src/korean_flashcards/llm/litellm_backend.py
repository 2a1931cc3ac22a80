"""Every model that litellm speaks to. The only module that imports litellm, which takes seconds: on first use."""

import asyncio
import gc
import logging
import os
import warnings
from typing import Any

from korean_flashcards.chat import ChatTemplate
from korean_flashcards.contracts import FailureCode
from korean_flashcards.llm.backend import BackendError, RawReply
from korean_flashcards.llm.provider_errors import backend_error, rejects_format
from korean_flashcards.parameters import LLMParameters

logger = logging.getLogger(__name__)

# litellm's switch that sends "openai/NAME" through the HTTP code of its other providers instead of OpenAI's SDK, which
# needs a millisecond more for each call. Set for servers of the user's own; OpenAI itself gets the SDK.
LEAN_ROUTE = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"
# Local servers take any key, but litellm's clients insist on having one.
PLACEHOLDER_KEY = "not-needed"
_FORMATS = ("json_schema", "json_object", "none")


class LiteLLMBackend:
    """One provider through litellm; remembers which response format the provider takes."""

    def __init__(self) -> None:
        self._litellm = _quiet_litellm()
        self._format = 0
        self._key: dict[str, str] | None = None

    async def open(self) -> None:
        """Go once through litellm's own way of a call, answered by itself: no request leaves."""
        messages = [{"role": "user", "content": ""}]
        await self._litellm.acompletion("openai/warm-up", messages, mock_response="{}", api_key=PLACEHOLDER_KEY)

    async def ask(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
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
                if level + 1 < len(_FORMATS) and rejects_format(error):
                    self._weaken_format(level, template.model)
                    continue
                raise self._explained(error, template.model, settings) from error
            return _raw_reply(response, self._is_free(template.model))

    async def close(self) -> None:
        """Close litellm's HTTP clients of this loop and forget them: a later loop may get the same id."""
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    def _arguments(self, template: ChatTemplate, user: str, settings: LLMParameters) -> dict[str, Any]:
        optional = {
            "temperature": template.temperature,
            "max_tokens": template.max_tokens,
            "api_base": settings.api_base,
        }
        return {
            "model": template.model,
            "messages": template.messages(user),
            "timeout": settings.timeout,
            "max_retries": 0,
            "num_retries": 0,
            **self._for_own_server(template.model, settings),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _for_own_server(self, model: str, settings: LLMParameters) -> dict[str, str]:
        """What a server at ``api_base`` needs: the lean route, and a key where the environment has none."""
        if settings.api_base is None:
            return {}
        if self._key is None:
            os.environ.setdefault(LEAN_ROUTE, "true")
            self._key = {"api_key": PLACEHOLDER_KEY} if self._missing_keys(model) else {}
        return self._key

    def _missing_keys(self, model: str) -> list[str]:
        """Names of the environment variables that litellm would read the provider's key from and that are not set."""
        return list(self._litellm.validate_environment(model)["missing_keys"])

    def _is_free(self, model: str) -> bool:
        prices = self._litellm.model_cost
        listed = prices.get(model) or prices.get(model.partition("/")[2]) or {}
        return listed.get("input_cost_per_token") == 0 and listed.get("output_cost_per_token") == 0

    def _weaken_format(self, rejected: int, model: str) -> None:
        if self._format == rejected:
            self._format = rejected + 1
            logger.info("%s takes no response format %s; trying %s.", model, *_FORMATS[rejected : rejected + 2])

    def _explained(self, error: Exception, model: str, settings: LLMParameters) -> BackendError:
        problem = backend_error(error)
        if problem.fatal and settings.api_base is None:
            missing = self._missing_keys(model)
            problem.hint = f"Not set in the environment: {', '.join(missing)}." if missing else ""
        return problem


def _response_format(level: int, template: ChatTemplate) -> dict[str, Any]:
    name = _FORMATS[level]
    if name == "none":
        return {}
    return {"response_format": template.response_format if name == "json_schema" else {"type": name}}


def _raw_reply(response: Any, free: bool) -> RawReply:
    """``free``: the price list says that the model costs nothing; litellm's 0.0 also stands for "no price known"."""
    choice = response.choices[0]
    usage = getattr(response, "usage", None)
    refusal = getattr(choice.message, "refusal", None)
    return RawReply(
        text=choice.message.content or refusal or "",
        finish_reason="content_filter" if refusal else choice.finish_reason,
        tokens_in=getattr(usage, "prompt_tokens", 0) or 0,
        tokens_out=getattr(usage, "completion_tokens", 0) or 0,
        cost_usd=response._hidden_params.get("response_cost") or (0.0 if free else None),
    )


def _quiet_litellm() -> Any:
    """Import litellm so that it neither goes to the network for prices nor prints advice of its own."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm
    import openai.resources  # noqa: F401  # litellm's first call would load it, and hold up all others meanwhile

    # litellm's objects live as long as the process: a full collection that visits them stops all calls for a moment.
    gc.freeze()
    # Ctrl-C can come between litellm's preparing a call and making it; nothing is lost by that.
    warnings.filterwarnings("ignore", message=r"coroutine '.*completion' was never awaited")
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
