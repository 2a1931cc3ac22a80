"""Check that the text names the speech level that a Korean form has: 먹었어요 is 해요체, which is polite.

School grammar has 하십시오체 (formal), 해요체 (polite), 해체 (casual), and 해라체 (plain). Textbooks also call 해요체
"informal polite", and both 해요체 and 하십시오체 polite, so these names are accepted.
"""

import re
from collections.abc import Iterable, Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import Signs
from korean_flashcards.checks.speech import SpeechLevel, speech_level
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.morphology import raw_morphemes

SPEECH_LABEL = Check(
    "speech_label", Severity.WARNING, "The text names the wrong speech level or kind of respect for a form.",
    "Compares 해요체, “polite”, “casual”, “to friends”, and the like with the ending of the form beside them.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (SPEECH_LABEL,)

_FORMAL, _POLITE, _CASUAL, _PLAIN = SpeechLevel.FORMAL, SpeechLevel.POLITE, SpeechLevel.CASUAL, SpeechLevel.PLAIN
_KOREAN_NAMES = {
    "하십시오체": _FORMAL, "합쇼체": _FORMAL, "합니다체": _FORMAL, "하십시오": _FORMAL, "해요체": _POLITE, "해요": _POLITE,
    "해체": _CASUAL, "반말": _CASUAL, "해라체": _PLAIN, "한다체": _PLAIN,
}  # fmt: skip
# The names that a form of each level never has.
_NEVER = {
    _FORMAL: frozenset((
        "해요체", "해요", "해체", "반말", "해라체", "한다체", "casual", "intimate", "banmal", "informal", "plain",
    )),
    _POLITE: frozenset((
        "하십시오체", "합쇼체", "합니다체", "하십시오", "해체", "반말", "해라체", "한다체", "formal", "deferential",
        "casual", "intimate", "banmal", "plain",
    )),
    _CASUAL: frozenset((
        "하십시오체", "합쇼체", "합니다체", "하십시오", "해요체", "해요", "해라체", "한다체", "formal", "deferential",
        "polite",
    )),
    _PLAIN: frozenset(("하십시오체", "합쇼체", "합니다체", "하십시오", "해요체", "해요", "해체", "반말", "polite")),
}  # fmt: skip
_ENGLISH = "formal|deferential|polite|casual|intimate|banmal|informal|plain"
_KOREAN = "하십시오체|합쇼체|합니다체|해요체|해체|반말|해라체|한다체|(?:하십시오|해요)(?= (?:style|form|speech|level))"
_NAME = rf"(?<![가-힣])(?:{_KOREAN})|(?<![\w-])(?:{_ENGLISH})(?:ly)?\b(?! polite)"
_NAMES = lazy_regex(_NAME, re.I)
_ADVERBS = frozenset(("formally", "politely", "casually", "informally"))
_FORM = "[‘'“\"]?-?([가-힣](?:[가-힣 ]*[가-힣])?)"
_WHAT = (
    "(?: (?:one|variant|version|equivalent|counterpart|speech|style"
    "|form|forms|level|language|past|present|future|question))?"
)
# Casual: 갔어요. In formal speech 갑니다. More casual: 안녕히 계십시오.
_NAME_FIRST = lazy_regex(rf"(\b(?:more|less|most|not|never|very) )?({_NAME}){_WHAT}(?: it is| is)?[:,]? {_FORM}", re.I)
_PLAIN_STYLE = lazy_regex("plain (?:one|variant|style|form(?!s)|speech|level|past|present)", re.I)
_ANOTHER = lazy_regex(" (?:one|variant|version|equivalent|counterpart) ")  # 주무세요, the formal one 주무십니다
# 거예요 is polite, 거야 …: the name belongs to the form before it.
_BELONGS_BEFORE = lazy_regex(r"(?:\bis|\bare|[가-힣][’'”\")]*[ (,]*(?:the |a |an )?)\s*$")
# Casual, polite, formal: 가, 가요, 갑니다
_OTHER_LABEL = lazy_regex(rf"\b(?:{_ENGLISH})(?:,|,? and|,? or|/| to) ?$", re.I)
# 갔어요 (casual), With -습니다 it is casual
_FORM_FIRST = lazy_regex(
    rf"([가-힣]+)[.?!]?[’'”\"]?(?: \(| is | it is |, an? )(more |less |not )?(?:the |an? |everyday |usual )?({_NAME})"
    "(?! (?:version|than|or|and|to))",
    re.I,
)
_TWO_NAMES = lazy_regex(
    rf"(?<![가-힣])(?P<korean>{_KOREAN})[,;:]? \(?(?:the |an? |everyday |usual |ordinary )*"
    rf"(?P<english>{_ENGLISH})\b(?! (?:polite|than))"
    rf"|(?<![\w-])(?<!less )(?<!not )(?P<english2>{_ENGLISH}) \(?(?P<korean2>{_KOREAN})",
    re.I,
)
_PEOPLE = "|".join((
    "friends?", "classmates?", "buddy", "boss", "manager", "director", "teachers?", "professor", "elders?", "customers?",
    "guests?", "strangers?", "superiors?", "seniors?", "interviewer", "neighbou?rs?", "offices?", "reports?", "meetings?",
    "interviews?", "the news",
))  # fmt: skip
# Every name of a level, and every person or place, contains one of these. They are found faster than the patterns.
_ENGLISH_SIGNS = Signs(*(name + end for name in _ENGLISH.split("|") for end in ("", "ly")))
_KOREAN_SIGNS = ("하십시오체", "합쇼체", "합니다체", "해요체", "해체", "반말", "해라체", "한다체", "하십시오 ", "해요 ")
_PEOPLE_SIGNS = Signs(
    "friend", "classmate", "buddy", "boss", "manager", "director", "teacher", "professor", "elder", "customer", "guest",
    "stranger", "superior", "senior", "interviewer", "neighbor", "neighbour", "office", "report", "meeting", "interview",
    "friends", "classmates", "teachers", "elders", "customers", "guests", "strangers", "superiors", "seniors",
    "neighbors", "neighbours", "offices", "reports", "meetings", "interviews", "the news",
)  # fmt: skip
_TO_SOMEONE = lazy_regex(
    r"[TtWwAaIi](?<!\w.)(?:(?<=[Tt])o|(?<=[Ww])ith|(?<=[Aa])mong|(?<=[Ii])n)"
    rf"(?: (?:a|an|your|the|my|close|good|best|old))* ({_PEOPLE})(?![’'])"
    rf"((?: (?!and|or|but|not|never|from)[a-z]+){{0,4}})[:,]? {_FORM}"
)
_FRIENDS = lazy_regex("friend|classmate|buddy")
_REJECTED = lazy_regex(
    r"\W*(?:(?:is|would be|sounds?) (?:\w+ )?(?:rude|wrong|impolite|too|not|odd|cold|stiff|distant)|would)"
)
_FIRST_CLAUSE = lazy_regex(r"[.;:(]| (?:to|with|than|not|never|but|in|or|and|of|for|by|from)\b|/", re.I)
_CLAIMED_FIRST = lazy_regex(rf"(?:The |A |An )?({_NAME}){_WHAT}(?= |[,;.])", re.I)
_PARENTHESES = lazy_regex(r"\(([^)]*)\)")
_INFLECTED = frozenset(("verb", "adjective", "phrase", "ending", "interjection"))
_OWN_WORDS = dict.fromkeys(("나", "너", "내가", "네가", "나는", "너는", "난", "넌", "응"), _CASUAL)


def labels_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a speech level in the record that contradicts the word's ending, or the form beside it."""
    if own := own_level(analysis) if _names_in(analysis) else None:
        for field, text in (
            ("usage_context", _FIRST_CLAUSE.split(analysis.text("usage_context"))[0]),
            ("explanation", first[0] if (first := _CLAIMED_FIRST.match(analysis.text("explanation"))) else ""),
            *(("primary_meaning", inside) for inside in _PARENTHESES.findall(analysis.text("primary_meaning"))),
        ):
            wrong = _wrong_names(text, own, analysis.spoken)
            if wrong and not re.search(r"\b(?:or|and|less|more|not)\b|/", text):
                yield SPEECH_LABEL.at(field, f"{field} calls {analysis.word} {wrong[0]}, but its ending is {own}")
    yield from _beside(analysis)


def labels_on_card(card: Card) -> Iterator[Finding]:
    """Report a speech level on the card that contradicts the form beside it."""
    yield from _beside(card)


def own_level(analysis: Analysis) -> SpeechLevel | None:
    """Return the speech level of the word's ending, or None for dictionary forms and words without one."""
    word = analysis.spoken
    if word in _OWN_WORDS:
        return _OWN_WORDS[word]
    if analysis.text("pos") not in _INFLECTED and not analysis.is_pattern:
        return None
    return level_of_form(word)


def level_of_form(form: str) -> SpeechLevel | None:
    """Return the speech level of a form that is certainly inflected, or None."""
    level = speech_level(form)
    if level in (_FORMAL, _POLITE, None):
        return level
    parts = [part for part in raw_morphemes(form) if part.tag[0] != "S"]
    is_past = len(parts) > 1 and parts[-2].tag == "EP"
    if level is _PLAIN:
        return level if is_past or parts[-1].form in ("ᆫ다", "는다") else None
    is_ending = is_past or (len(parts) > 1 and parts[-1].tag == "EF" and parts[-2].tag[0] in "VXE")
    return level if is_ending else None


def _names_in(subject: Analysis | Card) -> list[str]:
    return _ENGLISH_SIGNS.found_in(subject) + [name for name in _KOREAN_SIGNS if name in subject.all_prose]


def _has_one(signs: Iterable[str], lowercase: str) -> bool:
    return any(map(lowercase.__contains__, signs))


def _beside(subject: Analysis | Card) -> Iterator[Finding]:
    if subject.all_prose.isascii():
        return
    names, people = _names_in(subject), _PEOPLE_SIGNS.found_in(subject)
    for field, text in subject.prose if names or people else ():
        if text.isascii():
            continue
        lowercase = text.lower()
        has_name = _has_one(names, lowercase)
        if has_name:
            yield from _named(field, text)
        for found in _TO_SOMEONE.finditer(text) if _has_one(people, lowercase) else ():
            denied = re.search("rude|wrong|avoid|impolite|never|not ", text[max(0, found.start() - 12) : found.end()])
            if not denied and not _REJECTED.match(text[found.end() :]):
                yield from _to_someone(field, found)
        if has_name:
            yield from _two_names(field, text)


def _named(field: str, text: str) -> Iterator[Finding]:
    """Yield names of a level before or after a form that contradicts them."""
    for found in _NAME_FIRST.finditer(text):
        if (found[1] or "").lower() not in ("", "more ") or _REJECTED.match(text[found.end() :]):
            continue
        if found[2].lower() in ("plain", "plainly") and not _PLAIN_STYLE.search(found[0]):
            continue  # the plain verb
        is_ending = text[found.start(3) - 1] == "-"
        if _OTHER_LABEL.search(text[max(0, found.start() - 20) : found.start()]):
            continue
        belongs_before = _BELONGS_BEFORE.search(text[max(0, found.start(2) - 12) : found.start(2)])
        is_adverb = found[2].lower() in _ADVERBS  # To friends 갔어, formally 갔습니다
        if not belongs_before or is_adverb or _ANOTHER.search(found[0]):
            yield from _finding(field, found[2], found[3], is_relative=bool(found[1]), is_ending=is_ending)
    for found in _FORM_FIRST.finditer(text):
        if not found[2]:
            yield from _finding(field, found[3], found[1])


def _finding(
    field: str, name: str, form: str, *, is_relative: bool = False, is_ending: bool = False
) -> Iterator[Finding]:
    own = speech_level(form)
    wrong = _wrong_names(name, own, form, is_relative=is_relative) if own else []
    if wrong and (is_ending or level_of_form(form)):
        yield SPEECH_LABEL.at(field, f"the text calls “{form}” {wrong[0]}, but its ending is {own}")


def _wrong_names(text: str, level: SpeechLevel, form: str, *, is_relative: bool = False) -> list[str]:
    """Return the names in the text that the form never has. Honorific requests are called formal, too: 안녕하세요."""
    names = [name.lower().removesuffix("ly") for name in _NAMES.findall(text)]
    may_be_formal = level is _POLITE and (is_relative or form.endswith(("세요", "셨어요", "까요", "셔요")))
    accepted = ("formal", "deferential") if may_be_formal else ()
    return [name for name in names if name in _NEVER[level] and name not in accepted]


def _to_someone(field: str, found: re.Match[str]) -> Iterator[Finding]:
    person, form = found[1], found[3]
    level = speech_level(form)
    if _FRIENDS.match(person):
        if level in (_FORMAL, _POLITE) and not re.search("친구|세요|안녕히", form):
            yield SPEECH_LABEL.at(field, f"“{form}” is {level}, but the text says it to a friend")
    elif level is _CASUAL and level_of_form(form):
        yield SPEECH_LABEL.at(
            field, f"“{form}” is casual, but the text says it to people or in places that need polite speech"
        )


def _two_names(field: str, text: str) -> Iterator[Finding]:
    """Yield Korean names of a level beside an English one that contradicts them: 해요체, casual."""
    for found in _TWO_NAMES.finditer(text):
        korean, english = found["korean"] or found["korean2"], (found["english"] or found["english2"]).lower()
        if english in _NEVER[_KOREAN_NAMES[korean]]:
            yield SPEECH_LABEL.at(field, f"{korean} is not {english}")
