"""Provide valid records and replies of each stage for tests to modify."""

import json
from typing import Any

WORD = "남성"
Record = dict[str, Any]

NUANCE: Record = {
    "term": "남성[nam.sʌŋ]",
    "ipa": "[nam.sʌŋ]",
    "pos": "noun",
    "primary_meaning": "man, male (formal)",
    "other_meanings": "the male sex",
    "metaphor": "An oak tree that stands alone: {broad}, [old], and it says “I can't bend”.",
    "metaphor_noun": "oak tree",
    "metaphor_action": "stands its ground",
    "suggested_location": "a hill above the sea",
    "anchor_object": "an iron gate",
    "anchor_sensory": 'the smell of "cold" iron',
    "explanation": "The oak is as formal as the word.",
    "usage_context": "News and surveys.",
    "comparison": {"vs": "남자", "nuance": "남자 is the everyday word."},
    "homonyms": [{"hanja": "男性", "reading": "남성", "meaning": "male", "differentiator": "男 man; 性 nature"}],
    "korean_keywords": ["남성", "남자", "여성"],
}

CARDS: list[Record] = [
    {"tab_name": "Scene", "front": "Who stands on the hill?", "back": "남성: an oak, and it says {no}.", "tags": ["oak"],
     "honorific_level": "formal"},
    {"tab_name": "Hanja", "front": "Which characters?", "back": '男 and 性, "man" and "nature".', "tags": [],
     "honorific_level": ""},
]  # fmt: skip
TYPES = ["Scene", "Hanja"]
TSV_HEADER = "position\tterm\tterm_number\ttab_name\tprimer\tfront\tback\ttags\thonorific_level"
TSV_ROWS = [
    "1\t남성[nam.sʌŋ]\t7\tScene\tYou enter.\tWho stands?\tAn oak.\tterm:남성,oak\tformal",
    "2\t남성[nam.sʌŋ]\t7\tHanja\tYou enter.\tWhich characters?\t男性\thanja\t",
]


def text_of(value: Any, indent: str | int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
