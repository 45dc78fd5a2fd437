"""The tables of podwright.toml that say who is told how runs went.

What is secret is named, not written: the workspace is kept in git. A value that is refused for that is not repeated in
the message.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from pipeline.workspace import values
from pipeline.workspace.fields import Email, FieldError, Table, about

_NAME = r"\$[A-Z_][A-Z0-9_]*"
#: What a service gives as a password looks like this: a UUID, or a long word of letters and digits.
_TOKEN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=.*[0-9])(?=.*[a-z])([a-z0-9_]{20,}|[a-z0-9_.~-]{40,})", re.IGNORECASE
)
_ELSEWHERE = 'put it into a variable of the environment and write its name, like "$PODWRIGHT_TOKEN"'


def secret(value: Any) -> str:
    """The name of a variable with `$` before it. Raises ValueError, which does not repeat the value."""
    text = values.line(value)
    if not re.fullmatch(_NAME, text):
        raise ValueError(f"is no name of a variable; {_ELSEWHERE}")
    return text


def address(value: Any) -> str:
    """The name of a variable, or a web address without anything in it that looks secret. Raises ValueError."""
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


def host(value: Any) -> str:
    """The name or address of a server, without a port. Raises ValueError."""
    text = values.line(value)
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*", text):
        raise ValueError(f"{values.shown(text)} is not a server's name; write one like smtp.example.org")
    return text


def port(value: Any) -> int:
    """A TCP port. Raises ValueError."""
    number = values.whole(value)
    if number > 65_535:
        raise ValueError(f"{number} is not a port; write one up to 65535")
    return number


Secret = Annotated[str, BeforeValidator(secret), WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"})]
Address = Annotated[
    str, BeforeValidator(address), WithJsonSchema({"type": "string", "pattern": rf"^({_NAME}$|https?://)"})
]
Host = Annotated[str, BeforeValidator(host), WithJsonSchema({"type": "string", "examples": ["smtp.example.org"]})]
Port = Annotated[int, BeforeValidator(port), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65_535})]
Security = Annotated[Literal["starttls", "tls", "none"], BeforeValidator(values.one_of("starttls", "tls", "none"))]


class MailTable(Table):
    """Whom to write to when an unattended run fails."""

    to: tuple[Email, ...] = about("Whom to write to.")
    sender: Email = about("Who the letter is from.")
    server: Host = about("The mail server that takes it.")
    port: Port | None = about("Its port; default: 587, with tls 465, with none 25.", None)
    security: Security = about("starttls, tls, or none for a server that takes letters without a login.", "starttls")
    user: Secret | None = about("The variable that holds the user's name.", None)
    password: Secret | None = about("The variable that holds the password.", None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
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
    def _sound(self) -> Self:
        if self.webhook_secret and not self.webhook:
            raise FieldError("signs nothing; write webhook, too", at=("webhook_secret",))
        return self
