"""Generate Anki flashcards from Korean word lists: a Kedro project that never pays for the same model reply twice."""

import os

from korean_flashcards.commands.early_start import prepare_command

# Before anything else: most of a command's start is spent on imports.
prepare_command()

# Polars' allocator keeps freed memory, which costs 150 MB at 10,000 words and saves no time.
# Polars reads this variable when it is imported.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0,narenas:1")

__version__ = "0.1.0"
