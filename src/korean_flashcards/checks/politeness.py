"""Check that examples honor the right person, keep one speech level, and fit the honorific or humble word.

A speaker never honors himself (제가 오셨어요), humbles only himself (저에게 드려요 is wrong), and does not mix levels (저도
학생이야). The rules follow the National Institute of Korean Language's guide to standard speech (표준 언어 예절, 2011).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch
from korean_flashcards.checks.speech import SpeechLevel, speech_level
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_used
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.honorific_slips import honorific_slips, may_have_honorific_slips, own_honor
from korean_flashcards.korean.morphology import RawMorpheme, raw_morphemes

WRONG_HONORIFIC = Check(
    "wrong_honorific", Severity.WARNING, "The Korean honors or humbles the wrong person.",
    "Looks for -(으)시- and honorific words with a first-person subject, 드리다 to the speaker, and 께서 without -(으)시-.",
    needs_morphology=True,
)  # fmt: skip
MIXED_LEVELS = Check(
    "mixed_levels", Severity.WARNING, "An example mixes speech levels.",
    "Compares the sentence's ending with 저, 너, and the sentence or interjection before it.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (WRONG_HONORIFIC, MIXED_LEVELS)

_SPEAKER = frozenset((("저", "NP"), ("나", "NP"), ("저희", "NP")))
_SUBJECT = frozenset(("는", "은", "ᆫ", "가", "이"))
# People and animals that are never honored.
_LOW = frozenset(("동생", "남동생", "여동생", "강아지", "고양이", "아기", "후배"))
# 선생님께 들은 말을 친구에게 해 줬어요
_RECEIVED = frozenset(("받", "배우", "듣", "들"))
_TO_SOMEONE = frozenset(("에게", "한테"))
_HUMBLE_VERBS = frozenset(("드리", "여쭙", "여쭈", "뵙", "뵈"))
# 저는 댁이 서울이에요. In other cases, they belong to another person: 제가 댁까지 모시겠습니다, 제가 성함을 여쭤볼게요.
_HONORIFIC_NOUNS = frozenset(("진지", "성함", "연세", "생신", "댁"))
_HONORIFIC_STEMS = frozenset(("드시", "잡수시", "계시", "주무시"))
# 저는 커피 주세요 and 저는 괜찮으니 걱정하지 마세요 speak to the listener.
_REQUESTS = frozenset(("주", "말", "보"))
_OWN_HONORIFICS = lazy_regex(
    r"(?<![가-힣])(?:제|내|저희|우리) (?:성함|연세|생신|존함|진지|댁)|(?<![가-힣])(?:저|제|나|내)께서"
)
_LOW_ATTENDED = lazy_regex("(?<![가-힣])(?:친구|동생|남동생|여동생|아들|딸|후배)[을를] 모[시셔셨]")
# Every sentence with a wrong honorific has a form of 저 or 나, someone who is never honored, 모시다, or 께.
_ANYBODY = lazy_regex(f"(?<![가-힣])[저-젛제-젷나-낳내-냏]|(?<![함저])[께-껳]|{'|'.join(sorted(_LOW))}|모[시셔셨]")
# Nothing else can honor or humble: -(으)시-, 드리다, 여쭙다, 뵙다, 께, and honorific nouns.
_NEEDS_ANALYSIS = lazy_regex(
    "[시세셔셨신실심십]|드[리려렸릴린립]|여[쭈쭙쭤쭸쭐]|[뵈뵙봬뵐]|(?<![함저])께|진지|성함|연세|생신|댁"
)
_RESPECT = lazy_regex("[시셔셨신실심십세]")
_NO_RESPECT = lazy_regex("시[간장험작계골내원청]|세[상계]|신[문발]|실[제수]")
_QUOTED = lazy_regex("[‘’“”\"'고는며](?:(?<=[‘’“”\"'])|(?<=[다라자냐].) (?<!는 )|(?<=라는) )")
_SENTENCE = lazy_regex(r"[^.?!…]+[.?!…]*")
_CASUAL_END = lazy_regex(".*(어|아|해|야|지|니|냐|자|게|래|거든|잖아|와|봐|줘|돼|여|워)")
# Endings with which people also speak to themselves.
_TO_ONESELF = lazy_regex(".*(네|군|구나|지|나|야지|까)")
_CASUAL_START = lazy_regex("(미안해|고마워|괜찮아|응|아니야|맞아|야|얘), ")
_POLITE_START = lazy_regex(
    "(미안해요|미안합니다|죄송해요|죄송합니다|고마워요|고맙습니다|감사합니다|괜찮아요|안녕하세요|안녕하십니까"
    "|아니요|네|예), "
)
# 저는, 제가, 저희, but not 저 사람
_HUMBLE = lazy_regex("[저제](?<![가-힣].)(?:(?<=저)[는도를의만희]|(?<=제)가)")
_YOU = lazy_regex("(?<![가-힣])너희?[는도](?![가-힣])|^너 ")
# 나는 학생입니다 is usual in speeches and in reading passages for beginners.
_PLAIN_SUBJECT = lazy_regex("(?<![가-힣])(?:네가|니가)(?= )")
# 부장님, 식사했어? and 지수야, 어디 가요? Without a comma, the title may belong to the next word: 선생님 소식 들었어?
_CALLED = lazy_regex(
    "((?:부장|과장|사장|회장|팀장|원장|교수|박사|대리|고객|기사|선생|차장|이사|감독|대표)님|손님)(, | (?=안녕[.!~]*$))"
)
_GREETED = lazy_regex(" 안녕[.!~]*$")
_NAME_CALLED = lazy_regex("([가-힣]{2,3}[아야]), ")
_CASUAL_CLAUSE = lazy_regex("(?<![가-힣])([가-힣]*[었았했갔왔봤]어), ")  # 늦었어, 죄송합니다
_JOINED_POLITE = lazy_regex("[가-힣](?:자|냐|니)요(?![가-힣])")  # 타자요, but not 과자요
_POLITE = (SpeechLevel.POLITE, SpeechLevel.FORMAL)


def honors_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report Korean in the record that honors the speaker, humbles somebody else, or has 께서 without respect."""
    yield from _honors(analysis)


def honors_of_card(card: Card) -> Iterator[Finding]:
    """Report Korean on the card that honors the speaker, humbles somebody else, or has 께서 without respect."""
    yield from _honors(card)


def levels_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report sentences in the record with more than one speech level."""
    yield from _levels(analysis)


def levels_of_examples(card: Card) -> Iterator[Finding]:
    """Report examples with more than one speech level. Formal-Casual cards show several, each in its own example."""
    yield from _levels(card)


def _honors(subject: Analysis | Card) -> Iterator[Finding]:
    may_slip = may_have_honorific_slips(subject.hangul)
    has_people = _ANYBODY.search(subject.hangul) is not None
    for stretch in subject.own_korean if may_slip or has_people else ():
        found = [*(_slips_in(stretch) if may_slip else ()), *(_honors_in(stretch) if has_people else ())]
        yield from found if found and is_used(stretch) else ()


def _slips_in(stretch: Stretch) -> Iterator[Finding]:
    for wrong, right in honorific_slips(stretch.korean):
        yield WRONG_HONORIFIC.at(stretch.field, f"“{wrong}” is wrong: use {right}")


def _honors_in(stretch: Stretch) -> Iterator[Finding]:
    for sentence in _SENTENCE.findall(stretch.korean) if _ANYBODY.search(stretch.korean) else ():
        if not _QUOTED.search(sentence) and (wrong := _wrong_honor(sentence.strip())):
            yield WRONG_HONORIFIC.at(stretch.field, f"“{sentence.strip()}” {wrong}")


def _levels(subject: Analysis | Card) -> Iterator[Finding]:
    for stretch in subject.own_korean:
        # The Korean before a gap (저는 친구와 ____) is not a sentence.
        is_said = (stretch.translation or stretch.is_sentence) and not stretch.after.lstrip().startswith("_")
        if (
            is_said
            and not _QUOTED.search(stretch.korean)
            and (wrong := mixture_in(stretch.korean))
            and is_used(stretch)
            and not (stretch.field == "comparison" and _compares(stretch.korean, subject.analysis))
        ):
            yield MIXED_LEVELS.at(stretch.field, f"“{stretch.korean}” {wrong}")


def _compares(korean: str, analysis: Analysis) -> bool:
    """Return whether each of two sentences is an example of one of the compared words, which may differ in level."""
    sentences = [sentence for sentence in _SENTENCE.findall(korean) if sentence.strip()]
    words = (analysis.spoken, analysis.vs)
    return len(sentences) == len(words) and all(map(str.__contains__, sentences, words))


def _wrong_honor(sentence: str) -> str:
    """Return what is wrong with the sentence's honorifics, or ""."""
    if not _ANYBODY.search(sentence):
        return ""
    if found := _LOW_ATTENDED.search(sentence):
        return f"humbles the speaker for somebody who is not honored: {found[0]}"
    if found := _OWN_HONORIFICS.search(sentence):
        return f"uses an honorific word for the speaker: {found[0].strip()}"
    if honored := own_honor(sentence):
        return f"honors the speaker: {honored}"
    parts = raw_morphemes(sentence) if _NEEDS_ANALYSIS.search(sentence) else ()
    for at, (one, other) in enumerate(pairwise(parts)):
        rest = parts[at + 2 :]
        is_speaker, is_low = (one.form, one.tag) in _SPEAKER, one.form in _LOW
        if not (is_speaker or is_low):
            continue
        if other.tag in ("JX", "JKS") and (honored := _honored(other.form, rest, sentence)):
            return f"honors the {'speaker' if is_speaker else one.form}: {honored}"
        if other.form in _TO_SOMEONE and _is_humble(rest):
            return f"uses a humble verb for what is done to the {'speaker' if is_speaker else one.form}"
        if is_low and other.form in ("께", "께서"):
            return f"honors the {one.form}: {other.form}"
    return _without_respect(parts, sentence)


def _honored(particle: str, rest: Sequence[RawMorpheme], sentence: str) -> str:
    """Return the honorific form in the clause after its subject, or "" if it may belong to another person.

    With 도, the person may be the object of a request: 저도 데려가 주세요.
    """
    for before, part in zip((None, *rest), rest, strict=False):
        if part.tag == "JKS":
            return _of_possession(rest[rest.index(part) + 1 :], sentence)
        if part.tag in ("EC", "ETM") and part.form not in ("어", "고", "지", "게"):
            return ""
        if before is None and part.form in _HONORIFIC_NOUNS and len(rest) > 1 and rest[1].form in _SUBJECT:
            return part.form
        if part.form in _HONORIFIC_STEMS and not sentence.endswith("?"):
            return part.form
        if before is None or before.form in (*_REQUESTS, "있"):
            continue
        if particle not in _SUBJECT:
            continue
        is_request = part.form.endswith(("세요", "으세요", "ᆸ시오")) and (
            sentence.endswith(("?", "!")) or _is_request(rest)
        )
        if (part.form in ("시", "으시") and part.tag == "EP") or (part.form.endswith("세요") and not is_request):
            return f"-{'으' if part.form.startswith('으') else ''}시-"
    return ""


def _of_possession(rest: Sequence[RawMorpheme], sentence: str) -> str:
    """Return -으시- in 저는 약속이 있으세요, where it honors the owner, but not in 저는 부모님이 계세요."""
    has = len(rest) > 1 and rest[0].form in ("있", "없") and rest[1].form.startswith(("으시", "으세"))
    return "-으시-" if has and not sentence.endswith("?") else ""


def _is_request(rest: Sequence[RawMorpheme]) -> bool:
    return any(part.form in _REQUESTS and part.tag.startswith("V") for part in rest)


def _is_humble(rest: Sequence[RawMorpheme]) -> bool:
    for part in rest:
        if (part.tag in ("EC", "EF", "ETM") and part.form not in ("어", "고")) or part.form == "께":
            return False
        if part.form in _HUMBLE_VERBS and part.tag.startswith("V"):
            return True
    return False


def _without_respect(parts: Sequence[RawMorpheme], sentence: str) -> str:
    """Return what is wrong if the subject has 께서 but its verb has no -(으)시-, or if something is given 께 with 주다."""
    forms = [part.form for part in parts]
    if any(part.form == "께서" and part.tag == "JKS" for part in parts):
        after = sentence[sentence.index("께서") + 2 :]
        is_sentence = speech_level(sentence) or _is_casual(sentence)
        honored = _RESPECT.search(_NO_RESPECT.sub("", after)) or not is_sentence
        another = any(part.tag in ("ETM", "JKS") for part in parts[forms.index("께서") + 1 :])
        return "" if honored or another else "has 께서 but no -(으)시-"
    if any(part.form == "께" and part.tag == "JKB" for part in parts):
        rest = parts[forms.index("께") :]
        received = any(part.form in _RECEIVED or part.tag == "ETM" or part.form in _TO_SOMEONE for part in rest)
        gives = any(one.form == "주" and one.tag in ("VV",
        "VX") and "시" not in other.form and not other.form.startswith("세")
                    for one, other in pairwise(parts))  # fmt: skip
        return "gives something 께 with 주다, which must be 드리다" if gives and not received else ""
    return ""


def mixture_in(korean: str) -> str:
    """Return which speech levels an example mixes, or "", such as "has the casual 너 but ends in polite speech"."""
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(korean)]
    for sentence in sentences:
        level = speech_level(sentence)
        is_polite = level in _POLITE  # and therefore not casual
        if is_polite and (start := _CASUAL_START.match(sentence)):
            return f"begins with the casual {start[1]} but ends in {level} speech"
        if not is_polite and (start := _POLITE_START.match(sentence)) and _is_casual(sentence):
            return f"begins with the polite {start[1]} but ends in casual speech"
        if (
            not is_polite
            and ("저" in sentence or "제" in sentence)
            and _HUMBLE.search(sentence)
            and _is_casual(sentence)
            and _has(sentence, "저", "저희")
        ):
            return "has the humble 저 but ends in casual speech"
        if is_polite and "어, " in sentence and (found := _CASUAL_CLAUSE.search(sentence)):
            return f"has the casual {found[1]} but ends in {level} speech"
        if level is SpeechLevel.FORMAL and (found := _PLAIN_SUBJECT.search(sentence)):
            return f"has the casual {found[0]} but ends in formal speech"
        if _JOINED_POLITE.search(sentence) and _has_joined_polite(sentence):
            return "attaches 요 to an ending that cannot take it"
        # 부장님 눈치 보느라 바빠 is about the boss. A comma shows that somebody is called.
        is_called = (found := _CALLED.match(sentence)) and "," in found[0] and _is_casual(sentence)
        if found and (is_called or _GREETED.search(sentence)):
            return f"calls {found[1]} but ends in casual speech"
        if is_polite and (found := _NAME_CALLED.match(sentence)) and raw_morphemes(sentence)[1].tag == "JKV":
            return f"calls {found[1]} but ends in {level} speech"
        if is_polite and "너" in sentence and (found := _YOU.search(sentence)) and _has(found[0], "너", "너희"):
            return f"has the casual 너 but ends in {level} speech"
    for one, other in pairwise(sentences):
        greets = one.startswith(("안녕하세요", "안녕하십니까", "실례합니다"))
        if (greets or "?" not in one) and "?" not in other and _is_casual(one) != _is_casual(other):
            casual, polite = (one, other) if _is_casual(one) else (other, one)
            if speech_level(polite) in _POLITE and not _TO_ONESELF.fullmatch(re.sub("[^가-힣]", "", casual)):
                return "mixes casual and polite sentences"
    return ""


def _has_joined_polite(sentence: str) -> bool:
    pairs = pairwise(raw_morphemes(sentence))
    return any(
        one.form in ("자", "냐", "니") and one.tag in ("EF", "EC") and other.form == "요" for one, other in pairs
    )


def _is_casual(sentence: str) -> bool:
    words = re.findall("[가-힣]+", sentence)
    if not words or words[-1].endswith(("요", "죠", "다", "까", "데")):
        return False
    if speech_level(sentence) is SpeechLevel.CASUAL and _CASUAL_END.fullmatch(words[-1]):
        return True
    last = next((part for part in reversed(raw_morphemes(sentence)) if part.tag[0] != "S"), None)
    return last is not None and last.tag == "EF" and last.form in ("어", "야", "자", "니")  # 바빠, 반가워


def _has(sentence: str, *pronouns: str) -> bool:
    return any((part.form in pronouns and part.tag == "NP") for part in raw_morphemes(sentence))
