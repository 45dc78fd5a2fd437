"""With the printed policies in force a publish works, the public reads what is public, and neither can do more."""

from __future__ import annotations

import copy
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import exceptions as boto
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.inspection.doctor import apply_trial
from podwright.inspection.doctor.policies import PUBLIC, load_policies, publisher_policy
from tests.inspection.doctor.test_capabilities import now
from tests.publishing.test_tiers import tease
from tests.support.published import Place
from tests.support.seaweed import PUBLISHER, REGION, Seaweed


@pytest.fixture(params=["", "/shows/garden"], ids=["a bucket of its own", "a prefix"])
def place(
    request: pytest.FixtureRequest, sample: Path, seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """The sample show in a bucket that somebody else uses as well, for an identity that has no rights but these.

    SeaweedFS knows policies of buckets: what is the publisher's own stands there with the publisher as principal. It
    grants the rights to cross-origin rules to nobody so.
    """
    for name, value in seaweed.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PUBLISHER["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PUBLISHER["secret_key"])
    monkeypatch.setattr("podwright.stores.s3.trial.RIVALS", 1)
    bucket, admin = f"policy-{uuid.uuid4().hex}", seaweed.client()
    seaweed.create_bucket(bucket)
    admin.put_object(Bucket=bucket, Key="theirs/private", Body=b"not ours")
    base = f"{seaweed.endpoint_url}/{bucket}{request.param}/"
    where = Overrides(
        storage=f"s3://{bucket}{request.param}", public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION
    )
    policies = copy.deepcopy(load_policies(Place(sample, where, "").session()))
    for statement in policies["publisher"]["Statement"]:
        statement["Principal"] = {"AWS": f"arn:aws:iam::000000000000:user/{PUBLISHER['name']}"}
    together = policies["publisher"]["Statement"] + policies["public"]["Statement"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": together})
    admin.put_bucket_policy(Bucket=bucket, Policy=policy)
    yield Place(sample, where, base)
    seaweed.delete_bucket(bucket)


def refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except boto.ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_publish_works_and_nothing_else_does(place: Place, seaweed: Seaweed) -> None:
    tease(place)
    place.publish()
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text() + "\nOne more line.\n")
    place.publish()
    tried = apply_trial(place.session(now()))
    assert {one.level for one in tried} == {"ok"}
    keys = place.plan().manifest.objects
    assert len(keys) > 50
    assert any(key.startswith("teasers/") for key in keys)
    for key in keys:
        assert status(place.base + key) == (403 if key.startswith("private/") else 200), key
    assert status(place.base + "private/podwright/manifest.json") == 403
    assert b"<ListBucketResult" not in _body(seaweed.endpoint_url + "/" + bucket_of(place))
    _check_no_more(place, seaweed)


def _body(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()


def bucket_of(place: Place) -> str:
    return str(place.overrides.storage).removeprefix("s3://").partition("/")[0]


def _check_no_more(place: Place, seaweed: Seaweed) -> None:
    client: Any = boto3.client(
        "s3",
        endpoint_url=seaweed.endpoint_url,
        aws_access_key_id=PUBLISHER["access_key"],
        aws_secret_access_key=PUBLISHER["secret_key"],
        region_name=REGION,
    )
    bucket, other = bucket_of(place), f"other-{uuid.uuid4().hex}"
    seaweed.create_bucket(other)
    seaweed.client().put_object(Bucket=other, Key="a", Body=b"a")
    try:
        asked: dict[str, Callable[[], object]] = {
            "read another bucket": lambda: client.get_object(Bucket=other, Key="a"),
            "write another bucket": lambda: client.put_object(Bucket=other, Key="b", Body=b"b"),
            "delete in another bucket": lambda: client.delete_object(Bucket=other, Key="a"),
            "list another bucket": lambda: client.list_objects_v2(Bucket=other),
            "copy from another bucket": lambda: client.copy_object(
                Bucket=bucket, Key=f"{prefix_of(place)}stolen", CopySource={"Bucket": other, "Key": "a"}
            ),
            "change the policy": lambda: client.put_bucket_policy(Bucket=bucket, Policy="{}"),
            "remove the policy": lambda: client.delete_bucket_policy(Bucket=bucket),
            "remove the bucket": lambda: client.delete_bucket(Bucket=bucket),
            "make a bucket": lambda: client.create_bucket(Bucket=f"{other}-new"),
        }
        if prefix_of(place):
            asked["read another prefix"] = lambda: client.get_object(Bucket=bucket, Key="theirs/private")
            asked["write another prefix"] = lambda: client.put_object(Bucket=bucket, Key="theirs/private", Body=b"")
            asked["delete in another prefix"] = lambda: client.delete_object(Bucket=bucket, Key="theirs/private")
            assert status(f"{seaweed.endpoint_url}/{bucket}/theirs/private") == 403
        assert [what for what, ask in asked.items() if not refused(ask)] == []
    finally:
        seaweed.delete_bucket(other)


def prefix_of(place: Place) -> str:
    prefix = str(place.overrides.storage).removeprefix("s3://").partition("/")[2]
    return f"{prefix}/" if prefix else ""


def test_nothing_that_is_public_by_name_is_private() -> None:
    for pattern in PUBLIC:
        for key in ("private/podwright/manifest.json", "private/index.html", "private/sitemap-1.xml", "private/a.xml"):
            assert not fnmatchcase(key, pattern)


def test_the_command_prints_the_policies_of_what_is_configured(sample: Path) -> None:
    printed = CliRunner().invoke(main, ["-C", str(sample), "doctor", "--policy"], env={"PODWRIGHT_STORAGE": "s3://own"})
    assert printed.exit_code == 0, printed.output
    document = json.loads(printed.stdout)
    assert document["publisher"] == publisher_policy("s3://own")
    assert document["public"]["Statement"][0]["NotResource"] == "arn:aws:s3:::own/private/*"


def test_a_folder_has_no_policies(sample: Path) -> None:
    with pytest.raises(WorkspaceError, match="a folder has no policies; let its web server refuse"):
        load_policies(Place(sample, Overrides(), "").session())
