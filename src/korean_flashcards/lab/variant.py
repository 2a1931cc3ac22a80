"""Define the variants that an experiment compares: prompts, a model, and parameters that replace the project's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameter_problems import parameter_problems
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.planning.given_parameters import merged

# Parameters that a label leaves out, because they do not change the replies.
_NOT_NAMED = ("llm.api_base", "llm.prices", "llm.price")
# The prompts of an experiment, by the part of the pipeline that sends them.
PROMPTS = ("nuance", "flashcards", "judge", "repair")


@dataclass(frozen=True)
class LabPrompt:
    """A prompt of one stage.

    Attributes:
        stage: nuance, flashcards, judge, or repair.
        reference: What the prompt is called, such as nuance.short.
        prompt: The prompt itself.
    """

    stage: str
    reference: str
    prompt: Prompt


PromptChoice = str | LabPrompt


@dataclass(frozen=True)
class Variant:
    """One side of a comparison. What it does not name is as in a run of the project.

    Attributes:
        prompts: References such as nuance, nuance.short, or a version; or prompts that the lab has returned.
        model: The model of both stages, or None for the project's own.
        params: Parameters by name, such as {"language": "de"} or {"flashcards.card_types": ["Scene"]}.
    """

    prompts: tuple[PromptChoice, ...] = ()
    model: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


VariantChoice = PromptChoice | Variant


@dataclass(frozen=True)
class ResolvedVariant:
    """A variant with everything that its requests depend on.

    Attributes:
        label: What the report calls it.
        prompts: The prompt of each name in PROMPTS.
        parameters: All parameters.
    """

    label: str
    prompts: Mapping[str, LabPrompt]
    parameters: Parameters

    def repeated(self, number: int) -> "ResolvedVariant":
        """Return the variant whose requests ask for another reply: the one with this number, from 1."""
        again = {
            name: replace(chosen, prompt=replace(chosen.prompt, repeat=number)) for name, chosen in self.prompts.items()
        }
        return replace(self, prompts=again)

    def prompt(self, name: str) -> Prompt:
        """Return the prompt with this name."""
        return self.prompts[name].prompt

    def model(self, stage: Stage) -> str:
        """Return the name of the stage's model."""
        return self.parameters.llm.of(stage).model

    def loading(self, load: Callable[[str], Any]) -> Callable[[str], Any]:
        """Return ``load``, but with this variant's prompts (``nuance_prompt``)."""
        own = {f"{name}_prompt": chosen.prompt for name, chosen in self.prompts.items()}
        return lambda name: own[name] if name in own else load(name)


def as_variant(choice: VariantChoice | Sequence[PromptChoice]) -> Variant:
    """Return a variant for a prompt, several prompts, or a variant."""
    if isinstance(choice, Variant):
        return choice
    return Variant((choice,) if isinstance(choice, str | LabPrompt) else tuple(choice))


def resolve(
    choice: VariantChoice | Sequence[PromptChoice], find: Callable[[str], LabPrompt], base: Mapping[str, Any]
) -> ResolvedVariant:
    """Return the variant with all its prompts and parameters.

    Args:
        choice: The variant, or its prompts.
        find: Finds the prompt for a reference.
        base: The project's parameters.

    Raises:
        SettingsError: A parameter is unknown or invalid, or two prompts are for the same stage.
    """
    variant = as_variant(choice)
    own: dict[str, LabPrompt] = {}
    for wanted in variant.prompts:
        found = find(wanted) if isinstance(wanted, str) else wanted
        if found.stage in own:
            raise SettingsError(
                f"{own[found.stage].reference} and {found.reference} are both prompts for {found.stage}. Nothing was "
                "sent. Name one prompt for each stage."
            )
        own[found.stage] = found
    given = dict(variant.params) | ({} if variant.model is None else {"llm.model": variant.model})
    return ResolvedVariant(
        label=_label(variant, own), prompts={name: own.get(name) or find(name) for name in PROMPTS},
        parameters=_parameters(base, given),
    )  # fmt: skip


def judge_parameters(
    model: str | None, params: Mapping[str, Any], find: Callable[[str], LabPrompt], base: Mapping[str, Any]
) -> Parameters:
    """Return the parameters for the judge of an experiment.

    Args:
        model: The judge's model, or None for the project's own.
        params: Parameters by name.
        find: Finds the prompt for a reference.
        base: The project's parameters.

    Raises:
        SettingsError: A parameter is unknown or invalid, or the model is the offline model.
    """
    # The project's own settings for the judge apply only to its own model.
    stages = {name: own for name, own in base["llm"]["stages"].items() if name != "judge" or model is None}
    own = {**base, "llm": {**base["llm"], "stages": stages}}
    found = resolve(Variant((), model, params), find, own).parameters
    if found.llm.of("judge").model.startswith(OFFLINE_PREFIX):
        raise SettingsError(
            'The offline model cannot judge. Nothing was sent. Pass a model, such as model="openai/gpt-4o", or set '
            "llm.stages.judge.model."
        )
    return found


def _parameters(base: Mapping[str, Any], given: Mapping[str, Any]) -> Parameters:
    """Return the parameters of an experiment. Its words are its own, and its replies never wait for a batch."""
    values = merged(dict(base), {"llm": {"mode": "calls"}, "stale": "redo", "quality": {"judge": "off"}})
    for name, value in given.items():
        for part in reversed(name.split(".")):
            value = {part: value}
        values = merged(values, value)
    try:
        return Parameters.model_validate(values)
    except ValidationError as error:
        problems = "\n  - ".join(parameter_problems(error))
        raise SettingsError(f"The parameters of a variant are not valid:\n  - {problems}\nNothing was sent.") from error


def _label(variant: Variant, prompts: Mapping[str, LabPrompt]) -> str:
    """Return the variant's own choices as text: its prompts, its model, and its parameters."""
    named = [chosen.reference for chosen in prompts.values()] or ["the project's prompts"]
    chosen = [f"{name}={value}" for name, value in variant.params.items() if name not in _NOT_NAMED]
    return ", ".join([*named, *([variant.model] if variant.model else []), *chosen])
