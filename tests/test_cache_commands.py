"""`kedro cache …` from the command line: its output, its effects and its exit codes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from support.cache import corrupt
from support.commands import Kedro, kedro_here, prepare
from support.project import Project

from korean_flashcards.llm.cache.reply_cache import ReplyCache

LIST = "term,definition,pos,topik_level\n남성,man,noun,1\n여성,woman,noun,1\n가다,to go,verb,1\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after a run on three words, with a ledger and six replies in the cache."""

    def run(project: Project) -> None:
        project.word_list(LIST, "unit1.csv")
        result = project.kedro(
            "run", "--pipelines", "ingress,nuance,flashcards", "--params", "word_lists=unit1.csv",
            KEDRO_DATASET_VALIDATION="off",
        )  # fmt: skip
        assert result.code == 0, result.err

    return Project(prepare(tmp_path_factory.mktemp("cache") / "project", run))


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished project, which a test may change."""
    return finished.copied_to(tmp_path / "project")


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def replies(project: Project) -> ReplyCache:
    return ReplyCache(project.folder / "data" / "cache")


def keys(project: Project) -> list[str]:
    return [str(key) for (key,) in project.ledger("SELECT key FROM tasks ORDER BY stage, item_id")]


def key_of(project: Project, item_id: str, stage: str = "nuance") -> str:
    ((key,),) = project.ledger("SELECT key FROM tasks WHERE item_id = ? AND stage = ?", item_id, stage)
    return str(key)


def change(project: Project, file: str, old: str, new: str) -> None:
    path = project.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_stats_counts_replies_and_the_hits_of_the_last_run(project: Project, kedro: Kedro) -> None:
    found = json.loads(kedro("cache", "stats", "--json").stdout)

    assert (found["replies"], found["used"], found["archived"], found["damaged"]) == (6, 6, 0, 0)
    assert found["bytes"] < found["text_bytes"] / 2
    assert [(group["stage"], group["prompt"], group["replies"]) for group in found["groups"]] == [
        ("flashcards", "v1", 3), ("nuance", "v1", 3)
    ]  # fmt: skip
    assert [(stage["stage"], stage["words"], stage["cached"]) for stage in found["last_run"]] == [
        ("nuance", 3, 0), ("flashcards", 3, 0)
    ]  # fmt: skip
    assert "6 replies (6 in use)" in kedro("cache", "stats").stdout


def test_show_finds_a_reply_by_word_and_by_key(project: Project, kedro: Kedro) -> None:
    key = key_of(project, "남성#1")

    by_word = json.loads(kedro("cache", "show", "남성", "--json").stdout)
    by_key = kedro("cache", "show", key[:10])

    assert {one["key"] for one in by_word} == {key, key_of(project, "남성#1", "flashcards")}
    assert all(one["parts"]["max_tokens"] == 8192 and one["reply"]["user"] for one in by_word)
    assert by_key.stdout.startswith(f"{key}  남성")
    assert '"definition": "man"' in by_key.stdout
    nothing = kedro("cache", "show", "없는말")
    assert (nothing.exit_code, "has no reply for 없는말" in nothing.stderr) == (1, True)


@pytest.mark.slow
def test_explain_lists_the_differences_from_the_nearest_cached_key(project: Project, kedro: Kedro) -> None:
    analysis, cards = json.loads(kedro("cache", "explain", "남성", "--json").stdout)
    assert (analysis["state"], analysis["key"]) == ("cached", key_of(project, "남성#1"))
    assert (cards["state"], "nearest" in cards) == ("cached", False)

    change(project, "conf/base/prompts/nuance.md", "\n", "\nBe brief.\n")
    change(project, "conf/base/parameters_llm.yml", "temperature: null", "temperature: 0.5")
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE vocabulary_items SET definition = 'male person' WHERE term = '남성'")

    (analysis, cards) = json.loads(kedro("cache", "explain", "남성", "--json").stdout)
    assert (analysis["state"], analysis["nearest"]) == ("stale", key_of(project, "남성#1"))
    assert set(analysis["differences"]) == {"prompt", "temperature", "user.definition"}
    assert analysis["differences"]["user.definition"] == ["man", "male person"]
    assert "key" not in cards, "without its analysis there is no request"
    text = kedro("cache", "explain", "남성").stdout
    assert "user.definition: man → male person" in text
    assert "temperature: not set → 0.5" in text


def test_export_and_import_copy_every_reply_to_a_different_cache(project: Project, kedro: Kedro) -> None:
    assert kedro("cache", "export", "replies.zst").exit_code == 0
    again = kedro("cache", "export", "replies.zst")
    assert (again.exit_code, "Not a terminal, so nothing was changed. Pass --yes to replace " in again.stderr) == (
        1,
        True,
    )
    (project.folder / "data" / "cache").rename(project.folder / "data" / "old")

    rehearsed = kedro("cache", "import", "replies.zst", "--dry-run")
    assert "6 replies would be imported" in rehearsed.stdout
    assert replies(project).present(keys(project)) == set()
    brought = kedro("cache", "import", "replies.zst")
    assert (brought.exit_code, "6 replies imported, 0 already in the cache" in brought.stdout) == (0, True)
    assert replies(project).present(keys(project)) == set(keys(project))
    assert kedro("cache", "verify").exit_code == 0


def test_an_export_that_cannot_be_written_is_one_error_message(project: Project, kedro: Kedro) -> None:
    project.word_list("in the way", "file")
    result = kedro("cache", "export", "file/replies.zst")
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)


def test_import_exits_with_2_if_a_reply_differs_from_the_cached_one(project: Project, kedro: Kedro) -> None:
    kedro("cache", "export", "replies.zst")
    cache, key = replies(project), key_of(project, "남성#1")
    stored = cache.get(key)
    assert stored is not None
    cache.put(key, type(stored)(**{name: getattr(stored, name) for name in stored.__slots__} | {"text": "mine"}))

    result = kedro("cache", "import", "replies.zst")

    assert (result.exit_code, "Different from the cached reply, so not imported: 1" in result.stdout) == (2, True)
    kept = cache.get(key)
    assert kept is not None and kept.text == "mine"


def test_warm_imports_only_replies_that_current_requests_of_both_stages_need(project: Project, kedro: Kedro) -> None:
    cache = replies(project)
    stored = cache.get(key_of(project, "남성#1"))
    assert stored is not None
    cache.put(
        "ab" * 32, type(stored)(**{name: getattr(stored, name) for name in stored.__slots__} | {"template": None})
    )
    kedro("cache", "export", "replies.zst")
    cache.close()
    (project.folder / "data" / "cache").rename(project.folder / "data" / "old")

    result = kedro("cache", "warm", "replies.zst")

    assert result.exit_code == 0
    assert "nuance: 3 of 3 requests need no call." in result.stdout
    assert "flashcards: 3 of 3 requests need no call." in result.stdout
    assert "6 replies imported." in result.stdout
    assert replies(project).present([*keys(project), "ab" * 32]) == set(keys(project))


@pytest.mark.slow
def test_invalidate_exports_the_removed_replies_and_import_restores_them(project: Project, kedro: Kedro) -> None:
    rehearsed = kedro("cache", "invalidate", "--word", "남성", "--dry-run")
    assert "This would remove 2 replies" in rehearsed.stdout
    assert "In use: 2 replies, which would cost about USD 0.0000 to request again." in rehearsed.stdout
    unconfirmed = kedro("cache", "invalidate", "--word", "남성")
    assert unconfirmed.exit_code == 1
    assert replies(project).present(keys(project)) == set(keys(project))

    done = kedro("cache", "invalidate", "--word", "남성", "--stage", "nuance", "--yes")

    assert (done.exit_code, "Removed 1 key, exported to" in done.stdout) == (0, True)
    assert replies(project).present(keys(project)) == set(keys(project)) - {key_of(project, "남성#1")}
    assert kedro("cache", "verify").exit_code == 0, "a reply that was removed on purpose is not missing"
    (file,) = (project.folder / "data").glob("cache-removed-*.jsonl.zst")
    assert kedro("cache", "import", str(file)).exit_code == 0
    assert kedro("cache", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--prompt", "v1"], 6), (["--prompt", "v1", "--stage", "nuance"], 3), (["--model", "openai/other"], 0),
        (["--older-than", "1h"], 0), (["--older-than", "0h"], 6),
    ],
)  # fmt: skip
def test_invalidate_removes_only_replies_that_match_all_options(kedro: Kedro, options: list[str], count: int) -> None:
    result = kedro("cache", "invalidate", *options, "--dry-run")
    assert (f"remove {count} replies" if count else "No replies match") in result.stdout


def test_invalidate_needs_at_least_one_option_and_a_known_prompt(kedro: Kedro) -> None:
    assert "Give at least one of --stage" in kedro("cache", "invalidate").stderr
    assert "There is no prompt version v7" in kedro("cache", "invalidate", "--prompt", "v7").stderr


def test_prune_keeps_replies_in_use_unless_the_policy_says_otherwise(project: Project, kedro: Kedro) -> None:
    cache = replies(project)
    stored = cache.get(key_of(project, "남성#1"))
    assert stored is not None
    for number in range(50):
        cache.put(f"{number:064}", stored)
    cache.close()

    spared = kedro("cache", "prune", "--max-mb", "0", "--yes")
    assert (spared.exit_code, "Removed 50 keys, exported to" in spared.stdout) == (2, True)
    assert "the remaining replies are in use" in spared.stdout
    assert set(replies(project).store.names()) >= set(keys(project))

    told = kedro("cache", "prune", "--max-mb", "0", "--policy", "oldest", "--dry-run")
    assert "This would remove 6 replies" in told.stdout
    assert "nothing was changed" in kedro("cache", "prune", "--max-mb", "100", "--yes").stdout


def test_verify_lists_damaged_entries_and_mismatched_keys(project: Project, kedro: Kedro) -> None:
    assert "No problems found." in kedro("cache", "verify").stdout
    cache, key = replies(project), key_of(project, "남성#1")
    stored = cache.get(key)
    assert stored is not None
    cache.put("cd" * 32, stored)
    cache.close()
    corrupt(project.folder / "data" / "cache", key)

    result = kedro("cache", "verify")
    found: dict[str, Any] = json.loads(kedro("cache", "verify", "--json").stdout)

    assert result.exit_code == 2
    assert f"Damaged: {key}" in result.stdout
    assert (list(found["damaged"]), found["mismatched"], found["missing"]) == ([key], ["cd" * 32], ["남성#1 nuance"])


def test_verify_tells_lost_key_parts_from_replies_of_earlier_releases(project: Project, kedro: Kedro) -> None:
    cache, key = replies(project), key_of(project, "남성#1")
    stored = cache.get(key)
    assert stored is not None
    cache.store.remove(f"template/{stored.template}")
    cache.close()
    result = kedro("cache", "verify")
    assert result.exit_code == 0 and "earlier releases" not in result.stdout
    assert "Replies whose key parts were lost, with unverified keys: 3." in result.stdout


def test_a_repair_corrects_damaged_keys_with_the_ledger(project: Project, kedro: Kedro) -> None:
    """Damage a key, and remove the key parts from which it could be computed."""
    key, folder = key_of(project, "남성#1"), project.folder / "data" / "cache"
    with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
        connection.execute("UPDATE Cache SET key = '�' || substr(key, 2) WHERE key = ?", (key,))
        connection.execute("DELETE FROM Cache WHERE key LIKE 'template/%'")
    result = kedro("cache", "repair")
    assert (result.exit_code, "Every finished task has its reply." in result.stdout) == (0, True), result.output
    assert replies(project).present(keys(project)) == set(keys(project))


def test_verify_exits_with_1_if_the_cache_file_is_not_a_database(project: Project, kedro: Kedro) -> None:
    (project.folder / "data" / "cache" / "cache.db").write_bytes(b"this is not a database" * 500)
    assert kedro("cache", "verify").exit_code == 1


def test_repair_saves_readable_replies_and_names_the_words_of_the_others(project: Project, kedro: Kedro) -> None:
    kedro("cache", "export", "replies.zst")
    key, folder = key_of(project, "남성#1"), project.folder / "data" / "cache"
    corrupt(folder, key)

    refused = kedro("plan", "--params", "word_lists=unit1.csv")
    repaired = kedro("cache", "repair")

    assert (refused.exit_code, "Run `kedro cache repair`" in refused.stderr) == (1, True)
    assert repaired.exit_code == 2
    assert "Repaired data/cache: saved 5 replies." in repaired.stdout
    assert "Lost: 1 reply of finished tasks (남성#1 nuance). The offline model generates" in repaired.stdout
    (kept,) = folder.glob("cache-damaged-*.db")
    assert kept.name in repaired.stdout and kept.stat().st_size
    assert replies(project).present(keys(project)) == set(keys(project)) - {key}
    assert kedro("cache", "import", "replies.zst").exit_code == 0
    again = kedro("cache", "repair")
    assert (again.exit_code, "All replies in data/cache are readable (6). Nothing was" in again.stdout) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("renamed", [None, b"filename TEXT", b"value BLOB", b"mode INTEGER"])
def test_a_damaged_cache_names_the_repair_in_every_command(
    project: Project, kedro: Kedro, renamed: bytes | None
) -> None:
    kedro("cache", "export", "replies.zst")
    file = project.folder / "data" / "cache" / "cache.db"
    wrong = renamed.replace(b"e ", b"f ") if renamed else b""
    file.write_bytes(file.read_bytes().replace(renamed, wrong) if renamed else b"this is not a database" * 500)
    for command in (
        ("plan",), ("run",), ("status",), ("cache", "stats"), ("cache", "show", "남성"), ("cache", "explain", "남성"),
        ("cache", "verify"), ("cache", "import", "replies.zst"), ("cache", "warm", "replies.zst"),
        ("cache", "export", "copy.zst"), ("cache", "prune", "--max-mb", "0", "--yes"), ("db", "verify"),
    ):  # fmt: skip
        result = kedro(*command)
        assert result.exit_code in (1, 2), command
        assert "kedro cache repair" in result.output, (command, result.output)
    repaired = kedro("cache", "repair")
    if renamed:
        assert "saved 6 replies" in repaired.stdout and "Every finished task has its reply." in repaired.stdout
    else:
        assert repaired.exit_code == 2
        assert "6 replies imported" in kedro("cache", "import", "replies.zst").stdout
    assert "All replies" in kedro("cache", "repair").stdout


def test_a_cache_is_not_repaired_while_a_run_is_active(project: Project, kedro: Kedro) -> None:
    lock = project.folder / "data" / ".runs" / "20261129T120000Z-1a2b3c4d.lock"
    with FileLock(lock):
        result = kedro("cache", "repair")
    assert (result.exit_code, f"in use by {lock.stem}" in result.stderr) == (1, True)


def test_commands_without_a_cache_do_not_create_one(project: Project, kedro: Kedro) -> None:
    (project.folder / "data" / "cache").rename(project.folder / "data" / "old")
    assert "0 replies" in kedro("cache", "stats").stdout
    assert kedro("cache", "verify").exit_code == 2, "the replies of finished tasks are missing"
    assert not (project.folder / "data" / "cache").exists()
