"""What pages of other sites may read, by a bucket's rules."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import urllib.request

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import CORS, CorsRule, Store, apply_cors, observe_cors, open_store
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import KEY, artifact
from tests.support.careless import Careless
from tests.support.seaweed import Seaweed


def _rule(**said: object) -> dict[str, object]:
    return {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["PUT"], "MaxAgeSeconds": 5, **said}


OURS = {
    "AllowedOrigins": ["*"],
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": list(CORS.exposed),
    "MaxAgeSeconds": CORS.max_age,
}


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ([], True, [CORS.name]),
        ([_rule(ID="a"), _rule(ID="b")], True, ["a", "b", CORS.name]),
        ([_rule(ID=CORS.name), _rule(ID="b")], True, ["b", CORS.name]),
        ([_rule(), _rule(AllowedHeaders=["x-y"], ExposeHeaders=["ETag"])], True, ["", "", CORS.name]),
        ([OURS | {"ID": CORS.name}, _rule(ID="b")], False, [CORS.name, "b"]),
        ([OURS | {"ID": "of another name"}], False, ["of another name"]),
    ],
    ids=["none", "others", "ours, out of date", "nameless ones", "ours", "as ours"],
)
def test_our_cross_origin_rule_comes_last_and_others_stay(
    store: Store, storage: Storage, seaweed: Seaweed, before: list[dict[str, object]], written: bool, after: list[str]
) -> None:
    client, bucket = seaweed.client(), storage.url.removeprefix("s3://")
    if before:
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": before})
    assert apply_cors(store) == written
    rules = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert [rule.get("ID", "") for rule in rules] == after
    kept = [rule for rule in before if rule.get("ID") != CORS.name]
    assert [rule for rule in rules if rule.get("ID") != CORS.name] == kept


def test_rules_are_read_as_they_were_written(store: Store, storage: Storage, seaweed: Seaweed) -> None:
    assert observe_cors(store) == ()
    seaweed.client().put_bucket_cors(
        Bucket=storage.url.removeprefix("s3://"),
        CORSConfiguration={"CORSRules": [_rule(ID="a", AllowedHeaders=["x-y"]), OURS]},
    )
    theirs = CorsRule(
        name="a", origins=("https://app.example",), methods=("PUT",), headers=("x-y",), exposed=(), max_age=5
    )
    assert observe_cors(store) == (theirs, dataclasses.replace(CORS, name=None))
    assert [rule.opens for rule in observe_cors(store) or ()] == [False, True]


def test_a_page_of_another_site_may_ask_for_a_range_once_the_rule_is_there(store: Store, storage: Storage) -> None:
    store.put(artifact())
    apply_cors(store)
    request = urllib.request.Request(
        storage.public_url + KEY,
        method="OPTIONS",
        headers={
            "Origin": "https://player.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://player.example")
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Headers"] in ("*", "range")
        assert answer.headers["Access-Control-Max-Age"] == "86400"


def test_rules_of_a_bucket_that_is_not_there_are_told(storage: Storage) -> None:
    with pytest.raises(StoreError, match=r"^s3://never-made at http.*: there is no such bucket; make it, or correct"):
        observe_cors(open_store(dataclasses.replace(storage, url="s3://never-made")))


def test_a_store_that_knows_no_cross_origin_rules_is_told(careless: Careless) -> None:
    careless.refuse = 501
    with pytest.raises(StoreError, match="the store keeps no cross-origin rules; set the headers in its own settings"):
        apply_cors(at(careless.url))


def test_rules_are_written_with_the_md5_that_some_stores_want(careless: Careless) -> None:
    apply_cors(at(careless.url))
    [(body, _)] = careless.objects.values()
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    assert careless.digests == [digest]
