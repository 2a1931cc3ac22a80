"""Parse the body of a chat request leniently."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ChatRequest:
    """A chat request. ``options``: the body without its messages. ``about``: the JSON of the user message."""

    options: dict[str, Any]
    about: dict[str, Any]
    digest: str
    characters: int
    cache_control: bool

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        """Read the body of POST /v1/chat/completions. A message's content may be a string or a list of parts."""
        messages = body["messages"]
        texts = [_text(message["content"]) for message in messages]
        return cls(
            options={name: value for name, value in body.items() if name != "messages"},
            about=_parsed(texts[-1]),
            digest=hashlib.sha256(json.dumps([body["model"], messages]).encode()).hexdigest(),
            characters=sum(map(len, texts)),
            cache_control=any(map(_is_marked, messages)),
        )

    @property
    def model(self) -> str:
        """Return the name of the requested model."""
        return str(self.options["model"])

    @property
    def term(self) -> str:
        """Return the word, or "" if the user's JSON has none."""
        return str(self.about.get("term", ""))

    @property
    def stage(self) -> str:
        """Return the stage that sends requests of this form."""
        if {"nuance", "cards"} <= self.about.keys() or {"first", "second"} <= self.about.keys():
            return "judge"
        return "flashcards" if "card_types" in self.about or "cards" in self.about else "nuance"

    @property
    def kind(self) -> str:
        """Return "repair" if the request names problems and the invalid fields or cards, or "ask" otherwise."""
        return "repair" if "problems" in self.about and {"fields", "cards"} & self.about.keys() else "ask"

    @property
    def format(self) -> str | None:
        """Return the type of the response format."""
        return (self.options.get("response_format") or {}).get("type")

    @property
    def most_tokens(self) -> int | None:
        """Return the limit on completion tokens."""
        return self.options.get("max_completion_tokens") or self.options.get("max_tokens")

    def drawn(self, *parts: object) -> float:
        """Return a number from 0 up to but not including 1 that depends only on the request and the parts."""
        seed, *rest = parts
        digest = hashlib.sha256(" ".join(map(str, (seed, self.digest, *rest))).encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def _is_marked(message: dict[str, Any]) -> bool:
    content = message["content"]
    parts = content if isinstance(content, list) else ()
    return "cache_control" in message or any("cache_control" in part for part in parts)


def _parsed(text: str) -> dict[str, Any]:
    try:
        about = json.loads(text)
    except ValueError:
        return {"term": text}
    return about if isinstance(about, dict) else {"term": text}
