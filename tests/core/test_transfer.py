"""Requests that move go on for ever, and those that do not are ended: by whom they wait for, or by their run."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from podwright.core.deadline import Deadline, giving_back
from podwright.core.transfer import EndedError, Limits, Transfer


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection, with its other end, which nobody reads."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
        far, _ = server.accept()
        with far:
            yield near, far


def wait(near: socket.socket, transfer: Transfer) -> None:
    """Read from the other end, which sends nothing."""
    with transfer.guarded():
        transfer.hold(near)
        near.recv(1)


def fill(near: socket.socket, transfer: Transfer) -> None:
    """Send to the other end, which reads nothing, as much as there is room for in between."""
    near.settimeout(0.1)
    with transfer.guarded():
        transfer.hold(near)
        while True:
            with contextlib.suppress(TimeoutError):
                transfer.give(near.send(bytes(1 << 16)))


def test_a_connection_on_which_nothing_moves_is_shut(line: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(EndedError, match="slow"):
        wait(line[0], Transfer(Limits(silence=0.2), Deadline()))


def test_a_run_that_ends_wakes_whoever_waits(line: tuple[socket.socket, socket.socket]) -> None:
    deadline = Deadline()
    transfer = Transfer(Limits(), deadline)
    threading.Timer(0.1, deadline.stop).start()
    for under_way in (transfer, Transfer(Limits(), deadline)):
        with pytest.raises(EndedError, match="over"):
            wait(line[0], under_way)
    with giving_back():
        assert not Transfer(Limits(), deadline).is_ended


def looked(limits: Limits, *seconds: float, give: int = 0, take: int = 0) -> list[bool]:
    """Whether a transfer is ended at each of some moments, with so many bytes moved at each before."""
    transfer, now = Transfer(limits, Deadline()), time.monotonic()
    transfer.finish()
    found = []
    for second in seconds:
        transfer.look(now + second)
        found.append(transfer.is_ended)
        transfer.give(give)
        transfer.take(take)
    return found


def test_a_byte_is_worth_the_time_that_it_may_take() -> None:
    limits = Limits(silence=10, slowest=100)
    assert looked(limits, 9, 11) == [False, True]
    # Moving since the first look, and credited at the second: never more than a silence from now.
    assert looked(limits, 0, 9, 11, take=1_000_000) == [False, False, True]
    assert looked(Limits(silence=10, slowest=math.inf), 0, 9, 11, take=1_000_000) == [False, False, True]


def test_what_waits_in_this_machine_has_not_moved(line: tuple[socket.socket, socket.socket]) -> None:
    """The other side's buffer and ours are filled; what it does not read is no sign of life."""
    with pytest.raises(EndedError, match="slow"):
        fill(line[0], Transfer(Limits(silence=0.5, slowest=1), Deadline()))


def test_a_process_that_is_forked_amidst_a_transfer_looks_after_its_own(
    line: tuple[socket.socket, socket.socket],
) -> None:
    transfer = Transfer(Limits(), Deadline())
    child = os.fork()
    if child == 0:
        with contextlib.suppress(EndedError):
            wait(line[0], Transfer(Limits(silence=0.2), Deadline()))
            os._exit(1)
        os._exit(0)
    transfer.finish()
    assert os.waitpid(child, 0)[1] == 0
