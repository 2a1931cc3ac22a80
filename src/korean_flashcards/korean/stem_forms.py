"""Write the forms of a stem or an ending as a regular expression over decomposed Hangul (NFD).

In NFD, the final consonants are separate letters, so a single expression covers 있다, 있어요 and 있었다, or 갈 and 먹을.
"""

import unicodedata

# The vowels at the end of a stem before or within 아/어: 가, 서, 해, 세, 펴, 와, 줘, 돼, 꿰, 예요.
_A = "[\u1161\u1165\u1162\u1166\u1167\u1168\u116a\u116f\u116b\u1170]"
_NO_CODA = "(?![\u11a8-\u11ff])"
_CODAS = dict(zip("ㄱㄴㄷㄹㅁㅂㅅㅆㅇㅎ", "\u11a8\u11ab\u11ae\u11af\u11b7\u11b8\u11ba\u11bb\u11bc\u11c2", strict=True))
# A stem's last vowel with the vowels that it may change to before 아/어: 마시 → 마셔, 주 → 줘, 쓰 → 써, 하 → 해.
_FUSED = {
    "\u1175": "\u1175\u1167\u1166", "\u116e": "\u116e\u116f", "\u1169": "\u1169\u116a", "\u1173": "\u1173\u1165\u1161",
    "\u116c": "\u116c\u116b", "\u1161": "\u1161\u1162",
}  # fmt: skip
# A stem's last consonant with what may replace it: 답 → 다우, 다워; 듣 → 들; 짓 → 지; 말 → 마.
_IRREGULAR = {
    "\u11b8": "(?:\u11b8|\u110b[\u116e\u116f\u116a])", "\u11ae": "[\u11ae\u11af]", "\u11ba": "\u11ba?", "\u11af": "\u11af?",
}  # fmt: skip
# Verbs within patterns, with the forms that replace them in speech, toward elders, or in the negative: 갈 수 없다.
_REPLACED = {
    "있": "계|있|없",
    "알": "알|아[는니세시]|압|모르|모른|모를|몰",
    "주": "주|줘|드리|드려",
    "않": "않|잖",
    "보": "보|봐|뵈",
}
# Sentence endings that only look like a predicate in the dictionary form.
_NO_PREDICATES = ("니다", "는다", "ㄴ다", "란다", "단다", "ㅂ시다", "읍시다")
_THING = "[것거겁건걸게]"


def decomposed(text: str) -> str:
    """Return the text in NFD, with single consonants (ㄹ) as final consonants.

    Groups in brackets ([이가]) become alternatives, because a decomposed syllable has several letters.
    """
    parts = text.split("[")
    grouped = parts[0]
    for part in parts[1:]:
        letters, _, rest = part.partition("]")
        grouped += f"(?:{'|'.join(letters)}){rest}" if "가" <= letters[0] <= "힣" else f"[{letters}]{rest}"
    return unicodedata.normalize("NFD", "".join(_CODAS.get(letter, letter) for letter in grouped))


def ending_regex(ending: str, *, bound: bool = True) -> str:
    """Return the expression for an ending or a particle: 아서 also matches 해서, and 으면 matches 가면.

    Args:
        ending: The ending.
        bound: Whether the ending follows a stem directly, so that its first vowel may have fused with the stem.
    """
    if ending.startswith(("것", "거")) and (len(ending) == 1 or ending[1] in "이예야죠"):
        return decomposed(_THING)
    rest, start = ending, ""
    if bound and ending[0] in "아어여해":
        start, rest = _A + ("" if ending[1:] else _NO_CODA), ending[1:]
    elif bound and ending[0] in "았었였했":
        start, rest = _A + _CODAS["ㅆ"], ending[1:]
    elif bound and ending[0] in "은을음읍":
        start, rest = _CODAS["ㄴㄹㅁㅂ"["은을음읍".index(ending[0])]], ending[1:]
    elif bound and ending[0] == "으" and len(ending) > 1:
        rest = ending[1:]
    if len(rest) > 1 and rest.endswith("요"):
        return start + decomposed(rest[:-1]) + f"(?:{decomposed('요')})?"
    plain = start + decomposed(rest)
    # 기는 contracts to 긴.
    return plain + f"|{start}{decomposed(rest[:-1])}{_CODAS['ㄴ']}" if rest[1:].endswith("는") else plain


def predicate_regex(form: str, *, bound: bool = True) -> str:
    """Return the expression for a predicate in the dictionary form, or for an ending before other endings (으시, 겠).

    Other forms are treated as endings.
    """
    if form.endswith(_NO_PREDICATES) or form.startswith(("것", "거예")):
        return ending_regex(form, bound=bound)
    if not form.endswith("다") and not (bound and len(form) <= 2 and form[-1] in "시겠"):
        return ending_regex(form, bound=bound)
    if not (stem := form.removesuffix("다")):
        return ending_regex(form, bound=bound)
    if stem in _REPLACED:
        return "|".join(map(decomposed, _REPLACED[stem].split("|")))
    start = ""
    if bound and stem[0] == "으" and len(stem) > 1:
        stem = stem[1:]
    elif bound and stem[0] in "아어" and len(stem) > 1:
        start, stem = _A, stem[1:]
    return start + _stem_regex(stem)


def _stem_regex(stem: str) -> str:
    """Return the expression for a stem whose last letters may change: 싶 → 싶, 답 → 답/다우/다워, 마시 → 마시/마셔/마세."""
    letters = unicodedata.normalize("NFD", stem)
    plain, last = letters[:-1], letters[-1]
    if last in _IRREGULAR:
        return plain + _IRREGULAR[last]
    if last == _CODAS["ㅎ"]:
        return f"{plain[:-1]}(?:{plain[-1]}[{last}{_CODAS['ㄴ']}{_CODAS['ㄹ']}]|{chr(ord(plain[-1]) + 1)})"
    if stem.endswith("르"):
        return f"{plain[:-1]}(?:{plain[-1]}{last}|{_CODAS['ㄹ']}{plain[-1]}[\u1161\u1165])"
    return f"{plain}[{_FUSED[last]}]" if last in _FUSED else plain + last
