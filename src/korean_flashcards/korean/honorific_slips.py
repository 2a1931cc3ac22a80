"""Find honorific words that do not fit the words beside them: 저희 나라, 진지를 먹어요, 안녕히 자요.

Only what the National Institute of Korean Language's guide to standard speech (표준 언어 예절, 2011) rejects in every
context is listed. 할머니가 자요 is missing: the family may say so.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

_LOW = "친구|동생|남동생|여동생|아들|딸|손자|손녀|조카|후배|강아지|고양이|아기"
_ELDERS = "할머니|할아버지|아버지|어머니|부모님|선생님|교수님|사장님|부장님|과장님|원장님|사모님|어르신"
_START = "(?<![가-힣])"
# What is wrong, and what would be right.
_SLIPS = (
    (rf"{_START}저희 ?나라", "우리나라, since 저희 leaves out the listener"),
    (rf"{_START}진지(?:[를도는]|부터)?(?: (?:안|못|다|벌써|많이|먼저|맛있게|같이))* 먹(?!이)[가-힣]*", "드시다 or 잡수시다"),
    (
        rf"{_START}안녕히 (?:자요|자라|자|잤[가-힣]*|있어요?|있어라|가요|가|가라|와요)(?![가-힣])",
        "an honorific verb: 안녕히 주무세요, 가세요, 계세요",
    ),
    (rf"{_START}(?:{_LOW}|아이|우리|저희)들?께서", "이 or 가, since 께서 honors"),
    (rf"{_START}(?:{_LOW}|저희)들?께(?![가-힣])", "에게, since 께 honors"),
    (
        rf"{_START}(?:저를|나를|절|날) (?:뵈|뵙|봬|모시|모셔|모신)[가-힣]*",
        "만나다 or 데리다, since the verb humbles whoever does it",
    ),
    (rf"{_START}(?:제|내|나의|저의|(?:{_LOW})(?:의|네)?) (?:생신|연세|성함|존함|진지)[가-힣]*", "생일, 나이, 이름, or 밥"),
    # 댁 is the home of a person who is honored. 우리 댁은 alone may name a wife.
    (rf"{_START}우리 댁(?:에|에서|에는|으로|까지|(?=[.,)]|$))(?![가-힣])", "집, since nobody honors their own home"),
    (rf"{_START}댁에 있(?:어|습|니|나)[가-힣]*", "계시다"),
    (rf"{_START}연세가 몇 살[가-힣]*", "연세가 어떻게 되세요"),
    (rf"{_START}성함(?:은|이) (?:뭐야|뭐니|뭐냐|뭐예요|무엇이니)", "성함이 어떻게 되세요"),
    (r"(?:하|오|가|보|드|계|주무|앉으|읽으|쓰|기다리|들어가|들어오)시세요", "-세요, which contains -시-"),
    (rf"죽으[셨시]|{_START}(?:{_ELDERS})(?:이|가|께서|는|은|께서는)? 죽었[가-힣]*", "돌아가시다"),
    (
        rf"{_START}(?:시간|질문|약속|용건|고민|문의|계획|여유|궁금한 (?:것|점)|볼일|일정|말씀)(?:이|가|은|도)? "
        "(?:안 )?계[세시십셨][가-힣]*",
        "있으시다, since 계시다 is only of people",
    ),
    (
        rf"{_START}(?:{_ELDERS})(?:이|가|은|는|께서|께서는)? (?:지금 |아직 )?[가-힣]+에 (?:안 )?있으[세시셨십][가-힣]*",
        "계시다, since 있으시다 is of what a person has",
    ),
    (
        rf"{_START}(?:커피|음료|음식|피자|주문하신 [가-힣]+)(?:[가이는은]|도)? ?나오[셨시][가-힣]*",
        "나오다, since a thing is not honored",
    ),
    (r"(?:[십백천만] ?원|품절|매진)이[세십시][가-힣]*", "이에요, since a thing is not honored"),
    (rf"{_START}(?:사이즈|재고|상품|제품)[가이는은] 없으[세십][가-힣]*", "없어요, since a thing is not honored"),
    (
        rf"{_START}(?:{_LOW})(?:에게|한테) (?:[가-힣]+[을를] )?(?:드[리려렸릴린립]|여[쭈쭙쭤쭸]|말씀드)[가-힣]*",
        "주다, 묻다, or 말하다, since nobody is honored",
    ),
    (
        rf"{_START}(?:저는|제 이름은|제가) [가-힣]{{2,4}} ?씨(?:예요|입니다|이에요)(?![가-힣])",
        "the name without 씨, which is not for oneself",
    ),
)  # fmt: skip
# Every slip contains one of these syllables.
_SIGN = lazy_regex(
    "저희 ?나|드[리려렸릴린립]|말씀드|여[쭈쭙쭤쭸]|진지|안녕히 [자잤있가와]|께|[를절날] [뵈뵙봬모]|생신|연세|성함|존함|댁에"
    "|우리 댁"
    "|시세요|죽[으었]|계[세시십셨]|있으|나오[셨시]|원이|품절|매진|없으|씨[예입이]"
)
_KIN = lazy_regex("님|아버지|어머니|할머니|할아버지|엄마|아빠|부모|언니|누나|오빠|형")
# 저는 … 주무세요, which the analyzer often reads as a noun, and 제가 … 계세요
_OWN = lazy_regex(
    r"(?<![가-힣])(?:저는|제가|나는|내가|저희는|저희가|저도|나도|전|난) ((?:[가-힣]+ )*?)"
    "((?:주무|계|잡수)[시세셨신십셔][가-힣]*|드[시셨십][가-힣]*|편찮으[가-힣]*|돌아가[셨시][가-힣]*)"
)
_CLAUSE = lazy_regex("(?:니|니까|서|면|는데|지만|고|며|께서|이|가|이나|은|는|어|아|도록|게) $|[이가은는] ")


def may_have_honorific_slips(text: str) -> bool:
    """Return whether a text, or one that consists of its Hangul words, may contain a wrong combination."""
    return _SIGN.search(text) is not None


def honorific_slips(text: str) -> Iterator[tuple[str, str]]:
    """Yield each wrong combination with what would be right: (진지를 먹어요, 드시다 or 잡수시다)."""
    if not may_have_honorific_slips(text):
        return
    for pattern, right in _patterns():
        for found in pattern.finditer(text):
            yield found[0], right


def own_honor(sentence: str) -> str:
    """Return the honorific verb whose subject is the speaker (저는 일찍 주무세요), or ""."""
    found = _OWN.search(sentence)
    if found is None or sentence.rstrip(" '\"”’").endswith("?"):
        return ""
    between = found[1]
    if _KIN.search(between) or _CLAUSE.search(between):
        return ""
    return "" if found[2].startswith(("드시는", "드신", "계시는", "계신", "주무시는")) else found[2]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), right) for pattern, right in _SLIPS)
