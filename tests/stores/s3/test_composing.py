"""Composing in a bucket whose store fails, lies or is raced: the object is the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from podwright.core.errors import ComposeError, MovedError, StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from podwright.stores.splicing import put_spliced
from tests.faults.proxy import Asked, Proxy, Script, running_proxy, untouched
from tests.stores.test_conformance import KEY, LIVE, artifact, content, retagged
from tests.support.seaweed import REGION, Seaweed

HELD = pytest.mark.parametrize("held", [True, False], ids=["with the recording", "without the recording"])


@pytest.fixture
def proxy(seaweed: Seaweed) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def store(seaweed: Seaweed, common_bucket: str, credentials: None, proxy: Proxy) -> Store:
    """A store behind the proxy, with the live object in it."""
    url = f"s3://{common_bucket}/a/{uuid.uuid4().hex}"
    store = open_store(
        Storage(url=url, public_url="https://example.org/", endpoint_url=proxy.endpoint_url, region=REGION)
    )
    store.put(artifact(LIVE))
    return store


def keys(store: Store) -> list[str]:
    return [found.key for found in store.observe_all("")]


def uploads(seaweed: Seaweed, store: Store) -> list[Any]:
    """What is left of parts below the store's prefix."""
    bucket, _, prefix = store.url.removeprefix("s3://").partition("/")
    found = seaweed.client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return [one for one in found if one["Key"].startswith(prefix)]


def only(number: int, kind: str, *, after: int) -> Script:
    """A fault with one request alone."""
    return lambda asked: kind if asked.number == after + number else None


@HELD
def test_whichever_request_is_refused_the_object_is_the_old_or_the_new_one(
    store: Store, seaweed: Seaweed, proxy: Proxy, held: bool
) -> None:
    wanted, splice = retagged(store, b"tag", held=held)
    begun = len(proxy.asked)
    store.compose(wanted, splice)
    requests = len(proxy.asked) - begun
    new = content(store)
    assert new == b"tag" + LIVE[splice.start :]
    outcomes: set[bytes] = set()
    found: bytes | None = new
    for number in range(1, requests + 1):
        if found != LIVE:
            store.put(artifact(LIVE))
        wanted, splice = retagged(store, b"tag", held=held)
        proxy.script = only(number, "forbidden", after=len(proxy.asked))
        with contextlib.suppress(StoreError):
            store.compose(wanted, splice)
        proxy.script = untouched
        found = content(store)
        assert found in (LIVE, new)
        outcomes.add(found)
        left = keys(store)
        assert set(left) - {KEY} == set() or number == requests
        assert uploads(seaweed, store) == []
        store.delete(key for key in left if key != KEY)
    assert outcomes == {LIVE, new}


@HELD
def test_a_store_that_ignores_conditions_does_not_win_a_race_for_its_rival(
    store: Store, seaweed: Seaweed, proxy: Proxy, held: bool
) -> None:
    wanted, splice = retagged(store, b"tag", held=held)
    bucket, _, prefix = store.url.removeprefix("s3://").partition("/")
    rival = LIVE[::-1]
    raced: list[int] = []

    def script(asked: Asked) -> str | None:
        if "x-amz-copy-source-range" not in asked.headers:
            return None
        if not raced:
            raced.append(asked.number)
            seaweed.client().put_object(Bucket=bucket, Key=f"{prefix}/{KEY}", Body=rival)
        return "ignored-condition"

    proxy.script = script
    with pytest.raises((MovedError, ComposeError), match=KEY):
        store.compose(wanted, splice)
    proxy.script = untouched
    assert raced
    assert content(store) == rival
    assert keys(store) == [KEY]
    assert uploads(seaweed, store) == []


@HELD
def test_what_is_sent_damaged_is_not_published_and_the_upload_in_its_place_is_right(
    store: Store, seaweed: Seaweed, proxy: Proxy, held: bool
) -> None:
    wanted, splice = retagged(store, b"tag", held=held)
    parts: list[int] = []

    def script(asked: Asked) -> str | None:
        if asked.method == "PUT" and "partNumber" in asked.query and asked.size:
            parts.append(asked.size)
            return "corrupt-sent"
        return None

    proxy.script = script
    stored = put_spliced(wanted, splice, store)
    assert parts == [splice.part]
    assert stored.sha256 == wanted.sha256
    assert content(store) == b"tag" + LIVE[splice.start :]
    assert keys(store) == [KEY]
    assert uploads(seaweed, store) == []


def test_a_completion_whose_answer_is_lost_is_done(store: Store, seaweed: Seaweed, proxy: Proxy) -> None:
    wanted, splice = retagged(store, b"tag", held=True)
    lost: list[int] = []

    def script(asked: Asked) -> str | None:
        if asked.method == "POST" and "uploadId" in asked.query and not lost:
            lost.append(asked.number)
            return "lost-answer"
        return None

    proxy.script = script
    stored = store.compose(wanted, splice)
    assert lost
    assert stored.sha256 == wanted.sha256
    assert content(store) == b"tag" + LIVE[splice.start :]


SPOILT = [
    pytest.param({"start": 8}, id="begins a byte later"),
    pytest.param({"start": 6}, id="begins a byte earlier"),
    pytest.param({"front": (b"other",)}, id="has another front"),
]


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_splice_in_the_wrong_place_is_not_joined_where_its_frames_are_known(
    store: Store, spoilt: dict[str, Any]
) -> None:
    wanted, splice = retagged(store, b"tag", held=True)
    with pytest.raises(ComposeError, match=KEY):
        store.compose(wanted, replace(splice, **spoilt))
    assert content(store) == LIVE
    assert keys(store) == [KEY]
