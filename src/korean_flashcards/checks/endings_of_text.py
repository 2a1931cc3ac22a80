"""Find text that breaks off, talk without content, and talk between the model and its user."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity

CUT_OFF = Check(
    "cut_off", Severity.WARNING, "The text breaks off.",
    "Finds sentences that end in a word without punctuation, and quotations that are never closed.",
)  # fmt: skip
FILLER = Check(
    "filler", Severity.WARNING, "The text has phrases that say nothing about the word.",
    "Finds phrases such as “a very useful word” and “used in many situations”.",
)  # fmt: skip
CHAT = Check(
    "chat", Severity.ERROR, "The text speaks to the user, or repeats the names of the card's sides.",
    "Finds “Sure!” and “Front:” at the beginning, and offers such as “Let me know if …”.",
)  # fmt: skip
CHECKS = (CUT_OFF, FILLER, CHAT)

_SENTENCES = frozenset(("metaphor", "explanation", "usage_context", "comparison", "front", "back"))
# A word in Latin letters or a comma at the end. Lists of Korean examples may end without punctuation.
# A text with complete sentences ends with one. A single phrase may lack a period, but never ends with these words.
_SENTENCE_END = re.compile(r"[a-z][.!?] ")
_LINK_WORDS = "the|a|an|of|to|and|or|is|are|with|in|for|that|which|but|at|by|from|as|while|every|its|their|your|his|her"
_LINK = re.compile(rf"(?:\b(?:{_LINK_WORDS})|[,:–—])\s*$")
_NO_END = re.compile(r"[a-z,;:–—]\s*$")
# 'Sorry, I have pl
_OPEN = re.compile(r"(?:^|[\s(])(?:'(?=[A-Z])[^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*|“[^”\n]*|‘[^’\n]*)\Z")
_FILLERS = (
    r"(?:very|really|extremely|quite|most) (?:common|useful|important|basic|popular)(?: and (?:\w+ )?\w+)? (?:korean )?"
    r"(?:word|noun|verb|adjective|adverb|expression|phrase)",
    "good luck with your", "remember (?:it|this|this word|the word) well", "keep practi[cs]ing", "in conclusion",
    "to sum up",
    "used in (?:many|various|a lot of) (?:different )?(?:situations|contexts|ways)", "well done!", "great job",
    "used (?:a lot )?in (?:daily|everyday) (?:life|conversations?)", "learners should (?:know|learn|remember|master)",
    "practi[cs]e (?:it|this|this word) (?:every|often|daily|many)", "will (?:surely|certainly|definitely) master",
    "happy (?:learning|studying)", "think of something that reminds you", "as (?:we|you) can see",
)  # fmt: skip
_FILLER = re.compile(rf"\b(?:{'|'.join(_FILLERS)})")
# One of these is enough. The others may be true once: "a very common word among friends".
_ALWAYS_FILLER = re.compile("good luck|remember|keep|in con|to sum|well done|great|practi|will|happy|think|learners")
# Every match of the patterns contains one of these. Most text has none, so it is not searched.
_FILLER_SIGNS = (
    "very ", "really ", "extremely ", "quite ", "most ", "good luck", " well", "practi", "conclusion", "sum up", "used ",
    "great job",
    "learners", "will ", "happy ", "reminds", "can see",
)  # fmt: skip
_OFFER_SIGNS = ("hope", "let me", "feel free", "would you", "here is ", "here's ", "\\n")
_SIDES = "front|back|answer|question|translation|meaning|explanation|tags|term|side [ab12]"
_OFFERS = (
    "(?:i )?hope (?:this|that|it) (?:helps|is helpful)", "let me know if", "feel free to (?:ask|reach)",
    r"would you like me to", r"here(?:'s| is) (?:the|your|a) (?:\w+ )?(?:card|flashcard|explanation|translation|example)\b",
)  # fmt: skip
_LABEL = re.compile(rf"\s*(?:(?:{_SIDES})\s*:|(?:sure|certainly|absolutely|of course)[!,.])")
_OFFER = re.compile(rf"\b(?:{'|'.join(_OFFERS)})|\\n")


def ends_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report text in the record that breaks off or says nothing."""
    yield from _ends(analysis, analysis)


def ends_of_card(card: Card) -> Iterator[Finding]:
    """Report text on the card that breaks off or says nothing."""
    yield from _ends(card, card.analysis)


def chat_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report text in the record that speaks to the user."""
    yield from _chat(analysis)


def chat_on_card(card: Card) -> Iterator[Finding]:
    """Report text on the card that speaks to the user."""
    yield from _chat(card)


def _ends(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    has_filler = any(map(subject.all_prose.__contains__, _FILLER_SIGNS))
    for field, text in subject.prose if analysis.language.code == "en" else ():
        if field not in _SENTENCES:
            continue
        is_open = text[-1].isalpha() or _NO_END.search(text[-4:])
        if is_open and len(text.split()) > 3 and not text.endswith(analysis.sources):
            if _NO_END.search(text[-4:]) and (_LINK.search(text[-12:]) or _SENTENCE_END.search(text)):
                yield CUT_OFF.at(field, f"{field} breaks off: “…{text[-40:]}”")
            elif text[-1].isalpha() and (found := _OPEN.search(text.rpartition("\n")[2])):
                yield CUT_OFF.at(field, f"the quotation {found[0].strip()[:40]!r} is never closed")
        idle = _FILLER.findall(text.lower()) if has_filler else []
        if len(idle) > 1 or any(map(_ALWAYS_FILLER.match, idle)):
            yield FILLER.at(
                field, f"“{idle[0]}” says nothing about {analysis.word}: leave it out or say what is special"
            )


def _chat(subject: Analysis | Card) -> Iterator[Finding]:
    has_offer = any(map(subject.all_prose.__contains__, _OFFER_SIGNS))
    for field, text in subject.prose:
        if found := _LABEL.match(text.lower()) or (has_offer and _OFFER.search(text.lower())):
            yield CHAT.at(field, f"leave out “{found[0].strip()}”")
