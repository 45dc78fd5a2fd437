"""What a store can do is found out by trying, and what it cannot is done in another way or refused."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, get_ident

import pytest

from podwright.core.errors import ConflictError, StoreError
from podwright.core.model import Storage
from podwright.stores import Store, Stored, observe_capabilities, observe_time, open_store, skew_of
from podwright.stores.capabilities import ALL, Capabilities, capabilities_of
from podwright.stores.local import LocalStore
from podwright.stores.s3 import objects, put
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.store import S3Store
from podwright.stores.sides import SidedStore
from podwright.stores.splicing import put_spliced
from tests.faults.proxy import Asked, Proxy, Script, either, matching, running_proxy
from tests.stores.conftest import s3_storage
from tests.stores.test_conformance import DATA, KEY, LIVE, artifact, content, retagged, write
from tests.support.seaweed import Seaweed
from tests.support.strange import BUCKET, Server, running_rclone


@pytest.fixture(scope="module")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_rclone(tmp_path_factory.mktemp("rclone")) as server:
        yield server


@pytest.fixture
def lacking(rclone: Server, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    """An empty part of `rclone serve s3`, which ignores conditions."""
    for name, value in rclone.environment.items():
        monkeypatch.setenv(name, value)
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}"
    storage = Storage(url=url, public_url="https://example.org/", endpoint_url=rclone.endpoint_url, region="us-east-1")
    return S3Store(Bucket(storage))


@pytest.fixture
def proxy(seaweed: Seaweed, credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("podwright.stores.s3.trial.RIVALS", 8)
    with running_proxy(seaweed) as running:
        yield running


@pytest.fixture
def behind(proxy: Proxy, seaweed: Seaweed, common_bucket: str) -> S3Store:
    """An empty part of SeaweedFS, behind a proxy."""
    storage = s3_storage(seaweed, common_bucket, prefix=f"/c/{uuid.uuid4().hex}")
    return S3Store(Bucket(dataclasses.replace(storage, endpoint_url=proxy.endpoint_url)))


def void(_: object) -> None:
    """Nothing."""


def lacks(found: Capabilities) -> set[str]:
    return set(ALL.names) - set(found.names)


def test_capabilities_come_back_from_their_names_and_unknown_ones_are_left_out() -> None:
    some = dataclasses.replace(ALL, copy=False, checksums=False)
    assert capabilities_of((*some.names, "of a later version")) == some
    assert not dataclasses.replace(ALL, conditional_replace=False).conditional_writes


def test_a_folder_and_seaweedfs_lack_nothing_and_nothing_is_left_behind(store: Store) -> None:
    assert observe_capabilities(store) == ALL
    assert list(store.observe_all("")) == []


def test_a_folder_is_not_tried(tmp_path: Path) -> None:
    assert observe_capabilities(LocalStore(tmp_path / "none", url="file:none")) == ALL
    assert list(tmp_path.iterdir()) == []


def test_trying_a_store_is_bounded_in_requests_and_bytes(behind: S3Store, proxy: Proxy) -> None:
    behind.observe_trial()
    assert len(proxy.asked) < 80
    assert sum(one.size for one in proxy.asked) < 6 << 20
    assert all(one.key.rpartition("private/podwright/probe/")[1] for one in proxy.asked if one.key)


def test_a_store_that_ignores_conditions_and_checksums_and_joins_no_ranges_is_found_out(lacking: S3Store) -> None:
    assert lacks(lacking.observe_trial().capabilities) == {
        "conditional_create",
        "conditional_replace",
        "checksums",
        "copy_ranges",
        "copy_conditions",
    }
    assert list(lacking.observe_all("")) == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (".*/raced$", {"conditional_create"}),
        (".*/(created|plain|copy)$", {"conditional_create", "conditional_replace", "copy_conditions"}),
    ],
    ids=["in a race only", "always"],
)
def test_each_condition_that_is_ignored_is_found_out(
    behind: S3Store, proxy: Proxy, keys: str, expected: set[str]
) -> None:
    proxy.script = matching("ignored-condition", keys=keys, times=None)
    assert lacks(behind.observe_trial().capabilities) == expected
    assert proxy.injected["ignored-condition"] > 0


B2 = either(*(matching(kind, times=None) for kind in ("no-checksums", "no-conditions")))
#: By what a store refuses: what it lacks then, and what is said of the first of it.
REFUSING = {
    "no-checksums": ({"checksums"}, "x-amz-checksum-sha256, InvalidArgument: Unsupported header 'x-amz-"),
    "no-sha256": ({"checksums"}, "x-amz-checksum-sha256, InvalidArgument: Unsupported header 'x-amz-checksum-sha256'"),
    "no-crc32": ({"checksums"}, "x-amz-checksum-crc32, NotImplemented: Unsupported header 'x-amz-checksum-"),
    "no-source-conditions": ({"copy_conditions"}, "NotImplemented: Unsupported header 'x-amz-copy-source-if-match'"),
    "as B2 did": (
        {"checksums", "conditional_create", "conditional_replace", "copy_ranges"},
        "x-amz-checksum-sha256, InvalidArgument: Unsupported header",
    ),
}


def refusing(name: str) -> Script:
    return B2 if name == "as B2 did" else matching(name, times=None)


@pytest.mark.parametrize("name", REFUSING)
def test_a_store_that_refuses_a_header_is_published_to_without_it_and_the_header_is_named(
    behind: S3Store, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("podwright.stores.s3.trial.RIVALS", 1)
    proxy.script = refusing(name)
    expected, said = REFUSING[name]
    trial = behind.observe_trial()
    assert lacks(trial.capabilities) == expected
    assert any(one.startswith(said) for one in trial.refusals.values()), trial.refusals
    assert set(trial.refusals) <= expected
    assert list(behind.observe_all("")) == []
    proxy.injected.clear()
    store = S3Store(behind._bucket, can=trial.capabilities, pause=void)
    monkeypatch.setattr("podwright.stores.s3.put.MULTIPART_FROM", 6 << 20)
    for body in (DATA, LIVE):
        stored = store.put(artifact(body))
        assert content(store) == body
    wanted, splice = retagged(store, b"tag", held=True)
    stored = put_spliced(wanted, splice, store)
    assert content(store) == b"tag" + LIVE[splice.start :]
    assert store.keep(KEY, "private/kept", etag=stored.etag)
    assert not store.keep(KEY, "private/other", etag="another")
    store.copy(KEY, dataclasses.replace(wanted, key="copied.mp3"))
    second = write(store, b"2", expected=write(store, b"1", expected=None))
    with pytest.raises(ConflictError):
        write(store, b"late", expected="other")
    assert store.observe("private/manifest.json") == observed(store, second)
    assert content(store, "private/kept") == content(store, "copied.mp3") == content(store)
    assert proxy.injected == {}


def observed(store: S3Store, etag: str) -> Stored | None:
    found = store.observe("private/manifest.json")
    return found if found and found.etag == etag else None


@pytest.mark.parametrize("lacking", [("copy",), ("copy", "copy_conditions"), ("copy_conditions",)])
def test_what_a_store_cannot_copy_on_a_condition_is_compared_before_it_is_kept(
    behind: S3Store, proxy: Proxy, lacking: tuple[str, ...]
) -> None:
    view = without(behind, *lacking)
    etag = view.put(artifact()).etag
    assert view.keep(KEY, "private/kept", etag=etag)
    assert not view.keep(KEY, "private/other", etag="another")
    assert not view.keep("absent.mp3", "private/other", etag=etag)
    assert content(view, "private/kept") == DATA
    source, kept = view.observe(KEY), view.observe("private/kept")
    assert source
    assert kept
    assert (kept.media_type, kept.cache_control) == (source.media_type, source.cache_control)
    assert view.observe("private/other") is None
    assert not any("x-amz-copy-source-if-match" in one.headers for one in proxy.asked)


def test_a_store_that_gives_no_answer_or_has_no_time_is_not_taken_for_one_that_cannot(
    behind: S3Store, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 1)
    for kind in ("slow-down", "lost-answer"):
        proxy.script = matching(kind, methods=("PUT",), keys=".*/copy$", times=None)
        with pytest.raises(StoreError, match=r"again"):
            behind.observe_trial()
    proxy.script = matching("forbidden", times=None)
    with pytest.raises(StoreError, match="see that the key and its secret are right"):
        behind.observe_trial()


# In another way


def without(store: S3Store, *names: str) -> S3Store:
    return store.adapted(dataclasses.replace(ALL, **dict.fromkeys(names, False)))


@pytest.mark.parametrize("existing", [False, True], ids=["first write", "later write"])
def test_of_many_who_write_at_once_without_conditions_one_wins(
    behind: S3Store, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    """All compare before any of them writes, and all write before any of them looks again."""
    expected = write(behind, b"before", expected=None) if existing else None
    compared, written = Barrier(8), Barrier(8)

    waiting: dict[int, bool] = {}

    def compare(bucket: Bucket, key: str) -> Stored | None:
        found = objects.observe(bucket, key)
        if not compared.broken and waiting.pop(get_ident(), None):
            compared.wait(20)
        return found

    monkeypatch.setattr(put, "observe", compare)
    can = dataclasses.replace(ALL, conditional_create=False)
    view = S3Store(behind._bucket, can=can, pause=lambda _: void(written.wait(20)))

    def attempt(number: int) -> str | None:
        waiting[get_ident()] = True
        try:
            return write(view, b"%d" % number, expected=expected)
        except ConflictError:
            return None

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(attempt, range(8)))
    winners = [number for number, version in enumerate(versions) if version]
    found = behind.read("private/manifest.json")
    assert found
    assert [b"%d" % number for number in winners] == [found.data]


def test_without_conditions_the_version_is_compared_all_the_same(lacking: S3Store) -> None:
    waits: list[float] = []
    view = S3Store(lacking._bucket, can=dataclasses.replace(ALL, conditional_replace=False), pause=waits.append)
    first = write(view, b"1", expected=None)
    for expected in (None, "other"):
        with pytest.raises(ConflictError):
            write(view, b"late", expected=expected)
    second = write(view, b"2", expected=first)
    found = view.read("private/manifest.json")
    assert found
    assert (found.data, found.etag) == (b"2", second)
    assert waits == [put.SETTLING] * 2


def test_a_store_that_compares_quoted_versions_alone_is_asked_so(behind: S3Store, proxy: Proxy) -> None:
    first = write(behind, b"1", expected=None)

    def refusing_bare(asked: Asked) -> str | None:
        return "precondition" if asked.headers.get("if-match") == first else None

    proxy.script = refusing_bare
    assert write(behind, b"2", expected=first) != first
    assert content(behind, "private/manifest.json") == b"2"
    assert proxy.injected == {"precondition": 1}


def test_what_cannot_be_copied_inside_is_carried(behind: S3Store, proxy: Proxy) -> None:
    view = without(behind, "copy")
    view.put(artifact(key="private/staged/a.mp3"))
    copied = view.copy("private/staged/a.mp3", artifact())
    assert (copied.key, copied.size) == (KEY, len(DATA))
    assert content(view) == DATA
    assert not any("x-amz-copy-source" in one.headers for one in proxy.asked)
    with pytest.raises(StoreError, match="the store lost it"):
        view.copy("private/staged/b.mp3", artifact())
    with pytest.raises(StoreError, match="holds other bytes"):
        view.copy(KEY, artifact(DATA[::-1], "other.mp3"))


def test_what_is_too_large_to_be_carried_is_refused(behind: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.stores.s3.compose.MOST_CARRIED", len(DATA) - 1)
    with pytest.raises(StoreError, match="too large for a store that cannot copy; publish from where"):
        without(behind, "copy").copy("private/staged/a.mp3", artifact())


def test_where_parts_cannot_be_joined_a_large_object_is_sent_whole(
    behind: S3Store, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.stores.s3.put.MULTIPART_FROM", 1000)
    without(behind, "multipart").put(artifact())
    assert content(behind) == DATA
    assert proxy.sent("POST") == 0


def test_a_store_says_what_time_it_is(behind: S3Store, lacking: S3Store, tmp_path: Path) -> None:
    for one in (behind, lacking):
        time = observe_time(one)
        assert time is not None
        assert time.tzinfo is not None
    local = open_store(Storage(url="file:x", public_url="https://example.org/", folder=tmp_path))
    assert observe_time(local) is None


def test_a_store_says_with_every_answer_how_far_its_clock_is_from_this_one(
    seaweed: Seaweed, common_bucket: str, credentials: None, tmp_path: Path
) -> None:
    noon, hour = datetime(2026, 1, 1, 12, tzinfo=UTC), timedelta(hours=1)
    times = iter((noon, noon - 2 * hour, noon + hour))
    behind = S3Store(Bucket(s3_storage(seaweed, common_bucket), clock=lambda: next(times)))
    seen = [skew_of(behind)]
    for _ in range(3):
        assert behind.read(f"{uuid.uuid4().hex}.txt") is None
        seen.append(skew_of(behind))
    before, first, second, third = seen
    assert before is None
    assert first is not None
    assert second is not None
    assert round((second - first) / hour) == 2
    assert third == second, "an answer that was long on its way tells nothing"
    sided = SidedStore(LocalStore(tmp_path, url="file:x"), behind)
    assert skew_of(sided) == second
    assert skew_of(sided.public) is None
