"""Invalidations arrive at CloudFront as moto keeps it: logic alone, as moto checks no credentials."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from podwright.core.recipients import After
from podwright.operations.notify import Delivery, Sending, deliver_all
from podwright.operations.notify.after.cloudfront import MOST_PATHS, notices
from podwright.publishing.pending_notices import News
from tests.support.slow import pace

SECRET = "secret-of-nobody"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of a moto server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _await(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, "moto does not start"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def cloudfront(moto: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return boto3.session.Session().client("cloudfront", region_name="us-east-1")


@pytest.fixture
def distribution(cloudfront: Any) -> str:
    origin = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    config = {
        "CallerReference": datetime.now(UTC).isoformat(),
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
        "Comment": "",
        "Enabled": True,
    }
    found: str = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    return found


def told(distribution: str, urls: tuple[str, ...]) -> Delivery:
    base = "https://cdn.example.org/pod/"
    found = News(show="Garden", public_url=base, generation=7, feeds=(), urls=urls)
    after = After(cloudfront=distribution)
    sending = Sending(after=after, environment={}, at=datetime(2026, 11, 1, tzinfo=UTC))
    (delivery,) = deliver_all(list(notices(found, sending)), pace())
    assert SECRET not in repr(delivery)
    return delivery


def invalidated(cloudfront: Any, distribution: str) -> list[list[str]]:
    rows = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    found = [cloudfront.get_invalidation(DistributionId=distribution, Id=row["Id"]) for row in rows]
    return [one["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] for one in found]


def test_the_paths_of_changed_addresses_are_invalidated(cloudfront: Any, distribution: str) -> None:
    delivery = told(distribution, ("https://cdn.example.org/pod/a.xml", "https://cdn.example.org/pod/"))
    assert (delivery.kind, delivery.address, delivery.subject) == ("cloudfront", distribution, "2 paths")
    assert delivery.reason is None
    assert invalidated(cloudfront, distribution) == [["/pod/a.xml", "/pod/"]]


def test_many_paths_become_one_that_stands_for_all_of_them(cloudfront: Any, distribution: str) -> None:
    urls = tuple(f"https://cdn.example.org/pod/{number}.xml" for number in range(MOST_PATHS + 1))
    assert told(distribution, urls).reason is None
    assert invalidated(cloudfront, distribution) == [["/pod/*"]]


def test_a_distribution_that_is_not_there_is_told(cloudfront: Any) -> None:
    delivery = told("E000000000", ("https://cdn.example.org/pod/a.xml",))
    assert delivery.reason == "there is no such distribution; correct it"


def test_a_cloud_that_cannot_be_reached_is_told(cloudfront: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    delivery = told("E1", ("https://cdn.example.org/pod/a.xml",))
    assert delivery.reason == "CloudFront cannot be reached (EndpointConnectionError); check the network"


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert told("E1", ("https://cdn.example.org/pod/a.xml",)).reason == "no credentials; set those of the AWS chain"
