"""Show pages in headless Chromium, and report what they did: console messages and requests."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_TIMEOUT = 60  # seconds
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Chromium looks for updates and the time at these hosts, whatever page it shows.
_OF_CHROMIUM = re.compile(r"^(?:https?://)?(?:[\w-]+\.)*(?:google|googleapis|gstatic|gvt1)\.com[:/]")


@dataclass(frozen=True)
class Browsed:
    """Hold the result of the start page, the console messages, and the addresses that the pages requested."""

    result: Any
    console: list[str]
    requests: list[str]


def browse(pages: Mapping[str, bytes], folder: Path, flags: Sequence[str] = ()) -> Browsed:
    """Show the page ``/`` until it sends its result, as JSON, to ``/result``.

    Args:
        pages: The pages by path. Requests for them are not reported.
        folder: A folder for the browser's profile and log.
        flags: More flags of Chromium.
    """
    server = _Server(pages)
    log = folder / "chromium.log"
    # Requests to all hosts but this one go to the proxy, which is the same server.
    options = (f"--proxy-server={server.address}", "--remote-debugging-port=0", "--enable-logging=stderr")
    with log.open("wb") as file:
        browser = subprocess.Popen(
            [*chromium_command(folder), *options, *flags, f"{server.address}/"], stdout=file, stderr=file
        )
        try:
            assert server.finished.wait(_TIMEOUT), log.read_text(encoding="utf-8", errors="replace")
        finally:
            browser.terminate()
            browser.wait(_TIMEOUT)
            server.close()
    console = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if ":CONSOLE" in line]
    return Browsed(server.result, console, [each for each in server.requests if not _OF_CHROMIUM.match(each)])


def printed(page: Path, folder: Path, flags: Sequence[str] = ()) -> bytes:
    """Return the PDF that Chromium prints of a page."""
    pdf = folder / "printed.pdf"
    options = ("--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    subprocess.run(
        [*chromium_command(folder), *options, *flags, page.as_uri()], check=True, capture_output=True, timeout=_TIMEOUT
    )
    return pdf.read_bytes()


def chromium_command(folder: Path) -> tuple[str, ...]:
    """Return the command that starts Chromium with a profile in the folder."""
    assert CHROMIUM is not None
    return (CHROMIUM, *_FLAGS, f"--user-data-dir={folder}/profile")


class _Server:
    """An HTTP server that sends the pages, receives the result, and notes all other requests."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.finished = threading.Event()
        self.result: Any = None
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path not in pages:
                    outer.requests.append(self.path)
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(pages.get(self.path, b""))

            do_CONNECT = do_HEAD = do_GET

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                if self.path != "/result":
                    outer.requests.append(self.path)
                    return
                outer.result = json.loads(body)
                outer.finished.set()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
