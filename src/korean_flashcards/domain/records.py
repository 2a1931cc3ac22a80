"""Define the records that pass between stages: VocabularyItem, Nuance, DraftCard, Flashcard, and Judgement.

Each record is defined only here. The ``formats`` package parses word lists and replies into records; this module
defines valid records and failure codes. The field descriptions appear in the layer reference but are not sent to models
(see ``formats.schemas``).
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

PartOfSpeech = Literal[
    "noun", "verb", "adjective", "adverb", "particle", "determiner", "numeral", "pronoun",
    "interjection", "phrase", "suffix", "ending",
]  # fmt: skip

CardType = Literal["Scene", "Usage-Comparison", "Hanja", "Grammar", "Formal-Casual", "Example", "Cultural"]
CARD_TYPES: tuple[str, ...] = get_args(CardType)

HonorificLevel = Literal["formal", "polite", "casual", "neutral", "humble", "honorific", ""]

Stage = Literal["nuance", "flashcards", "judge"]
# Every word passes through these stages. A word gets a task in the judge stage only if the judge is to rate it.
WORD_STAGES: tuple[Stage, ...] = ("nuance", "flashcards")


class FailureCode(StrEnum):
    """Reasons why a word has no record or a call has no usable reply. See ``failures.KINDS``."""

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
    PERSON_NAME = "person_name"
    WRONG_EXAMPLE = "wrong_example"
    MISSPELLED = "misspelled"


class PendingCode(StrEnum):
    """Reasons why a run left a word pending. Pending words are not failures and do not use up attempts."""

    BUDGET = "budget"
    QUOTA = "quota"
    OUTAGE = "outage"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    CACHE_ONLY = "cache_only"
    BATCH = "batch"
    ANALYSIS = "analysis"  # the word's analysis is from an earlier request, so its cards are not requested yet


class Problem(NamedTuple):
    """A broken rule in one part of a reply: an analysis field or a card."""

    field: Annotated[str, Field(description="The analysis field or the card type that breaks the rule.")]
    message: Annotated[str, Field(description="The rule, and how the reply breaks it.")]


class Severity(StrEnum):
    """A finding's severity: an error is certainly wrong, a warning is probably wrong, and a note may be wrong."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One fault that a check found in an analysis or a card.

    The message is one sentence that explains what is wrong and what was expected. Reviewers see the message, and repair
    requests quote it to the model.
    """

    code: Annotated[str, Field(description="The check that reported the finding; `kedro quality checks` lists them.")]
    severity: Annotated[Severity, Field(description="How serious the finding is: error, warning, or note.")]
    field: Annotated[str, Field(description="The analysis or card field that the finding is about.")]
    message: Annotated[str, Field(description="One sentence that explains what is wrong and what was expected.")]


class ReplyError(Exception):
    """Raised when a reply must not be used. The message is for people; ``code`` is for programs.

    If only parts of the reply are invalid, ``problems`` lists them.
    """

    def __init__(self, code: FailureCode, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.problems = problems


def _none_if_blank(value: Any) -> Any:
    """Return None for any form in which models write an absent value: "", "null", [], {} or an object of these."""
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
    """A word to learn, identified by its headword and homograph number, as in dictionaries (배#1, 배#2)."""

    item_id: Annotated[
        str,
        Field(description="Permanent ID of the word: the headword, #, and the homograph number, for example 배#2."),
    ]
    term: Annotated[Text100, Field(description="The headword in Hangul, without pronunciation; up to 100 characters.")]
    homograph: Annotated[
        int,
        Field(
            ge=1, description="The word's number among words with the same spelling, in import order, starting at 1."
        ),
    ]
    term_number: Annotated[
        int,
        Field(
            ge=1,
            description="The word's number, assigned once: its position in the list when it was first imported, or the "
            "next unused number.",
        ),
    ]
    pos: Annotated[AnyText, Field(description="Part of speech as given in the list, or null.")] = None
    definition: Annotated[
        OptionalText, Field(description="Meaning as given in the list, up to 500 characters, or null.")
    ] = None
    hanja: Annotated[AnyText, Field(description="Hanja as given in the list, or null.")] = None
    topik_level: Annotated[
        Annotated[int, Field(ge=1, le=6)] | None, Field(description="TOPIK level from 1 to 6, or null if unknown.")
    ] = None
    example: Annotated[AnyText, Field(description="Example sentence in Korean from the list, or null.")] = None
    example_translation: Annotated[
        AnyText, Field(description="Translation of the example sentence from the list, or null.")
    ] = None
    usage_hint: Annotated[AnyText, Field(description="Usage note from the list, or null.")] = None
    ipa: Annotated[AnyText, Field(description="Pronunciation in IPA as given in the list, or null.")] = None
    frequency: Annotated[
        int | None,
        Field(description="Frequency of the word, or null. Words with a higher frequency are generated first."),
    ] = None
    tags: Annotated[
        list[str], Field(description="Tags from the list, without spaces. The word's cards get these tags too.")
    ] = []
    file: Annotated[str, Field(description="Name of the word list that the word comes from.")]
    row: Annotated[int, Field(ge=1, description="Row number in the word list. The header is row 1.")]
    batch_id: Annotated[str, Field(description="Batch that added the word.")] = ""
    gone: Annotated[
        bool, Field(description="Whether no list contains the word anymore; see the parameter ingress.gone.")
    ] = False
    removed: Annotated[bool, Field(description="Whether a person removed the word with `kedro word remove`.")] = False


class Comparison(_Record):
    """A comparison of the word with another word that learners confuse with it."""

    vs: Annotated[
        Text100, Field(description="The Korean word that learners confuse with this one; up to 100 characters.")
    ]
    nuance: Annotated[Text500, Field(description="How to choose between the two words; up to 500 characters.")]


class Homonym(_Record):
    """One hanja spelling of a Hangul word. The word's own hanja come first in the list."""

    hanja: Annotated[Text100, Field(description="The Chinese characters; up to 100 characters.")]
    reading: Annotated[
        Text100, Field(description="Reading of the hanja in Hangul; must be part of the word's spelling.")
    ]
    meaning: Annotated[Text200, Field(description="Meaning of the hanja word in English; up to 200 characters.")]
    differentiator: Annotated[
        Text500, Field(description="How to tell this word from its homonyms; up to 500 characters.")
    ]


def headword(term: str) -> str:
    """Return a term without its IPA: "남성" for "남성[nam.sʌŋ]"."""
    return term.split("[", 1)[0].strip()


class Nuance(_Record):
    """The analysis of one word (stage 1), in 17 fields.

    ``term`` combines the headword and its IPA, as in "남성[nam.sʌŋ]". If the combination exceeds 100 characters, ``term``
    is the headword alone.
    """

    term_number: Annotated[int, Field(description="The word's number, as in the vocabulary.")]
    term: Annotated[
        Text100,
        Field(
            description="Headword with its IPA, for example 남성[nam.sʌŋ], or only the headword if the IPA does not fit."
        ),
    ]
    ipa: Annotated[Ipa, Field(description="Pronunciation in IPA, in square brackets, with dots between syllables.")]
    pos: Annotated[
        PartOfSpeech,
        Field(
            description="Part of speech: noun, verb, adjective, adverb, particle, determiner, numeral, pronoun, "
            "interjection, phrase, suffix, or ending."
        ),
    ]
    primary_meaning: Annotated[
        Text200, Field(description="The meaning to learn, as a dictionary would gloss it; up to 200 characters.")
    ]
    other_meanings: Annotated[
        OptionalText, Field(description="Other senses worth knowing; up to 500 characters, or null.")
    ] = None
    metaphor: Annotated[Text300, Field(description="The memory image in one or two sentences; up to 300 characters.")]
    metaphor_noun: Annotated[Text200, Field(description="Who or what acts in the memory image; up to 200 characters.")]
    metaphor_action: Annotated[Text200, Field(description="What happens in the memory image; up to 200 characters.")]
    suggested_location: Annotated[Text200, Field(description="The place where the image is set; up to 200 characters.")]
    anchor_object: Annotated[Text200, Field(description="A tangible object at the location; up to 200 characters.")]
    anchor_sensory: Annotated[
        Text200, Field(description="How the object and the place feel, smell, sound, or taste; up to 200 characters.")
    ]
    explanation: Annotated[Text500, Field(description="How the word is formed and used; up to 500 characters.")]
    usage_context: Annotated[
        OptionalText, Field(description="Who says the word to whom, and when; up to 500 characters, or null.")
    ] = None
    comparison: Annotated[
        Comparison | None, BeforeValidator(_none_if_blank),
        Field(description="A word that learners confuse with this one and how the two differ, or null."),
    ] = None  # fmt: skip
    homonyms: Annotated[
        Annotated[list[Homonym], Field(min_length=1, max_length=5)] | None, BeforeValidator(_none_if_blank),
        Field(description="The word's hanja, followed by other hanja for the same Hangul; one to five entries, or null."),
    ] = None  # fmt: skip
    korean_keywords: Annotated[
        list[Text100],
        Field(
            min_length=1,
            max_length=10,
            description="The headword, followed by related Korean words; one to ten in total.",
        ),
    ]


class DraftCard(_Record):
    """The part of a card that the model writes in stage 2. The other columns are computed."""

    tab_name: Annotated[CardType, Field(description="The card type, for example Scene or Hanja.")]
    front: Annotated[Annotated[str, _text(1000)], Field(description="The question; up to 1,000 characters.")]
    back: Annotated[Annotated[str, _text(4000)], Field(description="The answer; up to 4,000 characters.")]
    tags: Annotated[list[str], Field(description="Tags proposed by the model, without spaces.")] = []
    honorific_level: Annotated[
        HonorificLevel, Field(description="Speech level of the word on the card; empty if the model specified none.")
    ] = ""


class Flashcard(_Record):
    """A finished card (stage 2): the nine columns of ``cards.tsv`` and the word's ID."""

    item_id: Annotated[str, Field(description="ID of the word, for example 배#2.")]
    position: Annotated[int, Field(ge=1, description="Position of the card in the deck, starting at 1.")]
    term: Annotated[Text100, Field(description="Headword with its IPA, as in the analysis.")]
    term_number: Annotated[int, Field(description="The word's number, as in the vocabulary.")]
    tab_name: Annotated[
        CardType,
        Field(description="Card type: Scene, Usage-Comparison, Hanja, Grammar, Formal-Casual, Example, or Cultural."),
    ]
    primer: Annotated[
        Annotated[str, _text(1000)],
        Field(description="Introduction that leads into the memory room; up to 1,000 characters."),
    ]
    front: Annotated[Annotated[str, _text(1000)], Field(description="The question; up to 1,000 characters.")]
    back: Annotated[Annotated[str, _text(4000)], Field(description="The answer; up to 4,000 characters.")]
    tags: Annotated[
        list[str],
        Field(
            min_length=3,
            description="Tags without spaces or commas; the first three start with term:, pos:, and card:.",
        ),
    ]
    honorific_level: Annotated[
        HonorificLevel,
        Field(
            description="Speech level: formal, polite, casual, neutral, humble, or honorific; empty if there is none."
        ),
    ]

    @model_validator(mode="after")
    def _starts_with_computed_tags(self) -> Self:
        if [tag.partition(":")[0] for tag in self.tags[:3]] != ["term", "pos", "card"]:
            raise ValueError("tags must start with term:, pos:, and card:")
        return self


def _whole_number(value: Any) -> Any:
    """Return a rating as an int, regardless of how the model wrote it: 4, "4", 4.0, or "4/5"."""
    if isinstance(value, bool):
        return None
    return int(found[1]) if (found := re.match(r"\s*([1-5])(?:\.0+)?\s*(?:/\s*5\s*)?$", str(value))) else value


class Rating(_Record):
    """A rating for one criterion, with a reason.

    On this scale, 5 is excellent, 4 is good, 3 is usable despite a flaw, 2 needs correction before use, and 1 is wrong.
    """

    reason: Annotated[Text300, Field(description="Why the judge gave this rating; up to 300 characters.")]
    rating: Annotated[
        Literal[1, 2, 3, 4, 5],
        BeforeValidator(_whole_number),
        Field(description="The rating, from 1 (wrong) to 5 (excellent)."),
    ]


OptionalRating = Annotated[Rating | None, BeforeValidator(_none_if_blank)]


# The faults that no check can find. ``prompts/judge.md`` defines them.
FaultKind = Literal["swapped_comparison", "wrong_translation", "wrong_particle", "answer_on_front", "wrong_sense"]


def _field_name(value: Any) -> Any:
    """Return a field's name without a part of the field: "comparison" for "comparison.nuance" and "homonyms[0].hanja"."""
    return re.split(r"[.\[]", value.strip())[0] if isinstance(value, str) else value


class Fault(_Record):
    """A fault that the judge found in the analysis or on a card."""

    fault: Annotated[FaultKind, Field(description="The kind of fault, as defined in ``prompts/judge.md``.")]
    card: Annotated[
        Literal["analysis", CardType],
        BeforeValidator(lambda value: "analysis" if value == "nuance" else value),
        Field(description='The card with the fault, or "analysis" for the analysis.'),
    ]
    field: Annotated[
        Text100,
        BeforeValidator(_field_name),
        Field(description="The field with the fault: front or back on a card, or a field of the analysis."),
    ]
    quote: Annotated[Text300, Field(description="The faulty text, quoted from the field; up to 300 characters.")]
    reason: Annotated[Text300, Field(description="Why it is a fault; up to 300 characters.")]

    @model_validator(mode="after")
    def _has_field(self) -> Self:
        fields = tuple(Nuance.model_fields) if self.card == "analysis" else ("front", "back")
        if self.field not in fields:
            where = "the analysis" if self.card == "analysis" else f"the card {self.card}"
            raise ValueError(f"{where} has no field {self.field!r}; use {', '.join(fields)}")
        return self


class Judgement(_Record):
    """A model's ratings of a word's analysis and cards, based on the criteria in ``prompts/judge.md``.

    Replies to prompts of earlier releases have no faults.
    """

    term: Annotated[Text100, Field(description="The rated word; up to 100 characters.")]
    faults: Annotated[
        list[Fault],
        BeforeValidator(lambda value: _none_if_blank(value) or []),
        Field(description="The faults that the judge found, each with its card and field; empty if there are none."),
    ] = []
    meaning: Annotated[Rating, Field(description="Whether the statements about the word are true.")]
    naturalness: Annotated[Rating, Field(description="Whether a native speaker would say or write the Korean text.")]
    comparison: Annotated[
        OptionalRating,
        Field(description="Whether the comparison helps learners choose between the words; null if there is none."),
    ]
    image: Annotated[Rating, Field(description="Whether the memory image conveys the meaning.")]
    examples: Annotated[
        OptionalRating,
        Field(description="Whether the examples fit the sense and level; null if there are no Korean examples."),
    ]


class RejectCode(StrEnum):
    """Reasons why a word list row is rejected."""

    NO_TERM = "no_term"
    NO_HANGUL = "no_hangul"
    TOO_LONG = "too_long"
    EXTRA_CELLS = "extra_cells"
    SEVERAL_MEANINGS = "several_meanings"
    INVALID = "invalid"
    CONSTRAINT = "constraint"
