"""The fault proxy does what it says, to the requests that a script names, and counts it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import exceptions as boto
from botocore.config import Config

from tests.faults.proxy import KINDS, Asked, Proxy, either, matching, randomly, running_proxy, untouched
from tests.support.seaweed import REGION, Seaweed

DATA = b"0123456789" * 500


@pytest.fixture(scope="module")
def bucket(seaweed: Seaweed) -> Iterator[str]:
    """One for all, whose object "a" each test may replace."""
    name = f"faults-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture
def proxy(seaweed: Seaweed) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def client(seaweed: Seaweed, proxy: Proxy) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=proxy.endpoint_url,
        aws_access_key_id=seaweed.access_key,
        aws_secret_access_key=seaweed.secret_key,
        region_name=REGION,
        config=Config(
            retries={"total_max_attempts": 1},
            read_timeout=0.5,
            request_checksum_calculation="when_required",
            s3={"payload_signing_enabled": False, "addressing_style": "path"},
        ),
    )


def put(client: Any, bucket: str, key: str = "a", body: bytes = DATA, **more: Any) -> Any:
    return client.put_object(Bucket=bucket, Key=key, Body=body, **more)


def get(client: Any, bucket: str, key: str = "a") -> bytes:
    return bytes(client.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_what_no_script_names_passes_as_it_is(proxy: Proxy, client: Any, bucket: str) -> None:
    etag = put(client, bucket, "a b+ü")["ETag"]
    assert get(client, bucket, "a b+ü") == DATA
    assert client.head_object(Bucket=bucket, Key="a b+ü")["ETag"] == etag
    client.delete_object(Bucket=bucket, Key="a b+ü")
    assert [(one.method, one.key, one.size) for one in proxy.asked[:2]] == [("PUT", "a b+ü", 5000), ("GET", "a b+ü", 0)]
    assert proxy.injected == {}
    assert proxy.sent("GET", "a") == 1


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("error-500", 500, "InternalError"),
        ("error-503", 503, "ServiceUnavailable"),
        ("slow-down", 503, "SlowDown"),
        ("skewed", 403, "RequestTimeTooSkewed"),
        ("expired", 400, "ExpiredToken"),
        ("forbidden", 403, "AccessDenied"),
        ("full", 507, "InsufficientStorage"),
    ],
)
def test_a_refusal_does_nothing(
    proxy: Proxy, client: Any, seaweed: Seaweed, bucket: str, kind: str, status: int, code: str
) -> None:
    put(seaweed.client(), bucket, body=b"before")
    proxy.script = matching(kind)
    with pytest.raises(boto.ClientError) as caught:
        put(client, bucket)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code
    assert get(client, bucket) == b"before"
    assert proxy.injected == {kind: 1}


@pytest.mark.parametrize(("kind", "done"), [("lost-answer", True), ("reset-sent", False), ("stall", False)])
def test_a_put_without_an_answer(
    proxy: Proxy, client: Any, seaweed: Seaweed, bucket: str, kind: str, done: bool
) -> None:
    put(seaweed.client(), bucket, body=b"before")
    proxy.script = matching(kind)
    with pytest.raises(boto.HTTPClientError):
        put(client, bucket)
    assert get(client, bucket) == (DATA if done else b"before")
    assert proxy.injected == {kind: 1}


@pytest.mark.parametrize("kind", ["cut", "reset-answer"])
def test_a_read_that_ends_too_soon(proxy: Proxy, client: Any, bucket: str, kind: str) -> None:
    put(client, bucket)
    proxy.script = matching(kind)
    with pytest.raises((boto.HTTPClientError, boto.IncompleteReadError)):
        get(client, bucket)
    assert get(client, bucket) == DATA


def test_an_answer_with_another_version(proxy: Proxy, client: Any, bucket: str) -> None:
    etag = put(client, bucket)["ETag"]
    proxy.script = matching("wrong-etag", times=2)
    assert put(client, bucket)["ETag"] != etag
    assert client.get_object(Bucket=bucket, Key="a")["ETag"] != etag
    assert client.head_object(Bucket=bucket, Key="a")["ETag"] == etag


def test_bytes_that_change_on_their_way(proxy: Proxy, client: Any, bucket: str) -> None:
    put(client, bucket)
    proxy.script = matching("corrupt")
    read = get(client, bucket)
    assert [n for n, (one, other) in enumerate(zip(read, DATA, strict=True)) if one != other] == [2500]
    proxy.script = matching("corrupt-sent")
    put(client, bucket)
    assert get(client, bucket) == read


def test_a_condition_that_is_ignored(proxy: Proxy, client: Any, bucket: str) -> None:
    put(client, bucket, body=b"before")
    with pytest.raises(boto.ClientError, match="PreconditionFailed"):
        put(client, bucket, IfNoneMatch="*")
    proxy.script = matching("ignored-condition")
    put(client, bucket, "other")
    put(client, bucket, IfNoneMatch="*")
    assert get(client, bucket) == DATA
    assert proxy.injected == {"ignored-condition": 1}


# Scripts


def asked(method: str = "PUT", key: str = "a", again: int = 0, query: str = "") -> Asked:
    return Asked(number=1, again=again, method=method, bucket="b", key=key, query=query, headers={}, size=5)


def test_a_script_names_the_first_requests_that_match() -> None:
    script = matching("slow-down", methods=("PUT",), keys="episodes/", times=2, after=1)
    assert [script(asked(key="episodes/a")) for _ in range(4)] == [None, "slow-down", "slow-down", None]
    always = matching("forbidden", keys="episodes/", times=None)
    assert [always(asked("GET", key)) for key in ("episodes/a", "a", "episodes/b")] == ["forbidden", None, "forbidden"]
    both = either(matching("full", keys="x"), untouched, matching("expired"))
    assert [both(asked(key="x")), both(asked(key="x"))] == ["full", None]


def test_random_faults_depend_on_the_seed_and_the_request_alone() -> None:
    requests = [asked(method, f"key-{n}", query=f"uploadId={n}") for n in range(300) for method in ("GET", "PUT")]
    one, other, later = (randomly(seed, rate=0.2, kinds=KINDS) for seed in (1, 2, 1))
    drawn = [one(request) for request in requests]
    assert [later(request) for request in reversed(requests)] == list(reversed(drawn))
    assert [other(request) for request in requests] != drawn
    assert 80 < sum(kind is not None for kind in drawn) < 160
    assert all(KINDS[kind].fits(request) for request, kind in zip(requests, drawn, strict=True) if kind)


def test_random_faults_never_meet_a_request_too_often_in_a_row() -> None:
    script = randomly(1, rate=1, kinds=["slow-down"], most=3)
    assert [script(asked(again=n)) for n in range(5)] == ["slow-down"] * 3 + [None, "slow-down"]
