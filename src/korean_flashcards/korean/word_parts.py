"""Take an inflected word apart: 찾았는데 is 찾다 with -았/었- and -는데, 집에 is 집 with 에.

The analyzer sees a word without context and is sometimes wrong. A word is therefore taken apart only if every piece is known
and the last piece is really at the end of the word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .grammar_table import FormPiece, auxiliary_of, piece_of, with_thing
from .inflection import letters
from .morphology import Morpheme

_NOUN = ("NNG", "NNP", "NNB", "NP", "NR", "XR", "XSN", "XPN")
_VERB = ("VV", "VA", "VX", "VCN")
_MAKES_VERB = (
    ("하", "XSV"), ("되", "XSV"), ("하", "XSA"), ("되", "XSA"), ("스럽", "XSA"), ("롭", "XSA"),
    ("드리", "XSV"), ("드리", "VV"),
)  # fmt: skip
_ADVERBS = ("MAG", "MAJ", "IC")
_NEGATIVE = ("안", "못")
_THING = (("거", "NNB"), ("것", "NNB"))
_PAST = (("었", "EP"), ("았", "EP"), ("였", "EP"))
_AFTER_LINKING = ("VX", "VV", "XSV", "EP")
# Endings of conversation that the analyzer takes for linking endings if it sees no end of a sentence.
_FINAL_TOO = ("어", "아", "지", "네", "나", "니")
# The polite form without these is the casual form: 좋네요, 좋네.
_POLITE_END = "요"
# The analyzer does not know the verbs in these polite forms (-시- and -어요 become 세요).
_HONORIFIC = {"드세요": "드시다", "계세요": "계시다", "주무세요": "주무시다", "잡수세요": "잡수시다"}
# Verbs such as 지켜보다 "watch" are not 지키다 with -아/어 보다 "try".
_WITH_LOOK = ("지켜", "살펴", "노려", "훑어", "둘러", "돌아", "알아")
# Verbs that dictionaries list, although they end like an auxiliary verb.
_ONE_VERB = {
    ("묻다", "-아/어 보다"): "물어보다", ("돕다", "-아/어 주다"): "도와주다", ("돌리다", "-아/어 주다"): "돌려주다",
    ("알리다", "-아/어지다"): "알려지다", ("버리다", "-아/어지다"): "버려지다", ("좋다", "-아/어지다"): "좋아지다",
    ("없다", "-아/어지다"): "없어지다", ("느끼다", "-아/어지다"): "느껴지다", ("내리다", "-아/어 놓다"): "내려놓다",
    ("내다", "-아/어 놓다"): "내놓다", ("내버리다", "-아/어 두다"): "내버려두다", ("놓다", "-아/어 두다"): "놔두다",
}  # fmt: skip
# Pronouns that the analyzer takes apart: 뭔가 into 뭐, 이다, and -ㄴ가.
_SOME = ("무엇인가", "누군가", "어딘가", "언젠가", "무언가", "뭔가")
_ASKS = ("누구", "무엇", "뭐", "언제", "어디", "어떻게", "아무", "아무거", "아무것", "때")
_NOT_EVERY_OR = ("나", "이나")
_ANY = ("든", "든지", "라도")
_NO_CASUAL = ("세요", "으세요", "에요", "예요", "죠")
_NO_POLITE = (
    "렴",
    "으렴",
    "더라",
    "거라",
    "너라",
    "단다",
    "ㄴ단다",
    "는단다",
    "다네",
    "ㄴ다네",
    "는다네",
    "오",
    "야",
    "자",
    "니",
    "냐",
    "어라",
    "아라",
    "구나",
    "는구나",
    "어야지",
    "아야지",
    "지",
    "잖니",
)


@dataclass(frozen=True)
class WordParts:
    """The parts of an inflected word.

    Attributes:
        base: The dictionary form of a verb or an adjective, or the noun.
        is_verb: Whether the base is a verb or an adjective.
        pieces: The particles, endings, and auxiliary verbs after the base.
        level: The speech level that the word's final ending expresses, or "".
        counterpart: The casual form of a polite word or the polite form of a casual word, or "" if it is not certain.
    """

    base: str
    is_verb: bool
    pieces: tuple[FormPiece, ...]
    level: str
    counterpart: str

    @property
    def may_be_verb(self) -> bool:
        """Whether what looks like a noun with 은/는 or 을/를 may be a verb: 아는 (알다), 다를 (다르다)."""
        return not self.is_verb and len(self.pieces) == 1 and self.pieces[0].written in ("은/는", "을/를")


def parts_of(word: str, morphemes: Sequence[Morpheme], ends_sentence: bool) -> WordParts | None:
    """Return the parts of a word, or None if it is not inflected or if any part is uncertain.

    Args:
        word: The word as written.
        morphemes: Its morphemes, from ``morphology.analyse``.
        ends_sentence: Whether the word is the last one in a sentence, where 어 and 지 are final endings.
    """
    polite = piece_of("어요", "EF")
    if word in _HONORIFIC and polite:
        return WordParts(_HONORIFIC[word], True, (polite,), polite.level, "")
    morphemes = _with_pronoun(word, morphemes)
    length = _length_of_base(morphemes)
    rest = _as_final(morphemes[length:]) if ends_sentence else [*morphemes[length:]]
    if not length or not rest or " " in word or not _ends_with(word, rest[-1].form):
        return None
    if morphemes[0].form == "이" and rest[0].tag == "VCP":
        return None  # 이에요 alone is a form of 이다, not 이 "this" with it
    if _is_doubtful(word, morphemes, length):
        return None
    if any(each.form.endswith("려고") and "려고" not in word for each in rest):
        return None  # 알려요 is rather from 알리다 than short for 알려고 해요
    is_verb = morphemes[length - 1].tag in _VERB or morphemes[length - 1][:2] in _MAKES_VERB or _is_two_words(morphemes)
    rest = [*_joined(word, rest)]
    if word.endswith("말야"):
        return None  # 말야 is short for 말이야
    pieces = _pieces(rest)
    if pieces is None or (not is_verb and any(each.tag.startswith("E") for each in rest) and rest[0].tag != "VCP"):
        return None
    base = _base(morphemes[:length]) + ("다" if is_verb else "")
    level = pieces[-1].level
    if base == word or base == "건지":
        return None  # a dictionary form, or 것 with 이다 and -ㄴ지
    if len(pieces) > 1 and (whole := _ONE_VERB.get((base, pieces[0].written))):
        base, pieces = whole, pieces[1:]
    if rest[0].form in _NOT_EVERY_OR:
        pieces = (_stressed(pieces[0], morphemes[length - 1]), *pieces[1:])
    counterpart = "" if " " in base else _counterpart(word, rest[-1], level)
    return WordParts(base, is_verb, pieces, level, counterpart)


def _with_pronoun(word: str, morphemes: Sequence[Morpheme]) -> Sequence[Morpheme]:
    """Return the morphemes with 뭔가 or 누군가 in one piece."""
    some = next((each for each in _SOME if word.startswith(each) and word != each), "")
    rest = [each for each in morphemes if each.start >= len(some)]
    return [Morpheme(some, "NP", 0, len(some)), *rest] if rest and rest[0].tag.startswith("J") and some else morphemes


def _joined(word: str, morphemes: Sequence[Morpheme]) -> Sequence[Morpheme]:
    """Return the morphemes with endings in one piece that the analyzer takes apart.

    -잖아 “you know” is not -지 않아 "not", -단다 is not -다고 한다, and -는데 in one word is not 데 "place".
    """
    forms = [each.form for each in morphemes]
    if [each[:2] for each in morphemes[-2:]] == [("이", "VCP"), ("야", "EC")]:
        # Before a comma: 사실이야, but 자기야 calls someone.
        last = morphemes[-1]
        is_copula = word.endswith("이야") or len(morphemes) > 2
        return [*morphemes[:-1], last._replace(tag="EF")] if is_copula else [last._replace(tag="JKV")]
    if "잖" in word and forms[-3:-1] == ["지", "않"]:
        ending = {"어": "잖아", "아": "잖아", "어요": "잖아요", "아요": "잖아요", "니": "잖니"}.get(forms[-1], "")
        return [*morphemes[:-3], Morpheme(ending, "EF", morphemes[-3].start, morphemes[-1].end)]
    if word.endswith("단다") and forms[-3:] == ["다고", "하", "ㄴ다"]:
        return [*morphemes[:-3], Morpheme("단다", "EF", morphemes[-3].start, morphemes[-1].end)]
    if word.endswith(("는데", "는지")) and forms[-2:] in (["는", "데"], ["는", "지"]):
        return [*morphemes[:-2], Morpheme(forms[-2] + forms[-1], "EC", morphemes[-2].start, morphemes[-1].end)]
    return morphemes


def _stressed(piece: FormPiece, base: Morpheme) -> FormPiece:
    """Return the piece for (이)나 after a word after which it does not mean “or”: 언제나, 세 번이나, 꽤나."""
    if base.form in _ASKS:
        return replace(piece, meaning="any, every")
    if base.tag in (*_ADVERBS, "NNB", "NR") or base.form == "동안":
        return replace(piece, meaning="stresses it")
    return piece


def _is_doubtful(word: str, morphemes: Sequence[Morpheme], length: int) -> bool:
    """Return whether a piece is rarely right: 았단 is not -다 with 은/는."""
    is_called = [each.tag for each in morphemes[length : length + 1]] == ["JKV"]
    is_one_verb = [each.form for each in morphemes[length + 1 : length + 2]] == ["보"] and word.startswith(_WITH_LOOK)
    is_dropped = any(one.tag.startswith("E") and other.tag == "Z_CODA" for one, other in pairwise(morphemes))
    return is_one_verb or is_dropped or (is_called and morphemes[length - 1].tag not in ("NNG", "NP", "XSN"))


def honorific_verb(word: str) -> str:
    """Return the dictionary form of a polite form of an honorific verb, such as 계세요, or "" if the word is none."""
    return _HONORIFIC.get(word, "")


def dictionary_form(morphemes: Sequence[Morpheme]) -> str:
    """Return the dictionary form of a verb or an adjective with these morphemes, or "" if it is something else."""
    length = _length_of_base(morphemes)
    is_verb = length > 0 and (morphemes[length - 1].tag in _VERB or morphemes[length - 1][:2] in _MAKES_VERB)
    return _base(morphemes[:length]) + "다" if is_verb else ""


def _base(morphemes: Sequence[Morpheme]) -> str:
    """Return the base's spelling: 안 되 in 안돼, 못하 in 못해."""
    forms = [each.form for each in morphemes]
    return " ".join(forms) if _is_two_words(morphemes) and forms != ["못", "하"] else "".join(forms)


def _is_two_words(morphemes: Sequence[Morpheme]) -> bool:
    """Return whether the base is 안 or 못 with a verb, or 뭐 with 하다, which are written apart except for 못하다."""
    if len(morphemes) <= 1:
        return False
    first, second = morphemes[:2]
    is_verb = second.tag in _VERB or second[:2] in _MAKES_VERB
    is_doing = (first.form, first.tag) == ("뭐", "NP") and second.form == "하"
    return is_verb and (is_doing or (first.form in _NEGATIVE and first.tag == "MAG"))


def _length_of_base(morphemes: Sequence[Morpheme]) -> int:
    """Return how many morphemes form the noun, verb, or adjective at the beginning, or 0."""
    tags = [each.tag for each in morphemes]
    nouns = next((place for place, tag in enumerate(tags) if tag not in _NOUN), len(tags))
    if tags[:1] == ["MAG"] and len(morphemes) > 1 and _makes_verb(morphemes[0].form, morphemes[1]):
        return 2
    if _is_two_words(morphemes):
        return 2
    if tags[:1] and tags[0] in _ADVERBS and len(tags) > 1 and tags[1].startswith(("J", "VCP")):
        return 1  # 다시는, 왜요, 왜죠
    if nouns and morphemes[nouns - 1][:2] == ("들", "XSN"):
        nouns -= 1
    if nouns:
        return nouns + 1 if nouns < len(tags) and morphemes[nouns][:2] in _MAKES_VERB else nouns
    return 1 if tags and tags[0] in _VERB else 0


def _makes_verb(adverb: str, after: Morpheme) -> bool:
    """Return whether an adverb and what follows are one verb: 잘하다, 그만하다, but not 안 하다."""
    return after[:2] in _MAKES_VERB or (after[:2] == ("하", "VV") and adverb not in ("안", "못"))


def _as_final(morphemes: Sequence[Morpheme]) -> list[Morpheme]:
    *before, last = morphemes or [Morpheme("", "", 0, 0)]
    is_final = last.tag == "EC" and (last.form in _FINAL_TOO or piece_of(last.form, "EC") is None)
    return [*before, last._replace(tag="EF") if is_final else last]


def _pieces(morphemes: Sequence[Morpheme]) -> tuple[FormPiece, ...] | None:
    found: list[FormPiece] = []
    place = 0
    while place < len(morphemes):
        one, following = morphemes[place], morphemes[place + 1] if place + 1 < len(morphemes) else None
        if one.tag == "ETM" and following and following[:2] in _THING and _is_copula(morphemes, place + 2):
            piece, place = with_thing(one.form), place + 3
        elif one.tag == "VCP" and place == 0 and following and following.form in _ANY:
            piece, place = piece_of(following.form, "JX"), place + 2  # 언제든, 누구라도
        elif following and one.tag == "EC" and following.tag in _AFTER_LINKING:
            piece, place = auxiliary_of(one.form, following.form), place + 2
        elif following and one[:2] in _PAST and following[:2] == ("었", "EP"):
            piece, place = piece_of("었었", "EP"), place + 2
        else:
            piece, place = piece_of(one.form, one.tag), place + 1
        if piece is None or (piece.written == "-ㅂ시오" and (not found or found[-1].written != "-(으)시-")):
            return None
        found.append(piece)
    return tuple(found)


def _is_copula(morphemes: Sequence[Morpheme], place: int) -> bool:
    return place + 1 < len(morphemes) and morphemes[place].tag == "VCP"


def _ends_with(word: str, form: str) -> bool:
    """Return whether a word ends with the letters of a form, whose first vowel may have merged with the stem."""
    wanted = letters(form)
    if wanted.startswith("ㅇ"):
        return letters(word).endswith(wanted[2:])
    return letters(word).endswith(wanted)


def _counterpart(word: str, last: Morpheme, level: str) -> str:
    if level == "polite" and last.form.endswith(_POLITE_END) and last.form not in _NO_CASUAL:
        return word[:-1]
    has_polite = level == "casual" and last.form not in _NO_POLITE and not word.endswith("말어")
    return f"{word}요" if has_polite else ""
