"""Test that each file in an earlier system's cache folder is read or, if it is unusable, reported."""

import json
from pathlib import Path
from typing import Any

import lz4.frame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from legacy.sources import analysis, card, put, snapshot, stage1, stage2

from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.legacy.cache_folder import read_cache_folder
from korean_flashcards.legacy.record_check import check


def reasons(folder: Path) -> dict[str, str]:
    """Return the reason for each problem, keyed by the path of its file."""
    data = read_cache_folder(folder)
    problems = [*data.problems, *(problem for word in check(data) for problem in word.problems)]
    return {problem.where: problem.why for problem in problems}


@pytest.mark.parametrize("packed", ["", "gzip", "lz4", "lz4 block"])
@pytest.mark.parametrize("name", ["abc.json", "abc.json.gz", "abc.lz4", "abc"])
def test_the_compression_of_a_file_is_detected_from_its_content(tmp_path: Path, packed: str, name: str) -> None:
    put(tmp_path, "stage1", stage1("문"), packed, name)
    put(tmp_path, "stage2", stage2("문"), packed, name)
    before = snapshot(tmp_path)
    (word,) = check(read_cache_folder(tmp_path))
    assert [(paid.stage, paid.count, paid.created) for paid in word.paid] == [
        ("nuance", 1, "2025-03-01T10:00:00Z"), ("flashcards", 2, "2025-03-01T11:00:00Z"),
    ]  # fmt: skip
    assert [(paid.tokens_in, paid.tokens_out) for paid in word.paid] == [(0, 450), (800, 500)]
    assert (word.word.term, word.word.position, dict(word.word.values)) == ("문", 1, {"pos": "noun"})
    assert not word.problems and snapshot(tmp_path) == before


def test_each_unusable_file_is_reported_with_its_reason(tmp_path: Path) -> None:
    whole = lz4.frame.compress(json.dumps(stage1("문")).encode())
    broken: dict[str, tuple[Any, str, str]] = {
        "empty.json": (b"", "", "the file is empty"),
        "text.json": (b"hello", "", "not JSON"),
        "short.json": (json.dumps(stage1("문")).encode()[:-40], "", "is truncated"),
        "short.gz": (b"\x1f\x8b\x08\x00", "", "cannot be unpacked"),
        "short.lz4": (whole[:-20], "", "cannot be unpacked"),
        "list.json": ([1, 2], "", "not a JSON object"),
        "no_word.json": (stage1("문", vocabulary_item=None), "", "vocabulary_item has no term"),
        "bomb.gz": (b" " * 40_000_000, "gzip", "more than 16 MB"),
        "deep.json": (b'{"vocabulary_item": ' + b"[" * 100_000, "", "not JSON"),
        "none.json": (stage1("물") | {"response": None}, "", "response is empty"),
        "string.json": (stage1("물", "an answer"), "", "not an object with the 17 fields"),
    }
    places = {put(tmp_path, "stage1", content, packed, name): why for name, (content, packed, why) in broken.items()}
    columns = list(card("물").values())
    rows: dict[str, tuple[Any, str]] = {
        "a.json": ([], "rows is empty"),
        "b.json": ([columns[:8]], "row 1: a card has 8 columns instead of 9"),
        "c.json": ([card("물"), {"front": "f"}], "row 2: a card is missing tab_name and back"),
        "d.json": ([card("물"), 5], "row 2: a card is not an object: 5"),
        "e.json": ("a\tb", "response has no rows"),
        "f.json": ([card("문")], "wrong_word"),
        "g.json": ([card("물"), card("물", "Scene", front="another")], "duplicate_card"),
        "h.json": ([card("물", back="...")], "the back is a placeholder"),
    }
    places |= {put(tmp_path, "stage2", stage2("물", value), name=name): why for name, (value, why) in rows.items()}
    said = reasons(tmp_path)
    assert {place: why in said.get(place, "") for place, why in places.items()} == dict.fromkeys(places, True)
    words = {word.word.term: [paid.stage for paid in word.paid] for word in check(read_cache_folder(tmp_path))}
    # 물 has no valid stage-1 file. Its analysis is the copy in its stage-2 files.
    assert words == {"물": ["nuance"]}


def test_the_newest_valid_file_is_used(tmp_path: Path) -> None:
    def dated(day: int, meaning: str, **changes: Any) -> str:
        content = stage1("문", analysis("문", meaning, **changes), cached_at=f"2025-03-{day:02}T10:00:00")
        return put(tmp_path, "stage1", content)

    old, new, broken = dated(1, "old"), dated(3, "new"), dated(9, "broken", pos="plant")
    undated = put(tmp_path, "stage1", stage1("문", analysis("문", "undated"), cached_at="yesterday"))
    (word,) = check(read_cache_folder(tmp_path))
    assert word.meaning == "new" and word.paid[0].where == new
    said = {problem.where: problem.why for problem in word.problems}
    assert "superseded" in said[old] and "superseded" in said[undated] and "pos" in said[broken]
    put(tmp_path, "stage2", stage2("문", [card("문", front="later")], cached_at=1_800_000_000))
    earlier = put(tmp_path, "stage2", stage2("문", [card("문", front="earlier"), card("문", "Hanja")]))
    (word,) = check(read_cache_folder(tmp_path))
    assert [shown["front"] for shown in json.loads(word.paid[1].text)["cards"]] == ["later"]
    assert earlier in {problem.where for problem in word.problems}


def test_cards_may_be_lists_of_nine_cells_or_lines(tmp_path: Path) -> None:
    line = "\t".join(map(str, card("문", "Usage-Comparison").values()))
    put(tmp_path, "stage2", stage2("문", [list(card("문").values()), line]))
    (word,) = check(read_cache_folder(tmp_path))
    assert not word.problems
    assert [shown["tab_name"] for shown in json.loads(word.paid[1].text)["cards"]] == ["Scene", "Usage-Comparison"]


def test_other_files_in_the_folder_are_ignored(tmp_path: Path) -> None:
    put(tmp_path, "stage1", stage1("문"))
    put(tmp_path, "stage1", b"\0\0", name="._x.json")
    (tmp_path / "README.txt").write_text("about")
    data = read_cache_folder(tmp_path)
    assert len(data.words) == 1 and not data.problems


def test_an_empty_cache_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "stage1" / "ab").mkdir(parents=True)
    with pytest.raises(LegacyError, match="no cached replies"):
        read_cache_folder(tmp_path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80)
@given(st.data())
def test_unexpected_json_values_raise_no_exception(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cache")

    def damaged(good: dict[str, Any]) -> dict[str, Any]:
        return good | data.draw(st.dictionaries(st.sampled_from(list(good)), _JSON, max_size=3))

    put(folder, "stage1", damaged(stage1("문", damaged(analysis("문")))))
    put(folder, "stage2", damaged(stage2("문", [damaged(card("문"))])))
    check(read_cache_folder(folder))


def test_deeply_nested_objects_raise_no_exception(tmp_path: Path) -> None:
    deep: Any = "문"
    for _ in range(900):
        deep = {"vs": deep}
    for field in ("comparison", "other_meanings", "homonyms"):
        place = put(tmp_path, "stage1", stage1("문", analysis("문", **{field: deep})))
        assert place in reasons(tmp_path)
