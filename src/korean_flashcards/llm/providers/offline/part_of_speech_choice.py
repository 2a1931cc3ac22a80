"""Choose a word's part of speech from the list's and the analyzer's, either of which may be wrong."""

import re
from collections.abc import Sequence

from korean_flashcards.korean.bound_forms import kind_of_bound_form
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.morphology import Morpheme, part_of_speech_of
from korean_flashcards.korean.word_form import forms_in
from korean_flashcards.korean.word_parts import WordParts, honorific_verb, parts_of
from korean_flashcards.llm.providers.offline.places import morphemes_at

_BOUND = ("particle", "ending", "suffix")
_VERBS = ("verb", "adjective")
_ADJECTIVAL = ("VA", "XSA", "VCN")
_ADVERBIAL = "-게"
_BOTH = (
    "있다",
    "없다",
    "아니다",
    "싶다",
    "않다",
    "못하다",
)  # dictionaries list them as both, or as auxiliaries of both
# Adjectives that the analyzer calls verbs, because a verb has the same stem, with English words of their meanings.
_ADJECTIVES = {
    "싸다": ("cheap", "inexpensive"), "쓰다": ("bitter",), "차다": ("cold",), "달다": ("sweet",), "이르다": ("early",),
    "고르다": ("even",), "바르다": ("right", "upright", "straight", "correct"), "마르다": ("thin",), "세다": ("strong",),
    "못되다": ("mean", "bad", "wicked"), "안되다": ("sorry", "pity", "pitiful"),
}  # fmt: skip
# Dictionaries list these as adjectives and as verbs.
_ALSO_VERBS = (
    "감사하다",
    "크다",
    "밝다",
    "굳다",
    "늦다",
    "길다",
    "설다",
    "헐다",
    "틀리다",
    "맞다",
    "쪼그맣다",
    "건강하다",
)
# Dictionaries list these as adverbs, although they are forms of 그렇다 or 아니다.
_CONJUNCTIONS = ("그렇다면", "아니면", "그러니", "그래도", "그런데도", "그럼에도", "그러자", "그러면")
_NOT_NOUNS = {"IC": "interjection", "MM": "determiner"}  # 우와, 첫
_BECOMING = ("-아/어지다", "-아/어하다")
_PREPOSITIONS = frozenset((
    "in", "on", "at", "to", "from", "with", "by", "for", "of", "like", "under", "until", "as", "than", "into", "about",
    "only", "even", "and", "also",
))  # fmt: skip


def chosen_part_of_speech(term: str, listed: str, morphemes: Sequence[Morpheme], definition: str, example: str) -> str:
    """Return the part of speech: the list's, unless the word's pieces are known and contradict it.

    A noun with the copula, such as 진심이야, is a phrase, and so is 집에 “at home”, which lists often call a particle.

    Args:
        term: The word.
        listed: The list's part of speech, or "".
        morphemes: The word's morphemes, from ``morphology.analyse``.
        definition: Its meaning.
        example: A sentence with the word, or "", which often shows more than the word alone.
    """
    if " " in term:
        return listed or "phrase"
    if listed in _BOUND and (kind := kind_of_bound_form(term)):
        return kind
    places = forms_in(term, "noun", example)
    has_particle = any(has_hangul(example[end : end + 1]) for _, end in places)
    shown = (morphemes_at(places[0], example) if places else []) or morphemes
    if listed in (*_BOUND, "noun") and places and len(shown) == 1 and (other := _NOT_NOUNS.get(shown[0].tag)):
        return other
    is_verb = listed in _BOUND and bool(places) and shown[0].tag in ("VV", "VX")
    if listed and (len(term) == 1 or has_particle) and not is_verb:
        return listed
    morphemes = shown
    found = part_of_speech_of(morphemes)
    parts = parts_of(term, morphemes, False)
    if parts is None:
        if [each.tag for each in morphemes[:2]] == ["NP", "VCP"] and morphemes[0].form == "이":
            return listed or "phrase"  # 이에요, 이라고
        if listed in _BOUND and morphemes[0].tag == "MM" and morphemes[-1].tag.startswith("J"):
            return "phrase"  # 그걸로 with 그 and 걸로
        if listed == "adverb" and morphemes[-1].tag == "EF" and any(each[:2] == ("되", "VV") for each in morphemes):
            return "verb"  # 잘됐네
        if listed in _VERBS and term.endswith("도야"):
            return "phrase"  # 나도야
        is_content = found not in ("particle", "ending", "suffix", None)
        is_plain = term.endswith("다") and morphemes[-1].form == "다" and not term.endswith((*_BOTH, *_ALSO_VERBS))
        if (listed, found) == ("verb", "adjective") and is_plain:
            return "adjective"
        return str(found) if listed in _BOUND and is_content else listed or found or "phrase"
    if parts.pieces[0].written == "이다":
        return "phrase"
    if parts.is_verb:
        return _of_verb(term, listed, definition, parts, morphemes)
    if listed in _VERBS and parts.may_be_verb:
        return listed
    if listed not in (*_BOUND, *_VERBS, "phrase"):
        return listed or found or "phrase"
    return "phrase" if definition.split(" ", 1)[0].lower() in _PREPOSITIONS else found or "noun"


def _of_verb(term: str, listed: str, definition: str, parts: WordParts, morphemes: Sequence[Morpheme]) -> str:
    if honorific_verb(term):
        return "verb"
    if listed == "noun" and any(each.tag == "ETN" for each in morphemes):
        return listed
    is_adverb = any(piece.written == _ADVERBIAL for piece in parts.pieces) or term in _CONJUNCTIONS
    if listed in ("phrase", "interjection") or (listed == "adverb" and is_adverb):
        return listed
    if term in _CONJUNCTIONS:
        return "adverb"
    if listed in _VERBS and parts.base.endswith(_BOTH):
        return listed
    if parts.pieces[0].written in _BECOMING or any(each[:2] == ("지", "VX") for each in morphemes):
        return "verb"
    if set(_ADJECTIVES.get(parts.base, ())) & set(re.findall("[a-z]+", definition.lower())):
        return "adjective"
    return "adjective" if any(each.tag in _ADJECTIVAL for each in morphemes) else "verb"
