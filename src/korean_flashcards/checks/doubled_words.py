"""Find words and sentences that are written twice by mistake: “made in in Korea”, 오늘은 오늘은."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity

DOUBLED = Check(
    "written_twice", Severity.WARNING, "A word or a sentence is written twice.",
    "Finds articles, prepositions, names, and Korean nouns with a particle that follow themselves, and a sentence that is "
    "in two fields.",
)  # fmt: skip
CHECKS = (DOUBLED,)

# Not "that that", "had had", "is is", and "her her", which can be right: "What it is is a promise."
_NEVER_TWICE = """
the a an of to in at for with from by into onto and or but as than if then when where which who whose while because although
are was were be been being am has have will would can could should must may might not its this these those their your my our
his we they he she i it you what how also only just each any some every between about after before under through during
against without within there here both either korean english
"""
_DOUBLED = lazy_regex(
    rf"(?<![\w'’-])({'|'.join(_NEVER_TWICE.split())}) \1(?![\w'’-])|(?<![\w'’-])([A-Z][a-z]{{3,}}) \2(?![\w'’-])",
    re.I,
)
# Any other word, except sounds and words that are doubled for emphasis, and verbs after a clause: "all that happens happens"
_ANY = lazy_regex(r"(?<![\w'’-])([a-z]{4,}) \1(?![\w'’-])")
_SOUNDS = """
that very really much many long never again round there well come hear thud woof knock tick tock tack click clap buzz
ding dong beep bang boom creak splash plop drip drop chirp quack meow moo ring ping ting clink clang hush blah tick
rustle whir purr crack crunch snip snap slap swish whoosh gulp munch slurp thump pound pitter patter tap bounce step
slowly quickly quietly little one two three four five six seven eight nine ten hundred
"""
_EMPHATIC = frozenset(_SOUNDS.split())
_CLAUSE = lazy_regex(r"\b(?:that|what|who|which|whatever|whoever|where|how|when|if|as|it) (?:\w+ ){0,3}\Z", re.I)
_NAME = lazy_regex(r"([A-Z][a-z]{3,}) \1\Z")
_KOREAN = lazy_regex(r"(?<![가-힣])([가-힣]{2,}) \1(?![가-힣])")
# 친구를 친구를: a noun with a particle is not repeated for emphasis, but 빨리 빨리 is.
_WITH_PARTICLE = lazy_regex("(?:[을를은는]|에서|에게|한테|께서|부터|까지|니다)$")
_KOREAN_EMPHATIC = lazy_regex(
    "[가-힣]*(?:[히이리씩도요금네자]|하나|많이|정말|진짜|아주|너무|매우|자꾸|오래|안녕|그래|좋아|둥실|조심|째깍|반짝|멍멍|야옹|꿀꿀)$"
)
_TRANSLATED_TWICE = lazy_regex(r"(?<=\s)('(?:[^'\n]|(?<=\w)'(?=\w))+[.?!]')\s+\1")
_SENTENCE_END = lazy_regex(r"\s(?<=[.!?]\s)\s*(?=[A-Z])")
_FEWEST = 5  # words: shorter sentences may be the same by chance
_SENTENCES = frozenset(("other_meanings", "metaphor", "explanation", "usage_context", "comparison", "front", "back"))


def doubled_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report words and sentences that are twice in the record."""
    yield from _again(analysis)
    yield from _doubled(analysis, analysis)


def doubled_on_card(card: Card) -> Iterator[Finding]:
    """Report words and translations that are twice on the card."""
    if "' '" in card.back and (translation := _TRANSLATED_TWICE.search(card.back)):
        yield DOUBLED.at("back", f"the translation {translation[1][:60]} is written twice")
    yield from _doubled(card, card.analysis)


def _again(subject: Analysis) -> Iterator[Finding]:
    """Yield a finding for each English sentence that is also in an earlier field. Examples may be repeated."""
    first: dict[str, str] = {}
    for field, text in subject.prose:
        for sentence in _SENTENCE_END.split(text) if field in _SENTENCES else ():
            if sentence[:1].isupper() and len(sentence.split()) >= _FEWEST:
                earlier = first.setdefault(sentence.strip(), field)
                if earlier != field:
                    yield DOUBLED.at(field, f"“{sentence[:60]}” is also in {earlier}: leave it out of one of them")


def _doubled(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    # Most texts have no word that follows itself, so they are not searched.
    if not subject.repeated_words:
        return
    has_english = analysis.language.code == "en" and any(map(str.isascii, subject.repeated_words))
    pairs = [f"{word} {word}" for word in subject.repeated_words]
    for field, text in subject.prose:
        lower = text.lower()
        if not any(pair in lower for pair in pairs):
            continue
        english = _english(text, analysis) if has_english else ()
        for word in dict.fromkeys((*english, *_korean(text, analysis))):
            yield DOUBLED.at(field, f"“{word} {word}” is written twice: write “{word}”")


def _english(text: str, analysis: Analysis) -> Iterator[str]:
    for found in _DOUBLED.finditer(text):
        if found[1] or _NAME.match(found[0]):
            yield found[1] or found[2]
    for found in _ANY.finditer(text):
        if not (found[1] in _EMPHATIC or _is_sound(analysis.spoken) or _CLAUSE.search(text[: found.start()])):
            yield found[1]


def _korean(text: str, analysis: Analysis) -> Iterator[str]:
    for found in _KOREAN.finditer(text) if not text.isascii() else ():
        is_emphatic = _KOREAN_EMPHATIC.match(found[1]) and not _WITH_PARTICLE.search(found[1])
        if not (is_emphatic or found[1] in analysis.word or _is_sound(found[1]) or _is_sound(analysis.spoken)):
            yield found[1]


def _is_sound(word: str) -> bool:
    """Return whether a word repeats its own syllables: 두근두근, 멍멍."""
    half = len(word) // 2
    return half > 0 and word[:half] == word[half:]
