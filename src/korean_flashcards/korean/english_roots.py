"""Reduce English words to a root that all their forms share: went → go, studies → study, children → child."""

import re
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

_IRREGULAR = """
ate eat; came come; went go; saw see; said say; told tell; got get; gave give; took take; made make; met meet; left leave
felt feel; found find; bought buy; thought think; knew know; began begin; wrote write; ran run; sat sit; slept sleep
lost lose; won win; heard hear; kept keep; paid pay; drank drink; sang sing; stood stand; taught teach; brought bring
caught catch; spoke speak; drove drive; rode ride; flew fly; fell fall; broke break; chose choose; wore wear; woke wake
sold sell; sent send; spent spend; built build; held hold; forgot forget; understood understand; grew grow; threw throw
swam swim; became become; lent lend; drew draw; blew blow; rose rise; hid hide; bit bite; shook shake; stole steal
"""
_PARTICIPLES = """
eaten eat; gone go; seen see; given give; taken take; known know; begun begin; written write; drunk drink; sung sing
spoken speak; driven drive; ridden ride; flown fly; fallen fall; broken break; chosen choose; worn wear; woken wake
forgotten forget; grown grow; thrown throw; swum swim; drawn draw; blown blow; risen rise; hidden hide; bitten bite
shaken shake; stolen steal; done do; did do; shown show; torn tear; born bear; lain lie; lay lie
"""
_OTHERS = """
lying lie; dying die; tying tie; men man; women woman; children child; feet foot; teeth tooth; mice mouse; people person
knives knife; leaves leaf; lives life; wives wife; thieves thief; wolves wolf; better good; best good; worse bad; worst bad
has have; had have; gotten get; fed feed; led lead; rang ring; shot shoot; bent bend; swung swing; shone shine; dug dig
movies movie; cookies cookie; stuck stick; stung sting; apologise apologize
apologises apologize; apologised apologize; apologising apologize
"""


def _pairs(lines: str) -> list[tuple[str, str]]:
    return [(form, base) for form, base in (pair.split() for pair in re.split(r"[;\n]", lines) if pair.strip())]


PAST, PARTICIPLES = _pairs(_IRREGULAR), _pairs(_PARTICIPLES)
"""Irregular past forms and participles, each with its base form."""

_BASES = dict((*PAST, *PARTICIPLES, *_pairs(_OTHERS)))
_WORDS = lazy_regex("[a-zé]+")
_SHORTEST = 3  # letters
_FORMS_BEGIN = 4  # letters: cold, colder


@lru_cache(maxsize=16384)
def root(word: str) -> str:
    """Return the root of a lowercase word. Final e is left out, because hoping and hope have the same root."""
    return _without_e(_BASES[word] if word in _BASES else _stem(word))


def roots(text: str) -> frozenset[str]:
    """Return the roots of all words in a text."""
    return frozenset(map(root, _WORDS.findall(text.lower())))


def is_form(form: str, of: str) -> bool:
    """Return whether a root is or begins like another one: colder of cold, meaningful of mean, education of educate."""
    return form == of or (len(of) >= _FORMS_BEGIN and form.startswith(of if len(of) < 6 else of[: max(5, len(of) - 2)]))


def _stem(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > _FORMS_BEGIN:
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST:
        return word[:-1]
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST:
            is_doubled = len(stem) > _SHORTEST and stem[-1] == stem[-2] and stem[-1] not in "ls"
            return stem[:-1] if is_doubled else stem
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST else word
