"""Load the settings in conf/ once, as long as no file changes."""

import hashlib
from copy import deepcopy
from typing import Any

from kedro.config import OmegaConfigLoader

from korean_flashcards.files.settings_folders import settings_folders

_MOST = 100  # settings that are kept
_SUFFIXES = (".yml", ".yaml", ".json")
_loaded: dict[tuple[str, ...], dict[str, Any]] = {}


class SettingsLoader(OmegaConfigLoader):
    """Kedro's loader, but a process parses and resolves the same files only once.

    A command creates several loaders, and Kedro takes up to 0.1 s each time one of them is asked for the catalog.
    Credentials are always read again, because they may come from environment variables.
    """

    def __getitem__(self, key: str) -> dict[str, Any]:
        files = None if key in self or key == "credentials" else self._fingerprint()
        if files is None:
            return super().__getitem__(key)
        # The loader reads the globals first of all.
        given = "" if key == "globals" else repr((self._globals, self.runtime_params))
        patterns = repr(self.config_patterns.get(key))
        state = (key, patterns, self.base_env, self.env or self.default_run_env, given, files)
        if state not in _loaded:
            found = super().__getitem__(key)
            if len(_loaded) >= _MOST:
                _loaded.clear()
            _loaded[state] = found
        return deepcopy(_loaded[state])

    def _fingerprint(self) -> str | None:
        """Return a hash of all files with settings, or None if Kedro has to report what is wrong with them."""
        digest = hashlib.sha256()
        try:
            for folder in settings_folders(self):
                for path in sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES):
                    digest.update(repr((path.relative_to(folder).as_posix(), path.read_bytes())).encode())
        except OSError:
            return None
        return digest.hexdigest()
