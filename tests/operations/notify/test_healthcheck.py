"""A health check hears of the beginning and of the end of a run, and which of two runs it was."""

from __future__ import annotations

import pytest

from podwright.core.recipients import EnvText
from podwright.operations.notify import deliver_all
from podwright.operations.notify.healthcheck import LONGEST, Signal, healthcheck_notice
from tests.support.recorder import Recorder
from tests.support.slow import pace

RUN = "b1c6d2de-3f2a-4e5c-9b73-0e64f5d8a001"


def target(recorder: Recorder, address: str, signal: Signal, text: str = "fine\n") -> str:
    notice = healthcheck_notice(EnvText("$CHECK"), {"CHECK": recorder.url + address}, signal=signal, run=RUN, text=text)
    (delivery,) = deliver_all([notice], pace())
    assert (delivery.reason, delivery.kind, delivery.subject) == (None, "healthcheck", signal)
    assert delivery.address == "$CHECK"
    return recorder.sent[-1].target


@pytest.mark.parametrize(
    ("address", "signal", "expected"),
    [
        ("/uuid", "success", f"/uuid?rid={RUN}"),
        ("/uuid", "start", f"/uuid/start?rid={RUN}"),
        ("/uuid/", "fail", f"/uuid/fail?rid={RUN}"),
        ("/key/slug?create=1", "fail", f"/key/slug/fail?create=1&rid={RUN}"),
    ],
)
def test_the_end_of_the_path_says_what_happened(
    recorder: Recorder, address: str, signal: Signal, expected: str
) -> None:
    assert target(recorder, address, signal) == expected
    (sent,) = recorder.sent
    assert (sent.method, sent.body) == ("POST", b"fine\n")


def test_a_long_text_is_cut(recorder: Recorder) -> None:
    target(recorder, "/uuid", "success", "ü" * LONGEST)
    assert len(recorder.sent[0].body) == LONGEST
