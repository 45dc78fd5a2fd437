"""The part of a bucket where a store's objects lie, and the one client that asks for them."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.utils import get_environ_proxies

from podwright import __version__
from podwright.core.deadline import Deadline
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.core.transfer import Limits
from podwright.stores.contract import check_key
from podwright.stores.s3.answers import Answers, date_of
from podwright.stores.s3.direct import DirectSender
from podwright.stores.s3.transport import SLOWEST, Transport

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_s3 import S3Client

#: The number of writes at once that are of use; a client keeps twice as many connections.
CONCURRENCY = 4
#: Attempts at a request before it is given up; the waits between grow to 8 s. Two that met silence are enough.
ATTEMPTS = 5
#: The longest silence, in seconds: half of two minutes, less what giving back takes.
SILENCE = 45.0
#: The longest wait for a connection, in seconds.
CONNECTING = 20.0


_PATIENT = Config(connect_timeout=CONNECTING, read_timeout=CONNECTING, retries={"total_max_attempts": 2})


class Bucket:
    """A bucket's name, the prefix of all keys in it, and a client, which is made when it is first asked for.

    clock: returns this machine's time, with which that of answers is compared. deadline: that of the run, if it has
    one.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        deadline: Deadline | None = None,
    ) -> None:
        self.name, _, prefix = storage.url.removeprefix("s3://").partition("/")
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.url = storage.url
        #: Copies of parts at the same time, of all objects together.
        self.copying = threading.BoundedSemaphore(CONCURRENCY)
        #: The store's time less this machine's; None before the first answer.
        self.skew: timedelta | None = None
        #: The bucket of what is copied into this one.
        self.origin = self
        #: The bucket that has the client.
        self._owner = self
        self._clock = clock
        self._storage = storage
        self._deadline = deadline or Deadline()
        self._opening = threading.Lock()
        self._opened: tuple[S3Client, DirectSender] | None = None

    @property
    def client(self) -> S3Client:
        """The one client of this bucket."""
        return self._owner._open()[0]

    @property
    def direct(self) -> DirectSender:
        """The quick way to send an object, beside the client."""
        return self._owner._open()[1]

    def taking(self, origin: Bucket) -> Bucket | None:
        """Return this bucket as one that copies from another; None where that is behind another endpoint."""
        here, there = self._storage, origin._storage
        if (here.endpoint_url, here.region) != (there.endpoint_url, there.region):
            return None
        taking = copy(self)
        taking.origin = origin
        return taking

    def _open(self) -> tuple[S3Client, DirectSender]:
        # Making a client is not thread-safe, its use is.
        with self._opening:
            if self._opened is None:
                session = boto3.session.Session()
                # Who gives credentials may be silent as well.
                session._session.set_default_client_config(_PATIENT)
                client = _open_client(session, self._storage)
                credentials = session.get_credentials()
                answers = Answers(client, self.url, credentials=credentials)
                transport = Transport(
                    self.url,
                    Limits(connecting=CONNECTING, silence=SILENCE, slowest=SLOWEST),
                    deadline=self._deadline,
                    attempts=ATTEMPTS,
                    look=answers.look,
                    max_pool_connections=2 * CONCURRENCY,
                    proxies=get_environ_proxies(client.meta.endpoint_url),
                    verify=_certificates(session),
                )
                events: Any = client.meta.events
                events.register("before-send.s3", transport.answer)
                events.register("needs-retry.s3", transport.retry)
                events.register("after-call.s3", answers.clean)
                events.register("before-parse.s3", self._compare_clocks)
                self._opened = client, DirectSender(client, transport, self.name, credentials=credentials)
            return self._opened

    def _compare_clocks(self, response_dict: Mapping[str, Any], **_: object) -> None:
        """See how far the store's clock is from this machine's."""
        date = date_of(response_dict["headers"])
        if date is not None:
            skew = date - self._clock()
            # An answer that was long on its way makes the store's clock look late: the quickest one tells.
            self.skew = skew if self.skew is None else max(self.skew, skew)

    def at(self, key: str) -> Any:
        """Return a key as a request names it. Raise StoreError where it is none."""
        return {"Bucket": self.name, "Key": self.prefix + check_key(key)}


def _open_client(session: Session, storage: Storage) -> S3Client:
    """Return a client with the credentials of the AWS chain: environment, profile, role."""
    config = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # The transport tries again, and keeps the time.
        retries={"mode": "standard", "total_max_attempts": 1},
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


def _certificates(session: Session) -> str | bool:
    """Return the file of trusted certificates that the environment names, as botocore's client finds it."""
    return session._session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True


def _add_md5(params: dict[str, Any], **_: object) -> None:
    """Add the MD5 that several stores want of such a body, looking at no other checksum.

    https://github.com/scality/cloudserver/issues/5784
    """
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = encode_digest(digest)


def encode_digest(digest: bytes) -> str:
    """Return a digest or checksum as headers have it: in Base64."""
    return base64.b64encode(digest).decode()
