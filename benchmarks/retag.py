"""Another title for an episode of 500 MB, beside uploading the file: `python -m benchmarks.retag`.

Bytes are counted where they pass on their way to the store, headers included, in runs that are not timed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import measure, workspaces
from tests.support.seaweed import Seaweed, running_seaweed

SIZE = 500_000_000
ROUNDS = 3
BUCKET = "retag"
UPLOAD = (
    "import boto3, sys; boto3.client('s3', endpoint_url=sys.argv[1]).upload_file(sys.argv[2], sys.argv[3], 'plain')"
)


@dataclass
class Wire:
    """A connection's other end as a port of our own; up and down count the bytes that pass, headers included."""

    endpoint: str
    up: int = 0
    down: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, up: int = 0, down: int = 0) -> None:
        with self._lock:
            self.up += up
            self.down += down


@contextlib.contextmanager
def counting(endpoint: str) -> Iterator[Wire]:
    """Pass TCP connections on to a server on loopback and count their bytes."""
    target = urlsplit(endpoint)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def relay(source: socket.socket, sink: socket.socket, *, upwards: bool) -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(1 << 16):
                    wire.count(up=len(data)) if upwards else wire.count(down=len(data))
                    sink.sendall(data)
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    server = socket.create_connection((target.hostname or "", target.port or 80))
                    for source, sink, upwards in ((client, server, True), (server, client, False)):
                        threading.Thread(
                            target=relay, args=(source, sink), kwargs={"upwards": upwards}, daemon=True
                        ).start()

        threading.Thread(target=accept, daemon=True).start()
        yield wire
        listener.shutdown(socket.SHUT_RDWR)


def write_workspace(root: Path) -> Path:
    """One episode of SIZE bytes; returns its audio."""
    workspaces.write_show(root)
    folder = root / "episodes" / "long"
    workspaces.write_episode(folder, number=1, notes=1_000)
    frames = workspaces.split_frames(workspaces.encode_frames(30))
    workspaces.write_mp3(folder / "audio.mp3", frames=frames, size=SIZE, start=0)
    return folder / "audio.mp3"


def edit_title(root: Path, title: str) -> None:
    path = root / "episodes" / "long" / "episode.md"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(f"title: {title}" if line.startswith("title:") else line for line in lines) + "\n")


def publish(root: Path, endpoint: str, env: dict[str, str]) -> measure.Cost:
    where = ["--storage", f"s3://{BUCKET}", "--endpoint-url", endpoint, "--region", env["AWS_REGION"]]
    return measure.run(measure.podwright("-C", str(root), *where, "publish"), env=env)


def report(folder: Path) -> str:
    """Measure and say it in Markdown."""
    root = folder / "show"
    audio = write_workspace(root)
    with running_seaweed(folder / "seaweed") as server:
        server.create_bucket(BUCKET)
        env = {**server.environment}
        publish(root, server.endpoint_url, env)
        costs = _times(root, audio, server, env)
        here = _bytes(root, "Counted here", server, env)
        audio.unlink()
        shutil.rmtree(root / ".podwright")
        there = _bytes(root, "Counted there", server, env)
    own, plain = costs["podwright publish, title changed"], costs["boto3 upload_file of the MP3"]
    note = (
        f"One episode of {SIZE / 1e6:.0f} MB in SeaweedFS on loopback, where an upload costs no more than a copy in "
        f"the store; medians of {ROUNDS}, interleaved, {os.cpu_count()} cores."
    )
    return "\n".join(
        [
            measure.table("A title changed", costs, note=note),
            f"Wall time against the plain upload: {own.wall / plain.wall:.2f} ×.",
            "",
            "| bytes on the wire, headers included | sent | received |",
            "| --- | ---: | ---: |",
            f"| with the MP3 here | {here.up:,} | {here.down:,} |",
            f"| from a checkout without it | {there.up:,} | {there.down:,} |",
            "",
        ]
    )


def _times(root: Path, audio: Path, server: Seaweed, env: dict[str, str]) -> dict[str, measure.Cost]:
    def retag(number: int) -> measure.Cost:
        edit_title(root, f"Title {number}")
        return publish(root, server.endpoint_url, env)

    def upload(number: int) -> measure.Cost:
        del number
        return measure.run([sys.executable, "-c", UPLOAD, server.endpoint_url, str(audio), BUCKET], env=env)

    tools = {"podwright publish, title changed": retag, "boto3 upload_file of the MP3": upload}
    return measure.interleaved(tools, rounds=ROUNDS)


def _bytes(root: Path, title: str, server: Seaweed, env: dict[str, str]) -> Wire:
    with counting(server.endpoint_url) as wire:
        edit_title(root, title)
        publish(root, wire.endpoint, env)
    return wire


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="podwright-bench-") as name:
        print(report(Path(name)))
