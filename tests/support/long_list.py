"""Generate a word list of 10,000 rows, similar to lists found online. The list is always the same.

The list has 19 columns, CRLF line endings, and no BOM. Most terms are inflected forms: a Sino-Korean noun with a
particle, or a verb from it. Many rows therefore share a definition. There are 62 terms with digits or Latin letters, 6
rows without a definition, and 55 rows with a placeholder definition. The IPA has no brackets and no liaison. No term
occurs twice.
"""

import csv
import io
from collections.abc import Iterator
from itertools import count, islice

from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.hanja_data import all_taught, words
from korean_flashcards.korean.ipa import ipa_of

ROWS, WITH_SIGNS, WITHOUT_DEFINITION, PLACEHOLDERS = 10_000, 62, 6, 55
NOUNS = 1_800
HEADER = (
    "Position", "Hangul", "IPA_Pronunciation", "Word_Type", "TOPIK_Level", "Definition", "Example_Sentence",
    "Example_Sentence_IPA", "Example_Sentence_Translation", "Usage_Hint", "Frequency", "Frequency_Number", "Verified",
    "Quality_Score", "HSK_Compliance", "Processed", "Reasoning_Tokens", "Total_Tokens", "O4_Error",
)  # fmt: skip
# (after a vowel, after a consonant, part of speech)
FORMS = (
    ("", "", "noun"), ("가", "이", "noun"), ("를", "을", "noun"), ("는", "은", "particle"), ("에서", "에서", "noun"),
    ("의", "의", "particle"), ("하고", "하고", "verb"), ("해요", "해요", "verb"),
)  # fmt: skip
_KINDS = (
    "quiet", "sudden", "public", "private", "early", "late", "narrow", "heavy", "written", "spoken", "common", "rare",
    "formal", "daily", "yearly", "final", "first", "hidden", "shared", "borrowed", "local", "foreign", "broken",
    "careful", "free", "costly", "warm", "cold", "official", "simple",
)  # fmt: skip
_THINGS = (
    "agreement", "arrival", "balance", "border", "building", "ceremony", "choice", "custom", "debt", "discovery",
    "document", "effort", "exchange", "festival", "gathering", "harvest", "illness", "invention", "journey", "judgment",
    "kingdom", "law", "lesson", "letter", "market", "measure", "memory", "message", "method", "mountain pass", "movement",
    "office", "opinion", "order", "payment", "permission", "plan", "promise", "question", "reason", "record", "repair",
    "request", "reward", "school", "season", "service", "shelter", "signal", "story", "support", "tool", "trade", "visit",
    "voyage", "warning", "weapon", "workshop", "worship", "wound",
)  # fmt: skip
_COUNTERS = ("년", "분", "번", "주", "개월", "시간", "명", "층")
_LATIN = ("tv", "fbi", "cd", "dna", "pc", "vip", "sns", "kbs", "it", "dj")


def long_list() -> bytes:
    """Return the list as the bytes of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(_row(number, *word) for number, word in enumerate(islice(_words(), ROWS), 1))
    return text.getvalue().encode()


def _words() -> Iterator[tuple[str, str, str]]:
    """Yield the term, part of speech, and definition of each row. The special rows are spread across the list."""
    special, plain = _special(), _inflected()
    every = ROWS // (WITH_SIGNS + WITHOUT_DEFINITION + PLACEHOLDERS)
    for number in count(1):
        word = next(special, None) if number % every == 0 else None
        yield word or next(plain)


def _special() -> Iterator[tuple[str, str, str]]:
    for number in range(WITH_SIGNS - 2 * len(_LATIN)):
        yield f"{number + 1}{_COUNTERS[number % len(_COUNTERS)]}", "noun", f"the amount {number + 1}"
    for letters in _LATIN:
        yield f"{letters}에서", "noun", f"from the {letters.upper()}"
        yield f"{letters}가", "particle", f"the {letters.upper()}"
    nouns = islice(_nouns(), 1, None, 2)
    for _ in range(WITHOUT_DEFINITION):
        yield f"{next(nouns)}에게", "noun", ""
    for number in range(PLACEHOLDERS):
        term = f"{next(nouns)}까지"
        yield term, "noun", ("unknown", "none", f"A Korean noun: {term}")[number % 3]


def _inflected() -> Iterator[tuple[str, str, str]]:
    for number, noun in enumerate(_nouns()):
        meaning = f"{_KINDS[number % len(_KINDS)]} {_THINGS[number // len(_KINDS) % len(_THINGS)]}"
        # As in real lists, no noun has all forms.
        for place, (after_vowel, after_consonant, pos) in enumerate(FORMS):
            if place == 0 or (number + place) % 4:
                yield noun + (after_consonant if split(noun[-1]).coda else after_vowel), pos, meaning


def _nouns() -> Iterator[str]:
    """Yield two-syllable words whose only hanja spelling uses characters taught in schools, in shuffled order."""
    known = [word for word, spelling in words().items() if len(word) == len(spelling) == 2 and all_taught(spelling)]
    yield from sorted(known[:: len(known) // NOUNS], key=lambda noun: noun[::-1])


def _row(number: int, term: str, pos: str, definition: str) -> list[str | int]:
    example = f"{term} 이야기를 들었어요." if number % 250 else ""
    return [
        number, term, _ipa(term), pos, 1 + number * 5 // ROWS, definition, example, _ipa(example),
        f"People talk about it: {definition}." if example else "", f"Found in row {number}, common in writing",
        number, 40_000 // number + 60, "True", "Clear and accurate", "False", "True", 1152, 1800 + number % 300, "",
    ]  # fmt: skip


def _ipa(text: str) -> str:
    """Return the IPA syllable by syllable, as the tools that generate such lists do."""
    return " ".join(".".join((ipa_of(ch) or "").strip("[]") for ch in word if is_syllable(ch)) for word in text.split())
