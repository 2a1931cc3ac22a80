"""Find where a run's parameter has its value: in a parameter file, in a file of options, or in ``--params``."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from korean_flashcards.files.setting_places import Steps, depth_of, place_of, value_in

# Parameters that may have their earlier names in a file.
_OLD_NAMES: dict[Steps, Steps] = {("llm", "concurrency"): ("llm", "max_concurrency")}
_OPTION = ("run", "params")


@dataclass(frozen=True)
class ParameterPlaces:
    """Describe where a run's parameters can come from.

    Attributes:
        files: The parameter files. Those of the environment, which take precedence, come last.
        given: The parameters from --params and from the file of options, which take precedence over all files.
        options: The file of options: .kedro.yml, or the file given with --config. It may be missing.
    """

    files: Sequence[Path]
    given: Mapping[str, Any]
    options: Path

    def of(self, steps: Steps) -> str | None:
        """Return where a parameter has its value, such as "conf/local/parameters.yml, line 3", or None if nothing sets it.

        ``steps`` are the names of the groups around the parameter, and its own name.
        """
        depth = value_in(self.given, steps)[0]
        if depth and depth >= depth_of(steps, self.files):
            return self._option(steps)
        old = _OLD_NAMES.get(tuple(steps), steps)
        return place_of(old if depth_of(old, self.files) == len(old) else steps, self.files)

    def _option(self, steps: Steps) -> str:
        """Return the line in the file of options that sets a given parameter, or "--params" if this file does not."""
        in_file = (*_OPTION, *steps)
        with suppress(OSError, ValueError, yaml.YAMLError):
            depth, value = value_in(yaml.safe_load(self.options.read_text(encoding="utf-8")), in_file)
            if (depth - len(_OPTION), value) == value_in(self.given, steps):
                return place_of(in_file, [self.options]) or "--params"
        return "--params"
