"""A real mail server on loopback that keeps what it is sent."""

# ruff: noqa: N802, ARG002 - names and arguments of methods are those that aiosmtpd calls

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "podcast", "pass word"


@dataclass
class Mailbox:
    """letters as they arrived, with who was named as sender and recipients; replies: what is answered to addresses."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if reply := self.replies.get(address):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if reply := self.replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        assert server.transport
        self.secured.append(server.transport.get_extra_info("cipher") is not None)
        return "250 OK"


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextlib.contextmanager
def running_mailserver(security: str, authority: trustme.CA) -> Iterator[Mailbox]:
    """A server that takes a login where it has TLS; its certificate is signed by `authority`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    secured = {"starttls": {"tls_context": context, "require_starttls": True}, "tls": {"ssl_context": context}}
    login = {} if security == "none" else {"authenticator": _authenticate, "auth_require_tls": security != "tls"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mailbox = Mailbox(port)
    controller = Controller(mailbox, "127.0.0.1", port, **secured.get(security, {}), **login)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
