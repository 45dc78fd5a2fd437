"""Work that is spread over processes where there is enough of it, and done in this one where there is not."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self, TypeVar

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding

T = TypeVar("T")
R = TypeVar("R")

#: Seconds of work in one process from which on others are worth starting: each takes half a second for its imports.
WORTHWHILE = 4.0
#: Bytes of audio that one process decodes in a second, about.
DECODED = 10 << 20
#: So many items travel to a process together, as far as nothing else is asked for.
CHUNK = 8
#: Imported once, by the process that the others are forked from.
_PRELOADED = ["podwright.building.examine", "podwright.workspace.load"]


class Pool:
    """A place where pure functions of picklable values are computed.

    Processes are forked from one that has no threads. They end with this one, however it ends, at once.
    """

    def __init__(self, jobs: int | None = None, *, executor: Executor | None = None) -> None:
        """Take at most `jobs` processes, None for one a core, 1 for this one alone; or an executor that others end."""
        self._jobs = jobs or _cores()
        self._executor = executor
        self._stack = contextlib.ExitStack()

    @property
    def parallel(self) -> bool:
        """Return whether work is done elsewhere."""
        return self._executor is not None

    def expect(self, seconds: float) -> None:
        """Start processes if so much work is worth it."""
        if self._executor is None and self._jobs > 1 and seconds >= WORTHWHILE:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(_PRELOADED)
            line, end = context.Pipe(duplex=False)
            executor = ProcessPoolExecutor(self._jobs, context, initializer=_begin, initargs=(line,))
            self._stack.callback(line.close)
            self._stack.callback(end.close)
            self._stack.callback(executor.shutdown, cancel_futures=True)
            # After an error nobody waits for what is under way.
            self._stack.push(lambda kind, *_: end.close() if kind else None)
            self._executor = executor

    def map(self, function: Callable[[T], R], items: Iterable[T], *, chunk: int = CHUNK) -> Iterator[R]:
        """Yield the results in the order of the items, of which few are taken before they are needed.

        chunk: so many travel to a process together; 1 where each takes long.
        """
        if self._executor is None:
            yield from map(function, items)
            return
        rest = iter(items)
        pending: deque[Future[list[R]]] = deque()
        try:
            while group := list(islice(rest, chunk)):
                pending.append(self._executor.submit(_compute, function, group))
                if len(pending) > 3 * self._jobs:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        except BrokenProcessPool as error:
            message = "a process that reads or builds was killed; run it again with --jobs 1, which needs less memory"
            raise WorkspaceError([Finding("", message)]) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _compute(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(item) for item in items]


def _begin(line: Connection) -> None:
    """Prepare a process: it leaves signals of the terminal to the one that began it, and ends when that lets go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        line.recv()
    os._exit(0)
