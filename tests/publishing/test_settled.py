from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.building.cache import open_cache
from podwright.core.model import Overrides, Storage
from podwright.publishing.settled import Settled, fingerprint_of, recall, remember
from podwright.workspace.scan import scan_workspace

SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SETTLED = Settled(
    fingerprint="f1",
    since=SINCE,
    until=SINCE + DAY,
    storage=Storage(url="file:public", public_url="https://podcast.example.org/", folder=Path("/show/public")),
    etag="e1",
    owed=False,
    live=7,
    waiting=1,
    unlisted=0,
    withdrawn=0,
)
MOMENTS = st.datetimes(timezones=st.just(UTC))
STORAGES = st.builds(
    Storage,
    url=st.text(),
    public_url=st.text(),
    folder=st.none() | st.sampled_from([Path("/a"), Path("/b c/ü")]),
    endpoint_url=st.none() | st.text(),
    region=st.none() | st.text(),
)


@given(st.builds(Settled, since=MOMENTS, until=st.none() | MOMENTS, storage=STORAGES))
def test_what_a_run_left_is_what_the_next_one_finds(settled: Settled) -> None:
    with open_cache(Path("/dev/null/nowhere")) as cache:
        assert recall(cache) is None
        remember(cache, settled)
        cache.save_notes()
        assert recall(cache) == settled


@pytest.mark.parametrize(
    ("settled", "fingerprint", "now", "holds"),
    [
        (SETTLED, "f1", SINCE, True),
        (SETTLED, "f2", SINCE, False),
        (SETTLED, "f1", SINCE - DAY, False),
        (SETTLED, "f1", SINCE + DAY, False),
        (replace(SETTLED, until=None), "f1", SINCE + 1000 * DAY, True),
        (replace(SETTLED, owed=True), "f1", SINCE, False),
    ],
    ids=["nothing changed", "a file changed", "the clock went back", "something is due", "nothing is ever due", "owed"],
)
def test_nothing_is_to_do_until_a_file_changes_or_the_clock_passes_a_date(
    settled: Settled, fingerprint: str, now: datetime, holds: bool
) -> None:
    assert settled.holds(fingerprint, now=now) is holds


def test_a_fingerprint_changes_with_each_file_and_with_where_it_is_published(sample: Path) -> None:
    seen = {fingerprint_of(scan_workspace(sample), Overrides())}
    seen.add(fingerprint_of(scan_workspace(sample), Overrides(storage="file:elsewhere")))
    for file in ("podwright.toml", "feeds/quick-take.toml", "episodes/gardening-between-shifts/episode.md"):
        with (sample / file).open("a") as opened:
            opened.write("\n")
        seen.add(fingerprint_of(scan_workspace(sample), Overrides()))
    assert len(seen) == 5
