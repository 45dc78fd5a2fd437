"""An object stored from another one of the same bucket, or carried through this machine where the store cannot copy."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from botocore.exceptions import ClientError

from podwright.core.artifact import Artifact
from podwright.core.errors import StoreError
from podwright.stores import Stored
from podwright.stores.capabilities import Capabilities
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import is_absent, status_of, wrapped
from podwright.stores.s3.headers import object_headers
from podwright.stores.s3.objects import check_same, observe, observe_same, read
from podwright.stores.s3.uploads import put

#: What a store that cannot copy has sent to it again, at most, in bytes.
MOST_CARRIED = 64 << 20


def copy(bucket: Bucket, source: str, artifact: Artifact, *, can: Capabilities) -> Stored:
    """A copy inside the bucket, with the headers of the new object; through this machine where there is none."""
    return copy_inside(bucket, source, artifact) if can.copy else _carry(bucket, source, artifact, can=can)


def copy_inside(bucket: Bucket, source: str, artifact: Artifact) -> Stored:
    """One request, between two that look at what is copied and at what came of it."""
    check_same(artifact, observe(bucket, source), name=source)
    with wrapped(artifact.key):
        place, origin = bucket.at(artifact.key), bucket.at(source)
        headers = object_headers(artifact)
        bucket.client.copy_object(**place, CopySource=origin, MetadataDirective="REPLACE", **headers)
    return observe_same(bucket, artifact)


def _carry(bucket: Bucket, source: str, artifact: Artifact, *, can: Capabilities) -> Stored:
    """Read an object and send it again. Raises StoreError where it is too large for that."""
    if artifact.size > MOST_CARRIED:
        raise StoreError(f"{source}: is too large for a store that cannot copy; publish from where its source is")
    found = read(bucket, source)
    if found is None or found.data is None:
        raise StoreError(f"{source}: the store lost it; publish from where its source is")
    if hashlib.sha256(found.data).hexdigest() != artifact.sha256:
        raise StoreError(f"{source}: the store holds other bytes than were published; publish again")
    return put(bucket, replace(artifact, body=(found.data,)), can=can)


def keep(bucket: Bucket, source: str, key: str, *, etag: str) -> bool:
    """One request: a copy inside the bucket on condition of the version."""
    with wrapped(key):
        place, origin = bucket.at(key), bucket.at(source)
        try:
            bucket.client.copy_object(**place, CopySource=origin, CopySourceIfMatch=etag, MetadataDirective="COPY")
        except ClientError as error:
            if status_of(error) == 412 or is_absent(error):
                return False
            raise
    return True
