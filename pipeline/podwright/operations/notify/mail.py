"""Writing an e-mail, by SMTP with or without a login; a password travels over TLS only.

Submission is on port 587 with STARTTLS or on port 465 with TLS from the beginning (RFC 8314 section 3.3).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from podwright.core.http import Client
from podwright.core.recipients import Mail, MailSecurity
from podwright.operations.notify.delivery import DeliveryError, Notice

KIND = "mail"
#: The longest that each answer of a server may take, in seconds.
PATIENCE = 10
_PORTS: dict[MailSecurity, int] = {"starttls": 587, "tls": 465, "none": 25}


def mail_notice(
    mail: Mail, environment: Mapping[str, str], *, subject: str, text: str, identifier: str, at: datetime
) -> Notice:
    """Return an e-mail to all of `mail.to`. identifier: unique, of letters, digits and hyphens."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{identifier}@{mail.sender.rpartition('@')[2]}>"
    # Holiday replies are for people (RFC 3834 section 5).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)

    def login() -> tuple[str, str] | None:
        if mail.user is None or mail.password is None:
            return None
        return mail.user.fill(environment), mail.password.fill(environment)

    send = _sender(mail, message, login)
    return Notice(kind=KIND, address=", ".join(mail.to), subject=message["Subject"], send=send)


def _sender(mail: Mail, message: EmailMessage, login: Callable[[], tuple[str, str] | None]) -> Callable[[Client], None]:
    def send(client: Client) -> None:
        del client
        account = login()
        try:
            with _connected(mail) as server:
                if account:
                    server.login(*account)
                refused = server.send_message(message)
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(_reason(error), again=error.smtp_code // 100 == 4) from error
        except smtplib.SMTPRecipientsRefused as error:
            passing = all(code // 100 == 4 for code, _ in error.recipients.values())
            raise DeliveryError(_nobody(error.recipients), again=passing) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(
                "offers no STARTTLS or no login; correct security, or leave user out", again=False
            ) from error
        except ssl.SSLError as error:
            reason = f"no TLS with {mail.server}; correct security or port, or renew its certificate"
            raise DeliveryError(f"{reason} ({type(error).__name__})", again=False) from error
        except (OSError, smtplib.SMTPException) as error:
            reason = f"{mail.server} cannot be reached or breaks off; check server and port"
            raise DeliveryError(f"{reason} ({type(error).__name__})", again=True) from error
        if refused:
            raise DeliveryError(_nobody(refused), again=False)

    return send


def _connected(mail: Mail) -> smtplib.SMTP:
    """Return a connection that is ready for a login."""
    port = mail.port or _PORTS[mail.security]
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.server, port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.server, port, timeout=PATIENCE)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _reason(error: smtplib.SMTPResponseException) -> str:
    """Return a server's refusal by its code alone: its words may repeat what it was told (RFC 5321 section 4.2)."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server refuses the login ({error.smtp_code}); correct user and password"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"the server refuses the sender ({error.smtp_code}); correct sender"
    return f"the server answers {error.smtp_code}; see what is wrong there"


def _nobody(refused: Mapping[str, tuple[int, bytes]]) -> str:
    codes = ", ".join(f"{address} ({code})" for address, (code, _) in sorted(refused.items()))
    return f"the server does not take mail to {codes}; correct `to`"
