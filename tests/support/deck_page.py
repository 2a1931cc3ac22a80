"""Use the page of an HTML deck in headless Chromium as a reader does."""

from collections.abc import Sequence
from pathlib import Path

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import html_deck
from support.browser import Browsed, browse

# The deck is in a frame, and the page around it runs a script with these helpers.
_FRAME = """<!doctype html><link rel="icon" href="data:,"><body style="margin: 0">
<iframe src="/deck.html" style="width: {width}px; height: 800px; border: 0"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.onload = async () => {{
  const page = frame.contentDocument, view = frame.contentWindow, result = {{}};
  const get = (id) => page.getElementById(id);
  const all = (selector) => [...page.querySelectorAll(selector)];
  const press = (key, target = page.body) =>
    target.dispatchEvent(new view.KeyboardEvent("keydown", {{key, bubbles: true, cancelable: true}}));
  const enter = (id, value) => {{
    get(id).value = value;
    get(id).dispatchEvent(new view.Event("input", {{bubbles: true}}));
  }};
  const words = () => {{
    get("show-list").click();
    return get("list").hidden ? [] : all(".row .word").map((word) => word.textContent);
  }};
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  {look}
  try {{ {script} }} catch (error) {{ result.error = String(error); }}
  result.loaded = view.performance.getEntriesByType("resource").map((entry) => entry.name);
  fetch("/result", {{method: "POST", body: JSON.stringify(result)}});
}};
</script>"""
# How much wider than the screen the page is, and which texts are hard to read (WCAG 2.2, "contrast ratio", level AA).
_LOOK = """
const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
const color = (part, name) => view.getComputedStyle(part)[name].match(/[\\d.]+/g).map(Number);
const isSolid = (found) => found.length < 4 || found[3] === 1;
const behind = (part) => {
  const found = color(part, "backgroundColor");
  return isSolid(found) ? found : behind(part.parentElement);
};
const contrast = (part) => {
  const [low, high] = [light(color(part, "color")), light(behind(part))].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
};
const hasText = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const look = () => {
  all("details").forEach((part) => { part.open = true; });
  const texts = all("body *").filter((part) => part.offsetWidth && !part.disabled && hasText(part));
  const wide = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  return [wide, texts.filter((part) => contrast(part) < 4.5).map((part) => part.outerHTML.slice(0, 200))];
};
"""


def used(content: ExportContent, folder: Path, script: str, width: int = 1100, flags: Sequence[str] = ()) -> Browsed:
    """Return the ``result`` of a script that uses the deck's page. The page must not request or report anything."""
    start = _FRAME.format(width=width, look=_LOOK, script=script).encode()
    browsed = browse({"/": start, "/deck.html": html_deck.write(content)}, folder, flags)
    assert browsed.result.get("error") is None, browsed.result
    seen = (browsed.console, browsed.requests, browsed.result["loaded"])
    assert not any(seen), seen
    return browsed
