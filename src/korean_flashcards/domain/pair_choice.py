"""Define the judge's answer to the question which of two sets of cards is better."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class PairChoice(BaseModel):
    """The judge's choice between the cards shown first and those shown second.

    Attributes:
        term: The word.
        reason: One sentence that says what decided.
    """

    model_config = ConfigDict(frozen=True)

    term: str
    reason: str
    choice: Literal["first", "second", "same"]
