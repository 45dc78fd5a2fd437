"""A PostgreSQL of a test's own, in a folder of its own, reached by a socket in that folder alone."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.seaweed import killed_with_us

#: How long a start and an end may take, in seconds.
PATIENCE = 60
#: The server refuses to run as root; Debian's package brings this user.
USER = "postgres"
OWNER = "podwright"


def installed() -> Path | None:
    """The folder of the newest version's programs, which Debian puts on nobody's path."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: float(path.parts[4]), default=None)
    return newest.parent if newest else None


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. folder: where its socket and its data are."""

    folder: Path

    def url(self, database: str) -> str:
        """A database as SQLAlchemy addresses it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def run(self, statement: str, *values: str) -> None:
        """Do one thing as the owner of the server."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as db:
            db.execute(statement.encode(), values or None)

    def create_database(self) -> str:
        """An empty database; gives its name."""
        name = f"d{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def end_connections(self, database: str) -> None:
        """Close all connections to a database, as a restart does."""
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database)

    def stored(self) -> bytes:
        """Everything that lies on the disk."""
        self.run("CHECKPOINT")
        files = sorted((self.folder / "data").rglob("*"))
        return b"".join(path.read_bytes() for path in files if path.is_file())


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Make a cluster and run it until the context ends, or this process does."""
    programs = installed()
    assert programs, "PostgreSQL is missing; apt-get install --no-install-recommends postgresql"
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    who = _who(folder)
    try:
        make = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            OWNER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]
        subprocess.run([*make, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=folder, timeout=PATIENCE, **who)
        options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
        log = folder / "log"
        with log.open("wb") as output:
            command = [programs / "postgres", "-D", folder / "data", *options]
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, **who)
        try:
            with killed_with_us(process.pid):
                server = Postgres(folder)
                _wait(server, process, log)
                yield server
        finally:
            # What the documents call a fast shutdown: it ends the connections.
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _who(folder: Path) -> dict[str, Any]:
    """As whom the server runs, who then owns the folder."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            server.run("SELECT 1")
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not become ready:\n{log.read_text(errors='replace')[-4000:]}")
