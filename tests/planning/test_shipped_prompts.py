"""Test which replies count as replies to the prompts of an earlier version of the project."""

from pathlib import Path

import pytest
from support.old_project import FIXTURE
from support.prompt_examples import PROMPTS

from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.domain.records import CARD_TYPES
from korean_flashcards.formats.prompt_sections import prompt_for
from korean_flashcards.planning.shipped_prompts import EARLIER_PROMPTS, earlier_replies
from korean_flashcards.stages.task import Task


def version(folder: Path, name: str) -> str:
    return prompt_for(PromptDataset(filepath=str(folder / f"{name}.md")).load(), CARD_TYPES).version


@pytest.mark.parametrize(
    ("stage", "current"), [("nuance", "27452766c431"), ("flashcards", "62d74a5efc08"), ("judge", "3de4ef6262d7")],
)  # fmt: skip
def test_a_changed_prompt_is_added_to_the_earlier_ones(stage, current):
    """If this test fails, you changed a shipped prompt. Add ``current`` to EARLIER_PROMPTS, then correct it here."""
    assert version(PROMPTS, stage) == current
    assert current not in EARLIER_PROMPTS[stage]
    assert version(FIXTURE / "conf/base/prompts", stage) in EARLIER_PROMPTS[stage]


def test_only_paid_replies_to_earlier_prompts_count():
    def task(model: str | None, prompt: str | None) -> Task:
        return Task(
            "남성#1", "pending", 5, 0, 1, 0, "k", "m", "p", None, None, None, 0, prompt and "k", model, prompt,
        )  # fmt: skip

    (earlier, *_) = EARLIER_PROMPTS["nuance"]
    assert earlier_replies("nuance", [task("openai/x", earlier), task("openai/y", earlier)]) == 2
    others = [task("offline/dictionary@2", earlier), task("openai/x", "a user's"), task(None, None)]
    assert earlier_replies("nuance", others) == 0
    assert earlier_replies("flashcards", [task("openai/x", earlier)]) == 0
