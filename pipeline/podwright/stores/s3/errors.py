"""Errors of a bucket's client: what each means, and what to do."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from podwright.core.errors import StoreError
from podwright.stores.s3.transport import EndlessError, GarbledError

_RIGHTS = "see that the key and its secret are right and may get, put, delete and list"
_FULL = "the store has no room left, or no more is allowed; make room, or raise its quota"
_ARCHIVED = (
    "it lies in an archive, where nobody can read it; restore it, and let no lifecycle rule archive what is here"
)
_CHANGED = "its bytes changed on their way to the store; publish again, or see what lies between"
#: The advice for the codes that people meet
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList; Ceph's and MinIO's).
_ANSWERS = {
    "BadDigest": _CHANGED,
    "XAmzContentChecksumMismatch": _CHANGED,
    "InvalidObjectState": _ARCHIVED,
    "ObjectNotInActiveTierError": _ARCHIVED,
    "QuotaExceeded": _FULL,
    "InsufficientStorage": _FULL,
    "XMinioStorageFull": _FULL,
    "XMinioAdminBucketQuotaExceeded": _FULL,
    "AccountProblem": "the store's operator has closed the account; ask them",
    "AllAccessDisabled": "the store's operator has closed the bucket; ask them",
    "RequestTimeTooSkewed": "the store finds that this machine's clock is wrong; set the clock",
    "ExpiredToken": "the credentials have expired; sign in again",
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
    (GarbledError, "the store's answer was cut short, or changed on its way; publish again, or see what lies between"),
    (EndlessError, "the store's answer has no end; check endpoint_url, or see what lies under this key"),
    (boto.PaginationError, "the store's listing has no end; check endpoint_url"),
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
    except (ResponseParserError, ValueError, LookupError, ArithmeticError) as error:
        # What botocore's parser and we make of a number, a date or a field that is none, or is not there.
        raise StoreError(f"{what}: the store's answer is not one of S3; check endpoint_url") from error
    except boto.BotoCoreError as error:
        advice = next(text for kind, text in _FAILURES if isinstance(error, kind))
        raise StoreError(f"{what}: {advice} ({type(error).__name__})") from error
    except OSError as error:
        raise StoreError(f"{what}: {error}; see that its source is there and can be read") from error


def _answer(error: boto.ClientError) -> str:
    code, status = code_of(error), status_of(error)
    advice = _ANSWERS.get({501: "NotImplemented", 507: "InsufficientStorage"}.get(status, code))
    if advice is not None:
        return f"{advice} ({named(error)})"
    if status in (401, 403):
        return f"the store refuses; {_RIGHTS} ({named(error)})"
    if status == 413:
        return f"the store, or the web server before it, takes no such large body; raise its limit ({named(error)})"
    answer = named(error) if code == str(status) else f"{status} {named(error)}"
    return f"the store answered {answer}; publish again, or ask its operator"


def named(error: boto.ClientError) -> str:
    """Return the store's name for its error and, where it can be shown, what it says of it."""
    code, said = code_of(error), error.response.get("Error", {}).get("Message", "")
    return f"{code}: {said.rstrip('.')}" if said and said != code else code


def is_absent(error: boto.ClientError) -> bool:
    """Return whether there is no such object."""
    return status_of(error) == 404


def is_unknown(error: boto.ClientError) -> bool:
    """Return whether the store does not know this kind of request."""
    return status_of(error) == 501 or code_of(error) in ("NotImplemented", "MethodNotAllowed")


def is_altered(error: boto.ClientError) -> bool:
    """Return whether other bytes arrived than were hashed before: those of a source that changed, or not ours."""
    return code_of(error) in ("BadDigest", "XAmzContentChecksumMismatch")


def status_of(error: boto.ClientError) -> int:
    """Return the status of an answer."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def code_of(error: boto.ClientError) -> str:
    """Return the store's name for its error; "?" where that is none of the words that stores have for errors.

    It is printed, and a store may answer with anything, with what it was asked among it.
    """
    code = str(error.response.get("Error", {}).get("Code", "?"))
    return code if re.fullmatch(r"[A-Za-z]{1,64}|[0-9]{3}", code) else "?"
