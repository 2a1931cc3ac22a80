"""A process parses the settings again only if they change."""

from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from support.project import ROOT

from korean_flashcards.files.settings_loader import SettingsLoader
from korean_flashcards.settings import CONFIG_LOADER_ARGS

KINDS = ("globals", "parameters", "catalog")


def loader(conf: Path, given: dict[str, Any] | None = None, kind: type = SettingsLoader, env: str = "local") -> Any:
    return kind(conf_source=str(conf), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)


def small_conf(folder: Path) -> Path:
    """Return a folder with a few settings."""
    texts = {
        "base/globals.yml": "data: data\n", "base/parameters.yml": "limit: 1\nplace: ${globals:data}/x\n",
        "base/catalog.yml": "words: {type: pickle.PickleDataset, filepath: '${globals:data}/words'}\n",
        "base/credentials.yml": "llm: {key: '${oc.env:A_KEY}'}\n", "local/parameters.yml": "words: 2\n",
        "other/parameters.yml": "words: 9\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("given", [None, {"limit": 3}, {"llm": {"model": "some/model"}}])
def test_the_settings_are_those_that_kedro_loads(given: dict[str, Any] | None) -> None:
    for _ in range(2):
        ours, kedros = loader(ROOT / "conf", given), loader(ROOT / "conf", given, OmegaConfigLoader)
        assert all(ours[kind] == kedros[kind] for kind in KINDS)


def test_settings_are_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf = small_conf(tmp_path)
    first = [loader(conf)[kind] for kind in KINDS]
    monkeypatch.setattr(OmegaConfigLoader, "_read_dir_configs", None)
    assert [loader(conf)[kind] for kind in KINDS] == first


def test_a_change_is_seen_at_once_also_by_a_loader_that_exists(tmp_path: Path) -> None:
    conf = small_conf(tmp_path)
    existing = loader(conf)
    assert existing["parameters"] == {"limit": 1, "place": "data/x", "words": 2}
    (conf / "base/parameters.yml").write_text("limit: 7\n", encoding="utf-8")
    assert existing["parameters"] == loader(conf)["parameters"] == {"limit": 7, "words": 2}
    (conf / "local/parameters.yml").unlink()
    assert existing["parameters"] == {"limit": 7}
    assert loader(conf, {"limit": 8})["parameters"] == {"limit": 8}
    assert loader(conf, env="other")["parameters"] == {"limit": 7, "words": 9}
    (conf / "base/globals.yml").write_text("data: disk\n", encoding="utf-8")
    assert loader(conf)["catalog"]["words"]["filepath"] == "disk/words"


def test_changing_what_was_loaded_changes_nothing_else(tmp_path: Path) -> None:
    loaded = loader(small_conf(tmp_path))
    loaded["catalog"]["words"]["filepath"] = "elsewhere"
    assert loaded["catalog"]["words"]["filepath"] == loader(tmp_path)["catalog"]["words"]["filepath"] == "data/words"
    loaded["parameters"] = {"limit": 5}
    assert loaded["parameters"] == {"limit": 5} and loader(tmp_path)["parameters"]["limit"] == 1


def test_keys_are_always_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf = small_conf(tmp_path)
    for key in ("sk-1", "sk-2"):
        monkeypatch.setenv("A_KEY", key)
        assert loader(conf)["credentials"] == {"llm": {"key": key}}
