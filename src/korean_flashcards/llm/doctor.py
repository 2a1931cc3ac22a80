"""Whether a model can be called: its price, its key, its address, and one tiny call. No check shows a key."""

import http.client
import json
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

from korean_flashcards.domain.calls import OFFLINE_PREFIX, Call, RatesSeen, provider_of
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.dispatch.routes import Route, route_to
from korean_flashcards.llm.dispatch.run_sync import run_sync
from korean_flashcards.llm.pricing.price_list import entry_of
from korean_flashcards.llm.pricing.prices import Price, price_of
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.error_text import plain_message
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.secrets import redacted
from korean_flashcards.stages.ports import Budgets, RateLimits

# A request as small as they get; models that reason need some tokens before they begin to answer.
_SYSTEM = 'Answer with this JSON and nothing else: {"answer": "pong"}'
_USER = json.dumps({"term": "ping"})
_SCHEMA = {
    "type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
    "additionalProperties": False,
}  # fmt: skip
_LONGEST_REPLY = 64  # tokens
_PATIENCE = 30.0  # seconds for the call
_ADDRESS_PATIENCE = 5.0  # seconds
_PER_MILLION = 1_000_000


class DoctorCheck(NamedTuple):
    """One line of the doctor: ``todo`` says what to do where it is not ok."""

    name: str
    ok: bool
    said: str
    todo: str = ""


def checks(
    stage: Stage,
    model: str,
    settings: LLMParameters,
    budgets: Budgets,
    rate_limits: RateLimits,
    in_file: Collection[str],
    offline: bool,
) -> Iterator[DoctorCheck]:
    """Check one model of a stage, each thing as soon as it is known; what cannot work any more is not tried.

    ``settings`` are those of the stage. ``in_file``: the variables that conf/local/credentials.yml names. ``offline``: no
    call is made and no address is tried.
    """
    if model.startswith(OFFLINE_PREFIX):
        yield DoctorCheck(
            "model", True, f"{model}, the embedded model: it needs no key and no network, and costs nothing"
        )
        return
    yield DoctorCheck("model", True, f"{model}, called at {settings.api_base or _provider(model)}")
    backend = LiteLLMBackend()
    key = _key(backend, model, settings, in_file)
    tried = [_price(model, settings), key]
    yield from tried
    if offline:
        yield DoctorCheck("call", True, "not tried (--offline)")
        return
    if settings.api_base is not None:
        tried.append(_address(settings.api_base))
        yield tried[-1]
    if all(check.ok for check in tried):
        yield from _call(stage, model, settings, budgets, rate_limits, backend)
    else:
        yield DoctorCheck("call", False, "not tried", "mend what stands above first")


def _price(model: str, settings: LLMParameters) -> DoctorCheck:
    price = price_of(model, settings.prices)
    if price is not None:
        return DoctorCheck("price", True, _price_text(price, settings))
    if settings.price == "unknown_ok":
        return DoctorCheck("price", True, "not known, and called all the same (llm.price): only budgets in tokens hold")
    todo = "name it in llm.prices (parameters_llm.yml), or --params llm.price=unknown_ok"
    return DoctorCheck("price", False, f"neither litellm's list nor llm.prices has one for {model}", todo)


def _price_text(price: Price, settings: LLMParameters) -> str:
    longest = settings.max_tokens or price.longest_reply
    usd = f"USD {price.input * _PER_MILLION:g} in, {price.output * _PER_MILLION:g} out for a million tokens ({price.source})"
    return usd + (f"; a reply has at most {longest:,} tokens" if longest else "")


def _key(backend: LiteLLMBackend, model: str, settings: LLMParameters, in_file: Collection[str]) -> DoctorCheck:
    """Whether the provider's key is there, by the names of variables alone."""
    usual = f"{_provider(model)}_API_KEY".upper()
    if usual in os.environ:
        return DoctorCheck(
            "key", True, f"{usual} is set" + (" (conf/local/credentials.yml names it)" if usual in in_file else "")
        )
    missing = backend.missing_keys(model)
    if not missing:
        return DoctorCheck("key", True, "everything that litellm wants for this provider is set")
    if settings.api_base is not None:
        return DoctorCheck("key", True, f"{', '.join(missing)} is not set: a server of your own gets a placeholder")
    todo = f"export {missing[0]}=…, or write it into conf/local/credentials.yml (docs/models.md)"
    return DoctorCheck("key", False, f"not set: {', '.join(missing)}", todo)


def _address(api_base: str) -> DoctorCheck:
    """Whether anything answers at the address, whatever it says; no key is sent."""
    shown = redacted(api_base)
    try:
        with urllib.request.urlopen(api_base, timeout=_ADDRESS_PATIENCE):
            pass
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError, http.client.HTTPException) as error:
        todo = "check llm.api_base, the network, and whether the server runs"
        return DoctorCheck("address", False, f"{shown} cannot be reached: {plain_message(error)}", todo)
    return DoctorCheck("address", True, f"{shown} answers")


def _call(
    stage: Stage,
    model: str,
    settings: LLMParameters,
    budgets: Budgets,
    rate_limits: RateLimits,
    backend: LiteLLMBackend,
) -> Iterator[DoctorCheck]:
    template = ChatTemplate(
        stage=stage, model=model, system=_SYSTEM, schema=_SCHEMA, temperature=settings.temperature,
        max_tokens=_LONGEST_REPLY, seed=settings.seed, reasoning_effort=settings.reasoning_effort,
        extra_body=settings.extra_body,
    )  # fmt: skip
    try:
        route = route_to(template, settings, backend)
    except SettingsError as error:
        yield DoctorCheck("call", False, "not tried", str(error))
        return
    request = Request(template.key(_USER), _USER, str)
    reservation = replace(route.reservation_request(request, template, _USER), reservation=secrets.token_hex(8))
    result = budgets.reserve([reservation], settings.budget)
    if not result.granted:
        yield DoctorCheck("call", False, f"not tried: {result.refused} does not allow it", "raise the budget, or wait")
        return
    quick = settings.model_copy(update={"timeout": min(settings.timeout, _PATIENCE)})
    sent_at, started = time.time(), time.perf_counter()
    outcome = run_sync(lambda: _answer(backend, template, quick), lambda: None)
    latency = time.perf_counter() - started
    budgets.record([_record(route, request, outcome, sent_at, latency, reservation.reservation)])
    if isinstance(outcome, BackendError):
        yield DoctorCheck(
            "call", False, f"{outcome.code}: {outcome}", f"{KINDS[outcome.code].advice} {outcome.hint}".strip()
        )
        return
    usd = route.usd(outcome)
    paid = "price not known" if usd is None else f"USD {usd:.6f}"
    yield DoctorCheck(
        "call", True, f"{latency:.2f} s, {outcome.tokens_in} tokens in and {outcome.tokens_out} out, {paid}"
    )
    if outcome.rates:
        rate_limits.seen(model, outcome.rates)
    yield DoctorCheck("rates", True, _rates_text(outcome.rates))
    yield DoctorCheck("format", True, _FORMATS[backend.response_format])


async def _answer(backend: LiteLLMBackend, template: ChatTemplate, settings: LLMParameters) -> RawReply | BackendError:
    try:
        await backend.open()
        return await backend.send(template, _USER, settings)
    except BackendError as error:
        return error
    finally:
        await backend.close()


def _record(
    route: Route, request: Request, outcome: RawReply | BackendError, sent_at: float, latency: float, reservation: str
) -> Call:
    failed = outcome if isinstance(outcome, BackendError) else None
    reply = outcome if isinstance(outcome, RawReply) else RawReply("", None, 0, 0, 0.0)
    return Call(
        at=sent_at, stage=route.template.stage, term=request.term, model=route.model, provider=provider_of(route.model),
        prompt_version=route.template.prompt_version, key=request.key, kind="probe", attempt=1,
        outcome=str(failed.code) if failed else "ok", message=str(failed) if failed else None,
        tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, tokens_cached=reply.tokens_cached,
        tokens_reasoning=reply.tokens_reasoning, usd=route.usd(reply), latency_s=round(latency, 3), queue_s=0.0,
        reservation=reservation,
    )  # fmt: skip


def _rates_text(rates: RatesSeen | None) -> str:
    if rates is None:
        return "the provider says nothing of its limits in its headers; llm.rates sets them, else refusals teach them"
    limits = [f"{limit:,} {what}" for limit, what in ((rates.requests, "requests"), (rates.tokens, "tokens")) if limit]
    return f"{' and '.join(limits)} a minute, by the provider's headers"


def _provider(model: str) -> str:
    """The provider as litellm names it, also of a bare name ("gpt-5")."""
    if "/" in model:
        return provider_of(model)
    entry = entry_of(model)
    return entry["provider"] if entry else "its provider"


_FORMATS = {
    "json_schema": "json_schema: replies are held to the record's schema",
    "json_object": "json_object: the provider rejects json_schema, replies are JSON of any kind",
    "none": "none: the provider rejects response formats, replies are plain text that the parser reads",
}
