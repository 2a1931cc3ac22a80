"""Check that the front asks without giving the answer away."""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import lemmas
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.morphology import AnalyserMissing
from korean_flashcards.korean.near import stem

FRONT_TELLS = Check(
    "front_tells", Severity.WARNING, "The front gives the answer away.",
    "Looks for the meaning on Scene cards, for questions such as “Which word means …?” with the meaning, for the word's "
    "hanja or the first example of the back, and for “the answer is”.",
)  # fmt: skip
NO_SCENE = Check(
    "no_scene", Severity.WARNING, "The front asks only for the meaning, so it would fit any word.",
    "Finds fronts such as “When do you use this word?” without anything else, and fronts that end in “What does this word "
    "mean?”",
)  # fmt: skip
FRONT_HINTS = Check(
    "front_hints", Severity.NOTE, "The front may give the answer away.",
    "Looks for the word, or a whole sense of primary_meaning, on a front without a gap.",
)  # fmt: skip
CHECKS = (FRONT_TELLS, NO_SCENE, FRONT_HINTS)

_GAP = lazy_regex(r"_{2,}|\( *\)|…|\.{3}|\[ *\]")
_ANSWER = lazy_regex(r"\b(?:the answer is|answer:|correct answer)", re.I)
_ONLY_THE_MEANING = lazy_regex(
    r"\W*(?:what does (?:this word|the word|it|[\"'“‘]?[가-힣]+[\"'”’]?) mean(?: in english)?"
    r"|what is the meaning of [^?]{1,20}|how do you say (?:this|it) in korean|what does this mean"
    r"|translate (?:this|the) word)\W*",
    re.I,
)
# The same question on every card: "…. What does this word mean?"
_THIS_WORD = r"(?:this|the|that|our|today's) (?:korean )?(?:word|term|expression|phrase|vocabulary item)"
_SAME_FOR_ALL = lazy_regex(
    rf"\W*(?:(?:so|and|now|then),? )?(?:what (?:does|might|could|would|do you think) {_THIS_WORD} (?:means?|stand for|say)"
    rf"(?: in english| here)?|what (?:is|could) {_THIS_WORD}(?: be)?|what is the meaning(?: of (?:it|this|{_THIS_WORD}))?"
    r"|(?:which|what) (?:korean )?(?:word|term) (?:is|could) (?:this|it)(?: be)?"
    rf"|(?:can|could|do) you (?:guess|name|remember|recall|know|see|explain) (?:{_THIS_WORD}|the (?:meaning|answer)"
    rf"|what it means|what {_THIS_WORD} means)|how (?:do|would|can) (?:you|we) (?:use|translate|say) {_THIS_WORD}"
    rf"(?: in (?:english|korean|a sentence))?|what does {_THIS_WORD} remind you of|what (?:comes|springs) to (?:your )?mind"
    rf"|what do you (?:think|remember|feel)|what is the (?:answer|korean word)"
    r"|(?:turn|flip) (?:over )?the card(?: over)?(?: to see [^.?!]*)?|guess what (?:happens|it is|it means|comes next)"
    r"|check your answer|give the (?:answer|meaning)"
    rf"|(?:try to|can you|now) (?:recall|remember|guess|translate|explain) (?:it|{_THIS_WORD}|the meaning|its meaning)"
    r"|(?:think|remember|imagine|guess|translate|explain|define|recall|picture)(?: of| about)?"
    rf"(?: (?:it|this|the meaning|the scene|the picture|the situation|{_THIS_WORD}))?|(?:can|could) you guess)"
    r"\W*",
    re.I,
)
_ASKS_FOR_THE_WORD = lazy_regex(
    r"\b(?:(?:which|what|the|a)(?: \w+)? (?:word|term|expression|verb|noun|adjective|adverb|phrase)s?"
    r" (?:for|that means?|means?|meaning|describes?|expresses|says)|(?:how do|how would|can) you say|korean for)\b",
    re.I,
)
# Both words have the meaning, so it does not tell which one is right.
_OF_TWO = lazy_regex(r"\b(?:two|both|either|which of)\b", re.I)
_QUESTION = lazy_regex(r"[^.?!]*\?[\"'”’)]*\s*\Z")
# A front of these words alone fits any word.
_ANY_WORD = """
word words term terms expression phrase korean use used uses using usage say said tell mean means meaning meanings english
translate translation translations when where how what which why who whom whose does would could should can will give make
write form create example examples sentence sentences explain describe define definition difference remember recall think
imagine picture help helps place something about situation situations context right correct correctly learn know learned card
answer question please now today your own two three one short simple easy good following next first best fit fits fitting
characters daily life aloud loud out special speak
"""
# On other cards, learners say something in Korean, so the front must tell them what.
_ASKS_FOR_MEANING = frozenset(("Scene", "Cultural", "Usage-Comparison", "Hanja"))
_TELL_BY_MEANING = _ASKS_FOR_MEANING - {"Usage-Comparison"}
_WORD_IS_THE_ANSWER = frozenset(("Scene", "Example", "Cultural", "Usage-Comparison"))
_KOREAN_SENTENCE = lazy_regex(r"[가-힣][가-힣0-9 ,]*[가-힣][.?!]")
_IDIOM = lazy_regex("(?:on|in|at|by|for|out|off|over|under|up|down) ", re.I)
_TELLING = 4  # letters: shorter words are in many texts by chance


def front_asks(card: Card) -> Iterator[Finding]:
    """Report a front that tells the meaning, the word, or the hanja. A cloze shows the meaning on purpose."""
    front, analysis = card.front, card.analysis
    asked = _last_sentence(front)
    if _SAME_FOR_ALL.fullmatch(asked) and analysis.language.code == "en" and not card.is_offline:
        yield NO_SCENE.at("front", f"“{asked.strip()}” would fit any word: ask what only {analysis.word} answers")
    elif _ONLY_THE_MEANING.fullmatch(front) or _fits_any_word(card):
        yield NO_SCENE.at("front", f"“{front}” would fit any word: ask something that only {analysis.word} answers")
    if _GAP.search(front):
        return
    if told := _answer_told(card):
        yield FRONT_TELLS.at("front", told)
    elif analysis.language.code == "en" and (senses := _senses_told(card)):
        asks = _asks_for_the_meaning(card)
        own = {content_words(sense) for sense in _senses(analysis.text("primary_meaning"))}
        is_whole = any(len(content_words(sense)) > 1 for sense in senses)
        # A choice between two words needs a situation, which may name what both mean.
        tells = card.tab_name in _TELL_BY_MEANING and (len(senses) > 1 or is_whole)
        tells = tells or (card.tab_name == "Scene" and content_words(senses[0]) in own)
        check = FRONT_TELLS if asks or tells else FRONT_HINTS
        yield check.at("front", f"the front says “{senses[0]}”, which is what {analysis.word} means")
    elif card.tab_name in _WORD_IS_THE_ANSWER and not card.is_offline and _shows_the_word(card):
        yield FRONT_HINTS.at("front", f"the front shows {analysis.word}: it should not ask for this word")


def _last_sentence(text: str) -> str:
    body = text.rstrip().rstrip("\"'”’)").rstrip(".?!")
    return text[max(map(body.rfind, ".?!")) + 1 :]


def _asks_for_the_meaning(card: Card) -> bool:
    """Return whether the question is which word has a meaning, and not which of two words with it."""
    question = _QUESTION.search(card.front)
    if question is None or card.tab_name not in _ASKS_FOR_MEANING or not _ASKS_FOR_THE_WORD.search(question[0]):
        return False
    return card.tab_name != "Usage-Comparison" or not _OF_TWO.search(card.front)


def _answer_told(card: Card) -> str:
    """Return how the front gives the answer away, apart from the meaning, or ""."""
    front, analysis = card.front, card.analysis
    own = analysis.homonyms[0]["hanja"] if card.tab_name == "Hanja" and analysis.homonyms else ""
    if "answer" in card.all_prose and _ANSWER.search(front):
        return "the front contains the answer"
    if own and all(character in front for character in own):
        return f"the front shows the hanja {own}, which the card asks for"
    if card.is_offline or analysis.language.code == "ko" or not has_hangul(front):
        return ""
    example = _KOREAN_SENTENCE.search(card.back)
    if example and card.tab_name == "Example" and " " in example[0] and example[0] in front:
        return f"the front shows the sentence that the card asks for: “{example[0]}”"
    return ""


def _shows_the_word(card: Card) -> bool:
    """Return whether the front shows the word or a form of it, without the word to compare it with.

    Learners see the word above the front, so only a question that asks for the word is spoiled.
    """
    if not has_hangul(card.front):
        return False
    analysis = card.analysis
    tokens = re.findall("[가-힣]+", card.front)
    word = analysis.spoken
    if analysis.is_bound or (analysis.vs and any(analysis.vs in (token, stem(token)) for token in tokens)):
        return False
    if any(word in (token, stem(token)) for token in tokens) or (" " in word and word in card.front):
        return True
    try:
        return word.endswith("다") and any(word in lemmas(token) for token in tokens)
    except AnalyserMissing:
        return False


def _fits_any_word(card: Card) -> bool:
    front = card.front.replace(card.word, "")
    if card.analysis.language.code != "en" or has_hangul(front):
        return False
    words = content_words(front)
    return bool(words) and words <= _any_word()


@cache
def _any_word() -> frozenset[str]:
    return content_words(_ANY_WORD)


def _senses_told(card: Card) -> list[str]:
    """Return the senses of primary_meaning and the list's definition whose words are all on the front."""
    shown, told = content_words(card.front), []
    for text in dict.fromkeys((card.analysis.text("primary_meaning"), card.analysis.definition)):
        for sense in _senses(text):
            words = content_words(sense)
            # A phrase of little words, such as “on the house”, is told only as a whole.
            is_phrase = len(words) == 1 and _IDIOM.match(sense.strip()) is not None
            if is_phrase and sense.strip().lower() not in card.front.lower():
                continue
            if words and words <= shown and any(len(word) >= _TELLING for word in words):
                told.append(sense.strip())
    return list({content_words(sense): sense for sense in reversed(told)}.values())[::-1]


def _senses(text: str) -> list[str]:
    """Return the first senses of a gloss, without notes in parentheses."""
    return re.split("[;,/]", re.sub(r"\([^)]*\)", "", text))[:3]
