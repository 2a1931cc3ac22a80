"""Show cards in headless Chromium as Anki's desktop program does, and report what the pages did."""

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_TIMEOUT = 60  # seconds
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
    assert CHROMIUM is not None
    frames = (
        _FRAME.format(width=width, page=html.escape(_page(side, dark=(number + index) % 2 == 1)))
        for index, width in enumerate(widths)
        for number, side in enumerate(sides)
    )
    server = _Server(f'<!doctype html><meta charset="utf-8">{"".join(frames)}{_MEASURE}')
    # Requests to all hosts but this one go to the proxy, which is the same server.
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", f"--user-data-dir={folder}/profile", "--enable-logging=stderr",
        f"--proxy-server={server.address}", "--remote-debugging-port=0", f"{server.address}/",
    ]  # fmt: skip
    log = folder / "chromium.log"
    with log.open("wb") as file:
        browser = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            assert server.finished.wait(_TIMEOUT), log.read_text(encoding="utf-8", errors="replace")
        finally:
            browser.terminate()
            browser.wait(_TIMEOUT)
            server.close()
    console = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if ":CONSOLE" in line]
    return ShownCards(server.pages, console, server.requests)


def _page(side: str, *, dark: bool) -> str:
    return _PAGE.format(night=" nightMode" if dark else "", side=_PLAY_TAG.sub(_PLAY_BUTTON, side))


class _Server:
    """An HTTP server that sends the page, receives the measurements, and notes all other requests."""

    def __init__(self, page: str) -> None:
        self.finished = threading.Event()
        self.pages: list[dict[str, Any]] = []
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/":
                    outer.requests.append(self.path)
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode() if self.path == "/" else b"")

            do_CONNECT = do_HEAD = do_GET

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path != "/result":
                    outer.requests.append(self.path)
                    return
                outer.pages = json.loads(body)
                outer.finished.set()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
