"""Find the profile of an earlier export: its current file, or the text in the history of exports."""

from collections.abc import Sequence
from pathlib import Path

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.export_record import MAIN_DECK, SELECTED_DECK, RecordedExport
from korean_flashcards.profiles.profile_files import Profile, load_profile, narrowed, profile_paths, read_profile


def recorded_profile(export: RecordedExport, folders: Sequence[Path] = ()) -> Profile:
    """Return the profile of an export, with the filters of its command line.

    Args:
        export: The export.
        folders: The folders with profiles. If the profile's file is in one of them, it counts; otherwise, the recorded text.

    Raises:
        ExportError: It is an export of the main deck, or of a deck of selected cards.
        SettingsError: The profile is not valid in this release.
    """
    if export.profile == MAIN_DECK:
        raise ExportError(
            f"Export {export.number} is an export of the main deck, which has no profile. `kedro export run` writes the "
            "main deck again."
        )
    if export.profile == SELECTED_DECK:
        raise ExportError(
            f"Export {export.number} is a deck of selected cards, which has no profile. `kedro run --pipeline=export` with "
            "the same parameters writes it again."
        )
    if export.profile in profile_paths(folders):
        profile = load_profile(export.profile, folders)
    else:
        profile = read_profile(export.profile, export.settings)
    return narrowed(profile, export.filters)
