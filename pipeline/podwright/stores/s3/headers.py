"""The headers that an object in a bucket is stored with."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from podwright.core.artifact import Artifact


def object_headers(artifact: Artifact) -> Any:
    """What listeners are sent with an object, and our SHA-256 of it, as boto3 names them."""
    headers = {
        "ContentType": artifact.media_type,
        "CacheControl": artifact.cache_control,
        "Metadata": {"sha256": artifact.sha256},
    }
    if artifact.filename:
        headers["ContentDisposition"] = content_disposition(artifact.filename)
    return headers


def content_disposition(filename: str) -> str:
    """An attachment's name in ASCII and, for readers that know it, in full (RFC 6266 section 5, appendix D).

    https://www.rfc-editor.org/rfc/rfc6266
    """
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def encode_digest(digest: bytes) -> str:
    """A digest or checksum as headers have it: in Base64."""
    return base64.b64encode(digest).decode()
