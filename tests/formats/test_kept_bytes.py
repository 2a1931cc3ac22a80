"""Test that the parts of cache keys keep their bytes, so that replies from earlier releases stay cache hits."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.formats.schemas import cards_schema, judgement_schema, nuance_schema

PROMPTS = Path(__file__).resolve().parents[2] / "conf" / "base" / "prompts"
USER = '{"term": "배"}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (lambda: nuance_schema(1), "b5701b2604e1f177d3fc394b01d6c63dec7a30cc93ec4958acb85e08ee279e42"),
        (nuance_schema, "1ef16cf029e0b037662dedeadd44521b2fc5578113b7d3c4713122af4fa99b11"),
        (cards_schema, "6d611341bd5b735850268148ba3deeb868d93c4e8dd58c400e7cdffffd749317"),
        (judgement_schema, "a51c92f1ef84d1b875bdda9e5f35842b110ba5698b5ebe2e4a979bb84acad69f"),
        (lambda: judgement_schema(1), "f07b29732285905f711d11ad562713d3b790656faa3d59341eb03b329c0db053"),
    ],
)
def test_schemas_keep_their_bytes(schema: Callable[[], dict[str, Any]], expected: str) -> None:
    assert sha256(json.dumps(schema(), ensure_ascii=False).encode()) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nuance", "3aa06f2d047db56985b0799235519ee053fb40b1c1e00c192bf6d3d5c79ab8c3"),
        ("flashcards", "cd36dea6448b62235960a81f87969f0b37d61820dd7926f8db00cbd989b8f3ee"),
        ("judge", "d46fd3cbaa09a5924f30a0a49ecbf42d314501f9d76bcdc55ed5265c09467ba1"),
        ("repair", "35283e99cfb3f6501ef573f0fb440ea5cd78aa79aa931f3eda2261108ec262ed"),
    ],
)
def test_prompts_keep_their_bytes(name: str, expected: str) -> None:
    assert sha256((PROMPTS / f"{name}.md").read_bytes()) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            ChatTemplate("nuance", "openai/x", "분석하세요.", nuance_schema(), 0.2, 800),
            "cfaa484e10297bfd299fca2c47d41acde8859534e66778462d7475da97546b1c",
        ),
        (
            ChatTemplate("flashcards", "openai/x", "분석하세요.", cards_schema(), 0.2, 800, 7, "low", {"a": 1}),
            "8254746b578610759e5c7d6929fea53603cee4738b20660d10a24cd456d0a616",
        ),
        (
            ChatTemplate("judge", "openai/x", "분석하세요.", judgement_schema(1), None, None),
            "953b8ba3a16a34567424c93c3d25068dadf208f63a14b7bae295d3a3411f3a7b",
        ),
    ],
)
def test_cache_keys_never_change(template: ChatTemplate, expected: str) -> None:
    assert template.key(USER) == expected
