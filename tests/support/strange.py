"""S3 servers that lack something, each a program of its own on loopback, while it is needed.

They stand for what people publish to. Each has a bucket called `podcast` when it is given out.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "podwright-test", "podwright-test-secret", "us-east-1", "podcast"
#: How long a start may take, in seconds.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with an empty bucket."""

    endpoint_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What boto3 needs to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self) -> Any:
        """A client of one's own."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            config=Config(request_checksum_calculation="when_required", s3={"addressing_style": "path"}),
        )


@contextlib.contextmanager
def running_moto(folder: Path) -> Iterator[Server]:
    """moto's server: it takes any key and checksum, and forgets all when it ends."""
    port = free_port()
    command = [program("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, folder, port=port) as server:
        yield server


@contextlib.contextmanager
def running_rclone(folder: Path) -> Iterator[Server]:
    """`rclone serve s3` on a folder: it knows no conditions and joins no ranges."""
    (folder / "data").mkdir(parents=True)
    port = free_port()
    command = [program("rclone"), "--config", "", "serve", "s3", "--addr", f"127.0.0.1:{port}"]
    auth = ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", str(folder / "data")]
    with running([*command, *auth], folder, port=port) as server:
        yield server


@contextlib.contextmanager
def running_juicefs(folder: Path) -> Iterator[Server]:
    """The gateway of JuiceFS: it ignores conditions in silence."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = f"sqlite3://{folder / 'meta.db'}"
    format_command = [
        program("juicefs"),
        "format",
        "--storage",
        "file",
        "--bucket",
        f"{folder}/data/",
        meta,
        "podcasts",
    ]
    subprocess.run(format_command, check=True, capture_output=True, timeout=PATIENCE)
    port = free_port()
    command = [program("juicefs"), "gateway", "--no-usage-report", "--multi-buckets", "--keep-etag"]
    caching = ["--object-meta", "--cache-dir", str(folder / "cache"), "--log", str(folder / "juicefs.log")]
    secrets = {"MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": SECRET_KEY}
    with running([*command, *caching, meta, f"127.0.0.1:{port}"], folder, port=port, environment=secrets) as server:
        yield server


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, *, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server and make its bucket; it is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, **(environment or {})},
        )
    try:
        server = Server(f"http://127.0.0.1:{port}")
        _wait(server, process, log)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ready means that the bucket is there."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = server.client()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ClientError, BotoCoreError):
            if not any(one["Name"] == BUCKET for one in client.list_buckets()["Buckets"]):
                client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
            client.delete_object(Bucket=BUCKET, Key="ready")
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.endpoint_url} did not become ready:\n{log.read_text(errors='replace')[-4000:]}")


def program(name: str) -> str:
    """A program beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing; see benchmarks/stores.py")
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
