"""Conditional writes whose answer is lost, or that a store does not know."""

from __future__ import annotations

import pytest

from podwright.core.errors import ConflictError, StoreError
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import write
from tests.support.careless import Careless


def test_a_conditional_write_whose_answer_was_lost_is_not_taken_for_somebody_elses(careless: Careless) -> None:
    careless.deaf = 1
    store = at(careless.url)
    version = write(store, b"ours", expected=None)
    assert store.read("private/manifest.json", unless=version)
    with pytest.raises(ConflictError):
        write(store, b"ours", expected=None)


def test_a_store_that_knows_no_conditions_is_named(careless: Careless) -> None:
    careless.refuse = 501
    with pytest.raises(StoreError, match=r"private/manifest\.json: the store does not know what was asked of it"):
        write(at(careless.url), b"{}", expected=None)
