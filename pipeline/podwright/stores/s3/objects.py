"""Objects of a bucket as they are: looked at, listed, read, signed for and deleted, a request each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from podwright.core.artifact import Artifact
from podwright.core.errors import StoreError
from podwright.stores import Read, Stored
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import code_of, is_absent, status_of, wrapped


def observe(bucket: Bucket, key: str) -> Stored | None:
    """A HEAD request."""
    with wrapped(key):
        try:
            found = bucket.client.head_object(**bucket.at(key))
        except ClientError as error:
            if status_of(error) == 404:
                return None
            raise
    # Some stores change the case of metadata's names.
    metadata = {name.lower(): value for name, value in found["Metadata"].items()}
    return Stored(
        key,
        found["ContentLength"],
        found["ETag"].strip('"'),
        metadata.get("sha256"),
        found.get("LastModified"),
        found.get("ContentType"),
        found.get("CacheControl"),
    )


def observe_all(bucket: Bucket, prefix: str) -> Iterator[Stored]:
    """A listing, a thousand objects a request."""
    with wrapped(prefix or bucket.url):
        listing = bucket.client.get_paginator("list_objects_v2")
        for page in listing.paginate(Bucket=bucket.name, Prefix=bucket.prefix + prefix):
            for found in page.get("Contents", ()):
                key = found["Key"].removeprefix(bucket.prefix)
                # Without a name: what consoles put there to show the prefix as a folder.
                if key:
                    yield Stored(key, found["Size"], found["ETag"].strip('"'), None, found.get("LastModified"))


def observe_same(bucket: Bucket, artifact: Artifact) -> Stored:
    """What lies under an artifact's key. Raises StoreError where that cannot be what the artifact says."""
    found = observe(bucket, artifact.key)
    return check_same(artifact, found, name=artifact.key)


def check_same(artifact: Artifact, found: Stored | None, *, name: str) -> Stored:
    """What the store has under a name, if it can be what the artifact says. Raises StoreError otherwise."""
    if found is None:
        raise StoreError(f"{name}: the store lost it; publish from where its source is")
    if found.size != artifact.size:
        raise StoreError(f"{name}: the store holds {found.size} bytes, not {artifact.size}; publish again")
    if found.sha256 not in (None, artifact.sha256):
        raise StoreError(f"{name}: the store holds SHA-256 {found.sha256}, not {artifact.sha256}; publish again")
    return found


def read(bucket: Bucket, key: str, *, unless: str | None = None) -> Read | None:
    """A GET request, conditional where a version is known (RFC 9110 section 13.1.2)."""
    condition: Any = {"IfNoneMatch": f'"{unless}"'} if unless else {}
    with wrapped(key):
        try:
            found = bucket.client.get_object(**bucket.at(key), **condition)
            return Read(found["Body"].read(), found["ETag"].strip('"'))
        except ClientError as error:
            if status_of(error) == 304 and unless:
                return Read(None, unless)
            if is_absent(error):
                return None
            raise


def read_range(bucket: Bucket, key: str, *, start: int, length: int) -> bytes:
    """A GET request for a range (RFC 9110 section 14.1.2)."""
    if length == 0:
        return b""
    with wrapped(key):
        found = bucket.client.get_object(**bucket.at(key), Range=f"bytes={start}-{start + length - 1}")
        data = found["Body"].read()
    if len(data) != length:
        raise StoreError(f"{key}: it ends before byte {start + length}; publish it again")
    return data


def presign(bucket: Bucket, key: str, *, life: timedelta) -> str:
    """A GET request signed beforehand (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html)."""
    with wrapped(key):
        seconds = int(life.total_seconds())
        return bucket.client.generate_presigned_url("get_object", Params=bucket.at(key), ExpiresIn=seconds)


def delete(bucket: Bucket, keys: Iterable[str]) -> None:
    """One request an object: the bulk request wants an MD5 that not every client and store agree on."""
    for key in keys:
        with wrapped(key):
            try:
                bucket.client.delete_object(**bucket.at(key))
            except ClientError as error:
                if code_of(error) != "NoSuchKey":
                    raise
