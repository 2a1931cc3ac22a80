"""List words whose spelling does not show their pronunciation.

A marker between two syllables of an entry describes the boundary between them:

- ``'``: the next consonant becomes tense (a comment on the table explains why);
- ``+``: ㄴ is inserted before i or y;
- ``=``: a boundary between two words, where the left word keeps its own coda;
- ``~``: ㄴ before ㄹ remains ㄴ;
- ``.``: no change;
- ``?'``, ``?+``, ``?=``: no change, but the change is also permitted;
- ``'?``, ``+?``: the change, but no change is also permitted;
- ``%`` (at the end): the name of a letter.

A final ``-`` marks a stem that any ending can follow. All other words can be followed by particles, the copula, 하다, 되다,
and a few suffixes. Words whose pronunciation depends on their meaning are in ``homographs``. Pronunciations come from
the examples in the Standard Pronunciation and from general dictionaries.
"""

import re
from functools import lru_cache

from .hangul import split
from .junctions import Mark

_SIGNS = {
    "+": Mark.INSERT, "=": Mark.SEPARATE, "~": Mark.KEEP_N, ".": Mark.NONE, "%": Mark.LETTER, "?'": Mark.PLAIN_OR_TENSE,
    "'?": Mark.TENSE_OR_PLAIN, "+?": Mark.INSERT_OR_NOT, "?+": Mark.NOT_OR_INSERT, "?=": Mark.NOT_OR_SEPARATE,
}  # fmt: skip
_PARTS = re.compile(r"[가-힣]|[^가-힣]+")

# Sino-Korean words that Articles 23 and 26 do not cover: only dictionaries list their tense consonant.
_SINO = """
사'건 조'건 무조'건 요'건 여'건 안'건 용'건 문'건 인'건비 성'격 인'격 품'격 주'격 본'격 엄'격 여'권 인'권 정'권
주'권 이'권 채'권 증'권 패'권 분'권 상'권 수도'권 선거'권 소유'권 투표'권 항공'권 상품'권 입장'권 승차'권 초대'권
정기'권 문'법 헌'법 형'법 민'법 상'법 세'법 어'법 용'법 화'법 수'법 비'법 병'법 기'법 요리'법 조리'법 사용'법
맞춤'법 표기'법 치료'법 높임'법 공부'법 내'과 외'과 치'과 안'과 소아'과 피부'과 정신'과 산부인'과 이비인후'과
성형외'과 정형외'과 장'점 단'점 초'점 관'점 요'점 이'점 허'점 원'점 만'점 쟁'점 맹'점 정'점 빵'점 문제'점 공통'점
차이'점 출발'점 소수'점 결'점 벌'점 평'가 물'가 원'가 인'기 한'자 글'자 문'자 점'자 홀'수 치'수
권'수 통'증 염'증 싫'증 불면'증 우울'증 후유'증 궁금'증 현기'증 건망'증 합병'증 면허'증 신분'증 학생'증 영수'증
전염'병 정신'병 심장'병 당뇨'병 피부'병 상사'병 백혈'병 성'병 눈'병 초대'장 연하'장 도전'장 추천'장 위임'장 가능'성
중요'성 필요'성 다양'성 위험'성 안전'성 안정'성 인간'성 공정'성 전문'성 신뢰'성 정체'성 생산'성 사회'성 융통'성
주체'성 독창'성 관련'성 일관'성 방향'성 상징'성 타당'성 자율'성 실'장 수술'대 재산'세 금은'방 중'점 평'점 내'적
지'가 이'과 심'적 영'적 양'적 미'적 동'적 단'적 암'적 시'적 판'권 영주'권 대기'권 상위'권 감'점 종'점 논'점 기'점
기준'점 고질'병 화'병 난치'병 유행'병 체'증 건조'증 공포'증 허가'증 보험'증 가려움'증 어지럼'증 불안'증 중'증
유언'장 고소'장 표창'장 영양'가 최고'가 염'가 해결'법 편'법 전'법 창'법 감수'성 창의'성 상대'성 진실'성 잔인'성
유연'성 현실'성 개'수 창'구 군'법 공'권 교'권 왕'권 총'점 동'점 사용'권 특허'권 요'법 화학+요'법
"""

# Article 28: native and mixed compounds with an unwritten 사이시옷.
_COMPOUNDS = """
눈'동자 길'가 강'가 눈'가 창'가 문'가 바람'결 물'결 숨'결 잠'결 살'결 꿈'결 무심'결 산'새 들'새 손'재주 말'재주
물'동이 발'바닥 손'바닥 땅'바닥 길'바닥 굴'속 물'속 산'속 꿈'속 땅'속 마음'속 가슴'속 술'잔 술'집 술'자리 술'값
빵'집 물'집 몸'집 벌'집 칼'집 그믐'달 보름'달 초승'달 아침'밥 비빔'밥 강'줄기 물'줄기 산'줄기 등'불 산'불 창'살
주름'살 눈'살 물'고기 손'가락 발'가락 엄지손'가락 새끼손'가락 집게손'가락 손'등 발'등 눈'사람 밤'길 산'길 눈'길
손'길 발'길 물'길 들'길 오솔'길 비탈'길 길'거리 걱정'거리 일'거리 볼'거리 먹을'거리 웃음'거리 고민'거리 자랑'거리
안'방 문'소리 말'소리 물'소리 발'소리 총'소리 종'소리 숨'소리 웃음'소리 울음'소리 눈'빛 불'빛 달'빛 별'빛 얼굴'빛
밀'가루 쌀'가루 콩'가루 빵'가루 열'쇠 발'자국 발'걸음 손'가방 글'귀 장난'감 물'감 땔'감 일'감 글'감 신랑'감 힘'줄
몸'값 땅'값 쌀'값 이름'값 참을'성 붙임'성 손'짓 눈'짓 몸'짓 방'구석 구멍'가게 신'바람 강'바람 산'바람 오늘'밤 밤'중
한밤'중 일'자리 일'손 공부'방 만화'방 갈림'길 지름'길 된장'국 해장'국 반찬'가게 술'병 물'병 손'수건 물'수건 용'돈
판'돈 거스름'돈 잠'버릇 술'버릇 말'버릇 말'솜씨 쓸'데없- 보잘'것=없- 봄'비 밤'비 강'둑 논'둑 땅'굴 방'바닥 골'대
열'다섯 열'둘 열'두 열'셋 열'세 눈'곱 돈'벌이 돈'줄 산'골 산'기슭 손'금 발'길질 촌'사람 안'사람 기름'값 물건'값
술'상 바람'기 물'기 기름'기 소금'기 장난'기 울'상 문'간 실'밥 물'개 봄'바람 눈'시울 몸'속 눈'속 품'속 눈물'방울
땀'방울 물'방울 달'밤 겨울'밤 여름'밤 가을'밤 겨울'잠 밤'잠 아침'잠 전세'방 골'방 안'주인 구경'거리 반찬'거리
출근'길 퇴근'길 시골'길 눈'금 손'가락질 물'새 산'더미 산'자락 불'길 물'살 발'자취 말'귀 글'솜씨 총'부리 술'기운
별'자리 꿈'자리 눈'가루 강'기슭 손'버릇 일'복 전등'불 모닥'불 성냥'불 등'살 장'독 문'지방 아침'상 제사'상
생일'상 눈'병 술'독 콩'국 갈'대 이슬'방울 길'섶 손'사래 그믐'밤 가운데'손가락
"""

# Articles 29 and 30.3. ``syllable_marks`` covers 십육 and words ending in 잎 (꽃잎, 깻잎). ``endings`` covers its own words.
_N_INSERTED = """
담+요 별+일 앞+일 뒷+일 옛+일 막+일 논+일 들+일 물+일 웬+일 할+일 볼+일 훗+일 헛+일 집안+일 바깥+일 예삿+일
허드렛+일 무슨+일 맨+입 한+입 물+약 알+약 눈+요기 신+여성 휘발+유 식용+유 영업+용 가정+용 여성+용 남성+용 개인+용
국민+윤리 남존+여비 윗+입술 아랫+입술 윗+잇몸 베갯+잇 콩+엿 물+엿 밤+윷
삯+일 불+여우 낯+익- 설+익- 못+잊- 짓+이기- 열+여섯 열+여덟 열+일곱 스물+여섯 스물+여덟 스물+일곱 서른+여섯
서른+여덟 서른+일곱 밭+일 잔+일 가욋+일 부엌+일 좀+약 학+여울 그럼+요 정말+요 제발+요 잠깐만+요 잠시만+요 지금+요
뭘+요
"""

# Exceptions to Article 29 that a morphological analyzer splits into two words.
_N_NOT_INSERTED = "송별.연 등.용문 육.이오 삼.일절"

# Words with two permitted pronunciations. Most were added to the Standard Korean Language Dictionary in 2016 and 2017.
_EITHER = """
효?'과 교?'과 교?'과서 관?'건 불?'법 반?'값 김?'밥 인?'기척 안'?간힘 분?'수 점'?수 함'?수
금+?융 검+?열 이글+?이글 유들+?유들 야금+?야금 욜랑+?욜랑 이죽+?이죽 밤+?이슬 연+?이율 순+?이익 감언+?이설 괴담+?이설
강?+약 영?+영 의기양?+양
맛?=있- 멋?=있-
"""

# Article 15: the coda of the left word is neutralized before the vowel of the next word.
_SEPARATE = """
맛=없- 멋=없- 끝=없- 값=없- 값=있- 덧=없- 뜻=없- 겉=옷 웃=옷 윗=옷 홑=옷 헛=웃음 웃=어른 값=어치 첫=인상 첫=인사
첫=아이 첫=아들 꽃=위 몇=월 젖=어미 못=알아- 옷=안 맏=형 낱=알
"""

# Exceptions to Article 20 that ``endings`` does not cover, and loanwords.
_N_KEPT = "공'권~력 입원~료 신~라면 온~라인 인~라인 원~룸"

# Article 24: forms that look like the present tense of a stem that ends in a vowel (간다, 온다).
_STEMS = "신'다 껴안'다 끌어안'다 안'고 줄넘'기"

_LETTERS = "디귿% 지읒% 치읓% 키읔% 티읕% 피읖% 히읗%"

# Article 26: pairs of syllables in Sino-Korean words whose ㄹ tensifies ㄷ, ㅅ or ㅈ. Pairs that are also a native word
# with a particle or ending (일도, 물들, 살지) are left out.
_SINO_R = """
갈등 갈증 갈색 걸작 걸상 걸식 결단 결석 결선 결성 결속 결손 결승 결심 결실 결정 결제 결재 결집 골절 골동 골수
괄시 굴절 날조 달성 돌진 말단 말살 말세 말소 멸시 멸종 몰두 몰상 몰수 몰살 물산 물질 물자 물색 물증 밀도 밀접
밀집 밀서 밀수 밀실 발달 발단 발동 발산 발상 발생 발성 발송 발설 발신 발작 발전 발정 발진 발족 발주 발사 별도
별세 별실 별장 불시 불신 불순 불손 불성 불상 살상 살생 살신 설득 설정 설전 설사 솔직 술수 실상 실수 실습 실시
실신 실전 실정 실제 실조 실존 실종 실증 실질 실적 실직 실속 실선 실소 알선 열대 열등 열사 열선 열성 열심 열정
열중 월세 월식 월동 율동 일단 일당 일대 일동 일등 일상 일생 일석 일선 일세 일순 일시 일식 일정 일제 일종 일주
일직 일조 일자 일전 일절 일족 일지 일진 절단 절대 절도 절상 절세 절수 절실 절정 절전 절제 졸도 졸속 졸작 졸지
질서 질소 질식 질주 찰상 철도 철두 철사 철저 철조 철자 철제 출동 출두 출산 출생 출석 출세 출신 출시 출자 출장
출전 출제 출중 출정 출소 칠십 칠석 칠순 탈당 탈선 탈수 탈세 탈진 탈주 탈색 팔십 팔자 팔순 필사 필살 필수 필승
필시 필자 필적 할당 할증 혈당 혈색 혈서 혈세 혈장 혈전 혈중 활동 활성 활주 활자 실성 술성
"""

# Article 27: the same for -(으)ㄹ before the syllables that follow it most often. Morphemes show the other cases.
_ADNOMINAL = "을지 을수 을게 을걸 을거 을것 할지 할수 할게 할걸 할거 할것 갈수 볼수 될수 줄수"

# The nouns that follow the adnominal ending -(으)ㄹ most often, and what can follow it in the same word: 할 수도, 할 것만.
_AFTER_ADNOMINAL = re.compile(r"(?:수|것|거|걸|건|게|겁|데|바|줄|적|듯|듯이|지경|정도|동안|성)(?![가-힣]{3})")

# Syllables whose ㅅ is a 사이시옷 whenever another noun follows (Article 30).
SAI = frozenset("햇콧냇뱃샛뒷윗랫뭇깻갯댓훗텃툇촛찻젯귓멧횟욋렛핏혓뼛곗삿")

_SINO_R_PAIRS = frozenset(_SINO_R.split())
_ADNOMINAL_PAIRS = frozenset(_ADNOMINAL.split())
_LABIAL_PAIRS = frozenset(("넓죽", "넓적", "넓둥"))
_RG_NOUNS = frozenset("닭흙칡슭탉")
_RG_STEMS = frozenset("읽맑늙밝붉굵긁낡묽얽갉옭")
_RM_STEMS = frozenset("닮젊굶옮곪짊")
_STEM_ENDINGS = frozenset("다고지게던더도거겠자죠소습세군구든")

_FOLLOWERS = re.compile(
    r"(?:들|님|적|상|용|별|생|자|가|화|력)?"
    r"(?:은|는|이|가|을|를|의|에|에서|에게|께|께서|와|과|랑|이랑|하고|도|만|로|으로|부터|까지|처럼|보다|마다|조차|밖에|이나|나"
    r"|라도|이라도|에는|에도|에서는|에서도|으로는|로는|만은|만이|까지도|이라|라|인|입니다|이다|이야|야|이에요|예요|이죠|이지만"
    r"|(?:하|한|할|해|했|합|함|되|된|될|돼|됐|됩|됨|이었|였|이고|이라고|이라는|이란|인데|인가|일까|이네).*)?"
)


def parse(entry: str, tensed: Mark) -> tuple[str, tuple[tuple[int, Mark], ...]]:
    """Return an entry's word and marks: "길'가" → ("길가", ((1, tensed),)).

    ``tensed``: the mark that ``'`` represents in this table.
    """
    word, marks = "", []
    parts = _PARTS.findall(entry)
    for sign, following in zip(parts, (*parts[1:], ""), strict=True):
        if sign == "'":
            marks.append((len(word), Mark.SINO if tensed is Mark.HABIT and _r_meets(word, following) else tensed))
        elif sign == "+" and word[-1] in SAI:
            marks.append((len(word), Mark.SAI_INSERT))
        elif sign in _SIGNS:
            marks.append((len(word), _SIGNS[sign]))
        else:
            word += sign
    return word, tuple(marks)


def _r_meets(word: str, following: str) -> bool:
    """Return whether Article 26 already makes the next consonant of a Sino-Korean word tense."""
    return split(word[-1]).coda == "ㄹ" and split(following).onset in ("ㄷ", "ㅅ", "ㅈ")


_ENTRIES = dict(
    parse(entry, tensed)
    for table, tensed in (
        (_SINO, Mark.HABIT), (_COMPOUNDS, Mark.COMPOUND), (_N_INSERTED, Mark.COMPOUND), (_N_NOT_INSERTED, Mark.NONE),
        (_EITHER, Mark.HABIT), (_SEPARATE, Mark.COMPOUND), (_N_KEPT, Mark.HABIT), (_STEMS, Mark.STEM),
        (_LETTERS, Mark.HABIT),
    )
    for entry in table.split()
)  # fmt: skip
_LONGEST = max(map(len, _ENTRIES))
_FIRST_SYLLABLES = frozenset(word[0] for word in _ENTRIES)


@lru_cache(maxsize=4096)
def can_follow(rest: str) -> bool:
    """Return whether ``rest`` can follow a noun.

    ``rest`` may be empty or consist of particles, the copula, 하다, and so on.
    """
    return _FOLLOWERS.fullmatch(rest) is not None


def is_adnominal(last: str, following: str) -> bool:
    """Return whether a final ㄹ is probably the adnominal ending, because of the next word: 할 수, 먹을 것."""
    return split(last).coda == "ㄹ" and _AFTER_ADNOMINAL.match(following) is not None


def word_marks(word: str, start: int = 0) -> tuple[tuple[int, Mark], ...]:
    """Return the marks for the longest listed word at ``start`` that the rest of ``word`` can follow.

    Each mark is an (index in ``word``, mark) pair.
    """
    if word[start] not in _FIRST_SYLLABLES:
        return ()
    for end in range(min(len(word), start + _LONGEST), start, -1):
        entry = word[start:end]
        if f"{entry}-" in _ENTRIES:
            return shifted(_ENTRIES[f"{entry}-"], start)
        if entry in _ENTRIES and can_follow(word[end:]):
            return shifted(_ENTRIES[entry], start)
    return ()


def shifted(marks: tuple[tuple[int, Mark], ...], by: int) -> tuple[tuple[int, Mark], ...]:
    """Return the marks with their indexes shifted ``by`` syllables to the right."""
    return tuple((index + by, mark) for index, mark in marks) if by else marks


def syllable_marks(word: str) -> list[tuple[int, Mark]]:
    """Return the marks that depend only on two adjacent syllables, as (index of the right syllable, mark) pairs."""
    pairs = ((index, _pair_mark(word[index - 1 : index + 1])) for index in range(1, len(word) + 1))
    return [(index, mark) for index, mark in pairs if mark is not Mark.NONE]


@lru_cache(maxsize=65536)
def _pair_mark(pair: str) -> Mark:
    left, right = pair[0], pair[1:]
    if pair in _SINO_R_PAIRS or (right == "적" and split(left).coda == "ㄹ"):
        return Mark.SINO
    if pair in _ADNOMINAL_PAIRS:
        return Mark.ADNOMINAL
    if left == "밟" or pair in _LABIAL_PAIRS:
        return Mark.LABIAL
    if left == "덟" or left in _RG_NOUNS:
        return Mark.NOUN
    if left in _RG_STEMS or (left in _RM_STEMS and right in _STEM_ENDINGS):
        return Mark.STEM
    if right == "잎" or pair == "십육":
        return Mark.SAI_INSERT if left in SAI else Mark.INSERT
    return Mark.SAI if left in SAI and right else Mark.NONE
