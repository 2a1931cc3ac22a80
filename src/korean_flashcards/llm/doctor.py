"""Check whether a model can be called: check its price, key, and address, then make one tiny call. No key is shown."""

import http.client
import json
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
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.dispatch.booked_usage import booked
from korean_flashcards.llm.dispatch.routes import Route, route_to
from korean_flashcards.llm.dispatch.run_sync import run_sync
from korean_flashcards.llm.pricing.price_list import did_you_mean
from korean_flashcards.llm.pricing.prices import Price, price_of
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.endpoints import Endpoint, sent_key, shown_address, unencrypted_key
from korean_flashcards.llm.providers.error_text import plain_message
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.model_access import check_provider, missing_keys
from korean_flashcards.llm.providers.provider_keys import keys_set
from korean_flashcards.stages.ports import Budgets, RateLimits

# The smallest useful request. Its reply is long enough to measure the speed, unlike a one-word reply. Reasoning models
# use some tokens before they start to reply.
_SYSTEM = f'Answer with this JSON and nothing else: {{"answer": "{" ".join(map(str, range(1, 26)))}"}}'
_USER = json.dumps({"term": "ping"})
_SCHEMA = {
    "type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
    "additionalProperties": False,
}  # fmt: skip
_LONGEST_REPLY = 128  # tokens
_ADDRESS_PATIENCE = 5.0  # seconds
_PER_MILLION = 1_000_000


class DoctorCheck(NamedTuple):
    """The result of one check made by ``kedro llm doctor``. ``todo``: what to do if the check failed."""

    name: str
    ok: bool
    said: str
    todo: str = ""


def checks(
    stage: Stage,
    endpoint: Endpoint,
    settings: LLMParameters,
    budgets: Budgets,
    rate_limits: RateLimits,
    in_file: Collection[str],
    offline: bool,
    limited: bool = False,
) -> Iterator[DoctorCheck]:
    """Check one of a stage's models, and yield each result immediately. If a check fails, no call is made.

    Args:
        stage: The stage that uses the model.
        endpoint: The model and its address.
        settings: The stage's parameters.
        budgets: The budgets that the call counts toward.
        rate_limits: The store for the rate limits found in the response.
        in_file: The names of the environment variables set in conf/local/credentials.yml.
        offline: Whether to avoid using the network.
        limited: Whether calls currently have to wait for a known rate limit.
    """
    model, settings = endpoint.model, settings.model_copy(update={"api_base": endpoint.api_base})
    if model.startswith(OFFLINE_PREFIX):
        yield DoctorCheck("model", True, f"{model}, the offline model: it is free and needs no key or network")
        return
    try:
        check_provider(endpoint)
    except SettingsError as error:
        yield DoctorCheck("model", False, str(error))
        return
    key = sent_key(endpoint)
    yield DoctorCheck("model", True, f"{model}, called at {endpoint.place}{f' (sends {key})' if key else ''}")
    tried = [_price(stage, model, settings), _key(endpoint, in_file)]
    yield from tried
    if offline or limited:
        yield DoctorCheck("call", True, "not tried (--offline)" if offline else "not tried, because of the rate limit")
        return
    if settings.api_base is not None:
        tried.append(_address(settings.api_base))
        yield tried[-1]
    if all(check.ok for check in tried):
        yield from _call(stage, endpoint, settings, budgets, rate_limits, LiteLLMBackend())
    else:
        yield DoctorCheck("call", False, "not tried", "fix the problems above first")


def _price(stage: Stage, model: str, settings: LLMParameters) -> DoctorCheck:
    price = price_of(model, settings.prices)
    if price is not None:
        return DoctorCheck("price", True, _price_text(price, settings))
    if settings.price == "unknown_ok":
        limited = any(
            limit.covers(stage, model) and (limit.tokens, limit.requests) != (None, None)
            for limit in settings.budget.limits()
        )
        applies = "only budgets in tokens and requests apply"
        if not limited:
            applies = "no budget applies, because no budget in tokens or requests is set"
        return DoctorCheck("price", True, f"unknown, but allowed (llm.price=unknown_ok): {applies}")
    suggestion = did_you_mean(model)
    todo = "set it in llm.prices (parameters_llm.yml), or use --params llm.price=unknown_ok"
    return DoctorCheck(
        "price",
        False,
        f"unknown.{suggestion} {model} is neither in litellm's price list nor in llm.prices",
        f"correct the model name, or {todo.replace('set it', 'set the price')}" if suggestion else todo,
    )


def _price_text(price: Price, settings: LLMParameters) -> str:
    longest = settings.max_tokens or price.longest_reply
    usd = f"USD {price.input * _PER_MILLION:g} in, {price.output * _PER_MILLION:g} out per million tokens ({price.source})"
    return usd + (f"; maximum reply length: {counted(longest, 'token')}" if longest else "")


def _key(endpoint: Endpoint, in_file: Collection[str]) -> DoctorCheck:
    """Check whether the provider's key is set. Only the variable's name is shown, never its value."""
    found = keys_set(endpoint.provider)
    if found:
        where = " (conf/local/credentials.yml contains it)" if found[0] in in_file else ""
        warning = unencrypted_key(endpoint)
        return DoctorCheck("key", True, f"{found[0]} is set{where}" + (f". Warning: {warning}" if warning else ""))
    missing = missing_keys(endpoint)
    if missing:
        todo = f"export {missing[0]}=…, or add it to conf/local/credentials.yml (docs/explanation/models.md)"
        return DoctorCheck("key", False, f"unset or empty: {', '.join(missing)}", todo)
    if endpoint.api_base is not None:
        return DoctorCheck("key", True, "not set. Your own server receives a placeholder key")
    return DoctorCheck("key", True, f"no missing key variables for {endpoint.provider}")


def _address(api_base: str) -> DoctorCheck:
    """Check whether a server at the address responds at all. No key is sent."""
    shown = shown_address(api_base)
    try:
        with urllib.request.urlopen(api_base, timeout=_ADDRESS_PATIENCE):
            pass
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError, http.client.HTTPException) as error:
        todo = "check llm.api_base, the network, and whether the server is running"
        return DoctorCheck("address", False, f"{shown} cannot be reached: {plain_message(error)}", todo)
    return DoctorCheck("address", True, f"a server responds at {shown}")


def _call(
    stage: Stage,
    endpoint: Endpoint,
    settings: LLMParameters,
    budgets: Budgets,
    rate_limits: RateLimits,
    backend: LiteLLMBackend,
) -> Iterator[DoctorCheck]:
    template = ChatTemplate(
        stage=stage, model=endpoint.model, system=_SYSTEM, schema=_SCHEMA, temperature=settings.temperature,
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
        todo = "raise the budget in llm.budget, or try again later"
        yield DoctorCheck("call", False, f"not tried: {result.refused} does not allow this call", todo)
        return
    budgets.sent(reservation.reservation)
    sent_at, started = time.time(), time.perf_counter()
    outcome = run_sync(lambda: _answer(backend, template, settings), lambda: None)
    latency = time.perf_counter() - started
    budgets.record([_record(route, request, outcome, sent_at, latency, reservation.reservation)])
    if isinstance(outcome, BackendError):
        yield DoctorCheck("call", False, f"{outcome.code}: {str(outcome).rstrip('.')}", _advice(outcome))
        return
    yield DoctorCheck("call", True, f"{latency:.2f} s, {_usage_text(outcome, route.usd(outcome))}")
    if outcome.rates:
        rate_limits.seen(endpoint.key, outcome.rates)
    yield DoctorCheck("rates", True, _rates_text(outcome.rates))
    yield DoctorCheck("format", True, _FORMATS[backend.response_format])


def _advice(problem: BackendError) -> str:
    """Return advice about a failed call."""
    advice = KINDS[problem.code].advice
    return f"{advice}. {problem.hint.rstrip('.')}" if problem.hint else advice


async def _answer(backend: LiteLLMBackend, template: ChatTemplate, settings: LLMParameters) -> RawReply | BackendError:
    """Make the call and return its reply or its error."""
    try:
        await backend.open()
        raw = await backend.send(template, _USER, settings)
        return booked(raw, template, _USER, price_of(template.model, settings.prices), batch=False)
    except BackendError as error:
        return error
    finally:
        await backend.close()


def _record(
    route: Route, request: Request, outcome: RawReply | BackendError, sent_at: float, latency: float, reservation: str
) -> Call:
    failed = outcome if isinstance(outcome, BackendError) else None
    reply = outcome if isinstance(outcome, RawReply) else RawReply("", None, cost_usd=0.0)
    return Call(
        at=sent_at, stage=route.template.stage, term=request.term, model=route.model, provider=provider_of(route.model),
        prompt_version=route.template.prompt_version, key=request.key, kind="probe", attempt=1,
        outcome=str(failed.code) if failed else "ok", message=str(failed) if failed else None,
        tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, tokens_cached=reply.tokens_cached,
        tokens_reasoning=reply.tokens_reasoning, usd=route.usd(reply), latency_s=round(latency, 3), queue_s=0.0,
        reservation=reservation, booked=reply.booked,
    )  # fmt: skip


def _usage_text(reply: RawReply, usd: float | None) -> str:
    paid = "price unknown" if usd is None else f"USD {usd_number(usd, 6)}"
    return f"{counted(reply.tokens_in, 'token')} in, {reply.tokens_out:,} out, {paid}"


def _rates_text(rates: RatesSeen | None) -> str:
    if rates is None:
        return (
            "the provider's headers contain no rate limits; set llm.rates, or they will be learned from rejected calls"
        )
    limits = [counted(limit, what) for limit, what in ((rates.requests, "request"), (rates.tokens, "token")) if limit]
    return f"{' and '.join(limits)} per minute, from the provider's headers"


_FORMATS = {
    "json_schema": "json_schema: replies must follow the schema",
    "json_object": "json_object: the provider rejects json_schema, so a reply may be any valid JSON",
    "none": "none: the provider rejects response formats, so replies are plain text",
}
