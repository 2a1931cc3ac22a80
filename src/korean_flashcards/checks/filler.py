"""Find text that says nothing about the word: praise, advice to learn it, and sentences that fit any word."""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import Signs
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words

FILLER = Check(
    "filler", Severity.WARNING, "The text has phrases or sentences that say nothing about the word.",
    "Finds phrases such as “a very useful word”, and sentences that would fit any word.",
)  # fmt: skip
CHECKS = (FILLER,)

_SENTENCES = frozenset(("other_meanings", "metaphor", "explanation", "usage_context", "comparison", "front", "back"))
_FILLERS = (
    r"(?:very|really|extremely|quite|most) (?:common|useful|important|basic|popular)(?: and (?:\w+ )?\w+)? (?:korean )?"
    r"(?:word|noun|verb|adjective|adverb|expression|phrase)",
    "(?:this|it) is an? (?:very |really )?(?:important|useful|common|basic|essential) "
    "(?:word|one) to (?:know|learn|remember)",
    "good luck with your", "remember (?:it|this|this word|the word) well", "keep practi[cs]ing", "in conclusion",
    "to sum up", "used in (?:many|various|a lot of) (?:different )?(?:situations|contexts|ways)", "well done!", "great job",
    "used (?:a lot )?in (?:daily|everyday) (?:life|conversations?)", "learners should (?:know|learn|remember|master)",
    "practi[cs]e (?:it|this|this word) (?:every|often|daily|many)", "will (?:surely|certainly|definitely) master",
    "happy (?:learning|studying)", "think of something that reminds you", "as (?:we|you) can see",
    "practi[cs]e makes perfect", "one of the most (?:common|important|useful|basic)", "rich (?:culture and )?history of",
    "it is (?:important|worth|crucial|essential|helpful) to (?:remember|note|understand|know|keep in mind|mention)",
    "it (?:should|must|can) be (?:noted|mentioned|remembered) that", "when it comes to", "generally speaking",
    "(?:take|have) a closer look", "truly (?:fascinating|wonderful|remarkable|beautiful|amazing|unique)",
    "(?:language|korean|learning) (?:learning )?journey", "enrich your", "boost your", "improve your korean",
    "sound more (?:natural|fluent)",
    "(?:mastering|learning|knowing|understanding) this (?:word|nuance|form|ending|expression|pattern|verb|noun|distinction)",
    "(?:needless to say|in today's world|as mentioned (?:above|before|earlier)|last but not least|in summary)",
    "plays? (?:a|an) (?:important|crucial|vital|key|significant) role",
    "(?:essential|must-know|must-have) (?:word|part|vocabulary)", "every (?:korean )?learner", "to the next level",
    "congratulations[,!] you", "much more to (?:say|learn|know|it)",
    "(?:simply|just|really|absolutely) must (?:know|learn)", "now you know", "keep (?:this|that|it) in mind",
    "practi[cs]e (?:it|this|them) with", "by heart", "no time at all", "will be fine", "pays? off",
    "you will (?:notice|see|find) (?:it|this) everywhere",
    "(?:good|great|nice|useful|handy) (?:word|expression|phrase) to (?:know|learn|have|remember|add)",
    "(?:your|the) vocabulary", "context matters", "depend(?:s|ing) on the (?:context|situation)",
    "(?:an? )?(?:rich|beautiful|fascinating|wonderful) language", "learn more about",
    "you(?:'ve| have) (?:just |now )?(?:learned|mastered)(?! (?:the|a|an) (?:skill|trade|craft))",
)  # fmt: skip
_FILLER = lazy_regex(rf"\b(?:{'|'.join(_FILLERS)})")
# 잘했어요! (Well done!)
_TRANSLATION = lazy_regex(
    r"[가-힣][.?!…~]*[’”\"']* ?(?:\([^()\n가-힣]*\)|[—–] [^\n.?!]*[.?!]|['‘“\"][^'’”\"\n]*['’”\"])"
)
# These may be true once: "a very common word among friends". Any other is enough.
_ONCE_TRUE = lazy_regex("(?:very|really|extremely|quite|most|used|as) ")
# Every match of the patterns contains one of these words. Most text has none, so it is not searched.
_SIGNS = """
common useful important basic popular luck remember practicing practising conclusion sum situations contexts ways daily
everyday learners practice practise master happy reminds perfect rich worth crucial essential helpful noted mentioned
remembered generally closer truly journey enrich boost improve natural fluent mastering understanding
needless today's least summary role must-know must-have learner congratulations learned vocabulary
"""
_FILLER_SIGNS = Signs(
    *_SIGNS.split(), "when it comes", "well done!", "can see", "next level", "great job", "learning this", "happy learn",
    "more to ", "must know", "must learn", "now you know", "in mind", "practice it with", "practice this with",
    "practise it with", "by heart", "time at all", "will be fine", "pay off", "pays off", "it everywhere",
    "this everywhere", "word to ", "expression to ", "phrase to ", "context matters", "depends on the", "depending on the",
    "rich language", "beautiful language", "fascinating language", "wonderful language", "learn more about",
)  # fmt: skip
# A sentence of these words alone, with at least one that praises or recommends, says nothing.
_PRAISE = """
important useful popular basic essential necessary helpful learner learners learn learning study studying practice practise
practicing master memorize memorise remember worth vocabulary beginner beginners frequently interesting fluent fluency fun
often various many common commonly widely daily congratulations wonderful amazing versatile fascinating key worry notice
definitely
"""
_EMPTY = """
used use uses using word words term expression phrase noun verb adjective adverb korean korea language speaker speakers
people
different situation situations context contexts life everyday day conversation conversations speak speaking talk say
said know known understand well good great make makes perfect when where how way ways number case cases time times
every everyone everybody everywhere always can could should must will would may help helps need needs very
really quite extremely just only even all each other thing things lot level part correctly properly naturally its your you
there think keep going another today now grammar sentence sentences example examples meaning meanings mean means
appear appears seem seems hard first pay off simply overall short once rich add heart idea soon bit don if
"""
_COMPARED = (
    "similar same different difference differ nuance slightly bit little both but however two nearly almost less more"
)
# Without a word of these, no sentence is empty.
_COMPARING = "similar same different difference differ nuance slightly"
_PRAISING = frozenset(f"{_PRAISE} {_COMPARING}".split())
_ABOUT = content_words("word words meaning meanings they")
# A sentence without Korean, quotations, and parentheses.
# It begins with its capital letter, because such a pattern is found faster.
_PLAIN = lazy_regex(r"[A-Z](?:(?<=^.)|(?<=[.!?)'’”] .))[a-z '’][A-Za-z ,;'’-]{14,}(?:[.!]|$)", re.M)
_WORD = lazy_regex("[a-z]+")
_FEWEST = 4  # words: "Everyday speech" says something


def filler_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report text in the record that says nothing."""
    yield from _filler(analysis, analysis)


def filler_on_card(card: Card) -> Iterator[Finding]:
    """Report text on the card that says nothing."""
    yield from _filler(card, card.analysis)


def _filler(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    is_english = analysis.language.code == "en"
    has_praise = is_english and not _PRAISING.isdisjoint(subject.words)
    has_filler = is_english and len(_FILLER_SIGNS.found_in(subject)) > 0
    for field, text in subject.prose if has_filler or has_praise else ():
        if field not in _SENTENCES:
            continue
        idle = _FILLER.findall(_TRANSLATION.sub(" ", text.lower())) if has_filler else []
        if len(idle) > 1 or not all(map(_ONCE_TRUE.match, idle)):
            phrase: str | None = idle[0]
        else:
            # Korean of the comparison is its subject, not an example.
            plain = text.replace(analysis.spoken, "it").replace(analysis.vs, "it") if field == "comparison" else text
            phrase = _empty_sentence(plain, analysis) if has_praise else None
        if phrase and field != "front":
            yield FILLER.at(
                field, f"“{phrase}” says nothing about {analysis.word}: leave it out or say what is special"
            )


def _empty_sentence(text: str, analysis: Analysis) -> str | None:
    """Return the first sentence that says nothing. One that gives the word's meaning does: 노잼 “no fun at all”."""
    meaning = content_words(f"{analysis.definition} {analysis.text('primary_meaning')}")
    return next(
        (found for found in _PLAIN.findall(text) if _is_empty(found) and content_words(found).isdisjoint(meaning)), None
    )


def _is_empty(sentence: str) -> bool:
    """Return whether a sentence consists of words that fit any word: “It is used in many different situations.”"""
    words = _WORD.findall(sentence.lower())
    if len(words) < _FEWEST:
        return False
    stems = content_words(sentence)
    praise, empty, compared = _vocabulary()
    if not stems <= empty:
        return False
    return len(stems & praise) > 0 or (len(stems & compared) > 1 and stems <= compared | praise | _ABOUT)


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the stems that praise, all stems that say nothing, and those that only say that words differ."""
    praise, compared = content_words(_PRAISE), content_words(_COMPARED)
    return praise, praise | compared | content_words(_EMPTY), compared
