"""Letters reach a real mail server, over TLS wherever there is a password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import trustme

from podwright.core.recipients import EnvText, Mail, MailSecurity
from podwright.operations.notify import Delivery, deliver_all
from podwright.operations.notify.mail import mail_notice
from tests.support.mailserver import PASSWORD, USER, Mailbox, running_mailserver
from tests.support.recorder import Recorder
from tests.support.slow import pace

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ENVIRONMENT = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.fixture(params=["starttls", "tls", "none"])
def security(request: pytest.FixtureRequest) -> MailSecurity:
    found: MailSecurity = request.param
    return found


@pytest.fixture
def mailbox(security: MailSecurity, authority: trustme.CA) -> Iterator[Mailbox]:
    with running_mailserver(security, authority) as found:
        yield found


def mail(port: int, security: MailSecurity, *, server: str = "localhost") -> Mail:
    login = None if security == "none" else EnvText("$SMTP_PASSWORD")
    return Mail(
        to=("ops@example.org", "on-call@example.org"),
        sender="podwright@example.org",
        server=server,
        port=port,
        security=security,
        user=EnvText("$SMTP_USER") if login else None,
        password=login,
    )


def told(settings: Mail, environment: dict[str, str] | None = None) -> Delivery:
    found = mail_notice(
        settings,
        ENVIRONMENT if environment is None else environment,
        subject="Grüße:\nrebuild refused",
        text="“One” vanishes\n",
        identifier="run-1",
        at=AT,
    )
    (delivery,) = deliver_all([found], pace())
    assert PASSWORD not in repr(delivery)
    return delivery


def test_a_letter_arrives_whole_from_whom_it_says(trusted: None, mailbox: Mailbox, security: MailSecurity) -> None:
    delivery = told(mail(mailbox.port, security))
    assert delivery.reason is None
    assert (delivery.kind, delivery.address) == ("mail", "ops@example.org, on-call@example.org")
    (letter,) = mailbox.letters
    assert letter["Subject"] == "Grüße: rebuild refused"
    assert letter["From"] == "podwright@example.org"
    assert letter["To"] == "ops@example.org, on-call@example.org"
    assert parsedate_to_datetime(letter["Date"]) == AT
    assert letter["Message-ID"] == "<run-1@example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == "“One” vanishes\n"
    assert mailbox.envelopes == [("podwright@example.org", ["ops@example.org", "on-call@example.org"])]
    assert mailbox.secured == [security != "none"]


def test_a_wrong_password_is_told_without_it(trusted: None, mailbox: Mailbox, security: MailSecurity) -> None:
    wrong = {"SMTP_USER": USER, "SMTP_PASSWORD": "other-secret"}
    delivery = told(mail(mailbox.port, security), wrong)
    if security == "none":
        assert delivery.ok
        return
    assert delivery.reason == "the server refuses the login (535); correct user and password"
    assert delivery.attempts == 1
    assert mailbox.letters == []


def test_an_unset_password_is_named(trusted: None, mailbox: Mailbox, security: MailSecurity) -> None:
    if security != "none":
        assert told(mail(mailbox.port, security), {"SMTP_USER": USER}).reason == (
            "SMTP_PASSWORD is not set here; set it in the environment of the run"
        )
    assert mailbox.letters == []


def test_no_password_is_sent_to_a_server_that_is_not_trusted(mailbox: Mailbox, security: MailSecurity) -> None:
    delivery = told(mail(mailbox.port, security))
    if security == "none":
        assert delivery.ok
        return
    assert delivery.reason
    assert delivery.reason.startswith("no TLS with localhost; correct security or port")
    assert mailbox.letters == []


@pytest.mark.parametrize("security", ["none"], indirect=True)
@pytest.mark.parametrize(
    ("replies", "attempts", "reason"),
    [
        (
            {"ops@example.org": "550 who?"},
            1,
            "the server does not take mail to ops@example.org (550); correct `to`",
        ),
        (
            {"ops@example.org": "450 later", "on-call@example.org": "450 later"},
            4,
            "the server does not take mail to on-call@example.org (450), ops@example.org (450); correct `to`",
        ),
        ({"podwright@example.org": "553 no"}, 1, "the server refuses the sender (553); correct sender"),
        ({"podwright@example.org": "451 later"}, 4, "the server refuses the sender (451); correct sender"),
    ],
)
def test_whom_the_server_refuses_is_named(
    mailbox: Mailbox, replies: dict[str, str], attempts: int, reason: str
) -> None:
    mailbox.replies = replies
    delivery = told(mail(mailbox.port, "none"))
    assert (delivery.reason, delivery.attempts) == (reason, attempts)


@pytest.mark.parametrize("security", ["none"], indirect=True)
def test_a_server_without_starttls_gets_no_password(mailbox: Mailbox) -> None:
    delivery = told(mail(mailbox.port, "starttls"))
    assert delivery.reason == "offers no STARTTLS or no login; correct security, or leave user out"
    assert mailbox.letters == []


def test_a_closed_port_is_tried_again_and_told() -> None:
    delivery = told(mail(9, "none"))
    assert delivery.attempts == 4
    assert (
        delivery.reason == "localhost cannot be reached or breaks off; check server and port (ConnectionRefusedError)"
    )


def test_what_is_no_mail_server_cannot_hold_up_the_run(recorder: Recorder) -> None:
    settings = mail(int(recorder.url.rpartition(":")[2]), "none")
    notice = mail_notice(settings, {}, subject="s", text="t", identifier="i", at=AT)
    short = timedelta(seconds=0.2)
    (delivery,) = deliver_all([notice], pace(total=short), patience=short)
    assert not delivery.ok
