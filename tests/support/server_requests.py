"""What a chat request contains, read leniently from its body."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ChatRequest:
    """One request's content. ``options`` is the body without its messages, ``about`` the user's JSON."""

    options: dict[str, Any]
    about: dict[str, Any]
    digest: str
    characters: int
    cache_control: bool

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        """Of the body of POST /v1/chat/completions; contents may be texts or lists of parts."""
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
        """The model's name as it was sent."""
        return str(self.options["model"])

    @property
    def term(self) -> str:
        """The word, or "" where the user's JSON has none."""
        return str(self.about.get("term", ""))

    @property
    def stage(self) -> str:
        """Of the three stages, the one that sends such a request."""
        if self.about.keys() == {"term", "nuance", "cards"}:
            return "judge"
        return "flashcards" if "card_types" in self.about or "cards" in self.about else "nuance"

    @property
    def kind(self) -> str:
        """A "repair" names problems and the fields or cards that have them; anything else is an "ask"."""
        return "repair" if "problems" in self.about and {"fields", "cards"} & self.about.keys() else "ask"

    @property
    def format(self) -> str | None:
        """The type of the response format."""
        return (self.options.get("response_format") or {}).get("type")

    @property
    def most_tokens(self) -> int | None:
        """The limit of completion tokens."""
        return self.options.get("max_completion_tokens") or self.options.get("max_tokens")

    def drawn(self, *parts: object) -> float:
        """A number from 0 to below 1, the same for the same request and parts."""
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
