"""Ending a command in order on Ctrl-C, by a service manager, or when its terminal is closed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = b"\nstopping; run it again to go on from here, or stop it once more to end it at once\n"


@contextmanager
def stoppable(said: bytes = STOPPING) -> Iterator[None]:
    """Give up what is under way at the first such signal, and give the right to write back to others.

    The exit status is that of a shell: 128 and the signal's number. A second signal kills, which does no harm but that
    others wait half a minute. A signal that was ignored, as with nohup, stays so. said: printed on stderr.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {one: signal.getsignal(one) for one in _SIGNALS}
    heard = [one for one, handler in former.items() if handler is not signal.SIG_IGN]

    def stop(number: int, _: object) -> None:
        for one in heard:
            signal.signal(one, signal.SIG_DFL)
        # Not by a file of Python's, which may be in the middle of writing. A terminal may be gone, and where there was
        # none another file has its number.
        if sys.__stderr__ is not None:
            with suppress(OSError):
                os.write(sys.__stderr__.fileno(), said)
        raise SystemExit(128 + number)

    try:
        for one in heard:
            signal.signal(one, stop)
        yield
    finally:
        for one in heard:
            signal.signal(one, former[one])
