"""nginx before another server on loopback, with what the documents say of it."""

from __future__ import annotations

import contextlib
import getpass
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

#: How long a start may take, in seconds.
PATIENCE = 20
_SETTINGS = """\
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    {before}
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def documented(page: Path) -> str:
    """The configuration that a page of the documents shows."""
    (found,) = re.findall(r"```nginx\n(.*?)```", page.read_text(), flags=re.DOTALL)
    return str(found)


@contextlib.contextmanager
def running_nginx(folder: Path, *, port: int, locations: str, before: str = "") -> Iterator[None]:
    """Run it until the context ends. before: what stands before its server."""
    folder.mkdir()
    settings = folder / "nginx.conf"
    settings.write_text(
        _SETTINGS.format(user=getpass.getuser(), folder=folder, port=port, locations=locations, before=before)
    )
    with running(["nginx", "-p", str(folder), "-c", str(settings)], port=port):
        yield


@contextlib.contextmanager
def running(command: list[str], *, port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the context ends, once it listens on a port of loopback."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        try:
            _wait(process, port)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise RuntimeError(f"{process.args!r} did not start: {process.stderr.read().decode() if process.stderr else ''}")
