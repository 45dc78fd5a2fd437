"""The recordings that the tests of audio share, and how to look at them with other tools than our own."""

from __future__ import annotations

import io
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av

from podwright.core.artifact import Body, open_body
from tests.support.paths import DATA

FOLDER = DATA / "audio"

#: Name, sample rate, channels, and whether a Xing or Info header comes first.
MP3S = (
    ("cbr-64k.mp3", 44_100, 1, False),
    ("vbr-xing.mp3", 44_100, 1, True),
    ("vbr-no-header.mp3", 44_100, 1, False),
    ("mpeg2-22k.mp3", 22_050, 1, False),
    ("mpeg25-8k.mp3", 8_000, 1, False),
    ("stereo-48k.mp3", 48_000, 2, True),
    ("cbr-info.mp3", 44_100, 1, True),
    ("mpeg2-xing-stereo.mp3", 22_050, 2, True),
    ("mpeg25-xing.mp3", 11_025, 1, True),
)
M4AS = ("moov-first.m4a", "moov-last.m4a")
ALL = (*(row[0] for row in MP3S), *M4AS)


def sample(name: str) -> bytes:
    """The bytes of a stored recording."""
    return (FOLDER / name).read_bytes()


def write(folder: Path, data: bytes, *, name: str = "audio.mp3") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


def body_bytes(body: Body) -> bytes:
    """All bytes of a body."""
    with open_body(body) as reader:
        return reader.read()


def demuxed(data: bytes) -> timedelta:
    """How long the packets that PyAV's demuxer finds play; those that an edit list cuts off do not."""
    with av.open(io.BytesIO(data), "r") as container:
        packets = [p for p in container.demux(container.streams.audio[0]) if p.size]
        base = packets[0].time_base or Fraction(0)
        ticks = sum(p.duration or 0 for p in packets) + min(packets[0].pts or 0, 0)
        return timedelta(microseconds=round(ticks * base * 1_000_000))


def decoded_samples(data: bytes) -> int:
    """How many samples PyAV decodes."""
    with av.open(io.BytesIO(data), "r") as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def box(name: bytes, *content: bytes) -> bytes:
    """A box of an MP4."""
    data = b"".join(content)
    return (8 + len(data)).to_bytes(4, "big") + name + data


def inserted(data: bytes, path: tuple[bytes, ...], extra: bytes) -> bytes:
    """An MP4 whose index comes last, with more at the end of the box at a path; the offsets of its audio stay."""
    at, ancestors, end = 0, [], len(data)
    for name in path:
        while data[at + 4 : at + 8] != name:
            at += int.from_bytes(data[at : at + 4], "big")
            assert at < end
        ancestors.append(at)
        end, at = at + int.from_bytes(data[at : at + 4], "big"), at + 8
    grown = bytearray(data[:end] + extra + data[end:])
    for begin in ancestors:
        grown[begin : begin + 4] = (int.from_bytes(data[begin : begin + 4], "big") + len(extra)).to_bytes(4, "big")
    return bytes(grown)


def remuxed(data: bytes, path: Path, *, kind: str = "ipod", chapters: tuple[str, ...] = (), **options: str) -> bytes:
    """The same packets in another MP4, as FFmpeg writes it."""
    with av.open(io.BytesIO(data)) as source, av.open(path, "w", format=kind, options=options) as made:
        stream = source.streams.audio[0]
        copy = made.add_stream_from_template(stream)
        if chapters:
            made.set_chapters(
                [
                    {"id": n, "start": n, "end": n + 1, "time_base": Fraction(1), "metadata": {"title": title}}
                    for n, title in enumerate(chapters)
                ]
            )
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                made.mux(packet)
    return path.read_bytes()


def packets(data: bytes) -> list[tuple[bytes, int | None, int | None]]:
    """The bytes, times and durations of all packets of audio."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        base = stream.time_base
        assert base == Fraction(1, stream.codec_context.sample_rate)
        return [(bytes(packet), packet.pts, packet.duration) for packet in container.demux(stream) if packet.size]
