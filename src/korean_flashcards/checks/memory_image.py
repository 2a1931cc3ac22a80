"""Check that the parts of the memory image belong together, are things one can see, and appear on the Scene card."""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import alike, content_words

IMAGE_PARTS = Check(
    "image_parts", Severity.WARNING, "The metaphor does not show the thing or the action that the record names.",
    "Searches the metaphor for a word from metaphor_noun, and for one from metaphor_action.",
)  # fmt: skip
IMAGE_VAGUE = Check(
    "image_vague", Severity.WARNING, "A part of the memory image cannot be seen.",
    "Finds parts that consist of words such as “something”, “feeling”, or “a place in your mind”.",
)  # fmt: skip
SCENE_IMAGE = Check(
    "scene_image", Severity.WARNING, "The Scene card shows a different image than the record.",
    "Searches the front for words from metaphor_noun, metaphor_action, suggested_location, and anchor_object, and for names "
    "of other places.",
)  # fmt: skip
CHECKS = (IMAGE_PARTS, IMAGE_VAGUE, SCENE_IMAGE)

_VAGUE = """
thing things something somewhere someplace anything anywhere everything everywhere someone somebody anyone place places
location mind minds head imagination dream dreams thought thoughts idea ideas concept concepts feeling feelings emotion
emotions memory memories memorable word words meaning meanings image images picture pictures metaphor object objects stuff
item items action actions doing being happening moment situation situations situated symbol life world nice good pleasant
beautiful great special certain imagine imaginary any some where your own kind abstract general
"""
_PARTS = ("metaphor_noun", "metaphor_action", "suggested_location", "anchor_object")
# Words that do not begin alike.
_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "feet": "foot", "teeth": "tooth", "men": "man", "women": "woman", "people": "person",
    "wolves": "wolf", "leaves": "leaf", "knives": "knife", "loaves": "loaf", "thieves": "thief", "calves": "calf",
    "shelves": "shelf", "wives": "wife", "lice": "louse", "oxen": "ox", "dice": "die", "halves": "half", "scarves": "scarf",
}  # fmt: skip
_IRREGULAR_STEMS = {stem: single for plural, single in _IRREGULAR.items() for stem in content_words(plural)}
_SAME_ACTION = 2  # words: with as many, the front shows the record's action
# A kite slides, two flamingos stare
_ACTOR = lazy_regex(r"\b(?:an?|the|two|three|one) ((?:[a-z-]+ ){1,3}[a-z]+)", re.I)
# it stretches out; to stretch out
_FINITE = lazy_regex(r"(?:it|he|she|they|you|we|I) (?!\w+ing\b)\w+|to [a-z]+(?<!ing)\b", re.I)
# a stairwell landing in Mapo
_AT_A_PLACE = lazy_regex(r"\b(?:in|at|near|behind|of|on|outside) (?:the )?([A-Z][a-z]{3,}(?:-[a-z]+)?)")
_CITIES = """
Seoul Busan Incheon Daegu Daejeon Gwangju Ulsan Suwon Sejong Jeju Jeonju Gyeongju Gangneung Sokcho Andong Yeosu Mokpo
Chuncheon
Pohang Tongyeong Gunsan Suncheon Damyang Wonju Cheonan Cheongju Jinju Gimhae Donghae Pyeongchang Boseong Namhae Paju Icheon
Goyang Seongnam Ansan Masan Changwon Geoje Yangyang Ganghwa Gongju Buyeo Boryeong Namwon Sangju Gumi Yeongju Taebaek
Jeongseon
"""
_CITY_NAMES = frozenset(_CITIES.split())


def image_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report parts of the memory image that are not in the metaphor, or that nobody can see."""
    metaphor = analysis.text("metaphor")
    if analysis.is_offline or analysis.language.code != "en" or not metaphor:
        return
    for field in _PARTS:
        text = analysis.text(field)
        words = content_words(text)
        if text and words <= _vague():
            yield IMAGE_VAGUE.at(field, f"“{text}” cannot be seen: name one concrete thing or place")
        elif field == "metaphor_action" and _FINITE.match(text):
            yield IMAGE_PARTS.at(field, f"metaphor_action must begin with an -ing verb, unlike “{text}”")
        elif field in ("metaphor_noun", "metaphor_action") and not _shows(content_words(metaphor), text):
            yield IMAGE_PARTS.at(field, f"{field} is “{text}”, but the metaphor does not show it: “{metaphor[:60]}”")


def scene_shows_the_image(card: Card) -> Iterator[Finding]:
    """Report a Scene card without the record's image: without its thing and its place, or at a place of a different name."""
    analysis = card.analysis
    noun, place = analysis.text("metaphor_noun"), analysis.text("suggested_location")
    if card.tab_name != "Scene" or card.is_offline or analysis.language.code != "en" or not noun or not place:
        return
    front = content_words(card.front)
    action = content_words(analysis.text("metaphor_action"))
    if not _shows(front, noun):
        thing = content_words(analysis.text("anchor_object"))
        if not _shows(front, place) and not alike(thing, front) and len(action & front) < _SAME_ACTION:
            yield SCENE_IMAGE.at("front", f"the card does not show the record's image: “{noun}” at “{place}”")
            return
        if other := _other_actor(card.front, analysis):
            yield SCENE_IMAGE.at("front", f"“{other}” acts on the front, but metaphor_noun is “{noun}”")
            return
    if not _shows(front, place) and (name := _place_named(card.front, analysis)):
        yield SCENE_IMAGE.at("front", f"the scene is in {name}, but suggested_location is “{place}”")
        return
    cities = _cities(card.front)
    if cities and _cities(place) and not any(city in text for city in cities for _, text in analysis.prose):
        yield SCENE_IMAGE.at("front", f"the scene is in {min(cities)}, but suggested_location is “{place}”")


def _other_actor(front: str, analysis: Analysis) -> str:
    """Return the thing on the front that does what the record's thing should do, or ""."""
    verb = content_words(analysis.text("metaphor_action").partition(" ")[0])
    known = content_words(" ".join(map(analysis.text, ("metaphor", *_PARTS))))
    for found in _ACTOR.finditer(front) if verb else ():
        words = found[1].split()
        at = next((at for at, word in enumerate(words) if at and content_words(word) & verb), 0)
        actor = [word for word in words[:at] if not word.endswith("ly")]
        if actor and content_words(actor[-1]) and not alike(content_words(actor[-1]), known):
            return " ".join(words[:at])
    return ""


def _place_named(front: str, analysis: Analysis) -> str:
    """Return the name of a place on the front that the record never mentions, or ""."""
    known = "\n".join(text for _, text in analysis.prose)
    return next((name for name in _AT_A_PLACE.findall(front) if name not in known), "")


def _cities(text: str) -> set[str]:
    return {word.strip(",.;:?!'’s") for word in text.split() if word[0].isupper()} & _CITY_NAMES


def _shows(shown: frozenset[str], part: str) -> bool:
    """Return whether the words that are shown include one of a part of the image, in any form (mice, mouse)."""
    words = content_words(part)
    if not words or alike(words, shown):
        return True
    pairs = (
        (_IRREGULAR_STEMS.get(word, word), _IRREGULAR_STEMS.get(other, other)) for word in words for other in shown
    )
    return any(one == other for one, other in pairs)


@cache
def _vague() -> frozenset[str]:
    return content_words(_VAGUE)
