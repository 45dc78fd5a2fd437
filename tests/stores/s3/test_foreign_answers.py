"""What no store answers, to any request: an error in words, never an empty bucket or a write that is done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from podwright.core.errors import ConflictError, StoreError
from podwright.stores import Store, observe_cors, observe_uploads, open_store
from tests.faults.proxy import FOREIGN, Proxy, matching, running_proxy, untouched
from tests.stores.conftest import s3_storage
from tests.stores.test_conformance import KEY, artifact, write
from tests.support.seaweed import Seaweed

LONG = bytes(6 << 20)
#: Every kind of request that a store's methods make.
REQUESTS: Mapping[str, Callable[[Store], object]] = {
    "look": lambda store: store.observe(KEY),
    "read": lambda store: store.read(KEY),
    "read again": lambda store: store.read(KEY, unless="another"),
    "read a range": lambda store: store.read_range(KEY, start=1, length=3),
    "put": lambda store: store.put(artifact(key="put")),
    "put in parts": lambda store: store.put(artifact(LONG, "parts")),
    "copy": lambda store: store.copy(KEY, artifact(key="copied")),
    "keep": lambda store: store.keep(KEY, "kept", etag=VERSION),
    "write": lambda store: write(store, b"{}", expected=None),
    "list": lambda store: list(store.observe_all("")),
    "list uploads": lambda store: list(observe_uploads(store)),
    "read the rules": observe_cors,
    "delete": lambda store: store.delete(["nothing"]),
}
#: The version of what is there, which is the MD5 of its bytes.
VERSION = "9aec5fa312feff7a1d15b135181ffe04"
#: What each is told as.
PLACE = "this is no S3 store: it answered 20[06]|it answered [A-Za-z]+ without [A-Za-z]+"
TOLD = {
    "portal": PLACE,
    "fragment": f"{PLACE}|is not one of S3|more than was asked",
    "nothing": PLACE,
    "json": f"{PLACE}|is not one of S3|more than was asked",
    "endless": "the store's answer has no end",
    "no-etag": f"{PLACE}|was cut short, or changed on its way",
    "no-upload": PLACE,
    "garbled": "was cut short, or changed on its way",
}
#: What says enough nevertheless: an answer without a body, a refusal, or one of which nothing is needed. Whether JSON
#: is what an object holds, its reader knows.
ENOUGH = {
    ("nothing", "delete"),
    ("json", "read"),
    ("json", "read again"),
    *((kind, request) for kind in ("no-etag", "garbled") for request in ("read the rules", "delete")),
    ("no-etag", "list uploads"),
}


@pytest.fixture(scope="module")
def proxy(seaweed: Seaweed) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture(scope="module")
def store(seaweed: Seaweed, common_bucket: str, proxy: Proxy) -> Iterator[Store]:
    """A store behind the proxy, with an object; nothing is tried more than twice."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.environment.items():
            patch.setenv(name, value)
        patch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 2)
        patch.setattr("podwright.stores.s3.transport._LONGEST_WAIT", 0)
        patch.setattr("podwright.stores.s3.put.MULTIPART_FROM", len(LONG))
        patch.setattr("podwright.stores.s3.put.PART", 5 << 20)
        storage = s3_storage(seaweed, common_bucket, prefix=f"/f/{uuid.uuid4().hex}")
        store = open_store(replace(storage, endpoint_url=proxy.endpoint_url))
        proxy.script = untouched
        store.put(artifact())
        yield store


def failure(ask: Callable[[], object]) -> StoreError | None:
    try:
        ask()
    except StoreError as error:
        return error
    return None


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("kind", FOREIGN)
def test_what_no_store_answers_is_an_error_in_words(kind: str, request_name: str, store: Store, proxy: Proxy) -> None:
    proxy.script = matching(kind, times=None)
    proxy.injected.clear()
    error = failure(lambda: REQUESTS[request_name](store))
    if error is None:
        assert not proxy.injected or (kind, request_name) in ENOUGH
    elif not isinstance(error, ConflictError):
        assert re.search(f"({TOLD[kind]}).*; ", str(error)), error


def test_what_changed_on_its_way_once_is_asked_for_again(store: Store, proxy: Proxy) -> None:
    proxy.script = matching("garbled")
    proxy.injected.clear()
    assert KEY in [stored.key for stored in store.observe_all("")]
    assert proxy.injected["garbled"] == 1
