"""The doctor tries the store, says what follows, and has the manifest say it; a publish trusts nothing untried."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.finding import Finding
from podwright.core.model import Overrides, Storage
from podwright.core.names import MANIFEST_KEY
from podwright.inspection.doctor import apply_trial
from podwright.inspection.doctor.capabilities import apply_capabilities, capability_findings, clock_findings
from podwright.publishing.session import Session
from podwright.report.findings import health_lines
from podwright.stores.capabilities import ALL, Capabilities, Trial, capabilities_of
from podwright.stores.ledger.lease import Publisher, held_lease
from podwright.stores.ledger.manifest import EMPTY
from podwright.stores.local import LocalStore
from tests.faults.proxy import Proxy, either, matching, running_proxy
from tests.support.published import Place, Quiet
from tests.support.seaweed import REGION, Seaweed
from tests.support.strange import BUCKET, running_rclone


@pytest.fixture
def proxy(seaweed: Seaweed, credentials: None) -> Iterator[Proxy]:
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def place(sample: Path, bucket: str, proxy: Proxy) -> Place:
    """The sample show in a bucket of SeaweedFS, behind a proxy."""
    base = f"{proxy.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=proxy.endpoint_url, region=REGION)
    return Place(sample, overrides, base)


def now() -> datetime:
    return datetime.now(UTC)


def trial(place: Place) -> tuple[Finding, ...]:
    return apply_trial(place.session(now()))


@pytest.mark.parametrize("name", [one.name for one in fields(Capabilities)])
def test_each_capability_that_lacks_is_said_with_its_consequence_and_what_to_do(name: str) -> None:
    found = list(capability_findings(Trial(capabilities=capabilities_of(set(ALL.names) - {name}))))
    [lacking] = [one for one in found if one.level != "ok"]
    assert lacking.code == name
    assert "; " in lacking.message or ": see" in lacking.message
    assert len(found) == len(ALL.names)
    assert all(one.level == "ok" for one in capability_findings(Trial(capabilities=ALL)))


def test_what_was_tried_is_told_line_by_line() -> None:
    lines = list(health_lines((), (), capability_findings(Trial(capabilities=replace(ALL, checksums=False)))))
    assert "ok: store: joins parts to an object" in lines
    assert any(line.startswith("advice: store: does not look at checksums") for line in lines)


def test_a_clock_that_is_wrong_is_told(tmp_path: Path) -> None:
    class Late(LocalStore):
        def observe_time(self) -> datetime:
            return datetime(2026, 1, 1, 12, tzinfo=UTC)

    store = Late(tmp_path, url="file:x")
    levels = [
        [one.level for one in clock_findings(store, now=datetime(2026, 1, 1, 12, tzinfo=UTC) + skew)]
        for skew in (timedelta(seconds=30), timedelta(minutes=6), -timedelta(minutes=6))
    ]
    assert levels == [["ok"], ["warning"], ["warning"]]
    assert list(clock_findings(LocalStore(tmp_path, url="file:x"), now=now())) == []


def test_a_first_publish_tries_the_store_before_it_writes_and_a_later_one_trusts_the_manifest(
    place: Place, proxy: Proxy
) -> None:
    place.publish()
    writes = [one.key for one in proxy.asked if one.method in ("PUT", "POST")]
    tried = [key.startswith("private/podwright/probe/") for key in writes]
    assert tried[0]
    assert tried == sorted(tried, reverse=True)
    assert place.plan().manifest.capabilities == ALL
    before = len(proxy.asked)
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text() + "\nOne more line.\n")
    place.publish()
    assert not any("/probe/" in one.key for one in proxy.asked[before:])
    assert place.plan().manifest.capabilities == ALL


def test_a_store_that_refuses_checksums_and_conditions_is_published_to_and_the_doctor_names_the_header(
    place: Place, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.put.SETTLING", 0)
    proxy.script = either(*(matching(kind, times=None) for kind in ("no-checksums", "no-conditions")))
    place.publish()
    asked = {kind for kind, count in proxy.injected.items() if count}
    assert asked == {"no-checksums", "no-conditions"}
    before = len(proxy.asked)
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    path.write_text(path.read_text() + "\nOne more line.\n")
    place.publish()
    written = [one.headers for one in proxy.asked[before:] if one.method in ("PUT", "POST")]
    assert len(written) > 5
    refused = re.compile("if-(none-)?match|x-amz-checksum")
    assert [name for headers in written for name in headers if refused.match(name)] == []
    again = place.publish()
    assert again.plan is None or not again.plan.writes
    [checksums] = [one for one in trial(place) if one.code == "checksums"]
    assert checksums.level == "advice"
    assert "(refused: x-amz-checksum-sha256, InvalidArgument: Unsupported header 'x-amz-" in checksums.message
    assert checksums.message.endswith("; nothing to do")


def test_a_store_that_refuses_to_be_tried_gets_nothing(place: Place, proxy: Proxy) -> None:
    proxy.script = matching("forbidden", keys=".*/probe/", times=None)
    with pytest.raises(StoreError, match="see that the key and its secret are right"):
        place.publish()
    assert not any(one.method == "PUT" and "/probe/" not in one.key for one in proxy.asked)


def test_the_doctor_writes_what_changed_and_nothing_twice(place: Place, proxy: Proxy, bucket: str) -> None:
    assert {one.code for one in trial(place)} == {*ALL.names, "clock"}
    place.publish()
    proxy.script = matching("ignored-condition", keys=".*/probe/.*/created", times=None)
    found = trial(place)
    assert [(one.code, one.level) for one in found if one.level != "ok"] == [("conditional_create", "warning")]
    assert [one.code for one in found if one.code == "recorded"] == ["recorded"]
    assert place.plan().manifest.capabilities == replace(ALL, conditional_create=False)
    before = proxy.sent("PUT", "private/podwright/manifest")
    again = trial(place)
    assert [one.code for one in again if one.code == "recorded"] == []
    assert proxy.sent("PUT", "private/podwright/manifest") == before


def session_of(store: LocalStore, root: Path) -> Session:
    storage = Storage(url="file:x", public_url="https://example.org/")
    progress = Quiet()
    return Session(
        root=root, now=now(), overrides=Overrides(), progress=progress, storage=storage, open_store=lambda _: store
    )


def test_a_publish_meanwhile_is_not_undone_by_the_doctor(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, url="file:x")
    store.write(MANIFEST_KEY, b"{}", media_type="application/json", cache_control="no-store", expected=None)
    [told] = apply_capabilities(session_of(store, tmp_path), (EMPTY, "older"), ALL)
    assert (told.code, told.level) == ("recorded", "advice")
    found = store.read(MANIFEST_KEY)
    assert found
    assert found.data == b"{}"


def test_the_doctor_writes_nothing_down_while_somebody_publishes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store", url="file:x")
    etag = store.write(MANIFEST_KEY, b"{}", media_type="application/json", cache_control="no-store", expected=None)
    with held_lease(store, Publisher(name="Ada"), work=tmp_path / "a"):
        [told] = apply_capabilities(session_of(store, tmp_path), (EMPTY, etag), ALL)
    assert (told.code, told.level) == ("recorded", "advice")
    assert "is being published to" in told.message
    again = store.read(MANIFEST_KEY, unless=etag)
    assert again
    assert again.data is None
    [told] = apply_capabilities(session_of(store, tmp_path), (EMPTY, etag), ALL)
    assert (told.code, told.level) == ("recorded", "ok")


def test_a_show_is_published_to_a_store_that_ignores_conditions_and_to_it_again(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.put.SETTLING", 0)
    with running_rclone(tmp_path / "rclone") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        url = f"s3://{BUCKET}/{uuid.uuid4().hex}"
        overrides = Overrides(
            storage=url, public_url="https://example.org/", endpoint_url=server.endpoint_url, region=REGION
        )
        place = Place(sample, overrides, "https://example.org/")
        place.publish()
        again = place.publish()
        assert again.plan is None or not again.plan.writes
        manifest = place.plan().manifest
        assert manifest.capabilities is not None
        assert not manifest.capabilities.conditional_writes
        path = sample / "episodes/gardening-between-shifts/episode.md"
        path.write_text(path.read_text() + "\nOne more line about beans.\n")
        assert place.publish().plan
        assert place.plan().manifest.generation == manifest.generation + 1
