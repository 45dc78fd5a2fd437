"""The part of a bucket where a store's objects lie, and the one client that asks for them."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from podwright import __version__
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import check_key
from podwright.stores.s3.headers import encode_digest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: How many writes at once are of use; a client keeps twice as many connections.
CONCURRENCY = 4
#: How often a request is made before it is given up; the waits between grow to 8 s.
ATTEMPTS = 5
#: How long one waits for the next byte of an answer, in seconds.
SILENCE = 60.0


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
        self._opened: S3Client | None = None

    @property
    def client(self) -> S3Client:
        """The one client of this bucket; its making is not thread-safe, its use is."""
        with self._opening:
            if self._opened is None:
                self._opened = _open_client(self._storage)
            return self._opened

    def at(self, key: str) -> Any:
        """A key as a request names it. Raises StoreError where it is none."""
        return {"Bucket": self.name, "Key": self.prefix + check_key(key)}


def _open_client(storage: Storage) -> S3Client:
    """A client with the credentials of the AWS chain: environment, profile, role."""
    config = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        connect_timeout=10,
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
        client = boto3.session.Session().client(
            "s3", endpoint_url=storage.endpoint_url, region_name=storage.region, config=config
        )
    except ValueError as error:
        raise StoreError(f"{storage.url}: endpoint_url is no address; write one like https://s3.example.org") from error
    client.meta.events.register("before-call.s3.PutBucketCors", _add_md5)
    return client


def _add_md5(params: dict[str, Any], **_: object) -> None:
    """Several stores want an MD5 of such a body and look at no other checksum.

    https://github.com/scality/cloudserver/issues/5784
    """
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = encode_digest(digest)
