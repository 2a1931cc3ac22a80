"""Test the messages for parameters that contradict each other."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.parameters import quality_parameters


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"publish_from": 70, "review_from": 71}, "review_from (71) is higher than publish_from (70)."),
        (
            {"judge_publish_from": 3, "judge_review_from": 4},
            "judge_review_from (4) is higher than judge_publish_from (3). Raise judge_publish_from or lower",
        ),
    ],
)
def test_the_message_names_both_parameters_and_their_values(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        quality_parameters(**changes)

    assert message in str(caught.value)
