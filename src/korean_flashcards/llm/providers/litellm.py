"""Call models through litellm.

Only this module imports litellm, and only on first use, because the import takes seconds.
"""

import asyncio
import logging
import os
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.pricing.usage import claimed_usage
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.http_errors import damaged_reply
from korean_flashcards.llm.providers.http_exchange import (
    MOST_BYTES,
    HttpExchange,
    ReplyArrived,
    recorded_exchange,
    recording_session,
)
from korean_flashcards.llm.providers.provider_errors import backend_error, rejects_format
from korean_flashcards.llm.providers.provider_keys import discard_empty_keys, keys_set
from korean_flashcards.llm.providers.rate_headers import rates_seen
from korean_flashcards.llm.providers.repeated_request import RepeatedRequest, repeated
from korean_flashcards.llm.providers.responses import outcome_of

if TYPE_CHECKING:
    from aiohttp import ClientSession

logger = logging.getLogger(__name__)

# With this variable, litellm sends "openai/NAME" through its generic HTTP code instead of OpenAI's SDK, which saves a
# millisecond per call. It is set only for the user's own servers.
LEAN_ROUTE = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"
# Local servers accept any key, but litellm's clients require one.
PLACEHOLDER_KEY = "not-needed"
_OWN_SERVER = "openai/"
FORMATS = ("json_schema", "json_object", "none")
# If this many requests in a row get a fatal error, the model is gone, even though it has replied before.
_WORDS_NOT_FOUND = 3
# litellm calls these and some compatible providers through OpenAI's SDK, which does not accept a different kind of
# client.
_OWN_SDK = ("openai", "azure", "custom_openai", "text-completion-openai")


class LiteLLMBackend:
    """A backend that calls one provider through litellm and remembers which response format the provider accepts."""

    def __init__(self) -> None:
        self._litellm = quiet_litellm()
        self._format = 0
        self._key: dict[str, str] | None = None
        self._session: ClientSession | None = None
        self._handler: Any = None
        self._replied = False
        # Whether litellm's calls use our HTTP session, or None if this is not yet known.
        self._uses_session: bool | None = None
        self._not_found: set[str] = set()
        # The template and the response format of the requests that need not be prepared by litellm, with one of them.
        self._repeated: tuple[ChatTemplate, int, RepeatedRequest] | None = None

    @property
    def response_format(self) -> str:
        """Return the strictest format that the provider has not rejected: json_schema, json_object, or none."""
        return FORMATS[self._format]

    @property
    def azure_api_version(self) -> str:
        """Return the Azure API version that litellm uses if AZURE_API_VERSION is not set."""
        return str(self._litellm.AZURE_DEFAULT_API_VERSION)

    def missing_keys(self, model: str) -> list[str]:
        """Return the unset environment variables that litellm needs for the model's provider."""
        return list(self._litellm.validate_environment(model)["missing_keys"])

    async def open(self) -> None:
        """Load litellm's code and tokenizer with a mock call, and open the HTTP session. Nothing is sent."""
        messages = [{"role": "user", "content": ""}]
        await self._litellm.acompletion("openai/warm-up", messages, mock_response="{}", api_key=PLACEHOLDER_KEY)
        self._litellm.token_counter("openai/warm-up", text="")
        self._open_session()

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Make one call. If the provider rejects the response format, repeat the call with a weaker format.

        Later calls use a weaker format only if a call with that format has succeeded.
        """
        level = self._format
        while True:
            with recorded_exchange() as exchange:
                outcome = await self._sent(template, user, level, settings, exchange)
            if isinstance(outcome, RawReply):
                self._replied = True
                self._set_format(level, template.model)
                return outcome
            if level + 1 == len(FORMATS) or not outcome.rejects_format:
                raise outcome
            level += 1

    def reports_leaving(self, model: str, settings: LLMParameters) -> bool:
        """Return whether all calls to the model are known to use our HTTP session."""
        if self._uses_session is None:
            _, provider = self.provider(model, settings.api_base)
            return self._compatible(provider)
        return self._uses_session

    async def close(self) -> None:
        """Close this loop's HTTP clients and clear litellm's client cache, because a later loop may get the same ID."""
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()
        self._repeated = None
        session, self._session, self._handler = self._session, None, None
        if session is not None:
            self._litellm.aclient_session = None
            await session.close()

    def _open_session(self) -> None:
        """Open the HTTP session that litellm uses for all calls, whichever of its clients it chooses."""
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler  # a late import, as above

        self._session = recording_session()
        self._handler = AsyncHTTPHandler(shared_session=self._session)
        self._litellm.aclient_session = self._handler.client

    async def _sent(
        self, template: ChatTemplate, user: str, level: int, settings: LLMParameters, exchange: HttpExchange
    ) -> RawReply | BackendError:
        """Return the outcome of one HTTP call, based on the raw response if one arrived."""
        translated, failure = None, None
        try:
            async with asyncio.timeout(settings.timeout):
                translated = await self._translated(template, user, level, settings, exchange)
        except TimeoutError:
            return BackendError(FailureCode.TIMEOUT, f"no reply within {settings.timeout:g} s", retry=True)
        except ReplyArrived:
            pass  # the exchange contains the reply
        except Exception as error:  # litellm raises its own errors, providers' errors, and built-in errors
            failure = error
        if exchange.redirect_loop:
            return BackendError(
                FailureCode.CONNECTION, "the server keeps redirecting the call", retry=False, fatal=not self._replied
            )
        if exchange.unreadable or (failure and (exchange.status is None or exchange.body is None)):
            self._uses_session = exchange.left or self._uses_session
            return self._without_response(failure, template.model, settings, exchange)
        self._uses_session = exchange.left
        return self._outcome(exchange, translated, template.model, user, settings)

    async def _translated(
        self, template: ChatTemplate, user: str, level: int, settings: LLMParameters, exchange: HttpExchange
    ) -> RawReply | None:
        """Send a request. Return the reply as parsed by litellm, or None if only the exchange contains the response."""
        if (known := self._repeated) is not None and known[0] is template and known[1] == level:
            assert self._session is not None
            await known[2].send(self._session, user)
            if not exchange.redirected:
                return None
            self._repeated = None  # litellm follows redirects
        arguments = self._arguments(template, user, settings) | _response_format(level, template)
        try:
            return translated_reply(await self._litellm.acompletion(**arguments))
        except ReplyArrived:
            # Only for the user's own servers, because providers' keys may expire.
            if settings.api_base is not None and template.model.startswith(_OWN_SERVER) and exchange.requests == 1:
                assert exchange.request is not None
                request = repeated(exchange.request, arguments["messages"])
                self._repeated = (template, level, request) if request is not None else None
            raise

    def _outcome(
        self, exchange: HttpExchange, translated: RawReply | None, model: str, user: str, settings: LLMParameters
    ) -> RawReply | BackendError:
        """Return the reply or the error in the response that arrived."""
        if exchange.status is None or exchange.body is None:  # litellm used a different client
            assert translated is not None
            return translated
        outcome = outcome_of(exchange.status, exchange.headers, exchange.body, translated, exchange.reply)
        if isinstance(outcome, RawReply):
            self._not_found.clear()
        elif outcome.fatal:
            if outcome.perhaps_word and self._replied:
                # The model exists, because it has replied before. Unless several requests in a row get this error, it
                # affects only this request.
                self._not_found.add(user)
                outcome.retry = True
                outcome.fatal = len(self._not_found) >= _WORDS_NOT_FOUND
            self._add_hint(outcome, model, settings)
        return outcome

    def _without_response(
        self, error: Exception | None, model: str, settings: LLMParameters, exchange: HttpExchange
    ) -> BackendError:
        """Return the error for a call that did not get a complete response."""
        if exchange.too_large:
            message = f"the response is larger than {MOST_BYTES // 2**20} MiB"
            return BackendError(FailureCode.MALFORMED, message, retry=False, possibly_paid=True)
        problem = None if error is None else self.explained(error, model, settings)
        arrived = exchange.unreadable or exchange.was_cut_off
        if problem is None or (arrived and problem.code is not FailureCode.TIMEOUT):
            problem = damaged_reply(
                exchange.unreadable or "the connection was closed before the whole response arrived"
            )
            problem.possibly_paid = True
            return problem
        problem.possibly_paid = exchange.was_cut_off
        problem.rejects_format = exchange.status is None and error is not None and rejects_format(error)
        return problem

    def bodies(self, template: ChatTemplate, settings: LLMParameters) -> tuple[str, Callable[[str], dict[str, Any]]]:
        """Return a batch's response format, and a function that returns the request body that ``send`` would use."""
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
        """Return the index of the response format, and the options under their provider-specific names."""
        while True:
            level = self._format
            try:
                return level, self._litellm.utils.get_optional_params(**options, **_response_format(level, template))
            except Exception as error:  # the same errors as in ``send``
                if not (rejects_format(error) and self.weaken_format(FORMATS[level], template.model)):
                    raise self.explained(error, template.model, settings) from None

    def provider(self, model: str, api_base: str | None) -> tuple[str, str]:
        """Return the name that the provider uses for the model, and litellm's name for the provider."""
        name, provider, *_ = self._litellm.get_llm_provider(model, api_base=api_base)
        return str(name), str(provider)

    def weaken_format(self, rejected: str, model: str) -> bool:
        """From now on, use a weaker response format than the rejected one. Return whether a weaker format exists."""
        level = FORMATS.index(rejected)
        if level + 1 == len(FORMATS):
            return False
        self._set_format(level + 1, model)
        return True

    def _set_format(self, level: int, model: str) -> None:
        """From now on, use this response format, unless a weaker one is already in use."""
        if self._format < level:
            self._format = level
            logger.info("%s does not accept a stricter response format than %s.", model, FORMATS[level])

    def access(self, model: str, settings: LLMParameters) -> dict[str, Any]:
        """Return the arguments that set the address, key, and timeout of every call and disable retries."""
        address = {} if settings.api_base is None else {"api_base": settings.api_base}
        return {"timeout": settings.timeout, "max_retries": 0, **self._key_argument(model, settings), **address}

    def explained(self, error: Exception, model: str, settings: LLMParameters) -> BackendError:
        """Convert an error to a BackendError, with a hint if a key is missing."""
        problem = backend_error(error)
        self._add_hint(problem, model, settings)
        return problem

    def _add_hint(self, problem: BackendError, model: str, settings: LLMParameters) -> None:
        """Add a hint about missing environment variables to a fatal error."""
        if problem.fatal and settings.api_base is None:
            missing = self.missing_keys(model)
            problem.hint = f"Missing environment variables: {', '.join(missing)}." if missing else ""

    def _arguments(self, template: ChatTemplate, user: str, settings: LLMParameters) -> dict[str, Any]:
        return {
            "model": template.model,
            "messages": _messages(template, user),
            "num_retries": 0,
            **self._client(template.model, settings),
            **self.access(template.model, settings),
            **_options(template),
        }

    def _client(self, model: str, settings: LLMParameters) -> dict[str, Any]:
        """Return the arguments that make litellm use our HTTP session.

        Not all of litellm's clients accept the same arguments.
        """
        _, provider = self.provider(model, settings.api_base)
        if self._compatible(provider):
            return {"shared_session": self._session}
        return {"shared_session": self._session, "client": self._handler}

    def _compatible(self, provider: str) -> bool:
        return provider in _OWN_SDK or provider in self._litellm.openai_compatible_providers

    def _key_argument(self, model: str, settings: LLMParameters) -> dict[str, str]:
        """Return a placeholder key if litellm would find no key or would send OpenAI's key to a different provider."""
        if self._key is None:
            own_server = settings.api_base is not None
            if own_server:
                os.environ.setdefault(LEAN_ROUTE, "true")
                self._make_known(model)
            _, provider = self.provider(model, settings.api_base)
            keyless = own_server and not keys_set(provider) and self.missing_keys(model)
            needed = keyless or self._would_send_openai_key(model, settings)
            self._key = {"api_key": PLACEHOLDER_KEY} if needed else {}
        return self._key

    def _would_send_openai_key(self, model: str, settings: LLMParameters) -> bool:
        """Return whether litellm would use OPENAI_API_KEY for a provider other than OpenAI.

        litellm does so for every OpenAI-compatible provider whose own key is not set. See ``_complete_custom_openai``
        in litellm.
        """
        _, provider, own_key, _ = self._litellm.get_llm_provider(model, api_base=settings.api_base)
        compatible = provider != "openai" and provider in self._litellm.openai_compatible_providers
        return compatible and not own_key and bool(os.environ.get("OPENAI_API_KEY"))

    def _make_known(self, model: str) -> None:
        """Add a user's own model to litellm's price list. Every call looks up the model, and failed lookups are slow.

        This project does not use the entry's price.
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
    """Return the system and user messages.

    For Claude, add a cache marker, because Claude caches a prompt only up to a marker. The marker
    belongs on the last block that is the same in every request (Anthropic, "Prompt caching").
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


def translated_reply(response: Any) -> RawReply:
    """Return the reply in a litellm completion. The claimed usage has not been checked yet."""
    usage = getattr(response, "usage", None)
    claims = {} if usage is None else usage.model_dump()
    choices = getattr(response, "choices", None) or []
    if not choices:
        return RawReply("", None, claimed=claimed_usage(claims))
    message = choices[0].message
    refusal = getattr(message, "refusal", None)
    return RawReply(
        text=message.content or refusal or "",
        finish_reason="content_filter" if refusal and not message.content else choices[0].finish_reason,
        claimed=claimed_usage(claims),
        rates=rates_seen(getattr(response, "_response_headers", None) or {}),
    )


@cache
def load_early() -> None:
    """Start to import litellm in a thread, once. The import takes seconds, in which the run has other work to do."""
    threading.Thread(target=_load, name="load-litellm", daemon=True).start()


def _load() -> None:
    with suppress(Exception):  # the first call imports it again and reports the error
        quiet_litellm().token_counter("openai/warm-up", text="")  # loads the tokenizer, too


def quiet_litellm() -> Any:
    """Import litellm without downloading its price list or printing its messages to the terminal."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    discard_empty_keys()
    # A late import saves 3 s if every reply is in the cache.
    import litellm
    import openai.resources  # noqa: F401  # otherwise, the first call would load it and block the others

    # Ctrl-C may interrupt litellm after it has prepared a call but before it makes the call. No reply is lost.
    warnings.filterwarnings("ignore", message=r"coroutine '.*completion' was never awaited")
    # litellm copies a response's unexpected values into its own Pydantic models, which warn about each value.
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings")
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
