"""Run notebooks in JupyterLab, in headless Chromium, as a user does."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.devtools import Tab, chromium

_STARTED = 60.0  # seconds
_RUN = 180.0
_NOTEBOOK = "[...jupyterapp.shell.widgets('main')].find((widget) => widget.context)"
_LAB_READY = f"{_NOTEBOOK}.context.isReady && {_NOTEBOOK}.context.sessionContext.session.kernel.status === 'idle'"
_ENDED = (
    f"{_NOTEBOOK}.content.widgets.filter((cell) => cell.model.type === 'code')"
    ".every((cell) => cell.model.executionCount && cell.model.executionState !== 'running')"
)
_OUTPUTS = (
    f"{_NOTEBOOK}.content.widgets.filter((cell) => cell.model.type === 'code')"
    ".flatMap((cell) => cell.model.outputs.toJSON())"
)


@contextmanager
def in_jupyter_lab(project: Path, notebook: str, folder: Path) -> Iterator[Tab]:
    """Yield a browser in which JupyterLab has run all cells of a notebook of the project.

    Args:
        project: The project's folder, in which JupyterLab is started.
        notebook: The notebook's path in this folder.
        folder: A new folder for the browser's profile and for JupyterLab's own files. In a folder that was used before,
            JupyterLab would restore the notebooks that were open.
    """
    with _server(project, folder) as address, chromium(folder) as tab:
        tab.show(1280, 1400)
        tab.open(address.format(notebook=notebook))
        tab.wait(_LAB_READY)
        assert tab.value(f"{_NOTEBOOK}.context.path") == notebook
        tab.value("jupyterapp.shell.collapseLeft()")  # the list of files
        # JupyterLab runs the cells of the notebook that has the focus.
        tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
        tab.value(f"jupyterapp.shell.activateById({_NOTEBOOK}.id)")
        tab.wait("jupyterapp.shell.currentWidget && jupyterapp.commands.isEnabled('notebook:run-all-cells')")
        tab.value("jupyterapp.commands.execute('notebook:run-all-cells')")
        tab.wait(_ENDED, _RUN)
        yield tab


def cell_outputs(tab: Tab) -> list[dict[str, Any]]:
    """Return the outputs of all cells of the notebook that was run."""
    return list(tab.value(_OUTPUTS))


def use_theme(tab: Tab, *, dark: bool) -> None:
    """Switch JupyterLab, and the system's color scheme, to dark or light."""
    name = "JupyterLab Dark" if dark else "JupyterLab Light"
    tab.value(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: '{name}'}})")
    tab.wait(f"document.body.dataset.jpThemeLight === '{str(not dark).lower()}'")


@contextmanager
def _server(project: Path, folder: Path) -> Iterator[str]:
    """Yield the address of a notebook, with a gap for its path."""
    places = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("RUNTIME", "CONFIG", "DATA")}
    places |= {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "SETTINGS"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "WORKSPACES"),
    }
    settings = folder / "SETTINGS" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    # Otherwise, a dialog asks whether to show news.
    settings.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0",
        "--expose-app-in-browser", "--ServerApp.token=secret", "--LabApp.news_url=",
    ]  # fmt: skip
    with (folder / "jupyter.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=project, env={**os.environ, **places}, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{_port(folder)}/lab/tree/{{notebook}}?token=secret"
        finally:
            server.terminate()
            server.wait(_STARTED)


def _port(folder: Path) -> int:
    deadline = time.monotonic() + _STARTED
    while time.monotonic() < deadline:
        for file in (folder / "RUNTIME").glob("jpserver-*.json"):
            if text := file.read_text(encoding="utf-8"):
                return int(json.loads(text)["port"])
        time.sleep(0.05)
    raise AssertionError((folder / "jupyter.log").read_text(encoding="utf-8", errors="replace"))
