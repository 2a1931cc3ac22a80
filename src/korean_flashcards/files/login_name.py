"""Find out the name of the user who is logged in."""

import getpass


def login_name() -> str | None:
    """Return the name of the user who is logged in, or None. In a container, the user may not have a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None
