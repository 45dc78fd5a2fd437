"""The contract of a store, in runnable form: every store passes this suite unchanged."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.artifact import CHUNK, LEAST_PART, Artifact, FileSlice, Splice, bytes_artifact, load_sha256
from podwright.core.errors import ConflictError, MovedError, StoreError
from podwright.stores import (
    CORS,
    Store,
    Stored,
    Upload,
    abort_upload,
    apply_cors,
    observe_cors,
    observe_uploads,
)
from podwright.stores.splicing import put_spliced

KEY = "episodes/statins/statins.mp3"
DATA = bytes(range(256)) * 10
LARGE = DATA * 300
WRONG = "0" * 64


def artifact(data: bytes = DATA, key: str = KEY) -> Artifact:
    return bytes_artifact(key, data, media_type="audio/mpeg", cache_control="public, max-age=60", side="public")


def write(store: Store, data: bytes, *, expected: str | None) -> str:
    return store.write(
        "private/manifest.json", data, media_type="application/json", cache_control="no-store", expected=expected
    )


def content(store: Store, key: str = KEY) -> bytes | None:
    found = store.read(key)
    return found.data if found else None


def test_a_store_says_where_it_is_and_how_many_writes_at_once_are_of_use(store: Store) -> None:
    assert store.url.startswith(("file:", "s3://"))
    assert store.concurrency >= 1


@pytest.mark.parametrize("data", [b"", DATA, LARGE], ids=["empty", "small", "large"])
def test_what_is_put_is_there_whole_and_progress_is_told_every_byte(store: Store, data: bytes) -> None:
    told: list[int] = []
    wanted = artifact(data)
    stored = store.put(wanted, progress=told.append)
    assert stored == Stored(KEY, len(data), stored.etag, wanted.sha256)
    assert sum(told) == len(data)
    assert content(store) == data


def test_a_body_of_bytes_and_parts_of_files_is_put_as_one(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(LARGE)
    body = (b"tag", FileSlice(source, 100, CHUNK), b"", FileSlice(source, 7, 50))
    expected = b"tag" + LARGE[100 : 100 + CHUNK] + LARGE[7:57]
    store.put(dataclasses.replace(artifact(), body=body, size=len(expected), sha256=load_sha256(body)))
    assert content(store) == expected


def test_an_object_has_the_same_version_however_it_is_asked_for(store: Store) -> None:
    stored = store.put(artifact())
    observed, read = store.observe(KEY), store.read(KEY)
    assert observed
    assert read
    assert (observed.key, observed.size) == (KEY, len(DATA))
    assert {observed.etag, read.etag, *(found.etag for found in store.observe_all(KEY))} == {stored.etag}
    assert '"' not in stored.etag


def test_what_is_not_there_is_none(store: Store) -> None:
    store.put(artifact())
    for key in ("absent", "episodes", "episodes/statins", f"{KEY}/below"):
        assert store.observe(key) is None
        assert store.read(key) is None
        assert store.read(key, unless="abc") is None
    assert list(store.observe_all("nothing/")) == []


def test_a_reader_that_knows_the_version_gets_no_data_until_it_changes(store: Store) -> None:
    first = store.put(artifact())
    known = store.read(KEY, unless=first.etag)
    assert known
    assert (known.data, known.etag) == (None, first.etag)
    second = store.put(artifact(b"corrected"))
    assert second.etag != first.etag
    changed = store.read(KEY, unless=first.etag)
    assert changed
    assert (changed.data, changed.etag) == (b"corrected", second.etag)


def test_a_range_is_those_bytes_or_an_error(store: Store) -> None:
    store.put(artifact())
    for start, length in [(0, 1), (0, 2560), (255, 2), (2559, 1), (3, 0)]:
        assert store.read_range(KEY, start=start, length=length) == DATA[start : start + length]
    for key, start, length in [(KEY, 2559, 2), (KEY, 2560, 1), ("absent", 0, 1)]:
        with pytest.raises(StoreError, match=key):
            store.read_range(key, start=start, length=length)


def _forged(data: bytes) -> Callable[[Path], Artifact]:
    return lambda _: dataclasses.replace(artifact(data), sha256=WRONG)


def _from_file(path: Path) -> Artifact:
    body = (b"tag", FileSlice(path, 0, len(DATA)))
    return dataclasses.replace(artifact(), body=body, size=3 + len(DATA))


def _cut(folder: Path) -> Artifact:
    path = folder / "cut.mp3"
    path.write_bytes(DATA[:-1])
    return _from_file(path)


FAILURES: dict[str, Callable[[Path], Artifact]] = {
    "other bytes than promised": _forged(b"x" * 100),
    "other bytes than promised, large": _forged(LARGE),
    "source gone": lambda folder: _from_file(folder / "gone.mp3"),
    "source cut": _cut,
    "no body": lambda _: dataclasses.replace(artifact(), body=None),
}


@pytest.mark.parametrize("make", FAILURES.values(), ids=FAILURES.keys())
def test_a_put_that_fails_leaves_what_was_there(store: Store, tmp_path: Path, make: Callable[[Path], Artifact]) -> None:
    failing = make(tmp_path)
    with pytest.raises(StoreError, match=KEY):
        store.put(failing)
    assert list(store.observe_all("")) == []
    before = store.put(artifact(b"before"))
    with pytest.raises(StoreError, match=KEY):
        store.put(failing)
    assert content(store) == b"before"
    assert [(found.key, found.etag) for found in store.observe_all("")] == [(KEY, before.etag)]


def test_puts_from_several_threads_do_not_disturb_each_other(store: Store) -> None:
    wanted = [artifact(bytes([n]) * (n * 50_000), f"episodes/{n}") for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(store.put, wanted))
    assert [(found.key, found.sha256) for found in stored] == [(one.key, one.sha256) for one in wanted]
    assert [content(store, one.key) for one in wanted] == [bytes([n]) * (n * 50_000) for n in range(12)]


def test_a_copy_has_the_bytes_of_its_source(store: Store) -> None:
    staged = store.put(artifact(key="private/staged/a.mp3"))
    copied = store.copy("private/staged/a.mp3", artifact())
    assert (copied.key, copied.size) == (KEY, staged.size)
    assert content(store) == content(store, "private/staged/a.mp3") == DATA


@pytest.mark.parametrize("source", ["absent.mp3", "other.mp3"])
def test_a_copy_of_what_is_not_there_or_is_something_else_is_refused(store: Store, source: str) -> None:
    before = store.put(artifact(b"before"))
    store.put(artifact(DATA[::-1], "other.mp3"))
    with pytest.raises(StoreError, match=r"mp3"):
        store.copy(source, artifact())
    found = store.observe(KEY)
    assert found
    assert found.etag == before.etag


def test_what_is_kept_stays_when_the_original_changes(store: Store) -> None:
    first = store.put(artifact())
    assert store.keep(KEY, "private/kept", etag=first.etag) is True
    found = store.observe(KEY)
    assert found
    assert found.etag == first.etag
    second = store.put(artifact(b"corrected"))
    assert content(store, "private/kept") == DATA
    assert store.keep(KEY, "private/kept", etag=second.etag) is True
    assert store.keep(KEY, "private/kept", etag=second.etag) is True
    assert content(store, "private/kept") == b"corrected"
    store.delete([KEY])
    assert content(store, "private/kept") == b"corrected"


def test_only_the_version_that_is_meant_is_kept(store: Store) -> None:
    old = store.put(artifact(b"old"))
    store.put(artifact())
    assert store.keep(KEY, "private/kept", etag=old.etag) is False
    assert store.keep("absent", "private/kept", etag=old.etag) is False
    assert store.keep("episodes", "private/kept", etag=old.etag) is False
    assert [found.key for found in store.observe_all("")] == [KEY]


def test_a_store_says_when_an_object_came_under_its_key(store: Store) -> None:
    store.put(artifact())
    found, (listed,) = store.observe(KEY), store.observe_all("")
    assert found
    assert found.modified
    assert listed.modified
    now = datetime.now(UTC)
    for modified in (found.modified, listed.modified):
        assert timedelta(minutes=-1) < now - modified < timedelta(minutes=5)


def test_nothing_is_left_half_uploaded(store: Store) -> None:
    store.put(artifact(LARGE))
    assert list(observe_uploads(store)) == []
    abort_upload(store, Upload(KEY, "0123456789abcdef", datetime.now(UTC)))
    assert content(store) == LARGE


LIVE = b"old tag" + DATA * (2 * LEAST_PART // len(DATA) + 100)


def retagged(store: Store, tag: bytes, *, source: str = KEY, held: bool) -> tuple[Artifact, Splice]:
    """What the live object shall become, with or without a recording here, and how it can be made of it."""
    found = store.observe(source)
    assert found
    splice = Splice(front=(tag,), key=source, etag=found.etag, size=found.size, start=len(b"old tag"))
    wanted = artifact(tag + LIVE[splice.start :])
    return (wanted if held else dataclasses.replace(wanted, body=None)), splice


@pytest.mark.parametrize(
    ("tag", "source", "held"),
    [
        pytest.param(b"tag", KEY, True, id="in place, with the recording"),
        pytest.param(b"tag", KEY, False, id="in place, without the recording"),
        pytest.param(b"tag", "private/staged/statins.mp3", False, id="from another key"),
        pytest.param(b"T" * (LEAST_PART + 1), KEY, True, id="a tag longer than a part"),
    ],
)
def test_an_object_is_composed_of_new_bytes_and_the_rest_of_another(
    store: Store, tag: bytes, held: bool, source: str
) -> None:
    store.put(artifact(LIVE, source))
    wanted, splice = retagged(store, tag, source=source, held=held)
    told: list[int] = []
    # Between places that copy nothing from each other it passes through here.
    stored = put_spliced(wanted, splice, store, progress=told.append)
    assert (stored.key, stored.size, stored.sha256) == (KEY, wanted.size, wanted.sha256)
    assert content(store) == tag + LIVE[splice.start :]
    assert sum(told) in (splice.part, wanted.size)
    found = store.observe(KEY)
    assert found
    assert found.etag == stored.etag
    assert {one.key for one in store.observe_all("")} == {KEY, source}


@pytest.mark.parametrize("held", [True, False], ids=["with the recording", "without the recording"])
def test_nothing_is_composed_of_a_version_that_was_replaced(store: Store, held: bool) -> None:
    store.put(artifact(LIVE))
    wanted, splice = retagged(store, b"tag", held=held)
    rival = store.put(artifact(LIVE[::-1]))
    with pytest.raises(MovedError, match=KEY):
        store.compose(wanted, splice)
    assert [(one.key, one.etag) for one in store.observe_all("")] == [(KEY, rival.etag)]
    store.delete([KEY])
    with pytest.raises(MovedError, match=KEY):
        store.compose(wanted, splice)
    assert list(store.observe_all("")) == []


def _other_frames(wanted: Artifact) -> Artifact:
    return artifact(wanted.body[0][:-1] + b"?") if wanted.body and isinstance(wanted.body[0], bytes) else wanted


def _too_long(wanted: Artifact) -> Artifact:
    assert wanted.body
    return dataclasses.replace(wanted, size=wanted.size + 1, body=(*wanted.body, b"?"))


@pytest.mark.parametrize("spoil", [_other_frames, _too_long, lambda one: dataclasses.replace(one, sha256=WRONG)])
def test_what_would_be_composed_wrong_is_not_composed(store: Store, spoil: Callable[[Artifact], Artifact]) -> None:
    before = store.put(artifact(LIVE))
    wanted, splice = retagged(store, b"tag", held=True)
    with pytest.raises(StoreError, match=r"statins\.mp3"):
        store.compose(spoil(wanted), splice)
    assert [(one.key, one.etag) for one in store.observe_all("")] == [(KEY, before.etag)]


def test_a_conditional_write_replaces_only_the_version_it_expects(store: Store) -> None:
    first = write(store, b"1", expected=None)
    with pytest.raises(ConflictError, match=r"private/manifest\.json"):
        write(store, b"again", expected=None)
    second = write(store, b"2", expected=first)
    with pytest.raises(ConflictError):
        write(store, b"late", expected=first)
    found = store.read("private/manifest.json", unless=first)
    assert found
    assert (found.data, found.etag) == (b"2", second)


def test_a_conditional_write_of_what_somebody_deleted_is_a_conflict(store: Store) -> None:
    version = write(store, b"1", expected=None)
    store.delete(["private/manifest.json"])
    with pytest.raises(ConflictError):
        write(store, b"2", expected=version)
    assert store.observe("private/manifest.json") is None


@pytest.mark.parametrize("existing", [False, True], ids=["first write", "later write"])
def test_of_many_who_write_at_once_one_wins(store: Store, existing: bool) -> None:
    expected = write(store, b"before", expected=None) if existing else None

    def attempt(number: int) -> str | None:
        try:
            return write(store, b"%d" % number, expected=expected)
        except ConflictError:
            return None

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(attempt, range(8)))
    [winner] = [number for number, version in enumerate(versions) if version]
    found = store.read("private/manifest.json")
    assert found
    assert (found.data, found.etag) == (b"%d" % winner, versions[winner])


def test_everything_below_a_prefix_is_listed(store: Store) -> None:
    keys = ["a/b", "a-b", "b/x.mp3", "private/a", "a/a/c", "aa"]
    for key in keys:
        store.put(artifact(key.encode(), key))
    assert sorted((found.key, found.size) for found in store.observe_all("")) == [
        (key, len(key)) for key in sorted(keys)
    ]
    assert {found.key for found in store.observe_all("a")} == {"a-b", "a/a/c", "a/b", "aa"}
    assert {found.key for found in store.observe_all("a/")} == {"a/a/c", "a/b"}


def test_deleting_removes_the_named_objects_and_no_other(store: Store) -> None:
    for key in ("a/1", "a/2", "a/2.vtt"):
        store.put(artifact(key=key))
    store.delete(key for key in ["a/2", "absent", "a/1", "a"])
    assert [found.key for found in store.observe_all("")] == ["a/2.vtt"]


def test_a_store_has_our_cross_origin_rule_once_or_says_that_it_keeps_none(store: Store) -> None:
    if observe_cors(store) is None:
        with pytest.raises(StoreError, match="keeps no cross-origin rules; set the headers in"):
            apply_cors(store)
    else:
        apply_cors(store)
        assert not apply_cors(store)
        rules = observe_cors(store)
        assert rules
        assert [rule for rule in rules if rule.name == CORS.name] == [CORS]


def test_a_key_may_hold_what_addresses_must_quote(store: Store) -> None:
    key = "episodes/a b+c&d=e?f#g%20/~'(1)!*.mp3"
    stored = store.put(artifact(key=key))
    assert content(store, key) == DATA
    assert [found.key for found in store.observe_all("episodes/a b+")] == [key]
    assert store.copy(key, artifact(key=f"{key}2")).size == stored.size
    store.delete([key])
    assert store.observe(key) is None


BAD_KEYS = ["", "/etc/passwd", "../up", "a/../b", "a/..", "./a", "a//b", "a/", "a\\b", "a\nb", "a\0b", "ü", "a/\x7f"]


def test_a_key_that_is_none_is_refused_by_every_method(store: Store) -> None:
    calls: list[Callable[[str], object]] = [
        store.observe,
        store.read,
        lambda key: store.read_range(key, start=0, length=1),
        lambda key: store.put(artifact(key=key)),
        lambda key: store.copy(key, artifact()),
        lambda key: store.copy(KEY, artifact(key=key)),
        lambda key: store.keep(key, KEY, etag="1"),
        lambda key: store.keep(KEY, key, etag="1"),
        lambda key: store.compose(artifact(key=key), Splice(front=(), key=KEY, etag="", size=len(DATA), start=0)),
        lambda key: store.compose(artifact(), Splice(front=(), key=key, etag="", size=len(DATA), start=0)),
        lambda key: store.write(key, b"", media_type="text/plain", cache_control="no-store", expected=None),
        lambda key: store.delete([key]),
    ]
    store.put(artifact())
    for key in BAD_KEYS:
        for call in calls:
            with pytest.raises(StoreError, match="is no key; use"):
                call(key)
    assert [found.key for found in store.observe_all("")] == [KEY]
