"""Find words and endings in a sentence that do not fit together: 물밖에 마셔요, 왔기 전에, 추워서 들어가자.

Only sentences that every grammar rejects are reported. Negative commands (무서워서 울지 마세요) and statements in -세요 are
accepted.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import ONSETS, VOWELS, Jamo, join

_PAST = "".join(
    join(Jamo(onset, vowel, "ㅆ"))
    for onset in ONSETS
    for vowel in VOWELS
    if join(Jamo(onset, vowel, "ㅆ")) not in "있겠"
)
_NEGATIVE = lazy_regex(
    r"(?:^| )(?:안|못)(?: |[가-힣])|없|않|못[하해했]|모[르릅른를]|몰[라랐]|아[니닌닙]|말[아고자]"
    r"|마세|드물|힘들|어[렵려]|적[어습은]|부족|금지|싫"
)
# Words before 밖에 "only". After others, such as 집 and 문, it may mean "outside".
_COUNTED = (
    "하나|둘|조금|나|너|저|우리|그것|이것|이거|그거|[0-9]+[가-힣]|[한두세네] [가-힣]|"
    "(?:[가-힣]+ )(?:원|명|개|번|시간|분|마리|잔|권|장|살|병)|물|돈|이름|한국어|영어|밥|빵|커피|고기|김치|일|공부|시간"
)
# Adjectives whose form in 서 only gives a reason.
_REASONS = (
    "추워|더워|비싸|바빠|아파|피곤해|많아|어두워|무거워|시끄러워|매워|짜|멀어|좁아|어려워|심심해|고파|위험해|늦어|흐려|"
    "미끄러워|복잡해"
)
_PROPOSAL = "[가-힣]+(?:자|[읍갑합봅둡눕]시다|십시오)"
_WORN = "입어|신어|벗어|먹어|마셔|읽어|공부해|요리해|배워|가르쳐|기다려|만나"
_DONE = "온|간|한|먹은|넘어진|멈춘|늦은|놓친|잊은|잃어버린|일어난|걸린|내린|쏟은|다친|막힌|떨어진|깨진|잔|운|마신"
_JUDGED = (
    "좋|많|맛있|재미있|예[쁘뻐쁩]|비[싸쌌쌉]|[커큽컸] |춥|추[워웠]|덥|더[워웠]|바[쁘빠빴쁩]|중요|필요|유명|매[워웠]|피곤"
    "|무서|아[프파팠픕]"
)
_NEGATED = {
    "별로": f"별로(?= (?:{_JUDGED}|자주|관심|생각))", "전혀": f"전혀(?= (?:{_JUDGED}|알[아고]|기억|이해|생각|먹|관심))",
    "아무도": "아무도(?![.?!,]|$)", "아무것도": "아무것도(?![.?!,]|$)", "결코": "결코(?![.?!,]|$)",
}  # fmt: skip


def wrong_constructions(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield the wrong parts of a sentence, each with what is wrong."""
    for sign, pattern, message in _rules():
        for match in pattern.finditer(sentence) if sign in sentence else ():
            yield match[0].strip(), message
    for word, negated in _negatives().items():
        found = negated.search(sentence) if word in sentence else None
        if found and not _NEGATIVE.search(re.split("[.?!]", sentence[found.end() :])[0]):
            yield found[0], f"{word} needs a negative"


@cache
def _negatives() -> dict[str, re.Pattern[str]]:
    only = re.compile(rf"(?<![가-힣0-9])(?:{_COUNTED})밖에(?= [가-힣])")
    return {"밖에": only, **{word: re.compile(rf"(?<![가-힣]){pattern}") for word, pattern in _NEGATED.items()}}


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return the rules: a text that each match contains, its expression, and what is wrong."""
    past = rf"[가-힣]*[{_PAST}]"
    rules = (
        ("전", rf"{past}기 전", "-기 전에 never follows -았/었-"),
        ("느라", rf"{past}느라고?(?![가-힣])", "-느라고 never follows -았/었-"),
        ("자마자", rf"{past}자마자", "-자마자 never follows -았/었-"),
        ("려고", rf"{past}으려고", "-(으)려고 never follows -았/었-"),
        ("어서", rf"{past}어서(?![가-힣])", "-아/어서 never follows -았/었-"),
        ("나서", rf"{past}고 나서", "-고 나서 never follows -았/었-"),
        ("을게", rf"{past}을게요?(?![가-힣])", "-(으)ㄹ게요 never follows -았/었-"),
        ("바람에", rf"(?<![가-힣])(?:{_DONE}) 바람에", "only -는 stands before 바람에"),
        (
            "서 ", rf"(?<![가-힣])(?:{_REASONS})서 (?:[가-힣]+ ){{0,3}}?{_PROPOSAL}(?=[.!]|$)",
            "no proposal follows -아/어서: use -(으)니까",
        ),
        (
            "때문에", rf"[가-힣]+기 때문에 (?:[가-힣]+ ){{0,4}}?{_PROPOSAL}(?=[.!]|$)",
            "no command follows -기 때문에: use -(으)니까",
        ),
        (
            "바람에", rf"[가-힣]+는 바람에 (?:[가-힣]+ ){{0,4}}?{_PROPOSAL}(?=[.!]|$)",
            "no command follows -는 바람에: use -(으)니까",
        ),
        ("있", rf"(?<![가-힣])(?:{_WORN}) 있(?:어|습|다|고|는|었)", "an action takes -고 있다"),
        ("안 ", r"(?:^|(?<=[는은이가도] ))안 [가-힣]+[을를](?= [가-힣])", "안 stands before the verb"),
        ("못 ", r"(?:^|(?<=[는은이가도] ))못 [가-힣]+[을를](?= [가-힣])", "못 stands before the verb"),
    )  # fmt: skip
    return tuple((sign, re.compile(pattern), message) for sign, pattern, message in rules)
