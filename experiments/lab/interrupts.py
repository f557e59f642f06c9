"""Ctrl-C and SIGTERM end a command with a line and a status, whatever it is at.

Nothing heavy is imported here: a command line begins with `end_quietly`, before the modules that it
needs, which take seconds.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

_ENDING = (signal.SIGINT, signal.SIGTERM)
#: The signal that has interrupted the command.
_heard: list[int] = []
#: Whether this process is a script's, to be ended here.
_script = False


def end_quietly() -> None:
    """End this process with a line when it is interrupted; `interruptible` does so with more care.

    Called before anything is at work: a file that hides one of the packages ends it as well.
    """
    global _script
    _script = True
    _hear(_end)
    if hidden := hidden_package():
        print(f"error: {hidden}", file=sys.stderr)
        sys.exit(2)


def hidden_package() -> str | None:
    """Which file hides one of the packages, as a file of that name in the working folder does."""
    ours = Path(os.path.realpath(__file__)).parents[2]
    for name in ("lsm", "evolution", "readouts", "tasks"):
        spec = find_spec(name)
        origin = spec and spec.origin
        if origin and not Path(os.path.realpath(origin)).is_relative_to(ours):
            return (
                f"{origin} hides the package {name} of liquidstate, which is in {ours / name}: "
                "give it another name, or start Python elsewhere"
            )
    return None


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt for Ctrl-C and SIGTERM, and remember it; a second one ends at once.

    Python drops a KeyboardInterrupt that meets a finalizer; it comes again at once. Whoever shows a
    bar raises it again after each piece of work, by `raise_if_interrupted`, in threads too.
    """

    def remember(number: int, _: object) -> None:
        if _heard:
            _end(number)
        _heard.append(number)
        raise KeyboardInterrupt

    def raise_again(dropped: sys.UnraisableHookArgs) -> None:
        if isinstance(dropped.exc_value, KeyboardInterrupt) and _heard:
            again = threading.Timer(0.02, os.kill, [os.getpid(), _heard.pop()])
            again.daemon = True
            again.start()
        else:
            hook(dropped)

    _heard.clear()
    before, hook = _hear(remember), sys.unraisablehook
    sys.unraisablehook = raise_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_if_interrupted() -> None:
    """Raise the KeyboardInterrupt of a signal that a finalizer has swallowed."""
    if _heard:
        raise KeyboardInterrupt


def leave() -> int:
    """The exit status of a command that was interrupted, as shells have it.

    A script ends here: Python would go on for a second, taking apart all that was loaded.
    """
    status = 128 + (_heard[0] if _heard else signal.SIGINT)
    if _script:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(status)
    return status


def _hear(handler: Callable[[int, Any], None]) -> dict[int, Any]:
    """Have signals handled so, but for those that whoever started this has it ignore."""
    numbers = [each for each in _ENDING if signal.getsignal(each) is not signal.SIG_IGN]
    return {number: signal.signal(number, handler) for number in numbers}


def _end(number: int, _: object = None) -> NoReturn:
    os.write(2, b"interrupted\n")
    os._exit(128 + number)
