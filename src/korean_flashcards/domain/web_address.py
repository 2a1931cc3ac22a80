"""Check the address of a model's server. No I/O."""

from urllib.parse import urlsplit


def address_problem(address: str) -> str | None:
    """Return what is wrong with an address, or None if it is an http:// or https:// URL with a host."""
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        return "it contains a space or a control character. Separate parameters with commas"
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    return None if valid else "it is not a web address. Write it as http://HOST:PORT/v1 or https://HOST/v1"
