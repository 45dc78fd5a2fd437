"""A small show before and after a publish that does everything: what is new, changed, moved, opened, gated and gone."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from benchmarks.workspaces import encode_frames, split_frames

BASE = "https://podcast.example.org/"
BEFORE = "2026-11-01T12:00:00+00:00"
AFTER = "2026-11-10T12:00:00+00:00"
#: The smallest sizes in bytes with which a store takes a recording in parts
#: (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
PATCHES = {"podwright.stores.s3.put.MULTIPART_FROM": 5 << 20, "podwright.stores.s3.put.PART": 5 << 20}
#: How many times as long some recordings may be: 3 and 8 are then sent in parts, and 2 is made of parts where its tags
#: change.
LONG = {2: 224, 3: 112, 8: 112}
ACCEPTED = ("vanished", "made-private", "made-public", "taken-back")

_SHOW = f"""\
title = "Fault by Fault"
description = "A show that is published under every fault."
link = "https://example.org/"
language = "en"
author = "Nobody"
image = "artwork.png"
categories = ["Technology"]
sections = ["Heart", "Sleep"]

[owner]
name = "Nobody"
email = "nobody@example.org"

[access]
public = ["free"]
members = ["gold"]

[storage]
public_url = "{BASE}"

[history]
keep = 2

[audio]
verify = "frames"
"""
_TRANSCRIPT = "WEBVTT\n\n00:00.000 --> 00:00.500\n<v Ada>Words of {name}.\n\n00:00.500 --> 00:00.900\n<v Ben>{more}\n"


@dataclass(frozen=True, slots=True)
class Episode:
    """audio: which recording it has; None: the file is not here."""

    name: str
    day: int
    title: str
    audio: int | None
    tier: str = "free"
    season: str | None = None
    section: str = "Sleep"
    notes: str = "Some notes."
    sides: bool = True
    artwork: bool = False


_KEPT = Episode("kept", 1, "Kept", 0)
BEFORE_EPISODES = (
    _KEPT,
    Episode("first", 2, "The first of a season", 1, season="spring", section="Heart"),
    Episode("retitled", 3, "A title", 2, season="spring"),
    Episode("replaced", 4, "Replaced", 3),
    Episode("gated", 5, "Gated", 4),
    Episode("opened", 6, "Opened", 5, tier="gold"),
    Episode("gone", 7, "Gone", 6, section="Heart", sides=False),
    Episode("due", 40, "Due", 7),
)
AFTER_EPISODES = (
    _KEPT,
    Episode("first", 2, "The first of a season", 1, season="spring", section="Heart"),
    Episode("retitled", 3, "Another title", 2, season="spring"),
    Episode("replaced", 4, "Replaced", 8, notes="With better sound."),
    Episode("gated", 5, "Gated", 4, tier="gold"),
    Episode("opened", 6, "Opened", 5),
    Episode("due", 40, "Due", None),
    Episode("new", 38, "New & whole", 9, season="spring", artwork=True),
)


def write_before(root: Path, *, long: bool = False) -> None:
    """The workspace as it was first published, at BEFORE. long: whether some recordings are sent in parts."""
    root.mkdir(parents=True)
    (root / "podwright.toml").write_text(_SHOW)
    Image.new("RGB", (1400, 1400), (20, 60, 90)).save(root / "artwork.png")
    (root / "feeds").mkdir()
    (root / "feeds" / "show.toml").write_text("limit = 3\n")
    (root / "feeds" / "gold.toml").write_text('title = "Gold"\n[select]\naccess = ["free", "gold"]\n')
    (root / "episodes" / "spring").mkdir(parents=True)
    (root / "episodes" / "spring" / "season.toml").write_text('title = "Spring"\nnumber = 1\n')
    for episode in BEFORE_EPISODES:
        write_episode(root, episode, long=long)
    age(root)


def write_after(root: Path, *, long: bool = False) -> None:
    """Make it what is published at AFTER."""
    (root / "feeds" / "heart.toml").write_text('title = "Heart"\n[select]\nsections = ["Heart"]\n')
    for episode in BEFORE_EPISODES:
        for path in sorted(folder_of(root, episode).iterdir()):
            path.unlink()
        folder_of(root, episode).rmdir()
    for episode in AFTER_EPISODES:
        write_episode(root, episode, long=long)
    age(root)


def remove_audio(root: Path) -> None:
    """A checkout without large files."""
    for path in root.rglob("*.mp3"):
        path.unlink()


def age(root: Path) -> None:
    """Make files look as if they had been written long ago; one that has other bytes has another stamp."""
    for path in (path for path in root.rglob("*") if path.is_file()):
        stamp = 1_700_000_000 + sum(path.read_bytes()[-2000:])
        os.utime(path, (stamp, stamp))


def folder_of(root: Path, episode: Episode) -> Path:
    """Where an episode lies."""
    return root.joinpath("episodes", *((episode.season,) if episode.season else ()), episode.name)


def write_episode(root: Path, episode: Episode, *, long: bool = False) -> None:
    """An episode's files, into a folder that is not there yet."""
    folder = folder_of(root, episode)
    folder.mkdir()
    date = (datetime(2026, 9, 30, 9, tzinfo=UTC) + timedelta(days=episode.day)).isoformat()
    (folder / "episode.md").write_text(
        f"---\ntitle: {episode.title}\nguid: guid-{episode.name}\npublished: {date}\naccess: {episode.tier}\n"
        f"section: {episode.section}\nkey_points: [What {episode.name} is about]\n"
        f"chapters:\n  - {{start: '00:00', title: Beginning}}\n  - {{start: '00:00.500', title: End}}\n"
        f"---\n{episode.notes}\n"
    )
    if episode.audio is not None:
        (folder / "audio.mp3").write_bytes(recording(episode.audio, times=LONG.get(episode.audio, 1) if long else 1))
    if episode.sides:
        text = _TRANSCRIPT.format(name=episode.name, more=episode.notes)
        (folder / "transcript.vtt").write_text(text)
    if episode.artwork:
        Image.new("RGB", (1400, 1400), (90, 60, 20)).save(folder / "artwork.png")


@functools.cache
def _frames() -> list[bytes]:
    return split_frames(encode_frames(3))


def recording(number: int, *, times: int = 1) -> bytes:
    """Three seconds of sound, other ones for each number, so many times; 112 times is more than 5 MiB."""
    frames = _frames()
    return b"".join([*frames[number:], *frames[:number]]) * times
