"""A store in a bucket of its own, and one of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from podwright.core.model import Storage
from podwright.stores import Store, open_store
from tests.support.careless import Careless, running_careless


@pytest.fixture
def store(storage: Storage) -> Store:
    """Our own, at the root of the bucket, as its policy wants it."""
    return open_store(storage)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Careless]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    with running_careless() as state:
        yield state


def at(endpoint_url: str = "http://127.0.0.1:9") -> Store:
    """A store of which nothing is known but its address."""
    return open_store(
        Storage(url="s3://bucket", public_url="https://example.org/", endpoint_url=endpoint_url, region="us-east-1")
    )
