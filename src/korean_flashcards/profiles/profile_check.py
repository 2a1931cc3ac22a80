"""Check the file of an export profile completely: its settings, its formats, and the values of its filters."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import yaml
from pydantic import ValidationError

from korean_flashcards.exports.profile_settings import ProfileSettings
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.profiles.file_formats import KnownFormat
from korean_flashcards.profiles.profile_files import check_readable, invalid_profile
from korean_flashcards.profiles.profile_problems import Mistake, filter_problems, format_problems, setting_problems


def check_profile(text: str, path: Path, known: Mapping[str, KnownFormat], cards: pl.DataFrame | None) -> None:
    """Raise an error that lists all mistakes in a profile, sorted by line.

    Args:
        text: The text of its file.
        path: The file.
        known: All formats of the catalog.
        cards: The card table, in which the values of filters are looked up, or None if there is no deck.

    Raises:
        SettingsError: The file cannot be read, or a setting is unknown or invalid.
    """
    check_readable(text, shown_path(path))
    problems: list[Mistake] = []
    try:
        ProfileSettings.model_validate(yaml.safe_load(text) or {})
    except ValidationError as error:
        problems += setting_problems(text, error)
    problems += format_problems(text, known)
    if cards is not None:
        problems += filter_problems(text, cards)
    if problems:
        raise invalid_profile(problems, shown_path(path))
