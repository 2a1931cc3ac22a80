"""Send further requests like one that litellm has sent, without litellm.

litellm needs more CPU time for a call than all other parts of a run together, and it prepares each call in a separate
thread. A user's own server replies so fast that this limits the throughput. All requests of a stage differ only in their
user text, so each one is the first request with a different user text.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientRequest, ClientSession, Fingerprint

# aiohttp sets these headers for each request.
_OWN_HEADERS = ("content-length", "host")


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """The parts of a request that are the same for all user texts. ``before`` and ``after`` surround the user text.

    ``ssl``: how to check the server's certificate.
    """

    address: str
    headers: dict[str, str]
    ssl: "SSLContext | Fingerprint | bool"
    before: str
    after: str

    async def send(self, session: "ClientSession", user: str) -> None:
        """Send the request with this user text. The session records the response.

        Raises:
            ClientError: No complete response arrived.
        """
        from aiohttp import ClientTimeout  # a late import saves 0.3 s in runs that make no calls

        body = f"{self.before}{json.dumps(user)}{self.after}".encode()
        # The caller limits the time. The session does not follow redirects, as if litellm used it.
        async with session.post(
            self.address, data=body, headers=self.headers, ssl=self.ssl, timeout=ClientTimeout(total=None),
            allow_redirects=False, auto_decompress=False,
        ):  # fmt: skip
            pass


def repeated(request: "ClientRequest", messages: list[dict[str, object]]) -> RepeatedRequest | None:
    """Return the parts of a request that all user texts have in common, or None if it cannot be repeated.

    ``messages``: the messages in the request. The last one is the user text.
    """
    if request.proxy is not None or request.server_hostname is not None:
        return None
    body = request.body.decode()
    user = messages[-1]["content"]
    parts = body.split(json.dumps(user))
    if len(parts) != 2 or json.loads(body).get("messages") != messages:
        return None
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
    return RepeatedRequest(str(request.url), headers, request.ssl, *parts)
