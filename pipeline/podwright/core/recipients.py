"""Recipients of how runs went and what changed, as podwright.toml names them; secrets are only named there.

A secret lies in the environment of the machine that runs podwright, since the workspace is kept in git.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from podwright.core.errors import PodwrightError

MailSecurity = Literal["starttls", "tls", "none"]

_VARIABLE = re.compile(r"\$([A-Z_][A-Z0-9_]*)")


class UnsetError(PodwrightError):
    """A variable that podwright.toml names is not set here, or holds what cannot be sent."""


@dataclass(frozen=True, slots=True)
class EnvText:
    """A text of podwright.toml in which `$NAME` stands for a variable of the environment. It can be shown as it is."""

    text: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables in it."""
        return tuple(_VARIABLE.findall(self.text))

    def fill(self, environment: Mapping[str, str]) -> str:
        """Return the text with what the variables hold, to be sent and never shown. Raises UnsetError."""
        return _VARIABLE.sub(lambda found: _load_variable(found[1], environment), self.text)


def _load_variable(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise UnsetError(f"{name} is not set here; set it in the environment of the run")
    # A line end in a header or a command would begin another one.
    if not (value.isascii() and value.isprintable()):
        raise UnsetError(f"{name} holds a character that cannot be sent; set it again, in one line of ASCII")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A recipient of e-mails, and the server that takes them. port None: the usual one of `security`."""

    to: tuple[str, ...]
    sender: str
    server: str
    port: int | None
    security: MailSecurity
    user: EnvText | None
    password: EnvText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattended:
    """The recipients of how an unattended run ended: a health check always, the others of failures."""

    healthcheck: EnvText | None = None
    webhook: EnvText | None = None
    webhook_secret: EnvText | None = None
    mail: Mail | None = None


NOBODY = Unattended()


def unattended_from(row: Mapping[str, Any]) -> Unattended:
    """Return the recipients, from the values of a table that was checked."""
    mail = row["mail"]
    return Unattended(
        healthcheck=_text(row["healthcheck"]),
        webhook=_text(row["webhook"]),
        webhook_secret=_text(row["webhook_secret"]),
        mail=Mail(
            to=tuple(mail["to"]),
            sender=mail["sender"],
            server=mail["server"],
            port=mail["port"],
            security=mail["security"],
            user=_text(mail["user"]),
            password=_text(mail["password"]),
        )
        if mail
        else None,
    )


def _text(value: str | None) -> EnvText | None:
    return EnvText(value) if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Podping:
    """The service that writes podpings, and the token that it asks for."""

    url: str
    token: EnvText


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """A way to tell a CDN to forget addresses.

    It gets one request each to `address`, in which `{url}` stands for them, or, with `files`, requests whose JSON lists
    them under that name.
    """

    method: str
    address: EnvText
    #: Names and values of headers.
    headers: tuple[tuple[str, EnvText], ...] = ()
    files: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The recipients that are told once feeds are live, beside the feeds' hubs."""

    webhook: EnvText | None = None
    webhook_secret: EnvText | None = None
    podping: Podping | None = None
    #: The address at which Podcast Index takes notices.
    podcast_index: str | None = None
    #: A distribution.
    cloudfront: str | None = None
    purges: tuple[Purge, ...] = ()
    #: Whether to wait until the new feeds are served.
    verify: bool = False


NOBODY_AFTER = After()
PODCAST_INDEX = "https://api.podcastindex.org/api/1.0/hub/pubnotify"
#: Nobody else finds these (https://www.rfc-editor.org/rfc/rfc6761, RFC 6762, RFC 8375, and .internal by ICANN).
_OWN_HOSTS = re.compile(
    r"[^.]*|(?:.*\.)?(?:(?:example\.(?:com|net|org))|example|invalid|localhost|local|test|internal|home\.arpa)\.?"
)


def after_from(row: Mapping[str, Any], *, public_url: str) -> After:
    """Return the recipients, from the values of a table that was checked, of a podcast at `public_url`."""
    podping, cloudfront = row["podping"], row["cloudfront"]
    indexed = _is_found(public_url) if row["podcast_index"] is None else row["podcast_index"]
    purges = tuple(
        Purge(
            method=one["method"].upper(),
            address=EnvText(one["address"]),
            headers=tuple((name, EnvText(value)) for name, value in one["headers"].items()),
            files=one["files"],
        )
        for one in row["purge"]
    )
    return After(
        webhook=_text(row["webhook"]),
        webhook_secret=_text(row["webhook_secret"]),
        podping=Podping(url=podping["url"], token=EnvText(podping["token"])) if podping else None,
        podcast_index=PODCAST_INDEX if indexed else None,
        cloudfront=cloudfront["distribution"] if cloudfront else None,
        purges=purges,
        verify=bool(purges or cloudfront) if row["verify"] is None else row["verify"],
    )


def _is_found(public_url: str) -> bool:
    """Tell whether everybody can reach an address by its name; a trial on one's own machine is nobody's business."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    return parts.scheme == "https" and ":" not in host and not host[-1:].isdigit() and not _OWN_HOSTS.fullmatch(host)
