"""The review server answers only requests with its key, for its own address, from its own page."""

import http.client
import json
from collections.abc import Iterator

import pytest
from support.commands import kedro_here
from support.project import Project
from support.served_review import ServedReview, served_review

Answer = tuple[int, dict[str, str], str]


@pytest.fixture(scope="module")
def served(finished: Project) -> Iterator[ServedReview]:
    with pytest.MonkeyPatch.context() as patch:
        kedro_here(finished, patch)
        with served_review() as found:
            yield found


def _send(served: ServedReview, method: str, path: str, body: object = None, **headers: str) -> Answer:
    host = served.server.access.address.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection.request(method, path, content, {"Host": host} | given)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def _ask(served: ServedReview, action: str, body: object, **headers: str) -> Answer:
    token = {"Authorization": f"Bearer {served.server.access.token}"}
    return _send(served, "POST", f"/api/{action}", body, **(token | headers))


def test_with_the_token_the_server_answers(served: ServedReview) -> None:
    status, headers, body = _ask(served, "card", {"filter": {}})
    assert status == 200 and json.loads(body)["count"] == 189
    assert headers["cache-control"] == "no-store" and "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/", "/app.js", "/style.css", "/api/card", "/api/undo", "/api/other", "/docs", "/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD", "PUT"])
def test_without_the_token_nothing_is_answered(served: ServedReview, method: str, path: str) -> None:
    status, headers, body = _send(served, method, path, {} if method in ("POST", "PUT") else None)
    assert status == 403 and "set-cookie" not in headers
    assert body == (
        "" if method == "HEAD" else "This page needs its key. Open the address that `kedro review serve` printed.\n"
    )


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "Bearer {token}x", "Bearer {page}", "Bearer \xe9"],
)
def test_a_wrong_token_is_refused(served: ServedReview, given: str) -> None:
    access = served.server.access
    header = given.format(token=access.token, page=access.page_key)
    assert _ask(served, "card", {"filter": {}}, Authorization=header)[0] == 403
    cookie = f"{access.cookie}={access.page_key}"
    assert _send(served, "POST", "/api/card", {"filter": {}}, Cookie=cookie)[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "evil.example:{port}"}, {"Host": "127.0.0.1"}, {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"}, {"Origin": "http://127.0.0.1:{port}.evil.example"},
    ],
)  # fmt: skip
def test_another_host_or_origin_is_refused_even_with_the_token(served: ServedReview, headers: dict[str, str]) -> None:
    access = served.server.access
    port = access.address.rstrip("/").rpartition(":")[2]
    given = {name: value.format(port=port) for name, value in headers.items()}
    assert _ask(served, "card", {"filter": {}}, **given)[0] == 403
    assert _send(served, "GET", f"/?token={access.token}", **given)[0] == 403
    assert _send(served, "GET", f"/app.js?key={access.page_key}", **given)[0] == 403


def test_the_address_with_the_token_leads_to_a_page_that_can_be_opened_once(served: ServedReview) -> None:
    access = served.server.access
    status, headers, _ = _send(served, "GET", f"/?token={access.token}")
    assert status == 303 and access.token not in headers["location"] and headers["location"].startswith(access.address)
    page = "/" + headers["location"].removeprefix(access.address)
    status, headers, body = _send(served, "GET", page)
    assert status == 200 and f'content="{access.token}"' in body
    assert access.token not in headers["set-cookie"] and "HttpOnly" in headers["set-cookie"]
    assert "SameSite=strict" in headers["set-cookie"]
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in headers["content-security-policy"].replace("style-src-attr 'unsafe-inline'", "")
    assert _send(served, "GET", page)[0] == 403
    # A browser loads the page again with its cookie. Only this tab knows the token.
    status, _, body = _send(served, "GET", "/", Cookie=headers["set-cookie"].partition(";")[0])
    assert status == 200 and access.token not in body


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("card", b""), ("card", b"{"), ("card", b"\xff"), ("card", b"[" * 100_000), ("card", b"1" * 2_000_000),
        ("card", []), ("card", {"filter": {}, "more": 1}), ("card", {"filter": {"show": "x"}}),
        ("approve", {"item_id": "남성#1", "card": "Scene"}), ("edit", {}), ("reject", {"reason": 1}),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_read_is_one_sentence(served: ServedReview, action: str, body: object) -> None:
    status, _, text = _ask(served, action, body)
    assert status == 400 and json.loads(text)["error"].startswith("The page sent a request that cannot be read.")


@pytest.mark.parametrize("action", ["other", "start/x", "__init__", "_done"])
def test_only_the_actions_of_the_page_exist(served: ServedReview, action: str) -> None:
    assert _ask(served, action, {})[0] in (403, 404)


def test_a_card_that_does_not_exist_is_one_sentence(served: ServedReview) -> None:
    part = {"item_id": "없음#1", "card": "Scene", "fingerprint": "x", "last_review": 0}
    status, _, body = _ask(served, "approve", part)
    assert status == 409 and json.loads(body)["error"].startswith("없음#1 has no cards yet.")
    status, _, body = _ask(served, "preview", {"item_id": "\ud800", "card": "Scene", "values": {}})
    assert status in (200, 400, 409)
