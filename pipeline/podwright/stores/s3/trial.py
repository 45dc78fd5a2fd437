"""A trial of what a bucket can do, with small objects of our own, which are removed again.

About fifty requests and 5 MiB: only parts of that size may be joined with others
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). An answer that says no is a capability that lacks;
a store that cannot be reached, or refuses the key, is an error: nothing would be known of it then.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from podwright.core.artifact import Artifact, bytes_artifact
from podwright.core.errors import ConflictError, StoreError
from podwright.stores.capabilities import ALL, Capabilities
from podwright.stores.s3.bucket import Bucket, code_of, encode_digest, status_of
from podwright.stores.s3.compose import copy_inside
from podwright.stores.s3.objects import delete, observe, read, read_range
from podwright.stores.s3.put import begun_upload, put, write_if

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


def observe_capabilities(bucket: Bucket) -> Capabilities:
    """Try everything. Raises StoreError where the store cannot be reached or refuses a plain write."""
    here = f"{PROBES}{uuid.uuid4().hex}/"
    keys = {name: here + name for name in ("plain", "created", "raced", "wrong", "copy", "joined", "ranges")}
    try:
        return _observe(bucket, keys)
    finally:
        with contextlib.suppress(StoreError):
            delete(bucket, keys.values())


def _observe(bucket: Bucket, keys: dict[str, str]) -> Capabilities:
    put(bucket, _artifact(keys["plain"]), can=ALL)
    # Each looks at keys of its own, so that they need not wait for each other.
    groups = (_observe_reads, _observe_creates, _observe_parts, _observe_checksums)
    with ThreadPoolExecutor(len(groups)) as pool:
        answers = [group.result() for group in [pool.submit(group, bucket, keys) for group in groups]]
    return Capabilities(**{name: able for answer in answers for name, able in answer.items()})


def _observe_reads(bucket: Bucket, keys: dict[str, str]) -> dict[str, bool]:
    plain, copy = keys["plain"], keys["copy"]
    return {
        "ranges": _holds(lambda: read_range(bucket, plain, start=3, length=5) == _content(bucket, plain)[3:8]),
        "copy": _holds(lambda: _copies(bucket, plain, copy)),
        "copy_conditions": _refuses(lambda: _copy_other_version(bucket, plain, copy)),
        "metadata": _holds(lambda: _keeps_metadata(bucket, copy)),
        "listing": _holds(lambda: _lists(bucket, plain)),
        # Last, since it changes what the others compare.
        "conditional_replace": _holds(lambda: _keeps_replace(bucket, plain)),
    }


def _observe_creates(bucket: Bucket, keys: dict[str, str]) -> dict[str, bool]:
    return {"conditional_create": _holds(lambda: _keeps_create(bucket, keys["created"], keys["raced"]))}


def _observe_parts(bucket: Bucket, keys: dict[str, str]) -> dict[str, bool]:
    multipart = _holds(lambda: _join(bucket, keys["joined"]))
    ranges = multipart and _holds(lambda: _join_ranges(bucket, keys["joined"], keys["ranges"]))
    return {"multipart": multipart, "copy_ranges": ranges}


def _observe_checksums(bucket: Bucket, keys: dict[str, str]) -> dict[str, bool]:
    return {"checksums": _refuses(lambda: _send_wrong(bucket, keys["wrong"]))}


def _artifact(key: str, data: bytes = b"podwright looks at what this store can do") -> Artifact:
    return bytes_artifact(key, data, media_type=_TYPE, cache_control=_CACHING, side="private")


def _holds(ask: Callable[[], bool]) -> bool:
    """Return whether something is so; a refusal is a no, and silence is an error."""
    try:
        return ask()
    except StoreError as error:
        if isinstance(error.__cause__, BotoCoreError):
            raise
        if isinstance(error.__cause__, ClientError):
            _check_awake(error.__cause__)
        return False
    except ClientError as error:
        _check_awake(error)
        return False
    except BotoCoreError as error:
        raise StoreError(f"{PROBES}: the store gave no answer ({type(error).__name__}); try again") from error


def _refuses(ask: Callable[[], None]) -> bool:
    """Return whether the store says that what it was asked for does not fit; by other errors it does not know it."""
    try:
        ask()
    except ClientError as error:
        _check_awake(error)
        return status_of(error) in (400, 409, 412)
    except BotoCoreError as error:
        raise StoreError(f"{PROBES}: the store gave no answer ({type(error).__name__}); try again") from error
    return False


def _check_awake(error: ClientError) -> None:
    """Raise StoreError where a store has too much to do, which says nothing of what it can do."""
    if status_of(error) in (429, 502, 503, 504):
        raise StoreError(f"{PROBES}: the store is overloaded ({code_of(error)}); try again later") from error


def _content(bucket: Bucket, key: str) -> bytes:
    found = read(bucket, key)
    return (found.data or b"") if found else b""


# Conditions


def _write(bucket: Bucket, key: str, data: bytes, *, expected: str | None) -> str | None:
    """Return the new version; None where the condition kept it away."""
    try:
        return write_if(bucket, _artifact(key, data), data, expected=expected)
    except ConflictError:
        return None


def _keeps_create(bucket: Bucket, key: str, raced: str) -> bool:
    if _write(bucket, key, b"first", expected=None) is None:
        return False
    kept = _write(bucket, key, b"second", expected=None) is None
    return kept and _content(bucket, key) == b"first" and _one_wins(bucket, raced, expected=None)


def _keeps_replace(bucket: Bucket, key: str) -> bool:
    found = observe(bucket, key)
    if found is None:
        return False
    second = _write(bucket, key, b"second version", expected=found.etag)
    if second is None or _write(bucket, key, b"too late", expected=found.etag) is not None:
        return False
    return _content(bucket, key) == b"second version" and _one_wins(bucket, key, expected=second)


def _one_wins(bucket: Bucket, key: str, *, expected: str | None) -> bool:
    """Return whether one of several wins; some stores keep a condition only while nobody else writes."""

    def attempt(number: int) -> bytes | None:
        data = b"this one won: %d" % number
        return data if _write(bucket, key, data, expected=expected) else None

    with ThreadPoolExecutor(RIVALS) as pool:
        winners = [data for data in pool.map(attempt, range(RIVALS)) if data]
    return len(winners) == 1 and _content(bucket, key) == winners[0]


# Bytes and headers


def _send_wrong(bucket: Bucket, key: str) -> None:
    bucket.client.put_object(Body=b"other bytes", ChecksumSHA256=encode_digest(bytes(32)), **bucket.at(key))


def _copies(bucket: Bucket, source: str, key: str) -> bool:
    data = _content(bucket, source)
    copied = copy_inside(bucket, source, _artifact(key, data))
    return copied.size == len(data) and _content(bucket, key) == data


def _copy_other_version(bucket: Bucket, source: str, key: str) -> None:
    bucket.client.copy_object(CopySource=bucket.at(source), CopySourceIfMatch='"never was"', **bucket.at(key))


def _keeps_metadata(bucket: Bucket, key: str) -> bool:
    wanted = _artifact(key)
    put(bucket, wanted, can=ALL)
    found = bucket.client.head_object(**bucket.at(key))
    stored = observe(bucket, key)
    headers = (found.get("ContentType"), found.get("CacheControl"))
    return stored is not None and stored.sha256 == wanted.sha256 and headers == (_TYPE, _CACHING)


def _lists(bucket: Bucket, key: str) -> bool:
    at = bucket.at(key)
    found = bucket.client.list_objects_v2(Bucket=at["Bucket"], Prefix=at["Key"]).get("Contents", [])
    return [(one["Key"], one["Size"]) for one in found] == [(at["Key"], len(_content(bucket, key)))] and all(
        one.get("LastModified") for one in found
    )


# Parts


def _join(bucket: Bucket, key: str) -> bool:
    """Return whether an object can be made of two parts that are sent."""
    first = bytes(_PART - len(_TAIL)) + _TAIL

    def send(place: Any) -> list[CompletedPartTypeDef]:
        return [_send_part(bucket, place, number, data) for number, data in enumerate((first, _TAIL), 1)]

    return _join_parts(bucket, key, send, size=_PART + len(_TAIL), seam=_TAIL + _TAIL)


def _join_ranges(bucket: Bucket, source: str, key: str) -> bool:
    """Return whether an object can be made of a range that is copied and a part that is sent."""

    def send(place: Any) -> list[CompletedPartTypeDef]:
        shift = len(_TAIL)
        copied = bucket.client.upload_part_copy(
            PartNumber=1,
            CopySource=bucket.at(source),
            CopySourceRange=f"bytes={shift}-{_PART + shift - 1}",
            **place,
        )
        said = copied.get("CopyPartResult", {}).get("ETag", "")
        return [{"PartNumber": 1, "ETag": said}, _send_part(bucket, place, 2, b"sent")]

    return _join_parts(bucket, key, send, size=_PART + 4, seam=_TAIL + b"sent")


def _join_parts(
    bucket: Bucket, key: str, send: Callable[[Any], list[CompletedPartTypeDef]], *, size: int, seam: bytes
) -> bool:
    """Return whether parts come out as one object that has this size and ends so."""
    with begun_upload(bucket, key, ContentType=_TYPE) as place:
        bucket.client.complete_multipart_upload(MultipartUpload={"Parts": send(place)}, **place)
    found = observe(bucket, key)
    return (
        found is not None
        and found.size == size
        and read_range(bucket, key, start=size - len(seam), length=len(seam)) == seam
    )


def _send_part(bucket: Bucket, place: Any, number: int, data: bytes) -> CompletedPartTypeDef:
    sent = bucket.client.upload_part(PartNumber=number, Body=data, ContentLength=len(data), **place)
    return {"PartNumber": number, "ETag": sent["ETag"]}
