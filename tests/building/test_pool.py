"""Work in other processes: the same results in the same order, and nothing left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from podwright.building.pool import CHUNK, WORTHWHILE, Pool
from podwright.core.errors import WorkspaceError


def double(number: int) -> int:
    return 2 * number


def process(_: int) -> int:
    return os.getpid()


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_little_work_and_a_single_job_stay_in_this_process() -> None:
    for jobs, seconds in ((2, WORTHWHILE / 2), (1, WORTHWHILE)):
        with Pool(jobs) as pool:
            pool.expect(seconds)
            assert not pool.parallel
            assert list(pool.map(process, range(3))) == [os.getpid()] * 3


def test_results_come_in_the_order_of_the_items_from_other_processes() -> None:
    with Pool(2) as pool:
        pool.expect(WORTHWHILE)
        assert list(pool.map(double, range(5 * CHUNK))) == [2 * number for number in range(5 * CHUNK)]
        assert os.getpid() not in pool.map(process, range(3))


def test_few_items_are_taken_before_their_results_are_needed() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(1) as threads, Pool(1, executor=threads) as pool:
        assert next(pool.map(double, numbers())) == 0
    assert len(taken) <= 5 * CHUNK


def test_a_process_that_is_killed_ends_the_work_with_what_to_do() -> None:
    with Pool(2) as pool:
        pool.expect(WORTHWHILE)
        results = pool.map(die, range(3))
        with pytest.raises(WorkspaceError, match="--jobs 1"):
            next(results)
