"""What a bucket can do, found out by trying it with small objects of our own, which are removed again.

About fifty requests and 5 MiB: only parts of that size may be joined with others
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). An answer that says no is a capability that lacks;
a store that cannot be reached, or refuses the key, is an error: nothing would be known of it then.

This is a part of `s3`, in a file of its own for its length.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore import exceptions as boto

from pipeline.artifact import bytes_artifact
from pipeline.errors import ConflictError, StoreError
from pipeline.stores import s3 as bucket
from pipeline.stores.capabilities import Capabilities

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: Where the objects lie that are tried with.
PROBES = "private/podwright/probe/"
#: So many write at once where one may win.
RIVALS = 8
#: The least size of a part that is not the last, in bytes.
_PART = 5 << 20
_TAIL = b"the end of it"
_TYPE, _CACHING = "application/x-podwright", "private, no-store"


def observe_capabilities(store: bucket.S3Store) -> Capabilities:
    """Try everything. Raises StoreError where the store cannot be reached or refuses a plain write."""
    here = f"{PROBES}{uuid.uuid4().hex}/"
    keys = {name: here + name for name in ("plain", "created", "raced", "wrong", "copy", "joined", "ranges")}
    try:
        return _observe(store, keys)
    finally:
        with contextlib.suppress(StoreError):
            store.delete(keys.values())


def _observe(store: bucket.S3Store, keys: dict[str, str]) -> Capabilities:
    plain = _artifact(keys["plain"])
    store.put(plain)
    multipart = _holds(lambda: _join(store, keys["joined"]))
    return Capabilities(
        conditional_create=_holds(lambda: _keeps_create(store, keys["created"], keys["raced"])),
        conditional_replace=_holds(lambda: _keeps_replace(store, keys["plain"])),
        checksums=_refuses(lambda: _send_wrong(store, keys["wrong"])),
        ranges=_holds(
            lambda: store.read_range(keys["plain"], start=3, length=5) == _content(store, keys["plain"])[3:8]
        ),
        multipart=multipart,
        copy=_holds(lambda: _copies(store, keys["plain"], keys["copy"])),
        copy_ranges=multipart and _holds(lambda: _join_ranges(store, keys["joined"], keys["ranges"])),
        copy_conditions=_refuses(lambda: _copy_other_version(store, keys["plain"], keys["copy"])),
        metadata=_holds(lambda: _keeps_metadata(store, keys["copy"])),
        listing=_holds(lambda: _lists(store, keys["plain"])),
    )


def _artifact(key: str, data: bytes = b"podwright looks at what this store can do") -> Any:
    return bytes_artifact(key, data, media_type=_TYPE, cache_control=_CACHING, access="private")


def _holds(ask: Callable[[], bool]) -> bool:
    """Whether something is so; a refusal is a no, and silence is an error."""
    try:
        return ask()
    except StoreError as error:
        if isinstance(error.__cause__, boto.BotoCoreError):
            raise
        if isinstance(error.__cause__, boto.ClientError):
            _check_awake(error.__cause__)
        return False
    except boto.ClientError as error:
        _check_awake(error)
        return False
    except boto.BotoCoreError as error:
        raise StoreError(f"{PROBES}: the store gave no answer ({type(error).__name__}); try again") from error


def _refuses(ask: Callable[[], None]) -> bool:
    """Whether the store says that what it was asked for does not fit; by other errors it does not know it."""
    try:
        ask()
    except boto.ClientError as error:
        _check_awake(error)
        return bucket._status(error) in (400, 409, 412)
    except boto.BotoCoreError as error:
        raise StoreError(f"{PROBES}: the store gave no answer ({type(error).__name__}); try again") from error
    return False


def _check_awake(error: boto.ClientError) -> None:
    """Raise StoreError where a store has too much to do, which says nothing of what it can do."""
    if bucket._status(error) in (429, 502, 503, 504):
        raise StoreError(f"{PROBES}: the store has no time ({bucket._code(error)}); try again later") from error


def _content(store: bucket.S3Store, key: str) -> bytes:
    found = store.read(key)
    return (found.data or b"") if found else b""


# Conditions


def _write(store: bucket.S3Store, key: str, data: bytes, *, expected: str | None) -> str | None:
    """The new version; None where the condition kept it away."""
    try:
        return store.write(key, data, media_type=_TYPE, cache_control=_CACHING, expected=expected)
    except ConflictError:
        return None


def _keeps_create(store: bucket.S3Store, key: str, raced: str) -> bool:
    if _write(store, key, b"first", expected=None) is None:
        return False
    kept = _write(store, key, b"second", expected=None) is None
    return kept and _content(store, key) == b"first" and _one_wins(store, raced, expected=None)


def _keeps_replace(store: bucket.S3Store, key: str) -> bool:
    found = store.observe(key)
    if found is None:
        return False
    second = _write(store, key, b"second version", expected=found.etag)
    if second is None or _write(store, key, b"too late", expected=found.etag) is not None:
        return False
    return _content(store, key) == b"second version" and _one_wins(store, key, expected=second)


def _one_wins(store: bucket.S3Store, key: str, *, expected: str | None) -> bool:
    """Some stores keep a condition as long as nobody else writes at the same time."""

    def attempt(number: int) -> bytes | None:
        data = b"this one won: %d" % number
        return data if _write(store, key, data, expected=expected) else None

    with ThreadPoolExecutor(RIVALS) as pool:
        winners = [data for data in pool.map(attempt, range(RIVALS)) if data]
    return len(winners) == 1 and _content(store, key) == winners[0]


# Bytes and headers


def _send_wrong(store: bucket.S3Store, key: str) -> None:
    store._client.put_object(Body=b"other bytes", ChecksumSHA256=bucket._base64(bytes(32)), **store._at(key))


def _copies(store: bucket.S3Store, source: str, key: str) -> bool:
    data = _content(store, source)
    copied = store._copy_inside(source, _artifact(key, data))
    return copied.size == len(data) and _content(store, key) == data


def _copy_other_version(store: bucket.S3Store, source: str, key: str) -> None:
    store._client.copy_object(CopySource=store._at(source), CopySourceIfMatch='"never was"', **store._at(key))


def _keeps_metadata(store: bucket.S3Store, key: str) -> bool:
    wanted = _artifact(key)
    store.put(wanted)
    found = store._client.head_object(**store._at(key))
    stored = store.observe(key)
    headers = (found.get("ContentType"), found.get("CacheControl"))
    return stored is not None and stored.sha256 == wanted.sha256 and headers == (_TYPE, _CACHING)


def _lists(store: bucket.S3Store, key: str) -> bool:
    at = store._at(key)
    found = store._client.list_objects_v2(Bucket=at["Bucket"], Prefix=at["Key"]).get("Contents", [])
    return [(one["Key"], one["Size"]) for one in found] == [(at["Key"], len(_content(store, key)))] and all(
        one.get("LastModified") for one in found
    )


# Parts


def _join(store: bucket.S3Store, key: str) -> bool:
    """An object of two parts that are sent."""
    first = bytes(_PART - len(_TAIL)) + _TAIL

    def send(place: Any) -> list[CompletedPartTypeDef]:
        return [_send_part(store, place, number, data) for number, data in enumerate((first, _TAIL), 1)]

    return _join_parts(store, key, send, size=_PART + len(_TAIL), seam=_TAIL + _TAIL)


def _join_ranges(store: bucket.S3Store, source: str, key: str) -> bool:
    """An object of a range that is copied and a part that is sent."""

    def send(place: Any) -> list[CompletedPartTypeDef]:
        shift = len(_TAIL)
        copied = store._client.upload_part_copy(
            PartNumber=1,
            CopySource=store._at(source),
            CopySourceRange=f"bytes={shift}-{_PART + shift - 1}",
            **place,
        )
        said = copied.get("CopyPartResult", {}).get("ETag", "")
        return [{"PartNumber": 1, "ETag": said}, _send_part(store, place, 2, b"sent")]

    return _join_parts(store, key, send, size=_PART + 4, seam=_TAIL + b"sent")


def _join_parts(
    store: bucket.S3Store, key: str, send: Callable[[Any], list[CompletedPartTypeDef]], *, size: int, seam: bytes
) -> bool:
    """Whether parts come out as one object that has this size and ends so."""
    place = store._at(key)
    place["UploadId"] = store._client.create_multipart_upload(ContentType=_TYPE, **place)["UploadId"]
    try:
        store._client.complete_multipart_upload(MultipartUpload={"Parts": send(place)}, **place)
    except BaseException:
        with contextlib.suppress(boto.ClientError, boto.BotoCoreError):
            store._client.abort_multipart_upload(**place)
        raise
    found = store.observe(key)
    return (
        found is not None
        and found.size == size
        and store.read_range(key, start=size - len(seam), length=len(seam)) == seam
    )


def _send_part(store: bucket.S3Store, place: Any, number: int, data: bytes) -> CompletedPartTypeDef:
    sent = store._client.upload_part(PartNumber=number, Body=data, ContentLength=len(data), **place)
    return {"PartNumber": number, "ETag": sent["ETag"]}
