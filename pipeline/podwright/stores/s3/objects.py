"""Objects of a bucket as they are: looked at, listed, read, signed for and deleted, a request each; and uploads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from podwright.core.artifact import Artifact
from podwright.core.errors import StoreError
from podwright.stores.contract import Read, Stored
from podwright.stores.optional import Upload
from podwright.stores.s3.answers import date_of, no_store
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import code_of, is_absent, is_unknown, status_of, wrapped


def observe(bucket: Bucket, key: str) -> Stored | None:
    """Return an object's headers, by a HEAD request."""
    with wrapped(key):
        try:
            answer = bucket.client.head_object(**bucket.at(key))
        except ClientError as error:
            if status_of(error) == 404:
                return None
            raise
        # Some stores change the case of metadata's names.
        metadata = {name.lower(): value for name, value in answer["Metadata"].items()}
        return Stored(
            key,
            answer["ContentLength"],
            answer["ETag"].strip('"'),
            metadata.get("sha256"),
            answer.get("LastModified"),
            answer.get("ContentType"),
            answer.get("CacheControl"),
        )


def observe_all(bucket: Bucket, prefix: str) -> Iterator[Stored]:
    """Yield the objects of a listing, a thousand a request."""
    with wrapped(prefix or bucket.url):
        listing = bucket.client.get_paginator("list_objects_v2")
        whole = bucket.prefix + prefix
        for page in listing.paginate(Bucket=bucket.name, Prefix=whole):
            for row in page.get("Contents", ()):
                if not row["Key"].startswith(whole):
                    raise StoreError(f"{whole}: the store lists what was not asked for; see what lies between")
                key = row["Key"].removeprefix(bucket.prefix)
                # Without a name: what consoles put there to show the prefix as a folder.
                if key:
                    yield Stored(key, row["Size"], row["ETag"].strip('"'), None, row.get("LastModified"))


def observe_same(bucket: Bucket, artifact: Artifact) -> Stored:
    """Return what lies under an artifact's key. Raise StoreError where that cannot be what the artifact says."""
    return check_same(artifact, observe(bucket, artifact.key), name=artifact.key)


def check_same(artifact: Artifact, stored: Stored | None, *, name: str) -> Stored:
    """Return what the store has under a name, if it can be what the artifact says. Raise StoreError otherwise."""
    if stored is None:
        raise StoreError(f"{name}: the store lost it; publish from where its source is")
    if stored.size != artifact.size:
        raise StoreError(f"{name}: the store holds {stored.size} bytes, not {artifact.size}; publish again")
    if stored.sha256 not in (None, artifact.sha256):
        raise StoreError(f"{name}: the store holds SHA-256 {stored.sha256}, not {artifact.sha256}; publish again")
    return stored


def read(bucket: Bucket, key: str, *, unless: str | None = None) -> Read | None:
    """Return an object by a GET request, conditional where a version is known (RFC 9110 section 13.1.2)."""
    condition: Any = {"IfNoneMatch": f'"{unless}"'} if unless else {}
    with wrapped(key):
        try:
            answer = bucket.client.get_object(**bucket.at(key), **condition)
            page = answer.get("ContentType", "").startswith("text/html") and not key.endswith(".html")
            # The pages that podwright keeps have metadata; a web site may have one page for every address.
            if page and not answer.get("Metadata"):
                answer["Body"].close()
                raise no_store(bucket.client, bucket.url, "it answered 200 with a web page")
            return Read(answer["Body"].read(), answer["ETag"].strip('"'))
        except ClientError as error:
            if status_of(error) == 304 and unless:
                return Read(None, unless)
            if status_of(error) == 501 and unless:
                # It knows no conditions: the version is compared here.
                present = read(bucket, key)
                return Read(None, unless) if present and present.etag == unless else present
            if is_absent(error):
                return None
            raise


def read_range(bucket: Bucket, key: str, *, start: int, length: int) -> bytes:
    """Return a part of an object, by a GET request for a range (RFC 9110 section 14.1.2)."""
    if length == 0:
        return b""
    with wrapped(key):
        answer = bucket.client.get_object(**bucket.at(key), Range=f"bytes={start}-{start + length - 1}")
        if answer.get("ContentLength", length) > length:
            answer["Body"].close()
            raise StoreError(f"{key}: the store answers with more than was asked for; see what lies between")
        data = answer["Body"].read()
    if len(data) != length:
        raise StoreError(f"{key}: it ends before byte {start + length}; publish it again")
    return data


def presign(bucket: Bucket, key: str, *, life: timedelta) -> str:
    """Return the address of a GET request that is signed beforehand.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    with wrapped(key):
        seconds = int(life.total_seconds())
        return bucket.client.generate_presigned_url("get_object", Params=bucket.at(key), ExpiresIn=seconds)


def delete(bucket: Bucket, keys: Iterable[str]) -> None:
    """Delete by one request an object: the bulk request wants an MD5 that not every client and store agree on."""
    for key in keys:
        with wrapped(key):
            try:
                bucket.client.delete_object(**bucket.at(key))
            except ClientError as error:
                if code_of(error) != "NoSuchKey":
                    raise


def observe_uploads(bucket: Bucket) -> Iterator[Upload]:
    """Yield the uploads of a listing; it needs the right s3:ListBucketMultipartUploads."""
    with wrapped(f"{bucket.url}: listing unfinished uploads (s3:ListBucketMultipartUploads)"):
        listing = bucket.client.get_paginator("list_multipart_uploads")
        try:
            for page in listing.paginate(Bucket=bucket.name, Prefix=bucket.prefix):
                for row in page.get("Uploads", ()):
                    yield Upload(row["Key"].removeprefix(bucket.prefix), row["UploadId"], row["Initiated"])
        except ClientError as error:
            if not is_unknown(error):
                raise


def abort_upload(bucket: Bucket, upload: Upload) -> None:
    """Give an upload up; it needs the right s3:AbortMultipartUpload."""
    with wrapped(upload.key):
        try:
            bucket.client.abort_multipart_upload(UploadId=upload.identifier, **bucket.at(upload.key))
        except ClientError as error:
            if code_of(error) != "NoSuchUpload":
                raise


def observe_time(bucket: Bucket) -> datetime | None:
    """Return the date of an answer, whatever else it says."""
    with wrapped(bucket.url):
        try:
            answer: Any = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.prefix, MaxKeys=1)
        except ClientError as error:
            answer = error.response
    return date_of(answer["ResponseMetadata"]["HTTPHeaders"])
