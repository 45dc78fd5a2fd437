"""Posting a JSON document to an address, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the signature is the
HMAC-SHA256 of identifier, time and body, so that a receiver knows who sent it, and that it is not an old one again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from podwright.core.recipients import EnvText, UnsetError
from podwright.operations.notify.delivery import Notice
from podwright.operations.notify.requests import Request, sender

KIND = "webhook"
#: Bytes of a key; the specification asks for 24 to 64.
SHORTEST_KEY = 24
_PREFIX = "whsec_"


def webhook_notice(
    address: EnvText,
    secret: EnvText | None,
    environment: Mapping[str, str],
    *,
    document: Mapping[str, Any],
    identifier: str,
    at: datetime,
) -> Notice:
    """Return the notice of a document, whose `type` names what happened. at: the time of sending.

    identifier: the same for the same news, so that a receiver that gets it twice can tell.
    """
    body = json.dumps(document, ensure_ascii=False).encode()
    seconds = str(int(at.timestamp()))

    def make() -> Request:
        headers = {"Content-Type": "application/json", "Webhook-Id": identifier, "Webhook-Timestamp": seconds}
        if secret is not None:
            key = _key(secret, environment)
            headers["Webhook-Signature"] = sign(key, identifier=identifier, seconds=seconds, body=body)
        return Request(method="POST", url=address.fill(environment), headers=headers, body=body)

    return Notice(kind=KIND, address=address.text, subject=document["type"], send=sender(make))


def sign(key: bytes, *, identifier: str, seconds: str, body: bytes) -> str:
    """Return the value of `Webhook-Signature`."""
    digest = hmac.new(key, f"{identifier}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: EnvText, environment: Mapping[str, str]) -> bytes:
    text = secret.fill(environment).removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) < SHORTEST_KEY:
        (name,) = secret.variables
        raise UnsetError(
            f"{name} holds no key of {SHORTEST_KEY} bytes or more in Base64; openssl rand -base64 32 makes one"
        )
    return key
