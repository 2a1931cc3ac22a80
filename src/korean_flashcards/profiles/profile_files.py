"""Find and read export profiles: ``conf/base/exports/NAME.yml``, or the same file in an environment's folder."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.export_record import MAIN_DECK, SELECTED_DECK
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.yaml_settings import settings_problem
from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.exports.profile_settings import ProfileSettings, profile_settings
from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path
from korean_flashcards.files.settings_folders import settings_folders
from korean_flashcards.profiles.profile_problems import Mistake, problems_text, setting_problems

if TYPE_CHECKING:
    from kedro.config import OmegaConfigLoader

FOLDER = "exports"
COMMAND_LINE_SETTINGS = ("sort", "limit")  # the settings, beside filters, that a command line can replace
_NAME = re.compile(r"\w[\w-]{0,49}")
# Kedro reads files with these names as its own configuration, wherever they are in the conf folder.
_KEDRO_NAMES = ("catalog", "parameters", "credentials", "globals", "logging")
# Windows reserves these names, in any case and with any ending.
_WINDOWS_NAMES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{device}{digit}" for device in ("COM", "LPT") for digit in "0123456789¹²³"),
}
_ADVICE = "Nothing was exported. Correct the file, and run the same command again."


@dataclass(frozen=True)
class Profile:
    """An export profile.

    Attributes:
        name: The name of the file, without ``.yml``.
        text: The text of the file.
        settings: The settings in the file.
        path: The file, or None for a profile that a command line or the history of exports describes.
    """

    name: str
    text: str
    settings: ProfileSettings
    path: Path | None = None

    @property
    def shown(self) -> str:
        """Return the file, or the name of a profile without a file, for messages."""
        return shown_path(self.path) if self.path else f"the profile {self.name}"


def profile_folders(loader: "OmegaConfigLoader") -> list[Path]:
    """Return the folders of profiles. That of the environment, whose files take precedence, comes last."""
    return [folder / FOLDER for folder in settings_folders(loader)]


def profile_paths(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the file of each profile by the profile's name, sorted by name."""
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yml"))}
    return dict(sorted(found.items()))


def load_profile(name: str, folders: Sequence[Path]) -> Profile:
    """Return a profile.

    Raises:
        SettingsError: There is no such profile, its file cannot be read, or a setting is invalid.
    """
    path = profile_path(name, folders)
    return read_profile(name, profile_text(path), path)


def profile_path(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of a profile.

    Raises:
        SettingsError: There is no such profile, or its name cannot be used.
    """
    paths = profile_paths(folders)
    if name not in paths:
        advice = (
            "Leave the name out to export the main deck."
            if name == MAIN_DECK
            else f"`kedro export new {name}` creates it."
            if name_problem(name) is None
            else "`kedro export list` lists the profiles."
        )
        raise SettingsError(f"{unknown_name('export profile', name, paths)} Nothing was exported. {advice}")
    if problem := name_problem(name):
        raise SettingsError(f"{shown_path(paths[name])} cannot be used: {problem}. Rename the file.")
    if other := same_but_for_case(name, paths):
        raise SettingsError(
            f"The names of {shown_path(paths[name])} and {shown_path(paths[other])} differ only in case, so their exports "
            "would have the same folder on Windows and macOS. Nothing was exported. Rename one of the files."
        )
    return paths[name]


def read_profile(name: str, text: str, path: Path | None = None) -> Profile:
    """Return the profile that a text describes.

    Raises:
        SettingsError: A setting is unknown or invalid. The message names its file and line, if the text is from a file.
    """
    shown = shown_path(path) if path else f"the profile {name}"
    check_readable(text, shown)
    try:
        return Profile(name, text, ProfileSettings.model_validate(yaml.safe_load(text) or {}), path)
    except ValidationError as error:
        raise invalid_profile(setting_problems(text, error), shown) from error


def check_readable(text: str, shown: str) -> None:
    """Raise SettingsError if the text is not valid YAML. ``shown``: the file, or the name of a profile."""
    if problem := settings_problem(text):
        raise SettingsError(f"{_capital(shown)} cannot be read: {problem}. {_ADVICE}")


def invalid_profile(problems: Sequence[Mistake], shown: str) -> SettingsError:
    """Return the error about mistakes in the file of a profile. ``shown``: the file, or the name of a profile."""
    return SettingsError(f"{counted(len(problems), 'invalid setting')}:{problems_text(problems, shown)}\n{_ADVICE}")


def narrowed(profile: Profile, given: Mapping[str, Any]) -> Profile:
    """Return the profile with settings from a command line, which replace those of the profile.

    Args:
        profile: The profile.
        given: Filters by name, and the settings ``sort`` and ``limit``.

    Raises:
        SettingsError: A setting is invalid.
    """
    if not given:
        return profile
    own = {name: given[name] for name in COMMAND_LINE_SETTINGS if name in given}
    filters = {name: value for name, value in given.items() if name not in own}
    values = profile.settings.model_dump() | own
    values["filters"] = profile.settings.filters.given() | filters
    return replace(profile, settings=profile_settings(values))


def same_but_for_case(name: str, names: Iterable[str]) -> str | None:
    """Return another name that Windows and macOS do not distinguish from this one, or None."""
    return next((other for other in names if other != name and _folded(other) == _folded(name)), None)


def name_problem(name: str) -> str | None:
    """Return why a profile cannot have this name, as the end of a sentence, or None."""
    if not _NAME.fullmatch(name):
        return "a profile's name consists of up to 50 letters, digits, hyphens, and underscores"
    if name.lower() == MAIN_DECK:
        return f"{MAIN_DECK} is the name of the main deck in the history of exports"
    if name.lower() == SELECTED_DECK:
        return f"{SELECTED_DECK} is the name of decks of selected cards in the history of exports"
    if name.upper() in _WINDOWS_NAMES:
        return f"Windows does not allow files and folders with the name {name}"
    if name.startswith(_KEDRO_NAMES):
        return f"Kedro itself reads files whose names begin with {', '.join(_KEDRO_NAMES)}"
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def profile_text(path: Path) -> str:
    """Return the text of a profile's file. Raises SettingsError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{shown_path(path)} is not UTF-8 text. Save it as UTF-8. {_ADVICE}") from error
    except OSError as error:
        raise SettingsError(
            f"{shown_path(path)} cannot be read: {missing_target(path) or os_reason(error)}. {_ADVICE}"
        ) from error


def _capital(text: str) -> str:
    return f"The{text[3:]}" if text.startswith("the ") else text
