"""Show cards in headless Chromium as Anki's desktop program does, and report what the pages did."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.browser import browse

_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"></head>'
    '<body class="card card1 isLin{night}"><div id="qa">{side}</div></body></html>'
)
_FRAME = '<iframe style="width: {width}px; height: 800px; border: 0" srcdoc="{page}"></iframe>'
# With all folded parts open. An element without text that takes up space is an empty box.
_MEASURE = """<link rel="icon" href="data:,"><script>
addEventListener("load", () => setTimeout(() => {
  const pages = [...document.querySelectorAll("iframe")].map(({contentDocument: page}) => {
    page.querySelectorAll("details").forEach((part) => { part.open = true; });
    const empty = [...page.querySelectorAll(".kf *")].filter((part) =>
      part.offsetWidth && part.offsetHeight > 4 && !part.innerText.trim() && !part.querySelector("svg"));
    return {
      text: page.body.innerText,
      wider: page.documentElement.scrollWidth - page.documentElement.clientWidth,
      empty: empty.map((part) => part.outerHTML),
      controls: page.querySelectorAll("script, iframe, input").length,
    };
  });
  fetch("/result", {method: "POST", body: JSON.stringify(pages)});
}, 300));</script>"""
_PLAY_TAG = re.compile(r"\[anki:play:[qa]:\d+\]")
_PLAY_BUTTON = (
    '<a class="replay-button soundLink" href="#"><svg viewBox="0 0 64 64"><circle cx="32" cy="32" r="29" /></svg></a>'
)


@dataclass(frozen=True)
class ShownCards:
    """The cards in Chromium: each page's text and measurements, console messages, and addresses that were requested."""

    pages: list[dict[str, Any]]
    console: list[str]
    requests: list[str]


def show(sides: Sequence[str], folder: Path, widths: Iterable[int] = (390, 1100)) -> ShownCards:
    """Show each side of a card, as HTML, in each width (pixels), in light and dark colors alternately."""
    frames = (
        _FRAME.format(width=width, page=html.escape(_page(side, dark=(number + index) % 2 == 1)))
        for index, width in enumerate(widths)
        for number, side in enumerate(sides)
    )
    page = f'<!doctype html><meta charset="utf-8">{"".join(frames)}{_MEASURE}'
    shown = browse({"/": page.encode()}, folder)
    return ShownCards(shown.result, shown.console, shown.requests)


def _page(side: str, *, dark: bool) -> str:
    return _PAGE.format(night=" nightMode" if dark else "", side=_PLAY_TAG.sub(_PLAY_BUTTON, side))
