"""Guess the stems of an inflected word from its letters: 갔어요 → 가, 몰라 → 모르, 문을 → 문.

Use this module to test whether two words may be forms of the same word. Guessing takes microseconds, needs no model,
and gives the same result on every machine, but it may return stems that do not exist. For an exact analysis, see
``morphology``. Stems are strings of compatibility jamo.
"""

from functools import cache, lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import VOWELS, is_syllable, split

# Endings that follow the bare stem of a verb, -았- or -겠-.
_PLAIN = """
다 고 구 지 질 진 죠 네 게 거든 거나 거라 던 더 더라 더니 더군 는 는데 는지 는가 니 냐 나 잖아 잖니 군 구나 구만
소 습니다 습니까 든 든지 든가 단 단다 답니다 대 기 길 긴 도록 자 잔 자마자 자구 는다 는단다 듯 듯이 느라 노라 려
어 었
"""
# Endings that take 으 after a consonant.
_AFTER_U = """
면 니 니까 ㄴ ㄹ ㅁ ㅂ니다 ㅂ니까 ㅂ시다 ㄴ다 ㄴ단다 ㄴ대 려 려고 러 며 면서 라 란 랍니다 므로 나 마 시 세 셔 셨
신 실 십 소서
"""
# Endings and dependent nouns that can follow a complete form without a space. Their own endings are ignored.
_MORE = """
요 고 고요 구 구요 는 도 마 만 면 면서 니 니까 라 라도 가 가요 지 지요 지만 죠 네 네요 데 데요 던 든 까 까요 래
래요 대 대요 게 게요 걸 거 거야 거지 거죠 거예요 거에요 건 것 겁니다 겐 때 줄 수 수록 텐데 테니 뿐 대로 듯이 은
을 이 은데 에 서 선 말 ㄴ ㄹ
"""
# What can follow 아/어: particles, and auxiliary verbs written without a space (가보다, 가버리다).
_AFTER_A = """
요 서 선 도 야 야지 야죠 야겠 라 보 봐 봤 볼 본 주 줘 줬 줄 준 버리 버려 버렸 버릴 지 져 졌 진 있 놓 놔 둬 하 해
했
"""
_PARTICLES = """
은 는 이 가 을 를 과 와 의 에 에서 에게 한테 께 께서 도 만 로 으로 하고 부터 까지 처럼 보다 마다 조차 밖에 이나
나 이랑 랑 들 대로 뿐 서 에게서 한테서 에선 에겐 한텐 ㄴ ㄹ 이 야 이야 이에요 예요 입니다 입니까 이다 다 이고 고
인 이라 라 이지 지 인데 ㄴ데 이면 면 이든 든 였 이었 이군 군 이죠 죠 이요 요 인가 이네 네 이니 니 이란 란 인지
이여 여 이냐 아 같은 같이 이잖아 잖아 이거든 이세요 이지만 지만
"""
_OPEN = frozenset(VOWELS)
# Stem vowels before 아/어, keyed by the fused vowel: 가+아, 쓰+어, 오+아, 주+어, 마시+어, 보내+어, 하+여, 되+어.
_FUSED = {
    "ㅏ": "ㅏㅡ",
    "ㅓ": "ㅓㅡ",
    "ㅘ": "ㅗ",
    "ㅝ": "ㅜ",
    "ㅕ": "ㅣㅕ",
    "ㅐ": "ㅐㅏ",
    "ㅔ": "ㅔ",
    "ㅙ": "ㅚ",
    "ㅞ": "ㅞ",
}


def letters(text: str) -> str:
    """Return the text as compatibility jamo. Characters other than Hangul syllables are left unchanged."""
    return "".join(map(_letters, text))


@cache
def _letters(ch: str) -> str:
    return "".join(split(ch)) if is_syllable(ch) else ch


def _any(*forms: str) -> str:
    alternatives = sorted({letters(form) for form in " ".join(forms).split()}, key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(alternatives)})"


_REST = f"{_any(_MORE)}{{0,3}}"
_GET = letters("겠")
_VERB_END = lazy_regex(f"(?:{_GET})?{_any(_PLAIN)}{_REST}")
_U_END = lazy_regex(f"{_any(_AFTER_U)}{_any(_PLAIN)}?{_REST}")
_WRITTEN_ON = f"{_any(_AFTER_A)}(?:{_any(_PLAIN)}|{_any(_AFTER_U)})?{_REST}"
_PAST = f"ㅆ(?:{_GET})?(?:{_any(_PLAIN)}|ㅇㅡ{_any(_AFTER_U)}){_REST}"
_A_END = lazy_regex(f"(?:{_WRITTEN_ON})?|{_PAST}")
_NOUN_END = lazy_regex(f"{_any(_PARTICLES)}{_any(_PARTICLES)}?{_REST}")
# A stem loses its ㄹ before these letters: 알 + 는 → 아는.
_L_FALLS = "ㄴㅅ"
_MAKE_VERBS = ("ㅎㅏ", "ㄷㅚ")
_SHORTEST = 2  # letters: an onset and a vowel


@lru_cache(maxsize=4096)
def noun_stems(term: str) -> frozenset[str]:
    """Return the possible noun stems of a word.

    The stems include the word itself and the noun before 하다, 되다, or 히. They also include the word without particles,
    the copula, or the plural suffix.
    """
    text = letters(term)
    ends = range(_SHORTEST, len(text))
    found = {text} | {text[:end] for end in ends if text[end] not in _OPEN and _NOUN_END.fullmatch(text, end)}
    found |= {stem[:-2] for stem in verb_stems(term) if stem.endswith(_MAKE_VERBS)}
    found |= {text[:-2]} if text.endswith("ㅎㅣ") else set()
    return frozenset(stem for stem in found if len(stem) >= _SHORTEST)


def is_followed_by_particles(noun: str, word: str) -> bool:
    """Return whether a word consists of the noun, with which it begins, and particles or the copula: 사과 in 사과는요."""
    return _NOUN_END.fullmatch(letters(word), len(letters(noun))) is not None


@lru_cache(maxsize=4096)
def verb_stems(term: str) -> frozenset[str]:
    """Return the possible dictionary forms of a verb without the final 다, including those of irregular verbs."""
    text = letters(term)
    found: set[str] = set()
    for end in range(_SHORTEST, len(text) + 1):
        if text[end : end + 1] in _OPEN:
            continue  # every ending begins with a consonant
        stem = text[:end]
        if _VERB_END.fullmatch(text, end):
            found |= {stem, stem + "ㄹ"} if stem[-1] in _OPEN and text[end] in _L_FALLS else {stem}
        if _U_END.fullmatch(text, end):
            found |= _before_u(stem)
        if _A_END.fullmatch(text, end):
            found |= _before_a(stem)
    return frozenset(stem for stem in found if len(stem) >= _SHORTEST)


def _before_u(form: str) -> set[str]:
    """Return the stems of a form before an ending such as -(으)면: 더우면 → 덥, 사는/산 → 살, 나으면 → 낫, 들으면 → 듣."""
    if form.endswith("ㅇㅡ"):
        return _with_coda(form[:-2])
    if form[-1] not in _OPEN:
        return {form} if form[-1] == "ㄹ" else set()
    found = {form, form + "ㄹ", form + "ㅎ"}
    return found | {form[:-2] + "ㅂ"} if form.endswith("ㅇㅜ") else found


def _before_a(form: str) -> set[str]:
    """Return the stems of a form that ends in 아/어: 가 → 가, 써 → 쓰, 몰라 → 모르, 더워 → 덥, 걸어 → 걷, 나아 → 낫."""
    vowel = form[-1]
    if vowel not in _FUSED:
        return set()
    found = {form[:-1] + before for before in _FUSED[vowel]}
    if form.endswith(("ㅇㅏ", "ㅇㅓ")):
        found |= _with_coda(form[:-2])
    if form.endswith(("ㅇㅘ", "ㅇㅝ")):
        found.add(form[:-2] + "ㅂ")
    if form.endswith(("ㄹㄹㅏ", "ㄹㄹㅓ")):
        found.add(form[:-2] + "ㅡ")
    if vowel == "ㅐ":
        found |= {form[:-1] + "ㅓㅎ", form[:-1] + "ㅏㅎ"}
    return found


def _with_coda(stem: str) -> set[str]:
    """Return the stem as it appears before a vowel and, if irregular (ㄷ, ㅅ), as it appears before a consonant."""
    if not stem:
        return set()
    if stem[-1] == "ㄹ":
        return {stem, stem[:-1] + "ㄷ"}
    return {stem, stem + "ㅅ"} if stem[-1] in _OPEN else {stem}
