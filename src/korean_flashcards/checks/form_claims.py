"""Check what the text says about forms: their dictionary form, what a word becomes, and what is causative or passive."""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.checks.claims import claims
from korean_flashcards.checks.grammar_claims import FALSE_GRAMMAR
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding
from korean_flashcards.korean.conjugation import conjugated
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.inflection import letters, verb_stems
from korean_flashcards.korean.morphology import raw_morphemes

# A clause with a claim contains one of these.
_SIGN = lazy_regex(
    r" (?:becomes?|contracts?|shorten|shrink|gives?|turns?|→|=>|form:?|from|of|\+) |[Pp]ast|[Pp]resent|[Ff]orm|[Ff]rom "
    r"|[Cc]ausative|[Pp]assive"
)
# Long forms with their contractions (한글 맞춤법 33).
_CONTRACTIONS = """
나는=난 저는=전 너는=넌 나를=날 저를=절 너를=널 나의=내 저의=제 너의=네 나에게=내게 저에게=제게 너에게=네게 누구가=누가
누구를=누굴
이것이=이게 이것을=이걸,이거를 이것은=이건 그것이=그게 그것을=그걸 그것은=그건 저것이=저게 저것을=저걸 저것은=저건 것이=게
것을=걸
것은=건 무엇을=뭘,무얼 무엇이=뭐가,무어가 여기는=여긴 거기는=거긴 저기는=저긴 어디를=어딜 하나=한 둘=두 셋=세,석,서
넷=네,넉,너 스물=스무
"""
_TURNS = r"(?:becomes?|gives?|is shortened to|→|=>|(?:contracts?|shortens?|shrinks?|turns?) (?:in)?to)"
_BECOMES = lazy_regex(
    rf"(?P<long>[가-힣](?<![가-힣+ ]-.)(?<![가-힣+~-].)[가-힣]*) {_TURNS} (?P<short>[가-힣]+)(?![가-힣-])"
)
_LONG_FORM = lazy_regex(r"\b(?:long(?:er)?|full(?:er)?|uncontracted) form:? (?:is |of it is )?(?P<long>[가-힣]+)", re.I)
# 부르다 gives 불러요; 졸리다 → 졸려요
_VERB_GIVES = lazy_regex(
    rf"(?P<verb>[가-힣](?<![가-힣-].)[가-힣]*다)(?: '[^']*')? {_TURNS} (?P<form>[가-힣]+)(?![가-힣-])"
)
_PAST = lazy_regex(r"\b(?P<tense>past|present):? (?P<form>[가-힣]+(?:어요|[가-힣]요))(?![가-힣])", re.I)
_FROM = lazy_regex(
    r"(?:\bfrom|\b(?:past|form|present|future|adnominal|honorific|conditional)(?: form)? of) "
    r"(?P<verb>[가-힣]+다)(?![가-힣])",
    re.I,
)
# 드셨어요 is the honorific past of 먹다.
_OTHER_VOICE = lazy_regex(r"\b(?:passive|causative)\b", re.I)  # 불리는 is the passive of 부르다
_HONORIFIC = lazy_regex(r"\b(?:honorific|humble|respectful|polite word|partner|counterpart)\b", re.I)
# 가- + -았어요
_PARTS = lazy_regex(r"(?P<stem>[가-힣](?<![가-힣-].)[가-힣]*)- \+ -(?P<ending>[았었아어])")
_SUM = lazy_regex(
    rf"(?P<stem>[가-힣](?<![가-힣-].)[가-힣]*)- \+ -[았었아어][가-힣]+ (?:{_TURNS}|=) (?P<form>[가-힣]+)(?![가-힣-])"
)
_VOICE = lazy_regex(
    r"\b(?P<voice>causative|passive)(?: form| verb)? (?:of|from|to) (?P<base>[가-힣]+다)(?![가-힣])", re.I
)
# Verbs with 이, 히, 리, 기, 우, 구, or 추 that are only causative or only passive.
_CAUSATIVES = """
끓이다 먹이다 죽이다 줄이다 높이다 녹이다 속이다 붙이다 입히다 앉히다 눕히다 넓히다 밝히다 맞히다 익히다 살리다 알리다
돌리다 늘리다
얼리다 말리다 웃기다 남기다 벗기다 맡기다 숨기다 신기다 굶기다 깨우다 태우다 재우다 세우다 씌우다 채우다 비우다 키우다
늦추다 낮추다 맞추다
"""
_PASSIVES = """
쌓이다 바뀌다 놓이다 쓰이다 섞이다 닫히다 막히다 밟히다 뽑히다 꽂히다 먹히다 열리다 팔리다 풀리다 밀리다 잘리다 실리다
끊기다 쫓기다
찢기다 담기다 갇히다 깎이다 꺾이다 뒤집히다 부딪히다 얽히다 적히다 찍히다
"""
_VOICES = dict.fromkeys(_CAUSATIVES.split(), "causative") | dict.fromkeys(_PASSIVES.split(), "passive")
# Endings in 요 after which a form is not the plain present.
_OTHER_ENDINGS = (
    "네요", "죠", "지요", "거든요", "군요", "게요", "까요", "래요", "세요", "데요", "나요", "고요", "대요", "셔요", "가요",
    "잖아요",
)  # fmt: skip
_LONGEST_DIFFERENCE = 1
# Short forms of verbs that the standard permits (표준어 규정 1, Article 16).
_SHORT_STEMS = {
    "재미있다": "재밌", "가지다": "갖", "디디다": "딛", "서투르다": "서툴", "머무르다": "머물", "서두르다": "서둘",
    "그렇다": "그러", "그러다": "그랬", "이렇다": "이러", "저렇다": "저러", "어떻다": "어떠",
}  # fmt: skip


@only_with(
    "becomes", "become", "contracts", "contract", "shortens", "shrinks", "gives", "give", "turns", "turn", "→", "=>",
    "past", "present",
    "from", "form", "causative", "passive", "future", "+ -",
)  # fmt: skip
def false_forms(subject: Analysis | Card) -> Iterator[Finding]:
    """Report false statements about forms in a record or on a card."""
    for field, text in subject.prose:
        for clause in claims(text, _SIGN) if field != "front" else ():
            for wrong in dict.fromkeys(_wrong(clause, text, subject.analysis)):
                yield FALSE_GRAMMAR.at(field, f"“{clause.strip()}” is wrong: {wrong}")


def _wrong(clause: str, text: str, analysis: Analysis) -> Iterator[str]:
    yield from _contractions(clause, analysis.spoken)
    for found in _VERB_GIVES.finditer(clause):
        yield from _given(found["verb"], found["form"])
    for found in _PAST.finditer(clause):
        if verb := _verb_of(analysis):
            yield from _given(verb, found["form"])
    for found in () if _HONORIFIC.search(clause) or _OTHER_VOICE.search(clause) else _FROM.finditer(clause):
        if not _may_come_from(analysis, found["verb"], text):
            yield f"{analysis.spoken} is not a form of {found['verb']}"
    for found in _SUM.finditer(clause):
        yield from _given(f"{found['stem']}다", found["form"])
    for found in _PARTS.finditer(clause):
        vowel = _harmony_vowel(found["stem"])
        if vowel and (found["ending"] in "았아") != (vowel in "ㅏㅗㅑ"):
            yield f"after {found['stem']}-, the ending begins with {'아' if vowel in 'ㅏㅗㅑ' else '어'}"
    for found in _VOICE.finditer(clause):
        verb = _verb_of(analysis)
        if (voice := _VOICES.get(verb)) and voice != found["voice"].lower():
            yield f"{verb} is {voice}"


def _contractions(clause: str, word: str) -> Iterator[str]:
    """Yield contractions that belong to another word: 이것이 becomes 이걸."""
    shorts, longs = _contracted()
    for found in _BECOMES.finditer(clause):
        right = shorts.get(found["long"])
        if right and found["short"] in longs and found["short"] not in right:
            yield f"{found['long']} becomes {right[0]}"
    named = _LONG_FORM.search(clause)
    if named and word in longs and named["long"] not in longs[word]:
        yield f"{word} is short for {longs[word][0]}"


def _given(verb: str, form: str) -> Iterator[str]:
    """Yield what is wrong with a form that a verb is said to have, if it looks like its polite present or past."""
    if not form.endswith("요") or form.endswith(_OTHER_ENDINGS) or (known := conjugated(verb)) is None:
        return
    is_past = form.endswith("어요") and len(form) > 2 and split(form[-3]).coda == "ㅆ"
    right = known.past if is_past else known.present
    if form == right or _is_uncontracted(verb, form) or split(form[0])[:2] != split(right[0])[:2]:
        return
    is_other_stem = letters(verb[:-1]) not in verb_stems(form)
    if len(right) == len(form) or (is_other_stem and abs(len(right) - len(form)) <= _LONGEST_DIFFERENCE):
        yield f"{verb} gives {right}"


def _is_uncontracted(verb: str, form: str) -> bool:
    """Return whether a form is the open stem with its ending: 되어요, 마시어요."""
    return form.startswith(verb[:-1]) and split(verb[-2]).coda == "" and verb[-2] not in "르하"


def _may_come_from(analysis: Analysis, verb: str, text: str) -> bool:
    """Return whether an inflected word may be a form of a verb, or the text names the right verb, too."""
    word = analysis.spoken
    if word.endswith("다") or analysis.text("pos") not in ("verb", "adjective") or not all(map(is_syllable, word)):
        return True
    stems = verb_stems(word)
    read = [f"{part.form}다" for part in raw_morphemes(word) if part.tag.startswith(("VV", "VA", "VX"))]  # 왔었어요
    if verb in read or (_SHORT_STEMS.get(verb) or "?") in word:
        return True
    others = re.findall("[가-힣]+(?=다(?![가-힣]))", text)
    return any(letters(each) in stems for each in others) or not stems or not _verb_of(analysis)


def _verb_of(analysis: Analysis) -> str:
    """Return the dictionary form of the requested verb, or "" if it is not certain."""
    word = analysis.spoken
    if analysis.text("pos") not in ("verb", "adjective") or not all(map(is_syllable, word)):
        return ""
    if word.endswith("다"):
        return word
    stem, *rest = raw_morphemes(word)
    is_form = stem.tag.startswith(("VV", "VA")) and all(each.tag.startswith("E") for each in rest)
    return f"{stem.form}다" if is_form else ""


def _harmony_vowel(stem: str) -> str:
    """Return the vowel that decides between 아 and 어, or "" after 하 and 우, which have other forms."""
    if stem.endswith(("하", "우", "오")):
        return ""
    vowel = split(stem[-1]).vowel
    return split(stem[-2]).vowel if vowel == "ㅡ" and not split(stem[-1]).coda and len(stem) > 1 else vowel


@cache
def _contracted() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the contractions keyed by the long form, and the long forms keyed by the contraction."""
    shorts: dict[str, list[str]] = {}
    longs: dict[str, list[str]] = {}
    for pair in _CONTRACTIONS.split():
        long, short = pair.split("=")
        shorts[long] = short.split(",")
        for each in shorts[long]:
            longs.setdefault(each, []).append(long)
    return shorts, longs
