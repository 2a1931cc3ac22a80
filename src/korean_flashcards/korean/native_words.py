"""List everyday native words that happen to sound like characters, so that these are not taken for their hanja.

The source is 표준국어대사전, which gives no hanja (원어) for these words. A word with homographs that have hanja is
followed by English words for its native meanings.
"""

from functools import cache

from .glosses import content_words

_WORDS = """
문득 갑자기 매우 너무 무척 더욱 다시 이미 벌써 아직 바로 가끔 언제나 함께 같이 서로 스스로 저절로
그냥 빨리 천천히 많이 훨씬 거의 다만 마치 드디어 마침내 어느새 이제 오늘 어제 그제 모레 글피 아까
나중 먼저 하마터면 도리어 오히려 차라리 아마 설마 부디 제발 비록 아무튼 어쨌든 얼른 어서 살짝 슬쩍
문뜩 몹시 사뭇 자꾸 함부로 일부러 하늘 바다 나무 사람 나라 마을 고을 아이 어른 아버지 어머니 아들
누나 언니 오빠 아우 며느리 아내 이웃 동무 스승 머슴 나비 개구리 두꺼비 거미 개미 벌레 까치 까마귀
참새 제비 비둘기 고양이 강아지 송아지 망아지 돼지 사슴 여우 늑대 토끼 다람쥐 거북 머리 이마 눈썹 입술
가슴 어깨 허리 다리 무릎 손가락 발가락 손톱 주먹 엉덩이 배꼽 살갗 눈물 콧물 목소리 얼굴 바람 구름
노을 무지개 이슬 안개 소나기 번개 벼락 햇빛 달빛 별빛 그림자 모래 자갈 바위 언덕 고개 골짜기 개울
도랑 우물 여름 가을 겨울 아침 저녁 새벽 한낮 밤낮 그믐 보름 하루 이틀 사흘 나흘 닷새 열흘 하나 다섯
여섯 일곱 여덟 아홉 스물 서른 마흔 예순 일흔 여든 아흔 즈믄 보리쌀 국물 찌개 나물 미역 소금 기름
고기 달걀 이름 말씀 이야기 노래 놀이 잔치 그릇 숟가락 바늘 가위 도끼 망치 자물쇠 열쇠 거울 이불 베개
치마 바지 저고리 두루마기 신발 버선 주머니 보따리 가방 바구니 지게 수레 바퀴 낚시 그물 울타리 지붕
마루 구들 부엌 마당 우리 나루 생각 믿음 기쁨 슬픔 아픔 그리움 미움 두려움 부끄러움 웃음 울음
마음 슬기 솜씨 버릇 까닭 때문 사이 즈음 무렵 둘레 가운데 구석 모퉁이 아래 처음 마지막 소리 글씨 그림
빛깔 빨강 노랑 하양 꽃잎 뿌리 줄기 가지 열매 씨앗 밤송이 감나무 나이 눈치 사나이 이슬비 도깨비 어린이
젊은이 늙은이 주무시다 여쭙다 드리다 가르치다 나누다 모이다 마시다 고치다 마리 켤레 그루 자루 조차 밖에 부터 까지
마저 드디어 겨우 굳이
"""
_BY_MEANING = """
눈 eye eyes snow bud sight
배 pear boat ship stomach belly abdomen
말 horse speech word words language talk
밤 night chestnut evening
발 foot feet
손 hand hands
팔 arm
이 tooth teeth this louse
귀 ear
코 nose
입 mouth
목 neck throat
등 back
몸 body
살 flesh skin
피 blood
물 water
불 fire light
흙 soil earth
돌 stone rock
새 bird new
벌 bee
개 dog
소 cow ox cattle
닭 chicken
쥐 mouse rat
곰 bear
범 tiger
해 sun year
달 moon month
별 star
비 rain broom
땅 ground land earth
뫼 mountain
내 stream my
굴 oyster
김 seaweed laver steam weeding
무 radish
파 onion scallion
술 alcohol liquor drink
밥 rice meal
국 soup
옷 clothes
실 thread
자 ruler
갓 hat
신 shoes
문지방 threshold
방울 bell drop
병아리 chick
재 ash hill
매 hawk whip
모 rice seedling
사이 gap between interval
수 way means possibility
간 saltiness seasoning
줄 line rope
진지 meal
가시 thorn
기장 millet
수수 sorghum
시내 stream brook
사랑 love
구두 shoes
서리 frost
동안 during while period
파랑 blue
검정 black
아주 very
모두 all everyone
가장 most
자주 often
조금 little bit
마구 recklessly carelessly
오직 only
임금 king
사위 law
꽃 flower blossom
집 house home
길 road way street
꿈 dream
힘 strength power
뜻 meaning will
칼 knife sword
실 thread
위 top above
안 inside
속 inside
열 ten
글 writing text
풀 grass glue
씨 seed
밀 wheat
"""


def is_native(word: str, meaning: frozenset[str]) -> bool:
    """Return whether the word is native. ``meaning``: content words of its meaning, which decide between homographs."""
    if word in _words():
        return True
    cues = _by_meaning().get(word)
    return cues is not None and not cues.isdisjoint(meaning)


@cache
def _words() -> frozenset[str]:
    return frozenset(_WORDS.split())


@cache
def _by_meaning() -> dict[str, frozenset[str]]:
    lines = (line.partition(" ") for line in _BY_MEANING.strip().splitlines())
    return {word: content_words(cues) for word, _, cues in lines}
