"""The review page in Chromium, used with the keyboard alone: what it shows, and what the ledger has afterwards."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.browser import CHROMIUM
from support.commands import Kedro, kedro_here
from support.devtools import Tab, chromium
from support.project import Project
from support.served_review import ServedReview, served_review

from korean_flashcards.formats.anki_note import FIELDS
from korean_flashcards.formats.filled_template import filled
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.review.parts import Action

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

_TITLE = "document.getElementById('title').innerText.split('\\n')"
_STATUS = "document.getElementById('status').textContent"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def kedro(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(finished.copied_to(tmp_path / "project"), monkeypatch)


@pytest.fixture
def served(kedro: Kedro, tab: Tab) -> Iterator[ServedReview]:
    """Serve the page, and show its first card."""
    with served_review() as found:
        tab.console.clear()
        tab.requests.clear()
        tab.show()
        tab.open(found.server.address)
        tab.wait("performance.getEntriesByName('first card').length && !document.getElementById('item').hidden")
        yield found
        # Chromium reports a request that fails, which these tests cause on purpose.
        assert [line for line in tab.console if "409 (Conflict)" not in line] == []


def _part(tab: Tab) -> str:
    """Return the name of the shown card or analysis, such as "남성#1 Scene"."""
    return str(tab.value("`${state.item.item_id} ${state.item.card}`"))


def _said(served: ServedReview) -> list[tuple[str, str, str | None, str | None]]:
    reviews = served.session.ledger.reviews.all()
    return [(str(review.part), str(review.action), review.reason, review.reviewer) for review in reviews]


def _frames_show(tab: Tab, *texts: str) -> None:
    """Wait until the card in the frames shows these texts."""
    deadline = time.monotonic() + 10
    while not all(text in (shown := "\n".join(tab.in_frames())) for text in texts):
        assert time.monotonic() < deadline, shown
        time.sleep(0.02)


def _done(tab: Tab, press: Callable[[], None], status: str) -> None:
    press()
    tab.wait(f"{_STATUS}.includes({json.dumps(status)})")


def test_a_reviewer_approves_rejects_edits_and_undoes_with_the_keyboard_alone(served: ServedReview, tab: Tab) -> None:
    first = _part(tab)
    _done(tab, lambda: tab.press("a"), f"{first} approved. U undoes it.")
    second = _part(tab)
    assert second != first

    tab.press("r")
    tab.wait("document.getElementById('reject-dialog').open")
    tab.write("너무 어려워요")
    _done(tab, lambda: tab.press("Enter"), f"{second} rejected.")
    third = _part(tab)

    tab.press("e")
    tab.press("Control+a")
    tab.write("Who is there? <script>document.title = 'hacked'</script>")
    tab.press("Tab", "Control+a")
    tab.write("Nobody {{Front}} <b>here</b>.")
    # The card shows both fields before they are saved, as text.
    tab.wait("document.getElementById('back').getAttribute('srcdoc').includes('Nobody')")
    _frames_show(tab, "Who is there? <script>document.title = 'hacked'</script>", "Nobody {{Front}} <b>here</b>.")
    assert len(_said(served)) == 2
    _done(tab, lambda: tab.press("Control+Enter"), f"{third} edited.")
    assert _part(tab) == third

    assert _said(served) == [
        (first, "approve", None, "kim"),
        (second, "reject", "너무 어려워요", "kim"),
        (third, "edit", "front, back", "kim"),
    ]
    assert {(edit.field, edit.value) for edit in served.session.ledger.reviews.overrides()} == {
        ("front", "Who is there? <script>document.title = 'hacked'</script>"),
        ("back", "Nobody {{Front}} <b>here</b>."),
    }
    _done(tab, lambda: tab.press("u"), f"Undone: {third} edited.")
    _done(tab, lambda: tab.press("u"), f"Undone: {second} rejected.")
    assert _part(tab) == second
    assert _said(served) == [(first, "approve", None, "kim")] and served.session.ledger.reviews.overrides() == []
    assert tab.value("document.title") == "Review"


def test_the_key_is_neither_in_the_address_nor_in_a_log(
    served: ServedReview, tab: Tab, capfd: pytest.CaptureFixture[str]
) -> None:
    access = served.server.access
    assert tab.value("location.href") == access.address
    assert tab.value("document.documentElement.outerHTML").count(access.token) == 0
    tab.reload()
    tab.wait("performance.getEntriesByName('first card').length && !document.getElementById('item').hidden")
    assert tab.value("location.href") == access.address
    assert {re.sub(r"[?].*", "", address) for address in tab.requests} - {"data:,", "about:srcdoc"} == {
        access.address + path for path in ("", "app.js", "style.css", "api/start", "api/card")
    }
    output = capfd.readouterr()
    assert access.token not in output.out + output.err


def test_a_change_made_elsewhere_is_noticed_and_not_overwritten(served: ServedReview, tab: Tab) -> None:
    (row,) = served.session.generated(*_part(tab).split())
    served.session.ledger.reviews.decide(Action.REJECT, [row], By("lee", "wrong hanja"))
    tab.press("a")
    tab.wait("document.getElementById('problem').textContent.includes('has changed since it was shown')")
    assert tab.wait("document.getElementById('about').innerText.includes('wrong hanja')")
    assert [action for _, action, *_ in _said(served)] == ["reject"]

    # The reviewer types while somebody else edits the card: both texts remain visible.
    tab.press("e", "Control+a")
    tab.write("My question?")
    served.session.ledger.reviews.edit(row, {"front": "Their question?"}, By("lee"))
    tab.press("Control+Enter")
    tab.wait("document.getElementById('invalid').textContent.includes('Front is now: Their question?')")
    assert tab.value("document.getElementById('field-front').value") == "My question?"
    assert [edit.value for edit in served.session.ledger.reviews.overrides()] == ["Their question?"]
    _done(tab, lambda: tab.press("Control+Enter"), "edited.")
    assert [edit.value for edit in served.session.ledger.reviews.overrides()] == ["My question?"]


def test_all_cards_that_a_filter_selects_are_approved_after_a_confirmation_and_undone_together(
    served: ServedReview, tab: Tab
) -> None:
    tab.press("/")
    tab.write("남성")
    tab.wait("document.getElementById('count').textContent === '1 of 3 cards'")
    tab.press("Escape", "A")
    assert tab.wait("document.getElementById('all-dialog').open && document.getElementById('all-title').innerText") == (
        "Approve 3 cards?"
    )
    tab.press("Enter")  # the focus is on Cancel
    tab.wait("!document.getElementById('all-dialog').open && !state.busy")
    assert _said(served) == []
    tab.press("A")
    tab.wait("document.getElementById('all-dialog').open")
    tab.press("Shift+Tab")
    _done(tab, lambda: tab.press("Enter"), "3 cards approved.")
    assert len(_said(served)) == 3
    assert tab.value("document.getElementById('nothing').innerText").startswith("The filters select nothing.")
    _done(tab, lambda: tab.press("u"), "Undone: 3 cards approved.")
    assert _said(served) == []


def test_an_analysis_is_edited_and_its_card_shows_the_new_meaning(served: ServedReview, tab: Tab) -> None:
    item_id, card = _part(tab).split()
    tab.press("i")
    tab.wait(f"{_TITLE}[1] === 'Analysis'")
    tab.press("e")
    tab.value("document.getElementById('field-primary_meaning').select()")
    tab.value("document.getElementById('field-primary_meaning').focus()")
    tab.write("a new meaning")
    tab.wait("document.getElementById('back').getAttribute('srcdoc').includes('a new meaning')")
    _done(tab, lambda: tab.press("Control+Enter"), "analysis edited.")
    tab.press("i")
    tab.wait(f"{_TITLE}[1] === {json.dumps(card)}")
    _frames_show(tab, "a new meaning")
    assert _said(served) == [(f"{item_id} analysis", "edit", "primary_meaning", "kim")]


@pytest.mark.parametrize("width", [390, 1100])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_fits_the_screen_and_its_text_is_easy_to_read(
    served: ServedReview, tab: Tab, width: int, dark: bool
) -> None:
    tab.show(width, dark=dark)
    tab.reload()
    tab.wait("performance.getEntriesByName('first card').length && !document.getElementById('item').hidden")
    assert tab.value("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    assert tab.value("document.documentElement.scrollWidth") <= width
    assert tab.value(_FAINT) == []
    unnamed = """[...document.querySelectorAll('button, input, select, textarea')]
        .filter((part) => !(part.labels?.length || part.innerText || !part.offsetWidth)).length"""
    assert tab.value(unnamed) == 0
    assert all("card1" in name and ("nightMode" in name) == dark for name in tab.in_frames("document.body.className"))


def test_the_page_fills_in_templates_as_the_notebooks_do(served: ServedReview, tab: Tab) -> None:
    templates = {
        "own": served.desk.templates.front + served.desk.templates.back,
        "sections": "{{#Front}}[{{Front}}{{^Hanja}}native{{/Hanja}}{{#Hanja}} {{ Hanja }}{{/Hanja}}]{{/Front}}"
        "{{^Front}}none{{/Front}}",
    }
    for front, hanja in (("", ""), ("a $& {{Back}} \\ &lt;b&gt;", ""), ("$1", "男 &#123;{Front}}")):
        fields = dict.fromkeys((*FIELDS, "FrontSide"), "x") | {"Front": front.replace("{", "&#123;"), "Hanja": hanja}
        for template in templates.values():
            shown = tab.value(f"filled({json.dumps(template)}, {json.dumps(fields)})")
            # Mustache leaves out the line of a tag that stands alone. In HTML, it makes no difference.
            assert shown.split() == filled(template, fields).split()


def test_the_page_works_in_a_frame_of_a_notebook(kedro: Kedro, tab: Tab) -> None:
    """JupyterLab is a different site for the browser, so the frame gets no cookies."""
    with served_review(framed=True) as served, _site(served.server.address) as address:
        tab.show()
        tab.open(address)
        _frames_show(tab, "1 of 189 cards", "Analysis", "TOPIK")
        tab.in_frames("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true}))")
        _frames_show(tab, "approved. U undoes it.")
        assert [action for _, action, *_ in _said(served)] == ["approve"]


@contextmanager
def _site(framed: str) -> Iterator[str]:
    """Serve a page with a frame, at localhost instead of 127.0.0.1, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            page = f'<!doctype html><link rel="icon" href="data:,"><iframe src="{framed}" width="1000" height="800">'
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


# The texts with a contrast below 4.5 (WCAG 2.2, level AA).
_FAINT = """(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const color = (part, name) => getComputedStyle(part)[name].match(/[\\d.]+/g).map(Number);
  const behind = (part) => {
    const found = color(part, "backgroundColor");
    return found.length < 4 || found[3] === 1 ? found : behind(part.parentElement);
  };
  const contrast = (part) => {
    const [low, high] = [light(color(part, "color")), light(behind(part))].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  const hasText = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.querySelectorAll("body *")].filter((part) =>
    part.offsetWidth && hasText(part) && !part.closest(":disabled"));
  return texts.filter((part) => contrast(part) < 4.5).map((part) => part.outerHTML.slice(0, 100));
})()"""
