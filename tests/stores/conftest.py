"""An empty store of each kind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from podwright.core.model import Storage
from podwright.stores import Store, open_store
from tests.support.seaweed import REGION, Seaweed


def s3_storage(server: Seaweed, bucket: str, *, prefix: str = "") -> Storage:
    """A bucket as a workspace names it."""
    return Storage(
        url=f"s3://{bucket}{prefix}",
        public_url=f"{server.endpoint_url}/{bucket}{prefix}/",
        endpoint_url=server.endpoint_url,
        region=REGION,
    )


@pytest.fixture(scope="session")
def common_bucket(seaweed: Seaweed) -> Iterator[str]:
    """A bucket for stores that keep apart by their prefix, which is much quicker than a bucket each."""
    name = f"common-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture
def storage(seaweed: Seaweed, bucket: str) -> Storage:
    """A fresh bucket, public but for `private/`."""
    return s3_storage(seaweed, bucket)


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of each kind; those in a bucket lie below a prefix, beside each other."""
    if request.param == "local":
        return open_store(Storage(url="file:public", public_url="https://example.org/", folder=tmp_path / "public"))
    request.getfixturevalue("credentials")
    server: Seaweed = request.getfixturevalue("seaweed")
    bucket: str = request.getfixturevalue("common_bucket")
    return open_store(s3_storage(server, bucket, prefix=f"/a/{uuid.uuid4().hex}"))
