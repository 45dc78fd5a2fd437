"""Notices are tried again as long as it is of use, and nothing holds them up for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from podwright.core.http import Client
from podwright.core.recipients import EnvText, UnsetError
from podwright.operations.notify import Delivery, DeliveryError, Notice, deliver_all
from podwright.operations.notify.delivery import deliver
from podwright.operations.notify.requests import Request, sender
from tests.support.recorder import Recorder, Step
from tests.support.slow import Clock, pace

SHORT = timedelta(seconds=0.2)


def notice(url: str, kind: str = "webhook") -> Notice:
    send = sender(lambda: Request(method="POST", url=f"{url}/secret-path?token=secret", body=b"hello"))
    return Notice(kind=kind, address="$HOOK", subject="news", send=send)


def told(url: str, clock: Clock | None = None, **limits: int | timedelta) -> Delivery:
    with Client(patience=SHORT) as client:
        return deliver(notice(url), client, pace(clock, **limits))


@pytest.mark.parametrize(
    ("script", "attempts", "waits"),
    [
        ([200], 1, []),
        ([204], 1, []),
        ([500, 500, 200], 3, [0.75, 1.5]),
        ([429, 202], 2, [0.75]),
        ([(503, {"Retry-After": "7"}), 200], 2, [7]),
        ([(503, {"Retry-After": "0"}), 200], 2, [0.75]),
        ([(503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 200], 2, [0.75]),
        (["reset", 200], 2, [0.75]),
        (["hang", 200], 2, [0.75]),
    ],
    ids=str,
)
def test_a_notice_is_tried_until_it_is_taken(
    recorder: Recorder, script: list[Step], attempts: int, waits: list[float]
) -> None:
    recorder.script = script
    clock = Clock()
    delivery = told(recorder.url, clock)
    assert delivery.ok
    assert (delivery.attempts, clock.waits) == (attempts, waits)
    assert delivery.seconds == sum(waits)
    assert [(one.method, one.body) for one in recorder.sent] == [("POST", b"hello")] * attempts


@pytest.mark.parametrize(
    ("step", "attempts", "reason"),
    [
        (500, 4, "answers 500; see what is wrong there"),
        (301, 1, "redirects (301); write the address that it leads to"),
        (400, 1, "answers 400; see what it asks for"),
        (401, 1, "refuses it (401); correct the token"),
        (404, 1, "is not there (404); correct the address"),
        (501, 1, "answers 501; see what is wrong there"),
        ("reset", 4, "breaks the connection, or does not speak HTTP; correct the server (ProtocolError)"),
        ("hang", 4, "does not answer in time; see what holds it up (ReadTimeoutError)"),
        ((503, {"Retry-After": "3600"}), 1, "answers 503; see what is wrong there"),
    ],
    ids=str,
)
def test_what_is_not_taken_is_told_with_what_to_do_and_no_secret(
    recorder: Recorder, step: Step, attempts: int, reason: str
) -> None:
    recorder.script = [step]
    delivery = told(recorder.url)
    assert (delivery.reason, delivery.attempts) == (reason, attempts)
    assert len(recorder.sent) == attempts
    assert "secret" not in repr(delivery)
    assert "secret" not in repr(notice(recorder.url))


def test_nobody_at_home_is_tried_again_and_told() -> None:
    delivery = told("http://127.0.0.1:9")
    assert delivery.attempts == 4
    assert delivery.reason
    assert "cannot be reached" in delivery.reason


def test_waits_double_up_to_a_limit_and_none_begins_after_the_last_moment(recorder: Recorder) -> None:
    recorder.script = [500]
    clock = Clock()
    delivery = told(recorder.url, clock, attempts=100, longest=timedelta(seconds=4), total=timedelta(seconds=20))
    assert clock.waits == [0.75, 1.5, 3, 3, 3, 3, 3]
    assert (delivery.ok, delivery.seconds) == (False, 17.25)


@pytest.mark.parametrize(("jitter", "wait"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_waits_differ_between_senders(jitter: float, wait: float) -> None:
    assert pace(jitter=jitter).wait(1, None) == wait


def test_notices_go_side_by_side_and_one_that_hangs_holds_up_no_other(recorder: Recorder) -> None:
    recorder.script = ["drip"]
    slow = notice(recorder.url, kind="slow")
    quick = Notice(kind="quick", address="a", subject="b", send=lambda _: None)
    found = list(deliver_all([slow, quick], pace(total=timedelta(seconds=0.1)), patience=SHORT))
    assert [(one.kind, one.reason) for one in found] == [
        ("quick", None),
        ("slow", "gave no answer in time; see what holds it up"),
    ]


def test_a_fault_of_our_own_is_a_notice_that_failed() -> None:
    def send(client: Client) -> None:
        raise KeyError("secret")

    (found,) = deliver_all([Notice(kind="odd", address="a", subject="b", send=send)], pace())
    assert found.reason == "failed inside podwright (KeyError); report it"


def test_an_unset_variable_is_named_and_nothing_is_sent(recorder: Recorder) -> None:
    send = sender(lambda: Request(method="POST", url=EnvText("$HOOK").fill({"HOOK": " "})))
    (found,) = deliver_all([Notice(kind="webhook", address="$HOOK", subject="b", send=send)], pace())
    assert found.reason == "HOOK is not set here; set it in the environment of the run"
    assert (found.attempts, recorder.sent) == (0, [])


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("https://example.org/", {}, "https://example.org/"),
        ("$HOOK", {"HOOK": "https://h/\n"}, "https://h/"),
        ("Bearer $A_1", {"A_1": "x"}, "Bearer x"),
    ],
)
def test_variables_are_filled_in(text: str, environment: dict[str, str], expected: str) -> None:
    assert EnvText(text).fill(environment) == expected


@pytest.mark.parametrize("value", ["a\r\nX: y", "ü", "a\x00b"])
def test_what_would_begin_another_header_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(UnsetError, match="HOOK holds a character") as caught:
        EnvText("$HOOK").fill({"HOOK": value})
    assert value not in str(caught.value)


def test_an_error_of_delivery_is_its_reason() -> None:
    assert str(DeliveryError("is closed; open it", again=False)) == "is closed; open it"
