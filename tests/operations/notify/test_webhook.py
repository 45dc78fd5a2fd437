"""A webhook gets a document that the kept library of the specification accepts, and no other."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from podwright.core.recipients import EnvText
from podwright.operations.notify import Delivery, deliver_all
from podwright.operations.notify.webhook import sign, webhook_notice
from tests.support.recorder import Recorder, Sent
from tests.support.slow import pace

KEY = base64.b64encode(bytes(range(32))).decode()
DOCUMENT = {"type": "run.failed", "data": {"message": "“One” vanishes"}}


def told(recorder: Recorder, secret: str | None, *, at: datetime | None = None) -> Delivery:
    notice = webhook_notice(
        EnvText("$HOOK"),
        EnvText("$KEY") if secret is not None else None,
        {"HOOK": f"{recorder.url}/services/T0/secret", "KEY": secret or ""},
        document=DOCUMENT,
        identifier="msg_1",
        at=at or datetime.now(UTC),
    )
    (delivery,) = deliver_all([notice], pace())
    assert "secret" not in repr((notice, delivery))
    return delivery


def verified(sent: Sent, key: str = KEY) -> object:
    return Webhook(key).verify(sent.body, dict(sent.headers))


@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_a_signed_document_is_accepted_by_the_specification_s_library(recorder: Recorder, prefix: str) -> None:
    assert told(recorder, prefix + KEY).ok
    (sent,) = recorder.sent
    assert (sent.method, sent.path) == ("POST", "/services/T0/secret")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["webhook-id"] == "msg_1"
    assert verified(sent) == DOCUMENT
    with pytest.raises(WebhookVerificationError):
        verified(Sent(sent.method, sent.target, sent.headers, sent.body.replace(b"One", b"Two")))
    with pytest.raises(WebhookVerificationError):
        verified(sent, base64.b64encode(b"another key of any length").decode())


def test_a_retry_says_the_same_so_that_it_can_be_told_from_news(recorder: Recorder) -> None:
    recorder.script = [500, 500, 200]
    assert told(recorder, KEY).attempts == 3
    assert len({(one.body, tuple(sorted(one.headers.items()))) for one in recorder.sent}) == 1


def test_an_old_document_is_not_accepted_again(recorder: Recorder) -> None:
    assert told(recorder, KEY, at=datetime(2026, 1, 1, tzinfo=UTC)).ok
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(recorder.sent[0])


def test_without_a_key_nothing_is_signed(recorder: Recorder) -> None:
    assert told(recorder, None).ok
    (sent,) = recorder.sent
    assert "webhook-signature" not in sent.headers
    assert json.loads(sent.body) == DOCUMENT


@pytest.mark.parametrize("key", ["c2hvcnQ=", "not base64 at all, but rather long", "whsec_"])
def test_a_key_that_protects_nothing_is_refused_and_not_repeated(recorder: Recorder, key: str) -> None:
    delivery = told(recorder, key)
    assert delivery.reason == ("KEY holds no key of 24 bytes or more in Base64; openssl rand -base64 32 makes one")
    assert recorder.sent == []


def test_the_signature_is_the_one_that_the_specification_prints() -> None:
    """The vector of the specification's own libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    found = sign(key, identifier="msg_p5jXN8AQM9LWM0D4loKWxJek", seconds="1614265330", body=body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
