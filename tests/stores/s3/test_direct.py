"""Objects sent without botocore's machinery, and through its client where that meets anything but success."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from podwright.core.errors import StoreError
from podwright.stores import Store, adapted, open_store
from podwright.stores.capabilities import ALL
from tests.faults.proxy import Proxy, matching, running_proxy, untouched
from tests.stores.conftest import s3_storage
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import DATA, KEY, LARGE, artifact, content
from tests.support.careless import Careless
from tests.support.seaweed import Seaweed


@pytest.fixture
def proxy(seaweed: Seaweed, credentials: None) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def store(proxy: Proxy, seaweed: Seaweed, common_bucket: str) -> Store:
    """A store behind the proxy."""
    storage = s3_storage(seaweed, common_bucket, prefix=f"/d/{uuid.uuid4().hex}")
    return open_store(replace(storage, endpoint_url=proxy.endpoint_url))


def by_client(proxy: Proxy) -> list[bool]:
    """Of each PUT, whether botocore's client sent it."""
    return ["amz-sdk-invocation-id" in asked.headers for asked in proxy.asked if asked.method == "PUT"]


@pytest.mark.parametrize("data", [DATA, LARGE], ids=["small", "large"])
def test_an_object_takes_one_request(store: Store, proxy: Proxy, data: bytes) -> None:
    store.put(artifact(data))
    assert [asked.method for asked in proxy.asked] == ["PUT"]
    assert by_client(proxy) == [False]
    assert content(store) == data


@pytest.mark.parametrize(("kind", "later"), [("slow-down", [False]), ("forbidden", [True])])
def test_what_fails_goes_through_the_client_and_a_refusal_ends_the_quick_way(
    store: Store, proxy: Proxy, kind: str, later: list[bool]
) -> None:
    proxy.script = matching(kind, methods=("PUT",))
    sent: list[int] = []
    store.put(artifact(LARGE), progress=sent.append)
    assert by_client(proxy) == [False, True]
    assert sum(sent) == len(LARGE)
    proxy.script = untouched
    store.put(artifact(DATA, "other.mp3"))
    assert by_client(proxy)[2:] == later
    assert content(store) == LARGE


def test_a_store_without_checksums_proves_an_object_by_its_md5(careless: Careless) -> None:
    store = adapted(at(careless.url), replace(ALL, checksums=False))
    stored = store.put(artifact(LARGE))
    assert stored.sha256 == artifact(LARGE).sha256
    assert careless.asked == ["PUT"]


def test_a_store_that_kept_less_is_found_out_by_its_md5(careless: Careless) -> None:
    careless.keep = 100
    store = adapted(at(careless.url), replace(ALL, checksums=False))
    with pytest.raises(StoreError, match="the store holds 100 bytes"):
        store.put(artifact(LARGE))


def test_a_key_is_quoted_as_it_is_signed(store: Store, proxy: Proxy) -> None:
    for key in ("a b+c&d=e?f#g%20/~'(1)!*.mp3", KEY):
        store.put(artifact(key=key))
        assert content(store, key) == DATA
    assert by_client(proxy) == [False, False]
