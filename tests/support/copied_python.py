"""The program that ``prepared_python`` starts: import what commands import, then make a copy for each command."""

import atexit
import contextlib
import gc
import os
import pickle
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import walk_packages
from typing import NoReturn

from kedro.framework.cli import main

import korean_flashcards
from korean_flashcards.commands.early_start import prepare_command
from korean_flashcards.llm.providers.litellm import quiet_litellm
from korean_flashcards.llm.providers.offline.warm_up import warm_up

_NOT_IMPORTED = ("settings", "validation.engine", "ledger.db.migrations")
_FILES = 3  # stdout, stderr, and the pipe for the exit code


def prepare() -> None:
    """Import what commands import, and load what the checks need.

    A copy has none of this process's threads. Polars starts its own with the first query, so none must run here.
    """
    for group in ("kedro.global_commands", "kedro.project_commands", "kedro.hooks"):
        for plugin in entry_points(group=group):
            plugin.load()
    for module in ("kedro.framework.cli", "kedro.framework.session", "alembic.command", *_modules_of_commands()):
        import_module(module)
    quiet_litellm()
    warm_up()
    gc.collect()
    gc.freeze()


def _modules_of_commands() -> Iterator[str]:
    """Yield the package's modules.

    The settings prepare the process that imports them. Great Expectations runs in a process of its own.
    """
    for module in walk_packages(korean_flashcards.__path__, "korean_flashcards."):
        if not module.name.removeprefix("korean_flashcards.").startswith(_NOT_IMPORTED):
            yield module.name


def serve(connection: socket.socket) -> None:
    """Make a copy for each request until the connection ends, and report the exit codes."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, int] = {}
    while True:
        for ready in select.select([connection, woken], [], [])[0]:
            if ready is not connection:
                os.read(woken, 4096)
                report(running)
            elif not start(connection, running):
                return


def start(connection: socket.socket, running: dict[int, int]) -> bool:
    """Start the command that a message describes, and reply with its process ID. Return False if there is no message."""
    length, files, _, _ = socket.recv_fds(connection, 4, _FILES)
    if not length:
        return False
    message = connection.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
    if (pid := os.fork()) == 0:
        connection.close()
        run(message, files)
    for file in files[:2]:
        os.close(file)
    running[pid] = files[2]
    connection.sendall(pid.to_bytes(4, "big"))
    return True


def report(running: dict[int, int]) -> None:
    """Write the exit code of each command that has ended to its pipe. As in ``subprocess``, signals are negative."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pipe = running.pop(ended[0])
            with contextlib.suppress(BrokenPipeError):
                os.write(pipe, str(os.waitstatus_to_exitcode(ended[1])).encode())
            os.close(pipe)


def run(message: bytes, files: list[int]) -> NoReturn:
    """Run the command in this copy, as ``python -m kedro`` does, and end the copy."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    arguments, folder, environment = pickle.loads(message)
    for target, file in enumerate(files[:2], 1):
        os.dup2(file, target)
    for file in files:
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    paths = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [folder, *(path for path in paths if path), *BASE_PATH]
    sys.argv = ["kedro", *arguments]
    prepare_command()  # as the package's first import does in a new process
    sys.argv[0] = "python -m kedro"
    end.code = 1  # of an exception that nothing handles
    try:
        main()
        sys.exit(0)
    except SystemExit as ended:
        end.code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise


class End:
    """Ends a copy after everything else that is registered with ``atexit``.

    Otherwise the analyzer's library would wait for its threads, which a copy does not have.
    """

    def __init__(self) -> None:
        self.code: int | None = None
        atexit.register(self)

    def __call__(self) -> None:
        if self.code is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)


if __name__ == "__main__":
    end = End()
    own_paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    BASE_PATH = [path for path in sys.path if path not in own_paths]
    prepare()
    serve(socket.socket(fileno=int(sys.argv[1])))
