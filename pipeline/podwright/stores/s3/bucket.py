"""The part of a bucket where a store's objects lie, the one client that asks for them, and what its errors mean."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore import exceptions as boto
from botocore.config import Config

from podwright import __version__
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores.contract import check_key
from podwright.stores.s3.direct import DirectSender

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_s3 import S3Client

#: The number of writes at once that are of use; a client keeps twice as many connections.
CONCURRENCY = 4
#: Attempts at a request before it is given up; the waits between grow to 8 s.
ATTEMPTS = 5
#: The longest wait for the next byte of an answer, in seconds.
SILENCE = 60.0
#: The longest wait for a connection, in seconds.
CONNECTING = 10.0


class Bucket:
    """A bucket's name, the prefix of all keys in it, and a client, which is made when it is first asked for."""

    def __init__(self, storage: Storage) -> None:
        self.name, _, prefix = storage.url.removeprefix("s3://").partition("/")
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.url = storage.url
        #: Copies of parts at the same time, of all objects together.
        self.copying = threading.BoundedSemaphore(CONCURRENCY)
        self._storage = storage
        self._opening = threading.Lock()
        self._opened: tuple[S3Client, DirectSender] | None = None

    @property
    def client(self) -> S3Client:
        """The one client of this bucket."""
        return self._open()[0]

    @property
    def direct(self) -> DirectSender:
        """The quick way to send an object, beside the client."""
        return self._open()[1]

    def _open(self) -> tuple[S3Client, DirectSender]:
        # Making a client is not thread-safe, its use is.
        with self._opening:
            if self._opened is None:
                session = boto3.session.Session()
                client = _open_client(session, self._storage)
                direct = DirectSender(
                    client,
                    self.name,
                    credentials=session.get_credentials(),
                    ca_bundle=session._session.get_config_variable("ca_bundle"),
                    connections=CONCURRENCY,
                    patience=(CONNECTING, SILENCE),
                )
                self._opened = client, direct
            return self._opened

    def at(self, key: str) -> Any:
        """Return a key as a request names it. Raise StoreError where it is none."""
        return {"Bucket": self.name, "Key": self.prefix + check_key(key)}


def _open_client(session: Session, storage: Storage) -> S3Client:
    """Return a client with the credentials of the AWS chain: environment, profile, role."""
    config = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        connect_timeout=CONNECTING,
        read_timeout=SILENCE,
        max_pool_connections=2 * CONCURRENCY,
        user_agent_extra=f"podwright/{__version__}",
        s3={
            # The store verifies a checksum of the body; signing it would hash it once more.
            "payload_signing_enabled": False,
            "addressing_style": "path" if storage.endpoint_url else "auto",
        },
    )
    try:
        client = session.client("s3", endpoint_url=storage.endpoint_url, region_name=storage.region, config=config)
    except ValueError as error:
        raise StoreError(f"{storage.url}: endpoint_url is not a URL; write one like https://s3.example.org") from error
    client.meta.events.register("before-call.s3.PutBucketCors", _add_md5)
    return client


def _add_md5(params: dict[str, Any], **_: object) -> None:
    """Add the MD5 that several stores want of such a body, looking at no other checksum.

    https://github.com/scality/cloudserver/issues/5784
    """
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = encode_digest(digest)


def encode_digest(digest: bytes) -> str:
    """Return a digest or checksum as headers have it: in Base64."""
    return base64.b64encode(digest).decode()


# Errors

_RIGHTS = "see that the key and its secret are right and may get, put, delete and list"
#: The advice for the codes that people meet
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
#: The advice for errors that arise on this side; the first that fits.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (boto.NoCredentialsError, "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"),
    (
        boto.PartialCredentialsError,
        "the credentials are incomplete; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both",
    ),
    (boto.ProfileNotFound, "AWS_PROFILE names no profile; correct it, or `aws configure` one"),
    (boto.CredentialRetrievalError, "the credentials could not be obtained; sign in again"),
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
def wrapped(what: str) -> Iterator[None]:
    """Raise what botocore raises as a StoreError that says what to do; no secret is ever part of it."""
    try:
        yield
    except boto.ClientError as error:
        raise StoreError(f"{what}: {_answer(error)}") from error
    except boto.BotoCoreError as error:
        advice = next(text for kind, text in _FAILURES if isinstance(error, kind))
        raise StoreError(f"{what}: {advice} ({type(error).__name__})") from error
    except OSError as error:
        raise StoreError(f"{what}: {error}; see that its source is there and can be read") from error


def _answer(error: boto.ClientError) -> str:
    code, status = code_of(error), status_of(error)
    advice = _ANSWERS.get("NotImplemented" if status == 501 else code)
    if advice is not None:
        return f"{advice} ({code})"
    if status in (401, 403):
        return f"the store refuses; {_RIGHTS} ({code})"
    return f"the store answered {status} {code}; publish again, or ask its operator"


def is_absent(error: boto.ClientError) -> bool:
    """Return whether there is no such object, in a bucket that is there."""
    return status_of(error) == 404 and code_of(error) != "NoSuchBucket"


def is_unknown(error: boto.ClientError) -> bool:
    """Return whether the store does not know this kind of request."""
    return status_of(error) == 501 or code_of(error) in ("NotImplemented", "MethodNotAllowed")


def status_of(error: boto.ClientError) -> int:
    """Return the status of an answer."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def code_of(error: boto.ClientError) -> str:
    """Return the store's name for its error; "?" where that is none of the words that stores have for errors.

    It is printed, and a store may answer with anything, with what it was asked among it.
    """
    code = str(error.response.get("Error", {}).get("Code", "?"))
    return code if re.fullmatch(r"[A-Za-z]{1,64}|[0-9]{3}", code) else "?"
