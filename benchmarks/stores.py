"""What several S3 servers can do, and a show published to each: `python -m benchmarks.stores [NAME …]`, as Markdown.

moto's server and the JuiceFS gateway come with the extra `bench`, Ceph's gateway with Debian (`benchmarks/radosgw.py`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.radosgw import running_radosgw
from podwright.core.errors import PodwrightError
from podwright.core.model import Overrides, Storage
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores import observe_capabilities, open_store
from podwright.stores.capabilities import Capabilities
from tests.support import seaweed, strange
from tests.support.published import Quiet, copy_show

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BUCKET = "podcast"


@contextlib.contextmanager
def running_seaweed(folder: Path) -> Iterator[strange.Server]:
    """SeaweedFS as the tests run it."""
    with seaweed.running_seaweed(folder) as server:
        server.create_bucket(BUCKET)
        os.environ.update(server.environment)
        yield strange.Server(server.endpoint_url)


SERVERS: dict[str, Callable[[Path], contextlib.AbstractContextManager[strange.Server]]] = {
    "SeaweedFS": running_seaweed,
    "moto": strange.running_moto,
    "JuiceFS gateway": strange.running_juicefs,
    "rclone serve s3": strange.running_rclone,
    "Ceph radosgw 16": running_radosgw,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What was seen of one server. The three publishes: a first, one with nothing to do, one of an edited title."""

    can: Capabilities
    trial: float
    first: str
    second: str
    edited: str


def observe(server: strange.Server, folder: Path) -> Column:
    """Try a server, and publish the sample show to it."""
    os.environ.update(server.environment)
    url = f"s3://{BUCKET}/show"
    where = Storage(
        url=url, public_url="https://podcast.example.org/", endpoint_url=server.endpoint_url, region=strange.REGION
    )
    began = time.monotonic()
    can = observe_capabilities(open_store(where))
    trial = time.monotonic() - began
    root = folder / "workspace"
    copy_show(root)
    overrides = Overrides(
        storage=url, public_url=where.public_url, endpoint_url=where.endpoint_url, region=where.region
    )
    session = Session(root=root, now=NOW, overrides=overrides, progress=Quiet())
    first, second = _told(session), _told(session)
    path = root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text().replace("title: ", "title: Again ", 1))
    return Column(can=can, trial=trial, first=first, second=second, edited=_told(session))


def _told(session: Session) -> str:
    try:
        plan = publish(session, accepted=()).plan
    except PodwrightError as error:
        return str(error)
    return f"{len(plan.steps)} objects" if plan and plan.steps else "nothing to do"


def table(columns: dict[str, Column]) -> str:
    """The matrix as Markdown."""
    seen = columns.values()
    rows = [
        ("can", *columns),
        ("---", *("---" for _ in columns)),
        *(
            (one.name.replace("_", " "), *("yes" if getattr(column.can, one.name) else "**no**" for column in seen))
            for one in fields(Capabilities)
        ),
        ("a first publish", *(column.first for column in seen)),
        ("a second one", *(column.second for column in seen)),
        ("an edited title", *(column.edited for column in seen)),
        ("trial, s", *(f"{column.trial:.1f}" for column in seen)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(names: list[str]) -> None:
    """Start each server in turn, and print what was seen."""
    columns = {}
    for name in names or SERVERS:
        folder = Path(tempfile.mkdtemp(prefix="podwright-store-"))
        try:
            with SERVERS[name](folder / "server") as server:
                columns[name] = observe(server, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(table(columns))


if __name__ == "__main__":
    main(sys.argv[1:])
