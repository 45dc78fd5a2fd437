"""The lease: one publish at a time, others wait or say for whom, and nobody who was stopped holds anybody up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from podwright.core.errors import ConflictError, StoreError
from podwright.stores.ledger.lease import LEASE_KEY, LIFETIME, VALIDITY, Publisher, held_lease
from podwright.stores.local import LocalStore


class Time:
    """Goes by where somebody waits for it, and where it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def seconds(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Unreachable(LocalStore):
    """A folder whose disk can be pulled out."""

    gone = False

    def write(self, *args: object, **kwargs: object) -> str:
        if self.gone:
            raise StoreError("the disk is gone")
        return super().write(*args, **kwargs)  # type: ignore[arg-type]


def at(root: Path) -> Unreachable:
    return Unreachable(root, url="file:test")


def publisher(name: str, time: Time, *, told: list[str] | None = None, patience: float = 120) -> Publisher:
    lines = told if told is not None else []
    return Publisher(name=name, clock=time, tell=lines.append, patience=patience)


def test_who_waits_says_for_whom_and_gives_up_when_it_lasts_too_long(tmp_path: Path) -> None:
    store, time, told = at(tmp_path / "store"), Time(), list[str]()
    with held_lease(store, publisher("Ada", time), work=tmp_path / "a"):
        ben = publisher("Ben", time, told=told, patience=5)
        with (
            pytest.raises(StoreError, match="file:test: Ada is publishing there"),
            held_lease(store, ben, work=tmp_path),
        ):
            pass
    assert told == ["waiting for Ada, who is publishing to file:test"]
    assert 5 <= time.now < 10


def test_a_lease_that_was_released_is_had_at_once(tmp_path: Path) -> None:
    store, time = at(tmp_path / "store"), Time()
    for name in ("Ada", "Ben", "Ada"):
        with held_lease(store, publisher(name, time), work=tmp_path / name) as lease:
            lease.check()
    assert time.now == 0


def test_a_lease_without_a_sign_of_its_holder_is_taken_over_and_its_holder_writes_nothing_more(tmp_path: Path) -> None:
    store, time = at(tmp_path / "store"), Time()
    as_ada = held_lease(store, publisher("Ada", time), work=tmp_path / "a")
    as_ben = held_lease(store, publisher("Ben", time), work=tmp_path / "b")
    with as_ada as ada, as_ben as ben:
        assert LIFETIME <= time.now < LIFETIME + 5
        for call in (ada.check, ada.check, ada.renew):
            with pytest.raises(ConflictError, match="another one took over"):
                call()
        ben.check()
        ada.release()
        ben.renew()


def test_a_lease_whose_holder_gives_signs_is_not_taken_over(tmp_path: Path) -> None:
    store, time = at(tmp_path / "store"), Time()
    with held_lease(store, publisher("Ada", time), work=tmp_path / "a") as ada:

        class Watching(Time):
            def wait(self, seconds: float) -> None:
                time.now += seconds
                self.now += seconds
                ada.check()

        with pytest.raises(StoreError, match="Ada"), held_lease(store, publisher("Ben", Watching()), work=tmp_path):
            pass
        ada.check()


def test_a_holder_that_cannot_give_a_sign_stops_before_others_may_write(tmp_path: Path) -> None:
    store, time = at(tmp_path / "store"), Time()
    with held_lease(store, publisher("Ada", time), work=tmp_path / "a") as ada:
        store.gone = True
        time.wait(VALIDITY)
        ada.check()
        time.wait(1)
        with pytest.raises(StoreError, match="the disk is gone"):
            ada.check()
        store.gone = False
        ada.check()


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"holder": "x"'])
def test_a_damaged_lease_is_somebodys_until_it_has_run_out(tmp_path: Path, data: bytes) -> None:
    store, time = at(tmp_path / "store"), Time()
    store.write(LEASE_KEY, data, media_type="", cache_control="", expected=None)
    with held_lease(store, publisher("Ada", time), work=tmp_path / "a") as lease:
        lease.check()
    assert time.now >= LIFETIME


STOPPED = """
import os, signal, sys
from pathlib import Path
from tests.stores.ledger.test_lease import Time, at, held_lease, publisher
with held_lease(at(Path(sys.argv[1])), publisher("Ada", Time()), work=Path(sys.argv[2])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("work", "waits"), [("same", False), ("other", True)])
def test_nobody_waits_for_a_killed_run_of_the_same_workspace(tmp_path: Path, work: str, *, waits: bool) -> None:
    store, time = at(tmp_path / "store"), Time()
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", STOPPED, str(store.root), str(tmp_path / "same")], timeout=60)
        assert killed.returncode == -9
    with held_lease(store, publisher("Ben", time), work=tmp_path / work):
        assert (time.now > 0) is waits


def test_a_workspace_that_cannot_be_written_publishes_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("not a folder")
    with held_lease(at(tmp_path / "store"), publisher("Ada", Time()), work=tmp_path / "work") as lease:
        lease.check()


def test_a_link_where_runs_note_their_tokens_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "work" / "publishing").symlink_to(tmp_path / "mine")
    with held_lease(at(tmp_path), Publisher(), work=tmp_path / "work"):
        pass
    assert (tmp_path / "mine").read_text() == "mine"
