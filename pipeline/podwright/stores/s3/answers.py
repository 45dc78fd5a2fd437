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

from podwright.core.errors import StoreError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

#: The longest sentence of a store that is shown, and the longest word in it, in characters.
LONGEST_SENTENCE, LONGEST_WORD = 300, 60
#: Whoever repeats what was asked repeats this, too.
_SIGNED = re.compile(r"(signature|credential|authorization|token|password)\s*[=:]", re.IGNORECASE)
#: Answers to these always name the version of an object.
_VERSIONED = ("HeadObject", "GetObject", "PutObject", "UploadPart")
#: What every store knows. To the rest one that does not know it may answer anything.
_KNOWN = (*_VERSIONED, "ListObjectsV2")
#: Answers that need no code: of conditions and ranges, and what a server before the store refuses, which is one then.
_BARE = (304, 408, 409, 412, 413, 416, 429)
#: Errors of the bucket, whatever object was asked for.
_PLACES = {
    "NoSuchBucket": "there is no such bucket; make it, or correct storage.url",
    "AuthorizationHeaderMalformed": "the bucket is in another region; correct storage.region",
    "PermanentRedirect": "the bucket is in another region; correct storage.region",
}
_FORMS = {"text/html": "a web page", "application/json": "JSON", "text/plain": "plain text"}


class PlaceError(StoreError):
    """There is no store, or no such bucket, where the settings say."""


def watch(client: S3Client, url: str, *, credentials: Credentials | None) -> None:
    """Have a client raise PlaceError for what no store answers, and keep of errors only what can be shown.

    url: the store's address, for people.
    """

    def secrets() -> Collection[str]:
        if credentials is None:
            return ()
        kept = credentials.get_frozen_credentials()
        return [value for value in (kept.access_key, kept.secret_key, kept.token) if value]

    def look(response_dict: Mapping[str, Any], **_: object) -> None:
        wrong = _foreign(response_dict, secrets)
        if wrong is not None:
            raise no_store(client, url, wrong)

    def clean(parsed: dict[str, Any], **_: object) -> None:
        if not (error := parsed.get("Error")):
            return
        error["Message"] = sentence(error.get("Message") or "", secrets())
        if advice := _PLACES.get(str(error.get("Code"))):
            said = f": {error['Message']}" if error["Message"] else ""
            raise PlaceError(f"{_place(client, url)}: {advice} ({error['Code']}{said})")

    client.meta.events.register("before-parse.s3", look)
    client.meta.events.register("after-call.s3", clean)


def no_store(client: S3Client, url: str, wrong: str) -> PlaceError:
    """Return the error for an answer that no S3 store gives."""
    advice = "write the store's own S3 address into storage.endpoint_url"
    return PlaceError(f"{_place(client, url)}: this is no S3 store: {wrong}; {advice}")


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


def _foreign(answer: Mapping[str, Any], secrets: Callable[[], Collection[str]]) -> str | None:
    """Return what is wrong with an answer that no S3 store gives; None for one that it may give.

    A store says what is wrong in XML that has a code, but to HEAD
    (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses).
    """
    status, headers, operation = answer["status_code"], answer["headers"], answer["context"]["operation_name"]
    body = answer["body"] if isinstance(answer["body"], bytes) else b""
    # botocore asks for the region of a bucket that redirects, and again where that redirects as well, without end.
    if 300 <= status < 400 and status != 304 and b"<Code" not in body and "x-amz-bucket-region" not in headers:
        return f"it redirects to {_host(headers.get('location', '')) or 'another address'} ({status})"
    if operation not in _KNOWN:
        return None
    if status < 300:
        if (body.strip() and not body.lstrip().startswith(b"<")) or _is_page(body):
            return f"it answered {status} with {_described(headers, body, secrets())}"
        return f"it answered {status} without an ETag" if operation in _VERSIONED and "etag" not in headers else None
    if b"<Code" in body or operation == "HeadObject" or status in _BARE:
        return None
    if body.strip() and (status < 500 or status == 501):
        return f"it answered {status} with {_described(headers, body, secrets())}"
    return f"it answered {status} and nothing more" if status in (404, 405) and operation != "GetObject" else None


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
