"""Create the content of an export with many cards, whose texts are as long and as different as those of real cards."""

import csv
import io
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from korean_flashcards.exports.content import ExportContent
from support.export_content import card_table, content_of
from support.long_list import long_list

CARD_TYPES = ("Scene", "Usage-Comparison", "Hanja", "Example")
_PRIMER = (
    "You enter your clean, pleasant-smelling memory room. 1. Walk to the cabinet labeled 'KOREAN'. 2. Open the drawer "
    "labeled 'TERMS'. 3. Pull out the binder marked '{pos}'. 4. Flip to the tab for 'Term #{number}: {term}' and prepare "
    "to step through the portal."
)
_FRONT_WORDS, _BACK_WORDS = (15, 30), (80, 150)  # as the quality guides say


def many_cards(words: int) -> ExportContent:
    """Return the content of an export with four cards for each of the first words of the long list."""
    return content_of(card_table(_cards(words)), title=f"{words:,} words")


def _cards(words: int) -> Iterator[dict[str, Any]]:
    generator = random.Random(19)
    vocabulary = ["".join(generator.choices("etaoinshrdlu", k=generator.randint(2, 9))) for _ in range(4000)]
    rows = csv.DictReader(io.StringIO(long_list().decode(), newline=""))
    for number, row in enumerate(islice(rows, words), 1):
        word, pos, level = row["Hangul"], row["Word_Type"], int(row["TOPIK_Level"])
        for card_type in CARD_TYPES:
            yield {
                "item_id": f"{word}#1", "word": word, "term": f"{word}[{row['IPA_Pronunciation']}]", "term_number": number,
                "card_type": card_type, "part_of_speech": pos, "level": level, "ipa": f"[{row['IPA_Pronunciation']}]",
                "sound": f"[{word}]", "meaning": row["Definition"], "example": row["Example_Sentence"],
                "example_translation": row["Example_Sentence_Translation"], "deck": f"Korean::TOPIK {level}",
                "front": f"{word}: {_text(generator, vocabulary, *_FRONT_WORDS)}?",
                "back": f"{_text(generator, vocabulary, *_BACK_WORDS)}. {word}\n{row['Definition']}",
                "primer": _PRIMER.format(pos=pos.upper(), number=number, term=word), "score": generator.randint(60, 100),
                "tags": [f"term:{word}", f"pos:{pos}", f"card:{card_type}", f"level:TOPIK{level}"],
                "frequency": int(row["Frequency_Number"]),
            }  # fmt: skip


def _text(generator: random.Random, vocabulary: list[str], fewest: int, most: int) -> str:
    return " ".join(generator.choices(vocabulary, k=generator.randint(fewest, most)))
