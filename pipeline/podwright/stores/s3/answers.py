"""The answers of a bucket's endpoint, looked at before botocore makes anything of them.

What answers may be no store at all: a web site, a console, a proxy that wants a login. That is told of the bucket and
its endpoint, since no object is to blame. What a store says of an error in its own words is kept where it can be shown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from podwright.core.errors import StoreError
from podwright.stores.s3.transport import GarbledError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

#: The longest sentence of a store that is shown, and the longest word in it, in characters.
LONGEST_SENTENCE, LONGEST_WORD = 300, 60
#: Whoever repeats what was asked repeats this, too.
_SIGNED = re.compile(r"(signature|credential|authorization|token|password)\s*[=:]", re.IGNORECASE)
#: Answers to these always name the version of an object.
_VERSIONED = ("HeadObject", "GetObject", "PutObject", "UploadPart")
#: Without a body where they succeed.
_SILENT = ("DeleteObject", "AbortMultipartUpload")
#: What every store knows. To the rest one that does not know it may answer anything.
_KNOWN = (*_VERSIONED, *_SILENT, "ListObjectsV2")
#: The element with which a list begins, without which it would be taken for an empty one.
_LISTS = {
    "ListObjectsV2": "ListBucketResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "GetBucketCors": "CORSConfiguration",
}
#: What a result has to say; not every store calls the result itself as Amazon does.
_NEEDED = {"CreateMultipartUpload": "UploadId", "CompleteMultipartUpload": "ETag", "CopyObject": "ETag"}
#: Answers that need no code: of conditions and ranges, and what a server before the store refuses, which is one then.
_BARE = (304, 408, 409, 412, 413, 416, 429)
#: Errors of the bucket, whatever object was asked for.
_PLACES = {
    "NoSuchBucket": "there is no such bucket; make it, or correct storage.url",
    "AuthorizationHeaderMalformed": "the bucket is in another region; correct storage.region",
    "PermanentRedirect": "the bucket is in another region; correct storage.region",
}
_ADVICE = "write the store's own S3 address into storage.endpoint_url"
_FORMS = {"text/html": "a web page", "application/json": "JSON", "text/plain": "plain text"}


class PlaceError(StoreError):
    """There is no store, or no such bucket, where the settings say."""


class StrangeError(StoreError):
    """An answer that is no result of what was asked."""


class Answers:
    """The answers that one bucket gives; may be looked at from several threads."""

    def __init__(self, client: S3Client, url: str, *, credentials: Credentials | None) -> None:
        """Take the store's address, for people, and the credentials that no message may repeat."""
        self._client, self._url, self._credentials = client, url, credentials

    def _secrets(self) -> Collection[str]:
        if self._credentials is None:
            return ()
        kept = self._credentials.get_frozen_credentials()
        return [value for value in (kept.access_key, kept.secret_key, kept.token) if value]

    def look(self, operation: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raise PlaceError for what no store answers, StrangeError for what is no result, GarbledError for half of one.

        body: empty where the answer is an object.
        """
        wrong = _foreign(operation, status, headers, body, self._secrets)
        if wrong is not None:
            raise no_store(self._client, self._url, wrong)
        if status < 300 and (lacking := _lacking(operation, body)):
            raise StrangeError(f"{_place(self._client, self._url)}: it answered {operation} {lacking}; {_ADVICE}")

    def clean(self, parsed: dict[str, Any], **_: object) -> None:
        """Keep of an error only what can be shown. Raise PlaceError where the bucket is to blame."""
        if not (error := parsed.get("Error")):
            return
        error["Message"] = sentence(error.get("Message") or "", self._secrets())
        if advice := _PLACES.get(str(error.get("Code"))):
            said = f": {error['Message']}" if error["Message"] else ""
            raise PlaceError(f"{_place(self._client, self._url)}: {advice} ({error['Code']}{said})")


def no_store(client: S3Client, url: str, wrong: str) -> PlaceError:
    """Return the error for an answer that no S3 store gives."""
    return PlaceError(f"{_place(client, url)}: this is no S3 store: {wrong}; {_ADVICE}")


def _place(client: S3Client, url: str) -> str:
    return f"{url} at {_endpoint(client.meta.endpoint_url)}"


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer was made, by the clock of who made it (RFC 9110 section 6.6.1); None where none is said."""
    date = headers.get("date")
    try:
        time = parsedate_to_datetime(date) if date else None
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def sentence(text: str, secrets: Collection[str]) -> str:
    """Return what a server says of an error in one line; "" where that is nothing, too long, or may hold a secret."""
    line = " ".join(text.split())
    long = len(line) > LONGEST_SENTENCE or any(len(word) > LONGEST_WORD for word in line.split())
    told = any(spelling in line for secret in secrets for spelling in (secret, quote(secret, safe="")))
    return "" if long or told or not line.isprintable() or _SIGNED.search(line) else line


def _endpoint(url: str) -> str:
    """Return an address without the user name and password that it may hold."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def _foreign(
    operation: str, status: int, headers: Mapping[str, str], body: bytes, secrets: Callable[[], Collection[str]]
) -> str | None:
    """Return what is wrong with an answer that no S3 store gives; None for one that it may give.

    A store says what is wrong in XML that has a code, but to HEAD
    (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses).
    """
    # botocore asks for the region of a bucket that redirects, and again where that redirects as well, without end.
    if 300 <= status < 400 and status != 304 and b"<Code" not in body and "x-amz-bucket-region" not in headers:
        return f"it redirects to {_host(headers.get('location', '')) or 'another address'} ({status})"
    if operation not in _KNOWN:
        return None
    if status < 300:
        # To list what is there takes words; anything else none, but those of an error that came late.
        is_told = (
            _is_xml(body, _LISTS[operation], "Error") if operation in _LISTS else not body or _is_xml(body, "Error")
        )
        if not is_told:
            return f"it answered {status} with {_described(headers, body, secrets())}"
        return f"it answered {status} without an ETag" if operation in _VERSIONED and "etag" not in headers else None
    if b"<Code" in body or operation == "HeadObject" or status in _BARE:
        return None
    if body.strip() and (status < 500 or status == 501):
        return f"it answered {status} with {_described(headers, body, secrets())}"
    return f"it answered {status} and nothing more" if status in (404, 405) and operation != "GetObject" else None


def _is_xml(body: bytes, *roots: str) -> bool:
    """Return whether XML begins with one of these elements, which may be in a namespace."""
    found = re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*)?<(?:[\w.-]+:)?([\w.-]+)[\s/>]", body)
    return found is not None and found[1].decode("ascii", "replace") in roots


def _lacking(operation: str, body: bytes) -> str | None:
    """Return what a result lacks. Raise GarbledError where it is one, but not whole."""
    root, needed = _LISTS.get(operation), _NEEDED.get(operation)
    if not (root or needed) or _is_xml(body, "Error"):
        return None
    if not body.lstrip().startswith(b"<") or (root and not _is_xml(body, root)):
        return f"without {root or needed}"
    if operation == "ListObjectsV2":
        _check_listing(body)
    names = {_name(element) for element in _parsed(body)}
    return f"without {needed}" if needed and needed not in names else None


def _check_listing(body: bytes) -> None:
    """Raise GarbledError where a page of a listing would be taken for the last one, or for another, by mistake."""
    root = _parsed(body)
    values = {_name(element): element.text or "" for element in root}
    if values.get("IsTruncated", "false") not in ("true", "false"):
        raise GarbledError(error="IsTruncated is neither true nor false")
    if values.get("IsTruncated") == "true" and not values.get("NextContinuationToken"):
        raise GarbledError(error="a listing goes on, and does not say where")
    for element in root:
        if _name(element) == "Contents" and not {"Key", "Size", "ETag"} <= {_name(part) for part in element}:
            raise GarbledError(error="an object without a key, a size or a version")


def _parsed(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - botocore reads it by the same parser
    except ElementTree.ParseError as error:
        raise GarbledError(error=error) from error


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _host(url: str) -> str:
    """Return where an address leads, without its path, which may hold anything; "" for no address."""
    found = re.match(r"https?://(?:[^/?#]*@)?([\w.:\[\]-]{1,253})(?=[/?#]|$)", url)
    return found[1] if found else ""


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _described(headers: Mapping[str, str], body: bytes, secrets: Collection[str]) -> str:
    """Return the form of an answer, with its title or, of a short one, its text."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    form = "a web page" if _is_page(body) else _FORMS.get(media_type, "something else")
    text = body[:65_536].decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    said = sentence(html.unescape(title[1]) if title else "" if "<" in text else text, secrets)
    return f"{form} (“{said}”)" if said else form
