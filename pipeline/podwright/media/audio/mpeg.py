"""Layer III audio as a chain of frames: each header says how long its frame is, so the next one must follow there.

Headers: ISO/IEC 11172-3 section 2.4.1.3 (MPEG-1), ISO/IEC 13818-3 section 2.4.2.3 (MPEG-2), and the usual extension to
lower sample rates (MPEG-2.5); http://www.mp3-tech.org/programmer/frame_header.html has all three.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import FileIO

#: Bytes of the longest frame: 320 kbit/s at 32 kHz, or 160 kbit/s at 8 kHz, and one byte of padding.
LONGEST_FRAME = 1441
#: So many frames in a row are not there by chance.
EVIDENCE = 4

_VERSION_1 = 3
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_BIT_RATES = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
#: A length that no range holds, so that a header without a length needs no check of its own.
_NO_FRAME = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The features that all frames of a recording have in common."""

    #: The two bits of the header.
    version: int
    sample_rate: int
    channels: int
    #: Those of one frame.
    samples: int


def parse_header(header: bytes) -> Stream | None:
    """Return what a frame's first four bytes say; None where they begin no Layer III frame of known length."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, bit_rate, sample_rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in _SAMPLE_RATES or bit_rate in (0, 15) or sample_rate == 3:
        return None
    return Stream(
        version=version,
        sample_rate=_SAMPLE_RATES[version][sample_rate],
        channels=1 if header[3] >> 6 == 3 else 2,
        samples=1152 if version == _VERSION_1 else 576,
    )


def duration_of(frames: int, stream: Stream) -> timedelta:
    """Return how long so many frames sound."""
    return timedelta(microseconds=round(frames * stream.samples * 1_000_000 / stream.sample_rate))


@functools.cache
def _frame_lengths(version: int, sample_rate: int) -> tuple[int, ...]:
    """Return the bytes of a frame by the third byte of its header."""
    first = version == _VERSION_1
    lengths = [_NO_FRAME] * 256
    for index, kilobits in enumerate(_BIT_RATES[first], start=1):
        for low in range(16):
            if low >> 2 == _SAMPLE_RATES[version].index(sample_rate):
                whole = (144_000 if first else 72_000) * kilobits // sample_rate
                lengths[index << 4 | low] = whole + (low >> 1 & 1)
    return tuple(lengths)


def follow(data: bytes | bytearray, begin: int, *, end: int, stream: Stream) -> tuple[int, int]:
    """Go along whole frames of the stream from begin on; where the last one ends, and how many there were.

    An hour has 140,000 of them: nothing is called and nothing made inside the loop.
    """
    lengths = _frame_lengths(stream.version, stream.sample_rate)
    sync = 0xE3 | stream.version << 3
    at, frames, last = begin, 0, end - 3
    while at < last and data[at] == 0xFF and data[at + 1] | 1 == sync:
        following = at + lengths[data[at + 2]]
        if following > end:
            break
        at = following
        frames += 1
    return at, frames


def split_frames(run: bytes, stream: Stream) -> Iterator[bytes]:
    """Yield the frames of a run of whole frames, one by one."""
    lengths = _frame_lengths(stream.version, stream.sample_rate)
    at = 0
    while at < len(run):
        following = at + lengths[run[at + 2]]
        yield run[at:following]
        at = following


def find_frames(data: bytes, begin: int = 0) -> tuple[int, Stream] | None:
    """Return where audio begins: the first place from begin on where EVIDENCE frames of one kind follow one another."""
    at = begin
    while (at := data.find(b"\xff", at)) >= 0:
        stream = parse_header(data[at : at + 4])
        if stream:
            near = min(len(data), at + EVIDENCE * LONGEST_FRAME)
            if follow(data, at, end=near, stream=stream)[1] >= EVIDENCE:
                return at, stream
        at += 1
    return None


def load_runs(file: FileIO, stream: Stream, *, begin: int, end: int, window: int) -> Iterator[tuple[memoryview, int]]:
    """Yield runs of whole frames from begin on, each with its number of frames, read in windows of so many bytes.

    Stops where the chain does: at end, at a frame that end cuts off, or at what is no frame. A run is valid until the
    next one is asked for.
    """
    buffer = bytearray(LONGEST_FRAME + window)
    view = memoryview(buffer)
    held, unread = 0, end - begin
    file.seek(begin)
    while got := file.readinto(view[held : held + min(window, unread)]):
        unread -= got
        filled = held + got
        stop, frames = follow(buffer, 0, end=filled, stream=stream)
        if frames:
            yield view[:stop], frames
        held = filled - stop
        if held >= LONGEST_FRAME:
            return
        view[:held] = view[stop:filled]


@dataclass(frozen=True, slots=True)
class Promise:
    """A header in a recording's first frame, which does not sound: Xing, Info or VBRI."""

    name: str
    #: The number of frames after it; None where it does not say.
    frames: int | None


def parse_promise(frame: bytes, stream: Stream) -> Promise | None:
    """Return the header in a recording's first frame; None where the frame is audio.

    Encoders put Xing's header where the side information of an unprotected frame ends, whether or not the frame has a
    checksum. https://www.codeproject.com/Articles/8295/MPEG-Audio-Frame-Header#VBRHeaders
    """
    if stream.version == _VERSION_1:
        xing = 4 + (17 if stream.channels == 1 else 32)
    else:
        xing = 4 + (9 if stream.channels == 1 else 17)
    if (name := frame[xing : xing + 4]) in (b"Xing", b"Info"):
        known = frame[xing + 7 : xing + 8] and frame[xing + 7] & 1
        return Promise(name.decode(), int.from_bytes(frame[xing + 8 : xing + 12], "big") if known else None)
    if frame[36:40] == b"VBRI":
        return Promise("VBRI", int.from_bytes(frame[50:54], "big"))
    return None


def find_change(run: memoryview | bytes, stream: Stream) -> tuple[int, int] | None:
    """Return the first frame of a run with another number of channels than the stream's, and its byte in the run."""
    lengths = _frame_lengths(stream.version, stream.sample_rate)
    mono, end = stream.channels == 1, len(run)
    at = frame = 0
    while at < end:
        # The mode of the last two bits is a single channel.
        if (run[at + 3] >= 0xC0) is not mono:
            return frame, at
        at += lengths[run[at + 2]]
        frame += 1
    return None
