"""Repeat a Ctrl-C that Python swallowed because it was raised in a finalizer or in a weak reference's callback."""

import signal
import sys
import threading

# Seconds. By then, the code whose exceptions have no effect has ended.
_SOON = 0.01


def repeat_swallowed_interrupts() -> None:
    """Let Ctrl-C stop the command even if it is pressed while an object is being destroyed."""
    sys.unraisablehook = _hook


def _hook(unraisable: "sys.UnraisableHookArgs") -> None:
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        threading.Timer(_SOON, _interrupt).start()
    else:
        sys.__unraisablehook__(unraisable)


def _interrupt() -> None:
    """Send Ctrl-C to the main thread, which ends its current wait. On Windows, the wait must end by itself."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)
