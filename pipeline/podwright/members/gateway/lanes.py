"""Threads for calls that may stay without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from podwright.core.errors import StoreError

T = TypeVar("T")


def begin(function: Callable[[], T]) -> Future[T]:
    """Call a function in a thread that, unlike those of concurrent.futures, does not keep the process from ending."""
    future: Future[T] = Future()
    # What nobody waits for any more still runs to its end.
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - who waits gets it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class Lane:
    """So many calls at a time, each of which is waited for as long as anybody is willing to.

    One that stays without an answer keeps its place until it ends, but holds up no other lane.
    """

    def __init__(self, width: int, *, patience: float) -> None:
        self._free = asyncio.Semaphore(width)
        self._patience = patience

    async def call(self, function: Callable[[], T]) -> T:
        """Return what a function returns. Raises StoreError where that takes longer than `patience`, in seconds."""
        loop = asyncio.get_running_loop()

        def release(_: Future[T]) -> None:
            # A server that has ended waits for nobody.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._free.release)

        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
                future = begin(function)
                future.add_done_callback(release)
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise StoreError("the store or the members' database: does not answer in time; see that it runs") from error
