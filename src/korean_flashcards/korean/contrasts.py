"""Find facts that an English text contradicts: a different day, person, place, or number than the Korean names.

Each line lists words of one kind: a Korean pattern, and the English words that may translate it. A translation contradicts
the Korean if it lacks a word for what the Korean names and has a word for something else of the same kind. Korean words
with several meanings are left out or listed with all of them (시장: market, mayor).
"""

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from .negations import NOT_ENGLISH, NOT_KOREAN

# One kind a line; "+" continues it. "^" means that the patterns stand at the beginning of a word. "~" marks English words
# that may translate the Korean but are too common to contradict another one (time: 시간이 빨리 가요 "time flies"). "!" marks
# opposites, which a negation makes alike: 어렵지 않아요 "it is easy", 천천히 하세요 "there's no rush".
_KINDS = """
^어제|어저께=yesterday,~night,~last; ^오늘=today,tonight,~evening,~morning,~afternoon,~night; ^내일=tomorrow
^아침=morning,breakfast; ^점심=lunch,noon,midday,afternoon; ^저녁=evening,dinner,supper,tonight,night
^다음 =next,following,~after,~then; ^지난=last,~past,~ago,previous
^남자=man,men,guy,boy,male,boyfriend,boys; ^여자=woman,women,girl,lady,female,girlfriend,girls
월요일=monday; 화요일=tuesday; 수요일=wednesday; 목요일=thursday; 금요일=friday; 토요일=saturday; 일요일=sunday
^봄[에이은을 ]=spring; ^여름=summer; ^가을=autumn,fall; ^겨울=winter
할머니=grandmother,grandma,granny,~old,~elderly,gran,~aunt
+ 할아버지=grandfather,grandpa,granddad,~old,~elderly,~uncle
+ ^어머니|엄마=mother,mom,mum,mommy; ^아버지|아빠=father,dad,daddy
+ ^언니|누나|여동생=sister,sisters,~older,unnie,noona
+ ^오빠|남동생|형[이은을의]=brother,brothers,~older,oppa,hyung; ^아들=son,sons; ^딸[이은을의 ]=daughter,daughters
+ ^남편=husband; ^아내=wife; ^삼촌=uncle; ^이모|고모=aunt
^버스=bus,buses; ^기차=train,trains; ^지하철=subway,metro,~underground,~train,~tube
+ ^비행기=plane,flight,airplane,~fly,~flew,~air; ^택시=taxi,cab; ^자전거=bike,bicycle,cycle,cycling
^학교=school,schools,college,campus,university; ^병원=hospital,~doctor,clinic; ^은행=bank; ^도서관=library
+ ^카페=cafe,caf,~coffee
+ ^식당=restaurant,cafeteria,canteen,diner,restaurants; ^공항=airport; ^백화점=department; ^공원=park; ^우체국=post
+ ^부엌|주방=kitchen; ^거실=living; ^침실=bedroom; ^정원=garden,yard; ^화장실=bathroom,toilet,restroom,washroom,lavatory
+ ^교실=classroom; ^사무실=office; ^복도=corridor,hallway,~hall; ^옥상=roof,rooftop; ^지하실=basement,cellar
+ ^교회=church; ^박물관=museum; ^약국=pharmacy,drugstore
서울=seoul; 부산=busan,pusan; 제주=jeju,cheju; 대구=daegu; 인천=incheon; 광주=gwangju; 대전=daejeon; 수원[^지]=suwon
+ 경주[에의로까]=gyeongju; 뉴욕=york; 런던=london; 도쿄=tokyo
한국=korea,korean,koreans; 미국=america,american,~us,~states,americans,~u; 중국=china,chinese; 일본=japan,japanese
+ 영국=england,britain,uk,british,english; 프랑스=france,french; 독일=germany,german
^커피=coffee; ^홍차|녹차|차를 =tea,~car
+ ^우유=milk; ^맥주=beer,beers; ^소주=soju; ^주스=juice; ^빵[을이은 ]=bread,~baker,~bakery; ^김치=kimchi
+ ^사과=apple,apples,~apology,~apologize,~apologized; ^라면[을이은 ]=ramen,ramyeon,noodles; ^떡[을이은 ]=~cake,~cakes,tteok
^강아지|개[가를는]=dog,dogs,puppy,puppies; ^고양이=cat,cats,kitten; ^토끼=rabbit; ^호랑이=tiger
^비[가는]? [오와올왔온내]=rain,rains,raining,rained,rainy
+ ^눈[이은]? [오와올왔온내]=snow,snows,snowing,snowed
일월[에은 ]=january; ^이월[에은 ]=february; 삼월[에은 ]=march; 사월[에은 ]=april; ^오월[에은 ]=may; ^유월[에은 ]=june
+ 칠월[에은 ]=july; 팔월[에은 ]=august; 구월[에은 ]=september; ^시월[에은 ]=october; 십일월[에은 ]=november
+ 십이월[에은 ]=december
개월=month,months,~half,~trimester; 년간|년 동안|년 전|년 만|년째=year,years,~decade,~months
+ 주일[ 에동전간]|주 동안|주 전|주간=week,weeks,~fortnight,~days
^최 [부과사선팀대교][장생리수]=choi,choe; ^조 [부과사선팀대교][장생리수]=cho,jo
+ ^김 [부과사선팀대교][장생리수]=kim,gim; ^이 [부과사선팀대교][장생리수]=lee,yi,rhee,~this
+ ^박 [부과사선팀대교][장생리수]=park,pak,bak; ^정 [부과사선팀대교][장생리수]=jung,jeong,chung
+ ^강 [부과사선팀대교][장생리수]=kang,gang; ^장 [부과사선팀대교][장생리수]=jang,chang
^민수=minsu,minsoo; ^지수=jisu,jisoo; ^영희=yeonghui,younghee,yeonghee; ^철수=cheolsu,chulsoo; ^민지=minji
+ ^지훈=jihun,jihoon
+ ^수진=sujin,soojin; ^지영=jiyeong,jiyoung; ^민호=minho; ^유진=yujin,yoojin; ^수미=sumi,soomi; ^서연=seoyeon
+ ^현우=hyeonu,hyunwoo
+ ^미라=mira; ^민아=mina,minah; ^지우=jiu,jiwoo; ^유나=yuna,yoona; ^태호=taeho; ^지민=jimin; ^소라=sora; ^수지=suji,suzy
+ ^지은=jieun; ^영수=yeongsu,youngsoo; ^미나=mina; ^준호=junho; ^은지=eunji; ^하나[야 ]=hana,~one
빨간|빨갛|빨개=red; 파란|파랗=blue,green; 노란|노랗=yellow; 하얀|하얗=white; 검은|까만|까맣=black,~dark
선생님=teacher,professor,~sir,teachers,~mr,~ms,~ma,~doctor
+ ^의사=doctor,physician,doctors,~intend,~intention,~willing,~willingness; ^간호사=nurse; ^경찰=police,~officer,~cop
+ ^친구=friend,friends,boyfriend,girlfriend,~he,~she,~that,~guy,~student,~students,~classmate
+ ^학생=student,students,pupil,pupils
왼쪽|왼손=left; 오른쪽|오른손=right
!비싸|비싼=expensive,pricey,costly,~much,~high; ^싸[요고게다]|싼 =cheap,cheaper,cheaply,inexpensive,~bargain,~good
!어려[워운웠]|어렵=difficult,hard,tough,harder,difficulty,~trouble,~struggle
+ 쉬워|쉬운|쉽[다고게]|쉬웠=easy,easily,easier,simple
!더워|더운|덥|뜨거=hot,warm,~heat,hotter; 추워|추운|춥|추웠|차가=cold,cool,chilly,freezing,colder; 따뜻=~warm,~hot
+ 시원=~cool,~cold,~hot,~warm
!^빨리|빨라|빠르=fast,quick,quickly,hurry,~soon,~early,faster,~speed,rush,~once,~right,~come,quicker
+ ^천천히|느리=slow,slowly,~time,slower
가르치|가르쳐|가르친=teach,teaches,taught,~teacher,teaching,~tell,~show
+ 배우[고는러]|배워|배웠=learn,learned,learning,learnt,~study,~taught,~lessons
^샀|사 주|사고|사러=buy,bought,~get,~got,buying,purchase,purchased,~treat,~pick
+ ^팔았|팔고|팔아요=sell,sold,selling,sells,~can,~where,~get
"""
_ENGLISH = lazy_regex("[a-z]+")
_GREAT = lazy_regex(r"\b(?:great|grand)-?(?:uncle|aunt)s?\b")
_HYPHENATED = lazy_regex("[a-z]+-[a-z]+")
_NATIVE = {
    "둘": 2, "셋": 3, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "스무": 20, "서른": 30, "마흔": 40,
    "예순": 60, "일흔": 70, "여든": 80, "아흔": 90, "두": 2, "세": 3, "네": 4, "열": 10, "쉰": 50,
}  # fmt: skip
_COUNTER = "(?:시|시간|명|개|살|번|사람|권|병|잔|마리|달|분|장|대|가지|그루|송이|켤레|벌|층|주|배|곳|판|조각)"
# At most one syllable after the counter, or a copula: 네 시예요, but not 세 개구리
_END = "(?![가-힣]{2})|(?=예요|이에요|입니다|이다|네요|이네요|부터|까지|에는|에도|쯤)"
_NATIVE_NUMBER = lazy_regex(
    rf"(?<![가-힣])(?:(둘|셋|넷|다섯|여섯|일곱|여덟|아홉|스무|서른|마흔|예순|일흔|여든|아흔)"
    rf"|(두|세|네|열|쉰)(?= {_COUNTER}(?:{_END})))"
)
_ONES = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4} | {
    native: _NATIVE[native] for native in ("다섯", "여섯", "일곱", "여덟", "아홉")
}
_TENS = {"열": 10, "스물": 20} | {
    native: _NATIVE[native] for native in ("서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
}
# 스물한 살, but not 열세 단어 and 열하나님
_COMPOUND = lazy_regex(f"(?<![가-힣])({'|'.join(_TENS)})({'|'.join(_ONES)})(?= {_COUNTER}|[.,?!이]|$)")
_SINO_NUMBER = lazy_regex(
    "(?<![가-힣])([이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[삼사오육칠팔구]) "
    "(?:분|초|층|년|번|도|원|개월|인분|호선|학년|킬로|미터|센티|퍼센트|페이지|쪽)(?![위야수식량석계도호래등])"
    "|(?<![가-힣])([이삼사오육칠팔구]십[일이삼사오육칠팔구]?) (?:시간|명|개|대|장|권|세|마리)(?![가-힣]{2})"
)
_WON = lazy_regex("(?<![가-힣0-9])(백|천|만) 원")
_NOT_WON = {
    "백": lazy_regex("thousand"), "천": lazy_regex("(?:ten|hundred) thousand|10,000|hundred won"),
    "만": lazy_regex("(?<!ten )thousand|hundred"),
}  # fmt: skip
_REST = lazy_regex(r"\b(?:one|once|first|single|past|both|couple|twice|half)\b")
_NUMBER_SIGN = lazy_regex("[0-9둘셋넷섯곱덟홉무물른흔순든두세네열쉰십]|[삼사오육칠팔구] ")
# Compounds, approximate numbers, and multiples of 1,000 are written too differently to be compared.
_UNCLEAR = lazy_regex("한두|두세|서너|두어|너덧|대여섯|[0-9] ?[천만억백]|[0-9][,.:/][0-9]|반(?![가-힣])")
_NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "twenties": 20, "thirties": 30, "forties": 40, "third": 3, "fourth": 4, "fifth": 5,
    "both": 2, "couple": 2, "twice": 2, "double": 2, "pair": 2, "twins": 2, "sixth": 6, "seventh": 7, "tenth": 10,
}  # fmt: skip

_ENGLISH_COMPOUND = lazy_regex(
    r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](one|two|three|four|five|six|seven|eight|nine"
    r"|first|third)\b"
)

_Patterns = tuple[re.Pattern[str], list[tuple[re.Pattern[str], int, int]]]


class _Tables(NamedTuple):
    """The table of kinds, prepared for the search.

    Attributes:
        first: A pattern of first letters.
        patterns: The Korean patterns by first letter, after one for all of them.
        english_of: The English words of each place of each kind.
        telling: The English words of each kind that contradict another place.
        opposites: The kinds whose places a negation makes alike.
    """

    first: re.Pattern[str]
    patterns: dict[str, _Patterns]
    english_of: list[list[frozenset[str]]]
    telling: list[frozenset[str]]
    opposites: frozenset[int]


def contradiction(korean: str, english: str) -> tuple[str, str] | None:
    """Return (what the Korean names, what the English names instead), or None if there is no contradiction."""
    first, patterns, english_of, telling, opposites = _tables()
    named: dict[int, dict[int, str]] = defaultdict(dict)
    for found in first.finditer(korean):
        quick, with_places = patterns[found[0]]
        for pattern, kind, place in with_places if quick.match(korean, found.start()) else ():
            if match := pattern.match(korean, found.start()):
                named[kind].setdefault(place, match[0].strip())
    words = _words(english) if named else frozenset()
    for kind, members in named.items():
        missing = [text for place, text in members.items() if not english_of[kind][place] & words]
        if not missing:
            continue
        known = frozenset().union(*(english_of[kind][place] for place in members))
        others = sorted(words & telling[kind] - known)
        if others and not (kind in opposites and (NOT_KOREAN.search(korean) or NOT_ENGLISH.search(english))):
            return missing[0], others[0]
    return _numbers(korean, english)


def _words(english: str) -> frozenset[str]:
    """Return the words in lowercase, those that end in s also without it."""
    # great-uncle and grandaunt are 큰할아버지 and 이모할머니
    found = _ENGLISH.findall(_GREAT.sub(" ", english.lower()))
    joined = [word.replace("-", "") for word in _HYPHENATED.findall(english.lower())]  # Min-su
    return frozenset((*found, *joined, *(word[:-1] for word in found if word.endswith("s"))))


def _numbers(korean: str, english: str) -> tuple[str, str] | None:
    if (won := _WON.search(korean)) and korean.count("원") == 1:
        named, wrong = won[0], _NOT_WON[won[1]].search(english)
        return (named, wrong[0]) if wrong else None
    if not _NUMBER_SIGN.search(korean):
        return None
    ours = {int(digits) for digits in re.findall(r"(?<![0-9A-Za-z])[0-9]{1,4}(?![0-9])", korean)}
    ours |= {_NATIVE[one or two] for one, two in _NATIVE_NUMBER.findall(korean)}
    sino = {_sino(one or other) for one, other in _SINO_NUMBER.findall(korean)}
    sino |= {_TENS[ten] + _ONES[one] for ten, one in _COMPOUND.findall(korean)}
    if not (ours or sino) or _UNCLEAR.search(korean):
        return None
    spelled = english.lower()
    compounds = {_NUMBER_WORDS[ten] + _NUMBER_WORDS.get(one, 1) for ten, one in _ENGLISH_COMPOUND.findall(spelled)}
    spelled = _ENGLISH_COMPOUND.sub(" ", spelled)
    theirs = {int(digits) for digits in re.findall(r"(?<![0-9A-Za-z.,:])[0-9]{1,4}(?![0-9]|[,:][0-9])", spelled)}
    theirs |= compounds | {_NUMBER_WORDS[word] for word in _ENGLISH.findall(spelled) if word in _NUMBER_WORDS}
    ours_only, theirs_only = (ours | sino) - theirs, theirs - ours - sino
    if not (ours_only and theirs_only) or re.search(
        r"[0-9][,:][0-9]|hundred|thousand|million|dozen|quarter| to ", spelled
    ):
        return None
    # 다섯 시 오십 분 is also "ten to six", and 한 is not compared. 일곱 시에 네 명 and "eight … four" differ in one number.
    is_exchanged = len(ours_only) == len(theirs_only) == 1 and not sino and _REST.search(spelled) is None
    return (
        (str(min(ours_only)), str(min(theirs_only))) if not ours & theirs or sino & ours_only or is_exchanged else None
    )


@cache
def _sino(number: str) -> int:
    ten, has_ten, one = number.rpartition("십")
    return (("일이삼사오육칠팔구".index(ten) + 1 if ten else 1) * 10 if has_ten else 0) + (
        "일이삼사오육칠팔구".index(one) + 1 if one else 0
    )


@cache
def _tables() -> _Tables:
    patterns: dict[str, list[tuple[re.Pattern[str], int, int]]] = defaultdict(list)
    english_of, telling, opposites = [], [], set()
    for kind, line in enumerate(_KINDS.replace("\n+ ", "; ").strip().splitlines()):
        if line.startswith("!"):
            opposites.add(kind)
        entries = [entry.partition("=") for entry in line.removeprefix("!").split("; ")]
        english_of.append([frozenset(english.replace("~", "").split(",")) for *_, english in entries])
        words = frozenset(word for *_, english in entries for word in english.split(","))
        telling.append(frozenset(word for word in words if not word.startswith("~")))
        for place, (korean, *_) in enumerate(entries):
            start = "(?<![가-힣])" if korean.startswith("^") else ""
            for form in korean.removeprefix("^").split("|"):
                patterns[form[0]].append((re.compile(start + form), kind, place))
    by_letter = {
        letter: (re.compile("|".join(pattern.pattern for pattern, *_ in own)), own) for letter, own in patterns.items()
    }
    return _Tables(re.compile(f"[{''.join(patterns)}]"), by_letter, english_of, telling, frozenset(opposites))
