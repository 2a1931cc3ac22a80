"""Create drafts of prompts, and copy a draft or an earlier version over the default prompt of its stage."""

import hashlib
import itertools
import re
from pathlib import Path

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.file_problems import shown_path, write_advice, write_problem
from korean_flashcards.files.prompt_files import FOLDER
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.prompts.prompt_lookup import FoundPrompt, PromptLookup

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_UNCHANGED = "Nothing was changed."


def new_draft(
    lookup: PromptLookup, ledger: Ledger, name: str, source: FoundPrompt, folder: Path, note: str | None
) -> Path:
    """Create a draft as a copy of a prompt, and return its file.

    Args:
        lookup: The project's prompts.
        ledger: The project's ledger, which records where the draft comes from.
        name: The name of the draft, such as short or nuance.short.
        source: The prompt to copy.
        folder: The environment's folder, such as conf/base.
        note: What the draft is for.

    Raises:
        SettingsError: The name is not valid, the draft exists, or its file cannot be written.
    """
    short = name.removeprefix(f"{source.stage}.")
    if not _NAME.fullmatch(short):
        raise SettingsError(
            f"{name!r} is not a name for a draft of {source.stage}. {_UNCHANGED} Use up to 40 letters (A to Z), digits, "
            "hyphens, and underscores, such as short."
        )
    reference = f"{source.stage}.{short}"
    path = folder / FOLDER / f"{reference}.md"
    # Some systems do not distinguish nuance.Short.md from nuance.short.md.
    alike = (file for name, file in lookup.files.drafts().items() if name.casefold() == reference.casefold())
    if (there := next(alike, None)) or path.exists():
        raise SettingsError(
            f"{shown_path(there or path)} exists. {_UNCHANGED} Choose a different name, or delete the file first."
        )
    ledger.store.ensure_writable()
    _write(path, _source_text(source.prompt))
    ledger.prompts.record(source.stage, source.sent)
    ledger.prompts.add_draft(source.stage, reference, source.version, note)
    return path


def check_complete(found: FoundPrompt) -> None:
    """Raise SettingsError if the ledger has only the text that was sent, which is not a complete file."""
    if not found.prompt.source:
        raise SettingsError(
            f"The ledger has only the text of {found.version} that was sent, because an earlier release recorded it. "
            f"{_UNCHANGED} Create a draft from it, which you can complete and promote: `kedro prompts new old --from "
            f"{found.version}`."
        )


def promote(ledger: Ledger, found: FoundPrompt, default: FoundPrompt, target: Path, note: str | None) -> Path | None:
    """Copy the prompt over the default of its stage. Both versions are recorded first, so both can be promoted again.

    The ledger has one complete file for each version. If it has a different file for the replaced version, which differs
    only in what is not sent, the replaced file is kept as a draft, and its path is returned.

    Raises:
        SettingsError: The file cannot be written.
    """
    known, kept = ledger.prompts.source(default.stage, default.version), None
    if known not in (None, default.prompt.source) or found.version == default.version:
        kept = _place_to_keep(default, target)
        _write(kept, default.prompt.source)
    ledger.prompts.set_default(default.stage, default.sent, found.sent, note)
    _write(target, found.prompt.source)
    return kept


def _place_to_keep(replaced: FoundPrompt, target: Path) -> Path:
    """Return the file in which the replaced prompt is kept as a draft. A different file is never overwritten."""
    source = replaced.prompt.source
    name = f"{replaced.stage}.replaced-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    paths = (target.with_name(f"{each}.md") for each in names)
    return next(path for path in paths if not path.exists() or path.read_bytes() == f"{source}\n".encode())


def _source_text(prompt: Prompt) -> str:
    """Return the text of the prompt's file. The format's mark is added to a text that was recorded without it."""
    if prompt.source or prompt.request_format == 1:
        return prompt.source or prompt.text
    return f"<!-- request format {prompt.request_format} -->\n\n{prompt.text}"


def _write(path: Path, text: str) -> None:
    try:
        with atomic_path(path) as file:
            file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{write_problem(path, error)} {_UNCHANGED} {write_advice(path, error)}.") from error
