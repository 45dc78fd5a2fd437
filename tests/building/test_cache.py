"""The cache: it gives back what it was given, and never more than that."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from podwright.building.cache import CachedEpisode, load_clock, open_cache

EPISODE = CachedEpisode(signature="s", basis="b", outline=b"[]", built=b"{}")


def test_what_was_saved_is_there_in_the_next_run(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.set_note("settled", "yes")
        cache.set_fact("audio", "a.mp3", size=3, stamp=7, value={"rate": 44100})
        cache.set_episode("episodes/a", EPISODE, item=b"<item/>", words=b"w")
        cache.save(["episodes/a"])
    with open_cache(tmp_path) as cache:
        assert cache.note("settled") == "yes"
        assert cache.fact("audio", "a.mp3", size=3, stamp=7) == {"rate": 44100}
        assert list(cache.outlines()) == [("episodes/a", EPISODE.signature, EPISODE.outline)]
        assert cache.built("episodes/a", signature="s", basis="b") == EPISODE.built
        assert cache.item("episodes/a") == b"<item/>"
        assert (cache.words("episodes/a"), cache.words("episodes/b")) == (b"w", b"")


def test_what_was_not_saved_is_forgotten(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.set_note("settled", "yes")
    with open_cache(tmp_path) as cache:
        assert cache.note("settled") is None


@pytest.mark.parametrize(("size", "stamp"), [(4, 7), (3, 8)])
def test_a_fact_is_not_believed_of_another_size_or_stamp(tmp_path: Path, size: int, stamp: int) -> None:
    with open_cache(tmp_path) as cache:
        cache.set_fact("audio", "a.mp3", size=3, stamp=7, value=1)
        assert cache.fact("audio", "a.mp3", size=size, stamp=stamp) is None
        cache.save([])
        assert cache.fact("audio", "a.mp3", size=size, stamp=stamp) is None


def test_episodes_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        for name in ("a", "b"):
            cache.set_episode(name, EPISODE, item=b"", words=b"")
        cache.save(["a", "b"])
        cache.save(["b"])
        assert [folder for folder, _, _ in cache.outlines()] == ["b"]


def test_a_damaged_cache_is_started_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(b"this is no database, whatever its name says" * 100)
    with open_cache(tmp_path) as cache:
        cache.set_note("settled", "yes")
        cache.save([])
    with open_cache(tmp_path) as cache:
        assert cache.note("settled") == "yes"


def test_other_codes_cache_is_not_believed(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.set_note("settled", "yes")
        cache.save([])
    db = sqlite3.connect(tmp_path / "cache.sqlite")
    with db:
        db.execute("UPDATE note SET value = 'older' WHERE name = 'code'")
    db.close()
    with open_cache(tmp_path) as cache:
        assert cache.note("settled") is None


def test_a_folder_that_cannot_be_made_costs_the_cache_and_not_the_run(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with open_cache(tmp_path / "taken") as cache:
        cache.set_note("settled", "yes")
        cache.save([])
        assert cache.note("settled") == "yes"
    assert load_clock(tmp_path / "taken") == 0


def test_a_cache_that_another_run_holds_does_not_stop_this_one(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        other = sqlite3.connect(tmp_path / "cache.sqlite", isolation_level=None)
        cache._db.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN EXCLUSIVE")
        cache.set_note("settled", "yes")
        cache.save([])
        other.execute("ROLLBACK")
        other.close()
        assert cache.note("settled") is None


def test_the_clock_is_the_file_systems_own(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.touch()
    clock = load_clock(tmp_path)
    assert before.stat().st_mtime_ns <= clock
    os.utime(before, ns=(clock + 1, clock + 1))
    assert before.stat().st_mtime_ns > clock
