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
from click.testing import Result

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides
from podwright.inspection.doctor import apply_trial
from podwright.inspection.doctor.policies import PUBLIC, load_policies, publisher_policy
from tests.inspection.doctor.test_capabilities import now
from tests.publishing.test_tiers import tease
from tests.support.commands import run
from tests.support.published import Place
from tests.support.seaweed import PUBLISHER, REGION, Seaweed


@pytest.fixture(params=["", "/shows/garden", "private"], ids=["a bucket of its own", "a prefix", "two buckets"])
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
    prefix, private = request.param, None
    if prefix == "private":
        prefix, private = "", f"private-{bucket}"
        seaweed.create_bucket(private)
    base = f"{seaweed.endpoint_url}/{bucket}{prefix}/"
    where = Overrides(
        storage=f"s3://{bucket}{prefix}",
        private_url=f"s3://{private}/pod" if private else None,
        public_url=base,
        endpoint_url=seaweed.endpoint_url,
        region=REGION,
    )
    policies = copy.deepcopy(load_policies(Place(sample, where, "").session()).documents)
    for name in filter(None, (bucket, private)):
        statements = [] if name == private else list(policies["public"]["Statement"])
        for statement in policies["publisher"]["Statement"]:
            # Each bucket has a policy of its own here, which may speak of no other.
            named = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            own = [one for one in named if one.removeprefix(f"arn:aws:s3:::{name}")[:1] in ("", "/")]
            if own:
                who = {"AWS": f"arn:aws:iam::000000000000:user/{PUBLISHER['name']}"}
                statements.append(statement | {"Principal": who, "Resource": own})
        admin.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    yield Place(sample, where, base)
    for name in filter(None, (bucket, private)):
        seaweed.delete_bucket(name)


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


def printed(
    root: Path, *arguments: str, storage: str = "s3://own", private: str = "", endpoint: str = "", region: str = "eu-1"
) -> Result:
    where = {"PODWRIGHT_STORAGE": storage, "PODWRIGHT_REGION": region}
    more = {"PODWRIGHT_ENDPOINT_URL": endpoint, "PODWRIGHT_PRIVATE_URL": private}
    return run(root, "doctor", "--policy", *arguments, **where, **{name: text for name, text in more.items() if text})


def test_the_command_prints_the_policies_of_what_is_configured(sample: Path) -> None:
    done = printed(sample)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["publisher"] == publisher_policy([("arn:aws:s3:::own", "")])
    assert document["public"]["Statement"][0]["NotResource"] == "arn:aws:s3:::own/private/*"


@pytest.mark.parametrize("name", ["publisher", "public"])
def test_one_policy_alone_is_printed_so_that_a_store_takes_it(sample: Path, name: str) -> None:
    done = printed(sample, name)
    assert json.loads(done.stdout) == json.loads(printed(sample).stdout)[name]
    hint = "podwright doctor --policy public | aws s3api put-bucket-policy --bucket own --policy file:///dev/stdin"
    assert (hint in done.stderr) == (name == "public")
    assert ("turn off BlockPublicPolicy" in done.stderr) == (name == "public")


#: By endpoint: the form of what is public in a bucket of its own, and what is told besides.
FORMS = {
    "https://s3.eu-central-1.amazonaws.com": ("NotResource", "BlockPublicPolicy"),
    "https://s3.eu-central-1.wasabisys.com": ("Resource", "Wasabi's support"),
    "https://fra1.digitaloceanspaces.com": ("Resource", "a key that has full access"),
    "https://fsn1.your-objectstorage.com": ("Resource", "print it again when a feed is added"),
    "https://s3.gra.io.cloud.ovh.net": ("Resource", "print it again when a feed is added"),
    "https://notwasabisys.com": ("Resource", "print it again when a feed is added"),
    "http://127.0.0.1:9000": ("Resource", "--endpoint-url http://127.0.0.1:9000 --bucket own"),
}


@pytest.mark.parametrize("endpoint", FORMS)
def test_what_only_some_stores_know_is_in_no_policy_of_the_others(sample: Path, endpoint: str) -> None:
    form, told = FORMS[endpoint]
    done = printed(sample, "public", endpoint=endpoint)
    [statement] = json.loads(done.stdout)["Statement"]
    assert {"NotResource", "Resource"} & statement.keys() == {form}
    assert told in done.stderr
    if form == "Resource":
        assert "arn:aws:s3:::own/quick-take.xml" in statement["Resource"]
        assert not any("private" in name for name in statement["Resource"])


@pytest.mark.parametrize(
    ("region", "start"), [("cn-north-1", "arn:aws-cn:s3:::"), ("us-gov-west-1", "arn:aws-us-gov:s3:::")]
)
def test_a_part_of_aws_has_names_of_its_own(sample: Path, region: str, start: str) -> None:
    for document in json.loads(printed(sample, region=region).stdout).values():
        for statement in document["Statement"]:
            named = statement.get("Resource") or statement["NotResource"]
            assert named.startswith(f"{start}own")


#: By endpoint, what to do in place of a policy.
WITHOUT = {
    "https://0123.r2.cloudflarestorage.com": "block paths that start with /garden/private/ there by a WAF custom rule",
    "https://0123.eu.r2.cloudflarestorage.com": "disable the r2.dev address",
    "https://s3.us-west-004.backblazeb2.com": "have a CDN that signs its requests serve all but /garden/private/",
    "https://storage.googleapis.com": "serve all but /garden/private/ by a load balancer or CDN",
    "https://de-s3.storage.bunnycdn.com": "read through a pull zone, and block paths that start with /garden/private/",
}


@pytest.mark.parametrize("endpoint", WITHOUT)
def test_where_a_store_has_no_policies_it_is_said_what_to_do_instead(sample: Path, endpoint: str) -> None:
    for arguments in ([], ["public"], ["publisher"]):
        done = printed(sample, *arguments, storage="s3://own/garden", endpoint=endpoint)
        assert done.exit_code == 1
        assert done.stdout == ""
        assert "has no policies for a part of a bucket; " in done.stderr
        assert WITHOUT[endpoint] in done.stderr


def test_on_scaleway_the_policy_for_the_public_names_the_publisher_too(sample: Path) -> None:
    renamed = sample / "feeds/quick-take.toml"
    renamed.write_text(f'former = ["take-two"]\n{renamed.read_text()}')
    endpoint, who = "https://s3.fr-par.scw.cloud", "application_id:0b6e8ad1-4d93-4c1f-8f0e-1f6a3a7f2f10"
    for arguments in ([], ["public"]):
        alone = printed(sample, *arguments, endpoint=endpoint)
        assert (alone.exit_code, alone.stdout) == (1, "")
        assert "locks the publisher out; name who publishes as well: --principal application_id:ID" in alone.stderr
    done = printed(sample, "public", "--principal", who, storage="s3://own/garden", endpoint=endpoint)
    document = json.loads(done.stdout)
    public, publisher = document["Statement"]
    assert document["Version"] == "2023-04-17"
    assert publisher["Principal"] == {"SCW": who}
    assert publisher["Resource"] == ["own", "own/*"]
    assert {"own/garden/quick-take.xml", "own/garden/take-two.xml"} <= set(public["Resource"])
    assert not any("arn:" in name or "private" in name for name in public["Resource"])
    refused = printed(sample, "publisher", "--principal", who, endpoint=endpoint)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "one policy for both; print it by --policy public" in refused.stderr


def test_a_principal_that_is_none_is_a_usage_error(sample: Path) -> None:
    done = printed(sample, "public", "--principal", "Mara", endpoint="https://s3.fr-par.scw.cloud")
    assert done.exit_code == 2
    assert "write application_id:ID or user_id:ID" in done.stderr


def test_a_publisher_of_two_buckets_may_write_to_both(sample: Path) -> None:
    document = json.loads(printed(sample, "publisher", "--json", private="s3://vault/pod").stdout)
    objects, names, sharing = document["Statement"]
    assert objects["Resource"] == ["arn:aws:s3:::own/*", "arn:aws:s3:::vault/pod/*"]
    assert names["Resource"] == ["arn:aws:s3:::own", "arn:aws:s3:::vault"]
    assert sharing["Resource"] == "arn:aws:s3:::own"


@pytest.mark.parametrize("endpoint", WITHOUT)
def test_of_two_buckets_one_is_public_as_a_whole_where_a_store_has_no_policies(sample: Path, endpoint: str) -> None:
    done = printed(sample, "public", endpoint=endpoint, private="s3://vault")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "has no policies; make s3://own public as a whole, s3://vault not" in done.stderr


def test_a_folder_has_no_policies(sample: Path) -> None:
    with pytest.raises(WorkspaceError, match="a folder has no policies; let its web server refuse"):
        load_policies(Place(sample, Overrides(), "").session())
