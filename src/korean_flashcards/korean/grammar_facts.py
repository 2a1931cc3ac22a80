"""List facts about grammar patterns that every grammar of Korean gives: what they attach to, and what may stand around them.

A fact that depends on the meaning of a pattern is left out, such as commands after -아서/어서.
"""

from functools import cache
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

# names | facts. on: the words that a pattern attaches to (v verbs, a adjectives, n nouns); past: whether -았/었- may stand
# before it; command: whether a command may follow; subject: same if both parts have the same one; negative: whether the
# sentence is always negative. Facts that are not certain are left out.
_TABLE = """
느라고; 느라 | on=v past=no command=no subject=same
는 바람에 | on=v past=no command=no
기 때문에 | past=yes command=no
아서/어서; 아/어서; 어서/아서 | past=no
니까; 으니까 | past=yes command=yes
면; 으면 | past=yes command=yes
면서; 으면서 | past=no subject=same
려고; 으려고; 려고 하다 | on=v past=no command=no subject=same
러; 으러 | on=v past=no subject=same
자마자 | on=v past=no command=yes
고 나서; 기 전에; 고 싶다; 고 있다; 아/어 보다; 지 마세요; 지 말다 | on=v past=no
ㄹ게요; 을게요; ㄹ래요; 을래요; ㄹ 뻔하다; 을 뻔하다 | on=v past=no
길래 | past=yes command=no
더니 | command=no
거든요; 거든; 잖아요; 잖아; 네요; 더라고요; 는데 | past=yes
지만 | past=yes command=yes
아/어지다; 도록 | past=no
답다; 스럽다; 님; 에서; 에게; 한테; 께서; 까지; 부터; 처럼; 마다; 조차; 을/를; 을; 를; 이/가; 로서; 으로서 | on=n
밖에 | on=n negative
별로; 전혀; 결코; 절대로; 도무지; 좀처럼; 아무도; 아무것도 | negative
"""
# Words that stand only before a noun.
_DETERMINERS = "새 헌 모든 무슨 어느 온갖 웬 딴 여러 옛 첫 이런 그런 저런 어떤 다른"
DETERMINERS = frozenset(_DETERMINERS.split())
# A particle is attached, a dependent noun stands apart.
_PARTICLES = """
밖에 조차 까지 부터 에서 에게 한테 께 께서 처럼 마다 보다 만 도 은 는 이 가 을 를 의 로 으로 와 과 하고 이랑 랑
은/는 이/가 을/를 와/과 (으)로 (이)나 (이)랑 로서 로써 마저
"""
PARTICLES = frozenset(_PARTICLES.split())
_DEPENDENT_NOUNS = "것 수 줄 지 적 때문 뿐 만큼 대로 데 채 척 체 리 바 터"
DEPENDENT_NOUNS = frozenset(_DEPENDENT_NOUNS.split())
_NAME = lazy_regex(r"^[-~]|\(으\)|\(이\)")


class Facts(NamedTuple):
    """What is known of a pattern.

    Attributes:
        on: The classes of words that it attaches to, as letters (v, a, n), or "" if unknown.
        past: "yes" or "no", or "" if unknown.
        command: "yes" or "no", or "".
        subject: "same" or "".
        is_negative: Whether the sentence must be negative.
    """

    on: str
    past: str
    command: str
    subject: str
    is_negative: bool


def facts_of(pattern: str) -> Facts | None:
    """Return the facts about a pattern in any notation, such as -(으)려고, or None if it is not listed."""
    return _facts().get(_NAME.sub("", pattern).strip())


@cache
def _facts() -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for line in _TABLE.strip().split("\n"):
        names, text = line.split(" | ")
        known = dict(each.split("=") for each in text.split() if "=" in each)
        facts = Facts(
            known.get("on", ""),
            known.get("past", ""),
            known.get("command", ""),
            known.get("subject", ""),
            "negative" in text,
        )
        found |= dict.fromkeys(names.split("; "), facts)
    return found
