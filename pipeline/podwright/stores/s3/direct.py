"""An object sent by one PUT without botocore's machinery, which takes three times the CPU of everything else in it.

botocore says where the bucket is, signs, and answers for whatever goes wrong: what is not a plain success is sent again
through its client, which retries, and knows what an answer means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError

from podwright.stores.s3.transport import Transport

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client


class DirectSender:
    """The quick way into one bucket; may be used from several threads."""

    def __init__(self, client: S3Client, transport: Transport, bucket: str, *, credentials: Credentials | None) -> None:
        #: Nobody is asked: it is the address and the region that botocore takes for this bucket.
        example = urlsplit(client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "x"}))
        self._base = f"{example.scheme}://{example.netloc}{example.path.removesuffix('x')}"
        scope = parse_qs(example.query).get("X-Amz-Credential", [""])[0].split("/")
        self._region, service = scope[-3:-1] if len(scope) >= 5 else ("", "")
        self._transport = transport
        self._credentials = credentials
        self._config = client.meta.config
        #: The names of headers with which the store refused a request: asking twice each time would be no gain.
        self._refused: set[frozenset[str]] = set()
        self._usable = service == "s3" and self._credentials is not None

    def put(self, key: str, source: bytes | IO[bytes], *, headers: Mapping[str, str]) -> Mapping[str, str] | None:
        """Send an object; return the headers of the answer, or None where it has to be sent in the ordinary way."""
        names = frozenset(headers)
        if not self._usable or self._credentials is None or names in self._refused:
            return None
        url = self._base + quote(key, safe="/-._~")
        request: Any = AWSRequest("PUT", url, headers=dict(headers), data=source)
        request.context["client_config"] = self._config
        S3SigV4Auth(self._credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
        try:
            answer = self._transport.ask(request.prepare(), "PutObject")
        except HTTPClientError:
            return None
        if answer.status_code == 200:
            return answer.headers
        if answer.status_code < 500:
            self._refused.add(names)
        return None
