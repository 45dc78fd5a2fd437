"""The tables of podwright.toml that say who is told how runs went, and what changed.

What is secret is named, not written: the workspace is kept in git. A value that is refused for that is not repeated in
the message.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from podwright.workspace import values
from podwright.workspace.schema.fields import Email, FieldError, Table, Truth, Url, about

_NAME = r"\$[A-Z_][A-Z0-9_]*"
#: What a service gives as a password looks like this: a UUID, or a long word of letters and digits.
_TOKEN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=.*[0-9])(?=.*[a-z])([a-z0-9_]{20,}|[a-z0-9_.~-]{40,})", re.IGNORECASE
)
_URL = "{url}"
_ELSEWHERE = 'put it into a variable of the environment and write its name, like "$PODWRIGHT_TOKEN"'


#: Return the name of a variable with `$` before it. Raises ValueError, as do all that follow.
secret = values.formed(_NAME, f"is no name of a variable; {_ELSEWHERE}")
#: Return the name or address of a server, without a port.
host = values.formed(
    r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*",
    "is not a server's name; write one like smtp.example.org",
)
#: Return the value of a header: a variable, with a word before it where one belongs there.
header = values.formed(
    rf"([A-Za-z]{{1,16}} )?{_NAME}", f"is no name of a variable, as in `Bearer $TOKEN`; {_ELSEWHERE}"
)
#: Return the name of a header (RFC 9110 section 5.1).
header_name = values.formed("[A-Za-z0-9-]{1,64}", "is not the name of a header; write one like Authorization")
#: Return a name in JSON, or of something at AWS.
word = values.formed("[A-Za-z0-9_-]{1,64}", "is not a name; use letters, digits, - and _")


def address(value: Any) -> str:
    """Return the name of a variable, or a web address without anything in it that looks secret. Raises ValueError."""
    text = values.line(value)
    if text.startswith("$"):
        return secret(text)
    try:
        parts = urlsplit(values.url(text))
    except ValueError as error:
        raise ValueError(f"is not a web address; write one like https://example.org/hook, or {_ELSEWHERE}") from error
    if parts.query or parts.fragment or any(_TOKEN.fullmatch(part) for part in parts.path.split("/")):
        raise ValueError(f"has something in it that looks secret; {_ELSEWHERE}")
    return text


def port(value: Any) -> int:
    """Return a TCP port. Raises ValueError."""
    number = values.whole(value)
    if number > 65_535:
        raise ValueError(f"{number} is not a port; write one up to 65535")
    return number


def purge_address(value: Any) -> str:
    """Return an `address` in which `{url}` may be the whole, or the one value of a query. Raises ValueError."""
    text = values.line(value)
    if text == _URL:
        return text
    bare, _, query = text.partition("?")
    if query and not re.fullmatch(r"[A-Za-z_]{1,32}=\{url\}", query):
        raise ValueError(f"may have no query but one like ?url={{url}}; {_ELSEWHERE}")
    return f"{address(bare)}?{query}" if query else address(bare)


Secret = Annotated[str, BeforeValidator(secret), WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"})]
Address = Annotated[
    str, BeforeValidator(address), WithJsonSchema({"type": "string", "pattern": rf"^({_NAME}$|https?://)"})
]
Host = Annotated[str, BeforeValidator(host), WithJsonSchema({"type": "string", "examples": ["smtp.example.org"]})]
Port = Annotated[int, BeforeValidator(port), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65_535})]
Security = Annotated[Literal["starttls", "tls", "none"], BeforeValidator(values.one_of("starttls", "tls", "none"))]
PurgeAddress = Annotated[str, BeforeValidator(purge_address), WithJsonSchema({"type": "string"})]
Header = Annotated[str, BeforeValidator(header), WithJsonSchema({"type": "string", "examples": ["Bearer $TOKEN"]})]
HeaderName = Annotated[str, BeforeValidator(header_name), WithJsonSchema({"type": "string"})]
Word = Annotated[str, BeforeValidator(word), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"})]
Method = Annotated[
    Literal["purge", "post", "delete"],
    BeforeValidator(values.one_of("purge", "post", "delete")),
    WithJsonSchema({"type": "string", "enum": ["PURGE", "POST", "DELETE"]}),
]


class MailTable(Table):
    """Whom to write to when an unattended run fails."""

    to: tuple[Email, ...] = about("Whom to write to.")
    sender: Email = about("Who the e-mail is from.")
    server: Host = about("The mail server that takes it.")
    port: Port | None = about("Its port; default: 587, with tls 465, with none 25.", None)
    security: Security = about("starttls, tls, or none for a server that takes e-mail without a login.", "starttls")
    user: Secret | None = about("The variable that holds the user's name.", None)
    password: Secret | None = about("The variable that holds the password.", None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.to:
            raise FieldError("is empty; write an address, or delete the table", at=("to",))
        if (self.user is None) != (self.password is None):
            raise FieldError("needs both user and password, or neither; complete it", at=())
        if self.user and self.security == "none":
            raise FieldError("sends the password for all to read; write starttls or tls", at=("security",))
        return self


class UnattendedTable(Table):
    """Who is told how a run ended that nobody watched."""

    healthcheck: Address | None = about("Pinged when a run begins, succeeds or fails.", None)
    webhook: Address | None = about("Told by a POST when runs begin to fail, and when they succeed again.", None)
    webhook_secret: Secret | None = about("The variable that holds the key that signs what the webhook gets.", None)
    mail: MailTable | None = about("Whom to write to when runs begin to fail, and when they succeed again.", None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.webhook_secret and not self.webhook:
            raise FieldError("signs nothing; write webhook, too", at=("webhook_secret",))
        return self


class PodpingTable(Table):
    """The service that writes podpings for feeds with `podping = true`."""

    token: Secret = about("The variable that holds the token of the service.")
    url: Url = about("The service's address.", "https://podping.cloud/")


class CloudfrontTable(Table):
    """The CloudFront distribution in front of the store."""

    distribution: Word = about("Its identifier, like E2QWRUHAPOMQZL.")


class PurgeTable(Table):
    """A way to have a CDN forget addresses."""

    method: Method = about("PURGE, POST or DELETE.", "purge")
    address: PurgeAddress = about("Where to ask; `{url}` stands for the address that is to be forgotten.", _URL)
    headers: dict[HeaderName, Header] = about("Headers, whose values are in variables.", {})
    files: Word | None = about("The name under which a JSON body lists addresses, 30 at once.", None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.files and _URL in self.address:
            raise FieldError("names the addresses twice, in address and in files; leave one out", at=("files",))
        if not self.files and _URL not in self.address:
            raise FieldError("does not say which address to forget; write {url} into it, or set files", at=("address",))
        return self


class AfterTable(Table):
    """Who is told once feeds are live."""

    webhook: Address | None = about("Told by a POST what changed in public feeds.", None)
    webhook_secret: Secret | None = about("The variable that holds the key that signs it.", None)
    podping: PodpingTable | None = about("The service that writes podpings.", None)
    podcast_index: Truth | None = about(
        "Whether Podcast Index is told of changed feeds; default: where public_url is one that everybody reaches.", None
    )
    cloudfront: CloudfrontTable | None = about("The CloudFront distribution in front of the store.", None)
    purge: tuple[PurgeTable, ...] = about("Ways to have other CDNs forget what changed.", ())
    verify: Truth | None = about(
        "Whether to wait until the public address serves the new feeds; default: where a cache is told to forget.", None
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.webhook_secret and not self.webhook:
            raise FieldError("signs nothing; write webhook, too", at=("webhook_secret",))
        return self
