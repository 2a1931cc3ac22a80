"""Find the folders with settings, and settings in them that would be ignored without a word.

Kedro ignores a folder in place of a file, and a folder that cannot be read.
"""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path

if TYPE_CHECKING:
    from kedro.config import OmegaConfigLoader

_SUFFIXES = (".yml", ".yaml")


def settings_folders(loader: "OmegaConfigLoader") -> list[Path]:
    """Return conf/base and the environment's folder, whose settings take precedence."""
    environments = dict.fromkeys([loader.base_env, loader.env or loader.default_run_env])
    return [Path(loader.conf_source) / name for name in environments if name]


def ignored_settings(folders: Iterable[Path]) -> str | None:
    """Return what is wrong with the first file or folder of settings that Kedro would ignore, or None."""
    unreadable: list[OSError] = []
    for top in folders:
        for parent, names, files in os.walk(top, onerror=unreadable.append):
            for name in sorted(names):
                if name.endswith(_SUFFIXES):
                    return f"{shown_path(Path(parent, name))} is a folder, not a file. Move it away"
            for name in sorted(files):
                if name.endswith(_SUFFIXES) and (problem := missing_target(Path(parent, name))):
                    return f"{problem}. Mount the disk, or remove the link"
        if error := next((error for error in unreadable if error.errno != errno.ENOENT), None):
            folder, reason = shown_path(Path(error.filename)), os_reason(error)
            return f"The folder {folder} cannot be read: {reason}. Allow access to it"
    return None
