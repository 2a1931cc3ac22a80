"""Use pages in headless Chromium as a person does: real keys, and pictures of what is shown (DevTools protocol)."""

import base64
import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

from support.browser import chromium_command

_TIMEOUT = 30.0  # seconds
_FRAME_TIMEOUT = 1.0
_PORT = re.compile(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/")
# The codes of keys without a character.
_CODES = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowRight": 39, "Backspace": 8, "Home": 36, "End": 35}
_MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}


class DevToolsError(AssertionError):
    """Raised when Chromium refuses a call, such as one for a frame that was replaced meanwhile."""


class Tab:
    """A page in Chromium. ``console`` holds its messages and errors, ``requests`` the addresses that it requested."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.console: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(
        self, method: str, session: str | None = None, timeout: float = _TIMEOUT, **params: Any
    ) -> dict[str, Any]:  # fmt: skip
        """Call a method of the DevTools protocol for the page, or for the frame with this session. Return its result."""
        number = next(self._numbers)
        about = {} if session is None else {"sessionId": session}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **about}))
        while True:
            message = json.loads(self._socket.recv(timeout=timeout))
            if message.get("id") == number:
                if "error" in message:
                    raise DevToolsError(f"{method}: {message['error']}")
                return dict(message["result"])
            self._note(message)

    def show(self, width: int = 1100, height: int = 900, *, dark: bool = False) -> None:
        """Set the size of the page (pixels) and the system's color scheme."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, address: str) -> None:
        """Go to an address. Use ``wait`` to wait for the page."""
        self.call("Page.navigate", url=address)

    def reload(self) -> None:
        """Load the page again, and wait for it."""
        self.value("window.isOld = true")
        self.call("Page.reload")
        self.wait("!window.isOld && document.readyState === 'complete'")

    def value(self, script: str) -> Any:
        """Return the value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def in_frames(self, script: str = "document.body.innerText") -> list[Any]:
        """Return the value of a JavaScript expression in each sandboxed frame that has loaded.

        The pages of such frames have their own processes.
        """
        targets = [each for each in self.call("Target.getTargets")["targetInfos"] if each["type"] == "iframe"]
        found = [self._in_frame(each["targetId"], script) for each in targets]
        return [value for value in found if value is not None]

    def wait(self, script: str, timeout: float = _TIMEOUT) -> Any:
        """Return the value of a JavaScript expression as soon as it is true."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            # While a page is loading, its elements do not exist yet.
            if found := self.value(f"(() => {{ try {{ return {script} }} catch {{ return null }} }})()"):
                return found
            time.sleep(0.02)
        raise AssertionError(f"{script} did not become true. Text of the page: {self.value('document.body.innerText')}")

    def press(self, *keys: str) -> None:
        """Press keys one after another: a character, a name such as Enter, or a combination such as Control+Enter."""
        for key in keys:
            *held, name = key.split("+") if len(key) > 1 else [key]
            self._press(name, sum(_MODIFIERS[each] for each in held))

    def write(self, text: str) -> None:
        """Type a text into the focused field, in one go."""
        self.call("Input.insertText", text=text)

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Save a picture (PNG) of the visible part of the page, or of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _press(self, name: str, modifiers: int) -> None:
        event: dict[str, Any] = {"key": name, "modifiers": modifiers}
        if name in _CODES:
            event |= {"code": name, "windowsVirtualKeyCode": _CODES[name]}
            text = "\r" if name == "Enter" else ""
        else:
            code = f"Key{name.upper()}" if name.isalpha() and name.isascii() else ""
            event |= {"code": code, "windowsVirtualKeyCode": ord(name.upper())}
            if name.isupper():
                event["modifiers"] = modifiers | _MODIFIERS["Shift"]
            text = name
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def _in_frame(self, target: str, script: str) -> Any:
        """Return the value of the expression, or None if the frame is loading."""
        loaded = f"document.readyState === 'complete' ? {script} : null"
        # Chromium does not answer for a frame that is replaced at this moment.
        with suppress(DevToolsError, TimeoutError):
            session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            answer = self.call("Runtime.evaluate", session, _FRAME_TIMEOUT, expression=loaded, returnByValue=True)
            self.call("Target.detachFromTarget", sessionId=session)
            return answer["result"].get("value")
        return None

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(params, ensure_ascii=False))


@contextmanager
def chromium(folder: Path) -> Iterator[Tab]:
    """Yield a blank page in a new browser. ``folder`` is for the browser's profile and log."""
    log = folder / "devtools.log"
    with log.open("wb") as file:
        options = ("--remote-debugging-port=0", "--hide-scrollbars", "about:blank")
        browser = subprocess.Popen([*chromium_command(folder), *options], stdout=file, stderr=file)
        try:
            with urlopen(f"http://127.0.0.1:{_port(log)}/json/list", timeout=_TIMEOUT) as answer:
                page = next(each for each in json.load(answer) if each["type"] == "page")
            with connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None) as socket:
                yield Tab(socket)
        finally:
            browser.terminate()
            browser.wait(_TIMEOUT)


def _port(log: Path) -> int:
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        if found := _PORT.search(log.read_text(encoding="utf-8", errors="replace")):
            return int(found[1])
        time.sleep(0.02)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
