"""Whatever is put and deleted, a store is a dictionary; any part of a body is those bytes; any name can be sent."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.core.artifact import Body, FileSlice, bytes_artifact, load_sha256, open_body, slice_body
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from podwright.stores.s3.put import content_disposition

Operation = tuple[str, bytes | None]

_keys = st.sampled_from(["a", "b/c", "b/d", "b-e", "private/f/g"])
_operations = st.lists(st.tuples(_keys, st.none() | st.binary(max_size=9)), max_size=6)


def untold(count: int) -> None:
    """Progress that nobody watches."""


def run(store: Store, operations: list[Operation]) -> dict[str, bytes]:
    """Put each value under its key, or delete the key where there is none; what a dictionary then holds."""
    model: dict[str, bytes] = {}
    for key, data in operations:
        if data is None:
            store.delete([key])
            model.pop(key, None)
        else:
            made = bytes_artifact(key, data, media_type="text/plain", cache_control="no-store", side="public")
            store.put(replace(made, filename="Größe – 1.txt"), progress=untold)
            model[key] = data
    return model


def check(store: Store, model: dict[str, bytes]) -> None:
    found = list(store.observe_all(""))
    assert sorted((one.key, one.size) for one in found) == sorted((key, len(data)) for key, data in model.items())
    for one in found:
        seen, read = store.observe(one.key), store.read(one.key)
        assert seen
        assert read
        assert seen.etag == read.etag == one.etag
        assert seen.sha256 in (None, hashlib.sha256(model[one.key]).hexdigest())
        assert read.data == model[one.key]
    for prefix in ("b", "b/", "private/"):
        assert {o.key for o in store.observe_all(prefix)} == {key for key in model if key.startswith(prefix)}


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_operations)
def test_a_folder_is_a_dictionary(tmp_path: Path, operations: list[Operation]) -> None:
    folder = tmp_path / uuid.uuid4().hex
    store = open_store(Storage(url="file:public", public_url="https://example.org/", folder=folder))
    check(store, run(store, operations))


@pytest.mark.parametrize("prefix", ["", "/some/prefix"], ids=["root", "prefix"])
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_operations)
def test_a_bucket_is_a_dictionary(storage: Storage, prefix: str, operations: list[Operation]) -> None:
    store = open_store(replace(storage, url=storage.url + prefix))
    check(store, run(store, operations))
    store.delete([one.key for one in store.observe_all("")])
    assert list(store.observe_all("")) == []


def test_stores_beside_each_other_in_a_bucket_see_nothing_of_each_other(storage: Storage) -> None:
    inner, outer = (open_store(replace(storage, url=storage.url + prefix)) for prefix in ("/some/prefix", "/some"))
    longer = open_store(replace(storage, url=f"{storage.url}/some/prefix-2"))
    model = run(inner, [("a", b"1"), ("b/c", b"2")])
    run(longer, [("a", b"3")])
    check(inner, model)
    assert {one.key for one in outer.observe_all("")} == {"prefix/a", "prefix/b/c", "prefix-2/a"}
    outer.delete(["a", "b/c"])
    check(inner, model)


_SOURCE = bytes(range(251)) * 4
_segments = st.lists(
    st.binary(max_size=20) | st.tuples(st.integers(0, 900), st.integers(0, 100)), min_size=1, max_size=6
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_segments, st.integers(0, 400), st.integers(0, 400))
def test_a_slice_of_a_body_is_that_slice_of_its_bytes(
    tmp_path: Path, segments: list[bytes | tuple[int, int]], start: int, length: int
) -> None:
    path = tmp_path / "source.bin"
    path.write_bytes(_SOURCE)
    body: Body = tuple(s if isinstance(s, bytes) else FileSlice(path, *s) for s in segments)
    whole = b"".join(s if isinstance(s, bytes) else _SOURCE[s[0] : s[0] + s[1]] for s in segments)
    part = slice_body(body, start, length)
    with open_body(part) as reader:
        assert reader.read() == whole[start : start + length]
    assert all(isinstance(s, bytes) or s.length for s in part)
    assert load_sha256(slice_body(body, 0, start) + slice_body(body, start, len(whole))) == (
        hashlib.sha256(whole).hexdigest()
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_any_name_of_a_download_is_a_header_that_says_it_in_full(name: str) -> None:
    said = re.fullmatch(
        # quoted-string without escapes (RFC 9110 section 5.6.4); value-chars (RFC 8187 section 3.2.1).
        r"attachment; filename=\"([ !#-\[\]-~]+)\"; filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+)",
        content_disposition(name),
    )
    assert said
    assert unquote(said[2], errors="strict") == name
    assert [a for a, b in zip(said[1], name, strict=True) if a not in (b, "_")] == []
