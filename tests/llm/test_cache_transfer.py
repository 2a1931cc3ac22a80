"""Test export and import of cached replies: nothing is lost or doubled, and damage to the file is detected."""

import io
import json
import random
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cache import corrupt
from support.requests_to_send import TEMPLATE

from korean_flashcards.domain.errors import CacheError
from korean_flashcards.llm.cache.maintenance import CacheEntry, FileSize, entries, prunable, take_out
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.cache.transfer import merge, write_export

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def reply(text: str, user: str | None = None, **changes: object) -> StoredReply:
    made = StoredReply(text, 10, 20, 0.001, 0.2, 1, "openai/test", "nuance", "2026-01-01T00:00:00+00:00")
    if user is not None:
        made = replace(made, user=user, template=TEMPLATE.key(""), prompt_version=TEMPLATE.prompt_version)
    return replace(made, **changes)  # type: ignore[arg-type]


def filled(folder: Path, count: int) -> ReplyCache:
    """Create a cache with ``count`` replies about 단어0, 단어1, …. The second one also has an archived reply."""
    cache = ReplyCache(folder)
    cache.note(TEMPLATE)
    for number in range(count):
        user = json.dumps({"term": f"단어{number}"}, ensure_ascii=False)
        cache.put(TEMPLATE.key(user), reply(f"text {number}", user))
        if number == 1:
            archived = ArchivedReply(
                "{", "malformed", "no JSON", user, "openai/test", "nuance", "2026-01-01T00:00:00+00:00"
            )
            cache.archive(TEMPLATE.key(user), archived)
    return cache


def everything(cache: ReplyCache) -> dict[str, tuple[StoredReply | None, tuple[ArchivedReply, ...]]]:
    return {one.key: (one.reply, one.archived) for one in entries(cache)}


def lines_of(file: Path) -> list[bytes]:
    return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file.read_bytes())).read().splitlines(keepends=True)


def rewrite(file: Path, lines: list[bytes]) -> None:
    file.write_bytes(zstandard.ZstdCompressor().compress(b"".join(lines)))


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.from_regex(r"[0-9a-f]{8}", fullmatch=True), st.tuples(_TEXTS, st.none() | st.floats(0, 9), _TEXTS)
    )
)
def test_an_export_is_imported_unchanged(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, tuple[str, float | None, str]]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    cache, other = ReplyCache(folder / "one"), ReplyCache(folder / "other")
    for key, (text, cost, archived) in texts.items():
        cache.put(key, reply(text, cost_usd=cost))
        cache.archive(key, ArchivedReply(archived, "contract", text, archived, "m", "nuance", "now", cost_usd=cost))

    assert write_export(cache, folder / "file", entries(cache)) == len(texts)
    merged = merge(other, folder / "file")

    assert (sorted(merged.new), merged.damaged, merged.archived) == (sorted(texts), [], len(texts))
    assert everything(other) == everything(cache)
    again = merge(other, folder / "file")
    assert (again.new, sorted(again.present), again.archived) == ([], sorted(texts), 0)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("off.jsonl", True), ("OFF.JSONL", True), ("off.json", True), ("off.jsonl.zst", False), ("off", False)],
)
def test_the_suffix_decides_whether_an_export_is_compressed(tmp_path: Path, name: str, plain: bool) -> None:
    cache, other, file = filled(tmp_path / "one", 5), ReplyCache(tmp_path / "other"), tmp_path / name
    write_export(cache, file, entries(cache))
    lines = file.read_bytes().splitlines() if plain else lines_of(file)
    assert [len(json.loads(line)) for line in lines] == [3, *([2] * 6), 1]
    assert len(merge(other, file).new) == 5
    assert everything(other) == everything(cache)


@pytest.mark.parametrize(("written", "read"), [("file.zst", "old.jsonl"), ("file.jsonl", "plain.zst")])
def test_an_import_reads_an_export_with_a_wrong_suffix(tmp_path: Path, written: str, read: str) -> None:
    """Earlier releases compressed every file, whatever its suffix."""
    cache, other = filled(tmp_path / "one", 5), ReplyCache(tmp_path / "other")
    write_export(cache, tmp_path / written, entries(cache))
    merged = merge(other, (tmp_path / written).rename(tmp_path / read))
    assert (len(merged.new), merged.damaged) == (5, [])


def test_a_plain_export_that_was_cut_off_is_imported_up_to_its_end(tmp_path: Path) -> None:
    cache, file = filled(tmp_path / "one", 20), tmp_path / "off.jsonl"
    write_export(cache, file, entries(cache))
    file.write_bytes(file.read_bytes()[:-400])
    merged = merge(ReplyCache(tmp_path / "other"), file)
    assert len(merged.new) == 19 and "the file is incomplete" in merged.damaged[-1]


def test_the_parts_of_a_template_are_imported(tmp_path: Path) -> None:
    cache, other = filled(tmp_path / "one", 2), ReplyCache(tmp_path / "other")
    write_export(cache, tmp_path / "file", entries(cache))
    merge(other, tmp_path / "file")
    assert other.parts(TEMPLATE.key("")) == TEMPLATE.key_parts("")


def test_an_import_does_not_replace_a_different_reply_under_the_same_key(tmp_path: Path) -> None:
    cache, other = filled(tmp_path / "one", 3), filled(tmp_path / "other", 2)
    key = TEMPLATE.key('{"term": "단어0"}')
    other.put(key, reply("mine", '{"term": "단어0"}'))
    write_export(cache, tmp_path / "file", entries(cache))

    merged = merge(other, tmp_path / "file")

    assert (len(merged.new), len(merged.present), merged.conflicts) == (1, 1, [key])
    kept = other.get(key)
    assert kept is not None and kept.text == "mine"


def test_an_import_restores_a_damaged_entry(tmp_path: Path) -> None:
    cache = filled(tmp_path / "one", 3)
    before = everything(cache)
    write_export(cache, tmp_path / "file", entries(cache))
    corrupt(tmp_path / "one", next(iter(before)))
    assert len(merge(cache, tmp_path / "file").new) == 1
    assert everything(cache) == before


def test_a_damaged_line_is_skipped_and_reported(tmp_path: Path) -> None:
    cache, other, file = filled(tmp_path / "one", 4), ReplyCache(tmp_path / "other"), tmp_path / "file"
    write_export(cache, file, entries(cache))
    header, template, *replies, end = lines_of(file)
    replies[0] = replies[0].replace(b'"text ', b'"forged ')
    replies[1] = replies[1][:40] + b"\n"
    rewrite(file, [header, template, *replies, end])

    merged = merge(other, file)

    assert len(merged.new) == 2
    assert [damage.partition("line ")[2] for damage in merged.damaged] == [
        "3: the line was changed or truncated", "4: the line was changed or truncated"
    ]  # fmt: skip


def test_a_reply_under_a_wrong_key_is_skipped(tmp_path: Path) -> None:
    cache, file = filled(tmp_path / "one", 1), tmp_path / "file"
    cache.put("ab" * 32, reply("planted", '{"term": "배"}'))
    write_export(cache, file, entries(cache))
    merged = merge(ReplyCache(tmp_path / "other"), file)
    assert (len(merged.new), len(merged.damaged)) == (1, 1)
    assert "the key does not match the entry" in merged.damaged[0]


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_truncated_file_is_imported_up_to_its_end_and_reported(tmp_path: Path, share: float) -> None:
    cache, other, file = filled(tmp_path / "one", 60), ReplyCache(tmp_path / "other"), tmp_path / "file"
    write_export(cache, file, entries(cache))
    lines = lines_of(file)
    rewrite(file, lines[: int(len(lines) * share)])
    merged = merge(other, file)
    assert len(merged.new) == int(len(lines) * share) - 2
    assert "the file is incomplete" in merged.damaged[-1]


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_only_complete_replies_are_imported_from_a_damaged_file(tmp_path: Path, damage: str) -> None:
    cache, other, file = ReplyCache(tmp_path / "one"), ReplyCache(tmp_path / "other"), tmp_path / "file"
    for number in range(80):
        cache.put(f"{number:08}", reply(random.Random(number).randbytes(4000).hex()))
    write_export(cache, file, entries(cache))
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2] ^= 0x55
    file.write_bytes(content)

    merged = merge(other, file)

    assert 0 < len(merged.new) < 80 and merged.damaged
    assert everything(other).items() <= everything(cache).items()


def test_a_file_of_a_different_or_newer_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("term\n배\n", encoding="utf-8")
    rewrite(tmp_path / "other.zst", [b'{"format": "other"}\n'])
    rewrite(tmp_path / "newer", [b'{"format": "korean-flashcards-cache", "version": 2}\n'])
    for name, why in (("list.csv", "not a reply cache"), ("other.zst", "not a reply cache"), ("newer", "version 2")):
        with pytest.raises(CacheError, match=why):
            merge(ReplyCache(tmp_path / "cache"), tmp_path / name)


def test_two_concurrent_imports_lose_and_double_nothing(tmp_path: Path) -> None:
    cache = filled(tmp_path / "one", 500)
    write_export(cache, tmp_path / "file", entries(cache))
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from korean_flashcards.llm.cache.reply_cache import ReplyCache
        from korean_flashcards.llm.cache.transfer import merge
        merged = merge(ReplyCache(Path(sys.argv[1])), Path(sys.argv[2]))
        print(len(merged.new), len(merged.present), len(merged.conflicts), merged.archived)
    """)
    command = [sys.executable, "-c", program, str(tmp_path / "other"), str(tmp_path / "file")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counts = [list(map(int, process.communicate(timeout=60)[0].split())) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert [sum(count) for count in zip(*counts, strict=True)] == [500, 500, 0, 1]
    assert everything(ReplyCache(tmp_path / "other")) == everything(cache)


def test_an_entry_that_changed_in_the_meantime_is_not_removed(tmp_path: Path) -> None:
    cache = filled(tmp_path / "one", 2)
    read = list(entries(cache))
    changed = next(one.key for one in read if not one.archived)
    cache.store.write(changed, b'{"text": "paid just now"}')
    assert take_out(cache, read) == 1
    assert list(cache.store.names()) == sorted([changed, f"template/{TEMPLATE.key('')}"])


def test_pruning_removes_the_oldest_first_and_keeps_entries_in_use() -> None:
    found = [
        CacheEntry(f"k{day}", reply("", created=f"2026-01-0{day}"), (), {f"k{day}": b"x" * 100}, 100, {})
        for day in (3, 1, 2, 4)
    ]
    empty = 2**16  # bytes of a file without replies
    size = FileSize(file=empty + 1000, used=empty + 800)
    assert prunable(found, {"k1"}, False, size, empty + 400) == ["k2", "k3"]
    assert prunable(found, {"k1"}, True, size, empty + 400) == ["k1", "k2"]
    assert prunable(found, {"k1"}, False, size, 0) == ["k2", "k3", "k4"]
    assert prunable(found, {"k1"}, False, size, empty + 800) == []
