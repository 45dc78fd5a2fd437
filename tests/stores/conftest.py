"""An empty store of each kind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
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


@pytest.fixture(scope="session")
def other_bucket(seaweed: Seaweed) -> Iterator[str]:
    """Another such bucket."""
    name = f"other-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture
def storage(seaweed: Seaweed, bucket: str) -> Storage:
    """A fresh bucket, public but for `private/`."""
    return s3_storage(seaweed, bucket)


@pytest.fixture(params=["local", "s3", "local and local", "s3 and s3", "s3 and local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of each kind; those in a bucket lie below a prefix, beside each other.

    Of two, the second has what is private.
    """
    kinds = request.param.split(" and ")
    storage = Storage(url="file:public", public_url="https://example.org/", folder=tmp_path / "public")
    if "s3" in kinds:
        request.getfixturevalue("credentials")
        server: Seaweed = request.getfixturevalue("seaweed")
        buckets = [request.getfixturevalue("common_bucket"), request.getfixturevalue("other_bucket")]
        prefix = f"/a/{uuid.uuid4().hex}"
        storage = s3_storage(server, buckets[0], prefix=prefix)
    if kinds[1:] == ["local"]:
        storage = replace(storage, private_url="file:aside", private_folder=tmp_path / "aside")
    if kinds[1:] == ["s3"]:
        storage = replace(storage, private_url=f"s3://{buckets[1]}{prefix}")
    return open_store(storage)
