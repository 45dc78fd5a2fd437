"""An object sent to a bucket: whole, in parts or on condition of a version, and seen to have arrived.

It has arrived where the store answers with the checksum that we sent. A store that does not answer so may not have
looked at it: then its size and our own SHA-256 in its metadata are compared, and the source is looked at once more (its
stamp, or all its bytes), so that a file that changed under way is not taken for the one that was planned.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from podwright.core.artifact import (
    CHUNK,
    MOST_PARTS,
    Artifact,
    Body,
    BodyReader,
    body_size,
    is_stamped,
    load_sha256,
    open_body,
    slice_body,
)
from podwright.core.errors import ConflictError, StoreError
from podwright.stores.capabilities import Capabilities
from podwright.stores.contract import Advance, Stored, conflict
from podwright.stores.s3.bucket import Bucket, code_of, encode_digest, status_of, wrapped
from podwright.stores.s3.objects import observe, observe_same, read

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: From this size on an object is sent in parts, so that a lost connection costs one part. In bytes.
MULTIPART_FROM = 64 << 20
#: Parts of an upload, in bytes; equal but for the last.
PART = 16 << 20
#: The wait for others where a store keeps no conditions, in seconds.
SETTLING = 2.0


def put(bucket: Bucket, artifact: Artifact, *, can: Capabilities, progress: Advance | None = None) -> Stored:
    """Store by one PUT, or in parts; with one request more where the store does not say what it holds."""
    body = artifact.body
    if body is None:
        raise StoreError(f"{artifact.key}: nothing to store; publish from where its source is")
    with wrapped(artifact.key):
        check_readable(body)
        try:
            if artifact.size >= MULTIPART_FROM and can.multipart:
                etag = _put_parts(bucket, artifact, body, progress=progress)
            else:
                etag = put_whole(bucket, artifact, body, progress=progress, proof=not can.checksums)
        except BotoCoreError:
            # botocore takes a source that is cut short or gone for a bad connection.
            check_readable(body)
            raise
        if etag is None or not can.checksums:
            check_source(artifact, body)
        if etag is None:
            return observe_same(bucket, artifact)
    return Stored(artifact.key, artifact.size, etag, artifact.sha256)


def put_whole(
    bucket: Bucket, artifact: Artifact, body: Body, *, progress: Advance | None, proof: bool = False
) -> str | None:
    """Send a body in one request; return its version, or None where the store does not say what it holds.

    proof: whether an MD5 is taken on the way, for stores that look at no checksum and call a version by the MD5 of its
    bytes. One that does not is asked afterwards.
    """
    checksum = encode_digest(bytes.fromhex(artifact.sha256))
    md5 = hashlib.md5(usedforsecurity=False) if proof else None
    size = body_size(body)
    place, headers = bucket.at(artifact.key), object_headers(artifact)
    with sending(body, progress, md5) as source:
        sent = {**_plain_headers(headers), "x-amz-checksum-sha256": checksum}
        answer: Any = bucket.direct.put(place["Key"], source, size=size, headers=sent)
        if answer is not None:
            etag, answered = answer["ETag"], answer.get("x-amz-checksum-sha256")
        else:
            if not isinstance(source, bytes):
                source.seek(0)
            done = bucket.client.put_object(
                Body=source, ContentLength=size, ChecksumSHA256=checksum, **place, **headers
            )
            etag, answered = done["ETag"], done.get("ChecksumSHA256")
    etag = etag.strip('"')
    if answered not in (None, checksum):
        raise StoreError(f"{artifact.key}: the store holds other bytes than were sent; publish again")
    proven = answered is not None or (md5 is not None and etag == md5.hexdigest())
    return etag if proven else None


def _put_parts(bucket: Bucket, artifact: Artifact, body: Body, *, progress: Advance | None) -> str | None:
    """Send equal parts, each with a CRC-32 that the store verifies; given up whole where one fails.

    The parts are hashed together as they are read, since no store verifies a SHA-256 of all of them.
    Return the version, or None where the store does not say what it holds.
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


# Parts
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html


@contextlib.contextmanager
def begun_upload(bucket: Bucket, key: str, **headers: Any) -> Iterator[Any]:
    """Begin an upload, and give it up where anything fails before it is completed.

    Yield what every request about it names: bucket, key and the store's identifier.
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


# Conditions


def write_if(bucket: Bucket, artifact: Artifact, data: bytes, *, expected: str | None) -> str:
    """Write by a conditional PUT: `If-Match` with the bare version, or `If-None-Match: *`.

    Ceph compares the version without quotes, RFC 9110 wants them (section 13.1.1): where the bare one fails
    although it is the present one, it is tried quoted.
    """
    try:
        return _put_if(bucket, artifact, data, {"IfMatch": expected} if expected else {"IfNoneMatch": "*"})
    except ConflictError:
        present = observe(bucket, artifact.key) if expected else None
        if present is None or present.etag != expected:
            raise
        return _put_if(bucket, artifact, data, {"IfMatch": f'"{expected}"'})


def write_and_look(
    bucket: Bucket, artifact: Artifact, data: bytes, *, expected: str | None, pause: Callable[[float], None] | None
) -> str:
    """Write without conditions: compare, write, wait for others to do the same (None: there are none), look again.

    Whoever writes before us in that time finds our bytes in place of its own, and gives way.
    """
    present = observe(bucket, artifact.key)
    if (present.etag if present else None) != expected:
        raise conflict(artifact.key)
    with wrapped(artifact.key):
        put_whole(bucket, artifact, (data,), progress=None)
    if pause is not None:
        pause(SETTLING)
    written = read(bucket, artifact.key)
    if written is None or written.data is None or hashlib.sha256(written.data).hexdigest() != artifact.sha256:
        raise conflict(artifact.key)
    return written.etag


def _put_if(bucket: Bucket, artifact: Artifact, data: bytes, condition: Any) -> str:
    with wrapped(artifact.key):
        try:
            done = bucket.client.put_object(
                Body=data,
                ChecksumSHA256=encode_digest(bytes.fromhex(artifact.sha256)),
                **object_headers(artifact),
                **bucket.at(artifact.key),
                **condition,
            )
        except ClientError as error:
            if not _isconflict(error, condition.get("IfMatch")):
                raise
            etag = _won_unheard(bucket, artifact.key, data, error)
            if etag is None:
                raise conflict(artifact.key) from error
            return etag
    return done["ETag"].strip('"')


def _won_unheard(bucket: Bucket, key: str, data: bytes, error: ClientError) -> str | None:
    """Return the version of an object that we wrote, where the answer was lost so that botocore wrote it again."""
    if not error.response["ResponseMetadata"].get("RetryAttempts"):
        return None
    present = read(bucket, key)
    return present.etag if present and present.data == data else None


def _isconflict(error: ClientError, expected: str | None) -> bool:
    """Return whether a condition failed: 412, 409 for a race, or 404 for an object that is gone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    return status_of(error) in (409, 412) or (expected is not None and code_of(error) == "NoSuchKey")


# Headers


def object_headers(artifact: Artifact) -> Any:
    """Return what listeners are sent with an object, and our SHA-256 of it, as boto3 names them."""
    headers = {
        "ContentType": artifact.media_type,
        "CacheControl": artifact.cache_control,
        "Metadata": {"sha256": artifact.sha256},
    }
    if artifact.filename:
        headers["ContentDisposition"] = content_disposition(artifact.filename)
    return headers


def _plain_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of `object_headers` as HTTP has them."""
    metadata = {f"x-amz-meta-{name}": value for name, value in headers["Metadata"].items()}
    named = {_HTTP_NAMES[name]: value for name, value in headers.items() if name in _HTTP_NAMES}
    return named | metadata


_HTTP_NAMES = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
}


def content_disposition(filename: str) -> str:
    """Return an attachment's name in ASCII and, for readers that know it, in full (RFC 6266 section 5, appendix D).

    https://www.rfc-editor.org/rfc/rfc6266
    """
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


# Bodies


class _ReportingReader(BodyReader):
    """A body that reports and hashes what is read of it for the first time; a retry reads it again and does neither."""

    def __init__(self, body: Body, progress: Advance | None, digest: hashlib._Hash | None) -> None:
        super().__init__(body)
        self._progress = progress
        self._digest = digest
        self._reported = 0

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer)
        fresh = self.tell() - self._reported
        if fresh > 0:
            self._reported += fresh
            if self._digest is not None:
                self._digest.update(memoryview(buffer).cast("B")[count - fresh : count])  # type: ignore[arg-type]
            if self._progress is not None:
                self._progress(fresh)
        return count


@contextlib.contextmanager
def sending(body: Body, progress: Advance | None, digest: hashlib._Hash | None = None) -> Iterator[bytes | IO[bytes]]:
    """Open a body as a request wants it: a small one as bytes, which spares the wait for `100 Continue`; else a file.

    digest: takes all bytes that are read.
    """
    with io.BufferedReader(_ReportingReader(body, progress, digest), CHUNK) as reader:
        yield reader.read() if body_size(body) <= CHUNK else reader


def check_readable(body: Body) -> None:
    """Raise OSError where a source is gone or cut short: in an upload botocore takes that for a bad connection."""
    with open_body(body) as reader:
        if len(reader):
            reader.seek(-1, io.SEEK_END)
            reader.read(1)


def check_source(artifact: Artifact, body: Body) -> None:
    """Raise OSError or StoreError where a file is not what it was: by its stamp, else by hashing all again."""
    if is_stamped(body):
        for segment in body:
            check_readable((segment,))
    else:
        check_unchanged(artifact, load_sha256(body))


def check_unchanged(artifact: Artifact, sha256: str) -> None:
    """Raise StoreError where a source has another SHA-256 than the artifact."""
    if sha256 != artifact.sha256:
        raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")


def load_crc32(body: Body, whole: hashlib._Hash) -> bytes:
    """Return the CRC-32 of a part, big-endian, while the digest of the whole goes on."""
    checksum = 0
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            checksum = zlib.crc32(buffer[:count], checksum)
            whole.update(buffer[:count])
    return checksum.to_bytes(4, "big")
