"""Find talk between the model and its user, and names of the card's sides."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import Signs
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.refusals import without_quotations

CHAT = Check(
    "chat", Severity.ERROR, "The text speaks to the user, or repeats the names of the card's sides.",
    "Finds “Sure!”, “Great question!”, and “Front:” at the beginning, and offers such as “Let me know if …”.",
)  # fmt: skip
CHECKS = (CHAT,)

_SENTENCES = frozenset(("metaphor", "explanation", "usage_context", "comparison", "front", "back"))
_HEAD = 32  # letters
_OWN_NAMES = {
    "usage_context": "usage(?: context)?|context",
    "comparison": "comparison|nuance",
    "metaphor": "metaphor|image",
    "primary_meaning": "primary meaning",
    "other_meanings": "other meanings?",
    "explanation": "explanation",
}
_SIDES = "front|back|answer|question|translation|meaning|explanation|tags|term|side [ab12]|card \\d|output|response"
_OPENERS = (
    "sure|certainly|absolutely|of course|great question|good question|excellent question|great choice|got it|no problem"
    "|understood|happy to help|dear (?:learner|student|user)"
)
_OFFER_SIGNS = Signs(
    "hope", "let me", "feel free", "would you", "here is ", "here's ", "here are ", "great question", "good question",
    "excellent question", "any other questions", "any more questions", "any further questions", "let's ",
    "as requested", "as you requested", "this card", "this flashcard", "you asked", "below is", "you've got",
    "i'm happy", "i am happy", "this entry", "good luck", "i will ", "i'll ", "stay tuned", "keep up", "well done",
    "great job", "please note", "note that i", "following ", "do not forget to", "don't forget to", "shall i ",
    "should i ", "may i ", "does that help", "does that make", "does that answer", "does this help", "does this make",
    "does this answer", "does it help", "does it make", "does it answer", "did that help", "did that make",
    "did that answer", "did this help", "did this make", "did this answer", "do this help", "do this make",
    "do this answer", "do that help", "do that make", "do that answer", "did it help", "did it make", "did it answer",
    "do it help", "do it make", "do it answer", "anything else", "note to ", "i can't verify", "i can't confirm",
    "i can't be ce", "i can't be su", "i cannot verify", "i cannot confirm", "i cannot be ce", "i cannot be su",
    "i can not verify", "i can not confirm", "i can not be ce", "i can not be su", "i could not verify",
    "i could not confirm", "i could not be ce", "i could not be su", "i couldn't verify", "i couldn't confirm",
    "i couldn't be ce", "i couldn't be su", "not sure", "not certain", "not quite", "not entirely", "not completely",
    "unsure", "uncertain", "thanks for ", "thank you for ", "dear ", "let us ", "see below", "i have written ",
    "i have chosen ", "i have added ", "i have included ", "i have created ", "i have generated ", "i've written ",
    "i've chosen ", "i've added ", "i've included ", "i've created ", "i've generated ", "i wrote", "i chose",
    "i added", "i included", "i created", "i generated", "i provided", "i kept", "you requested", "you've requested",
    "you have requested", "json", "output follows", "output is below", "output below", "analysis follows",
    "analysis is below", "analysis below", "be happy to", "be glad to", "ask me", "end of ",
)  # fmt: skip
_OFFERS = (
    "(?:i )?hope (?:this|that|it) (?:helps|(?:is|was) (?:helpful|useful|clear|what you)|makes sense)",
    "let me (?:know (?:if|what|when|how)|explain|break|give you|help|walk you|show you|rephrase|clarify)",
    "feel free to (?:ask|reach|use|let me|request)", "would you like me to",
    "(?:shall|should|may) i (?:continue|go on|add|explain) ?(?:with|more|another|the|[?])",
    "(?:does|did|do) (?:that|this|it) (?:help|make sense|answer your)",
    "(?:is there )?anything else (?:i can|you need|you want|you'd like)",
    "note to (?:the )?(?:editor|reviewer|self|user|learner|teacher|author)s?\\b",
    "i (?:can ?not|can't|could not|couldn't) (?:verify|confirm|be (?:certain|sure))",
    "i(?:'m| am) (?:not (?:entirely |quite |completely )?(?:sure|certain)|unsure|uncertain) (?:about|of|whether|if) this",
    "(?:thanks|thank you) for (?:asking|your (?:question|request|interest|patience))",
    "dear (?:learner|student|user|reader)s?\\b",
    "(?:okay|ok|alright|now),? let(?:'s| us) (?:look|see|talk|move|turn|start|begin|learn)", "(?:please )?see below",
    "i(?:'ve| have) (?:written|chosen|added|included|created|generated) (?:an?|the|two|three|some|it)\\b",
    "i (?:wrote|chose|added|included|created|generated) (?:an?|the|two|three|some|it)\\b",
    "you(?:'ve| have)? requested", "(?:json|output|analysis) (?:follows|is below|below)",
    "(?:i'd|i would) be (?:happy|glad) to", "(?:please )?ask me (?:if you|for more|anything)",
    "any (?:other|more|further) questions", "end of (?:the )?(?:card|analysis|answer|reply|response|output)",
    r"here(?:'s| is| are) (?:the|your|a|some) (?:\w+ )?(?:cards?|flashcards?|explanation|translation|examples?|analysis"
    r"|answer|breakdown)\b",
    "(?:that's a |what a )(?:great|good|excellent) question[!.]", "(?:great|excellent) question[!.]|good question!",
    "let's (?:dive|break (?:it|this) down|get started|explore)", "as (?:you )?requested",
    "(?:in|on) this (?:flash)?card,? (?:we|you|i)\\b", "this (?:flash)?card (?:is|was|will|helps|covers)",
    "you asked (?:me )?about", "below is (?:the|a|your)", "you've got this", "i(?:'m| am) happy to",
    "good luck (?:with|on|in) (?:your|the)", "good luck[!.]$", "i(?:'ll| will) (?:explain|now explain|provide)",
    "stay tuned", "keep up the good", "please note that (?:i|this)", "the following (?:flash)?cards? ",
    "do(?: not|n't) forget to (?:practi[cs]e|review|study|like|subscribe)",
)  # fmt: skip
_LABEL = lazy_regex(rf"\s*(?:(?:{_SIDES})\s*:|[\[(<*](?:{_SIDES})[\])>*])")
_OWN_LABELS = {field: lazy_regex(rf"(?:{names})\s*:") for field, names in _OWN_NAMES.items()}
_OPENER = lazy_regex(rf"\s*(?:{_OPENERS})[!,.]")
_OFFER = lazy_regex(rf"\b(?:{'|'.join(_OFFERS)})|\\n")
# A translation without quotation marks: 저도 잘 모르겠어요 — I'm not sure.
_AFTER_KOREAN = lazy_regex(r"[가-힣][.?!]?\s*[—–=(→-]\s*\Z")


def chat_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report text in the record that speaks to the user."""
    yield from _chat(analysis, analysis)


def chat_on_card(card: Card) -> Iterator[Finding]:
    """Report text on the card that speaks to the user."""
    yield from _chat(card, card.analysis)


def _chat(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    has_offer = len(_OFFER_SIGNS.found_in(subject)) > 0 or "\\n" in subject.all_prose
    for field, text in subject.prose:
        found = _label(field, text[:_HEAD].lower()) or (_offer(text.lower()) if has_offer else None)
        # 물론 means “of course”, and 화이팅 “good luck”.
        if found and found[0].strip(" !,.") not in f"{analysis.definition} {analysis.text('primary_meaning')}".lower():
            yield CHAT.at(field, f"leave out “{found[0].strip()}”")


def _offer(lower: str) -> re.Match[str] | None:
    found = _OFFER.search(lower)
    if found and found[0] != "\\n":
        plain = without_quotations(lower)
        found = _OFFER.search(plain)
        return None if found and _AFTER_KOREAN.search(plain[: found.start()]) else found
    return found


def _label(field: str, head: str) -> re.Match[str] | None:
    """Return the name of a side or a field, or an opening such as “Sure!”, at the beginning of a text."""
    if (":" in head or head[:1] in "[(<*") and (label := _LABEL.match(head)):
        return label
    if ":" in head and field in _OWN_LABELS and (label := _OWN_LABELS[field].match(head)):
        return label
    return _OPENER.match(head) if field in _SENTENCES else None
