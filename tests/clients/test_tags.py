"""The page about audio tags is what the readers say today, and the default is what they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import tags

pytestmark = pytest.mark.clients

PAGE = Path(__file__).parents[2] / "docs" / "tags.md"


@pytest.fixture(scope="module")
def table() -> tags.Table:
    return tags.table()


def test_the_page_is_what_the_readers_say(table: tags.Table) -> None:
    assert tags.render(table) == PAGE.read_text(), "python -m tests.clients.tags > docs/tags.md"


@pytest.mark.parametrize("reader", ["TagLib", "Kid3", "eyeD3", "music-metadata"])
def test_the_address_of_the_feed_is_read_in_both_versions(table: tags.Table, reader: str) -> None:
    assert table[tags.FEED][reader] == ("reads", "reads")


@pytest.mark.parametrize("row", [tags.CHAPTERS, tags.LINK, tags.DRAWN])
def test_from_2_3_every_reader_of_chapters_reads_all_of_them(table: tags.Table, row: str) -> None:
    assert {cells[0] for cells in table[row].values()} <= {"reads", "–"}


@pytest.mark.parametrize(
    ("row", "read", "cell"),
    [
        (tags.DATE, "2026-03-02 09:30:15", "reads"),
        (tags.DATE, "2026", "reads in part"),
        (tags.DATE, "2025", "reads another"),
        (tags.ARTISTS, "Mara Lind/Jon Berg", "as one text"),
        (tags.ARTISTS, "Mara Lind", "reads 1 of 2"),
        (tags.ARTISTS, ["Mara Lind", "Jon Berg"], "reads"),
        (tags.FEED, "ttps://example.org/feed.xml", "reads another"),
        (tags.COVER, False, "–"),
        (tags.COVER, True, "reads"),
    ],
)
def test_a_cell_says_how_much_was_read(row: str, read: object, cell: str) -> None:
    assert tags.judged(row, read) == cell
