"""Ceph's S3 gateway on loopback: a cluster of one monitor and one store that keeps all in memory, made and ended here.

It needs Debian's packages `radosgw ceph-mon ceph-osd`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support import strange

_SETTINGS = """\
[global]
fsid = {cluster}
mon host = {monitor}
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
crash dir = {folder}
keyring = {folder}/keyring
rgw data = {folder}
mon data = {folder}/monitor
osd data = {folder}/osd
"""
_IDENTITIES = (
    ("mon.", "mon", "allow *"),
    ("client.admin", "mon", "allow *", "osd", "allow *"),
    ("osd.0", "mon", "allow profile osd", "osd", "allow *"),
)


@contextlib.contextmanager
def running_radosgw(folder: Path) -> Iterator[strange.Server]:
    """Run it until the context ends, with an empty bucket called `podcast`."""
    for name in ("monitor", "osd"):
        (folder / name).mkdir(parents=True)
    cluster, disk = str(uuid.uuid4()), str(uuid.uuid4())
    monitor = f"[v2:127.0.0.1:{strange.free_port()},v1:127.0.0.1:{strange.free_port()}]"
    settings = folder / "ceph.conf"
    settings.write_text(_SETTINGS.format(folder=folder, cluster=cluster, monitor=monitor))
    env = {**os.environ, "CEPH_CONF": str(settings)}

    def call(*command: str) -> None:
        subprocess.run(
            [strange.program(command[0]), *command[1:]],
            check=True,
            env=env,
            cwd=folder,
            capture_output=True,
            timeout=strange.PATIENCE,
        )

    for number, (name, *rights) in enumerate(_IDENTITIES):
        caps = [word for at in range(0, len(rights), 2) for word in ("--cap", *rights[at : at + 2])]
        call("ceph-authtool", *(() if number else ("-C",)), "keyring", "-g", "-n", name, *caps)
    call("monmaptool", "--create", "--fsid", cluster, "--addv", "a", monitor, "monmap")
    call("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
    port = strange.free_port()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_running(["ceph-mon", "-i", "a", "-f"], folder, env=env))
        call("ceph", "osd", "new", disk, "0")
        call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
        stack.enter_context(_running(["ceph-osd", "-i", "0", "-f"], folder, env=env))
        call("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=here")
        keys = (f"--access-key={strange.ACCESS_KEY}", f"--secret-key={strange.SECRET_KEY}")
        call("radosgw-admin", "user", "create", "--uid=podwright", "--display-name=podwright", *keys)
        gateway = [strange.program("radosgw"), "-n", "client.admin", "-f"]
        front = f"--rgw_frontends=beast endpoint=127.0.0.1:{port}"
        named = {"CEPH_CONF": str(settings)}
        yield stack.enter_context(strange.running([*gateway, front], folder, port=port, environment=named))


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path, *, env: dict[str, str]) -> Iterator[None]:
    """A daemon; those that call it wait until it answers, so there is only a look whether it came up at all."""
    with (folder / f"{command[0]}.out").open("wb") as output:
        process = subprocess.Popen(
            [strange.program(command[0]), *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=env,
        )
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended; see {folder}")
        yield
    finally:
        process.kill()
        process.wait()
