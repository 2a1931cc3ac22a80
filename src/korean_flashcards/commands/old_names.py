"""Provide renamed commands under their old names. Remove this file in the next release."""

from korean_flashcards.commands.cache.group import show as cache_show
from korean_flashcards.commands.llm.batches import cancel, list_batches
from korean_flashcards.commands.renamed import RenamedGroup, renamed
from korean_flashcards.commands.word.group import show as word_show

batches = RenamedGroup("batches", "llm batches", [list_batches, cancel])
llm_replay = renamed("llm replay", "cache show", cache_show, "replay")
tasks_show = renamed("tasks show", "word show", word_show, "show")
quality_show = renamed("quality show", "word show", word_show, "show")
review_history = renamed("review history", "word show", word_show, "history")
