"""Feeds in the shapes of other generators: of each one the facts that a listener would miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podwright.workspace.importing.prefixes import split_prefix
from podwright.workspace.importing.readers.rss import check, read
from podwright.workspace.importing.types import FoundEpisode
from tests.support.paths import DATA
from tests.workspace.importing.feeds import host, imported, tree

SHAPES = DATA / "importing" / "shapes"

#: By file: some fields of its one episode, and where its recording is.
FACTS: dict[str, tuple[dict[str, Any], str]] = {
    "anchor.xml": (
        {"guid": "5f2c1f0e-1111-4222-8333-444455556666", "published": "2020-06-01T08:00:00+00:00", "number": 3},
        "https://cdn.example.net/staging/2020-5-1/tide.m4a",
    ),
    "buzzsprout.xml": (
        {"guid": "Buzzsprout-567", "published": "2020-06-01T02:00:00-06:00", "tags": ["tides", "harbour"]},
        "https://www.buzzsprout.example/1234/episodes/567-the-tide-table.mp3",
    ),
    "libsyn.xml": (
        {"guid": "8d1c2f30aa", "explicit": False, "subtitle": "On tides…"},
        "https://traffic.libsyn.example/secure/salt/tide.mp3?dest-id=99",
    ),
    "soundcloud.xml": (
        {"guid": "tag:soundcloud,2010:tracks/123456", "byline": "Salt", "subtitle": "On tides & nets."},
        "https://feeds.soundcloud.example/stream/123456-salt-tide.mp3",
    ),
    "wordpress-powerpress.xml": (
        {"guid": "https://salt.example.org/?p=42", "section": "Podcast", "byline": "Mara Lind"},
        "https://salt.example.org/audio/tide.mp3",
    ),
    "drupal.xml": (
        {"guid": "42 at https://salt.example.org", "published": "2020-06-01T08:00:00-05:00"},
        "https://salt.example.org/files/tide.mp3",
    ),
    "megaphone.xml": (
        {"guid": "aaaa1111-2222-11ea-bbbb-cccc33334444", "title": "Chapter 1: The tide table", "number": 1},
        "https://traffic.megaphone.example/SALT1.mp3?updated=1590969600",
    ),
}


def test_every_shape_has_its_facts() -> None:
    assert {path.name for path in SHAPES.glob("*.xml")} == FACTS.keys()


@pytest.mark.parametrize("name", FACTS)
def test_the_facts_of_a_shape_are_read(name: str) -> None:
    facts, audio = FACTS[name]
    check(SHAPES / name)
    (episode,) = (one for one in read(SHAPES / name) if isinstance(one, FoundEpisode))
    assert {key: episode.fields.get(key) for key in facts} == facts
    assert episode.audio
    assert split_prefix(episode.audio.url)[1] == audio
    assert "On tides" in episode.notes


@pytest.mark.parametrize("name", FACTS)
def test_a_shape_becomes_a_workspace(name: str, tmp_path: Path) -> None:
    imported(tmp_path / "new", host(tmp_path / "old", ""), source=str(SHAPES / name), media=False)
    (episode,) = (data.decode() for path, data in tree(tmp_path / "new").items() if path.endswith("episode.md"))
    assert episode.count("On tides") >= 1
    assert "tide-table" in " ".join(tree(tmp_path / "new"))
