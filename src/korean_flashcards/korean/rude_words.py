"""Recognize vulgar Korean words, to which no neutral word should lead."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex

# Beginnings of swear words and insults, without those that also begin usual words (시발점, 개년, 조까지).
_RUDE = lazy_regex(
    r"(?:이|그|저|네|이런 |저런 )?(?:"
    r"씨[발팔]|시[발팔](?!점|표|역|행|택|자)|씹|좆|존나|졸라(?![대맨매])|지랄|염병|우라질|제기랄|제길|젠장|빌어먹[을다]|"
    r"망할(?: ?[놈년]|$)|개(?:새끼|자식|소리)|새끼(?:야|들|$)|병신(?!년)|또라이|쌍[놈년]|썅|잡[놈년]|미친[놈년]|후레자식|"
    r"호로자식|엿 ?(?:먹|같)|닥[쳐치]|꺼[져지]라?$|뒈[지져졌진질]|아가리|주둥아리|대가리|낯짝|[처쳐]먹|걸레년|창녀|갈보|"
    r"화냥|쪽바리|짱깨|놈(?:[이은을의도아과만]|에게|한테|들|$)|년(?:아|들)$)"
)
# How word lists gloss them.
_GLOSS = lazy_regex(
    r"\b(?:fuck\w*|shit\w*|bitch\w*|bastards?|ass ?holes?|whores?|sluts?|damn\w*|goddamn\w*|crap|bullshit|pricks?|"
    r"dick ?heads?|cunts?|son of a bitch|motherfuck\w*|screw you|piss off|vulgar)\b",
    re.IGNORECASE,
)


def is_rude(word: str, definition: str) -> bool:
    """Return whether a word is vulgar, judging by its spelling and its English definition."""
    return _GLOSS.search(definition) is not None or _RUDE.match(word) is not None
