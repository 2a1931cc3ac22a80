"""Tell whether a Korean sentence or an English one has a negation or a word that is often translated with one."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex

NOT_KOREAN = lazy_regex(
    "(?<![가-힣])(?:않|(?:안|못)(?: |[하했해좋]))|지[는도를]? ?(?:않|못|마|말)|지만은 않|진 않|꼼짝마|없|아[니닙닌]"
    "|못[하해했한할]|모르|몰[라랐]|싫|말고|마세요|밖에|별로|전혀|절대|아무|덜 |그만"
)
NOT_ENGLISH = lazy_regex(
    r"n['’]t\b|\b(?:not|never|no|none|nothing|nobody|nowhere|without|neither|nor|hardly|barely|cannot|rather|instead)\b",
    re.I,
)
