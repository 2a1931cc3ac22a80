"""Derive what a card can say about a word's form and sound from its spelling and the example, without a model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from korean_flashcards.confusables.transliterated import spells_english
from korean_flashcards.korean.bound_forms import kind_of_bound_form
from korean_flashcards.korean.explanation import explain
from korean_flashcards.korean.grammar_table import FormPiece, auxiliary_of
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.inflection import is_followed_by_particles, verb_stems
from korean_flashcards.korean.misspaced import misspaced, spaced_word
from korean_flashcards.korean.morphology import Morpheme, analyse
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.korean.shared_forms import verb_meant
from korean_flashcards.korean.spoken_reason import reason_of
from korean_flashcards.korean.word_parts import WordParts, dictionary_form, parts_of
from korean_flashcards.llm.providers.offline.places import morphemes_at, own_morphemes, places_in, spoken_part

_END_OF_SENTENCE = re.compile(r"[\s'\"”’)]*(?:[.?!…~,]|$)")
_STYLE = {"formal": "formal (하십시오체)", "polite": "polite (해요체)", "casual": "casual (해체)"}
_PRONOUNS = (
    "나",
    "저",
    "너",
    "우리",
    "저희",
    "너희",
    "당신",
    "그",
    "그녀",
    "누구",
    "자네",
    "그들",
    "이들",
    "저들",
    "자기",
)
_VERBS = ("verb", "adjective")
_ADJECTIVES = ("VA", "XSA")
_PLACES = ("여기", "거기", "저기")
_ALSO = re.compile(r"\b(?:also|too|even|either)\b", re.I)
_RELATIONS = ("위하다", "대하다", "통하다", "의하다", "인하다", "관하다")
_CONTRAST = re.compile(r"\b(though|although|despite|even|but)\b", re.I)
_MEAL = re.compile(r"\b(eat|drink|have|dine|take|help yourself|enjoy)\b", re.I)
_PLACE = re.compile(r"\b(here|there|where|place)\b", re.I)
# These follow full verbs, too, which the analyzer does not tell from auxiliary verbs.
_AFTER_ANY_VERB = (
    "-게 되다",
    "-게 하다",
    "-(으)려고 하다",
    "-아/어도 되다",
    "-아/어야 하다",
    "-아/어야 되다",
    "-고 싶다",
)
_BOUND = ("particle", "ending", "suffix")
_ONE_WORD = ("그것참",)
_MAKES_NOUN = ("-기", "-(으)ㅁ")
_DEATH = re.compile(r"\b(die[ds]?|death|dead|deceased|late|pass(ed|es)? away)\b", re.I)
_MEAN = re.compile(r"\b(mean\w*|bad\w*|wicked\w*|naughty|evil|rude\w*)\b", re.I)
_SHORTEST_NEGATION = 3  # morphemes
_PITY = re.compile(r"\b(sorry|pity|poor|wrong|fail\w*|bad|unfortunate)\b", re.I)
_HUMBLE = ("저", "저희", "드리다", "여쭈다", "여쭙다", "뵈다", "뵙다", "모시다")
_HONORIFIC = ("계시다", "드시다", "잡수시다", "주무시다", "편찮다", "돌아가시다", "진지", "성함", "연세", "생신", "댁")
_HONORIFIC_PIECES = ("-(으)시-", "께서", "께")


@dataclass(frozen=True)
class WordFacts:
    """Facts about a word.

    Attributes:
        parts: The pieces of the form in the example, or None if they are not certain.
        verb: The dictionary form of the verb in the example, or "" if it is not certain.
        places: Where the word is in the example, as (start, end) indexes.
        form: A line that takes the word apart, or "".
        sound: A line that explains a pronunciation that differs from the spelling, or "".
        notes: Lines with the standard spacing or spelling of the word and of its example.
        style: A line with the speech level of the word's ending, or "".
        cues: How a front with a gap refers to the pieces of the missing form.
        level: The card's ``honorific_level``, or "".
        tags: The analyzer's tags of the word in the example, or of the word alone.
        is_shown: Whether the example has the word or a different form of it, and not only a longer form: 할 in 할게.
    """

    parts: WordParts | None
    verb: str
    places: Sequence[tuple[int, int]]
    form: str
    sound: str
    notes: tuple[str, ...]
    style: str
    cues: tuple[str, ...]
    level: str
    tags: tuple[str, ...]
    is_shown: bool


def facts_of(term: str, pos: str, definition: str, hanja: str, example: str) -> WordFacts:
    """Return the facts about a word.

    Args:
        term: The word.
        pos: Its part of speech.
        definition: Its meaning, which distinguishes homographs with different pronunciations.
        hanja: Its hanja, or "".
        example: A sentence with the word, or "".
    """
    places = places_in(term, pos, example)
    shown = example[slice(*places[0])] if places else term
    morphemes = (morphemes_at(places[0], example) if places else []) or analyse(shown, pos)
    joined = shown.replace(" ", "") if " " not in term else shown  # 갈 거야 for the listed 갈거야
    parts = parts_of(joined, morphemes, bool(places) and _ends_sentence(example, places[0][1]))
    if parts and not _fits_example(morphemes[-1], example, places):
        parts = None
    if parts and _contradicts_pos(parts, pos):
        parts = None
    if parts and _looks_like_particle(shown, parts) and spells_english(shown, definition):
        parts = None
    parts = _in_context(parts, shown, definition, example, places)
    own = morphemes if shown == term else own_morphemes(term, pos)
    spoken = explain(spoken_part(term), is_verb=pos in _VERBS, morphemes=own, definition=definition, hanja=hanja)
    spacing = _spacing(term, shown, own, definition, is_noun=pos == "noun")
    return WordFacts(
        parts=parts,
        verb=dictionary_form(morphemes) if places and not parts else "",
        places=places,
        form=_form(shown, parts),
        sound=reason_of(spoken),
        notes=tuple(filter(None, (spacing, _spoken(shown, parts), _possessive(shown, parts), *_faults(term, example)))),
        style=_style(term, shown, parts, is_spaced=not spacing),
        cues=tuple(piece.cue for piece in parts.pieces) if parts else (),
        level=_level(term, shown, parts),
        tags=tuple(each.tag for each in morphemes),
        is_shown=bool(places) or _is_shown(term, parts, pos, example),
    )


def _is_shown(term: str, parts: WordParts | None, pos: str, example: str) -> bool:
    is_form = parts is not None or pos in _VERBS
    if not is_form or not has_hangul(example) or re.search(rf"{re.escape(term)}요?(?![가-힣])", example):
        return True
    words = re.findall("[가-힣]+", example)
    if parts and not parts.is_verb:
        return any(word.startswith(parts.base) and is_followed_by_particles(parts.base, word) for word in words)
    return not any(word.startswith(term) for word in words) and any(
        verb_stems(term) & verb_stems(word) for word in words
    )


def _looks_like_particle(shown: str, parts: WordParts) -> bool:
    """Return whether the end of a foreign word may look like a particle: 유카와 "Yukawa", 빌 "bill"."""
    last = parts.pieces[-1].written
    return not parts.is_verb and (last in ("와/과", "(으)로") or (last == "을/를" and not shown.endswith(("을", "를"))))


def _contradicts_pos(parts: WordParts, pos: str) -> bool:
    """Return whether the pieces cannot be those of a word of this part of speech: 멜 "email" is not a form of 메다."""
    if pos in _BOUND:
        return parts.is_verb or bool(kind_of_bound_form(parts.base)) or parts.base == "라"
    if pos in _VERBS:
        return parts.may_be_verb
    return pos == "noun" and parts.is_verb and not any(piece.written in _MAKES_NOUN for piece in parts.pieces)


def _in_context(
    parts: WordParts | None, shown: str, definition: str, example: str, places: Sequence[tuple[int, int]]
) -> WordParts | None:
    """Return the parts with the verb that the definition means and the auxiliary verb that follows in the example."""
    if parts is None:
        return None
    if parts.pieces[0].written == "에" and parts.base in _PRONOUNS:
        return None  # 저에 is only right in 저에 대해
    if parts.pieces[-1].written == "도" and not parts.is_verb and not places and not _ALSO.search(definition):
        return None  # 분도 in 60분도
    if parts.base == "데" and _CONTRAST.search(definition):
        return None  # 데도 is the end of -는데도
    if shown == "드세요" and not _MEAL.search(definition):
        return None  # 드세요 may also be from 드세다 or 들다
    if parts.base in _PLACES and not _PLACE.search(definition):
        return None  # 저길 "that road" is 저 길
    if parts.pieces[-1].written == "-지" and not parts.level and not _is_negated_after(example, places):
        return None  # 말이지 in the middle of a sentence is not -지 before 않다
    if parts.is_verb:
        parts = _with_listed_verb(parts, definition)
        meant = verb_meant(parts.base, verb_stems(shown), definition)
        if meant != parts.base and len(meant) != len(parts.base):
            return None  # the endings differ, too: 빌려 is 빌- + -려 or 빌리- + -어
        parts = replace(parts, base=meant)
    if parts.base in _RELATIONS and parts.pieces[0].written == "-아/어서":
        parts = replace(
            parts, pieces=(replace(parts.pieces[0], meaning="links the verb to the next one"), *parts.pieces[1:])
        )
    if parts.pieces[-1].written == "-죠" and definition.lower().startswith("let"):
        parts = replace(parts, pieces=(*parts.pieces[:-1], replace(parts.pieces[-1], meaning="suggests it politely")))
    after = _auxiliary_after(example, places[0][1], parts) if places else None
    return replace(parts, pieces=(*parts.pieces[:-1], after)) if after else parts


def _with_listed_verb(parts: WordParts, definition: str) -> WordParts:
    """Return the parts with the verb that the definition means: 못되다 "be mean" rather than 못 되다."""
    is_passing = parts.base == "돌아가다" and parts.pieces[0].written == "-(으)시-" and _DEATH.search(definition)
    if is_passing and len(parts.pieces) > 1:
        return replace(parts, base="돌아가시다", pieces=parts.pieces[1:])
    if parts.base == "못 되다" and _MEAN.search(definition):
        return replace(parts, base="못되다")
    return replace(parts, base="안되다") if parts.base == "안 되다" and _PITY.search(definition) else parts


def _is_negated_after(example: str, places: Sequence[tuple[int, int]]) -> bool:
    return not places or re.match(r"(?:[는도를가]|조차)?\s*(?:않|못|말|마|안)", example[places[0][1] :]) is not None


def _auxiliary_after(example: str, end: int, parts: WordParts) -> FormPiece | None:
    """Return the last piece with the auxiliary verb after it: -고 in 보고 싶어 is from -고 싶다."""
    # The next morpheme may begin in the same syllable as the one after it: 되 and ㄹ in 될.
    known = analyse(example)
    place = next((at for at, each in enumerate(known) if each.start >= end), 0)
    if place < 2 or known[place].start > end + 1:
        return None
    base, last, verb = known[place - 2 : place + 1]
    if base.tag in _ADJECTIVES and last.form == "게":
        return None  # 더 낫게 하다 "do it better" is not 아프게 하다 "make it hurt"
    if last.tag != "EC" or verb.tag not in ("VX", "VV"):
        return None
    piece = auxiliary_of(last.form, verb.form)
    if (
        piece is None
        or (verb.start > end and piece.written == "-아/어하다")
        or (verb.tag == "VV" and piece.written not in _AFTER_ANY_VERB)
    ):
        return None
    own = parts.pieces[-1].written
    return FormPiece(own, f"from {piece.written}: {piece.meaning}", "", own)


def _ends_sentence(example: str, end: int) -> bool:
    return _END_OF_SENTENCE.match(example, end) is not None


def _fits_example(last: Morpheme, example: str, places: Sequence[tuple[int, int]]) -> bool:
    """Return whether the example does not contradict the analysis.

    A final ending must be at the end of a sentence, and a word with a particle after it (차고가) is not a verb form.
    """
    if not places:
        return True
    end = places[0][1]
    return not has_hangul(example[end : end + 1]) and (last.tag != "EF" or _ends_sentence(example, end))


def _form(shown: str, parts: WordParts | None) -> str:
    return f"{shown} = {' + '.join([parts.base, *map(_described, parts.pieces)])}." if parts else ""


def _spacing(term: str, shown: str, morphemes: Sequence[Morpheme], definition: str, *, is_noun: bool) -> str:
    """Return a line such as "Standard spacing: 할 거야.", which the example shows or a dependent noun or 안 needs."""
    if term in _ONE_WORD:
        return ""
    spaced = shown if shown != term and shown.replace(" ", "") == term else term
    if _is_negated(morphemes, definition) and spaced == term:
        spaced = f"{term[:1]} {term[1:]}"
    if spaced == term and " " not in term:
        spaced = spaced_word(term, is_noun=is_noun)
    for wrong, right in misspaced(spaced):
        spaced = spaced.replace(wrong, right)
    return f"Standard spacing: {spaced}." if spaced != term and " " in spaced else ""


def _spoken(shown: str, parts: WordParts | None) -> str:
    """Return a line with the standard spelling of 바래, which is only spoken for 바라."""
    if parts and parts.base == "바라다" and "바래" in shown:
        return f"{shown} is common in speech. The standard spelling is {shown.replace('바래', '바라')}, from 바라다."
    return ""


def _possessive(shown: str, parts: WordParts | None) -> str:
    """Return a line with the usual pronunciation of 의 (표준 발음법 5)."""
    if not parts or parts.pieces[-1].written != "의" or not shown.endswith("의"):
        return ""
    return f"In speech, {shown} is usually [{pronounce(f'{shown[:-1]}에')[0]}]."


def _faults(term: str, example: str) -> Iterator[str]:
    """Yield lines with the standard spacing of other words in the example that the list writes together."""
    for wrong, right in misspaced(example) if example else ():
        if term.replace(" ", "") not in wrong:
            yield f"Standard spacing: {right}."


def _is_negated(morphemes: Sequence[Morpheme], definition: str) -> bool:
    """Return whether the word is 안 or 못 with a verb. 못하다 and 안되다 "go wrong, be a pity" are written together."""
    if len(morphemes) < _SHORTEST_NEGATION or morphemes[0].tag != "MAG" or morphemes[0].form not in ("안", "못"):
        return False
    verb = morphemes[1]
    if morphemes[0].form == "못":
        return verb.tag in ("VV", "VX") and verb.form not in ("하", "되", "쓰", "살", "생기")
    return verb.tag in ("VV", "VX", "VA", "XSV") and not (verb.form == "되" and _PITY.search(definition))


def _described(piece: FormPiece) -> str:
    said = "; ".join(part for part in (piece.level, piece.meaning) if part)
    return f"{piece.written} ({said})"


def _style(term: str, shown: str, parts: WordParts | None, *, is_spaced: bool) -> str:
    """Return the speech level of a listed form, with the form for other listeners, if the list spaces the word right."""
    if not parts or not parts.level or shown != term:
        return ""
    other = {"polite": "To a close friend", "casual": "To others, politely"}.get(parts.level, "")
    is_respectful = parts.base in _HUMBLE or any(piece.written in _HONORIFIC_PIECES for piece in parts.pieces)
    if parts.level == "polite" and is_respectful:
        return f"Speech level: {_STYLE[parts.level]}."  # 저도, 아시겠어 are hardly said to a friend
    return f"Speech level: {_STYLE[parts.level]}." + (
        f" {other}: {parts.counterpart}." if parts.counterpart and is_spaced else ""
    )


def _level(term: str, shown: str, parts: WordParts | None) -> str:
    base = parts.base if parts and shown == term else term
    is_they = parts is not None and parts.pieces[0].written == "들"  # 저들 "they" is not humble
    if base in _HUMBLE and not is_they:
        return "humble"
    if parts and shown == term and parts.level:
        return parts.level
    honors = parts and shown == term and any(piece.written in _HONORIFIC_PIECES for piece in parts.pieces)
    return "honorific" if honors or base in _HONORIFIC else ""
