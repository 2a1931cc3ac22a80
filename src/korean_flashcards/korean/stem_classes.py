"""List everyday stems of verbs and adjectives by how they are inflected, for ``wrong_inflections``."""


def _stems(text: str) -> str:
    """Return the stems separated by "|"."""
    return "|".join(text.split())


# ㅂ-irregular stems. Regular ones (입다), and 굽다, which is both, are left out.
B_IRREGULAR = _stems(
    """
춥 덥 쉽 맵 밉 눕 줍 어렵 두렵 마렵 가렵 무겁 즐겁 뜨겁 싱겁 징그럽 두껍 버겁 역겹 지겹 정겹 가볍 귀엽 무섭 우습
어둡 차갑 반갑 살갑 고맙 가깝 아깝 안타깝 그립 여쭙 스럽 부럽 시끄럽 부드럽 더럽 미끄럽 매끄럽 어지럽 간지럽 서럽
껄끄럽 새롭 해롭 괴롭 외롭 날카롭 까다롭 번거롭 지혜롭 자유롭 평화롭 향기롭 흥미롭 애처롭 아름답 사람답 남자답
여자답 돕 곱
"""
)
# ㄷ-irregular stems. 걷다 and 묻다 are also regular verbs.
D_IRREGULAR = _stems("듣 깨닫 싣 일컫 긷")
# ㅅ-irregular stems. 낫 "sickle", 붓 "brush", and 짓 "act" are nouns, too.
S_IRREGULAR = _stems("낫 짓 붓 잇 긋 젓")
# ㅎ-irregular stems.
H_IRREGULAR = _stems(
    """
그렇 이렇 저렇 요렇 어떻 하얗 허옇 까맣 꺼멓 빨갛 뻘겋 파랗 퍼렇 노랗 누렇 뿌옇 커다랗 동그랗 조그맣 기다랗 높다랗
말갛
"""
)
# Stems in 르. The last five are regular (따르다, 따라).
IN_RU = _stems(
    """
모르 빠르 다르 부르 고르 흐르 오르 자르 기르 누르 마르 바르 서두르 찌르 이르 게으르 서투르 주무르 구르 나르 두르
가르 머무르 저지르 문지르 지르 조르 벼르 무르 거스르 어지르 추스르 거르 사르 푸르 따르 치르 들르 다다르 우러르
"""
)
# Stems in ㄹ, without those that look like 듣다, 걷다, 묻다, and 싣다 before a vowel.
IN_L = _stems(
    """
만들 흔들 힘들 잠들 시들 떠들 물들 병들 철들 줄어들 살 알 놀 멀 팔 울 열 날 돌 밀 풀 갈 벌 썰 털 졸 줄 늘 빌 빨 베풀
서툴 가늘 둥글 거칠 낯설 녹슬 이끌 매달 어질 모질 기울 까불 머물 서둘 저물 드물 여물 거들
"""
)
# The stems in ㄹ that look like those.
IN_L_OR_D = _stems("길 달 말 걸 들 물 불")
# Stems in ㄹ that no noun is spelled like (열, 팔).
ONLY_IN_L = _stems(
    """
만들 흔들 힘들 잠들 시들 떠들 물들 병들 철들 놀 멀 울 썰 졸 늘 빌 빨 베풀 가늘 둥글 이끌 매달 까불 머물 서둘 저물
드물 거들
"""
)
# Stems in ㅡ of at least two syllables, without those in 르.
IN_EU = _stems("바쁘 예쁘 이쁘 기쁘 슬프 아프 고프 나쁘 가쁘 모으 담그 잠그 애쓰 힘쓰")
# Adjectives that are never verbs (as 크다, 밝다, and 늦다 are).
ADJECTIVES = _stems(
    """
춥 덥 맵 쉽 어렵 가깝 무겁 가볍 즐겁 무섭 귀엽 고맙 반갑 시끄럽 아름답 좋 싫 많 작 높 깊 넓 좁 짧 얇 두껍 예쁘 이쁘
바쁘 나쁘 아프 슬프 기쁘 비싸 고프 친절하 행복하 피곤하 건강하 조용하 유명하 중요하 필요하 깨끗하 따뜻하 시원하 편하
불편하 심심하 이상하 똑똑하 착하 복잡하 간단하 편리하 친하 다정하 특별하 가난하 게으르 다르 빠르 배부르
"""
)
# Stems in a consonant, before which no noun ends alike (면, 세요).
CLOSED = _stems(
    """
먹 찾 좋 넣 놓 받 믿 닫 씻 웃 벗 높 깊 작 좁 적 녹 속 참 남 넘 숨 듣 앉 읽 많 싫 없 닮 젊 삶 밟 넓 얇 짧 맑 밝 붉 늙
굵 끓 잃 앓 옳 뚫
"""
)
# Stems with the vowel ㅏ, ㅑ, or ㅗ and a final consonant.
BRIGHT = _stems(
    """
받 찾 앉 살 알 많 좋 작 높 놀 좁 닫 잡 남 닦 깎 볶 쏟 돌 팔 낮 맞 밝 맑 얇 짧 같 않 참 감 담 닮 삶 밟 낳 쌓 놓 쫓 꽂
솟 뽑 돋 녹 옳 닳 앓 갚 낚 갈 날 달 말 깔 빨 발
"""
)
# Stems in ㅏ.
IN_A = _stems("가 사 자 타 차 만나 비싸 떠나 일어나 끝나 자라 바라 놀라 모자라 지나 나가 나타나")
# Last syllables of stems in ㅏ, without 나, which is also a form of 낫다.
OPEN_A = _stems("가 까 다 따 라 바 사 싸 아 자 짜 차 카 타 파")
# Stems in another vowel.
OPEN_DARK = _stems(
    """
마시 배우 주 기다리 가르치 보내 지내 쉬 외우 바꾸 나누 피우 춤추 다니 그리 걸리 버리 끝내 치 던지 느끼 지우 싸우
키우
"""
)
