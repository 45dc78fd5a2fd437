"""What tests of notices share: a server that records, and a clock that only waiting moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recorder import Recorder, running_recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with running_recorder() as server:
        yield server
