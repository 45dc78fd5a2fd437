"""A store that hangs, in every way and with every kind of request: it is ended, told, and asked for little more."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from podwright.core.deadline import Deadline
from podwright.core.errors import DeadlineError, StoreError
from podwright.stores import Store, open_store
from tests.faults.proxy import Proxy, matching, running_proxy, untouched
from tests.stores.conftest import s3_storage
from tests.stores.s3.test_foreign_answers import LONG, REQUESTS
from tests.stores.test_conformance import KEY, artifact
from tests.support.seaweed import Seaweed

#: What hangs, with the requests that it meets.
HANGING = {
    "stall": ("look", "read", "put", "put in parts", "copy", "keep", "list", "delete"),
    "unread": ("put in parts",),
    "drip": ("look", "put", "keep", "list"),
    "drip-body": ("read", "list", "list uploads"),
}
CASES = [(kind, request) for kind, requests in HANGING.items() for request in requests]


@pytest.fixture(scope="module")
def proxy(seaweed: Seaweed) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture(scope="module")
def opened(seaweed: Seaweed, common_bucket: str, proxy: Proxy) -> Iterator[Callable[[Deadline], Store]]:
    """Opens a store behind the proxy, with an object, which may be silent for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.environment.items():
            patch.setenv(name, value)
        patch.setattr("podwright.stores.s3.bucket.SILENCE", 0.4)
        patch.setattr("podwright.stores.s3.transport._LONGEST_WAIT", 0)
        patch.setattr("podwright.stores.s3.put.MULTIPART_FROM", len(LONG))
        patch.setattr("podwright.stores.s3.put.PART", 5 << 20)
        storage = s3_storage(seaweed, common_bucket, prefix=f"/h/{uuid.uuid4().hex}")
        open_store(storage).put(artifact())
        yield lambda deadline: open_store(replace(storage, endpoint_url=proxy.endpoint_url), deadline=deadline)


@pytest.fixture(scope="module")
def store(opened: Callable[[Deadline], Store]) -> Store:
    return opened(Deadline())


@pytest.mark.parametrize(("kind", "request_name"), CASES)
def test_a_request_that_hangs_is_ended_after_a_second_attempt(
    kind: str, request_name: str, store: Store, proxy: Proxy
) -> None:
    proxy.script = untouched
    # An answer ends what is remembered of the silence before.
    store.observe(KEY)
    proxy.script, number = matching(kind, times=None), len(proxy.asked)
    with pytest.raises(StoreError, match="the store did not answer in time; publish again"):
        REQUESTS[request_name](store)
    assert len(proxy.asked) - number <= 4


def test_a_deadline_ends_what_hangs_and_lets_nothing_begin(
    opened: Callable[[Deadline], Store], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.bucket.SILENCE", 60)
    proxy.script = matching("stall", times=None)
    deadline = Deadline(0.5)
    store = opened(deadline)
    for _ in range(2):
        with pytest.raises(DeadlineError, match="the deadline has passed; run it again"):
            store.read(KEY)
    assert deadline.has_passed()


def test_an_upload_that_moves_slowly_is_not_ended(store: Store, proxy: Proxy) -> None:
    """It takes several times as long as the store may be silent."""
    proxy.script = matching("slow", times=None)
    proxy.injected.clear()
    assert store.put(artifact(LONG, "slow")).size == len(LONG)
    assert proxy.injected["slow"]
