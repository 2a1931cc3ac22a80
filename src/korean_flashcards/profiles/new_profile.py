"""Write the text of a new profile, with comments that explain the settings."""

import re

from korean_flashcards.profiles.profile_files import Profile

_TEXT = """\
# The export profile {name}. `kedro export run {name}` writes its files to data/07_model_output/exports/{name}/, and
# `kedro export preview {name}` shows what they would contain. docs/exports.md describes all settings.
description: My cards
format: {format} # one format, or several: [csv, xlsx]

# Which cards. A card must meet every filter. Without filters, all released cards are exported.
filters:
  # list: unit3 # words from the word list unit3.csv
  # level: 1-2 # TOPIK levels; none = words without a level
  # card_type_not: Hanja # all card types except this one
  # tags_any: food, travel # cards with at least one of these tags
  # score_max: 80 # cards with at most this score (0 to 100)
  # where: frequency > 1000 AND part_of_speech = 'verb' # a condition in SQL

# The columns of tables, such as CSV and XLSX: NAME: COLUMN. Text in double braces inserts columns.
# fields:
#   Korean: word
#   English: meaning
#   Card: "{{{{card_type}}}}: {{{{front}}}}"

# The two sides of formats with cards, such as Quizlet and HTML.
# front: "{{{{word}}}}"
# back: "{{{{meaning}}}}{{{{#hanja}}}} ({{{{hanja}}}}){{{{/hanja}}}}" # {{{{#hanja}}}}…{{{{/hanja}}}} only if there are hanja

# sort: score # -score sorts from high to low
# limit: 20 # the first 20 cards
# split: level # one file for each level
# keep: {keep} # how many earlier exports stay in the folder previous
"""
_FORMAT = re.compile(r"^format:[^#\n]*(?<! )", re.MULTILINE)


def new_profile_text(name: str, file_format: str, keep: int) -> str:
    """Return the text of a new profile. ``keep``: the default of this setting."""
    return _TEXT.format(name=name, format=file_format, keep=keep)


def copied_profile(profile: Profile, file_format: str | None) -> str:
    """Return the text of a copy of a profile, with a different format if ``file_format`` is given."""
    text = profile.text if profile.text.endswith("\n") else f"{profile.text}\n"
    return text if file_format is None else _FORMAT.sub(f"format: {file_format}", text, count=1)
