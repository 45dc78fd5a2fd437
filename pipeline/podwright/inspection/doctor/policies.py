"""The least rights that publishing and listening need, as policy documents for a bucket.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Show
from podwright.core.names import PRIVATE, feed_key, feed_side, former_keys
from podwright.inspection.doctor.dialects import WHOLE_BUCKETS, dialect_of
from podwright.publishing.session import Session

VERSION = "2012-10-17"
#: What is public at the root of a podcast, apart from its feeds. Nothing here may match what begins with `private/`.
PUBLIC = (
    *("archive/*", "artwork/*", "assets/*", "episodes/*", "search/*", "seasons/*", "sections/*", "teasers/*"),
    *("404.html", "index.html", "feeds.opml", "sitemap.xml", "sitemap-*"),
)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a bucket."""

    #: By name, "publisher" for the publisher's own identity and "public" for the bucket; one of both where the store
    #: has no other.
    documents: Mapping[str, dict[str, Any]]
    #: What else has to be done, a line each.
    notes: tuple[str, ...]


def load_policies(session: Session, *, principal: str | None = None) -> Policies:
    """Return the policy of the publisher's own identity and that of the bucket for everybody, as the store writes them.

    principal: who publishes, where the policy of the bucket must say it. Raises WorkspaceError where the settings
    cannot be read, name a folder or a store that has no policies, or where that is missing.
    """
    storage = session.show.storage
    if storage.folder is not None:
        raise _refusal("a folder has no policies; let its web server refuse all below private/", "url")
    dialect = dialect_of(storage)
    bucket, prefix = _place(storage.url)
    notes = [f"{dialect.name}: {dialect.note}"] if dialect.note else []
    if dialect.form is None:
        if storage.private_url:
            message = f"{dialect.name} has no policies; make {storage.url} public as a whole, {storage.private_url} not"
            raise _refusal(message, "endpoint_url")
        advice = dialect.note.format(private=f"{prefix}{PRIVATE}")
        raise _refusal(f"{dialect.name} {WHOLE_BUCKETS}, or {advice}", "endpoint_url")
    if dialect.form == "scaleway":
        if principal is None:
            message = "on Scaleway a policy for the public alone locks the publisher out; name who publishes as well: "
            raise _refusal(f"{message}--principal application_id:ID, or user_id:ID", "endpoint_url")
        return Policies({"public": scaleway_policy(session.show, principal)}, tuple(notes))
    start = f"arn:{_partition(storage.region)}:s3:::"
    resource = start + bucket
    if prefix or dialect.form == "listed":
        notes.append("it names each feed; print it again when a feed is added")
    buckets = [url for url in (storage.url, storage.private_url) if url and url.startswith("s3://")]
    documents = {
        "publisher": publisher_policy([(start + name, within) for name, within in map(_place, buckets)]),
        "public": public_policy(session.show, resource, listed=dialect.form == "listed"),
    }
    return Policies(documents, tuple(notes))


def _refusal(message: str, field: str) -> WorkspaceError:
    return WorkspaceError([Finding("podwright.toml", message, field=f"storage.{field}")])


def _partition(region: str | None) -> str:
    """Return the part of AWS in which a region lies.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return next((part for start, part in _PARTITIONS if (region or "").startswith(start)), "aws")


_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


def publisher_policy(places: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the rights that `publish`, `rollback`, `prune`, `verify` and `doctor` need of buckets, and no others.

    The names of a whole bucket can be listed: without that right a store answers 403, not 404, for what is not there
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), and a condition on the prefix takes it away.
    places: buckets as a policy names them, each with the prefix of all keys in it; the first is the public one.
    """
    buckets = list(dict.fromkeys(bucket for bucket, _ in places))
    return _document(
        [
            {
                "Sid": "Objects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                "Resource": _one_or_all([f"{bucket}/{prefix}*" for bucket, prefix in places]),
            },
            {
                "Sid": "Names",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
                "Resource": _one_or_all(buckets),
            },
            {
                "Sid": "SharingWithOtherSites",
                "Effect": "Allow",
                "Action": ["s3:GetBucketCORS", "s3:PutBucketCORS"],
                "Resource": buckets[0],
            },
        ]
    )


def _one_or_all(resources: list[str]) -> str | list[str]:
    return resources[0] if len(resources) == 1 else resources


def public_policy(show: Show, bucket: str, *, listed: bool = False) -> dict[str, Any]:
    """Return a policy by which everybody may get what is public, and list nothing.

    In a bucket of its own that is all but `private/`. Below a prefix, and with `listed`, it is named one by one: no
    statement can say "below this, but not below that", a refusal for everybody would meet the publisher as well, and
    not every store knows NotResource.
    """
    _, prefix = _place(show.storage.url)
    statement: dict[str, Any] = {"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    if not prefix and not listed:
        return _document([statement | {"NotResource": f"{bucket}/{PRIVATE}*"}])
    return _document([statement | {"Resource": [f"{bucket}/{name}" for name in _public_names(show)]}])


def scaleway_policy(show: Show, principal: str) -> dict[str, Any]:
    """Return the policy of a bucket of Scaleway, in which whoever it does not name may do nothing.

    Resources have no ARN there (https://www.scaleway.com/en/docs/object-storage/api-cli/bucket-policy/).
    """
    bucket, _ = _place(show.storage.url)
    public = {"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    publisher = {"Sid": "Publisher", "Effect": "Allow", "Principal": {"SCW": principal}, "Action": "*"}
    statements = [
        public | {"Resource": [f"{bucket}/{name}" for name in _public_names(show)]},
        publisher | {"Resource": [bucket, f"{bucket}/*"]},
    ]
    return {"Version": "2023-04-17", "Id": "podwright", "Statement": statements}


def _public_names(show: Show) -> list[str]:
    """Return what is public, each with the prefix of all keys."""
    _, prefix = _place(show.storage.url)
    public = [feed for feed in show.feeds if feed_side(feed, show) == "public"]
    feeds = [key for feed in public for key in (feed_key(feed, show), *former_keys(feed, show))]
    return [f"{prefix}{name}" for name in (*feeds, *PUBLIC)]


def _place(url: str) -> tuple[str, str]:
    """Return the name of the bucket, and the prefix of all keys with its slash, or ""."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return bucket, f"{prefix}/" if prefix else ""


def _document(statements: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(statements)}
