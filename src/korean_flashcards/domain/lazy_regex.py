"""Define regular expressions that are compiled when they are first used.

The project has a thousand patterns at the level of modules. Each command would spend half a second on compiling them,
although most commands use a few of them.
"""

import re
from functools import cached_property
from typing import Any, cast


class _LazyRegex:
    """A stand-in for a compiled pattern, which it creates when one of its attributes is first used."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the compiled pattern, and keep it, so that its next use takes no longer than usual."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._compiled, name)
        setattr(self, name, value)
        return value


def lazy_regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return the pattern like ``re.compile``, but compile it when it is first used.

    An invalid pattern raises its error only then. Functions of ``re`` do not accept the result: call its methods.
    """
    return cast(re.Pattern[str], _LazyRegex(pattern, flags))
