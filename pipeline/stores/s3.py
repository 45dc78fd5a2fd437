"""A store in an S3-compatible bucket, by boto3.

What stores disagree on is avoided: no aws-chunked trailers, which many reject; one explicit SHA-256 that the store
verifies; equal parts in multipart uploads, which R2 asks for; versions compared without quotes, as Ceph wants them.

An object has arrived where the store answers with the checksum that we sent. A store that does not answer so may not
have looked at it: then its size and our own SHA-256 in its metadata are compared, and the source is looked at once
more (its stamp, or all its bytes), so that a file that changed under way is not taken for the one that was planned.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
from botocore import exceptions as boto
from botocore.config import Config

from pipeline import __version__
from pipeline.artifact import (
    CHUNK,
    MOST_PARTS,
    Artifact,
    Body,
    BodyReader,
    Splice,
    body_size,
    bytes_artifact,
    is_stamped,
    load_sha256,
    open_body,
    slice_body,
)
from pipeline.errors import ConflictError, StoreError
from pipeline.model import Storage
from pipeline.stores import CORS, Advance, CorsRule, Read, Stored, Upload, check_key
from pipeline.stores.capabilities import ALL, Capabilities

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CORSRuleOutputTypeDef

#: From this size on an object is sent in parts, so that a lost connection costs one part. In bytes.
MULTIPART_FROM = 64 << 20
#: Parts of an upload, in bytes; equal but for the last.
PART = 16 << 20
#: How often a request is made before it is given up; the waits between grow to 8 s.
ATTEMPTS = 5
#: How long one waits for the next byte of an answer, in seconds.
SILENCE = 60.0
#: What a store that cannot copy has sent to it again, at most, in bytes.
MOST_CARRIED = 64 << 20
#: How long one waits for others where a store keeps no conditions, in seconds.
SETTLING = 2.0


class S3Store:
    """Objects below a prefix of a bucket."""

    concurrency = 4

    def __init__(self, storage: Storage, *, pause: Callable[[float], None] = time.sleep) -> None:
        bucket, _, prefix = storage.url.removeprefix("s3://").partition("/")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._storage = storage
        self._can = ALL
        self._pause = pause
        self._opening = threading.Lock()
        self._opened: S3Client | None = None
        #: Copies of parts at the same time, of all objects together.
        self.copying = threading.BoundedSemaphore(self.concurrency)
        self.url = storage.url

    @property
    def _client(self) -> S3Client:
        """The one client of this store; its making is not thread-safe, its use is."""
        with self._opening:
            if self._opened is None:
                self._opened = _open_client(self._storage, connections=2 * self.concurrency)
            return self._opened

    def _at(self, key: str) -> Any:
        return {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}

    def observe(self, key: str) -> Stored | None:
        """A HEAD request."""
        with _wrapped(key):
            try:
                found = self._client.head_object(**self._at(key))
            except boto.ClientError as error:
                if _status(error) == 404:
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

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        """A listing, a thousand objects a request."""
        with _wrapped(prefix or self.url):
            listing = self._client.get_paginator("list_objects_v2")
            for page in listing.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    yield Stored(key, found["Size"], found["ETag"].strip('"'), None, found.get("LastModified"))

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        """A GET request, conditional where a version is known (RFC 9110 section 13.1.2)."""
        condition: Any = {"IfNoneMatch": f'"{unless}"'} if unless else {}
        with _wrapped(key):
            try:
                found = self._client.get_object(**self._at(key), **condition)
                return Read(found["Body"].read(), found["ETag"].strip('"'))
            except boto.ClientError as error:
                if _status(error) == 304 and unless:
                    return Read(None, unless)
                if _status(error) == 404 and _code(error) != "NoSuchBucket":
                    return None
                raise

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        """A GET request for a range (RFC 9110 section 14.1.2)."""
        if length == 0:
            return b""
        with _wrapped(key):
            found = self._client.get_object(**self._at(key), Range=f"bytes={start}-{start + length - 1}")
            data = found["Body"].read()
        if len(data) != length:
            raise StoreError(f"{key}: it ends before byte {start + length}; publish it again")
        return data

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        """One PUT, or parts; one request more where the store does not say what it holds."""
        body = artifact.body
        if body is None:
            raise StoreError(f"{artifact.key}: nothing to store; publish from where its source is")
        with _wrapped(artifact.key):
            _check_readable(body)
            in_parts = artifact.size >= MULTIPART_FROM and self._can.multipart
            send = self._put_parts if in_parts else self._put_whole
            etag = send(artifact, body, progress=progress)
            if etag is None:
                _check_source(artifact, body)
                return self._verified(artifact)
        return Stored(artifact.key, artifact.size, etag, artifact.sha256)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        """A copy inside the bucket, with the headers of the new object; through this machine where there is none."""
        return self._copy_inside(source, artifact) if self._can.copy else self._copy_through(source, artifact)

    def _copy_inside(self, source: str, artifact: Artifact) -> Stored:
        _check_same(artifact, self.observe(source), name=source)
        with _wrapped(artifact.key):
            place, origin = self._at(artifact.key), self._at(source)
            self._client.copy_object(**place, CopySource=origin, MetadataDirective="REPLACE", **_headers(artifact))
        return self._verified(artifact)

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        """One request: a copy inside the bucket on condition of the version."""
        with _wrapped(key):
            place, origin = self._at(key), self._at(source)
            try:
                self._client.copy_object(**place, CopySource=origin, CopySourceIfMatch=etag, MetadataDirective="COPY")
            except boto.ClientError as error:
                if _status(error) == 412 or (_status(error) == 404 and _code(error) != "NoSuchBucket"):
                    return False
                raise
        return True

    def _copy_through(self, source: str, artifact: Artifact) -> Stored:
        """Read an object and send it again. Raises StoreError where it is too large for that."""
        if artifact.size > MOST_CARRIED:
            raise StoreError(f"{source}: is too large for a store that cannot copy; publish from where its source is")
        read = self.read(source)
        if read is None or read.data is None:
            raise StoreError(f"{source}: the store lost it; publish from where its source is")
        if hashlib.sha256(read.data).hexdigest() != artifact.sha256:
            raise StoreError(f"{source}: the store holds other bytes than were published; publish again")
        return self.put(replace(artifact, body=(read.data,)))

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        """A multipart upload whose first part is sent and whose others are copied."""
        from pipeline.stores.s3_compose import compose

        with _wrapped(artifact.key):
            return compose(self, artifact, splice, progress=progress)

    def write(self, key: str, data: bytes, *, media_type: str, cache_control: str, expected: str | None) -> str:
        """A conditional PUT: `If-Match` with the bare version, or `If-None-Match: *`.

        Ceph compares the version without quotes, RFC 9110 wants them (section 13.1.1): where the bare one fails
        although it is the present one, it is tried quoted.
        """
        made = bytes_artifact(key, data, media_type=media_type, cache_control=cache_control, access="private")
        if not self._can.conditional_writes:
            return self._write_and_look(made, expected=expected)
        try:
            return self._write_if(
                key, data, made, condition={"IfMatch": expected} if expected else {"IfNoneMatch": "*"}
            )
        except ConflictError:
            found = self.observe(key) if expected else None
            if found is None or found.etag != expected:
                raise
            return self._write_if(key, data, made, condition={"IfMatch": f'"{expected}"'})

    def _write_and_look(self, made: Artifact, *, expected: str | None) -> str:
        """What can be done without conditions: compare first, write, wait for others to do the same, look again."""
        conflict = ConflictError(f"{made.key}: another publish was faster; look again and publish again")
        present = self.observe(made.key)
        if (present.etag if present else None) != expected:
            raise conflict
        with _wrapped(made.key):
            self._put_whole(made, made.body or (), progress=None)
        self._pause(SETTLING)
        found = self.read(made.key)
        if found is None or found.data is None or hashlib.sha256(found.data).hexdigest() != made.sha256:
            raise conflict
        return found.etag

    def _write_if(self, key: str, data: bytes, made: Artifact, *, condition: Any) -> str:
        expected = condition.get("IfMatch")
        with _wrapped(key):
            try:
                done = self._client.put_object(
                    Body=data,
                    ChecksumSHA256=_base64(bytes.fromhex(made.sha256)),
                    **_headers(made),
                    **self._at(key),
                    **condition,
                )
            except boto.ClientError as error:
                if not _is_conflict(error, expected):
                    raise
                etag = self._won_unheard(key, data, error)
                if etag is None:
                    raise ConflictError(f"{key}: another publish was faster; look again and publish again") from error
                return etag
        return done["ETag"].strip('"')

    def delete(self, keys: Iterable[str]) -> None:
        """One request an object: the bulk request wants an MD5 that not every client and store agree on."""
        for key in keys:
            with _wrapped(key):
                try:
                    self._client.delete_object(**self._at(key))
                except boto.ClientError as error:
                    if _code(error) != "NoSuchKey":
                        raise

    def presign(self, key: str, *, life: timedelta) -> str | None:
        """A GET request signed beforehand (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html)."""
        with _wrapped(key):
            seconds = int(life.total_seconds())
            return str(self._client.generate_presigned_url("get_object", Params=self._at(key), ExpiresIn=seconds))

    def observe_uploads(self) -> Iterator[Upload]:
        """A listing; it needs the right s3:ListBucketMultipartUploads."""
        with _wrapped(f"{self.url}: listing unfinished uploads (s3:ListBucketMultipartUploads)"):
            listing = self._client.get_paginator("list_multipart_uploads")
            try:
                for page in listing.paginate(Bucket=self._bucket, Prefix=self._prefix):
                    for found in page.get("Uploads", ()):
                        key = found["Key"].removeprefix(self._prefix)
                        yield Upload(key, found["UploadId"], found["Initiated"])
            except boto.ClientError as error:
                if not _is_unknown(error):
                    raise

    def abort_upload(self, upload: Upload) -> None:
        """One request; it needs the right s3:AbortMultipartUpload."""
        with _wrapped(upload.key):
            try:
                self._client.abort_multipart_upload(UploadId=upload.identifier, **self._at(upload.key))
            except boto.ClientError as error:
                if _code(error) != "NoSuchUpload":
                    raise

    def observe_capabilities(self) -> Capabilities:
        """By about fifty requests and 5 MiB; see `s3_capabilities`."""
        from pipeline.stores.s3_capabilities import observe_capabilities

        return observe_capabilities(self)

    def adapted(self, capabilities: Capabilities) -> S3Store:
        """Its own view of the same bucket, by the same client."""
        view = S3Store(self._storage, pause=self._pause)
        view._opened = self._client
        view._can = capabilities
        return view

    def observe_time(self) -> datetime | None:
        """The date of an answer (RFC 9110 section 6.6.1), whatever else it says."""
        with _wrapped(self.url):
            try:
                answer: Any = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
            except boto.ClientError as error:
                answer = error.response
        said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        try:
            found = parsedate_to_datetime(said) if said else None
        except (ValueError, TypeError, LookupError, ArithmeticError):
            return None
        return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)

    def observe_cors(self) -> tuple[CorsRule, ...] | None:
        """One request; it needs the right s3:GetBucketCORS."""
        rules = self._cors_rules()
        return None if rules is None else tuple(_parse_cors(rule) for rule in rules)

    def apply_cors(self) -> bool:
        """Write all rules of the bucket anew, which is the only way there is: as they were a moment ago, and ours.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
        """
        rules = self._cors_rules()
        if rules is None:
            raise StoreError(f"{self.url}: {_NO_CORS}")
        # The first rule that fits a request is the one that counts, so ours never comes before somebody else's.
        if any(_is_ours(rule) for rule in rules):
            return False
        wanted: list[Any] = [rule for rule in rules if rule.get("ID") != CORS.name]
        with _wrapped(f"{self.url}: writing its cross-origin rules (s3:PutBucketCORS)"):
            try:
                self._client.put_bucket_cors(
                    Bucket=self._bucket, CORSConfiguration={"CORSRules": [*wanted, _render_cors(CORS)]}
                )
            except boto.ClientError as error:
                if _is_unknown(error):
                    raise StoreError(f"{self.url}: {_NO_CORS}") from error
                raise
        return True

    def _cors_rules(self) -> list[CORSRuleOutputTypeDef] | None:
        """The bucket's rules as boto3 has them; None where the store does not know any."""
        with _wrapped(f"{self.url}: reading its cross-origin rules (s3:GetBucketCORS)"):
            try:
                return self._client.get_bucket_cors(Bucket=self._bucket)["CORSRules"]
            except boto.ClientError as error:
                if _is_unknown(error):
                    return None
                if _status(error) == 404 and _code(error) != "NoSuchBucket":
                    return []
                raise

    def _won_unheard(self, key: str, data: bytes, error: boto.ClientError) -> str | None:
        """The version of an object that we wrote ourselves, whose answer was lost so that botocore wrote it again."""
        if not error.response["ResponseMetadata"].get("RetryAttempts"):
            return None
        found = self.read(key)
        return found.etag if found and found.data == data else None

    def _put_whole(self, artifact: Artifact, body: Body, *, progress: Advance | None) -> str | None:
        """Send a body in one request; returns its version, or None where the store does not say what it holds."""
        checksum = _base64(bytes.fromhex(artifact.sha256))
        with _sending(body, progress) as source:
            done = self._client.put_object(
                Body=source,
                ContentLength=body_size(body),
                ChecksumSHA256=checksum,
                **self._at(artifact.key),
                **_headers(artifact),
            )
        said = done.get("ChecksumSHA256")
        if said not in (None, checksum):
            raise StoreError(f"{artifact.key}: the store holds other bytes than were sent; publish again")
        return done["ETag"].strip('"') if said else None

    def _put_parts(self, artifact: Artifact, body: Body, *, progress: Advance | None) -> str | None:
        """Equal parts, each with a CRC-32 that the store verifies; given up whole where one fails.

        The parts are hashed together as they are read, since no store verifies a SHA-256 of all of them.
        Returns the version, or None where the store does not say what it holds.
        """
        place = self._at(artifact.key)
        upload = self._client.create_multipart_upload(ChecksumAlgorithm="CRC32", **place, **_headers(artifact))
        place["UploadId"] = upload["UploadId"]
        size = max(PART, -(-artifact.size // MOST_PARTS))
        whole = hashlib.sha256()
        checksums: list[bytes] = []
        done: list[CompletedPartTypeDef] = []
        try:
            for number, start in enumerate(range(0, artifact.size, size), 1):
                part = slice_body(body, start, min(size, artifact.size - start))
                checksums.append(_load_crc32(part, whole))
                done.append(self._put_part(place, number, part, checksum=checksums[-1], progress=progress))
            _check_unchanged(artifact, whole.hexdigest())
            stored = self._client.complete_multipart_upload(MultipartUpload={"Parts": done}, **place)
        except BaseException:
            # What failed is worth more than that giving up failed as well; the bucket's lifecycle removes the parts.
            with contextlib.suppress(boto.ClientError, boto.BotoCoreError):
                self._client.abort_multipart_upload(**place)
            raise
        composite = f"{_base64(zlib.crc32(b''.join(checksums)).to_bytes(4, 'big'))}-{len(done)}"
        return stored["ETag"].strip('"') if stored.get("ChecksumCRC32") == composite else None

    def _put_part(
        self, place: Any, number: int, part: Body, *, checksum: bytes, progress: Advance | None
    ) -> CompletedPartTypeDef:
        crc32 = _base64(checksum)
        with _sending(part, progress) as source:
            sent = self._client.upload_part(
                PartNumber=number, Body=source, ContentLength=body_size(part), ChecksumCRC32=crc32, **place
            )
        return {"PartNumber": number, "ETag": sent["ETag"], "ChecksumCRC32": crc32}

    def _verified(self, artifact: Artifact) -> Stored:
        """What the store has under an artifact's key. Raises StoreError where it is something else."""
        found = self.observe(artifact.key)
        return _check_same(artifact, found, name=artifact.key)


def _open_client(storage: Storage, *, connections: int) -> S3Client:
    """A client with the credentials of the AWS chain: environment, profile, role."""
    config = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        connect_timeout=10,
        read_timeout=SILENCE,
        max_pool_connections=connections,
        user_agent_extra=f"podwright/{__version__}",
        s3={
            # The store verifies a checksum of the body; signing it would hash it once more.
            "payload_signing_enabled": False,
            "addressing_style": "path" if storage.endpoint_url else "auto",
        },
    )
    try:
        client = boto3.session.Session().client(
            "s3", endpoint_url=storage.endpoint_url, region_name=storage.region, config=config
        )
    except ValueError as error:
        raise StoreError(f"{storage.url}: endpoint_url is no address; write one like https://s3.example.org") from error
    client.meta.events.register("before-call.s3.PutBucketCors", _add_md5)
    return client


# Bodies


class _ToldReader(BodyReader):
    """A body that tells how far it was read for the first time; a retry reads it again and tells nothing."""

    def __init__(self, body: Body, progress: Advance | None) -> None:
        super().__init__(body)
        self._progress = progress
        self._told = 0

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer)
        fresh = self.tell() - self._told
        if fresh > 0 and self._progress is not None:
            self._told += fresh
            self._progress(fresh)
        return count


@contextlib.contextmanager
def _sending(body: Body, progress: Advance | None) -> Iterator[bytes | IO[bytes]]:
    """A body as botocore wants it: a small one as bytes, which spares the wait for `100 Continue`; else a file."""
    with io.BufferedReader(_ToldReader(body, progress), CHUNK) as reader:
        yield reader.read() if body_size(body) <= CHUNK else reader


def _check_readable(body: Body) -> None:
    """Raises OSError where a source is gone or cut short: in an upload botocore takes that for a bad connection."""
    with open_body(body) as reader:
        if len(reader):
            reader.seek(-1, io.SEEK_END)
            reader.read(1)


def _check_source(artifact: Artifact, body: Body) -> None:
    """Raises OSError or StoreError where a file is not what it was: by its stamp, else by hashing all again."""
    if is_stamped(body):
        for segment in body:
            _check_readable((segment,))
    else:
        _check_unchanged(artifact, load_sha256(body))


def _check_unchanged(artifact: Artifact, sha256: str) -> None:
    if sha256 != artifact.sha256:
        raise StoreError(f"{artifact.key}: its source changed while it was published; publish again")


def _check_same(artifact: Artifact, found: Stored | None, *, name: str) -> Stored:
    """What the store has under a name, if it can be what the artifact says. Raises StoreError otherwise."""
    if found is None:
        raise StoreError(f"{name}: the store lost it; publish from where its source is")
    if found.size != artifact.size:
        raise StoreError(f"{name}: the store holds {found.size} bytes, not {artifact.size}; publish again")
    if found.sha256 not in (None, artifact.sha256):
        raise StoreError(f"{name}: the store holds SHA-256 {found.sha256}, not {artifact.sha256}; publish again")
    return found


def _load_crc32(body: Body, whole: hashlib._Hash) -> bytes:
    """CRC-32 of a part, big-endian, while the digest of the whole goes on."""
    checksum = 0
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            checksum = zlib.crc32(buffer[:count], checksum)
            whole.update(buffer[:count])
    return checksum.to_bytes(4, "big")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


# Headers


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


# Cross-origin rules

_NO_CORS = "the store keeps no cross-origin rules; set the headers in its own settings, or in what stands before it"


def _parse_cors(rule: CORSRuleOutputTypeDef) -> CorsRule:
    return CorsRule(
        name=rule.get("ID"),
        origins=tuple(rule["AllowedOrigins"]),
        methods=tuple(rule["AllowedMethods"]),
        headers=tuple(rule.get("AllowedHeaders", ())),
        exposed=tuple(rule.get("ExposeHeaders", ())),
        max_age=rule.get("MaxAgeSeconds"),
    )


def _is_ours(rule: CORSRuleOutputTypeDef) -> bool:
    """Whether a rule says what ours says; not every store keeps names."""
    return replace(_parse_cors(rule), name=CORS.name) == CORS


def _render_cors(rule: CorsRule) -> Any:
    return {
        "ID": rule.name,
        "AllowedOrigins": list(rule.origins),
        "AllowedMethods": list(rule.methods),
        "AllowedHeaders": list(rule.headers),
        "ExposeHeaders": list(rule.exposed),
        "MaxAgeSeconds": rule.max_age,
    }


def _add_md5(params: dict[str, Any], **_: object) -> None:
    """Several stores want an MD5 of such a body and look at no other checksum.

    https://github.com/scality/cloudserver/issues/5784
    """
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = _base64(digest)


# Errors

_RIGHTS = "see that the key and its secret are right and may get, put, delete and list"
#: What to say for the codes that people meet
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
_ANSWERS = {
    "NoSuchBucket": "there is no such bucket; make it, or correct storage.url",
    "BadDigest": "its source changed while it was published; publish again",
    "XAmzContentChecksumMismatch": "its source changed while it was published; publish again",
    "RequestTimeTooSkewed": "the store finds that this machine's clock is wrong; set the clock",
    "ExpiredToken": "the credentials have expired; sign in again",
    "AuthorizationHeaderMalformed": "the bucket is in another region; correct storage.region",
    "PermanentRedirect": "the bucket is in another region; correct storage.region",
    "NotImplemented": "the store does not know what was asked of it; use another store",
}
#: The same for errors that arise on this side; the first that fits.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (boto.NoCredentialsError, "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"),
    (boto.PartialCredentialsError, "half of the credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both"),
    (boto.ProfileNotFound, "AWS_PROFILE names no profile; correct it, or `aws configure` one"),
    (boto.CredentialRetrievalError, "the credentials cannot be had; sign in again"),
    (boto.SSOError, "the sign-on has expired; sign in again with `aws sso login`"),
    (boto.NoRegionError, "no region; set storage.region or PODWRIGHT_REGION"),
    (boto.SSLError, "the store's certificate is not trusted; check endpoint_url, or set AWS_CA_BUNDLE"),
    (boto.ProxyConnectionError, "the proxy cannot be reached; check HTTPS_PROXY"),
    (boto.ReadTimeoutError, "the store did not answer in time; publish again"),
    (boto.ConnectTimeoutError, "the store cannot be reached in time; check endpoint_url and the network"),
    (boto.EndpointConnectionError, "the store cannot be reached; check endpoint_url and the network"),
    (boto.HTTPClientError, "the connection broke; publish again"),
    (boto.IncompleteReadError, "the connection broke; publish again"),
    (boto.BotoCoreError, "the request could not be made; check [storage] in podwright.toml"),
)


@contextlib.contextmanager
def _wrapped(what: str) -> Iterator[None]:
    """Tell what botocore raises in words that say what to do; no secret is ever part of them."""
    try:
        yield
    except boto.ClientError as error:
        raise StoreError(f"{what}: {_answer(error)}") from error
    except boto.BotoCoreError as error:
        told = next(text for kind, text in _FAILURES if isinstance(error, kind))
        raise StoreError(f"{what}: {told} ({type(error).__name__})") from error
    except OSError as error:
        raise StoreError(f"{what}: {error}; see that its source is there and can be read") from error


def _answer(error: boto.ClientError) -> str:
    code, status = _code(error), _status(error)
    told = _ANSWERS.get("NotImplemented" if status == 501 else code)
    if told is not None:
        return f"{told} ({code})"
    if status in (401, 403):
        return f"the store refuses; {_RIGHTS} ({code})"
    return f"the store answered {status} {code}; publish again, or ask its operator"


def _is_conflict(error: boto.ClientError, expected: str | None) -> bool:
    """412, 409 for a race, or 404 for an object that is gone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    return _status(error) in (409, 412) or (expected is not None and _code(error) == "NoSuchKey")


def _is_unknown(error: boto.ClientError) -> bool:
    """The store does not know this kind of request."""
    return _status(error) == 501 or _code(error) in ("NotImplemented", "MethodNotAllowed")


def _status(error: boto.ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _code(error: boto.ClientError) -> str:
    """What the store calls its error; "?" where that is none of the words that stores have for errors.

    It is printed, and a store may answer with anything, with what it was asked among it.
    """
    code = str(error.response.get("Error", {}).get("Code", "?"))
    return code if re.fullmatch(r"[A-Za-z]{1,64}|[0-9]{3}", code) else "?"
