"""Secrets that are sown before a run, and looked for afterwards in whatever spelling."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

#: By what they are. Each is long enough to be met nowhere by chance, and changes where it is spelt otherwise.
SECRETS: Mapping[str, str] = {
    "access key": "AKIASEEDEDKEY7EXAMPL",
    "secret key": "wJa/Seeded+Secret=K7MDENG/bPxRfiCYEXAMPLE",
    "session token": "FwoGZXIvYXdzEB/Seeded+Session//Token==&1",
    "access key of the profile": "AKIAPROFILEKEY9EXMPL",
    "secret key of the profile": "pRo/Seeded+Profile=Secret/2f9bJ0eQ7EXAMPLE",
    "password of the endpoint": "end/Seeded+point=P4ss&word-0001",
    "password of the proxy": "pro/Seeded+xy=P4ss&word-0002",
    "password of the database": "dat/Seeded+abase=P4ss&word-0003",
    "health check": "5eeded9e-7c9e-4679-7425-40de944b1234",
    "webhook": "hook-5eeded+B0AT3XYZ/8fJ=k2",
    "key of the webhook": base64.b64encode(b"seeded key of the webhook 0123456789").decode(),
    "user of the mail server": "podcast-5eeded-user@example.org",
    "password of the mail server": "mai/Seeded+l=P4ss&word-0004",
    "podping": "pod/Seeded+ping=T0ken&0005abcdef",
    "purge address": "zone-5eeded-0f1e2d3c4b5a69788796",
    "purge token": "pur/Seeded+ge=T0ken&0006abcdef",
    "signature": "5eeded0f6a1c3b5d7e9f1029384756abcdef0123456789abcdef0123456789ab",
}


def spellings(secret: str) -> set[bytes]:
    """A secret as it is, percent-encoded, escaped for JSON and HTML, in hex, and in Base64 at any place of it."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escape(secret)}
    plain |= {json.dumps(one)[1:-1] for one in list(plain)} | {secret.replace("/", "\\/")}
    plain |= {_lower(one) for one in list(plain)}
    found = {one.encode() for one in plain} | {secret.encode().hex().encode()}
    for text in (secret.encode(), quote(secret, safe="").encode()):
        for before in range(3):
            # What the bytes beside it take part in is left out at both ends.
            whole = base64.b64encode(bytes(before) + text)[(0, 2, 3)[before] :]
            kept = whole.rstrip(b"=")[: -1 if (before + len(text)) % 3 else None]
            found |= {kept, kept.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def _lower(text: str) -> str:
    """The same with the digits of percent-encoding in lower case."""
    return "%".join(part if not index else part[:2].lower() + part[2:] for index, part in enumerate(text.split("%")))


def found_in(data: bytes, secrets: Mapping[str, str] = SECRETS) -> Iterator[str]:
    """The names of the secrets that data holds."""
    for name, secret in secrets.items():
        if any(spelling in data for spelling in spellings(secret)):
            yield name


def leaks(outputs: Mapping[str, bytes], secrets: Mapping[str, str] = SECRETS) -> dict[str, list[str]]:
    """What each output holds that it should not; nothing where all is well."""
    return {name: held for name, data in outputs.items() if (held := list(found_in(data, secrets)))}


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones, databases and their journals among them, with their names."""
    return {str(path): bytes(path) + b"\n" + path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
