"""Whatever the bytes, a reader returns or says what is wrong: nothing else is raised, at any of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.readers import READERS, Reader, take

#: The same inputs in each run: a defect is found by `python -m benchmarks.fuzz`, and kept from coming back here.
few = settings(max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
each = pytest.mark.parametrize("reader", READERS, ids=[reader.name for reader in READERS])


@each
def test_what_it_is_for_is_taken(reader: Reader) -> None:
    taken = [take(reader, seed) for seed in reader.seeds()]
    assert taken
    assert any(taken)


@each
@few
@given(data=st.data())
def test_any_bytes_are_taken_or_refused(reader: Reader, data: st.DataObject) -> None:
    pieces = st.lists(st.one_of(st.sampled_from(reader.words), st.binary(max_size=8)), max_size=30).map(b"".join)
    take(reader, data.draw(pieces))


@each
@few
@given(data=st.data())
def test_any_edit_of_what_it_is_for_is_taken_or_refused(reader: Reader, data: st.DataObject) -> None:
    edited = bytearray(data.draw(st.sampled_from(reader.seeds())))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(edited)))
        gone = data.draw(st.sampled_from([0, 0, 1, 4, 100]))
        edited[at : at + gone] = data.draw(st.one_of(st.sampled_from(reader.words), st.binary(max_size=8)))
    take(reader, bytes(edited))
