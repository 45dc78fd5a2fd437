"""A publish killed at some of its effects; `python -m benchmarks.crash` kills it at each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.children import Children
from tests.faults.listener import manifest_of
from tests.faults.matrix import Matrix
from tests.faults.places import Bucket, Folder, Sides
from tests.support.seaweed import Seaweed

#: Bytes of a manifest from which on it has a snapshot: in these tests, so small a show's too.
SMALL_ROOM = 16_000


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as found:
        yield found


def try_some(matrix: Matrix, *, tried: int) -> None:
    """Of several hundred points so many, spread over all of a publish, each with another sequel."""
    count = len(matrix.points)
    assert count > 400
    # The last of them fall into the swap of the feeds and the deletes.
    numbers = [count * at // (tried + 1) // 4 * 4 + at for at in range(1, tried + 1)]
    found = list(matrix.run(numbers))
    assert len({one.sequel for one in found}) == tried
    assert [one for one in found if one.failure] == []


def test_killed_anywhere_a_publish_to_a_folder_leaves_all_whole_and_the_next_run_completes_it(
    tmp_path: Path, children: Children
) -> None:
    matrix = Matrix(tmp_path, Folder(tmp_path / "store"), children, room=SMALL_ROOM)
    assert manifest_of(matrix.after).base
    try_some(matrix, tried=4)


def test_killed_anywhere_a_publish_to_a_bucket_leaves_all_whole_and_the_next_run_completes_it(
    tmp_path: Path, children: Children, seaweed: Seaweed, bucket: str
) -> None:
    try_some(Matrix(tmp_path, Bucket(seaweed, bucket, "show"), children), tried=2)


def test_killed_anywhere_a_publish_to_two_folders_puts_nothing_private_into_the_public_one(
    tmp_path: Path, children: Children
) -> None:
    places = Sides(Folder(tmp_path / "store"), Folder(tmp_path / "aside"))
    try_some(Matrix(tmp_path, places, children, room=SMALL_ROOM), tried=4)


def test_killed_anywhere_a_publish_to_two_buckets_puts_nothing_private_into_the_public_one(
    tmp_path: Path, children: Children, seaweed: Seaweed, bucket: str, private_bucket: str
) -> None:
    places = Sides(Bucket(seaweed, bucket, "show"), Bucket(seaweed, private_bucket, "aside"))
    try_some(Matrix(tmp_path, places, children), tried=2)
