"""Find the prompt for a reference: a default (nuance), a draft (nuance.short), or a version (the beginning of its hash)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kedro.framework.context import KedroContext
from kedro.io.core import DatasetError

from korean_flashcards.datasets.prompt import PromptDataset, prompt_of
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.prompt_sections import prompt_for
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.prompts.prompt_history import PromptVersion
from korean_flashcards.planning.run_settings import prompt_files

STAGES = ("nuance", "flashcards", "judge", "repair")
_VERSION = re.compile(r"[0-9a-f]{4,12}")


@dataclass(frozen=True)
class FoundPrompt:
    """A prompt and its name.

    Attributes:
        stage: nuance, flashcards, judge, or repair.
        reference: The stage, a draft such as nuance.short, or a version.
        prompt: The prompt as in its file, with the sections for all card types.
        sent: The prompt as it is sent, which has the version that runs record.
    """

    stage: str
    reference: str
    prompt: Prompt
    sent: Prompt

    @property
    def version(self) -> str:
        """Return the version that runs record."""
        return self.sent.version


class PromptLookup:
    """The prompts of a project: the defaults and the drafts in its files, and the versions in its ledger."""

    def __init__(self, context: KedroContext, ledger: Ledger) -> None:
        self._catalog, self._ledger = context.catalog, ledger
        self._card_types = Parameters.model_validate(context.params).flashcards.card_types
        self.files = prompt_files(context)

    def find(self, reference: str) -> FoundPrompt:
        """Return the prompt with this reference.

        Raises:
            SettingsError: There is no such prompt, or several versions begin with the reference.
            DatasetError: The prompt's file cannot be used.
        """
        if reference in STAGES:
            return self._found(reference, reference, self._catalog.load(f"{reference}_prompt"))
        if reference in (drafts := self.files.drafts()):
            return self._draft(reference, drafts[reference])
        if _VERSION.fullmatch(reference) and (version := self._version(reference)):
            return version
        no_version = ", and no version begins with it" if _VERSION.fullmatch(reference) else ""
        raise SettingsError(
            f"There is no prompt named {reference}{no_version}. Nothing was changed or sent. The prompts are "
            f"{', '.join([*STAGES, *drafts])}. To name a version, give at least its first four digits "
            "(`kedro prompts list`)."
        )

    def usable(self) -> Iterator[FoundPrompt]:
        """Yield the defaults and the drafts whose files can be used."""
        for reference in (*STAGES, *self.files.drafts()):
            with suppress(SettingsError, DatasetError):
                yield self.find(reference)

    def problems(self) -> Iterator[SettingsError | DatasetError]:
        """Yield the error of each default and each draft whose file cannot be used."""
        for reference in (*STAGES, *self.files.drafts()):
            try:
                self.find(reference)
            except (SettingsError, DatasetError) as error:
                yield error

    def recorded(self, version: PromptVersion) -> FoundPrompt:
        """Return the prompt of a version in the ledger."""
        if version.source is None:
            # Releases before schema version 0015 recorded neither the request format nor the other card types' sections.
            default: Prompt = self._catalog.load(f"{version.stage}_prompt")
            prompt = replace(default, text=version.text, file=None, source="")
            return FoundPrompt(version.stage, version.version, prompt, prompt)
        prompt = replace(prompt_of(version.source, Path(f"{version.stage}.md")), file=None)
        return FoundPrompt(version.stage, version.version, prompt, replace(prompt, text=version.text))

    def _draft(self, reference: str, path: Path) -> FoundPrompt:
        return self._found(reference.partition(".")[0], reference, PromptDataset(filepath=str(path)).load())

    def _version(self, start: str) -> FoundPrompt | None:
        """Return the version that begins with these digits, from a file or from the ledger, or None."""
        found = {each.version: self.recorded(each) for each in self._ledger.prompts.versions()
                 if each.version.startswith(start)}  # fmt: skip
        for each in reversed(list(self.usable())):
            # The ledger of an earlier release has only the text that was sent.
            known = found.get(each.version)
            if each.version.startswith(start) and (known is None or known.prompt.source in ("", each.prompt.source)):
                found[each.version] = each
        if len(found) > 1:
            raise SettingsError(
                f"Several versions begin with {start}: {', '.join(sorted(found))}. Nothing was changed or sent. Give more "
                "digits."
            )
        return next(iter(found.values()), None)

    def _found(self, stage: str, reference: str, prompt: Prompt) -> FoundPrompt:
        sent = prompt_for(prompt, self._card_types) if stage == "flashcards" else prompt
        return FoundPrompt(stage, reference, prompt, sent)
