"""A store in an S3-compatible bucket, by boto3.

What stores disagree on is avoided: no aws-chunked trailers, which many reject; one explicit SHA-256 that the store
verifies; equal parts in multipart uploads, which R2 asks for; versions compared without quotes, as Ceph wants them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote

from pipeline.artifact import CHUNK, Artifact, Body, FileSlice, Segment, body_size, open_body
from pipeline.errors import ConflictError, StoreError
from pipeline.model import Storage
from pipeline.stores import Advance, Read, Stored

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: From this size on an object is sent in parts, so that a lost connection costs one part.
MULTIPART_FROM = 64 << 20
#: Parts are equal but for the last, and there are at most 10,000 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
PART = 16 << 20
MOST_PARTS = 10_000


class S3Store:
    """Objects below a prefix of a bucket."""

    concurrency = 4

    def __init__(self, storage: Storage) -> None:
        bucket, _, prefix = storage.url.removeprefix("s3://").partition("/")
        self._bucket = bucket
        self._prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        self._storage = storage
        self.url = storage.url

    @cached_property
    def _client(self) -> S3Client:
        import boto3
        from botocore.config import Config

        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=self.concurrency * 2,
            s3={
                "payload_signing_enabled": False,
                "addressing_style": "path" if self._storage.endpoint_url else "auto",
            },
        )
        with _wrapped(self.url):
            return boto3.client(
                "s3", endpoint_url=self._storage.endpoint_url, region_name=self._storage.region, config=config
            )

    def observe(self, key: str) -> Stored | None:
        """A HEAD request."""
        with _wrapped(key):
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
            except self._client.exceptions.ClientError as error:
                if _status(error) == 404:
                    return None
                raise
        return Stored(key, found["ContentLength"], found["ETag"].strip('"'), found["Metadata"].get("sha256"))

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """A listing, a thousand objects a request."""
        with _wrapped(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    yield Stored(key, found["Size"], found["ETag"].strip('"'), None)

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """A GET request, conditional where a version is known (RFC 9110 section 13.1.2)."""
        condition: Any = {"IfNoneMatch": f'"{unless}"'} if unless else {}
        with _wrapped(key):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **condition)
                return Read(found["Body"].read(), found["ETag"].strip('"'))
            except self._client.exceptions.ClientError as error:
                if _status(error) == 304 and unless:
                    return Read(None, unless)
                if _status(error) == 404 and _code(error) != "NoSuchBucket":
                    return None
                raise

    def put(self, artifact: Artifact, *, progress: Advance) -> Stored:
        """One PUT, or parts; then a HEAD that shows size and digest of what arrived."""
        if artifact.body is None:
            raise StoreError(f"{artifact.key}: nothing to store")
        with _wrapped(artifact.key):
            if artifact.size < MULTIPART_FROM:
                self._put_whole(artifact, artifact.body)
                progress(artifact.size)
            else:
                self._put_parts(artifact, artifact.body, progress=progress)
        return self._verified(artifact)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """A copy inside the bucket, with the headers of the new object."""
        with _wrapped(artifact.key):
            self._client.copy_object(
                Bucket=self._bucket,
                Key=self._prefix + artifact.key,
                CopySource={"Bucket": self._bucket, "Key": self._prefix + source},
                MetadataDirective="REPLACE",
                **_headers(artifact),
            )
        return self._verified(artifact)

    def write(self, key: str, data: bytes, *, media_type: str, cache_control: str, expected: str | None) -> str:
        """A conditional PUT: `If-Match` with the bare version, or `If-None-Match: *`."""
        condition: Any = {"IfMatch": expected} if expected else {"IfNoneMatch": "*"}
        digest = hashlib.sha256(data)
        with _wrapped(key):
            try:
                done = self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._prefix + key,
                    Body=data,
                    ContentType=media_type,
                    CacheControl=cache_control,
                    ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
                    Metadata={"sha256": digest.hexdigest()},
                    **condition,
                )
            except self._client.exceptions.ClientError as error:
                if _status(error) in (409, 412) or (_status(error) == 404 and expected):
                    raise ConflictError(f"{key}: another publish was faster; look again and publish again") from error
                raise
        return done["ETag"].strip('"')

    def delete(self, keys: Iterable[str]) -> None:
        """One request an object: the bulk request wants an MD5 that not every client and store agree on."""
        for key in keys:
            with _wrapped(key):
                self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def _put_whole(self, artifact: Artifact, body: Body) -> None:
        with open_body(body) as reader:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + artifact.key,
                Body=cast("IO[bytes]", reader),
                ContentLength=artifact.size,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(artifact.sha256)).decode(),
                **_headers(artifact),
            )

    def _put_parts(self, artifact: Artifact, body: Body, *, progress: Advance) -> None:
        """Equal parts, each with a CRC-32 that the store verifies; given up whole where one fails.

        The parts are hashed together as they are read, since no store verifies a SHA-256 of all of them.
        """
        place: Any = {"Bucket": self._bucket, "Key": self._prefix + artifact.key}
        upload = self._client.create_multipart_upload(ChecksumAlgorithm="CRC32", **_headers(artifact), **place)
        place["UploadId"] = upload["UploadId"]
        size = max(PART, -(-artifact.size // MOST_PARTS))
        whole = hashlib.sha256()
        done: list[CompletedPartTypeDef] = []
        try:
            for number, start in enumerate(range(0, artifact.size, size), 1):
                part = slice_body(body, start, min(size, artifact.size - start))
                checksum = _load_crc32(part, whole)
                with open_body(part) as reader:
                    sent = self._client.upload_part(
                        PartNumber=number,
                        Body=cast("IO[bytes]", reader),
                        ContentLength=len(reader),
                        ChecksumCRC32=checksum,
                        **place,
                    )
                done.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumCRC32": checksum})
                progress(body_size(part))
            _check_unchanged(artifact, whole.hexdigest())
            self._client.complete_multipart_upload(MultipartUpload={"Parts": done}, **place)
        except BaseException:
            self._client.abort_multipart_upload(**place)
            raise

    def _verified(self, artifact: Artifact) -> Stored:
        """What arrived, compared with what was sent. Raises StoreError where they differ."""
        found = self.observe(artifact.key)
        if found is None or found.size != artifact.size or found.sha256 not in (None, artifact.sha256):
            raise StoreError(f"{artifact.key}: the store does not hold what was sent; publish again")
        return found


def _check_unchanged(artifact: Artifact, sha256: str) -> None:
    if sha256 != artifact.sha256:
        raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")


def slice_body(body: Body, start: int, length: int) -> Body:
    """length bytes of a body from start on, as a body."""
    pieces: list[Segment] = []
    for segment in body:
        size = len(segment) if isinstance(segment, bytes) else segment.length
        first, last = max(0, start), min(size, start + length)
        if first < last:
            if isinstance(segment, bytes):
                pieces.append(segment[first:last])
            else:
                pieces.append(FileSlice(segment.path, segment.offset + first, last - first))
        start -= size
    return tuple(pieces)


def _load_crc32(body: Body, whole: hashlib._Hash) -> str:
    """CRC-32 of a part in base64, while the digest of the whole goes on."""
    checksum = 0
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            checksum = zlib.crc32(buffer[:count], checksum)
            whole.update(buffer[:count])
    return base64.b64encode(checksum.to_bytes(4, "big")).decode()


def _headers(artifact: Artifact) -> Any:
    headers = {
        "ContentType": artifact.media_type,
        "CacheControl": artifact.cache_control,
        "Metadata": {"sha256": artifact.sha256},
    }
    if artifact.filename:
        headers["ContentDisposition"] = content_disposition(artifact.filename)
    return headers


def content_disposition(filename: str) -> str:
    """An attachment's name in ASCII and, for readers that know it, in full (RFC 6266 section 5, appendix D).

    https://www.rfc-editor.org/rfc/rfc6266
    """
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


@contextlib.contextmanager
def _wrapped(what: str) -> Iterator[None]:
    """Tell what boto3 raises in words that say what to do; no secret is ever part of them."""
    from botocore import exceptions as boto

    try:
        yield
    except boto.ClientError as error:
        raise StoreError(f"{what}: {_client_error(error)}") from error
    except (boto.NoCredentialsError, boto.PartialCredentialsError) as error:
        raise StoreError(
            f"{what}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        ) from error
    except boto.NoRegionError as error:
        raise StoreError(f"{what}: no region; set region in podwright.toml or PODWRIGHT_REGION") from error
    except (boto.HTTPClientError, boto.BotoCoreError) as error:
        raise StoreError(f"{what}: the store cannot be reached ({type(error).__name__}); check endpoint_url") from error
    except OSError as error:
        raise StoreError(f"{what}: {error}; publish again") from error


def _client_error(error: ClientError) -> str:
    code, status = _code(error), _status(error)
    if code == "NoSuchBucket":
        return "there is no such bucket; make it, or set storage.url"
    if status == 403:
        return f"the store refuses these credentials ({code}); check the key, its secret and the bucket's policy"
    return f"the store answered {status} {code}; try again, or ask its operator"


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "?"))
