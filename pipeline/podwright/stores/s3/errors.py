"""What botocore raises, in words that say what to do."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from botocore import exceptions as boto

from podwright.core.errors import StoreError

_RIGHTS = "see that the key and its secret are right and may get, put, delete and list"
#: What to say for the codes that people meet
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
#: The same for errors that arise on this side; the first that fits.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (boto.NoCredentialsError, "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"),
    (boto.PartialCredentialsError, "half of the credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both"),
    (boto.ProfileNotFound, "AWS_PROFILE names no profile; correct it, or `aws configure` one"),
    (boto.CredentialRetrievalError, "the credentials cannot be had; sign in again"),
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
    """Tell what botocore raises in words that say what to do; no secret is ever part of them."""
    try:
        yield
    except boto.ClientError as error:
        raise StoreError(f"{what}: {_answer(error)}") from error
    except boto.BotoCoreError as error:
        told = next(text for kind, text in _FAILURES if isinstance(error, kind))
        raise StoreError(f"{what}: {told} ({type(error).__name__})") from error
    except OSError as error:
        raise StoreError(f"{what}: {error}; see that its source is there and can be read") from error


def _answer(error: boto.ClientError) -> str:
    code, status = code_of(error), status_of(error)
    told = _ANSWERS.get("NotImplemented" if status == 501 else code)
    if told is not None:
        return f"{told} ({code})"
    if status in (401, 403):
        return f"the store refuses; {_RIGHTS} ({code})"
    return f"the store answered {status} {code}; publish again, or ask its operator"


def is_absent(error: boto.ClientError) -> bool:
    """There is no such object, in a bucket that is there."""
    return status_of(error) == 404 and code_of(error) != "NoSuchBucket"


def is_unknown(error: boto.ClientError) -> bool:
    """The store does not know this kind of request."""
    return status_of(error) == 501 or code_of(error) in ("NotImplemented", "MethodNotAllowed")


def status_of(error: boto.ClientError) -> int:
    """The status of an answer."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def code_of(error: boto.ClientError) -> str:
    """What the store calls its error; "?" where that is none of the words that stores have for errors.

    It is printed, and a store may answer with anything, with what it was asked among it.
    """
    code = str(error.response.get("Error", {}).get("Code", "?"))
    return code if re.fullmatch(r"[A-Za-z]{1,64}|[0-9]{3}", code) else "?"
