"""Uploads in parts: begun, given up whole where one part fails, and found when a killed run left them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from podwright.core.artifact import Body, body_size
from podwright.stores import Advance, Upload
from podwright.stores.s3.bodies import sending
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import code_of, is_unknown, wrapped
from podwright.stores.s3.headers import encode_digest

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef


@contextlib.contextmanager
def begun_upload(bucket: Bucket, key: str, **headers: Any) -> Iterator[Any]:
    """Begin an upload, and give it up where anything fails before it is completed.

    Gives what every request about it names: bucket, key and the store's identifier.
    """
    place = bucket.at(key)
    place["UploadId"] = bucket.client.create_multipart_upload(**place, **headers)["UploadId"]
    try:
        yield place
    except BaseException:
        # What failed is worth more than that giving up failed as well; the bucket's lifecycle removes the parts.
        with contextlib.suppress(ClientError, BotoCoreError):
            bucket.client.abort_multipart_upload(**place)
        raise


def put_part(
    bucket: Bucket, place: Any, number: int, part: Body, *, checksum: bytes, progress: Advance | None
) -> CompletedPartTypeDef:
    """Send a part with its CRC-32, which the store verifies."""
    crc32 = encode_digest(checksum)
    with sending(part, progress) as source:
        sent = bucket.client.upload_part(
            PartNumber=number, Body=source, ContentLength=body_size(part), ChecksumCRC32=crc32, **place
        )
    return {"PartNumber": number, "ETag": sent["ETag"], "ChecksumCRC32": crc32}


def observe_uploads(bucket: Bucket) -> Iterator[Upload]:
    """A listing; it needs the right s3:ListBucketMultipartUploads."""
    with wrapped(f"{bucket.url}: listing unfinished uploads (s3:ListBucketMultipartUploads)"):
        listing = bucket.client.get_paginator("list_multipart_uploads")
        try:
            for page in listing.paginate(Bucket=bucket.name, Prefix=bucket.prefix):
                for found in page.get("Uploads", ()):
                    key = found["Key"].removeprefix(bucket.prefix)
                    yield Upload(key, found["UploadId"], found["Initiated"])
        except ClientError as error:
            if not is_unknown(error):
                raise


def abort_upload(bucket: Bucket, upload: Upload) -> None:
    """One request; it needs the right s3:AbortMultipartUpload."""
    with wrapped(upload.key):
        try:
            bucket.client.abort_multipart_upload(UploadId=upload.identifier, **bucket.at(upload.key))
        except ClientError as error:
            if code_of(error) != "NoSuchUpload":
                raise
