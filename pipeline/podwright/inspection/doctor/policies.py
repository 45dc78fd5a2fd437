"""The least rights that publishing and listening need, as policy documents for a bucket.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Show
from podwright.core.names import PRIVATE, feed_key, feed_side
from podwright.publishing.session import Session

VERSION = "2012-10-17"
#: What is public at the root of a podcast, apart from its feeds. Nothing here may match what begins with `private/`.
PUBLIC = (
    *("archive/*", "artwork/*", "assets/*", "episodes/*", "search/*", "seasons/*", "sections/*", "teasers/*"),
    *("404.html", "index.html", "feeds.opml", "sitemap.xml", "sitemap-*"),
)


def load_policies(session: Session) -> dict[str, dict[str, Any]]:
    """Return by name the policy of the publisher's own identity and the bucket policy for everybody.

    Raises WorkspaceError where the settings cannot be read, or name a folder.
    """
    show = session.show
    if show.storage.folder is not None:
        message = "a folder has no policies; let its web server refuse all below private/"
        raise WorkspaceError([Finding("podwright.toml", message, field="storage.url")])
    return {"publisher": publisher_policy(show.storage.url), "public": public_policy(show)}


def publisher_policy(url: str) -> dict[str, Any]:
    """Return the rights that `publish`, `rollback`, `prune`, `verify` and `doctor` need of a bucket, and no others.

    The names of the whole bucket can be listed: without that right a store answers 403, not 404, for what is not there
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), and a condition on the prefix takes it away.
    """
    bucket, prefix = _place(url)
    return _document(
        [
            {
                "Sid": "Objects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                "Resource": f"{bucket}/{prefix}*",
            },
            {
                "Sid": "Names",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
                "Resource": bucket,
            },
            {
                "Sid": "SharingWithOtherSites",
                "Effect": "Allow",
                "Action": ["s3:GetBucketCORS", "s3:PutBucketCORS"],
                "Resource": bucket,
            },
        ]
    )


def public_policy(show: Show) -> dict[str, Any]:
    """Return a policy by which everybody may get what is public, and list nothing.

    In a bucket of its own that is all but `private/`. Below a prefix it is named one by one, since no statement can say
    "below this, but not below that", and a refusal for everybody would meet the publisher as well.
    """
    bucket, prefix = _place(show.storage.url)
    statement: dict[str, Any] = {"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    if not prefix:
        return _document([statement | {"NotResource": f"{bucket}/{PRIVATE}*"}])
    feeds = [feed_key(feed, show) for feed in show.feeds if feed_side(feed, show) == "public"]
    return _document([statement | {"Resource": [f"{bucket}/{prefix}{name}" for name in (*feeds, *PUBLIC)]}])


def _place(url: str) -> tuple[str, str]:
    """Return the bucket as a resource, and the prefix of all keys with its slash, or ""."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return f"arn:aws:s3:::{bucket}", f"{prefix}/" if prefix else ""


def _document(statements: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(statements)}
