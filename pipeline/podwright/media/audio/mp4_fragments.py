"""The samples of a fragmented M4A, as tables of an index that has them all.

Sites that stream audio keep it in fragments, and so do recorders that may be stopped at any time. Many players do not
find their way in such a file, and none knows from its beginning how long it is; what is published has one index.

Movie fragments: ISO/IEC 14496-12 section 8.8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from podwright.core.errors import AudioError
from podwright.media.audio.boxes import Box, boxes_in, descend
from podwright.media.audio.types import LoadRange

#: Bytes of what one fragment says of itself, and samples of all: a day of audio has 8 million of the shortest.
_LARGEST_HEADER = 4 << 20
_MOST_SAMPLES = 16_000_000

#: Flags of a track fragment header: what it gives, and that offsets count from the fragment (section 8.8.7).
_BASE, _DESCRIPTION, _DURATION, _SIZE, _FLAGS, _FROM_FRAGMENT = 0x1, 0x2, 0x8, 0x10, 0x20, 0x20000
#: Flags of a run of samples (section 8.8.8).
_RUN_OFFSET, _RUN_FIRST_FLAGS = 0x1, 0x4
_RUN_DURATION, _RUN_SIZE, _RUN_FLAGS, _RUN_SHIFT = 0x100, 0x200, 0x400, 0x800


@dataclass(frozen=True, slots=True)
class Fragments:
    """The chunks of the audio, and the boxes that say so of the published file, by name."""

    chunks: tuple[tuple[int, int], ...]
    tables: Mapping[bytes, bytes]


@dataclass(slots=True)
class _Samples:
    """Size and duration of each sample, and of each chunk its first byte, its length and its number of samples."""

    sizes: list[int]
    durations: list[int]
    chunks: list[tuple[int, int, int]]
    #: When the first one begins, None where nothing says so, and what all last.
    begin: int | None = None
    length: int = 0


def load_fragments(load: LoadRange, boxes: tuple[Box, ...], *, moov: bytes, trak: bytes) -> Fragments:
    """Return the samples of a track of a fragmented file. Raises AudioError, struct.error or IndexError."""
    track = _number(descend(trak, b"tkhd"), at=0)
    defaults = _defaults(moov, track)
    samples = _Samples([], [], [])
    for box in boxes:
        if box.name == b"moof":
            if box.end - box.begin > _LARGEST_HEADER:
                raise AudioError(f"has a fragment of impossible size at byte {box.start}; export it again")
            _add_fragment(samples, load(box.begin, box.end - box.begin), box.start, track=track, defaults=defaults)
    return Fragments(tuple((at, length) for at, length, _ in samples.chunks), dict(_tables(samples, moov, trak)))


def _defaults(moov: bytes, track: int) -> tuple[int, int]:
    """Return duration and size of samples that do not say theirs (section 8.8.3)."""
    for extends in (box for box in boxes_in(moov) if box.name == b"mvex"):
        content = moov[extends.begin : extends.end]
        for box in boxes_in(content):
            if box.name == b"trex":
                number, _, duration, size = struct.unpack_from(">4I", content, box.begin + 4)
                if number == track:
                    return duration, size
    return 0, 0


def _add_fragment(samples: _Samples, moof: bytes, start: int, *, track: int, defaults: tuple[int, int]) -> None:
    end = start
    for box in boxes_in(moof):
        if box.name != b"traf":
            continue
        traf = moof[box.begin : box.end]
        header = next(traf[inner.begin : inner.end] for inner in boxes_in(traf) if inner.name == b"tfhd")
        number, base, duration, size = _parse_header(header, start=start, end=end, defaults=defaults)
        end = base
        for inner in boxes_in(traf):
            content = traf[inner.begin : inner.end]
            if inner.name == b"tfdt" and number == track:
                _check_time(samples, content)
            elif inner.name == b"trun":
                end = _add_run(
                    samples if number == track else _Samples([], [], []),
                    content,
                    base=base,
                    end=end,
                    duration=duration,
                    size=size,
                )


def _parse_header(header: bytes, *, start: int, end: int, defaults: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return track, the byte that offsets count from, and default duration and size."""
    flags, track = struct.unpack_from(">2I", header)
    flags &= 0xFFFFFF
    at, base = 8, start if flags & _FROM_FRAGMENT else end
    duration, size = defaults
    if flags & _BASE:
        (base,) = struct.unpack_from(">Q", header, at)
        at += 8
    at += 4 if flags & _DESCRIPTION else 0
    if flags & _DURATION:
        (duration,) = struct.unpack_from(">I", header, at)
        at += 4
    if flags & _SIZE:
        (size,) = struct.unpack_from(">I", header, at)
    return track, base, duration, size


def _check_time(samples: _Samples, content: bytes) -> None:
    """Raise AudioError where a fragment does not begin when the one before it ends (section 8.8.12)."""
    (time,) = struct.unpack_from(">Q" if content[:1] == b"\1" else ">I", content, 4)
    if samples.begin is None:
        samples.begin = time - samples.length
    elif time != samples.begin + samples.length:
        raise AudioError("has fragments that leave out time, or overlap; export it again")


def _add_run(samples: _Samples, content: bytes, *, base: int, end: int, duration: int, size: int) -> int:
    """Add a run of samples; return the byte behind it."""
    flags, count = struct.unpack_from(">2I", content)
    flags &= 0xFFFFFF
    if len(samples.sizes) + count > _MOST_SAMPLES:
        raise AudioError("has more samples than a day of audio; export it again")
    at, begin = 8, end
    if flags & _RUN_OFFSET:
        (offset,) = struct.unpack_from(">i", content, at)
        at, begin = at + 4, base + offset
    at += 4 if flags & _RUN_FIRST_FLAGS else 0
    fields = [bool(flags & flag) for flag in (_RUN_DURATION, _RUN_SIZE, _RUN_FLAGS, _RUN_SHIFT)]
    width = sum(fields)
    values = struct.unpack_from(f">{count * width}I", content, at)
    durations = values[0::width] if fields[0] else (duration,) * count
    sizes = values[fields[0] :: width] if fields[1] else (size,) * count
    if fields[3] and any(values[width - 1 :: width]):
        raise AudioError("has audio that plays in another order than it is stored; export it again")
    length: int = sum(sizes)
    samples.durations += durations
    samples.sizes += sizes
    samples.length += sum(durations)
    if count:
        samples.chunks.append((begin, length, count))
    return begin + length


def _tables(samples: _Samples, moov: bytes, trak: bytes) -> Iterator[tuple[bytes, bytes]]:
    sizes, chunks = samples.sizes, samples.chunks
    times = [(len(list(group)), duration) for duration, group in groupby(samples.durations)]
    yield b"stts", _counted(">2I", times)
    firsts = [(number, count, 1) for number, (_, _, count) in enumerate(chunks, 1)]
    runs = [next(group) for _, group in groupby(firsts, key=lambda row: row[1])]
    yield b"stsc", _counted(">3I", runs)
    yield b"stsz", struct.pack(f">3I{len(sizes)}I", 0, 0, len(sizes), *sizes)
    yield from _headers(samples.length, moov, trak)


def _headers(length: int, moov: bytes, trak: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the boxes that tell how long all is: those of a fragmented file tell how long its index is."""
    movie, header, media = descend(moov, b"mvhd"), descend(trak, b"tkhd"), descend(trak, b"mdia", b"mdhd")
    ratio = Fraction(_number(movie, at=0), _number(media, at=0))
    edits = descend(trak, b"edts", b"elst")
    shown = round(length * ratio)
    if edits:
        row = ">Qqi" if edits[:1] == b"\1" else ">Iii"
        rows = [*struct.iter_unpack(row, edits[8:])]
        rows = [(time or round((length - max(at, 0)) * ratio), at, rate) for time, at, rate in rows]
        shown = sum(time for time, _, _ in rows)
        yield b"elst", edits[:8] + b"".join(struct.pack(row, *values) for values in rows)
    yield b"mvhd", _with_length(movie, shown, before=4)
    yield b"tkhd", _with_length(header, shown, before=8)
    yield b"mdhd", _with_length(media, length, before=4)


def _number(header: bytes, *, at: int) -> int:
    """Return a number that stands so far behind the times of a header."""
    at += 20 if header[:1] == b"\1" else 12
    return int.from_bytes(header[at : at + 4], "big")


def _with_length(header: bytes, length: int, *, before: int) -> bytes:
    """Return a header without times, and with another length, before which so many bytes stand."""
    times, width = (16, 8) if header[:1] == b"\1" else (8, 4)
    at = 4 + times + before
    return header[:4] + bytes(times) + header[4 + times : at] + length.to_bytes(width, "big") + header[at + width :]


def _counted(row: str, rows: Iterable[tuple[int, ...]]) -> bytes:
    packed = [struct.pack(row, *values) for values in rows]
    return struct.pack(">2I", 0, len(packed)) + b"".join(packed)
