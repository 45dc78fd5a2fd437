"""A run whose store hangs ends by a signal or its deadline, gives its lease back, and says why."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podwright.stores.ledger.lease import LEASE_KEY
from tests.faults.proxy import Proxy, matching, running_proxy
from tests.support.published import copy_show
from tests.support.seaweed import REGION, Seaweed

AUDIO = r"episodes/.*\.mp3"
#: What hangs, and how: on its way there, or back.
HANGING = {
    "an upload that nobody answers": ("stall", "PUT", AUDIO),
    "an upload that nobody reads": ("unread", "PUT", AUDIO),
    "an answer of a byte now and then": ("drip", "PUT", AUDIO),
    "the manifest, in small pieces": ("drip-body", "GET", "private/podwright/manifest.json"),
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def proxy(seaweed: Seaweed) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def bucket(seaweed: Seaweed) -> Iterator[str]:
    name = f"ending-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture
def arguments(tmp_path: Path, seaweed: Seaweed, proxy: Proxy, bucket: str) -> dict[str, Any]:
    """How the sample show is published through the proxy, by a process of its own."""
    root = tmp_path / "show"
    copy_show(root)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PODWRIGHT_"))}
    environment |= seaweed.environment | {
        "PODWRIGHT_STORAGE": f"s3://{bucket}",
        "PODWRIGHT_PUBLIC_URL": f"{seaweed.endpoint_url}/{bucket}/",
        "PODWRIGHT_ENDPOINT_URL": proxy.endpoint_url,
        "PODWRIGHT_REGION": REGION,
    }
    command = [str(Path(sys.executable).with_name("podwright")), "-C", str(root)]
    return {"args": command, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


@contextlib.contextmanager
def begun(arguments: dict[str, Any], *more: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(**arguments | {"args": [*arguments["args"], *more]}) as process:
        try:
            yield process
        finally:
            process.kill()


def holder(seaweed: Seaweed, bucket: str) -> str | None:
    return json.loads(seaweed.client().get_object(Bucket=bucket, Key=LEASE_KEY)["Body"].read())["holder"]


@pytest.mark.parametrize(("name", "number"), [*zip(HANGING, itertools.cycle(SIGNALS), strict=False)])
def test_a_signal_ends_a_publish_whose_store_hangs_and_gives_its_lease_back(
    arguments: dict[str, Any], seaweed: Seaweed, bucket: str, proxy: Proxy, name: str, number: signal.Signals
) -> None:
    kind, method, keys = HANGING[name]
    proxy.script = matching(kind, methods=(method,), keys=keys, times=None)
    with begun(arguments, "publish") as process:
        assert proxy.hung.wait(60)
        process.send_signal(number)
        assert process.wait(15) == 128 + number
    if keys == AUDIO:
        assert holder(seaweed, bucket) is None


@pytest.mark.parametrize("name", ["an upload that nobody reads", "the manifest, in small pieces"])
def test_a_deadline_ends_a_publish_whose_store_hangs_and_says_so(
    arguments: dict[str, Any], seaweed: Seaweed, bucket: str, proxy: Proxy, name: str
) -> None:
    kind, method, keys = HANGING[name]
    proxy.script = matching(kind, methods=(method,), keys=keys, times=None)
    with begun(arguments, "publish", "--deadline", "15s") as process:
        told = process.communicate(timeout=40)[1]
    assert proxy.hung.is_set()
    assert process.returncode == 4
    assert "the deadline has passed" in told
    if keys == AUDIO:
        assert "feeds and pages are as they were" in told
        assert holder(seaweed, bucket) is None
