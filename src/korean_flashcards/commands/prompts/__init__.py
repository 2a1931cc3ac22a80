"""List, show, compare, create, and promote prompts (`kedro prompts`)."""
