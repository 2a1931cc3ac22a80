"""docs/explanation/architecture.md names every folder, every file of llm and ledger, and only existing paths."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "korean_flashcards"
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))
# Package files are left out, and migrations are described as one folder.
_LEFT_OUT = ("__init__.py", "migrations/")


def _section(folder: str) -> str:
    return PAGE.split(f"\n## {folder}/, file by file", 1)[1].split("\n## ", 1)[0]


def test_every_folder_has_its_line() -> None:
    folders = {f"{path.name}/" for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= NAMED, folders - NAMED


@pytest.mark.parametrize("folder", ["llm", "ledger"])
def test_every_file_has_its_line(folder: str) -> None:
    named = set(re.findall(r"`([^`\n]+)`", _section(folder)))
    files = {path.relative_to(PACKAGE / folder).as_posix() for path in (PACKAGE / folder).rglob("*.py")}
    files = {name for name in files if not any(part in name for part in _LEFT_OUT)}
    covered = {name for name in files if any(name == known or name.startswith(known) for known in named)}
    assert files - covered == set()


def test_every_named_file_exists() -> None:
    files = {name for name in NAMED if re.fullmatch(r"[\w./-]+\.(py|yml|md|j2|html)", name) and "NAME" not in name}
    in_sections = {
        name: folder for folder in ("llm", "ledger") for name in re.findall(r"`([^`\n]+\.py)`", _section(folder))
    }
    places = (PACKAGE, ROOT, ROOT / "conf" / "base")
    missing = {
        name
        for name in files
        if not any((place / name).exists() for place in places)
        and not (name in in_sections and (PACKAGE / in_sections[name] / name).exists())
        and not any(PACKAGE.rglob(name))
    }
    assert missing == set()


def test_every_named_function_exists() -> None:
    identifiers = (name for name in NAMED if re.fullmatch(r"[A-Za-z]\w*(\.[a-z_]+)?", name))
    names = {name for name in identifiers if not name.endswith((".toml", ".py"))}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    catalog = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "conf" / "base").glob("*.yml"))
    gone = set()
    for name in names:
        for part in name.split("."):
            if not re.search(rf"\b{re.escape(part)}\b", sources + catalog):
                gone.add(name)
    assert gone == set()
