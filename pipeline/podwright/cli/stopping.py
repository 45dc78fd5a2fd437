"""Ending a command in order on Ctrl-C, by a service manager, or when its terminal is closed."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from podwright.core.deadline import Deadline

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = b"\nstopping; run it again to go on from here, or stop it once more to end it at once\n"
#: What the end takes at the most, in seconds: longer than what is given back may.
LONGEST = 2.0


@contextmanager
def stoppable(deadline: Deadline, said: bytes = STOPPING) -> Iterator[None]:
    """Give up what is under way at the first such signal, and give the right to write back to others.

    The exit status is that of a shell: 128 and the signal's number. A second signal kills, and so does LONGEST after
    the first, which does no harm but that others wait half a minute. A signal that was ignored, as with nohup, stays
    so. deadline: that of the run, which passes then; said: printed on stderr.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {one: signal.getsignal(one) for one in _SIGNALS}
    heard = [one for one, handler in former.items() if handler is not signal.SIG_IGN]

    def stop(number: int, _: object) -> None:
        deadline.stop()
        for one in heard:
            signal.signal(one, signal.SIG_DFL)
        # Not by a file of Python's, which may be in the middle of writing. A terminal may be gone, and where there was
        # none another file has its number.
        if sys.__stderr__ is not None:
            with suppress(OSError):
                os.write(sys.__stderr__.fileno(), said)
        raise SystemExit(128 + number)

    with _watched(deadline):
        try:
            for one in heard:
                signal.signal(one, stop)
            yield
        finally:
            for one in heard:
                signal.signal(one, former[one])


@contextmanager
def _watched(deadline: Deadline) -> Iterator[None]:
    """Have another thread hear of signals, too: the main one does not where it waits inside of a library."""
    hearing, heard = socket.socketpair()
    heard.setblocking(False)
    former = signal.set_wakeup_fd(heard.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_end, args=(hearing, deadline), name="podwright-signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(former)
        # The other thread reads its end.
        heard.close()


def _end(hearing: socket.socket, deadline: Deadline) -> None:
    """End this process where a signal came, and the command did not end for it."""
    with hearing:
        while numbers := hearing.recv(1):
            if numbers[0] in _SIGNALS:
                deadline.stop()
                until = time.monotonic() + LONGEST
                while (left := until - time.monotonic()) > 0 and select.select([hearing], [], [], left)[0]:
                    if not hearing.recv(1):
                        return
                os._exit(128 + numbers[0])
