"""Parse a stage-1 reply into the analysis of the requested word."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.records import FailureCode, Nuance, Problem, ReplyError
from korean_flashcards.formats.json_text import find_json, unwrapped
from korean_flashcards.formats.nuance_shapes import FIELDS, as_fields, merged, revised
from korean_flashcards.formats.other_word import is_record_about_other_word
from korean_flashcards.formats.placeholders import is_absent, is_filler, is_placeholder
from korean_flashcards.formats.record_search import RecordShape
from korean_flashcards.formats.refusals import refusal
from korean_flashcards.formats.same_word import same_word
from korean_flashcards.korean.entry_ipa import ipa_of_entry
from korean_flashcards.korean.hangul import has_hangul, strip_to_hangul

# The fields without which an analysis is incomplete. The keywords always contain at least the word itself.
# Code computes the IPA of all words without digits and Latin letters.
_FIELD_SET = set(FIELDS) - {"ipa"}
_REQUIRED = {name for name in FIELDS if Nuance.model_fields[name].is_required()} - {"korean_keywords", "ipa"}
# The required fields that contain free text. At least half of them are placeholders in a sketch of the record.
_PROSE = tuple(name for name in FIELDS if name in _REQUIRED - {"term", "pos"})
_SENTENCES = {"metaphor", "anchor_sensory", "explanation"}
# Other placeholders could be IPA, such as "na".
_NOT_IPA = {"", "ipa", "n/a", "null", "none", "unknown", "tbd", "pronunciation"}
# What models write in place of hanja: "", "native Korean", "순우리말", "고유어 (no hanja)".
_NATIVE = re.compile(
    r"\s*|\W*(?:(?:pure|purely|native)(?:[ -]korean)?(?: word)?|no hanja|순우리말|순 ?한국어|고유어|토박이말|한자 ?없음)"
    r"(?:\W.*)?",
    re.IGNORECASE,
)
_OPTIONAL_TEXTS = ("other_meanings", "usage_context")
# The function that recognizes a missing text in each field. A meaning can be "unknown" (미상), and a thing can be a string,
# so in the short fields only other values are certain.
_IS_MISSING = (
    dict.fromkeys(_PROSE, is_absent) | dict.fromkeys(_SENTENCES, is_placeholder) | {"primary_meaning": is_filler}
)
_COMPLETE = 100


def read_nuance(text: str, word: str, term_number: int) -> Nuance:
    """Return the analysis in ``text``. The ``term`` is built from the requested word and its IPA.

    The IPA is computed unless the reply has it. Earlier prompts requested it for every word.

    Raises:
        ReplyError: The reply is invalid. The code is ``wrong_word``, ``contract`` (with the fields and the broken
            rules), or a code from ``find_json``.
    """
    reply = _fields(text, word)
    about = str(reply.get("term") or "")
    if not same_word(about, word):
        raise ReplyError(FailureCode.WRONG_WORD, f"the reply is about {about[:60]!r}, not about {word!r}")
    fields = {name: reply[name] for name in Nuance.model_fields if name in reply}
    if _is_sketch(fields):
        raise _no_record(fields)
    if problems := _placeholders(fields):
        raise ReplyError(FailureCode.CONTRACT, f"{problems[0].field}: {problems[0].message}", problems)
    ipa = _ipa(fields.get("ipa"))
    if is_record_about_other_word(fields, word, ipa):
        message = f"the IPA {ipa} and the keywords are those of a different word, not of {word!r}"
        raise ReplyError(FailureCode.WRONG_WORD, message)
    pos = part_of_speech(fields.get("pos"))
    ipa = ipa or _computed_ipa(fields, word, pos)
    fields |= {"term_number": term_number, "ipa": ipa, "term": heading(word, ipa), "pos": pos}
    fields["korean_keywords"] = _keywords(fields.get("korean_keywords"), word)
    fields |= {name: None for name in _OPTIONAL_TEXTS if is_absent(fields.get(name))}
    fields["homonyms"] = _with_hanja(fields.get("homonyms"))
    if isinstance(comparison := fields.get("comparison"), list) and len(comparison) == 1:
        fields["comparison"] = comparison[0]
    try:
        nuance = Nuance.model_validate(fields)
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error)) from error
    check_readings(nuance, word)
    return nuance


def heading(word: str, ipa: str) -> str:
    """Return the word with its IPA, "남성[nam.sʌŋ]", or the word alone if the two together exceed 100 characters."""
    return f"{word}{ipa}" if len(word) + len(ipa) <= 100 else word


def nuance_fields(text: str, word: str, *, but_last: bool = False) -> dict[str, Any]:
    """Return the fields in ``text`` as the model sent them, except that all strings are cleaned.

    Args:
        text: The reply.
        word: The requested word. If the reply has several complete records, the last one about this word is used.
        but_last: Whether the reply may end in the middle of its last field.

    Raises:
        ReplyError: The reply is invalid. The code comes from ``find_json``.
    """
    whole = _has_all if but_last else _whole
    shape = RecordShape(
        score=lambda value: _score(value, word), complete=_COMPLETE, whole=whole, in_list=but_last, plain=_is_plain,
        joined=merged, revised=lambda record, later: revised(record, later, word),
    )  # fmt: skip
    reply = as_fields(unwrapped(find_json(text, shape)))
    if not isinstance(reply, dict):
        raise ReplyError(FailureCode.MALFORMED, f"expected one JSON object, found an array of length {len(reply)}")
    return reply


def _fields(text: str, word: str) -> dict[str, Any]:
    """Return the fields in ``text`` as the model sent them.

    If the reply ends in the middle of its last field, the error names that field, and only that field is requested
    again.
    """
    try:
        return nuance_fields(text, word)
    except ReplyError as error:
        if error.code is not FailureCode.CUT_SHORT:
            raise
        try:
            last = list(nuance_fields(text, word, but_last=True))[-1]
        except ReplyError:
            raise error from None
        raise ReplyError(
            error.code, str(error), (Problem(last, "the reply ended in the middle of this field"),)
        ) from None


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() >= _REQUIRED


def _score(value: Any, word: str) -> int:
    """Return how many fields the value has. A complete record scores more, and most if it is about the word."""
    fields = as_fields(value)
    if not isinstance(fields, dict) or not (found := fields.keys() & _FIELD_SET):
        return 0
    if not found >= _REQUIRED:
        return len(found)
    return 1 if _is_sketch(fields) else _COMPLETE + same_word(str(fields["term"] or ""), word)


def _is_sketch(fields: dict[str, Any]) -> bool:
    """Return whether at least half of the texts are placeholders, refusals, or the same text."""
    texts = [str(fields[name]).strip() for name in _PROSE if name in fields]
    return (
        2 * max(map(texts.count, texts), default=0) >= len(_PROSE)
        or _are_half(is_placeholder(fields.get(name), name) for name in _PROSE)
        or _are_half(map(_is_refusal, texts))
    )


def _are_half(found: Iterable[bool]) -> bool:
    """Return whether a property holds for at least half of the texts. Stop when the other texts cannot change that."""
    yes = no = 0
    for holds in found:
        yes, no = yes + holds, no + (not holds)
        if 2 * yes >= len(_PROSE) or 2 * no > len(_PROSE):
            break
    return 2 * yes >= len(_PROSE)


def _is_refusal(text: str) -> bool:
    return refusal(text) is not None


def _no_record(fields: dict[str, Any]) -> ReplyError:
    """Return the error for a record without content. It names no fields, so the whole record is requested again."""
    refusals = [error for name in _PROSE if (error := refusal(str(fields.get(name) or "")))]
    if 2 * len(refusals) >= len(_PROSE):
        return refusals[0]
    first = next((fields[name] for name in _PROSE if is_placeholder(fields.get(name), name)), fields.get(_PROSE[0]))
    return ReplyError(FailureCode.CONTRACT, f"most fields contain no new text, for example {str(first)[:60]!r}")


def _placeholders(fields: dict[str, Any]) -> tuple[Problem, ...]:
    """Return a problem for each required field that contains only a placeholder."""
    found = [name for name, is_missing in _IS_MISSING.items() if is_missing(fields.get(name))]
    return tuple(Problem(name, "the value is a placeholder") for name in found)


def part_of_speech(name: Any) -> str:
    """Return the standard name of a part of speech. An unknown name is returned in lowercase."""
    plain = " ".join(re.sub(r"[_-]", " ", name).lower().split()) if isinstance(name, str) else ""
    # Models call endings and patterns "grammar". In a word list, this is not a part of speech.
    return "ending" if plain == "grammar" else standard_part_of_speech(plain) or plain


def contract_message(error: ValidationError) -> str:
    """Return one line that lists up to six fields, each with the rule that it breaks."""
    parts = [problem.message for problem in problems_of(error, "record")]
    return "; ".join(parts[:6]) + (f"; and {len(parts) - 6} more" if len(parts) > 6 else "")


def problems_of(error: ValidationError, whole: str | None = None) -> tuple[Problem, ...]:
    """Return one problem for each broken rule, with the field's name or, if ``whole`` is given, with that name."""
    problems = []
    for broken in error.errors(include_url=False):
        path, rule = [str(step) for step in broken["loc"]], broken["msg"].lower()
        field = whole or path.pop(0)
        problems.append(Problem(field, f"{'.'.join(path)}: {rule}" if path else rule))
    return tuple(problems)


def _whole(value: Any) -> bool:
    """Return whether a reply is complete apart from its closing brackets.

    A reply that ends in the ``homonyms`` field does not count as complete, because some homonyms may be missing.
    """
    return _has_all(value) and list(unwrapped(value))[-1] != "homonyms"


def _has_all(value: Any) -> bool:
    """Return whether every field is present, at least partially."""
    reply = unwrapped(value)
    return isinstance(reply, dict) and reply.keys() >= _FIELD_SET


def _ipa(value: Any) -> str:
    """Return the IPA in square brackets, or "" if the value is missing, a placeholder, or a reading in Hangul.

    Models often omit the brackets or use slashes instead.
    """
    bare = value.strip().strip("/").strip() if isinstance(value, str) else ""
    text = bare.strip("[]/ ")
    if text.lower() in _NOT_IPA or is_filler(text) or has_hangul(text):
        return ""
    return bare if bare.startswith("[") else f"[{bare}]"


def _computed_ipa(fields: dict[str, Any], word: str, pos: str) -> str:
    """Return the IPA of the standard pronunciation.

    Raises:
        ReplyError: The spelling of the word, such as digits, does not show how it is read, and the reply does not say it.
    """
    homonyms = fields.get("homonyms")
    own = homonyms[0] if isinstance(homonyms, list) and homonyms and isinstance(homonyms[0], dict) else {}
    meaning, reading = str(fields.get("primary_meaning") or ""), str(fields.get("ipa") or "").strip("[]/ ")
    ipa = ipa_of_entry(word, pos, meaning=meaning, hanja=str(own.get("hanja") or ""), reading=reading)
    if ipa is None:
        message = f"the spelling of {word} does not show how it is read: write it in Hangul, such as [십 분] for 10분"
        raise ReplyError(FailureCode.CONTRACT, f"ipa: {message}", (Problem("ipa", message),))
    return ipa


def _with_hanja(homonyms: Any) -> Any:
    """Return the homonyms that have hanja. Models also list native words, although the field is for Sino-Korean words.

    The first homonym is the word itself. If it is a native word, the field is None.
    """
    if isinstance(homonyms, dict):
        homonyms = [homonyms] if homonyms else None
    if not isinstance(homonyms, list) or not homonyms:
        return homonyms
    return None if _is_native(homonyms[0]) else [each for each in homonyms if not _is_native(each)]


def _is_native(homonym: Any) -> bool:
    """Return whether a homonym says that it has no hanja."""
    hanja = homonym.get("hanja", "missing") if isinstance(homonym, dict) else "missing"
    return hanja is None or (isinstance(hanja, str) and (is_absent(hanja) or _NATIVE.fullmatch(hanja) is not None))


def _keywords(value: Any, word: str) -> list[str]:
    """Return up to ten keywords without duplicates, starting with the word itself."""
    words = re.split(r"[,;]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    others = [keyword.strip() for keyword in words if isinstance(keyword, str) and not same_word(keyword, word)]
    return [word, *dict.fromkeys(filter(None, others))][:10]


def check_readings(nuance: Nuance, word: str) -> None:
    """Check that each homonym's reading is part of the word.

    Raises:
        ReplyError: A reading is not part of the word. The code is ``contract``.
    """
    problems = tuple(
        Problem("homonyms", f"the reading {homonym.reading!r} of {homonym.hanja} is not part of {word!r}")
        for homonym in nuance.homonyms or []
        if not (reading := strip_to_hangul(homonym.reading)) or reading not in strip_to_hangul(word)
    )
    if problems:
        raise ReplyError(FailureCode.CONTRACT, f"homonyms: {problems[0].message}", problems)
