"""List the models that a run may call, with their addresses and any warnings about sending keys or words to them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.parameters import LLMParameters, PartBudget
from korean_flashcards.domain.records import Stage
from korean_flashcards.llm.pricing.prices import price_of
from korean_flashcards.llm.providers.endpoints import Endpoint, endpoints_of, exposed_host, sent_key, unencrypted_key
from korean_flashcards.llm.providers.model_access import check_provider, how_to_set, missing_keys, missing_text

_PER_MILLION = 1_000_000
_NAME_AN_ADDRESS = "To call it elsewhere, or to confirm the provider's address permanently, set its address: {}."


@dataclass(frozen=True, slots=True)
class PlannedModel:
    """A model that a run may call, with its address.

    Attributes:
        address: The model's address without credentials, or its provider's name.
        fallback: Whether the model is called only while the stage's own model is unavailable.
        stages: The stages that may call the model.
        priced: Whether the model's price is known.
        missing_key: A message about the API key variables to set, or None if none are missing.
        key: The name of the environment variable whose value is sent with the calls, or None if no key is set.
        usd_per_million: The price of a million prompt tokens and a million reply tokens in USD, or None if it is unknown.
    """

    model: str
    address: str
    fallback: bool
    stages: tuple[Stage, ...]
    priced: bool
    missing_key: str | None
    key: str | None = None
    usd_per_million: tuple[float, float] | None = None


def planned_models(stages: Iterable[Stage], settings: LLMParameters) -> list[PlannedModel]:
    """Return the stages' models and fallbacks, without duplicate endpoints and without the offline model.

    Raises:
        SettingsError: A model's provider is unknown.
    """
    callers: dict[Endpoint, list[Stage]] = {}
    own = set()
    for stage in stages:
        for number, endpoint in enumerate(endpoints_of(settings.of(stage))):
            if not endpoint.model.startswith(OFFLINE_PREFIX):
                callers.setdefault(endpoint, []).append(stage)
                own |= set() if number else {endpoint}
    return [_planned(endpoint, endpoint not in own, found, settings) for endpoint, found in callers.items()]


def unencrypted_keys(stages: Iterable[Stage], settings: LLMParameters) -> list[str]:
    """Return a warning for each host to which a key would be sent unencrypted."""
    found: dict[str, str] = {}
    for stage in stages:
        for endpoint in endpoints_of(settings.of(stage)):
            if warning := unencrypted_key(endpoint):
                found.setdefault(str(exposed_host(endpoint.address or "")), warning)
    return list(found.values())


def provider_calls(stages: Sequence[Stage], settings: LLMParameters) -> list[str]:
    """Return a warning for each model without a custom address if a different model has one.

    Such a model is called at its provider's address. In older versions, ``llm.api_base`` applied to all models.
    """
    return list(dict.fromkeys(sentence for stage in stages for sentence in _provider_calls(stage, settings)))


def limits_any_call(limit: PartBudget, settings: LLMParameters) -> bool:
    """Return whether the budget's model is a model or a fallback of any of the budget's stages.

    The judge counts even if it is turned off.
    """
    return limit.model is None or any(
        limit.covers(stage, endpoint.model)
        for stage in get_args(Stage)
        for endpoint in endpoints_of(settings.of(stage))
    )


def _provider_calls(stage: Stage, settings: LLMParameters) -> Iterator[str]:
    own = settings.of(stage)
    if own.mode == "calls":
        name = "llm.api_base" if settings.api_base else f"llm.stages.{stage}.api_base" if own.api_base else None
        for fallback in endpoints_of(own)[1:]:
            if name and fallback.api_base is None and not fallback.model.startswith(OFFLINE_PREFIX):
                owner = name.replace("api_base", "model")
                example = f"llm.fallbacks: [{{model: {fallback.model}, api_base: …}}]"
                yield (
                    f"{name} applies only to {owner}. The fallback {fallback.model} has no api_base, so it would be "
                    f"called at {fallback.place}. {_NAME_AN_ADDRESS.format(example)}"
                )
    model = Endpoint(own.model, own.api_base)
    moved = own.api_base is None and settings.api_base and model.provider == Endpoint(settings.model).provider
    if moved and own.model != settings.model:
        example = f"llm.stages.{stage}.api_base"
        yield (
            f"llm.api_base applies only to llm.model. The model {own.model} for the {stage} stage has no api_base, so "
            f"it would be called at {model.place}. {_NAME_AN_ADDRESS.format(example)}"
        )


def _planned(endpoint: Endpoint, fallback: bool, stages: Iterable[Stage], settings: LLMParameters) -> PlannedModel:
    check_provider(endpoint)
    missing = missing_keys(endpoint)
    said = f"{missing_text(endpoint, missing)} {how_to_set(missing)}" if missing else None
    price = price_of(endpoint.model, settings.prices)
    usd = None if price is None else (price.input * _PER_MILLION, price.output * _PER_MILLION)
    return PlannedModel(
        endpoint.model, endpoint.place, fallback, tuple(stages), price is not None, said, sent_key(endpoint), usd
    )
