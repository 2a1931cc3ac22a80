"""Errors of providers, litellm and the network become one readable line. The texts here are real ones."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.llm.providers.error_text import as_sentence, plain_message, plain_text
from korean_flashcards.llm.providers.provider_errors import backend_error
from korean_flashcards.llm.secrets import LONGEST

SSL = "ssl:<ssl.SSLContext object at 0x7f837bd95760>"
UNTRUSTED = (
    "Cannot connect to host 127.0.0.1:34969 ssl:True [SSLCertVerificationError: (1, '[SSL: CERTIFICATE_VERIFY_FAILED] "
    "certificate verify failed: self-signed certificate (_ssl.c:1006)')]"
)
PAGE = (
    "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n"
    "<hr><center>nginx</center>\n</body>\n</html>"
)
GOOGLES_404 = (
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Error 404 (Not Found)!!1</title><style>*{margin:0}</style>"
    "<p><b>404.</b> <ins>That's an error.</ins><p>The requested URL was not found"
)
GOOGLES_ERROR = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}] * 3,
    }
}
INVALID_HTTP = (
    "400, message=\"Bad status line:\\n  Expected HTTP/, RTSP/ or ICE/:\\n\\n  b'SSH-2.0-x'\\n    ^\", "
    "url='http://127.0.0.1:43103/v1/chat/completions'"
)
REFUSED = "cannot connect to 127.0.0.1:9: the connection was refused"
NO_MESSAGE = "the provider sent HTTP 500 (Internal Server Error) without a message"
# What litellm puts before the words of a provider.
PREFIXES = [
    "",
    "litellm.InternalServerError: InternalServerError: OpenAIException - ",
    "litellm.APIConnectionError: APIConnectionError: OpenrouterException - ",
    "litellm.BadGatewayError: AnthropicException BadGatewayError - ",
    "litellm.RateLimitError: litellm.RateLimitError: GeminiException - ",
    "litellm.NotFoundError: Ollama_chatException - ",
    "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - ",
]
WORDS = [
    (f"Cannot connect to host 127.0.0.1:9 {SSL} [Connect call failed ('127.0.0.1', 9)]", REFUSED),
    (f"Cannot connect to host 127.0.0.1:9 {SSL} [The remote computer refused the network connection]", REFUSED),
    ("Cannot connect to host 127.0.0.1:9 ssl:default [Connect call failed ('127.0.0.1', 9)]", REFUSED),
    (
        f"Cannot connect to host no-such-host.invalid:80 {SSL} [Name or service not known]",
        "cannot connect to no-such-host.invalid:80: the host name was not found",
    ),
    (UNTRUSTED, "cannot connect to 127.0.0.1:34969: the TLS certificate was rejected (self-signed certificate)"),
    (
        f"Cannot connect to host 127.0.0.1:80 {SSL} [[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)]",
        "cannot connect to 127.0.0.1:80: the server does not use TLS: try http:// instead of https://",
    ),
    (f"Cannot connect to host 10.0.0.1:80 {SSL} [None]", "cannot connect to 10.0.0.1:80"),
    ("[Errno 104] Connection reset by peer", "the server reset the connection"),
    ("[Errno 5] Input/output error", "Input/output error"),
    ("<urlopen error [Errno 111] Connection refused>", "the connection was refused"),
    ("<urlopen error timed out>", "the server did not reply in time"),
    ("Server disconnected", "the server closed the connection before it replied"),
    ("Remote end closed connection without response", "the server closed the connection before it replied"),
    ("litellm.Timeout: Connection timed out. Timeout passed=2.0, time taken=2.003 seconds", "no reply within 2 s"),
    (INVALID_HTTP, "the server's reply is not valid HTTP"),
    ('{"error": {"message": "The model `gpt-9` does not exist", "code": "x"}}', "The model `gpt-9` does not exist"),
    ('{"error": "model \'llama9\' not found"}', "model 'llama9' not found"),
    ('{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}', "Overloaded"),
    (json.dumps(GOOGLES_ERROR, indent=2), "API key not valid. Please pass a valid API key."),
    (f"Error code: 400 - {GOOGLES_ERROR}", "API key not valid. Please pass a valid API key."),
    (json.dumps([GOOGLES_ERROR]), "API key not valid. Please pass a valid API key."),
    ('{"detail": [{"loc": ["body", "messages"], "msg": "field required"}]}', "body.messages: field required"),
    (
        json.dumps({"error": {"message": "Provider returned error", "metadata": {"raw": '{"error": {"message": "bad"}}'}}}),
        "Provider returned error; bad",
    ),
    (json.dumps({"code": 7, "more": list(range(9))}), 'an error without a message: {"code": 7, "more": [0, 1,'),
    (PAGE, "the server sent a web page instead of an API reply: 502 Bad Gateway"),
    (GOOGLES_404, "the server sent a web page instead of an API reply: Error 404 (Not Found)!!1"),
    (
        "Empty or invalid response from LLM endpoint. Received: '<html><body>hello</body></html>'. Check the reverse proxy.",
        "the server sent a web page instead of an API reply: hello",
    ),
    ("Expecting value: line 1 column 1 (char 0)", "the server's reply is not JSON"),
    ("Error converting to valid response block=usageMetadata not found. Got={}.", "usageMetadata not found"),
    ("'ModelResponse' object has no attribute 'service_tier'", "the server's reply is not a chat completion"),
    ("'content'\nTraceback (most recent call last):\n  File \"main.py\"", "the provider's reply has no 'content'"),
    ("LLM Provider NOT provided. Pass in the provider. You passed model=foo\n Pass model as", "provider of the model foo"),
    ("Overloaded. Handle with `litellm.InternalServerError`.", "Overloaded"),
    ("failed with <Response [401]> in <class 'str'>", "failed with in"),
    ("Error: upstream connect error or disconnect/reset", "Error: upstream connect error or disconnect/reset"),
    ("the token <think> is not allowed", "the token <think> is not allowed"),
    ("", NO_MESSAGE),
    ("Error code: 500", NO_MESSAGE),
]  # fmt: skip
LEFT_OVER = re.compile(
    r"\w(?:Error|Exception): |Exception - |litellm\.[A-Z]|object at 0x|ssl:|<\w+\.\w+|Traceback|\n|\\n"
)


class InternalServerError(Exception):
    """An error of litellm's."""

    def __init__(self, text: str, status_code: int | None = 500) -> None:
        super().__init__(text)
        self.status_code = status_code


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_only_the_words_of_the_provider_are_left(prefix: str, text: str, expected: str) -> None:
    message = plain_message(InternalServerError(prefix + text))
    assert message == expected or (expected in message and len(expected) > 20), message
    assert not LEFT_OVER.search(message), message


def test_a_vague_error_is_explained_by_its_cause() -> None:
    error, cause = InternalServerError("litellm.InternalServerError: OpenAIException - Connection error."), OSError()
    error.__cause__ = InternalServerError("Connection error.")
    error.__cause__.__cause__ = OSError(
        f"Cannot connect to host 127.0.0.1:9 {SSL} [Connect call failed ('127.0.0.1', 9)]"
    )
    assert plain_message(error) == REFUSED
    assert plain_message(cause) == "the connection failed"
    assert plain_message(TimeoutError()) == "the server did not reply in time"


@pytest.mark.parametrize(
    ("status", "text"), [(403, "HTTP 403 (Forbidden)"), (429, "HTTP 429 (Too Many Requests)"), (529, "HTTP 529")]
)
def test_an_empty_body_is_described_by_its_status(status: int, text: str) -> None:
    page = f"Client error '{status} x' for url 'http://127.0.0.1/v1'\nFor more information check: https://x/{status}"
    assert plain_message(InternalServerError("", status)) == f"the provider sent {text} without a message"
    assert plain_message(InternalServerError(page, status)) == f"the provider sent {text} without a message"


def test_an_address_that_is_not_a_url_is_named() -> None:
    error = type("InvalidUrlClientError", (ValueError,), {})("/nonsense/v1/chat/completions")
    assert plain_message(error) == "/nonsense/v1/chat/completions is not an http:// or https:// address"


def test_keys_are_redacted_in_every_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    key = 'Pl4nted+Key/"0123456789'
    monkeypatch.setenv("OPENAI_API_KEY", key)
    body = {"error": {"message": f"Incorrect API key provided: {key}"}}
    for text in (
        json.dumps(body),
        f"Error code: 401 - {body}",
        f"<html><title>{key}</title></html>",
        json.dumps({"k": key}),
    ):
        message = plain_message(InternalServerError(f"litellm.AuthenticationError: OpenAIException - {text}"))
        assert key not in message and "0123456789" not in message and "[redacted]" in message


def test_the_failure_of_a_call_has_the_plain_message() -> None:
    error = backend_error(InternalServerError(f"{PREFIXES[1]}{WORDS[0][0]}"))
    assert str(error) == REFUSED


@given(st.text(max_size=500))
def test_any_text_becomes_one_short_line(text: str) -> None:
    for message in (plain_message(InternalServerError(text)), plain_text(text)):
        assert message and len(message) <= LONGEST and len(message.splitlines()) == 1


def test_a_sentence_ends_with_one_period() -> None:
    assert [as_sentence(text) for text in ("it failed", "It failed.", "Why?")] == ["it failed.", "It failed.", "Why?"]
