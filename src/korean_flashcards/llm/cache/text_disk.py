"""diskcache's value storage without pickle: what another program pickled into the folder is never unpickled."""

from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_PICKLE  # type: ignore[import-untyped]


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Reads only what was stored as text or bytes; everything else reads as None, hence as a damaged entry."""

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        if mode == MODE_PICKLE:
            return None
        return super().fetch(mode, filename, value, read)
