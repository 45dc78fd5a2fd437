"""Made-up workspaces of any size: valid audio, valid text, the same bytes every time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

_TEXT = """
visit pressure reading morning evening nurse clinic measure heart rate average week month garden water question answer
sample chart patient listener study result harm benefit choice plan review season episode
"""
WORDS = _TEXT.split()

SHOW = """\
title = "Benchmark"
description = "A show that was made up to be measured."
link = "https://example.org/"
language = "en"
author = "Nobody"
image = "artwork.png"
categories = ["Technology"]

[owner]
name = "Nobody"
email = "nobody@example.org"

[storage]
url = "file:public"
public_url = "https://example.org/"

[audio]
verify = "frames"
"""


def encode_frames(seconds: int) -> bytes:
    """MP3 frames of noise at 128 kbit/s, 44.1 kHz, without any tag or header frame."""
    rate, size = 44_100, 1152
    chance = random.Random(1)
    out = bytearray()
    codec = av.CodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = rate, "mono", "s16p", 128_000
    codec.time_base = Fraction(1, rate)
    for number in range(seconds * rate // size):
        frame = av.AudioFrame(format="s16p", layout="mono", samples=size)
        frame.planes[0].update(chance.randbytes(size * 2))
        frame.sample_rate, frame.pts, frame.time_base = rate, number * size, Fraction(1, rate)
        out += b"".join(bytes(packet) for packet in codec.encode(frame))
    return bytes(out + b"".join(bytes(packet) for packet in codec.encode(None)))


def split_frames(data: bytes) -> list[bytes]:
    """128 kbit/s frames at 44.1 kHz, one by one; 417 bytes each, and one more where the padding bit is set."""
    frames, at = [], 0
    while at + 4 <= len(data):
        length = 417 + (data[at + 2] >> 1 & 1)
        frames.append(data[at : at + length])
        at += length
    return frames


def write_mp3(path: Path, *, frames: list[bytes], size: int, start: int) -> None:
    """A file of about `size` bytes: the frames again and again, beginning with another one for every `start`."""
    turn = start % len(frames)
    whole = b"".join(frames[turn:] + frames[:turn])
    repeats, rest = divmod(size, len(whole))
    with path.open("wb") as file:
        for _ in range(repeats):
            file.write(whole)
        for frame in frames[turn : turn + rest // 418]:
            file.write(frame)


def sentences(chance: random.Random, count: int) -> Iterator[str]:
    """Sentences of made-up text."""
    for _ in range(count):
        yield " ".join(chance.choices(WORDS, k=chance.randint(8, 16))).capitalize() + "."


def write_episode(folder: Path, *, number: int, notes: int) -> None:
    """An episode's front matter and notes of about `notes` bytes."""
    chance = random.Random(number)
    published = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=number * 12)
    text = "\n\n".join(" ".join(sentences(chance, 4)) for _ in range(max(1, notes // 320)))
    points = "\n".join(f"  - {sentence}" for sentence in sentences(chance, 3))
    folder.mkdir(parents=True)
    (folder / "episode.md").write_text(
        f"---\ntitle: Episode {number} about {chance.choice(WORDS)}\n"
        f"guid: {uuid.uuid5(uuid.NAMESPACE_URL, f'https://example.org/{number}')}\n"
        f"published: {published.isoformat()}\nkey_points:\n{points}\n---\n\n{text}\n"
    )


def write_show(root: Path) -> None:
    """Settings, one feed and artwork."""
    (root / "feeds").mkdir(parents=True)
    (root / "episodes").mkdir()
    (root / "podwright.toml").write_text(SHOW)
    (root / "feeds" / "show.toml").write_text('type = "episodic"\n')
    Image.new("RGB", (1400, 1400), (20, 60, 90)).save(root / "artwork.png")


def write_catalogue(root: Path, *, episodes: int, notes: int = 2_000) -> None:
    """Many episodes with a few seconds of audio and a transcript each: what parsing, rendering and planning cost."""
    write_show(root)
    frames = encode_frames(4)
    cues = "\n\n".join(
        f"00:00:0{second}.000 --> 00:00:0{second}.900\n<v Ada>{text}"
        for second, text in enumerate(sentences(random.Random(0), 4))
    )
    for number in range(episodes):
        folder = root / "episodes" / f"episode-{number:05}"
        write_episode(folder, number=number, notes=notes)
        (folder / "audio.mp3").write_bytes(frames)
        (folder / "transcript.vtt").write_text(f"WEBVTT\n\n{cues}\n")
