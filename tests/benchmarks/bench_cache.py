"""Measure the size and speed of reply cache entries for several compression methods.

docs/explanation/cache.md has the table.

    python tests/benchmarks/bench_cache.py [--list FILE --words 2000]

The entries have three sources: the offline model and the tests' model server, which both reply to the words of the list
(by default, the sample list), and the records that the format tests use.
"""

import argparse
import asyncio
import json
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import zstandard  # noqa: E402
from formats.samples import CARDS, NUANCE, TYPES  # noqa: E402
from support.model_replies import reply_text  # noqa: E402
from support.parameters import llm_parameters  # noqa: E402

from korean_flashcards.domain.requests import ChatTemplate  # noqa: E402
from korean_flashcards.formats.item_row import RowError, item_of  # noqa: E402
from korean_flashcards.formats.word_list import read_word_list  # noqa: E402
from korean_flashcards.llm.cache.packing import pack, unpack  # noqa: E402
from korean_flashcards.llm.cache.replies import StoredReply, write_reply  # noqa: E402
from korean_flashcards.llm.providers.base import BackendError  # noqa: E402
from korean_flashcards.llm.providers.offline import OfflineBackend  # noqa: E402
from korean_flashcards.processes.worker_pool import WorkerPool  # noqa: E402

KNOWN = ("pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint")
Way = tuple[Callable[[bytes], bytes], Callable[[bytes], str | bytes]]


def entry(stage: str, user: str, text: str, model: str) -> bytes:
    """Return an entry as the cache writes it, before compression."""
    made = "2026-11-25T00:00:00+00:00"
    return write_reply(
        StoredReply(text, 2100, 640, 0.0123, 4.321, 1, model, stage, made, "0a1b2c3d4e5f", user, "ab" * 32)
    )


def json_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def offline_model(file: Path, words: int) -> tuple[list[bytes], list[bytes], list[str]]:
    """Return the offline model's entries of stage 1 and of stage 2, and the user texts of stage 1."""
    analyses, cards, users = [], [], []
    settings, backend = llm_parameters(), OfflineBackend(WorkerPool())
    templates = [ChatTemplate(stage, "offline/dictionary@1", "", {}, None, None) for stage in ("nuance", "flashcards")]
    for row in read_word_list(file.name, file.read_bytes()):
        if len(analyses) == words:
            break
        try:
            item = dict(item_of(row, file.name).item)
            user = json_of({"term": item["term"], **{name: item[name] for name in KNOWN if item.get(name) is not None}})
            nuance = (await backend.send(templates[0], user, settings)).text
            with_nuance = json_of(
                {"term": item["term"], "nuance": json.loads(nuance), "card_types": ["Scene", "Usage-Comparison"]}
            )
            written = (await backend.send(templates[1], with_nuance, settings)).text
        except (RowError, BackendError):
            continue
        analyses.append(entry("nuance", user, nuance, "offline/dictionary@1"))
        cards.append(entry("flashcards", with_nuance, written, "offline/dictionary@1"))
        users.append(user)
    return analyses, cards, users


def samples(file: Path, words: int) -> dict[str, list[bytes]]:
    """Return the entries, keyed by source."""
    analyses, cards, users = asyncio.run(offline_model(file, words))
    server = [entry("nuance", user, reply_text(json.loads(user), "12ab34cd"), "openai/test") for user in users]
    requests = [
        ("nuance", {"term": "남성", "pos": "noun", "definition": "man"}, NUANCE),
        ("flashcards", {"term": "남성", "nuance": NUANCE, "card_types": TYPES}, {"cards": CARDS}),
    ]
    hand = [entry(stage, json_of(user), json_of(reply), "openrouter/some/model") for stage, user, reply in requests]
    return {
        "offline model, analyses": analyses,
        "offline model, cards": cards,
        "other models": hand,
        "tests' server": server,
    }


def ways() -> Iterator[tuple[str, Way]]:
    """Yield the compression methods by name. The last one is the cache's own."""
    yield "plain", (bytes, bytes)
    yield "zlib 6", (zlib.compress, zlib.decompress)
    data = files("korean_flashcards.llm.cache").joinpath("data", "replies-1.zdict").read_bytes()
    for level in (1, 3, 9, 19):
        writer = zstandard.ZstdCompressor(level, write_checksum=True)
        yield f"zstd {level}", (writer.compress, zstandard.ZstdDecompressor().decompress)
    for level in (9, 19):
        dictionary = zstandard.ZstdCompressionDict(data)
        dictionary.precompute_compress(level)
        writer = zstandard.ZstdCompressor(level, dict_data=dictionary, write_checksum=True)
        yield (
            f"zstd {level} + dictionary",
            (writer.compress, zstandard.ZstdDecompressor(dict_data=dictionary).decompress),
        )
    yield "zstd 3 + dictionary (the cache)", (pack, unpack)


def microseconds(work: Callable[[bytes], object], texts: list[bytes]) -> float:
    """Return the mean time of ``work`` per text, in microseconds."""
    started = time.perf_counter()
    for text in texts:
        work(text)
    return (time.perf_counter() - started) / len(texts) * 1e6


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, default=ROOT / "data" / "01_raw" / "sample_words.csv", help="word list")
    parser.add_argument("--words", type=int, default=2000, help="maximum number of words (default: 2000)")
    options = parser.parse_args()
    found = samples(options.list, options.words)
    print(
        "| bytes (µs write, read) | " + " | ".join(f"{name} ({len(texts):,})" for name, texts in found.items()) + " |"
    )
    print("|---|" + "---:|" * len(found))
    for name, (write, read) in ways():
        cells = []
        for texts in found.values():
            packed = [write(text) for text in texts]
            size = sum(map(len, packed)) / len(packed)
            cells.append(f"{size:,.0f} ({microseconds(write, texts):,.0f}, {microseconds(read, packed):,.0f})")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
