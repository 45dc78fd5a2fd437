"""An object of a bucket made of another one: copied inside it, or composed of new bytes and the rest of the other.

Composing is a multipart upload. The first part is sent; the others are copied, each only from the version that is
meant. What may be wrong is found before anybody can read it:

- Where the recording is here and the store answers each copy with a checksum, these are compared with our own. Then
  the parts are joined, only in place of the version that is meant.
- Otherwise they are joined under a private key. Size, seam and ends of what came out are compared with what they were
  made of, the source is looked at once more, for stores that ignore conditions, and one copy puts it in its place.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from podwright.core.artifact import Artifact, Splice, body_size, bytes_artifact, open_body, slice_body
from podwright.core.errors import ComposeError, MovedError, StoreError
from podwright.stores.capabilities import Capabilities
from podwright.stores.contract import Advance, Stored, check_key
from podwright.stores.s3.bucket import CONCURRENCY, Bucket, encode_digest
from podwright.stores.s3.errors import code_of, is_absent, status_of, wrapped
from podwright.stores.s3.objects import check_same, delete, observe, observe_same, read, read_range
from podwright.stores.s3.put import begun_upload, check_unchanged, load_crc32, object_headers, put, put_part

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: The most that a store that cannot copy has sent to it again, in bytes.
MOST_CARRIED = 64 << 20
#: Where what cannot be proven part by part is joined and looked at; what a killed run left there the next one replaces.
ASIDE = "private/podwright/composed/"
#: The most that a store copies in one request, in bytes
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).
MOST_COPIED = 5 << 30
#: So many bytes are compared on each side of the seam, and at the ends.
_LOOK = 1 << 16


def copy(bucket: Bucket, source: str, artifact: Artifact, *, can: Capabilities) -> Stored:
    """Copy inside the bucket, with the headers of the new object; through this machine where there is none."""
    if can.copy:
        return copy_inside(bucket, source, artifact, origin=bucket.origin)
    return _carry(bucket, source, artifact, can=can)


def copy_inside(bucket: Bucket, source: str, artifact: Artifact, *, origin: Bucket) -> Stored:
    """Copy by one request, between two that look at what is copied and at what came of it."""
    check_same(artifact, observe(origin, source), name=source)
    with wrapped(artifact.key):
        place, headers = bucket.at(artifact.key), object_headers(artifact)
        bucket.client.copy_object(**place, CopySource=origin.at(source), MetadataDirective="REPLACE", **headers)
    return observe_same(bucket, artifact)


def _carry(bucket: Bucket, source: str, artifact: Artifact, *, can: Capabilities) -> Stored:
    """Read an object and send it again. Raises StoreError where it is too large for that."""
    if artifact.size > MOST_CARRIED:
        raise StoreError(f"{source}: is too large for a store that cannot copy; publish from where its source is")
    found = read(bucket.origin, source)
    if found is None or found.data is None:
        raise StoreError(f"{source}: the store lost it; publish from where its source is")
    if hashlib.sha256(found.data).hexdigest() != artifact.sha256:
        raise StoreError(f"{source}: the store holds other bytes than were published; publish again")
    return put(bucket, replace(artifact, body=(found.data,)), can=can)


def keep(bucket: Bucket, source: str, key: str, *, etag: str, can: Capabilities) -> bool:
    """Copy inside the bucket on condition of the version, by one request; without conditions look at it first."""
    with wrapped(key):
        if can.copy and can.copy_conditions:
            return _copy_version(bucket, source, key, condition={"CopySourceIfMatch": etag})
        present = observe(bucket.origin, source)
        if present is None or present.etag != etag:
            return False
        if can.copy:
            return _copy_version(bucket, source, key, condition={})
    found = read(bucket.origin, source)
    if found is None or found.data is None or found.etag != etag:
        return False
    media_type, caching = present.media_type or "application/octet-stream", present.cache_control or "private, no-store"
    put(bucket, bytes_artifact(key, found.data, media_type=media_type, cache_control=caching, side="private"), can=can)
    return True


def _copy_version(bucket: Bucket, source: str, key: str, *, condition: Any) -> bool:
    """Return whether an object was copied, with its headers."""
    place, origin = bucket.at(key), bucket.origin.at(source)
    try:
        bucket.client.copy_object(**place, CopySource=origin, MetadataDirective="COPY", **condition)
    except ClientError as error:
        if status_of(error) == 412 or is_absent(error):
            return False
        raise
    return True


# Composing


class _UnprovenError(Exception):
    """The store does not say what it copied."""


@dataclass(frozen=True, slots=True)
class Range:
    """A part that is copied: its number, and its first and last byte in the source."""

    number: int
    first: int
    last: int


def compose(
    bucket: Bucket, artifact: Artifact, splice: Splice, *, can: Capabilities, progress: Advance | None = None
) -> Stored:
    """Store an artifact from a splice, as `Store.compose` says."""
    with wrapped(artifact.key):
        _check_possible(bucket, artifact, splice, can=can)
        head, checksums = _load_head(bucket, artifact, splice), _load_checksums(artifact, splice)
        if checksums is not None and can.checksums:
            with contextlib.suppress(_UnprovenError):
                _join(bucket, artifact, splice, head=head, checksums=checksums, can=can, progress=progress)
                return observe_same(bucket, artifact)
        return _compose_aside(bucket, artifact, splice, head=head, can=can, progress=progress)


def _check_possible(bucket: Bucket, artifact: Artifact, splice: Splice, *, can: Capabilities) -> None:
    for key in (artifact.key, splice.key):
        check_key(key)
    if splice.total <= splice.part:
        raise ComposeError(f"{artifact.key}: is too small to be made of parts")
    if artifact.size != splice.total:
        raise ComposeError(f"{artifact.key}: {splice.key} has not the rest of its bytes")
    if not can.copy_ranges:
        raise ComposeError(f"{artifact.key}: the store joins no ranges of what it has")
    _check_version(bucket, splice)


def _compose_aside(
    bucket: Bucket, artifact: Artifact, splice: Splice, *, head: bytes, can: Capabilities, progress: Advance | None
) -> Stored:
    if not can.copy or artifact.size > MOST_COPIED:
        raise ComposeError(f"{artifact.key}: the store cannot copy it as a whole")
    name = hashlib.sha256(f"{artifact.key} {artifact.sha256}".encode()).hexdigest()[:24]
    aside = replace(artifact, key=ASIDE + name, cache_control="private, no-store")
    try:
        _join(bucket, aside, splice, head=head, checksums=None, can=can, progress=progress)
        _check_joined(bucket, aside, splice, head=head)
        _check_version(bucket, splice)
        return copy_inside(bucket, aside.key, artifact, origin=bucket)
    finally:
        with contextlib.suppress(StoreError):
            delete(bucket, [aside.key])


def _join(
    bucket: Bucket,
    artifact: Artifact,
    splice: Splice,
    *,
    head: bytes,
    checksums: tuple[str, ...] | None,
    can: Capabilities,
    progress: Advance | None,
) -> None:
    """Join the parts of a splice to an artifact. What is sent goes last, when all else has proved possible."""
    with _answered(artifact, splice), begun_upload(bucket, artifact, checksums=can.checksums) as place:
        copied = _copy_parts(bucket, place, splice, checksums=checksums, can=can)
        checksum = load_crc32((head,), hashlib.sha256()) if can.checksums else None
        sent = put_part(bucket, place, 1, (head,), checksum=checksum, progress=progress)
        _check_version(bucket, splice)
        _complete(bucket, place, artifact, splice, parts=[sent, *copied])


def _complete(
    bucket: Bucket, place: Any, artifact: Artifact, splice: Splice, *, parts: list[CompletedPartTypeDef]
) -> None:
    in_place = artifact.key == splice.key and bucket.origin is bucket
    try:
        complete(bucket, place, parts, replaced=splice.etag if in_place else None)
    except ClientError:
        # It may be done all the same, where an answer was lost and botocore asked again.
        found = observe(bucket, artifact.key)
        if found is None or (found.size, found.sha256) != (artifact.size, artifact.sha256):
            raise


def complete(bucket: Bucket, place: Any, parts: list[CompletedPartTypeDef], *, replaced: str | None) -> None:
    """Join parts to an object. replaced: the version in whose place alone it may come."""
    condition: Any = {"IfMatch": replaced} if replaced else {}
    bucket.client.complete_multipart_upload(MultipartUpload={"Parts": parts}, **place, **condition)


@contextlib.contextmanager
def _answered(artifact: Artifact, splice: Splice) -> Iterator[None]:
    """Tell what the store refuses: a version that is no longer there, or all of it."""
    try:
        yield
    except ClientError as error:
        if status_of(error) in (409, 412) or code_of(error) == "NoSuchKey":
            raise MovedError(splice.key) from error
        raise ComposeError(f"{artifact.key}: the store copies no parts ({code_of(error)})") from error


# Parts


def _ranges(splice: Splice) -> Iterator[Range]:
    shift = splice.start - body_size(splice.front)
    for number, begin in enumerate(range(splice.part, splice.total, splice.part), 2):
        end = min(begin + splice.part, splice.total)
        yield Range(number, begin + shift, end + shift - 1)


def _copy_parts(
    bucket: Bucket, place: Any, splice: Splice, *, checksums: tuple[str, ...] | None, can: Capabilities
) -> list[CompletedPartTypeDef]:
    """Copy all parts but the first; one of them alone at the beginning, since it tells whether there is any sense."""

    def copy(part: Range) -> CompletedPartTypeDef:
        with bucket.copying:
            done = copy_part(bucket, place, splice.key, part, etag=splice.etag, conditions=can.copy_conditions)
        if checksums is not None:
            _check_part(splice.key, done, checksum=checksums[part.number - 2])
        return done

    first, *others = _ranges(splice)
    done = [copy(first)]
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        try:
            return [*done, *pool.map(copy, others)]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def copy_part(
    bucket: Bucket, place: Any, source: str, part: Range, *, etag: str, conditions: bool
) -> CompletedPartTypeDef:
    """Copy a range of an object as a part of another one; with `conditions` only from the version `etag`."""
    condition: Any = {"CopySourceIfMatch": etag} if conditions else {}
    answer: Any = bucket.client.upload_part_copy(
        PartNumber=part.number,
        CopySource=bucket.origin.at(source),
        CopySourceRange=f"bytes={part.first}-{part.last}",
        **condition,
        **place,
    )
    # A store that does not know of copies has taken it for a part without content.
    said = answer.get("CopyPartResult", {})
    if "ETag" not in said:
        raise ComposeError(f"{source}: the store copies no parts")
    done: CompletedPartTypeDef = {"PartNumber": part.number, "ETag": said["ETag"]}
    held = said.get("ChecksumCRC32")
    return done | {"ChecksumCRC32": held} if held else done


def _check_part(source: str, done: CompletedPartTypeDef, *, checksum: str) -> None:
    """Compare what the store says of a part with the recording's own checksum."""
    held = done.get("ChecksumCRC32")
    if held is None:
        raise _UnprovenError
    if held != checksum:
        raise ComposeError(f"{source}: the store copied other bytes than were published")


def _load_head(bucket: Bucket, artifact: Artifact, splice: Splice) -> bytes:
    """Return the first part: the new bytes and, from the recording or else from the store, what fills it up."""
    if artifact.body is not None:
        with open_body(slice_body(artifact.body, 0, splice.part)) as reader:
            return reader.read()
    with open_body(splice.front) as reader:
        front = reader.read()
    return front + read_range(bucket.origin, splice.key, start=splice.start, length=splice.part - len(front))


# Proof


def _load_checksums(artifact: Artifact, splice: Splice) -> tuple[str, ...] | None:
    """Return the CRC-32 of each part that is copied, in Base64, from the recording; None where that is not here.

    Raises StoreError where the recording is no longer what was planned.
    """
    if artifact.body is None:
        return None
    whole = hashlib.sha256()
    starts = range(0, artifact.size, splice.part)
    parts = (slice_body(artifact.body, at, min(splice.part, artifact.size - at)) for at in starts)
    _, *found = (encode_digest(load_crc32(part, whole)) for part in parts)
    check_unchanged(artifact, whole.hexdigest())
    return tuple(found)


def _check_version(bucket: Bucket, splice: Splice) -> None:
    found = observe(bucket.origin, splice.key)
    if found is None or found.etag != splice.etag:
        raise MovedError(splice.key)


def _check_joined(bucket: Bucket, aside: Artifact, splice: Splice, *, head: bytes) -> None:
    """Compare what was joined with what it was made of. Raises ComposeError where they differ."""
    found = observe(bucket, aside.key)
    if found is None or found.size != splice.total:
        raise ComposeError(f"{splice.key}: the store joined {found.size if found else 'no'} bytes, not {splice.total}")
    seam, length = splice.part, min(_LOOK, splice.total - splice.part)
    behind = read_range(bucket.origin, splice.key, start=seam + splice.start - body_size(splice.front), length=length)
    end = read_range(bucket.origin, splice.key, start=splice.size - length, length=length)
    looked = (
        (0, head[:_LOOK]),
        (seam - _LOOK, head[-_LOOK:] + behind),
        (splice.total - length, end),
    )
    for start, wanted in looked:
        if read_range(bucket, aside.key, start=start, length=len(wanted)) != wanted:
            raise ComposeError(f"{splice.key}: the store joined other bytes than were published, from byte {start} on")
