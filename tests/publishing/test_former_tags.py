"""Audio that was tagged by an older podwright, in 2.4 and with its feed's address alone, stays as it is.

`tests/data/former` is a workspace without its recordings, and a store that podwright 0.1 wrote of it, without pictures.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podwright.core.model import Overrides
from tests.media.audio.samples import sample
from tests.media.audio.test_tag_bytes import raw_frames
from tests.support.paths import DATA
from tests.support.published import Place

BASE = "https://podcast.example.org/"
RECORDINGS = ("episodes/beds/audio.mp3", "episodes/shed/audio.mp3", "episodes/shed/teaser.mp3")
AUDIO = {"episodes/beds/beds.mp3", "private/episodes/shed/shed.mp3", "teasers/shed/shed.mp3"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "show"
    shutil.copytree(DATA / "former", root)
    shutil.copy(DATA / "everything/artwork/show.png", root / "artwork.png")
    for name in RECORDINGS:
        (root / name).write_bytes(sample("mpeg25-8k.mp3"))
    return Place(root, Overrides(), BASE, folder=root / "public")


def changed(place: Place) -> set[str]:
    return {step.key for step in place.plan().plan.media if step.key.endswith(".mp3")}


def set_version(place: Place, version: str) -> None:
    with (place.root / "podwright.toml").open("a") as file:
        file.write(f'\n[audio]\nid3 = "{version}"\n')


@pytest.mark.parametrize("kept", [RECORDINGS, ()])
def test_nothing_is_tagged_anew_only_because_podwright_is(place: Place, kept: tuple[str, ...]) -> None:
    for name in set(RECORDINGS) - set(kept):
        (place.root / name).unlink()
    assert changed(place) == set()


def test_what_changes_is_tagged_as_readers_read_it_now(place: Place) -> None:
    page = place.root / "episodes/beds/episode.md"
    page.write_text(page.read_text().replace("Raised beds", "Higher beds"))
    assert changed(place) == {"episodes/beds/beds.mp3"}
    place.publish()
    data = (place.root / "public/episodes/beds/beds.mp3").read_bytes()
    length = 10 + sum((byte & 0x7F) << 7 * n for n, byte in enumerate(data[9:5:-1]))
    assert data[3] == 3
    assert dict(raw_frames(data[:length]))["WFED"] == b"\0https://podcast.example.org/beds.xml\0"
    assert changed(place) == set()


def test_a_version_that_the_show_names_is_that_of_all_tags(place: Place) -> None:
    set_version(place, "2.3")
    assert changed(place) == AUDIO
    place.publish()
    assert {(place.root / "public" / key).read_bytes()[3] for key in AUDIO} == {3}
    assert changed(place) == set()


def test_the_version_that_tags_have_changes_nothing_when_it_is_named(place: Place) -> None:
    set_version(place, "2.4")
    assert changed(place) == set()


def test_the_version_that_a_show_no_longer_names_stays_in_what_is_published(place: Place) -> None:
    page = place.root / "episodes/beds/episode.md"
    set_version(place, "2.4")
    page.write_text(page.read_text().replace("Raised beds", "Higher beds"))
    place.publish()
    settings = place.root / "podwright.toml"
    settings.write_text(settings.read_text().replace('id3 = "2.4"\n', ""))
    assert changed(place) == set()


def test_new_audio_in_place_of_old_is_tagged_as_readers_read_it_now(place: Place) -> None:
    (place.root / "episodes/beds/audio.mp3").write_bytes(sample("vbr-no-header.mp3"))
    assert changed(place) == {"episodes/beds/beds.mp3"}
    place.publish()
    assert (place.root / "public/episodes/beds/beds.mp3").read_bytes()[3] == 3
