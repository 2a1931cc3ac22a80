"""Find words that are taken apart, and adverbs that are attached to the next word: 맨 손, 먹자 마자, 저 만큼, 꼭가져가세요.

Sources: 한글 맞춤법, Articles 2 and 41–50, and the standard dictionary. Auxiliary verbs after -아/어 may be written either
way, so only words that the dictionary lists as compounds (잃어버리다, 좋아하다) are reported.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

_WORDS = lazy_regex("[가-힣]+")
_START, _END = "(?<![가-힣~-])", "(?![가-힣])"
# Verb forms after a space that belong to the word before it.
_BECOME = "(?:졌|져요|져서|집니다|지고|지는|지면|질 |진 |진다|지다)"
_FEEL = "(?:해요|했|합니다|하는|하고|하지|하면|한다|하다|하세요|할 |한 )"
_ABANDON = "(?:버렸|버려|버리|버린|버릴|버립)"
_BEFORE_BECOME = (
    "좋아|싫어|없어|예뻐|커|작아|많아|추워|더워|어두워|밝아|나빠|비싸|만들어|이루어|알려|정해|느껴|떨어|넘어|헤어|쓰러|사라|부러|망가|"
    "찢어|달라|빨라|심해|건강해|편해|따뜻해|시원해|유명해|필요해|익숙해|친해|행복해|조용해|깨끗해|길어|짧아|높아|낮아|늦어"
)
_BEFORE_FEEL = (
    "좋아|싫어|기뻐|슬퍼|무서워|부러워|그리워|미워|귀여워|어려워|힘들어|행복해|궁금해|피곤해|미안해|고마워|두려워|즐거워|부끄러워|"
    "답답해|서운해|지루해|창피해|아까워|안타까워|자랑스러워"
)
_PREFIXED = (
    ("맨", "손|발|몸|땅|밥|주먹|입|얼굴|바닥|살"), ("햇", "과일|사과|감자|고구마|곡식|밤"), ("풋", "사과|고추|과일|사랑"),
    ("헛", "소리|걸음|수고|기침|웃음"), ("외", "할머니|할아버지|삼촌|아들|동딸"), ("시", "어머니|아버지|부모|누이|동생"),
    ("한", "밤중|가운데|복판"), ("군", "고구마|밤"), ("덧", "니|버선|붙이"), ("되", "돌리|찾|풀이|돌아"),
    ("짓", "밟|누르"), ("휘", "두르|젓"), ("엿", "듣|보"), ("초", "여름|겨울|가을"), ("늦", "잠|가을|더위"),
)  # fmt: skip
# Endings, which are never words.
_ENDINGS = (
    "거든요|네요|군요|잖아요|더라고요|더라구요|는데요|지만|으니까|니까요|으면서|자마자|도록|느라고|었습니다|았습니다|었는데|았는데|었지만|"
    "았지만|으려고|을까요|을게요|을래요|습니다만|겠지만|겠어요|으세요|으십시오|ㄹ게요|ㄹ까요|았어요|는군요|기는요"
)
_KNOW = (
    "(?:몰[라랐]|모르|모릅|알[아았려고]|아세요|아십|아는|압니|궁금|물어|물었|생각해|생각했|확실|보세요|봐요|말해|말씀)"
)
# 어디 있는지 알아요, but 온 지 오래됐어요
_ATTRIBUTIVE = "는|은|을|ㄹ|런|떤|할|갈|올|될|볼|쓸|인|한|간|온|큰"
_PRONOUNS = "나|너|저|그|이|우리|저희|너희|누구|그것|이것|저것"
_LIKE = "만큼|처럼|보다|까지|부터|마저|조차|한테|에게|밖에"
# Words after which 도 and 만 are particles, not 도 "degree" or 만 "ten thousand".
_ALONE = "나|너|저|누구|그것|이것|저것|조금|잠깐|하나|혼자|여기|거기|오늘|내일|아직|물|밥|이번|다음"
# Adverbs that never form one word with the verb after them, with what follows in longer words (꼭대기, 또한).
_ADVERBS = {
    "꼭": "대기|두각시|지|짓점|꼭", "또": "한|래|다시|렷", "좀": "처럼|체|벌레|더|도둑|비",
    "곧": "장|이어|바로|잘|은|게|다|고|기", "벌써": "부터|요", "아직": "까지|도|요|은", "자주": "색|빛|적|권|독립|국|포",
    "항상": "성", "매우": "니|면|려|러", "아주": "머니|버님|까리", "너무": "나|도|해|하",
    "정말": "로|요|이|인|입|은|일|라", "진짜": "로|요|가|는|를|이|인|예|야|입|라|래|냐|니|다|지|고|거", "굉장히": "",
    "무척": "이나|추", "빨리": "빨리|요|도|니|다|고|는|면|지", "천천히": "요", "일찍": "이|부터|감치",
    "열심히": "도|는|요", "먼저": "요|번|는|도", "다시": "마|금|는|다|없|피|한번|요|보기",
    "계속": "해|하|했|할|한|되|돼|됐|된|됩|적|성|요", "조금": "씩|만|도|은|이|더|요|밖|전|후|의", "가끔": "씩|은|가다|요",
    "훨씬": "", "점점": "이|점", "갑자기": "", "드디어": "", "혹시": "나|라도|요",
    "내일": "은|도|부터|까지|의|모레|이|로|쯤|요|을|만", "지금": "은|도|부터|까지|의|껏|쯤|이|으|처럼|요|당|보다|만",
    "어제": "는|도|부터|의|저녁|밤|오늘|께|까지|요|가|로|와|보", "제일": "은|이|로|의|가",
    "많이": "들|이|씩|요|도|은|하|해|했",
}  # fmt: skip
# 진짜라니까, 어제였어요, 정말보다, 아직이요
_WITH_PARTICLE = lazy_regex(
    "라[니고면서던는도지]|예요|였|이[라었에]|거든|보다|에서|한테|처럼|답[다게]|스럽|조차|마저|입니|인데|이?요(?![가-힣])"
)
_VERB_END = "[가-힣]{0,4}(?:요|다|까|세요|니다|고|서|면|자|지|는|라)(?![가-힣])"


@cache
def _signs() -> frozenset[str]:
    """Return the words at least one of which is in each text with a word that is taken apart."""
    firsts = (prefix for prefix, _ in _PREFIXED)
    others = "|".join((_ENDINGS, _LIKE, _BEFORE_BECOME, _BEFORE_FEEL, "마자|지|잃어|잊어|도|만"))
    return frozenset((*firsts, *others.split("|")))


def may_be_split(hangul: str) -> bool:
    """Return whether Hangul words, which are separated by spaces, may contain a wrong space."""
    return not _signs().isdisjoint(hangul.split()) or _glued().search(hangul) is not None


def split_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words with a superfluous or missing space, each with the right spelling."""
    if not _signs().isdisjoint(_WORDS.findall(text)):
        for pattern in _apart():
            yield from ((match[0].strip(), "".join(match.groups()).strip()) for match in pattern.finditer(text))
    for match in _glued().finditer(text):
        if not _is_longer(match):
            yield match[0], f"{match[1]} {match[2]}"


def _is_longer(match: re.Match[str]) -> bool:
    """Return whether the adverb is only the beginning of a longer word: 꼭대기."""
    others = _ADVERBS[match[1]]
    return _WITH_PARTICLE.match(match[2]) is not None or (
        bool(others) and match[2].startswith(tuple(others.split("|")))
    )


@cache
def _apart() -> tuple[re.Pattern[str], ...]:
    """Return the expressions for words that are taken apart: the parts as groups."""
    prefixed = (f"{_START}({prefix}) ((?:{nouns})[가-힣]*)" for prefix, nouns in _PREFIXED)
    return tuple(
        re.compile(pattern)
        for pattern in (
            *prefixed,
            rf"([가-힣]*자) (마자){_END}",
            rf"((?:[가-힣]+)(?:{_ATTRIBUTIVE})) (지)(?= {_KNOW})",
            rf"{_START}(?!(?:{_ENDINGS}) )([가-힣]+) ((?:{_ENDINGS})){_END}",
            rf"{_START}({_PRONOUNS}) ((?:{_LIKE})){_END}",
            rf"{_START}((?:{_ALONE})) (도|만)(?= [가-힣])",
            rf"{_START}((?:잃어|잊어)) ({_ABANDON}[가-힣]*)",
            rf"{_START}((?:{_BEFORE_BECOME})) ({_BECOME}[가-힣]*)",
            rf"{_START}((?:{_BEFORE_FEEL})) ({_FEEL}[가-힣]*)",
        )
    )


@cache
def _glued() -> re.Pattern[str]:
    """Return an expression for an adverb and the verb that is attached to it."""
    return re.compile(rf"{_START}({'|'.join(_ADVERBS)})([가-힣]{_VERB_END})")
