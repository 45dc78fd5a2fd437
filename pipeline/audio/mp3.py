"""MP3: the frames of a file walked one after another, without decoding them.

One regular expression matches a whole frame, its length following from its header, so that walking runs at the speed of
the regular expression engine: about 20 ms for an hour. The walk finds the exact byte where the chain of frames breaks,
which demuxers resynchronise over in silence.

Frame headers: ISO/IEC 11172-3 section 2.4.2.3 and 13818-3; tables at http://www.mp3-tech.org/programmer/frame_header.html.
Xing and Info headers: https://www.codeproject.com/Articles/8295/MPEG-Audio-Frame-Header section 2.3.1.
"""

from __future__ import annotations

import functools
import mmap
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import xxhash

from pipeline.audio.decode import clock
from pipeline.audio.types import AudioFacts
from pipeline.errors import AudioError

#: Layer III bit rates in kbit/s by index, for MPEG 1 and for MPEG 2 and 2.5.
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
#: By the two version bits of a header: version's sample rates in Hz.
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
#: A file whose audio does not begin within so many bytes after its tags is not taken for MP3.
_SEARCH = 64 << 10
#: Bytes walked at a time, so that a file of any size is read in little memory.
_WINDOW = 8 << 20
_NOT_ZERO = re.compile(rb"[^\0]")
#: The longest frame: MPEG 2.5 at 160 kbit/s and 8 kHz, padded.
_LONGEST_FRAME = 1_441


@dataclass(frozen=True, slots=True)
class _Stream:
    """What all frames of a stream share. samples: per frame."""

    version: int
    sample_rate: int
    channels: int
    samples: int


def load_mp3_facts(path: Path) -> AudioFacts:
    """Walk a file. Raises AudioError naming byte and time where its frames stop being a chain."""
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) == 0:
                raise AudioError("is empty; export it again")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _facts(data)
    except (OSError, ValueError) as error:
        raise AudioError(f"cannot be read ({error}); check the file") from error


def _facts(data: mmap.mmap) -> AudioFacts:
    begin, end = tagless_range(data)
    start, stream = _first_frame(data, begin, end)
    promised = _promised_frames(data, start, stream)
    walk = _Walk(data, stream, start=start, end=end)
    frames = walk.frames - (promised is not None)
    duration = _duration(frames, stream)
    if promised and promised > frames:
        raise AudioError(
            f"is cut off: its header promises {clock(_duration(promised, stream))}, but the audio ends at "
            f"{clock(duration)} (byte {walk.end:,}); export it again"
        )
    if frames <= 0:
        raise AudioError("holds no audio; export it again")
    return AudioFacts(
        media_type="audio/mpeg",
        duration=duration,
        offset=start,
        length=walk.end - start,
        frames_hash=walk.digest,
        bitrate=round((walk.end - start) * 8 / duration.total_seconds()),
        sample_rate=stream.sample_rate,
        channels=stream.channels,
    )


def _duration(frames: int, stream: _Stream) -> timedelta:
    return timedelta(microseconds=round(frames * stream.samples * 1_000_000 / stream.sample_rate))


# The chain of frames


class _Walk:
    """Frames from start on: how many, where they end, and their digest. Raises AudioError where the chain breaks."""

    def __init__(self, data: mmap.mmap, stream: _Stream, *, start: int, end: int) -> None:
        frame = _frame_pattern(stream.version, stream.sample_rate, data[start + 2] >> 4)
        hashed = xxhash.xxh3_128()
        self.frames = 0
        self.end = start
        with memoryview(data) as view:
            while self.end < end:
                window = min(self.end + _WINDOW, end)
                chain = frame.chain.match(data, self.end, window)
                if chain is None or chain.end() == self.end:
                    break
                last = chain.end()
                hashed.update(view[self.end : last])
                self.frames += len(frame.mark.findall(data, self.end, last))
                self.end = last
                # The pages read so far are given back, or a long file would count as memory in use.
                data.madvise(mmap.MADV_DONTNEED, 0, last // mmap.PAGESIZE * mmap.PAGESIZE)
        self.digest = hashed.hexdigest()
        if self.end < end:
            _check_rest(data, stream, frames=self.frames, at=self.end, end=end)


def _check_rest(data: mmap.mmap, stream: _Stream, *, frames: int, at: int, end: int) -> None:
    """What follows the last whole frame: less than a frame, or zeros, is dropped; anything else is damage."""
    if end - at < _LONGEST_FRAME or not _NOT_ZERO.search(data, at, end):
        return
    where = f"at {clock(_duration(frames, stream))} (byte {at:,})"
    following = _find_frame(data, at + 1, end, stream)
    if following is None:
        raise AudioError(f"is damaged {where}: what follows is no audio; export it again")
    raise AudioError(f"is damaged {where}: {following - at:,} bytes of junk; export it again")


@dataclass(frozen=True, slots=True)
class _Frame:
    """One whole frame as a pattern; mark gives an empty match for each, chain matches as many as follow one another."""

    one: re.Pattern[bytes]
    mark: re.Pattern[bytes]
    chain: re.Pattern[bytes]


@functools.cache
def _frame_pattern(version: int, sample_rate: int, first: int) -> _Frame:
    """A frame of any bit rate; the bit rate with the index `first` is tried first."""
    rates = _RATES_1 if version == 3 else _RATES_2
    samples_by_8 = 144_000 if version == 3 else 72_000
    sync = 0xE2 | version << 3
    index = _SAMPLE_RATES[version].index(sample_rate)
    bodies = []
    for rate in sorted(range(1, 15), key=lambda rate: (rate != first, rate)):
        for padding in (0, 1):
            length = samples_by_8 * rates[rate] // sample_rate + padding
            third = rate << 4 | index << 2 | padding << 1
            bodies.append(b"[\\x%02x\\x%02x].{%d}" % (third, third | 1, length - 3))
    one = b"\xff[\\x%02x\\x%02x](?:%s)" % (sync, sync | 1, b"|".join(bodies))
    return _Frame(
        one=re.compile(one, re.DOTALL),
        mark=re.compile(b"()" + one, re.DOTALL),
        # Possessive, so that a long chain needs no memory to go back over.
        chain=re.compile(b"(?:%s)*+" % one, re.DOTALL),
    )


def _stream(header: bytes) -> _Stream | None:
    """What a frame header says, or None where it is none of Layer III with a bit rate."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate, index = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in _SAMPLE_RATES or rate in (0, 15) or index == 3:
        return None
    return _Stream(
        version=version,
        sample_rate=_SAMPLE_RATES[version][index],
        channels=1 if header[3] >> 6 == 3 else 2,
        samples=1152 if version == 3 else 576,
    )


def _first_frame(data: mmap.mmap, begin: int, end: int) -> tuple[int, _Stream]:
    """Where the first frame is that another one follows."""
    at = begin
    limit = min(begin + _SEARCH, end)
    while (at := data.find(b"\xff", at, limit)) >= 0:
        stream = _stream(data[at : at + 4])
        if stream and _find_frame(data, at, at + 1 + 2 * _LONGEST_FRAME, stream) == at:
            return at, stream
        at += 1
    raise AudioError("holds no MP3 frames (MPEG Layer III); convert it to MP3 or M4A")


def _find_frame(data: mmap.mmap, begin: int, end: int, stream: _Stream) -> int | None:
    """The first frame of the stream from begin on that ends where another one, or the file, follows."""
    one = _frame_pattern(stream.version, stream.sample_rate, 9).one
    at = begin
    while (found := one.search(data, at, min(end + _LONGEST_FRAME, len(data)))) and found.start() < end:
        if found.end() >= len(data) - _LONGEST_FRAME or one.match(data, found.end()):
            return found.start()
        at = found.start() + 1
    return None


def _promised_frames(data: mmap.mmap, start: int, stream: _Stream) -> int | None:
    """What a Xing, Info or VBRI header in the first frame says of the number of frames.

    0 where there is a header that does not say; None where the first frame is audio.
    """
    wide = stream.channels == 2
    side = (32 if wide else 17) if stream.version == 3 else (17 if wide else 9)
    crc = 0 if data[start + 1] & 1 else 2
    xing = start + 4 + crc + side
    if data[xing : xing + 4] in (b"Xing", b"Info"):
        counted = data[xing + 7] & 1
        return int.from_bytes(data[xing + 8 : xing + 12], "big") if counted else 0
    vbri = start + 36
    if data[vbri : vbri + 4] == b"VBRI":
        return int.from_bytes(data[vbri + 14 : vbri + 18], "big")
    return None


# Tags around the audio


def tagless_range(data: mmap.mmap) -> tuple[int, int]:
    """First and last byte of what is not ID3v2, ID3v1, APEv2 or Lyrics3. Raises AudioError where a tag's size lies."""
    begin, end = 0, len(data)
    while data[begin : begin + 3] == b"ID3" and end - begin >= 10:
        size = 10 + _syncsafe(data[begin + 6 : begin + 10]) + (10 if data[begin + 5] & 0x10 else 0)
        if begin + size > end:
            raise AudioError(f"its ID3 tag claims {size:,} bytes, more than there are; export it again")
        begin += size
    while (tail := _trailing_tag(data, begin, end)) and tail <= end - begin:
        end -= tail
    return begin, end


def _syncsafe(data: bytes) -> int:
    """Four bytes of seven bits each (https://id3.org/id3v2.4.0-structure section 6.2)."""
    return functools.reduce(lambda value, byte: value << 7 | byte & 0x7F, data, 0)


def _trailing_tag(data: mmap.mmap, begin: int, end: int) -> int:
    """Length in bytes of a tag that ends at `end`; 0 where there is none.

    APEv2: https://wiki.hydrogenaud.io/index.php?title=APEv2_specification; Lyrics3: https://id3.org/Lyrics3v2.
    """
    if end - begin >= 128 and data[end - 128 : end - 125] == b"TAG":
        return 128
    if end - begin >= 227 and data[end - 227 : end - 223] == b"TAG+":
        return 227
    if data[end - 32 : end - 24] == b"APETAGEX":
        size = int.from_bytes(data[end - 20 : end - 16], "little")
        header = 32 if data[end - 9] & 0x80 else 0
        return size + header
    if data[end - 9 : end] == b"LYRICS200" and data[end - 15 : end - 9].isdigit():
        return int(data[end - 15 : end - 9]) + 15
    if data[end - 10 : end - 7] == b"3DI":
        return 20 + _syncsafe(data[end - 4 : end])
    return 0
