"""Of a damaged feed all is imported that can be, and each thing that was mended or is missing is told with its line."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.core.errors import WorkspaceError
from podwright.workspace.documents import Document
from podwright.workspace.front_matter import load_episode_file
from tests.support.paths import DATA
from tests.workspace.importing.feeds import feed, host, imported, item

DAMAGED = DATA / "importing" / "damaged"

#: By file: the titles of what is imported, oldest first, and what is told, each with its line.
MENDED = {
    "bare-ampersand.xml": (
        ["Salt & pepper", "Talk 2"],
        [
            "9: has a bare &, which was read as the sign itself",
            "19: has a bare &, which was read as the sign itself",
            "19: has a bare &, which was read as the sign itself",
        ],
    ),
    "html-entities.xml": (
        ["Café\xa0talk"],
        [
            "9: has &eacute;, which XML does not know; it is 'é' now",
            "9: has &nbsp;, which XML does not know; it is '\\xa0' now",
        ],
    ),
    "control-characters.xml": (["Bell talk"], ["9: holds control characters, which were left out"]),
    "latin-1-called-utf-8.xml": (["Café “talk”"], ["9: is not in UTF-8, and was read as Windows writes it"]),
    "utf-8-called-latin-1.xml": (["Café"], ["9: is in utf-8 and not in ISO-8859-1, and was read so"]),
    "utf-16.xml": (["Café"], []),
    "space-before-declaration.xml": (["Talk 1"], []),
    "cut-off.xml": (["Talk 1", "Talk 2"], ["*: is not well-formed (*); the rest was read"]),
    "unclosed-element.xml": (["Talk 1", "Talk 2"], ["13: has <b> in a text, which was read as part of it"]),
    "unknown-prefix.xml": (["Talk 1"], ["13: is not well-formed (Namespace prefix acast on *"]),
    "no-dates.xml": (
        ["Talk 1", "Talk 2", "Talk 3"],
        ["*: has no date that can be read; it got that of its neighbour, 2020-06-03T08:00:00+00:00"] * 2,
    ),
    "no-guids.xml": (
        ["Talk 1", "Talk 2"],
        [
            "8: has no guid; the address of its audio, by which apps know it, is its guid now",
            "13: has neither a guid nor audio; it got a guid of its own",
        ],
    ),
    "repeated-guids.xml": (
        ["Talk 1", "Talk 2"],
        ["14: has the guid 'g1' of another episode, which apps show in its place; it is a draft with the guid *"],
    ),
    "lengths-of-0.xml": (["Talk 1", "Talk 2"], []),
    "no-items.xml": ([], ["None: has no episodes; name the address of the whole feed"]),
    "entity-bomb.xml": (["Talk &i;"], []),
    "outside-entity.xml": (["Talk &x;"], []),
}  # fmt: skip
REFUSED = {
    "page.html": "is a page without the headings of an episode",
    "empty.xml": "is empty; name an Atom feed or ",
    "atom-json.json": "is of no kind that can be imported; name an Atom feed or ",
}


def _episodes(root: Path) -> list[Document]:
    found = [load_episode_file(path, name=path.name) for path in root.glob("episodes/*/episode.md")]
    return sorted(found, key=lambda one: (one.data["published"], one.data["title"]))


def _alike(told: str, wanted: str) -> bool:
    at = 0
    for part in wanted.split("*"):
        at = told.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@pytest.mark.parametrize("name", MENDED)
def test_what_can_be_imported_is_and_the_rest_is_told(name: str, tmp_path: Path) -> None:
    titles, told = MENDED[name]
    fetcher = host(tmp_path / "old", "")
    done = imported(tmp_path / "new", fetcher, source=str(DAMAGED / name))
    assert [one.data["title"] for one in _episodes(tmp_path / "new")] == titles
    lines = [f"{one.line}: {one.message}" for one in done.findings if "artwork" not in one.message]
    assert len(lines) >= len(told), lines
    for wanted in told:
        assert any(_alike(line, wanted) for line in lines), lines
        lines.remove(next(line for line in lines if _alike(line, wanted)))
    assert (
        told == []
        or [line for line in lines if "well-formed" not in line and "nothing in a workspace" not in line] == []
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=REFUSED[name]):
        imported(tmp_path / "new", host(tmp_path / "old", ""), source=str(DAMAGED / name))
    assert not (tmp_path / "new" / "podwright.toml").exists()


WHOLE = feed(
    item(2, '<itunes:season>3</itunes:season><psc:chapters><psc:chapter start="1" title="x"/></psc:chapters>'), item(1)
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4)
)
def test_a_feed_that_was_damaged_anyhow_is_imported_or_refused(cuts: list[tuple[int, int, bytes]]) -> None:
    data = WHOLE.encode()
    for at, length, other in cuts:
        data = data[:at] + other + data[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "feed.xml")
        source.write_bytes(data)
        with contextlib.suppress(WorkspaceError):
            imported(Path(folder, "new"), host(Path(folder, "old"), ""), source=str(source))
