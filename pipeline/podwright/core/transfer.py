"""Requests that end: each has to move at a least rate, and all of a run's end with it.

The time limits of sockets are of no use for that: they begin anew with each byte, and a byte a second holds a reader
for ever; and nothing ends a thread that waits in one. So one thread looks at all requests under way, and shuts the
connections of those that are slow or whose run is over, which wakes whoever waits for them. What counts is what the
other side took or sent: bytes that wait in this machine are not on their way
(https://man7.org/linux/man-pages/man7/tcp.7.html, SIOCOUTQ).
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import queue
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout, exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import allowed_gai_family

from podwright.core.deadline import Deadline, gives_back

#: Gets a host and the address of a machine that answers for it, before it is asked; refuses it by raising.
Admit = Callable[[str, str], None]
#: What requests raise.
RAISED = exceptions
#: Small packets go out at once.
SOCKET_OPTIONS = HTTPConnection.default_socket_options
#: The time limit of sockets, in seconds, for whatever nobody looks at.
BACKSTOP = 600
#: Bytes given to a connection at once; at the least rate they take less than the longest silence.
_PIECE = 1 << 16
#: Seconds between two looks at what is under way, and without any after which nobody looks.
_TICK, _IDLE = 0.1, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a request."""

    #: The longest wait for a connection, in seconds, with the name of its host and all of its addresses.
    connecting: float = 20.0
    #: The longest time without a byte, in seconds; also what lies between the last byte sent and all headers read.
    silence: float = 45.0
    #: The least rate, in bytes a second; infinite where `silence` is the limit of all together.
    slowest: float = math.inf
    #: The limit of all together, in seconds.
    whole: float = math.inf


class EndedError(Exception):
    """A request that was ended from here."""

    def __init__(self, reason: Literal["slow", "over"]) -> None:
        #: "slow": it did not move; "over": the deadline has passed.
        self.reason = reason
        super().__init__(reason)


class OversizedError(Exception):
    """An answer that is longer than any that makes sense."""


class Transfer:
    """A request under way, from before its connection to the last byte of its answer."""

    def __init__(self, limits: Limits, deadline: Deadline) -> None:
        """Begin: from now on it has to move."""
        self.limits = limits
        self._deadline = deadline
        self._gives_back = gives_back()
        self._reason: Literal["slow", "over"] | None = None
        #: The connection that is shut where this has to end, and whether nobody else closes it.
        self._handle: socket.socket | None = None
        self._is_last = False
        self._lock = threading.Lock()
        #: Bytes given to the connection, and of those how many the other side took.
        self._sent = self._taken = 0
        now = time.monotonic()
        self._latest = now + limits.whole
        self._until = min(now + limits.silence, self._latest)
        self.look(now)
        _KEEPER.add(self)

    @property
    def is_ended(self) -> bool:
        """Return whether it was ended from here."""
        return self._reason is not None

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Take part in a request. Raise EndedError in place of what an end from here has others raise."""
        former = _current()
        _thread.transfer = self
        try:
            self._check()
            yield
            # A connection that was shut looks like an answer that has come to its end.
            self._check()
        except BaseException as error:
            self.finish()
            if isinstance(error, Exception):
                self._check(error)
            raise
        finally:
            _thread.transfer = former

    def _check(self, cause: Exception | None = None) -> None:
        if self._reason and not isinstance(cause, EndedError):
            raise EndedError(self._reason) from cause

    def finish(self) -> None:
        """Have it looked at no more."""
        _KEEPER.remove(self)
        with self._lock:
            self._let_go()

    def hold(self, handle: socket.socket) -> None:
        """Take the connection that is shut where the request has to end."""
        with self._lock:
            self._let_go()
            self._handle = handle
            self._shut()

    def inherit(self, handle: socket.socket) -> None:
        """Close a connection that is used no more: in the end, where its answer may still be read."""
        with self._lock:
            if handle is self._handle and not self._reason:
                self._is_last = True
            else:
                handle.close()

    def give(self, count: int) -> None:
        """Note bytes that were given to the connection."""
        self._sent += count

    def turn(self) -> None:
        """Note that all was given, or that all headers have come: the other side has its time from now on."""
        if math.isfinite(self.limits.slowest):
            with self._lock:
                self._until = min(time.monotonic() + self.limits.silence, self._latest)

    def take(self, count: int) -> None:
        """Note bytes that moved: they are worth the time that they may take, and never more than a silence."""
        with self._lock:
            until = self._until + count / self.limits.slowest
            self._until = min(until, time.monotonic() + self.limits.silence, self._latest)

    def look(self, now: float) -> None:
        """End it where that is due."""
        with self._lock:
            taken = self._sent - _unsent(self._handle)
        if taken > self._taken:
            self.take(taken - self._taken)
            self._taken = taken
        with self._lock:
            if self._deadline.left(gives_back=self._gives_back) <= 0:
                self._reason = "over"
            elif now > self._until:
                self._reason = "slow"
            self._shut()

    def _shut(self) -> None:
        if self._reason:
            with contextlib.suppress(OSError):
                if self._handle is not None:
                    self._handle.shutdown(socket.SHUT_RDWR)
            self._let_go()

    def _let_go(self) -> None:
        if self._is_last and self._handle is not None:
            self._handle.close()
        self._handle, self._is_last = None, False


class Body:
    """A body that is read no further than `most` bytes, each of them a sign of life."""

    def __init__(self, response: BaseHTTPResponse, transfer: Transfer, *, most: int) -> None:
        self._response, self._transfer, self._left = response, transfer, most

    def read1(self, amount: int = 1 << 16) -> bytes:
        """Return what is there of the next bytes; b"" at the end. Raise EndedError, OversizedError."""
        try:
            with self._transfer.guarded():
                data: bytes = self._response.read1(amount, decode_content=False)
                self._transfer.take(len(data))
                self.expect(len(data))
                self._left -= len(data)
        except BaseException:
            self._response.close()
            raise
        if not data:
            self._transfer.finish()
        return data

    def expect(self, count: int) -> None:
        """Raise OversizedError where so many bytes more are too many."""
        if count > self._left:
            raise OversizedError

    def close(self) -> None:
        """Read no more."""
        self._transfer.finish()
        self._response.close()


class _Keeper:
    """The one thread that looks at all transfers, while there are any."""

    def __init__(self) -> None:
        self.forget()
        # Threads do not follow into another process, but what is said of them here does.
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Begin anew, with nothing under way."""
        self._lock = threading.Lock()
        self._open: set[Transfer] = set()
        self._runs = False

    def add(self, transfer: Transfer) -> None:
        with self._lock:
            self._open.add(transfer)
            if not self._runs:
                threading.Thread(target=self._run, name="podwright-keeper", daemon=True).start()
                self._runs = True

    def remove(self, transfer: Transfer) -> None:
        with self._lock:
            self._open.discard(transfer)

    def _run(self) -> None:
        idle = 0.0
        while True:
            time.sleep(_TICK)
            with self._lock:
                transfers = tuple(self._open)
                idle = 0 if transfers else idle + _TICK
                if idle >= _IDLE:
                    self._runs = False
                    return
            now = time.monotonic()
            for transfer in transfers:
                transfer.look(now)
                if transfer.is_ended:
                    self.remove(transfer)


_KEEPER = _Keeper()
_thread = threading.local()


def _current() -> Transfer | None:
    return getattr(_thread, "transfer", None)


def _unsent(connection: socket.socket | None) -> int:
    """Return the bytes that wait in this machine for the other side to take them; 0 where the system does not say."""
    try:
        return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0] if connection else 0
    except (OSError, ValueError):
        return 0


# Connections


class _Watched(HTTPConnection):
    """A connection whose requests are transfers, where somebody made one; urllib3's own otherwise."""

    #: Another name of the connection's socket, which TLS takes away from everybody else.
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        transfer = _current()
        return super()._new_conn() if transfer is None else self._connect(transfer)

    def _connect(self, transfer: Transfer) -> socket.socket:
        """Try the addresses of the host, each with its share of the time."""
        end = time.monotonic() + transfer.limits.connecting
        addresses = self._resolve(transfer, end)
        failed: OSError = TimeoutError()
        for left, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = (end - time.monotonic()) / left
            if transfer.is_ended or share <= 0:
                break
            self.check_peer(address[0])
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(share)
                self._handle = sock.dup()
                transfer.hold(self._handle)
                sock.connect(address)
                sock.settimeout(BACKSTOP)
            except OSError as error:
                failed = error
                sock.close()
                self._let_go()
            else:
                return sock
        if isinstance(failed, TimeoutError):
            raise exceptions.ConnectTimeoutError(self, f"no connection to {self.host} in time")
        raise exceptions.NewConnectionError(self, f"no connection to {self.host}: {failed}") from failed

    def check_peer(self, address: str) -> None:
        """Raise where the machine at an address is not to be asked."""

    def _resolve(self, transfer: Transfer, end: float) -> list[Any]:
        """Ask for the addresses of the host in another thread: nothing ends such a question, nor does a signal."""
        answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()
        host, port = self._dns_host.strip("[]"), self.port

        def ask() -> None:
            try:
                answers.put(socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="podwright-resolver", daemon=True).start()
        while not transfer.is_ended and time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                found = answers.get(timeout=_TICK)
                if isinstance(found, socket.gaierror):
                    raise exceptions.NameResolutionError(self.host, self, found) from found
                if isinstance(found, Exception):
                    raise exceptions.NewConnectionError(self, f"no address of {self.host}: {found}") from found
                return found
        raise exceptions.ConnectTimeoutError(self, f"no address of {self.host} in time")

    def request(self, *args: Any, **more: Any) -> None:
        transfer = _current()
        if transfer is not None and self._handle is not None:
            transfer.hold(self._handle)
        super().request(*args, **more)
        if transfer is not None:
            transfer.turn()

    def send(self, data: Any) -> None:
        """Send in pieces, so that what moves is seen to move."""
        transfer = _current()
        if transfer is None or not isinstance(data, bytes):
            super().send(data)
            return
        whole = memoryview(data)
        for start in range(0, len(whole), _PIECE):
            piece = whole[start : start + _PIECE]
            super().send(piece)
            transfer.give(len(piece))

    def close(self) -> None:
        super().close()
        self._let_go()

    def __del__(self) -> None:
        # One whose answer nobody read to its end is closed by nobody.
        if self._handle is not None:
            self._handle.close()

    def _let_go(self) -> None:
        handle, self._handle = self._handle, None
        transfer = _current()
        if handle is not None and transfer is not None:
            transfer.inherit(handle)
        elif handle is not None:
            handle.close()


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


#: The kinds of pools that a manager of urllib3 has to keep for all of this.
POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TLSPool}


def open_pools(*, silence: float, admit: Admit | None = None, **options: Any) -> PoolManager:
    """Return a manager of urllib3 whose requests are transfers, where somebody makes one. silence: in seconds."""
    manager = PoolManager(timeout=Timeout(total=silence), **options)
    manager.pool_classes_by_scheme = {scheme: _admitting(pool, admit) for scheme, pool in POOLS.items()}
    return manager


def _admitting(pool: type[HTTPConnectionPool], admit: Admit | None) -> type[HTTPConnectionPool]:
    """Return a kind of pool that connects to no machine that is refused, whatever DNS says of its name by then."""
    if admit is None:
        return pool

    def check_peer(self: _Watched, address: str) -> None:
        admit(self.host, address)

    connection = type("_Admitted", (pool.ConnectionCls,), {"check_peer": check_peer})
    return type("_AdmittedPool", (pool,), {"ConnectionCls": connection})
