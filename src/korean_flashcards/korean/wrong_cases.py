"""Find case particles that a verb never takes: 의사를 되다, 커피를 뜨거워요, 학교에 공부해요, 친구를 사과했어요.

Only verbs with an object before them, places, vehicles, and people are covered, where the standard dictionary leaves no
choice. 버스에 타다 and 버스를 타다, or 학교를 가다 and 학교에 가다, are both right.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .case_frames import endings_of_nouns, wrong_frame
from .hangul import split

# Adjectives and intransitive verbs, in frequent forms. 적다, 길다, and 싸다 are also transitive verbs.
_NO_OBJECT = """
좋아요 좋다 좋습니다 좋았어요 좋네요 싫어요 싫다 싫습니다 싫었어요 예뻐요 예쁘다 예쁩니다 예뻤어요 뜨거워요 뜨겁다
뜨거웠어요 차가워요 차갑다 추워요 춥다 더워요 덥다 비싸요 비쌉니다 비쌌어요 많아요 많다 많습니다 많았어요 맛있어요
맛있다 맛있습니다 맛있었어요 맛없어요 재미있어요 재미있다 재미있습니다 재미있었어요 재미없어요 있어요 있다 있습니다
있었어요 있네요 없어요 없다 없습니다 없었어요 없네요 어려워요 어렵다 어렵습니다 어려웠어요 쉬워요 쉽다 쉬웠어요
아파요 아프다 아픕니다 아팠어요 바빠요 바쁘다 필요해요 필요하다 필요합니다 필요했어요 달라요 다르다 다릅니다 같아요
같습니다 매워요 매웠어요 무거워요 무겁다 가벼워요 높아요 높다 넓어요 좁아요 깊어요 고파요 고프다 고팠어요 무서워요
무섭다 부러워요 궁금해요 궁금합니다 유명해요 유명합니다 친절해요 친절합니다 조용해요 깨끗해요 따뜻해요 시원해요
편해요 불편해요 중요해요 중요합니다 가까워요 가깝다 멀어요 멀다 빨라요 빠르다 빠릅니다 느려요 느리다 커요 크다
큽니다 컸어요 작아요 작다 짧아요 짧다 피곤해요 행복해요 슬퍼요 슬프다 기뻐요 기쁘다 그리워요 들려요 들립니다
들렸어요 났어요 납니다 나요 생겼어요 생겨요 열렸어요 닫혔어요 어울려요 어울립니다 걸렸어요 걸려요 끝났어요 끝나요
끝납니다 떨어졌어요 태어났어요 아니에요 아닙니다 아니야
"""
_BECOME = "되다 돼요 됐다 됐어요 됐습니다 되었다 되었어요 되었습니다 되고 될 됩니다 되는"
_PEOPLE = (
    "친구|선생님|엄마|아빠|어머니|아버지|동생|언니|오빠|형|누나|할머니|할아버지|교수님|부모님|사장님|남편|아내|"
    "의사|손님|여자|남자|사람|그분|선배|후배"
)
_PLACES = (
    "학교|도서관|식당|카페|회사|공원|교실|병원|은행|시장|백화점|극장|영화관|서울|부산|한국|미국|부엌|헬스장|"
    "수영장|커피숍|편의점|가게|기숙사|사무실|호텔|공항|"
    "마트|운동장|집|방|역"
)
_VEHICLES = "버스|기차|지하철|택시|비행기|자동차|차|배"
_LIKED = (
    "비|커피|김치|음악|영화|운동|여름|겨울|봄|가을|축구|야구|농구|수영|등산|여행|음식|고기|생선|과일|사과|수박|딸기|포도|"
    "당근|오이|우유|맥주|소주|술|담배|노래|드라마|책|공부|수학|영어|한국어|한국 음식|꽃|바다|산|날씨|더위|추위|청소|빨래|"
    "요리|라면|떡|빵|초콜릿|케이크|아이스크림|매운 음식|단 음식|매운 것|단것|숙제|시험|게임|춤|쇼핑|산책|독서|야채|채소"
)
_EATEN = "밥|빵|물|커피|한국어|편지|김치|우유|신문|숙제|라면|과일|주스|고기|맥주|드라마|책"
_ACTIONS = (
    "(?:공부|일|운동|쇼핑|식사|수영|산책|요리|회의)(?:해요|했어요|합니다|했습니다|하고 있|하다|해)(?![가-힣])"
    "|먹어요|먹었어요|먹습니다|"
    "먹었습니다|놀아요|놀았어요|만나요|만났어요|만났습니다|만나자|만납시다|만날까|만나기로|만나다|"
    "기다려요|기다렸어요|샀어요|봤어요|쉬어요|쉬었어요|잤어요|자고 있|마셔요|마셨어요|읽어요|읽었어요|배워요|배웠어요"
)
_OFFICES = (
    "은행|병원|도서관|시청|우체국|식당|가게|경찰서|대사관|공항|백화점|카페|편의점|호텔|공원|학교|회사|박물관|구청|법원"
)
_HOURS = "(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두) 시(?: 반| [가-힣]+ 분)?"
# Adverbs between a noun and its verb.
_ADVERBS = "안|못|잘|꼭|많이|자주|정말|너무|아주|매일|또|다시|겨우|드디어|좀|참|진짜|제일|가장|별로|벌써|아직|다"
_END = "(?![가-힣])"
_WORD_AFTER = lazy_regex(" [가-힣]")
# What can be seen, but does not show itself: 섬이 보여요.
_SEEN = "섬|산|바다|별|달|하늘|글씨|글자|길|칠판|간판|건물|무지개|구름"


def may_have_wrong_cases(hangul: str) -> bool:
    """Return whether a rule may find anything in these Hangul words, which are separated by spaces."""
    may_be_rule = _test().search(hangul) is not None or _more().search(hangul) is not None
    return (may_be_rule and any(_by_rules(hangul))) or any(_by_frames(hangul, is_end_known=False))


def wrong_cases(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words with a case particle that the verb after them never takes, each with the right one."""
    yield from dict.fromkeys((*_by_rules(text), *_by_frames(text)))


def _by_frames(text: str, *, is_end_known: bool = True) -> Iterator[tuple[str, str]]:
    """Yield the nouns before a verb that never takes their particle.

    ``is_end_known``: whether the text has punctuation, which tells whether 동의해 ends a sentence.
    """
    for match in _nouns().finditer(text):
        noun, particle = match[1], match[2]
        if not _has_form(noun, particle):
            continue
        is_end = not is_end_known or not _WORD_AFTER.match(text, match.end(3))
        if right := wrong_frame(noun.removesuffix("들"), particle, match[3], is_end=is_end):
            yield f"{noun}{particle}", f"{noun}{_fitting(right, noun)}"


def _has_form(noun: str, particle: str) -> bool:
    """Return whether a particle has the form for the noun. Otherwise, it is part of a word, such as 가을 and 마을."""
    return particle not in ("을", "를", "이", "가") or (particle in "을이") == (split(noun[-1]).coda != "")


@cache
def _nouns() -> re.Pattern[str]:
    """Return an expression for a noun, its particle, and the verb after it."""
    particles = "|".join(endings_of_nouns())
    return re.compile(rf"(?<![가-힣])([가-힣]+?)({particles})(?= (?:(?:{_ADVERBS}) )?([가-힣]+))")


def _by_rules(text: str) -> Iterator[tuple[str, str]]:
    for pattern, particle in _rules():
        for match in pattern.finditer(text):
            first = match.start(1)
            while first and "가" <= text[first - 1] <= "힣":
                first -= 1
            noun = text[first : match.end(1)]
            if _has_form(noun, match[2]):
                yield f"{noun}{match[2]}", f"{noun}{_fitting(particle, noun)}"


def _fitting(particle: str, noun: str) -> str:
    """Return the form of a particle after a noun: 이/가 after 커피 is 가."""
    after_coda, _, after_vowel = particle.partition("/")
    return (after_coda if split(noun[-1]).coda else after_vowel) if after_vowel else particle


@cache
def _test() -> re.Pattern[str]:
    """Return an expression that all wrong texts and few others match."""
    verbs = "|".join((*_NO_OBJECT.split(), *_BECOME.split()))
    places = "|".join(f"(?<={place}에 )" for place in _PLACES.split("|"))
    # A pattern that begins with a class of characters is found faster.
    return re.compile(
        rf"[을를에게테께로이가] (?:(?<=[을를] )(?:{verbs}|도착|합격|관심|사과|전화|인사|연락|답장|대답|결혼|싸[웠워]|헤어|"
        rf"이야기|이혼|살[아았고]|삽니"
        r"|편지|선물|책|꽃|돈|메일|이메일|메시지|문자|한국어|영어|케이크)"
        r"|(?<=[에게테께] )(?:만[나났납]|모[시셔셨]|도[와왔]|존경|초대|칭찬|내[려렸립리릴린]|가리)"
        rf"|{places}|(?<=로 )[탔타탑]|(?<=[이가] )(?:먹[어었]|마[셔셨십]|읽[어었]|샀|봤|배워|공부|[좋싫]))"
    )


@cache
def _more() -> re.Pattern[str]:
    """Return an expression for the rules that ``_test`` does not cover."""
    return re.compile(
        rf"(?:{_OFFICES})(?:에게|한테)|(?:꽃|나무|화분)(?:에게|한테) 물|(?:시|반|분)에서 "
        r"|(?<=[을를] )(?:안 |잘 )*보[여입였이인]"
    )


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the rules: the end of the noun and the wrong particle as groups, and the right particle."""
    no_object = "|".join(_NO_OBJECT.split())
    times = "(?<!시간)(?<!분)(?<!년)(?<!달)(?<!주일)(?<!개월)(?<!동안)(?<!하루)"
    rules = (
        (rf"([가-힣]){times}([을를]) (?:{no_object}){_END}", "이/가"),
        (rf"([가-힣])([을를]) (?:{'|'.join(_BECOME.split())}){_END}", "이/가"),
        (rf"([가-힣])([을를]) (?:(?:도착|합격)(?:했어요|해요|합니다|했습니다)){_END}", "에"),
        (rf"({_PEOPLE})(에게|한테|에|께) (?:만났|만나요|만납|만나고 싶어요)", "을/를"),
        (rf"({_PEOPLE})(을|를) (?:(?:사과|전화|인사|연락)(?:했|해|합|드)|답장했|대답했)", "에게"),
        (r"([가-힣])([을를]) (?:결혼(?:했|해|합|하고|하다)|헤어졌|이혼했)", "과/와"),
        (rf"({_PEOPLE})(을|를) (?:싸웠|싸워|이야기했)", "과/와"),
        (
            rf"({_PEOPLE})(을|를) (?:편지|선물|책|꽃|돈|전화|메일|이메일|메시지|문자|한국어|영어|"
            rf"케이크)[을를]{_END}", "에게"),
        (
            rf"({_PEOPLE})(에게|한테|께) (?:모시고|모셔|모시러|모셨|도와줬|도와줘요|도왔|존경해요|존경합|초대했|"
            rf"칭찬했)", "을/를"),
        (rf"(?<![가-힣])({_PLACES})(에) (?:[가-힣]+[을를] )?(?:{_ACTIONS})", "에서"),
        (rf"(?<![가-힣])({_VEHICLES})(에) 내[려렸립리릴린]", "에서"),
        (rf"(?<![가-힣])({_VEHICLES})(로) (?:탔|타요|탑니)", "을/를"),
        (r"([가-힣])([을를]) 관심(?:이|은|도)? (?:있|없|많)", "에"),
        (
            rf"(?<![가-힣])({_EATEN})([이가]) (?:먹어요|먹었|마셔요|마셨|마십|읽어요|읽었|샀어요|봤어요|배워요|"
            rf"공부해요)", "을/를"),
        (
            r"(?:(?<![가-힣])[저나](?:는|도)|우리는) (?:[가-힣]+[게히] )?([가-힣]+)([이가])"
            rf" (?:좋아해요|좋아합니다|좋아한다|좋아했어요|싫어해요|싫어합니다){_END}", "을/를",
        ),
        # People and animals like things. 싫다 takes 이/가, 싫어하다 takes 을/를.
        (
            rf"(?<![가-힣])({_LIKED})([이가]) (?:정말 |너무 |제일 |아주 |많이 )?(?:좋아|싫어)"
            rf"(?:해요|합니다|한다|했어요|했습니다|해|하세요|하십니다|하다){_END}", "을/를",
        ),
        (r"(?<![가-힣])(서울|부산|한국|미국|도시|시골)([을를]) (?:살아요|살았|삽니다|살고)", "에"),
        (r"([가-힣])(에) (?:가리켰|가리켜|가리킵)", "을/를"),
        (rf"(?<![가-힣])({_OFFICES})(에게서|한테서)(?![가-힣])", "에서"),
        (rf"(?<![가-힣])({_OFFICES})(에게|한테)(?![가-힣])", "에"),
        (r"(?<![가-힣])(꽃|나무|화분)(에게|한테) 물을", "에"),
        (
            rf"(?<![가-힣])({_SEEN})([을를]) (?:(?:안|잘|못|잘 안|겨우) )?"
            rf"(?:보여요|보입니다|보였어요|보이네요|보인다){_END}", "이/가"),
        (rf"({_HOURS})(에서) (?:일어[나났]|퇴근|출근|만[나났]|시작|끝[나났]|자요|먹|도착|출발)", "에"),
    )  # fmt: skip
    return tuple((re.compile(pattern), right) for pattern, right in rules)
