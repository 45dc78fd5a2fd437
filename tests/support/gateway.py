"""A running `podwright gateway` and its members, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from podwright.core.artifact import bytes_artifact
from podwright.core.model import Stage
from podwright.core.names import MANIFEST_KEY
from podwright.stores import Store
from podwright.stores.ledger.manifest import AudioRecord, EpisodeRecord, FeedRecord, Manifest, record_of
from podwright.stores.ledger.manifest_io import write_manifest
from tests.support.answers import PATIENCE, ask

#: The installed command.
PODWRIGHT = str(Path(sys.executable).parent / "podwright")


@dataclass(frozen=True)
class Running:
    """A gateway that listens on a port of this machine. url: the public address that it was told."""

    root: Path
    pid: int
    port: int
    url: str
    environment: Mapping[str, str]

    def ask(self, address: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        """What an address of a member answers; no redirect is followed."""
        return ask(f"127.0.0.1:{self.port}", urlsplit(address).path, method, **headers)

    def members(self, *arguments: str) -> str:
        """What `podwright members` prints."""
        command = [PODWRIGHT, "-C", str(self.root), "members", *arguments]
        run = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=PATIENCE)
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def memory(self) -> float:
        """What it holds in memory, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def audit(self) -> list[dict[str, object]]:
        """The requests so far."""
        return [json.loads(line) for line in (self.root / "audit.jsonl").read_text().splitlines()]


@contextlib.contextmanager
def running_gateway(root: Path, *options: str, url: str = "https://members.example.org/") -> Iterator[Running]:
    """Run a gateway for the workspace in a folder; options are podwright's own, such as --storage."""
    environment = {**os.environ, "PODWRIGHT_GATEWAY_URL": url, "PYTHONUNBUFFERED": "1"}
    command = [PODWRIGHT, "-C", str(root), *options, "gateway", "--port", "0", "--audit", str(root / "audit.jsonl")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr
            said = process.stderr.readline()
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", said)
            assert found, said + process.stderr.read()
            yield Running(root, process.pid, int(found[1]), url, environment)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def episode(slug: str, tier: str, *, live: bool = True) -> EpisodeRecord:
    """The record of an episode; its guid is its slug."""
    private = "" if tier == "free" else "private/"
    stem = f"{private}episodes/{slug}/{slug}"
    return EpisodeRecord(
        guid=slug,
        slug=slug,
        stem=stem,
        title=slug,
        tier=tier,
        published=datetime(2026, 3, 1, 12, tzinfo=UTC),
        live=live,
        stage=Stage.LISTED if live else Stage.WAITING,
        enclosure=f"{stem}.mp3",
        audio=AudioRecord(media_type="audio/mpeg", duration=timedelta(1), tag_length=0, frames_hash=""),
        parts={},
    )


def feed(name: str, *tiers: str, items: tuple[str, ...] = ()) -> FeedRecord:
    """The record of a members' feed."""
    return FeedRecord(
        name=name,
        key=f"private/{name}.xml",
        guid=name,
        tiers=tiers,
        signature="x",
        channel="",
        items=items,
        pages=(f"private/archive/{name}/1.xml",),
    )


def publish(
    store: Store,
    contents: Mapping[str, bytes],
    *,
    generation: int = 1,
    episodes: Sequence[EpisodeRecord] = (),
    feeds: Sequence[FeedRecord] = (),
) -> None:
    """Put private objects into a store, and have it say so."""
    artifacts = [
        bytes_artifact(key, data, media_type="", cache_control="", side="private") for key, data in contents.items()
    ]
    for artifact in artifacts:
        store.put(artifact)
    say(
        store,
        Manifest(
            generation=generation,
            objects={one.key: record_of(one) for one in artifacts},
            episodes={one.guid: one for one in episodes},
            feeds={one.name: one for one in feeds},
        ),
    )


def say(store: Store, manifest: Manifest) -> None:
    """Have a store say this of itself."""
    known = store.observe(MANIFEST_KEY)
    write_manifest(store, manifest, expected=known.etag if known else None)
