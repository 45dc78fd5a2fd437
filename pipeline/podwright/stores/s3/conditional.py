"""A small object written only in place of the version that is meant, so that of many who write one wins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from podwright.core.artifact import Artifact
from podwright.core.errors import ConflictError
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import code_of, status_of, wrapped
from podwright.stores.s3.headers import encode_digest, object_headers
from podwright.stores.s3.objects import observe, read
from podwright.stores.s3.uploads import put_whole

#: How long one waits for others where a store keeps no conditions, in seconds.
SETTLING = 2.0


def write_if(bucket: Bucket, artifact: Artifact, data: bytes, *, expected: str | None) -> str:
    """A conditional PUT: `If-Match` with the bare version, or `If-None-Match: *`.

    Ceph compares the version without quotes, RFC 9110 wants them (section 13.1.1): where the bare one fails
    although it is the present one, it is tried quoted.
    """
    try:
        return _put_if(bucket, artifact, data, {"IfMatch": expected} if expected else {"IfNoneMatch": "*"})
    except ConflictError:
        found = observe(bucket, artifact.key) if expected else None
        if found is None or found.etag != expected:
            raise
        return _put_if(bucket, artifact, data, {"IfMatch": f'"{expected}"'})


def write_and_look(
    bucket: Bucket, artifact: Artifact, data: bytes, *, expected: str | None, pause: Callable[[float], None]
) -> str:
    """What can be done without conditions: compare first, write, wait for others to do the same, look again."""
    present = observe(bucket, artifact.key)
    if (present.etag if present else None) != expected:
        raise _conflict(artifact.key)
    with wrapped(artifact.key):
        put_whole(bucket, artifact, (data,), progress=None)
    pause(SETTLING)
    found = read(bucket, artifact.key)
    if found is None or found.data is None or hashlib.sha256(found.data).hexdigest() != artifact.sha256:
        raise _conflict(artifact.key)
    return found.etag


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
            if not _is_conflict(error, condition.get("IfMatch")):
                raise
            etag = _won_unheard(bucket, artifact.key, data, error)
            if etag is None:
                raise _conflict(artifact.key) from error
            return etag
    return done["ETag"].strip('"')


def _won_unheard(bucket: Bucket, key: str, data: bytes, error: ClientError) -> str | None:
    """The version of an object that we wrote ourselves, whose answer was lost so that botocore wrote it again."""
    if not error.response["ResponseMetadata"].get("RetryAttempts"):
        return None
    found = read(bucket, key)
    return found.etag if found and found.data == data else None


def _is_conflict(error: ClientError, expected: str | None) -> bool:
    """412, 409 for a race, or 404 for an object that is gone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    return status_of(error) in (409, 412) or (expected is not None and code_of(error) == "NoSuchKey")


def _conflict(key: str) -> ConflictError:
    return ConflictError(f"{key}: another run was faster; look at the plan, and run it again")
