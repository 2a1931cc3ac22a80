"""Find the replies to requests in the reply cache: those in use, and archived ones that today's parser accepts."""

from collections.abc import Callable, Iterable, Sequence

from korean_flashcards.domain.records import ReplyError
from korean_flashcards.domain.requests import ChatReply, Request
from korean_flashcards.llm.cache.many_entries import parts
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache


class RememberedReplies:
    """The replies in a cache that their requests accept.

    A newer parser may accept an archived reply that an older parser rejected. The newest such reply is returned and, if
    ``keep`` is set, stored in the cache.
    """

    def __init__(self, cache: ReplyCache) -> None:
        self._cache = cache

    def one(self, request: Request, keep: bool = True) -> ChatReply | None:
        """Return the reply to a request, or None."""
        return _accepted(request, self._cache.get) or self._revived(request, self._cache.archived, keep)

    def all(self, requests: Iterable[Request], keep: bool = True) -> dict[str, ChatReply]:
        """Return the replies to all requests, by key. Few entries are in memory at a time."""
        found: dict[str, ChatReply] = {}
        for part in parts(requests):
            stored = self._cache.replies(key for request in part for key in request.keys)
            found |= {request.key: reply for request in part if (reply := _accepted(request, stored.get))}
            missing = [request for request in part if request.key not in found]
            archives = self._cache.archives(key for request in missing for key in request.keys)
            for request in missing:
                if reply := self._revived(request, archives.__getitem__, keep):
                    found[request.key] = reply
        return found

    def _revived(
        self, request: Request, archived_replies: Callable[[str], Sequence[ArchivedReply]], keep: bool
    ) -> ChatReply | None:
        for key in request.keys:
            for archived in reversed(archived_replies(key)):
                if archived.is_complete_reply_to(request.user) and _accepts(request, archived.text):
                    stored = archived.stored()
                    if keep:
                        self._cache.put(key, stored)
                    return _found(request, key, stored)
        return None


def _accepted(request: Request, stored_reply: Callable[[str], StoredReply | None]) -> ChatReply | None:
    """Return the first stored reply that the request accepts."""
    for key in request.keys:
        stored = stored_reply(key)
        if stored and _accepts(request, stored.text):
            return _found(request, key, stored)
    return None


def _accepts(request: Request, text: str) -> bool:
    """Return whether the request's own check accepts the text."""
    try:
        request.accept(text)
    except ReplyError:
        return False
    return True


def _found(request: Request, key: str, stored: StoredReply) -> ChatReply:
    """Build a request's reply from a cached reply."""
    return ChatReply(
        key=request.key,
        text=stored.text,
        cached=True,
        attempts=stored.attempts,
        found=None if key == request.key else key,
        model=None if key == request.key else stored.model,
        tokens_in=stored.tokens_in,
        tokens_out=stored.tokens_out,
        cost_usd=stored.cost_usd,
        latency_s=stored.latency_s,
    )
