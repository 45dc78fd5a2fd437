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
from podwright.core.deadline import giving_back
from podwright.core.errors import ConflictError, StoreError
from podwright.stores.capabilities import Capabilities
from podwright.stores.contract import Advance, Stored, conflict
from podwright.stores.s3.bucket import Bucket, encode_digest
from podwright.stores.s3.errors import code_of, is_altered, status_of, wrapped
from podwright.stores.s3.objects import observe, observe_same, read

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: From this size on an object is sent in parts, so that a lost connection costs one part. In bytes.
MULTIPART_FROM = 64 << 20
#: Parts of an upload, in bytes; equal but for the last.
PART = 16 << 20
#: The wait for others where a store keeps no conditions, in seconds.
SETTLING = 2.0
_PARTS_PROOF: Any = {"ChecksumAlgorithm": "CRC32"}


def put(bucket: Bucket, artifact: Artifact, *, can: Capabilities, progress: Advance | None = None) -> Stored:
    """Store by one PUT, or in parts; with one request more where the store does not say what it holds."""
    body = artifact.body
    if body is None:
        raise StoreError(f"{artifact.key}: nothing to store; publish from where its source is")
    with wrapped(artifact.key):
        check_readable(body)
        try:
            if artifact.size >= MULTIPART_FROM and can.multipart:
                etag = _put_parts(bucket, artifact, body, checksums=can.checksums, progress=progress)
            else:
                etag = put_whole(bucket, artifact, body, checksums=can.checksums, progress=progress)
        except BotoCoreError:
            # botocore takes a source that is cut short or gone for a bad connection.
            check_readable(body)
            raise
        except ClientError as error:
            if is_altered(error):
                check_unchanged(artifact, load_sha256(body))
            raise
        if etag is None or not can.checksums:
            check_source(artifact, body)
        if etag is None:
            return observe_same(bucket, artifact)
    return Stored(artifact.key, artifact.size, etag, artifact.sha256)


def put_whole(
    bucket: Bucket, artifact: Artifact, body: Body, *, checksums: bool, progress: Advance | None
) -> str | None:
    """Send a body in one request; return its version, or None where the store does not say what it holds.

    checksums: whether it is sent with its SHA-256. A store that looks at none, or refuses it, calls a version by the
    MD5 of its bytes, which is taken on the way. One that does not is asked afterwards.
    """
    checksum = encode_digest(bytes.fromhex(artifact.sha256))
    md5 = None if checksums else hashlib.md5(usedforsecurity=False)
    size = body_size(body)
    place, headers = bucket.at(artifact.key), object_headers(artifact) | _proof(artifact, checksums=checksums)
    with sending(body, progress, md5) as source:
        answer: Any = bucket.direct.put(place["Key"], source, headers=_plain_headers(headers))
        if answer is not None:
            etag, answered = answer["ETag"], answer.get(_HTTP_NAMES["ChecksumSHA256"])
        else:
            if not isinstance(source, bytes):
                source.seek(0)
            done = bucket.client.put_object(Body=source, ContentLength=size, **place, **headers)
            etag, answered = done["ETag"], done.get("ChecksumSHA256")
    etag = etag.strip('"')
    if answered not in (None, checksum):
        raise StoreError(f"{artifact.key}: the store holds other bytes than were sent; publish again")
    proven = answered is not None if md5 is None else etag == md5.hexdigest()
    return etag if proven else None


def _proof(artifact: Artifact, *, checksums: bool) -> Any:
    """Return the checksum of a whole object as boto3 names it."""
    return {"ChecksumSHA256": encode_digest(bytes.fromhex(artifact.sha256))} if checksums else {}


def _put_parts(
    bucket: Bucket, artifact: Artifact, body: Body, *, checksums: bool, progress: Advance | None
) -> str | None:
    """Send equal parts, with `checksums` each with a CRC-32 that the store verifies; given up whole where one fails.

    The parts are hashed together as they are read, since no store verifies a SHA-256 of all of them.
    Return the version, or None where the store does not say what it holds.
    """
    size = max(PART, -(-artifact.size // MOST_PARTS))
    whole = hashlib.sha256()
    taken: list[bytes] = []
    done: list[CompletedPartTypeDef] = []
    with begun_upload(bucket, artifact, checksums=checksums) as place:
        for number, start in enumerate(range(0, artifact.size, size), 1):
            part = slice_body(body, start, min(size, artifact.size - start))
            taken.append(load_crc32(part, whole))
            checksum = taken[-1] if checksums else None
            done.append(put_part(bucket, place, number, part, checksum=checksum, progress=progress))
        check_unchanged(artifact, whole.hexdigest())
        stored = bucket.client.complete_multipart_upload(MultipartUpload={"Parts": done}, **place)
    composite = f"{encode_digest(zlib.crc32(b''.join(taken)).to_bytes(4, 'big'))}-{len(done)}"
    return stored["ETag"].strip('"') if checksums and stored.get("ChecksumCRC32") == composite else None


# Parts
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html


@contextlib.contextmanager
def begun_upload(bucket: Bucket, artifact: Artifact, *, checksums: bool) -> Iterator[Any]:
    """Begin an upload, and give it up where anything fails before it is completed.

    Yield what every request about it names: bucket, key and the store's identifier. checksums: whether its parts are
    sent with their CRC-32.
    """
    place, proof = bucket.at(artifact.key), _PARTS_PROOF if checksums else {}
    begun: Any = bucket.client.create_multipart_upload(**place, **proof, **object_headers(artifact))
    place["UploadId"] = begun["UploadId"]
    try:
        yield place
    except BaseException:
        # What failed is worth more than that giving up failed as well; the bucket's lifecycle removes the parts.
        with contextlib.suppress(ClientError, BotoCoreError, StoreError), giving_back():
            bucket.client.abort_multipart_upload(**place)
        raise


def put_part(
    bucket: Bucket, place: Any, number: int, part: Body, *, checksum: bytes | None, progress: Advance | None
) -> CompletedPartTypeDef:
    """Send a part with its CRC-32, which the store verifies, or without any."""
    proof: Any = {"ChecksumCRC32": encode_digest(checksum)} if checksum else {}
    with sending(part, progress) as source:
        sent = bucket.client.upload_part(
            PartNumber=number, Body=source, ContentLength=body_size(part), **proof, **place
        )
    done: CompletedPartTypeDef = {"PartNumber": number, "ETag": sent["ETag"]}
    if checksum:
        done["ChecksumCRC32"] = proof["ChecksumCRC32"]
    return done


# Conditions


def write_if(bucket: Bucket, artifact: Artifact, data: bytes, *, expected: str | None, can: Capabilities) -> str:
    """Write by a conditional PUT: `If-Match` with the bare version, or `If-None-Match: *`.

    Ceph compares the version without quotes, RFC 9110 wants them (section 13.1.1): where the bare one fails
    although it is the present one, it is tried quoted.
    """
    try:
        return _put_if(bucket, artifact, data, {"IfMatch": expected} if expected else {"IfNoneMatch": "*"}, can=can)
    except ConflictError:
        present = observe(bucket, artifact.key) if expected else None
        if present is None or present.etag != expected:
            raise
        return _put_if(bucket, artifact, data, {"IfMatch": f'"{expected}"'}, can=can)


def write_and_look(
    bucket: Bucket,
    artifact: Artifact,
    data: bytes,
    *,
    expected: str | None,
    can: Capabilities,
    pause: Callable[[float], None] | None,
) -> str:
    """Write without conditions: compare, write, wait for others to do the same (None: there are none), look again.

    Whoever writes before us in that time finds our bytes in place of its own, and gives way.
    """
    present = observe(bucket, artifact.key)
    if (present.etag if present else None) != expected:
        raise conflict(artifact.key)
    with wrapped(artifact.key):
        put_whole(bucket, artifact, (data,), checksums=can.checksums, progress=None)
    if pause is not None:
        pause(SETTLING)
    written = read(bucket, artifact.key)
    if written is None or written.data is None or hashlib.sha256(written.data).hexdigest() != artifact.sha256:
        raise conflict(artifact.key)
    return written.etag


def _put_if(bucket: Bucket, artifact: Artifact, data: bytes, condition: Any, *, can: Capabilities) -> str:
    with wrapped(artifact.key):
        try:
            done = bucket.client.put_object(
                Body=data,
                **_proof(artifact, checksums=can.checksums),
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
    """Return headers that boto3 names as HTTP has them."""
    metadata = {f"x-amz-meta-{name}": value for name, value in headers["Metadata"].items()}
    named = {_HTTP_NAMES[name]: value for name, value in headers.items() if name in _HTTP_NAMES}
    return named | metadata


_HTTP_NAMES = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
    "ChecksumSHA256": "x-amz-checksum-sha256",
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
