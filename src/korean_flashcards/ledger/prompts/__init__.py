"""Store the history of the prompts: each version with its text, note, and parent, and the drafts."""
