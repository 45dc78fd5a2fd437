"""A few races between publishers; `python -m benchmarks.races` runs hundreds, of up to eight."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.children import Children
from tests.faults.places import Bucket, Folder, Sides
from tests.faults.races import Race
from tests.support.seaweed import Seaweed


@pytest.fixture(scope="module")
def children() -> Iterator[list[Children]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Children()) for _ in range(3)]


def test_of_publishers_with_checkouts_of_their_own_the_last_ones_stands_whole(
    tmp_path: Path, seaweed: Seaweed, bucket: str, children: list[Children]
) -> None:
    race = Race(tmp_path, Bucket(seaweed, bucket, "show"), children, shared=False)
    found = race.run(chance=random.Random(1), kills=False)
    assert found.won + found.waited == len(children)
    assert found.looked > 0


def test_publishers_to_two_buckets_are_told_apart_by_the_private_one(
    tmp_path: Path, seaweed: Seaweed, bucket: str, private_bucket: str, children: list[Children]
) -> None:
    places = Sides(Bucket(seaweed, bucket, "show"), Bucket(seaweed, private_bucket, "aside"))
    found = Race(tmp_path, places, children, shared=False).run(chance=random.Random(1), kills=False)
    assert found.won + found.waited == len(children)
    assert found.looked > 0


@pytest.mark.parametrize("kills", [False, True])
def test_of_publishers_with_one_checkout_every_edit_is_there_though_one_is_killed(
    tmp_path: Path, children: list[Children], kills: bool
) -> None:
    race = Race(tmp_path, Folder(tmp_path / "store"), children, shared=True)
    found = race.run(chance=random.Random(1), kills=kills)
    assert found.won + found.waited == len(children)
