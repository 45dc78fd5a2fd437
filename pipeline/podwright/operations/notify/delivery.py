"""Sending notices side by side, each tried again with growing waits, all within a bound that nothing can stretch."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from podwright.core.http import Client
from podwright.core.recipients import UnsetError
from podwright.operations.notify.types import Delivery, DeliveryError, Notice, Pace

#: How long one attempt may take.
PATIENCE = timedelta(seconds=10)


def deliver_all(notices: Sequence[Notice], pace: Pace, *, patience: timedelta = PATIENCE) -> Iterator[Delivery]:
    """How each notice fared, as soon as that is known.

    A name server or a mail server may hold up its caller beyond every time limit, so each notice has a thread of its
    own, which is left behind after `pace.total` and an attempt more. Such a thread does not keep the process alive.
    """
    if not notices:
        return
    done: queue.SimpleQueue[tuple[int, Delivery]] = queue.SimpleQueue()
    with Client(patience=patience, connections=len(notices)) as client:
        for number, notice in enumerate(notices):
            told = _teller(number, notice, client, pace=pace, done=done)
            threading.Thread(target=told, name=f"podwright-{notice.kind}", daemon=True).start()
        waiting = dict(enumerate(notices))
        most = (pace.total + patience).total_seconds()
        began = pace.clock()
        while waiting:
            try:
                number, delivery = done.get(timeout=max(0.001, began + most - pace.clock()))
            except queue.Empty:
                break
            del waiting[number]
            yield delivery
    for notice in waiting.values():
        yield _fared(notice, "gave no answer in time; see what holds it up", attempts=1, seconds=most)


def _teller(
    number: int, notice: Notice, client: Client, *, pace: Pace, done: queue.SimpleQueue[tuple[int, Delivery]]
) -> Callable[[], None]:
    def tell() -> None:
        try:
            fared = deliver(notice, client, pace)
        except Exception as error:  # noqa: BLE001 - nobody else hears of it here, and a notice must not stop a publish
            told = f"failed inside podwright ({type(error).__name__}); report it"
            fared = _fared(notice, told, attempts=1, seconds=0)
        done.put((number, fared))

    return tell


def deliver(notice: Notice, client: Client, pace: Pace) -> Delivery:
    """Send a notice until it is taken, refused for good, or the pace's attempts or time are used up."""
    began = pace.clock()
    attempt = 0
    while True:
        attempt += 1
        try:
            notice.send(client)
        except UnsetError as error:
            return _fared(notice, str(error), attempts=0, seconds=0)
        except DeliveryError as error:
            wait = pace.wait(attempt, error.after)
            spent = pace.clock() - began
            late = spent + wait > pace.total.total_seconds()
            if not error.again or attempt == pace.attempts or late:
                return _fared(notice, error.reason, attempts=attempt, seconds=spent)
            pace.sleep(wait)
        else:
            return _fared(notice, None, attempts=attempt, seconds=pace.clock() - began)


def _fared(notice: Notice, reason: str | None, *, attempts: int, seconds: float) -> Delivery:
    return Delivery(
        kind=notice.kind,
        address=notice.address,
        subject=notice.subject,
        reason=reason,
        attempts=attempts,
        seconds=round(seconds, 3),
    )
