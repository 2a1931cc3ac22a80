"""The records that pass between stages, the ONE definition of each: VocabularyItem, Nuance, DraftCard, Flashcard.

How a word list's or a model's text becomes a record is in ``formats``; this module only says what a good record is, and
names the codes of what is none.
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

PartOfSpeech = Literal[
    "noun", "verb", "adjective", "adverb", "particle", "determiner", "numeral", "pronoun",
    "interjection", "phrase", "suffix", "ending",
]  # fmt: skip
PARTS_OF_SPEECH: tuple[str, ...] = get_args(PartOfSpeech)

CardType = Literal["Scene", "Usage-Comparison", "Hanja", "Grammar", "Formal-Casual", "Example", "Cultural"]
CARD_TYPES: tuple[str, ...] = get_args(CardType)

HonorificLevel = Literal["formal", "polite", "casual", "neutral", "humble", "honorific", ""]

Stage = Literal["nuance", "flashcards", "judge"]
# What every word goes through. The judge rates some words, if any, and only then has a word a task of it.
WORD_STAGES: tuple[Stage, ...] = ("nuance", "flashcards")


class FailureCode(StrEnum):
    """Why a word has no record, or a call no usable reply. What each means and what to do: ``failures.KINDS``."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    QUOTA = "quota"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    PROVIDER_OUTAGE = "provider_outage"
    CONTEXT_LENGTH = "context_length"
    BAD_REQUEST = "bad_request"
    INTERNAL = "internal"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    CUT_SHORT = "cut_short"
    EMPTY = "empty"
    HEADER_ONLY = "header_only"
    MALFORMED = "malformed"
    WRONG_COLUMNS = "wrong_columns"
    CONTRACT = "contract"
    WRONG_WORD = "wrong_word"
    MISSING_CARD = "missing_card"
    UNEXPECTED_CARD = "unexpected_card"
    DUPLICATE_CARD = "duplicate_card"
    NO_CARD_TYPE = "no_card_type"
    NO_DEFINITION = "no_definition"
    NO_PRONUNCIATION = "no_pronunciation"


class PendingCode(StrEnum):
    """Why a word was not requested in a run, and waits for another: nobody's fault, so no attempt is counted."""

    BUDGET = "budget"
    QUOTA = "quota"
    OUTAGE = "outage"
    CACHE_ONLY = "cache_only"
    BATCH = "batch"


class Problem(NamedTuple):
    """One rule that one part of a reply breaks: a field of the nuance record, or a card (``field`` is its tab_name)."""

    field: str
    message: str


class Severity(StrEnum):
    """How bad a finding is: an error is wrong for sure or teaches something false, a warning probably is, a note may be."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One thing that a check found in an analysis or a card.

    ``code`` names the check. ``field`` is the field of the nuance record or of the card; ``message`` is one sentence that
    says what is wrong and what is right, so that a repair request can quote it and a reviewer understands it.
    """

    code: str
    severity: Severity
    field: str
    message: str


class ReplyError(Exception):
    """A reply that must not be used: ``code`` for machines, the message for people.

    ``problems`` name the parts to blame where the rest of the reply is good.
    """

    def __init__(self, code: FailureCode, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.problems = problems


def _none_if_blank(value: Any) -> Any:
    """Models write an absent value as "", "null", [], {} or an object of such; the contract knows only null."""
    if isinstance(value, str) and value.strip().lower() in {"", "null", "none", "n/a"}:
        return None
    if isinstance(value, dict) and all(part is None or _none_if_blank(part) is None for part in value.values()):
        return None
    return None if value == [] else value


def _text(limit: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=limit)


Text100 = Annotated[str, _text(100)]
Text200 = Annotated[str, _text(200)]
Text300 = Annotated[str, _text(300)]
Text500 = Annotated[str, _text(500)]
Ipa = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^\[[^\[\]]+\]$")]
OptionalText = Annotated[Text500 | None, BeforeValidator(_none_if_blank)]
AnyText = Annotated[Annotated[str, StringConstraints(strip_whitespace=True)] | None, BeforeValidator(_none_if_blank)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VocabularyItem(_Record):
    """One word to learn. Its identity is the dictionaries' own: headword + homograph number (배#1, 배#2)."""

    item_id: str
    term: Text100
    homograph: Annotated[int, Field(ge=1)]
    term_number: Annotated[int, Field(ge=1)]
    pos: AnyText = None
    definition: OptionalText = None
    hanja: AnyText = None
    topik_level: Annotated[int, Field(ge=1, le=6)] | None = None
    example: AnyText = None
    example_translation: AnyText = None
    usage_hint: AnyText = None
    ipa: AnyText = None
    frequency: int | None = None
    tags: list[str] = []
    file: str
    row: Annotated[int, Field(ge=1)]


class Comparison(_Record):
    """The word a learner confuses this one with, and the difference."""

    vs: Text100
    nuance: Text500


class Homonym(_Record):
    """One hanja reading of the same Hangul; the word's own hanja comes first."""

    hanja: Text100
    reading: Text100
    meaning: Text200
    differentiator: Text500


def headword(term: str) -> str:
    """Return the word alone, without the IPA that a term carries: "남성[nam.sʌŋ]" → "남성"."""
    return term.split("[", 1)[0].strip()


class Nuance(_Record):
    """Stage 1: the 17 fields of the analysis of one word.

    ``term`` is the word with its IPA, "남성[nam.sʌŋ]", or the word alone where both pass 100 characters.
    """

    term_number: int
    term: Text100
    ipa: Ipa
    pos: PartOfSpeech
    primary_meaning: Text200
    other_meanings: OptionalText = None
    metaphor: Text300
    metaphor_noun: Text200
    metaphor_action: Text200
    suggested_location: Text200
    anchor_object: Text200
    anchor_sensory: Text200
    explanation: Text500
    usage_context: OptionalText = None
    comparison: Annotated[Comparison | None, BeforeValidator(_none_if_blank)] = None
    homonyms: Annotated[
        Annotated[list[Homonym], Field(min_length=1, max_length=5)] | None, BeforeValidator(_none_if_blank)
    ] = None
    korean_keywords: Annotated[list[Text100], Field(min_length=1, max_length=10)]


class DraftCard(_Record):
    """What a model writes of one card in stage 2; code adds the rest."""

    tab_name: CardType
    front: Annotated[str, _text(1000)]
    back: Annotated[str, _text(4000)]
    tags: list[str] = []
    honorific_level: HonorificLevel = ""


class Flashcard(_Record):
    """Stage 2: one card, the nine columns of the TSV plus the identity of the word it belongs to."""

    item_id: str
    position: Annotated[int, Field(ge=1)]
    term: Text100
    term_number: int
    tab_name: CardType
    primer: Annotated[str, _text(1000)]
    front: Annotated[str, _text(1000)]
    back: Annotated[str, _text(4000)]
    tags: Annotated[list[str], Field(min_length=3)]
    honorific_level: HonorificLevel

    @model_validator(mode="after")
    def _starts_with_what_code_knows(self) -> Self:
        if [tag.partition(":")[0] for tag in self.tags[:3]] != ["term", "pos", "card"]:
            raise ValueError("tags must start with term:, pos: and card:")
        return self


def _whole_number(value: Any) -> Any:
    """Models write a rating as 4, "4", 4.0 or "4/5"."""
    if isinstance(value, bool):
        return None
    return int(found[1]) if (found := re.match(r"\s*([1-5])(?:\.0+)?\s*(?:/\s*5\s*)?$", str(value))) else value


class Rating(_Record):
    """One criterion of a judge: 5 excellent, 4 good, 3 usable with a flaw, 2 to be mended first, 1 wrong; and why."""

    reason: Text300
    rating: Annotated[Literal[1, 2, 3, 4, 5], BeforeValidator(_whole_number)]


OptionalRating = Annotated[Rating | None, BeforeValidator(_none_if_blank)]


class Judgement(_Record):
    """What a model says of a word's analysis and cards, by the rubric of prompts/judge.md.

    Null: the word has no comparison, or its cards have no Korean example.
    """

    term: Text100
    meaning: Rating
    naturalness: Rating
    comparison: OptionalRating
    image: Rating
    examples: OptionalRating


class RejectCode(StrEnum):
    """Why a row of a word list is not imported."""

    NO_TERM = "no_term"
    NO_HANGUL = "no_hangul"
    TOO_LONG = "too_long"
    EXTRA_CELLS = "extra_cells"
    INVALID = "invalid"
    CONSTRAINT = "constraint"
