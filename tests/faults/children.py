"""The podwright command in children of a process that has imported everything, killed at any of their effects.

    with Children() as children:
        whole = children.run(["-C", root, "publish"], env=environment)
        killed = children.run(["-C", root, "publish"], env=environment, how=How(fatal=3))

Starting Python and importing boto3 costs more than a small publish; a fork of a process that has done both costs
nothing. The product knows nothing of it: a child watches itself by Python's audit hook and by wrappers around what has
none.
"""

from __future__ import annotations

import functools
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.support.loopback import getaddrinfo
from tests.support.paths import ROOT

#: Nothing here takes as long, in seconds.
PATIENCE = 120
KILLED = -int(signal.SIGKILL)
#: How long a child is held up, in seconds.
PAUSE = 0.6


@dataclass(frozen=True, slots=True)
class Done:
    """How a child ended. status: of the process, KILLED where it was; points: the effects that it passed, by name."""

    status: int
    output: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What befalls a child.

    fatal: the effect at which it is killed, from 1 on; slow: the effect before which it is held up for PAUSE. late: how
    long it waits before all else, in seconds; moves: files that it then moves to other names, as an editor saves them.
    patches: values of constants of the product, by their dotted names. haste: whether waits between requests are short.
    """

    fatal: int | None = None
    slow: int | None = None
    late: float = 0
    moves: Mapping[str, str] = field(default_factory=dict)
    patches: Mapping[str, float] = field(default_factory=dict)
    haste: bool = False


UNDISTURBED = How()


class Children:
    """A process that runs one command after the other, each in a child."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.children"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def run(self, arguments: Sequence[str], *, env: Mapping[str, str], how: How = UNDISTURBED) -> Done:
        """Run `podwright` with arguments; env: its whole environment."""
        self.start(arguments, env=env, how=how)
        return self.wait()

    def start(self, arguments: Sequence[str], *, env: Mapping[str, str], how: How = UNDISTURBED) -> None:
        """The same without waiting for the end."""
        order = {"arguments": list(map(str, arguments)), "env": env, "how": asdict(how)}
        assert self._server.stdin
        self._server.stdin.write(json.dumps(order).encode() + b"\n")
        self._server.stdin.flush()

    def wait(self) -> Done:
        """The end of what was started."""
        assert self._server.stdout
        row = json.loads(self._server.stdout.readline())
        return Done(row["status"], row["output"], tuple(row["points"]))

    def close(self) -> None:
        """End the process; it ends by itself when this one does."""
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait(PATIENCE)
        assert self._server.stdout
        self._server.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# In a child


class Points:
    """Counts effects; at the fatal one the process is killed, with all its threads."""

    def __init__(self, fatal: int | None, slow: int | None) -> None:
        self._fatal, self._slow = fatal, slow
        self._lock = threading.Lock()
        self.names: list[str] = []

    def __call__(self, name: str) -> None:
        with self._lock:
            self.names.append(name)
            number = len(self.names)
        if number == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == self._slow:
            time.sleep(PAUSE)


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_FILES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
#: Of these it is known beforehand that nothing will happen.
_IDLE: Mapping[str, Callable[[str], bool]] = {
    "os.mkdir": os.path.isdir,
    "os.remove": lambda path: not os.path.lexists(path),
    "open": lambda path: path.endswith(".lock") and Path(path).exists(),
}
_METHODS = ("PUT", "POST", "DELETE")


def _watch(points: Points) -> None:
    """Pass a point before and after everything that this process does to files, to a database and to a store."""
    inside = threading.local()
    sends = Counter[int]()

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if getattr(inside, "busy", False):
            return
        inside.busy = True
        try:
            if event in _FILES or (event == "open" and arguments[2] & _WRITING):
                path = os.fsdecode(arguments[0]) if not isinstance(arguments[0], int) else ""
                if not (event in _IDLE and _IDLE[event](path)):
                    points(f"before {event} {os.fsdecode(arguments[1]) if event == 'os.rename' else path}")
            elif event == "http.client.send" and arguments[0]._method in _METHODS:
                sends[id(arguments[0])] += 1
                if _is_telling(sends[id(arguments[0])]):
                    points(f"before send {_request_of(arguments[0])}")
        finally:
            inside.busy = False

    sys.addaudithook(heard)
    os.fsync = _around(os.fsync, points, "fsync", after=False)
    pathlib.Path.replace = _around(pathlib.Path.replace, points, "os.rename", before=False, about=1)  # type: ignore[method-assign]
    pathlib.Path.unlink = _around(pathlib.Path.unlink, points, "os.remove", before=False, about=0)  # type: ignore[method-assign]
    _watch_requests()
    _watch_answers(points, sends)
    _watch_database(points)
    _watch_blocks(points)


def _is_telling(send: int) -> bool:
    """Of a long body not every piece is a point."""
    return send < 4 or send % 100 == 0


def _around(
    call: Callable[..., Any], points: Points, name: str, *, before: bool = True, after: bool = True, about: int = -1
) -> Callable[..., Any]:
    """A function with points around it. about: which of its arguments says what it is about, -1 for none."""

    @functools.wraps(call)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        told = f"{name} {args[about]}" if about >= 0 else name
        if before:
            points(f"before {told}")
        result = call(*args, **kwargs)
        if after:
            points(f"after {told}")
        return result

    return wrapped


def _watch_requests() -> None:
    """Remember of each request what it asks for."""
    putrequest, putheader = http.client.HTTPConnection.putrequest, http.client.HTTPConnection.putheader

    def begin(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        self._asked = f"{method} {url}"
        putrequest(self, method, url, *args, **kwargs)

    def add(self: Any, header: Any, *values: Any) -> None:
        if str(header).lower() == "x-amz-copy-source":
            self._asked += " (copied)"
        putheader(self, header, *values)

    http.client.HTTPConnection.putrequest = begin  # type: ignore[method-assign]
    http.client.HTTPConnection.putheader = add  # type: ignore[method-assign]


def _request_of(connection: Any) -> str:
    return re.sub("(?<=uploadId=)[^& ]*", "", connection._asked)


def _watch_answers(points: Points, sends: Counter[int]) -> None:
    """Between the last byte of a request and its answer, and after the answer, when the store has done it."""
    getresponse = http.client.HTTPConnection.getresponse

    @functools.wraps(getresponse)
    def wrapped(self: Any, *args: Any) -> Any:
        if self._method not in _METHODS:
            return getresponse(self, *args)
        points(f"sent {_request_of(self)}")
        answer = getresponse(self, *args)
        sends[id(self)] = 0
        points(f"answered {_request_of(self)} {answer.status}")
        return answer

    http.client.HTTPConnection.getresponse = wrapped  # type: ignore[method-assign]


def _watch_database(points: Points) -> None:
    from podwright.building import cache

    connect = cache._connect

    def watched(path: Path) -> sqlite3.Connection:
        database = connect(path)
        verbs = ("BEGIN", "COMMIT")
        database.set_trace_callback(
            lambda statement: points(f"before {statement}") if statement.startswith(verbs) else None
        )
        return database

    cache._connect = watched
    cache.Cache.save = _around(cache.Cache.save, points, "cache save")  # type: ignore[method-assign]


def _watch_blocks(points: Points) -> None:
    """In the middle of a file that is being written."""
    from podwright.stores import local

    blocks = local._verified_blocks

    def watched(*args: Any) -> Iterator[memoryview]:
        for block in blocks(*args):
            points("before block")
            yield block

    local._verified_blocks = watched


def _patch(how: Mapping[str, Any]) -> None:
    for name, value in how["patches"].items():
        module, _, attribute = name.rpartition(".")
        assert hasattr(sys.modules[module], attribute), name
        setattr(sys.modules[module], attribute, value)
    if how["haste"]:
        from podwright.stores.s3 import transport

        transport._LONGEST_WAIT = 0.1


# The process that forks


def _import_everything() -> None:
    import botocore.loaders

    # Each client would read the same 1.5 MB of JSON again.
    load = functools.cache(botocore.loaders.JSONFileLoader().load_file)
    botocore.loaders.JSONFileLoader.load_file = lambda _, path: load(path)
    import boto3

    import podwright.building.podcast
    import podwright.cli.commands.publish
    import podwright.cli.commands.rebuild
    import podwright.cli.commands.rollback
    import podwright.inspection.check
    import podwright.operations.unattended
    import podwright.publishing.attempt
    import podwright.publishing.history
    import podwright.publishing.rollback
    import podwright.stores.local
    import podwright.stores.s3.store
    import podwright.workspace.load  # noqa: F401

    boto3.session.Session().client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def _run(order: Mapping[str, Any], written: int) -> None:
    """The whole life of a child."""
    from podwright.cli import main

    os.environ.clear()
    os.environ.update(order["env"])
    how = order["how"]
    time.sleep(how["late"])
    for source, target in how["moves"].items():
        Path(source).replace(target)
    socket.getaddrinfo = getaddrinfo
    points = Points(how["fatal"], how["slow"])
    _patch(how)
    _watch(points)
    status: object = 70
    try:
        main(order["arguments"], prog_name="podwright")
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(written, json.dumps(points.names).encode())
        os._exit(status if isinstance(status, int) else 1)


def _serve() -> None:
    _import_everything()
    for line in sys.stdin:
        order = json.loads(line)
        heard, told = os.pipe()
        points, passed = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(told, 1)
            os.dup2(told, 2)
            for descriptor in (heard, told, points):
                os.close(descriptor)
            _run(order, passed)
        os.close(told)
        os.close(passed)
        output, names = _drain(heard, points)
        _, status = os.waitpid(child, 0)
        row = {
            "status": os.waitstatus_to_exitcode(status),
            "output": output.decode(errors="replace"),
            "points": json.loads(names or b"[]"),
        }
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


def _drain(*descriptors: int) -> list[bytes]:
    """All that comes from pipes until their other ends are closed."""
    found = {descriptor: bytearray() for descriptor in descriptors}
    left = set(descriptors)
    while left:
        for descriptor in select.select(list(left), [], [])[0]:
            data = os.read(descriptor, 1 << 16)
            found[descriptor] += data
            if not data:
                left.remove(descriptor)
                os.close(descriptor)
    return [bytes(found[descriptor]) for descriptor in descriptors]


if __name__ == "__main__":
    _serve()
