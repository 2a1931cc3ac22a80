"""Exchange reviews through an offline page: what it shows, what comes back, and what is recorded."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browser import CHROMIUM
from support.commands import Kedro, kedro_here
from support.devtools import Tab, chromium
from support.project import Project

Decisions = dict[str, Any]
_PAGE = Path("review.html")


@pytest.fixture
def kedro(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    monkeypatch.setenv("LOGNAME", "kim")
    return kedro_here(finished.copied_to(tmp_path / "project"), monkeypatch)


@pytest.fixture
def exported(kedro: Kedro) -> Decisions:
    """Write a page with the cards of 남성, and return a file with decisions as the page would download it."""
    assert kedro("review", "export", str(_PAGE), "남성").exit_code == 0
    data = _data(_PAGE)
    shown = {item["card"]: {name: item[name] for name in ("item_id", "card", "fingerprint", "last_review")}
             for item in [*data["items"]["flashcards"], *data["items"]["nuance"]]}  # fmt: skip
    decisions = [
        {"action": "approve", **shown["Usage-Comparison"]},
        {"action": "reject", **shown["Hanja"], "reason": "너무 어려워요"},
        {"action": "edit", **shown["Scene"], "values": {"front": "Who?", "back": "남성, a man."}},
        {"action": "approve", **shown["Scene"]},
        {"action": "edit", **shown["analysis"], "values": {"primary_meaning": "a man"}},
    ]
    return {"format": "korean-flashcards-review", "version": 1, "bundle": data["id"], "project_id": data["project_id"],
            "reviewer": "lee", "decisions": decisions}  # fmt: skip


def _data(page: Path) -> Decisions:
    text = page.read_text(encoding="utf-8").partition('<script id="data" type="application/json">')[2]
    found: Decisions = json.loads(text.partition("</script>")[0])
    return found


def _import(kedro: Kedro, content: Any, *options: str) -> tuple[int, list[dict[str, str]]]:
    Path("decisions.json").write_text(json.dumps(content), encoding="utf-8")
    result = kedro("review", "import", "decisions.json", "--json", *options)
    return result.exit_code, json.loads(result.stdout)


def _stats(kedro: Kedro) -> Any:
    return json.loads(kedro("review", "stats", "--json").stdout)


def test_decisions_are_recorded_once(kedro: Kedro, exported: Decisions) -> None:
    code, found = _import(kedro, exported, "--dry-run")
    assert code == 0 and {each["result"] for each in found} == {"applied"} and _stats(kedro)["reviewers"] == []
    code, found = _import(kedro, exported)
    assert code == 0 and {each["card"]: each["text"] for each in found} == {
        "Usage-Comparison": "approved", "Hanja": "rejected: 너무 어려워요", "Scene": "edited (front, back), approved",
        "analysis": "edited (primary_meaning)",
    }  # fmt: skip
    recorded = _stats(kedro)
    assert {(row["reviewer"], row["action"], row["reviews"]) for row in recorded["reviewers"]} == {
        ("lee", "approve", 2), ("lee", "reject", 1), ("lee", "edit", 2),
    }  # fmt: skip
    code, found = _import(kedro, exported)
    assert code == 0 and {each["result"] for each in found} == {"unchanged"} and _stats(kedro) == recorded
    kedro("review", "approve", "남성", "--card", "Hanja")
    assert {each["result"] for each in _import(kedro, exported)[1]} == {"unchanged"}


def test_a_different_edit_is_a_conflict_and_not_one_that_was_imported_before(kedro: Kedro, exported: Decisions) -> None:
    edit = next(each for each in exported["decisions"] if each["action"] == "edit" and each["card"] == "Scene")
    first = {**exported, "decisions": [edit]}
    assert [each["result"] for each in _import(kedro, first)[1]] == ["applied"]
    other = {**first, "decisions": [{**edit, "values": {"front": "Who is it?", "back": "남성, a man."}}]}
    code, (found,) = _import(kedro, other)
    assert code == 2 and found["result"] == "conflict" and "since then edited by lee" in found["text"]
    assert [each["result"] for each in _import(kedro, first)[1]] == ["unchanged"]


def test_an_edit_that_is_stored_in_another_form_is_recognized(kedro: Kedro, exported: Decisions) -> None:
    edits = [each for each in exported["decisions"] if each["action"] == "edit"]
    scene, analysis = ({**edit, "values": values} for edit, values in zip(edits, (
        {"front": "Who? \n", "tags": '["my-tag"]'}, {"usage_context": ""},
    ), strict=True))  # fmt: skip
    file = {**exported, "decisions": [scene, analysis]}
    assert [each["result"] for each in _import(kedro, file)[1]] == ["applied", "applied"]
    assert [each["result"] for each in _import(kedro, file)[1]] == ["unchanged", "unchanged"]


def test_what_is_not_a_file_is_refused(kedro: Kedro) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    result = kedro("review", "import", "/dev/zero")
    assert result.exit_code == 1 and "/dev/zero is not a file with decisions. Nothing was changed." in result.stderr


def test_a_card_that_changed_since_the_export_is_a_conflict(kedro: Kedro, exported: Decisions) -> None:
    kedro("review", "edit", "남성", "--card", "Scene", "--field", "front", "--value", "Mine?")
    kedro("review", "reject", "남성", "--card", "Usage-Comparison", "--reason", "no")
    exported["decisions"][1]["item_id"] = "없음#1"
    exported["decisions"][4]["fingerprint"] = "0" * 32
    code, found = _import(kedro, exported)
    assert code == 2 and {each["result"] for each in found} == {"conflict"}
    texts = {each["card"]: each["text"] for each in found}
    assert texts["Scene"].startswith("since then edited by kim on ")
    assert texts["Usage-Comparison"].startswith("since then rejected by kim on ")
    assert texts["Hanja"] == "it does not exist anymore"
    assert texts["analysis"] == "its text has changed since the export"
    lines = kedro("review", "import", "decisions.json").stdout.splitlines()
    assert lines[-1] == "0 recorded, 0 imported before, 4 conflicts." and "Not recorded: 남성#1 Scene: " in "\n".join(
        lines
    )
    assert {row["reviewer"] for row in _stats(kedro)["reviewers"]} == {"kim"}


@pytest.mark.parametrize(
    "change",
    [
        b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, {"version": 2}, {"decisions": [{"action": "approve"}]},
        {"decisions": [{"action": "edit", "item_id": "x", "card": "Scene", "fingerprint": "", "last_review": 0}]},
        {"decisions": 1}, {"more": 1},
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_sentence(kedro: Kedro, exported: Decisions, change: Any) -> None:
    content = change if isinstance(change, bytes) else json.dumps(exported | change).encode()
    Path("decisions.json").write_bytes(content)
    result = kedro("review", "import", "decisions.json")
    assert result.exit_code == 1 and result.stderr.startswith("Error: decisions.json is damaged, or it is not a file")
    assert result.stderr.count("\n") == 1 and _stats(kedro)["reviewers"] == []


def test_a_file_of_a_different_project_is_refused(kedro: Kedro, exported: Decisions) -> None:
    Path("decisions.json").write_text(json.dumps(exported | {"project_id": "other"}), encoding="utf-8")
    result = kedro("review", "import", "decisions.json")
    assert result.exit_code == 1 and "is from a page of a different project" in result.stderr


def test_an_export_replaces_a_file_only_if_confirmed_and_says_how_many_cards_it_has(kedro: Kedro) -> None:
    result = kedro("review", "export", str(_PAGE), "--limit", "5")
    assert result.exit_code == 0 and "5 cards of 189 cards (--limit) written to review.html." in result.stdout
    before = _PAGE.read_bytes()
    assert len(_data(_PAGE)["items"]["flashcards"]) == 5
    result = kedro("review", "export", str(_PAGE))
    assert result.exit_code == 1 and "Pass --yes to replace review.html" in result.stderr
    assert _PAGE.read_bytes() == before
    result = kedro("review", "export", str(_PAGE), "--state", "rejected")
    assert result.exit_code == 1 and result.stderr.startswith("Error: No card matches, so no page was written.")


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    with chromium(tmp_path) as found:
        yield found


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_colleague_reviews_offline_and_the_decisions_come_back(kedro: Kedro, tab: Tab) -> None:
    evil = "</script><script>document.title = 'hacked'</script><!-- {{Back}} \u2028"
    kedro("review", "edit", "남성", "--card", "Scene", "--field", "front", "--value", f"Who? {evil}")
    kedro("review", "export", str(_PAGE), "남성", "--state", "edited", "--state", "unreviewed")
    folder = Path.cwd()
    tab.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    tab.show()
    tab.open((folder / _PAGE).as_uri())
    first = "performance.getEntriesByName('first card').length && !document.getElementById('item').hidden"
    tab.wait(first)
    tab.value("byId('show').value = 'all', byId('show').dispatchEvent(new Event('input', {bubbles: true}))")
    tab.wait("byId('count').textContent === '1 of 3 cards' && !state.busy")
    shown = [_decide(tab, "approved", "a")]
    shown.append(_decide(tab, "rejected", "r", "no", "Enter"))
    shown.append(_decide(tab, "edited", "e", "My text?", "Control+Enter"))
    # The browser keeps the decisions.
    tab.reload()
    tab.wait("performance.getEntriesByName('first card').length && !byId('undo').disabled")
    assert tab.value("kept.decisions.length") == 3 and tab.value("document.title").startswith("Review of ")
    tab.value("document.getElementById('download').focus()")
    tab.press("Enter")
    tab.wait("document.getElementById('download-dialog').open")
    tab.write("lee")
    tab.press("Enter")
    tab.wait("document.getElementById('status').textContent.startsWith('3 decisions downloaded')")
    (file,) = _appeared(folder)
    assert tab.console == [] and all(
        address.startswith(("file:", "data:", "blob:", "about:")) for address in tab.requests
    )
    result = kedro("review", "import", file.name)
    assert all(part in result.stdout for part in shown)
    assert result.exit_code == 0 and "3 recorded, 0 imported before, 0 conflicts." in result.stdout, result.output
    assert {(row["reviewer"], row["action"]) for row in _stats(kedro)["reviewers"]} >= {
        ("lee", "approve"), ("lee", "reject"), ("lee", "edit"),
    }  # fmt: skip


def test_two_tabs_of_one_page_keep_the_decisions_of_both(kedro: Kedro, tab: Tab) -> None:
    kedro("review", "export", str(_PAGE), "남성")
    tab.show()
    tab.open((Path.cwd() / _PAGE).as_uri())
    tab.wait("performance.getEntriesByName('first card').length && !document.getElementById('item').hidden")
    other = '{action: "approve", item_id: "남성#1", card: "Hanja", fingerprint: "x", last_review: 0, group: 1}'
    tab.value(f"localStorage.setItem(KEPT, JSON.stringify({{decisions: [{other}], reviewer: 'kim'}}))")
    _decide(tab, "approved", "a")
    stored = json.loads(tab.value("localStorage.getItem(KEPT)"))
    assert [each["group"] for each in stored["decisions"]] == [1, 2] and stored["reviewer"] == "kim"
    tab.press("u")
    tab.wait("byId('status').textContent.startsWith('Undone') && !state.busy")
    assert len(json.loads(tab.value("localStorage.getItem(KEPT)"))["decisions"]) == 1


def _decide(tab: Tab, decision: str, key: str, text: str = "", end: str = "") -> str:
    """Decide about the shown card with keys, and return its name."""
    part = str(tab.value("`${state.item.item_id} ${state.item.card}`"))
    tab.press(key)
    if text:
        tab.press("Control+a")
        tab.write(text)
        tab.press(end)
    tab.wait(f"byId('status').textContent.includes({json.dumps(f'{part} {decision}')}) && !state.busy")
    return part


def _appeared(folder: Path) -> list[Path]:
    for _ in range(500):
        if found := list(folder.glob("review-*.json")):
            return found
        time.sleep(0.02)
    return []
