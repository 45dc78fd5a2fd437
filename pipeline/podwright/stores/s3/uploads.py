"""An object sent to a bucket, in one request or in parts, and seen to have arrived.

It has arrived where the store answers with the checksum that we sent. A store that does not answer so may not have
looked at it: then its size and our own SHA-256 in its metadata are compared, and the source is looked at once more (its
stamp, or all its bytes), so that a file that changed under way is not taken for the one that was planned.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from podwright.core.artifact import MOST_PARTS, Artifact, Body, body_size, slice_body
from podwright.core.errors import StoreError
from podwright.stores import Advance, Stored
from podwright.stores.capabilities import Capabilities
from podwright.stores.s3.bodies import check_readable, check_source, check_unchanged, load_crc32, sending
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import wrapped
from podwright.stores.s3.headers import encode_digest, object_headers
from podwright.stores.s3.multipart import begun_upload, put_part
from podwright.stores.s3.objects import observe_same

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: From this size on an object is sent in parts, so that a lost connection costs one part. In bytes.
MULTIPART_FROM = 64 << 20
#: Parts of an upload, in bytes; equal but for the last.
PART = 16 << 20


def put(bucket: Bucket, artifact: Artifact, *, can: Capabilities, progress: Advance | None = None) -> Stored:
    """One PUT, or parts; one request more where the store does not say what it holds."""
    body = artifact.body
    if body is None:
        raise StoreError(f"{artifact.key}: nothing to store; publish from where its source is")
    with wrapped(artifact.key):
        check_readable(body)
        send = _put_parts if artifact.size >= MULTIPART_FROM and can.multipart else put_whole
        try:
            etag = send(bucket, artifact, body, progress=progress)
        except BotoCoreError:
            # botocore takes a source that is cut short or gone for a bad connection.
            check_readable(body)
            raise
        if etag is None:
            check_source(artifact, body)
            return observe_same(bucket, artifact)
    return Stored(artifact.key, artifact.size, etag, artifact.sha256)


def put_whole(bucket: Bucket, artifact: Artifact, body: Body, *, progress: Advance | None) -> str | None:
    """Send a body in one request; returns its version, or None where the store does not say what it holds."""
    checksum = encode_digest(bytes.fromhex(artifact.sha256))
    with sending(body, progress) as source:
        done = bucket.client.put_object(
            Body=source,
            ContentLength=body_size(body),
            ChecksumSHA256=checksum,
            **bucket.at(artifact.key),
            **object_headers(artifact),
        )
    said = done.get("ChecksumSHA256")
    if said not in (None, checksum):
        raise StoreError(f"{artifact.key}: the store holds other bytes than were sent; publish again")
    return done["ETag"].strip('"') if said else None


def _put_parts(bucket: Bucket, artifact: Artifact, body: Body, *, progress: Advance | None) -> str | None:
    """Equal parts, each with a CRC-32 that the store verifies; given up whole where one fails.

    The parts are hashed together as they are read, since no store verifies a SHA-256 of all of them.
    Returns the version, or None where the store does not say what it holds.
    """
    size = max(PART, -(-artifact.size // MOST_PARTS))
    whole = hashlib.sha256()
    checksums: list[bytes] = []
    done: list[CompletedPartTypeDef] = []
    with begun_upload(bucket, artifact.key, ChecksumAlgorithm="CRC32", **object_headers(artifact)) as place:
        for number, start in enumerate(range(0, artifact.size, size), 1):
            part = slice_body(body, start, min(size, artifact.size - start))
            checksums.append(load_crc32(part, whole))
            done.append(put_part(bucket, place, number, part, checksum=checksums[-1], progress=progress))
        check_unchanged(artifact, whole.hexdigest())
        stored = bucket.client.complete_multipart_upload(MultipartUpload={"Parts": done}, **place)
    composite = f"{encode_digest(zlib.crc32(b''.join(checksums)).to_bytes(4, 'big'))}-{len(done)}"
    return stored["ETag"].strip('"') if stored.get("ChecksumCRC32") == composite else None
