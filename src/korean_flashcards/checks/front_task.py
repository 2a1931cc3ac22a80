"""Check that a front ends in a question or a task, and that a Scene begins where the memory room ends: at the portal."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.refusals import without_quotations

NO_TASK = Check(
    "no_task", Severity.WARNING, "The front has no question or task.",
    "Looks for a question mark, a gap, or a sentence that begins with a verb, such as “Tell your boss …”.",
)  # fmt: skip
SCENE_OPENING = Check(
    "scene_opening", Severity.WARNING, "The Scene card does not begin with the step through the portal.",
    "Finds openings such as “Imagine …”, “You are in …”, and “Minji steps through the portal …”.",
)  # fmt: skip
CHECKS = (NO_TASK, SCENE_OPENING)

_GAP = lazy_regex(r"_{2,}|\([ …]*\)|…|\.{3}|\[ *\]")
# A choice between two words may be implied: "… but only one of them is this card's."
_CHOICE = lazy_regex(r"\b(?:only one|(?:just )?one of (?:them|these|the two)|not the other)\b", re.I)
_QUESTION_AT_END = lazy_regex(r"\?[\"'”’)]*\s*\Z")
_KOREAN_QUESTION = lazy_regex(r"[가-힣][가-힣0-9 ,]*\?")
_SENTENCE = lazy_regex(r"(?:[.!;:…–—]|['’\"”)] )\s*")
_WORD = lazy_regex(r"[A-Za-z']+")
# A task never begins with these words: subjects, articles, and verbs of looking and thinking.
_NO_TASK_WORDS = """
a an the this that these those there here it its he she they we i you your my his her their our one two three four five six
seven eight nine ten each every all both some many most no nobody nothing everybody everyone everything somebody someone
something another other what which who whose where when why how because since while whenever after before although though as
if so but yet and or nor for from in on at by with without under over behind beside between among through during until into
onto inside outside near next last first second today tonight yesterday tomorrow now later soon again still only just even
is are was were can could will would it's
there's here's that's he's she's you're they're we're i'm not never always often sometimes usually
imagine picture visualize visualise think remember look listen watch feel see hear smell wait relax consider enjoy notice
ponder reflect dream breathe meet enter step walk suppose recall
"""
_NEVER_A_TASK = frozenset(_NO_TASK_WORDS.split())
_AUXILIARIES = frozenset((
    "is", "are", "was", "were", "has", "have", "had", "does", "do", "did", "will", "would", "can", "could", "may", "might",
    "must", "should", "isn't", "aren't", "wasn't",
))  # fmt: skip
_FINITE = lazy_regex(r"[a-z]{2,}(?<!ss)(?:s|ed)\Z")
# After a comma or "and", a task begins with one of these: "At the bakery, ask for two".
_TASKS = """
add address admit advise agree announce answer apologise apologize argue ask assure attach beg begin bid boast break build
calculate call calm change cheer choose combine comfort compare complain complete compliment confess congratulate conjugate
connect contrast convert correct count cry decide decline define deny describe distinguish draw encourage end exclaim
excuse explain express fill find finish fix forbid form give greet group guess hesitate identify insert introduce invite
join justify keep leave let line link list make match mention mind name negate note offer order pass pick place point
praise predict promise pronounce propose put put react read reassure recommend refuse remind repair repeat rephrase replace
reply report request respond reverse rewrite say scold send separate show sigh sort speak spell split start state stop
suggest supply swap take teach tell text thank translate turn type unfold urge use warn whisper wish write
"""
_TASK_VERBS = frozenset(_TASKS.split())
_CLAUSE = lazy_regex(r",\s*|\b(?:and|then|but|or|now|please|first|next|politely|casually|formally)\s+", re.I)
_ADVERB = lazy_regex(r"(?:[a-z]+ly|then|now|please|first|next|also|just|finally|so)\Z")
# The portal in the first sentence, reached by the learner: "You step …", "Stepping …", "Beyond the portal …"
_PORTAL = "portal"
_THROUGH_IT = lazy_regex(
    r"(?:(?:and|as|when|once|again|slowly|carefully|now) )*you(?:['’]ve)? (?!(?:stepped|walked|went|passed|entered|came)\b)"
    r"|(?:step|stepping|walk|walking|pass|passing|through|beyond|behind|past|out of|on the other side|beneath|after"
    r"|the portal)",
    re.I,
)
# Openings that take the place of the step. Others may describe the scene at once: "On a ridge of Jirisan a tent …".
_OTHER_OPENING = lazy_regex(
    r"\W*(?:you(?:['’]re|['’]ve|['’]ll)?|we|i|he|she|they|let|let['’]s|imagine|picture|visuali[sz]e|think|close|open|look|see|here"
    r"|there|welcome|this|it|suppose|consider|remember|enter|step|walk|go|come|take|find|stand|standing|sit|sitting"
    r"|walking|stepping|entering|once|what|which|who|whom|where|when|why|how|as you|in front of you|before you"
    r"|in your (?:mind|imagination))\b",
    re.I,
)


def front_has_a_task(card: Card) -> Iterator[Finding]:
    """Report a front without a question or a task, and a Scene that does not begin at the portal."""
    if card.analysis.language.code != "en" or card.is_offline or not card.front.strip():
        return
    if not _asks(card.front):
        yield NO_TASK.at("front", "the front has no question or task: end it with one")
    if card.tab_name == "Scene" and (opening := _wrong_opening(card.front)):
        yield SCENE_OPENING.at("front", f"begin with “You step through the portal …” instead of “{opening} …”")


def _asks(front: str) -> bool:
    if "?" in front and _QUESTION_AT_END.search(front):
        return True
    plain = without_quotations(front)
    if "?" in plain and "?" in _KOREAN_QUESTION.sub("", plain):
        return True
    if _GAP.search(front) or _CHOICE.search(front):
        return True
    return any(map(_is_task, _SENTENCE.split(plain)))


def _is_task(sentence: str) -> bool:
    """Return whether a sentence begins with a verb that tells the learner to do something, or a clause in it does."""
    words = _WORD.findall(sentence.lower())
    if words and not _says_something(words):
        return True
    return any(_begins_with_task(clause) for clause in _CLAUSE.split(sentence))


def _says_something(words: list[str]) -> bool:
    """Return whether a sentence begins with its subject, a link, or a verb of looking and thinking."""
    at = next((at for at, word in enumerate(words) if not _ADVERB.match(word)), 0)
    first, second = words[at], words[at + 1] if len(words) > at + 1 else ""
    if first in _TASK_VERBS:
        return False
    return first in _NEVER_A_TASK or second in _AUXILIARIES or _FINITE.match(second) is not None


def _begins_with_task(clause: str) -> bool:
    word = next((word for word in _WORD.findall(clause.lower()) if not _ADVERB.match(word)), "")
    return word in _TASK_VERBS


def _wrong_opening(front: str) -> str:
    """Return the first words of a Scene that does not begin with the step through the portal, or ""."""
    sentence = re.split("[.!?]", front, maxsplit=1)[0]
    is_right = _THROUGH_IT.match(sentence) if _PORTAL in sentence.lower() else not _OTHER_OPENING.match(sentence)
    return "" if is_right else " ".join(front.split()[:4])
