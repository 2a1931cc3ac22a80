"""Serve Kedro-Viz, or the static site that it builds, and use it as a person does."""

import functools
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from support.devtools import Tab

_STARTED = 90.0  # seconds
_BOXES = "[...document.querySelectorAll('.pipeline-node')]"
_DETAILS = "document.querySelector('.pipeline-metadata')"


@contextmanager
def running_viz(project: Path, folder: Path) -> Iterator[str]:
    """Yield the address of ``kedro viz run`` in a project. ``folder`` is for its log."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, log = f"http://127.0.0.1:{port}", folder / "viz.log"
    command = [sys.executable, "-m", "kedro", "viz", "run", "--no-browser", "--host=127.0.0.1", f"--port={port}"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=project, stdout=file, stderr=file)
        try:
            _wait_for(f"{address}/api/main", log)
            yield address
        finally:
            process.terminate()
            process.wait(_STARTED)


@contextmanager
def served_site(site: Path) -> Iterator[str]:
    """Yield the address of a static site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def open_pipeline(tab: Tab, address: str, name: str) -> None:
    """Show the boxes of a pipeline."""
    tab.open(f"{address}/?pid={name}")
    tab.wait(f"{_BOXES}.length > 3")


def boxes(tab: Tab) -> set[str]:
    """Return the names of all boxes in the flowchart."""
    return set(tab.value(f"{_BOXES}.map((each) => each.textContent)"))


def click_box(tab: Tab, name: str) -> None:
    """Click the box with this name, after the flowchart has stopped moving."""
    place = f"(() => {{ const box = {_BOXES}.find((each) => each.textContent === '{name}').getBoundingClientRect(); "
    place += "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
    deadline, before = time.monotonic() + 10, None
    while (now := tab.value(place)) != before:
        assert time.monotonic() < deadline
        before = now
        time.sleep(0.3)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=now[0], y=now[1], button="left", clickCount=1)


def open_details(tab: Tab, address: str, pipeline: str, name: str, expected: str) -> None:
    """Open the panel of a node or dataset by its link, and wait until its text includes ``expected``."""
    with urlopen(f"{address}/api/pipelines/{pipeline}") as answer:
        nodes: list[dict[str, Any]] = json.load(answer)["nodes"]
    (node,) = (each for each in nodes if each["name"] == name)
    tab.open(f"{address}/?pid={pipeline}&sid={node['id']}")
    tab.wait(f"{_DETAILS}.innerText.startsWith({name!r}) || {_DETAILS}.innerText.startsWith('Show Code')")
    tab.wait(f"{_DETAILS}.innerText.includes({expected!r})")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + _STARTED
    while time.monotonic() < deadline:
        try:
            with urlopen(address):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
