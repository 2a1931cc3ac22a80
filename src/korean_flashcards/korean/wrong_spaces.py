"""Find missing and superfluous spaces that are wrong in every context: 할수 있다, 먹는것, 두마리, 선생 님.

Sources: 한글 맞춤법, Articles 2, 41–43, 47, and the standard dictionary, which writes compounds (그때, 못하다) as one word.
Spaces that are optional (해 보다, 해보다) or debatable (재미 있다) are left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from operator import add
from typing import NamedTuple

from .hangul import ONSETS, VOWELS, Jamo, join
from .hanja_data import spelled

# The future attributive of frequent verbs, without nouns before 수 or 때 (실수, 물때).
_WILL = "|".join("할갈올볼될살쓸줄알놀잘킬울릴질칠을")
_L = "|".join(join(Jamo(onset, vowel, "ㄹ")) for onset in ONSETS for vowel in VOWELS)
_DID = "|".join("한간온본된산준쓴운난린친")
_DID_LONGER = "|".join("진난친킨낀린운은온간본준쓴든픈")
_WILL_LONGER = "|".join("을할갈올볼될쓸죽칠질릴킬")
_IS = "|".join("런떤른큰쁜픈")
_NEW = (
    "옷|신발|차(?=[를가는도 ]|$)|책|가방|핸드폰|휴대폰|컴퓨터|친구|학기|직장|선생님|노래|영화|자전거|구두|모자|"
    "안경|침대|회사|학교|아파트|이름|식당"
    "|노트북|지갑|운동화|물건"
)
# The words after a bound noun or a counter.
_END = "(?=[이가을를은는도만의에로과와씩쯤]|정도|까지|부터|밖에|뿐|입니|예요|[^가-힣]|$)"
_COUNTERS = (
    "명|마리|개(?!월)|잔|병|권|장|대|시간|살|번|사람|달|그릇|송이|켤레|가지|벌|군데|주일|조각|접시|곡|자루|봉지|"
    "상자|방울|바퀴|그루|컵|인분|배|곳"
)
# Words that are spelled like a number with a counter: 세대 "generation", 두통 "headache", 세배 "bow".
_NO_NUMBERS = "세대|열대|열병|세배|세잔|세장|열장|세곡|열배|열곡"
_ADJECTIVES = (
    "좋|많|맛있|맛없|재미있|재미없|예쁘|예뻐|비싸|비싼|커요|춥|추워|덥|더워|어렵|어려워|힘들|바빠|바쁘|멋있|"
    "빨리|느려|피곤|배고|배불|아파|아프|무서"
    "|귀여|고마|미안|기뻐|슬퍼|행복|중요|편해|쉬워|높|멀|가까"
)
_NOT = (
    "먹|마시|마셔|마신|갔|가요|가고|갈 |간다|와요|왔|오면|봐요|봤|해요|했|하고|합니|할 |한다|하면|좋|매워|매운|"
    "추워|더워|비싸|비싼|읽|배워|만나|만났|아파"
    "|아프|예뻐|예쁘|바빠|바쁘|어려|무서|써요|썼|들려|들어요|샀|잤|탔|입|맞|믿|싫|춥|덥|커요|많|재미|맛있|피곤|"
    "졸려|고파|궁금|필요"
)
_CANNOT = (
    "먹|마셔|마시|마신|갔|가요|갑니|간다|와요|왔|봤|봐요|자요|잤|읽|들었|들어|만나|만났|샀|찾|받|탔|타요|배웠|"
    "알아들|외우|외웠|참겠|믿|입|움직"
    "|일어나|나가|나와|끝냈"
)
_WELL = (
    "먹|지내|지냈|가요|자요|잤|있어|있습|있었|들었|들려|보이|봤|부탁|어울|맞|몰라|알아|알고|배웠|놀|쉬|입|읽|웃|"
    "마셨|마시|왔|오셨|다녀"
)
_START = "(?<![가-힣])"


class _Gap(NamedTuple):
    """Two parts of a word between which a space is missing: what precedes them, the parts, and what follows."""

    before: str
    first: str
    second: str
    after: str = ""


_MISSING = (
    _Gap("", f"{_WILL}|일", "수", "(?=[가도는]? ?[있없]|밖에)"),
    _Gap("[가-힣]", "날|낼|닐|길|달|굴|팔|풀|떨|늘|설|들|걸|열", "수", "(?=[가도는]? [있없])"),
    _Gap("", "는|던", "것|거|건|게", "(?!이)"),
    _Gap("(?<!젊)(?<!늙)", "은", "것|건|게", "(?![가-힣]{3})"),
    _Gap("[가-힣]", "은|을", "것|건|거예|거야|거에|거다|거죠|거라|거고|거니"),
    _Gap("", _L, "거예|거야|거에요|거죠|거라고"),
    _Gap("[가-힣]", "은", "거", "(?![가-힣])"),
    _Gap("", _WILL, "거|것", "(?![가-힣])(?<!탈것)"),
    _Gap("", f"{_DID}|{_IS}|인", "것"),
    _Gap("", f"{_IS}|한|운|된", "게", "(?![가-힣])"),
    _Gap("", _IS, "거", "(?=[예야에죠라를는도]|[^가-힣]|$)"),
    _Gap(_START, "내|네|제|우리", "것"),
    _Gap("[가-힣]", "고", "싶|있"),
    _Gap("", "것|거", "같"), _Gap(f"(?:{_L})", "까", "봐"),
    _Gap("[가-힣]", "지", "않|못하|못해|못했|말고|말아|마세요", "(?<!머지않)(?<!못지않)"),
    _Gap("[가-힣]", "지", "마|마요|마라", "(?![가-힣])"),
    _Gap("[해가와어아봐워려져써]", "야", "해요|한다|합니|하는|했|하거든|하지|하니|하면|하잖|하겠|돼요|된다|됩니|되는"),
    _Gap("[해가와어아봐워려져써]", "야", "해", "(?![가-힣])"),
    _Gap("[가-힣]", "기", "때문|전에|전까지"),
    _Gap(_START, "비|너|나|일|감기|눈|그것|이것|때|시험|날씨|돈|술", "때문"),
    _Gap("", f"{_WILL}|실|쉴|들|길|빌|풀|팔", "때", "(?=[는에도가의만]|마다|부터|까지|쯤|[^가-힣]|$)"),
    _Gap("", "은|한|난|간|본", "후에"),
    _Gap("[가-힣]", "는", "동안|중이|중에|대로|만큼|척|체하|줄"),
    _Gap("[가-힣]", "한|은|킨", "대로"),
    _Gap("", "있을|했을|할|먹을", "뿐"),
    _Gap("", _WILL, "줄", "(?=[도은을]? ?[알모몰])"),
    _Gap("[가-힣] ", "줄", "알|몰|모르"),
    _Gap(f"(?:{_L}) ", "수", "있|없", "(?!이)"),
    _Gap("", f"{_DID}|은", "적", "(?=[이은도]? ?[있없])"),
    # 넘어진적이 있다, but not 흔적이 있다
    _Gap("[가-힣]{2}", _DID_LONGER, "적이|적은|적도", "(?= [있없])"),
    _Gap("", _WILL_LONGER, "뻔"),
    _Gap("[가-힣]", "을|할|갈|볼|는", "필요|생각|계획|예정|권리|시간"),
    _Gap(
        "", "온|간|은|한|운|된|난", "지",
        "(?= (?:벌써 )?(?:오래|얼마|한참|[0-9한두세네다섯여일곱덟아홉열이삼사오육십몇]* ?(?:년|달|개월|시간|"
        "주일|주|일)(?![가-힣]{2})))",
    ),
    _Gap("", "년|개월|시간|주일|하루|이틀|사흘|열흘", "만에|만이"),
    _Gap("", "시간|개월|년|명", "정도"),
    _Gap(
        f"{_START}(?!{_NO_NUMBERS})",
            "두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|몇|한두|두세|서너|열한|열두", _COUNTERS, _END
    ),
    _Gap(_START, "한", "명|마리|개(?!월)|권|장|시간|살|사람|달|그릇|송이|켤레|조각|접시|곡|봉지|상자", _END),
    _Gap(_START, "두|세|네|다섯", "번째"),
    _Gap(_START, "안", _NOT), _Gap(_START, "못", _CANNOT), _Gap(_START, "잘", _WELL),
    _Gap(_START, "너무|아주|매우|정말|진짜|가장|제일|훨씬|굉장히|무척|더|덜|별로", _ADJECTIVES),
    # 맨 is a determiner before these, and a prefix only in the sense “bare”. 같이하다 and 함께하다 are words.
    _Gap(_START, "맨", "뒤|앞|위|밑|끝|아래|처음|먼저|나중|마지막|꼭대기|구석|왼쪽|오른쪽|가운데"),
    _Gap(_START, "같이", "가자|가요|갈까|갑시|갔|가실|먹|놀|살아|살았|와요|왔|마시|마셔|마셨"),
    _Gap(_START, "함께", "가자|가요|갈까|갑시|갔|가실|먹|놀|살아|살았|와요|왔|마시|마셔|마셨"),
    _Gap(_START, "참", "좋|많|예쁘|예뻐|맛있|재미있"),
    _Gap(_START, "새", _NEW),
    _Gap(_START, "이|그|저", "사람|책|가방|여자|남자|단어|식당|가게|옷|친구|선생님"),
    _Gap("", "무슨", "일|말|뜻|색|요일|음식|영화|책|운동|노래|과일|꽃|맛|소리|생각"),
    _Gap("", "어느", "나라|쪽|날|것|분|정도"), _Gap(_START, "모든", "것|사람|일|학생|문제"),
    _Gap(_START, "여러", "가지|사람|나라|번|곳|명|개"),
    _Gap(_START, "다른|어떤|이런|그런|저런", "사람|일|책|옷|나라|문제|곳|음식|날|때"),
    _Gap(
        "[가-힣]", "을|를",
        "먹|마셔|마시|만나|만났|읽|배워|배우|좋아|싫어|샀|봤|봐|했|들었|찾|만들|사요|보고|하고|해요|타고|탔|"
        "기다|주세|줬|받|가르|공부|도와|써요|키워|보냈",
    ),
    _Gap("[가-힣]", "에서", "공부|일해|일했|만나|만났|먹|왔|와요|살아|봤|샀|자요|놀"),
    _Gap("[가-힣]", "에", "가요|갔|가고|왔|와요|있어|있습|있는|살아|다녀|도착"),
    _Gap("[가-힣](?<!어)", "이", "있어|있습|없어|없습|많아|좋아|좋은|아파|맛있|재미있|필요해|고파"),
    _Gap("[가-힣]", "가", "있어요|없어요|고파|아파|아프|많아|좋아|예뻐|맛있"),
    _Gap(_START, "비가|눈이", "와|오|왔|내"),
)  # fmt: skip
# What must be written together, in the same form: the part before the space, the part after it, and what follows.
_SUPERFLUOUS = (
    _Gap("", "하나|조금|너|저|나|우리|이것|그것|수|명|개|번|시간|마리|잔|권|장|원", "밖에", "(?= (?:없|안|못|몰|모르))"),
    _Gap("", "[가-힣]{2}", "조차", "(?![가-힣])"),
    _Gap("",
        "선생|사장|부장|과장|교수|의사|간호사|기사|손|형|누|부모|고객|회장|원장|박사|감독|스승|아버|어머|기자|팀장|"
        "대표|목사", "님"),
    _Gap("", "[가-힣](?<!니다|에요|예요)",
        "이에요|예요|입니다|입니까|습니다|습니까|었어요|았어요|어요|겠어요|겠습니다", "(?![가-힣])"),
    _Gap("", "[가-힣]{2}", "에서|에게|한테|까지|부터|처럼|께서|를|을|으로|는|은", "(?= [가-힣]|[^ 가-힣,]|$)"),
    _Gap(_START, "안녕", "하세요|하십"),
    _Gap(_START, "감사|죄송|미안|축하|친절|깨끗|조용|필요|피곤", "합니다|해요|했어|하세요|한 "),
    _Gap(_START, "맛|멋", "있|없"), _Gap("", _WILL, "게요|래요", "(?![가-힣])"),
    # 껍질을 까요
    _Gap("", _WILL.removesuffix("|을"), "까요", "(?![가-힣])"),
    _Gap(_START, "하|가|오|보|주|마|드|계", "세요|십시오|셨어요"), _Gap(_START, "못|잘", "생겼|생긴"),
    _Gap("", "한국|중국|일본|외국|독일|프랑스", "어|인", "(?=[를는가로도이은을]|$|[^가-힣])"),
)  # fmt: skip
# Words that end like a verb before 거 "thing". Other words of two syllables are too often rare ones: 두병 斗柄.
_NO_ENDINGS = frozenset(("철거", "열거", "별거"))
_LONG_WORD = 3  # syllables


@cache
def pairs_without_space() -> frozenset[str]:
    """Return the pairs of syllables between which a space may be missing."""
    return frozenset(_missing())


def may_be_split(hangul: str) -> bool:
    """Return whether Hangul words, which are separated by spaces, may contain a superfluous space."""
    return _split().search(hangul) is not None


def wrong_spaces(text: str, pairs: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield the words with a missing or a superfluous space, each with the right spelling.

    ``pairs``: those of ``pairs_without_space`` that the text may contain, or None if they are unknown.
    """
    rules = _missing()
    if pairs is None:
        pairs = sorted(rules.keys() & set(map(add, text, text[1:])))
    for pattern in dict.fromkeys(pattern for pair in pairs if pair in text for pattern in rules[pair]):
        for match in pattern.finditer(text):
            yield from _corrected(text, match, " ")
    for pattern in _superfluous() if " " in text and _split().search(text) else ():
        for match in pattern.finditer(text):
            yield from _corrected(text, match, "")


def _corrected(text: str, match: re.Match[str], space: str) -> Iterator[tuple[str, str]]:
    """Yield the word around the match with the space added or removed, unless it is a word of the hanja dictionary."""
    first, last = match.span()
    while first and "가" <= text[first - 1] <= "힣":
        first -= 1
    while last < len(text) and "가" <= text[last] <= "힣":
        last += 1
    before, after = text[first : match.start()], text[match.end() : last]
    if space and _is_one_word(text[first:last], match.end(1) - first):
        return
    yield text[first:last], f"{before}{match[1]}{space}{match[2]}{after}"


def _is_one_word(token: str, gap: int) -> bool:
    """Return whether a token begins with a Sino-Korean word that the gap would split: 새옹지마, 강제철거예요, 단기전에."""
    return any(
        token[:end] in _NO_ENDINGS or (end >= _LONG_WORD and spelled(token[:end]))
        for end in range(gap + 1, len(token) + 1)
    )


@cache
def _missing() -> dict[str, list[re.Pattern[str]]]:
    """Return the rules for missing spaces, keyed by the two syllables between which the space belongs."""
    rules: dict[str, list[re.Pattern[str]]] = defaultdict(list)
    for before, first, second, after in _MISSING:
        pattern = re.compile(f"({before}(?:{first}))({second}){after}")
        for key in {one[-1] + other[0] for one in first.split("|") for other in second.split("|")}:
            rules[key].append(pattern)
    return dict(rules)


@cache
def _superfluous() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"({rule.before}(?:{rule.first})) ({rule.second}){rule.after}") for rule in _SUPERFLUOUS)


@cache
def _split() -> re.Pattern[str]:
    """Return the expression for what can follow a superfluous space."""
    ends = []
    for rule in _SUPERFLUOUS:
        lasts = "".join(part[-1] for part in rule.first.split("|"))
        # Lists of particles (을/를, 은/는) look like particles after a space, but have one syllable.
        before = f"(?<=[{lasts}] )" if lasts.isalpha() else "(?<=[가-힣]{2} )" if lasts == "}" else ""
        ends.append(f"{before}(?:{rule.second}){rule.after}")
    return re.compile(f" (?:{'|'.join(ends)})")
