"""Check before the first call that litellm recognizes each model's provider and that the model's key is set."""

from collections.abc import Iterable
from contextlib import suppress

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import ModelUnavailableError, SettingsError
from korean_flashcards.domain.web_address import address_problem
from korean_flashcards.llm.pricing.price_list import did_you_mean, entry_of
from korean_flashcards.llm.providers.endpoints import Endpoint
from korean_flashcards.llm.providers.litellm import quiet_litellm
from korean_flashcards.llm.providers.provider_keys import KEY_VARIABLES, keys_set

# Cloud providers may get credentials from the machine itself, so only these variables are definitely needed.
_KEY_ENDINGS = ("_API_KEY", "_API_TOKEN")


def check_access(endpoints: Iterable[Endpoint]) -> None:
    """Check, without making a call, that all endpoints appear to be callable.

    Raises:
        SettingsError: A model's provider is unknown.
        ModelUnavailableError: A model's key is not set.
    """
    for endpoint in endpoints:
        check_provider(endpoint)
        if missing := missing_keys(endpoint):
            raise ModelUnavailableError(f"{missing_text(endpoint, missing)} Nothing was sent. {how_to_set(missing)}")


def check_provider(endpoint: Endpoint) -> None:
    """Check that the model's provider can be determined from its name, and that its address is a web address.

    Raises:
        SettingsError: The provider is unknown, or an environment variable contains an invalid address.
    """
    model = endpoint.model
    if endpoint.address and (problem := address_problem(endpoint.address)):
        raise SettingsError(f"{' or '.join(endpoint.address_variables)}: {problem}. Nothing was sent.")
    if model.startswith(OFFLINE_PREFIX) or _is_common(model):
        return
    if model.rpartition("/")[2]:
        # litellm raises several kinds of errors, which all mean the same thing.
        with suppress(Exception):
            quiet_litellm().get_llm_provider(model, api_base=endpoint.api_base)
            return
    raise SettingsError(
        f"There is no model named {model!r}: litellm does not recognize its provider. Nothing was sent."
        f"{did_you_mean(model)} Set llm.model to PROVIDER/NAME, such as openai/gpt-4o-mini. To call your own server, use "
        "openai/NAME and llm.api_base."
    )


def missing_keys(endpoint: Endpoint) -> list[str]:
    """Return the key variables that the endpoint needs but that are unset or empty.

    A model at the user's own address needs no key.
    """
    if endpoint.model.startswith(OFFLINE_PREFIX) or endpoint.api_base is not None:
        return []
    if endpoint.provider in KEY_VARIABLES:
        return [] if keys_set(endpoint.provider) else [KEY_VARIABLES[endpoint.provider][0]]
    missing = quiet_litellm().validate_environment(endpoint.model)["missing_keys"]
    return [name for name in missing if name.endswith(_KEY_ENDINGS)]


def missing_text(endpoint: Endpoint, missing: list[str]) -> str:
    """Return a sentence that names the missing key variables."""
    verb = "is" if len(missing) == 1 else "are"
    return f"{' and '.join(missing)} {verb} unset or empty, so {endpoint.model} cannot be called."


def how_to_set(missing: list[str]) -> str:
    """Return a sentence that explains where to set a key."""
    name = missing[0]
    return f'Set it in the environment (export {name}=…) or in conf/local/credentials.yml (llm: {{{name}: "…"}}).'


def _is_common(model: str) -> bool:
    provider, slash, name = model.partition("/")
    return (provider in KEY_VARIABLES and bool(name)) if slash else entry_of(model) is not None
