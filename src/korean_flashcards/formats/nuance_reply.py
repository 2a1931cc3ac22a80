"""Stage 1: a model's text → the nuance record of the requested word."""

import re
import unicodedata
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.records import PARTS_OF_SPEECH, FailureCode, Nuance, Problem, ReplyError, headword
from korean_flashcards.formats.json_text import find_json, unwrapped
from korean_flashcards.korean.hangul import strip_to_hangul

# What models and word lists call the parts of speech, beside the contract's own names.
_POS_NAMES = {
    "number": "numeral", "counter": "noun", "dependent noun": "noun", "bound noun": "noun", "proper noun": "noun",
    "auxiliary verb": "verb", "auxiliary adjective": "adjective", "descriptive verb": "adjective", "copula": "adjective",
    "adnominal": "determiner", "prenoun": "determiner", "exclamation": "interjection", "idiom": "phrase",
    "expression": "phrase", "sentence": "phrase", "marker": "particle", "postposition": "particle",
    "verb ending": "ending", "grammar": "ending", "prefix": "suffix", "affix": "suffix",
}  # fmt: skip
# What a model returns; code fills in the number.
FIELDS = tuple(name for name in Nuance.model_fields if name != "term_number")
_NOT_HANGUL, _NOT_HANGUL_OR_LATIN = re.compile("[^가-힣]"), re.compile("[^가-힣a-z0-9]")


def read_nuance(text: str, word: str, term_number: int) -> Nuance:
    """Return the record in ``text``; ``term`` is composed anew from the requested word and the IPA.

    Raises ReplyError: the codes of ``find_json``, ``wrong_word``, ``contract`` (naming the fields and rules).
    """
    reply = _fields(text)
    about = str(reply.get("term") or "")
    if not same_word(about, word):
        raise ReplyError(FailureCode.WRONG_WORD, f"the reply is about {about[:60]!r}, not about {word!r}")
    fields = {name: reply[name] for name in Nuance.model_fields if name in reply}
    ipa = _ipa(fields.get("ipa"))
    fields |= {
        "term_number": term_number,
        "ipa": ipa,
        "term": heading(word, ipa),
        "pos": part_of_speech(fields.get("pos")),
    }
    fields["korean_keywords"] = _keywords(fields.get("korean_keywords"), word)
    if isinstance(homonym := fields.get("homonyms"), dict):
        fields["homonyms"] = [homonym] if homonym else None
    if isinstance(comparison := fields.get("comparison"), list) and len(comparison) == 1:
        fields["comparison"] = comparison[0]
    try:
        nuance = Nuance.model_validate(fields)
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error)) from error
    check_readings(nuance, word)
    return nuance


def heading(word: str, ipa: str) -> str:
    """Return the word with its IPA, "남성[nam.sʌŋ]". A long phrase has no room for it; the field ``ipa`` has it."""
    return f"{word}{ipa}" if len(word) + len(ipa) <= 100 else word


def nuance_fields(text: str, *, but_last: bool = False) -> dict[str, Any]:
    """Return the object in ``text`` as the model sent it; ``but_last``: the reply may end in the middle of its last field.

    Raises ReplyError: the codes of ``find_json``.
    """
    reply = unwrapped(find_json(text, _has_all if but_last else _whole, in_list=but_last))
    if not isinstance(reply, dict):
        raise ReplyError(FailureCode.MALFORMED, f"expected one JSON object, found an array of {len(reply)}")
    return reply


def _fields(text: str) -> dict[str, Any]:
    """The same; where only the last field is in doubt, the error blames it alone, so that it alone is requested again."""
    try:
        return nuance_fields(text)
    except ReplyError as error:
        if error.code is not FailureCode.CUT_SHORT:
            raise
        try:
            last = list(nuance_fields(text, but_last=True))[-1]
        except ReplyError:
            raise error from None
        raise ReplyError(error.code, str(error), (Problem(last, "the reply ended in the middle of it"),)) from None


def same_word(about: str, word: str) -> bool:
    """Whether ``about`` (perhaps with an IPA in brackets, another Unicode form, hanja beside it) is the word.

    Digits and Latin letters count where the word has some (10분 is not 20분); beside other words they are a romanisation
    or a gloss.
    """
    plain, wanted = _plain(headword(about)), _plain(word)
    if plain == wanted:
        return True
    ignored = _NOT_HANGUL_OR_LATIN if re.search(r"[a-z0-9]", wanted) else _NOT_HANGUL
    return ignored.sub("", plain) == ignored.sub("", wanted)


def part_of_speech(name: Any) -> str:
    """The contract's name for what a model or list calls a part of speech; unknown names are returned as they are."""
    plain = " ".join(re.sub(r"[_-]", " ", str(name or "")).lower().split())
    if plain in PARTS_OF_SPEECH:
        return plain
    return _POS_NAMES.get(plain, _POS_NAMES.get(plain.split(" (")[0], plain.split(" (")[0]))


def contract_message(error: ValidationError) -> str:
    """One line naming each field and the rule that it breaks."""
    parts = [problem.message for problem in problems_of(error, "record")]
    return "; ".join(parts[:6]) + (f"; and {len(parts) - 6} more" if len(parts) > 6 else "")


def problems_of(error: ValidationError, whole: str | None = None) -> tuple[Problem, ...]:
    """Return each broken rule as a problem of the field that breaks it, or all as problems of ``whole``."""
    problems = []
    for broken in error.errors(include_url=False):
        path, rule = [str(step) for step in broken["loc"]], broken["msg"].lower()
        field = whole or path.pop(0)
        problems.append(Problem(field, f"{'.'.join(path)}: {rule}" if path else rule))
    return tuple(problems)


def _whole(value: Any) -> bool:
    """Whether a reply that lacks its last brackets has every field; of homonyms at its end more may have been to come."""
    return _has_all(value) and list(unwrapped(value))[-1] != "homonyms"


def _has_all(value: Any) -> bool:
    """Whether every field has at least begun."""
    reply = unwrapped(value)
    return isinstance(reply, dict) and reply.keys() >= set(FIELDS)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def _ipa(value: Any) -> str:
    """The IPA in square brackets: models forget them or write slashes."""
    bare = value.strip().strip("/").strip() if isinstance(value, str) else ""
    return bare if bare.startswith("[") or not bare else f"[{bare}]"


def _keywords(value: Any, word: str) -> list[str]:
    """The term itself first, then the others, each once, ten at most."""
    words = re.split(r"[,;]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    others = [keyword.strip() for keyword in words if isinstance(keyword, str) and not same_word(keyword, word)]
    return [word, *dict.fromkeys(filter(None, others))][:10]


def check_readings(nuance: Nuance, word: str) -> None:
    """A homonym is the same Hangul: its reading must stand in the word."""
    problems = tuple(
        Problem("homonyms", f"{homonym.hanja} is read {homonym.reading!r}, which is not {word!r}")
        for homonym in nuance.homonyms or []
        if not (reading := strip_to_hangul(homonym.reading)) or reading not in strip_to_hangul(word)
    )
    if problems:
        raise ReplyError(FailureCode.CONTRACT, f"homonyms: {problems[0].message}", problems)
