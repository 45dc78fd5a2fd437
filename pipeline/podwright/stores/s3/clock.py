"""What time it is for the store that a bucket is in."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import wrapped


def observe_time(bucket: Bucket) -> datetime | None:
    """The date of an answer (RFC 9110 section 6.6.1), whatever else it says."""
    with wrapped(bucket.url):
        try:
            answer: Any = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.prefix, MaxKeys=1)
        except ClientError as error:
            answer = error.response
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    try:
        found = parsedate_to_datetime(said) if said else None
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
