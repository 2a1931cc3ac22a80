"""Find Korean example sentences without a translation on cards that translate their examples."""

import re
from collections.abc import Iterator, Sequence

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch, korean_of
from korean_flashcards.checks.speech import SpeechLevel, speech_level
from korean_flashcards.checks.subject import Card
from korean_flashcards.checks.used_korean import is_rejected
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import strip_to_hangul

NO_TRANSLATION = Check(
    "no_translation", Severity.WARNING, "An example has no translation.",
    "Finds Korean sentences on a card that no English text in quotation marks, parentheses, or after a dash follows.",
)  # fmt: skip
CHECKS = (NO_TRANSLATION,)

# Plain forms are often dictionary entries: 문제를 맞히다.
_SPOKEN = (SpeechLevel.FORMAL, SpeechLevel.POLITE, SpeechLevel.CASUAL)
# A translation, or a text that goes on about the sentence, follows.
_REMARK = r"(?:(?:[Rr]ead|[Ss]aid|[Ss]ay|[Pp]ronounced|[Ss]poken|[Ll]iterally)\b:? [^.\n]{1,40}\.\s*)?"
_FOLLOWED = lazy_regex(rf"\s*{_REMARK}(?:[('‘\"“—–=→:-]|[’'\"”)]*\s*(?:[a-z,;(—–=:-]|\n?['‘\"“(]))")
_TRANSLATED_BESIDE = lazy_regex(r"[’”'\"]?\s*[(—–]\s*[‘“'\"]?[A-Z]")
# Lines of a dialogue about which the text goes on: “어디 가?” “집에 가.” The second speaker …
_SPEAKER = r"(?:[—–-] ?)?(?:[A-Z][\w ]{0,15}: ?)?"
_SPOKEN_BEFORE = lazy_regex(rf"[가-힣][.?!…~]+[”’\"'],? {_SPEAKER}[“‘\"']$")
_SPOKEN_AFTER = lazy_regex(rf"[.?!…~]*[”’\"'],? {_SPEAKER}[“‘\"'][가-힣]")
# 여기 앉아도 돼요? 'May I sit here?' Formally: 앉아도 됩니까?
_OTHER_LEVEL = lazy_regex(r"\b(?:formally|casually|politely)[^.?!\n]{0,15}: [‘“'\"]?$", re.I)
_SPACE_AND_QUOTES = " \n‘“'\"”’"
# An example stands at the beginning of a paragraph, or after a colon, a sentence, or a quotation.
_EXAMPLE_FOLLOWS = lazy_regex(r"(?:^|\n|[:.?!…'’\"”)])\s*[‘“\"']?$")
_CALLED_WRONG = lazy_regex(
    r"\b(?:wrong\w*|incorrect\w*|mistake\w*|errors?|slips?|learners?|never|not|n't|instead of"
    r"|rather than|odd|rude|avoid\w*)\b",
    re.I,
)
# The translation stands before: for 'Shall I?' say 제가 할까요?
_TRANSLATED_BEFORE = lazy_regex(r"(?:['’\"”)],? (?:you )?(?:say|is|are|takes?|use|becomes?)\b[^.]{0,15}|\bmeans?\W*)$")
_PART = lazy_regex("[^.?!…]+[.?!…]*")
_SENTENCES = lazy_regex(r"[.?!…]+(?:\s|$|['’\"”])|;|\s[—–]\s")
# Casual verbs of one syllable.
_SHORT_END = lazy_regex(" (?:줘|봐|해|가|와|자|써|서|마|사)[.?!]$|까[?]$")
_END = lazy_regex("[.?!…]+")
# The lines of a dialogue, and their translations: A: 어디 가? B: 집에. A: 'Where are you going?' B: 'Home.'
_LABEL = r"(?:(?:[A-Z]\w{0,9}|[가-힣]{1,4}) ?: ?|[—–/-] ?)?"
_KOREAN_LINE = rf"{_LABEL}[‘“\"']?[가-힣][가-힣0-9 ,~%]*[.?!…]+[’”\"']?"
_ENGLISH_LINE = rf"{_LABEL}(?:['‘\"“(][A-Z][^\n가-힣]*?['’\"”)](?!\w)|(?<=: )[A-Z][^\n가-힣.?!]*[.?!])"
_DIALOGUE = lazy_regex(rf"(?P<korean>(?:{_KOREAN_LINE}\s+){{2,6}})\(?(?P<english>(?:{_ENGLISH_LINE}\)?\s*){{2,6}})")
_FEWEST_WORDS = 2
_PROGRESSIVE = lazy_regex("[가-힣]+고 (?:계|있)[가-힣]+[.?!]?")  # 주무시고 계세요, mentioned as a form
_SAME = 0.6
_FEWEST_FORMS = 3
# An English sentence goes on in Korean: those who wait 눈치를 봐요.
_GOES_ON = lazy_regex("[a-z] $")
# English has about two words for each Korean one. Fewer than this cannot translate two sentences.
_FEWEST_PER_WORD = 1.3


def examples_are_translated(card: Card) -> Iterator[Finding]:
    """Report example sentences without a translation."""
    if card.analysis.language.code == "ko" or card.analysis.is_offline:
        return
    translated: list[str] = []
    for stretch in korean_of(card):
        if stretch.field != "back":
            continue
        missing = _half_translated(stretch) if stretch.translation else _without_translation(stretch, translated)
        if missing and not (
            _is_in_translated_dialogue(missing, card.back)
            or _is_translated_elsewhere(missing, card.back)
            or _are_forms(missing, card)
            or _is_citation(missing, card)
        ):
            yield NO_TRANSLATION.at("back", f"“{missing}” has no translation")
        if stretch.translation or _TRANSLATED_BESIDE.match(stretch.after):
            translated += (part.strip(_SPACE_AND_QUOTES) for part in _PART.findall(stretch.korean))


def _without_translation(stretch: Stretch, translated: Sequence[str]) -> str:
    """Return the sentence without a translation, or "". A word of the next sentence may follow: 같이 갈까? 저희 would …"""
    ends = [end.end() for end in _END.finditer(stretch.korean)]
    sentence = stretch.korean[: ends[-1]] if ends else ""
    if not _is_spoken(sentence):
        return ""
    if any(_is_form_of(sentence, other) for other in translated) or (sentence == stretch.korean and _is_wrong(stretch)):
        return ""
    if _OTHER_LEVEL.search(stretch.before) and any(sentence.split()[0] in other.split() for other in translated):
        return ""
    if _SPOKEN_BEFORE.search(stretch.before) or _SPOKEN_AFTER.match(stretch.after):
        return ""
    follows = sentence == stretch.korean and (_FOLLOWED.match(stretch.after) or is_rejected(stretch))
    is_example = _EXAMPLE_FOLLOWS.search(stretch.before) and not _TRANSLATED_BEFORE.search(stretch.before)
    return sentence if is_example and not follows else ""


def _is_in_translated_dialogue(sentence: str, back: str) -> bool:
    """Return whether a translation follows for each line of the dialogue in which somebody says the sentence."""
    for found in _DIALOGUE.finditer(back):
        if sentence in found["korean"]:
            return len(re.findall(_ENGLISH_LINE, found["english"])) >= len(re.findall(_KOREAN_LINE, found["korean"]))
    return False


def _is_translated_elsewhere(sentence: str, back: str) -> bool:
    """Return whether the sentence also stands, alone or at the end of a longer one, before a translation."""
    return re.search(rf"{re.escape(sentence)}[”’\"']*\s*['‘“\"(—–-]", back) is not None


def _is_wrong(stretch: Stretch) -> bool:
    """Return whether the text around the sentence calls it wrong."""
    before, after = re.split("[.?!] ", stretch.before)[-1], re.split("[.;] ", stretch.after)[0]
    return _CALLED_WRONG.search(f"{before}\n{after}") is not None


def _is_spoken(sentence: str) -> bool:
    """Return whether the text is a sentence in speech, not a list of forms: 추워요, 매워요 or 집을 지어요, 집을 지었어요."""
    words, parts = sentence.split(), sentence.split(", ")
    if len(words) < _FEWEST_WORDS or all(word[-1] in ",.?!…" for word in words):
        return False
    if len(parts) > 1 and (all(speech_level(part) for part in parts) or _begin_alike(parts)):
        return False
    return speech_level(sentence) in _SPOKEN or _SHORT_END.search(sentence) is not None


def _are_forms(text: str, card: Card) -> bool:
    """Return whether the text is a list of short phrases that all have the word: 파란 하늘, 파래요, 파랬어요."""
    parts = text.split(", ")
    is_list = len(parts) > 1 or _PROGRESSIVE.fullmatch(text) is not None
    is_list = is_list and all(len(part.split()) <= _FEWEST_WORDS for part in parts)
    return is_list and all(map(card.analysis.occurs_in, parts))


def _is_citation(text: str, card: Card) -> bool:
    """Return whether the text is only a phrase that the record is about, in any form: 어이가 없다, 발이 넓어요."""
    analysis = card.analysis
    if strip_to_hangul(text) in map(strip_to_hangul, (*analysis.keywords, analysis.vs)):
        return True
    return " " in analysis.word and len(text.split()) <= len(analysis.word.split()) and analysis.occurs_in(text)


def _begin_alike(parts: Sequence[str]) -> bool:
    """Return whether a list has at least three forms of one word: 꽃다운 나이, 꽃답게 살다, 꽃다워요."""
    return len({part[0] for part in parts}) == 1 and len(parts) >= _FEWEST_FORMS


def _is_form_of(sentence: str, other: str) -> bool:
    """Return whether the sentence is a translated one in a different speech level: 책을 빌렸어 beside 책을 빌렸어요."""
    pairs = zip(_plain(sentence), _plain(other), strict=False)
    same = next((at for at, (one, two) in enumerate(pairs) if one != two), min(len(sentence), len(other)))
    return sentence in other or same > _SAME * len(sentence)


def _plain(sentence: str) -> str:
    """Return the sentence without the object particle, which is often left out."""
    return sentence.replace("을 ", " ").replace("를 ", " ")


def _half_translated(stretch: Stretch) -> str:
    """Return the first of several sentences if the translation has too few words and sentences for all of them."""
    parts = [part.strip() for part in _PART.findall(stretch.korean) if len(part.split()) >= _FEWEST_WORDS]
    if len(parts) < 2 or not all(speech_level(part) for part in parts) or _GOES_ON.search(stretch.before):
        return ""
    english = stretch.translation
    sentences = [each for each in _SENTENCES.split(english) if each and each.strip()]
    is_short = len(english.split()) < _FEWEST_PER_WORD * len(stretch.words)
    return parts[0] if len(sentences) < len(parts) and is_short else ""
