"""The policies that S3 stores know: each in its form, or what to do where a store has none for a part of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from podwright.core.model import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A store's policies."""

    #: Of the store, for people.
    name: str
    #: The endings of its hosts.
    hosts: tuple[str, ...] = ()
    #: How it writes a policy: "inverse" as AWS, with all but what is private; "listed" with what is public one by one,
    #: which every store understands; "scaleway" in a form of its own. None where it has none by prefix.
    form: Literal["inverse", "listed", "scaleway"] | None = "listed"
    #: What else has to be done so that the policy counts, or what takes its place.
    note: str = ""


#: What is told of a store without policies for a part of a bucket.
WHOLE_BUCKETS = (
    "has no policies for a part of a bucket; give the private side a bucket of its own (storage.private_url) and make "
    "this one public as a whole"
)
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
AWS = Dialect(
    name="AWS",
    hosts=("amazonaws.com", "amazonaws.com.cn"),
    form="inverse",
    note="turn off BlockPublicPolicy and RestrictPublicBuckets of bucket and account first, or it is refused",
)
#: Ceph, MinIO, SeaweedFS and whatever else speaks S3 at an address of its own.
ANY = Dialect(name="this store")
_DIALECTS: tuple[Dialect, ...] = (
    AWS,
    # https://developers.cloudflare.com/r2/buckets/public-buckets/
    Dialect(
        name="Cloudflare R2",
        hosts=("r2.cloudflarestorage.com",),
        form=None,
        note="connect a custom domain, block paths that start with /{private} there by a WAF custom rule, and disable "
        "the r2.dev address, which no rule protects",
    ),
    # https://www.backblaze.com/docs/cloud-storage-s3-compatible-api
    Dialect(
        name="Backblaze B2",
        hosts=("backblazeb2.com",),
        form=None,
        note="leave the bucket private, and have a CDN that signs its requests serve all but /{private}: a public "
        "bucket shows all of it",
    ),
    # https://cloud.google.com/storage/docs/access-control/iam
    Dialect(
        name="Google Cloud Storage",
        hosts=("storage.googleapis.com",),
        form=None,
        note="leave the bucket private, and serve all but /{private} by a load balancer or CDN that may read it: "
        "grants of managed folders leave out the feeds at the root",
    ),
    # https://docs.bunny.net/storage/s3
    Dialect(
        name="Bunny Storage",
        hosts=("storage.bunnycdn.com",),
        form=None,
        note="read through a pull zone, and block paths that start with /{private} there by an edge rule",
    ),
    # https://www.scaleway.com/en/docs/object-storage/api-cli/bucket-policy/
    Dialect(name="Scaleway", hosts=("scw.cloud",), form="scaleway"),
    Dialect(
        name="Wasabi",
        hosts=("wasabisys.com",),
        note="public access is for accounts for which Wasabi's support turned it on",
    ),
    # https://docs.digitalocean.com/products/spaces/how-to/configure-bucket-policies/
    Dialect(
        name="DigitalOcean Spaces",
        hosts=("digitaloceanspaces.com",),
        note="publish with a key that has full access: keys for single buckets and policies exclude each other",
    ),
)


def dialect_of(storage: Storage) -> Dialect:
    """Return the policies of the store at an endpoint; those of AWS where there is none."""
    host = urlsplit(storage.endpoint_url or "https://s3.amazonaws.com").hostname or ""
    fitting = (one for one in _DIALECTS if any(f".{host}".endswith(f".{ending}") for ending in one.hosts))
    return next(fitting, ANY)
