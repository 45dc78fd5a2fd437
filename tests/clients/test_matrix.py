"""The matrix of readers and tags is what the readers say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import matrix

pytestmark = pytest.mark.clients

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def test_the_page_is_what_the_readers_say() -> None:
    assert matrix.render() == PAGE.read_text(), "python -m tests.clients.matrix > docs/conformance.md"


def test_every_tag_of_the_feed_is_in_the_matrix() -> None:
    channel = matrix.load_channel()
    item = next(one for one in channel.findall("item") if one.find("itunes:episode", matrix.NS) is not None)
    for element, table in ((channel, matrix.CHANNEL), (item, matrix.ITEM)):
        named = {row.tag.split(" ")[0] for row in table}
        said = {matrix.prefixed(child.tag) for child in element} - {"item", "docs", "itunes:title"}
        assert said - named == set()


@pytest.mark.parametrize(
    ("said", "read", "cell"),
    [
        ("a  b", "a b", "reads"),
        ("a", None, "–"),
        (["a"], [], "–"),
        (["a", "b"], ["b"], "reads 1 of 2"),
        ([("a", "1")], [("a", None)], "reads in part"),
        ("a", "b", "reads another"),
        (True, False, "reads another"),
    ],
)
def test_a_cell_says_how_much_was_read(said: object, read: object, cell: str) -> None:
    assert matrix.cell(said, read) == cell
