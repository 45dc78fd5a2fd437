"""Decoding and demuxing by PyAV: the proof that a recording plays to its end, and what an MP4's packets say.

Damage inside a frame that still decodes goes unseen: frames have no checksum of their sound.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from io import FileIO
from pathlib import Path

import av
import xxhash
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.codec.context import Flags2
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from podwright.core.artifact import BodyReader
from podwright.core.errors import AudioError
from podwright.media.audio.mpeg import (
    LONGEST_FRAME,
    Stream,
    duration_of,
    load_runs,
    parse_header,
    parse_promise,
    split_frames,
)
from podwright.media.audio.tag_bounds import read_at
from podwright.media.audio.types import AudioFacts, clock, place

#: Bytes of frames decoded in one call, some seconds, so that calling costs little. It is also more than the 511 bytes
#: back to which a frame may refer (main_data_begin, ISO/IEC 11172-3 section 2.4.2.7).
_BATCH = 1 << 14
#: Samples by which an M4A may play longer or shorter than it decodes: of its first packet and its last (at most 2,048
#: each) only a part may play, and a recorder's clock may differ from that of the sound, by at most a hundredth.
_M4A_BOUNDS, _M4A_DRIFT = 4096, 4096

#: Codecs of still pictures. A track of them that changes less than once a second holds pictures of chapters.
_STILL = frozenset({"mjpeg", "png", "bmp", "gif", "tiff", "webp"})
#: Audio object types that every app plays: AAC-LC, HE-AAC, HE-AAC v2 (ISO/IEC 14496-3 table 1.17), and names of others.
_PLAYED = frozenset({2, 5, 29})
_OBJECT_TYPES = {1: "AAC Main", 3: "AAC-SSR", 4: "AAC-LTP", 23: "AAC-LD", 36: "ALS", 39: "AAC-ELD", 42: "xHE-AAC"}
_NO_TIME = -(1 << 63)
#: Names of encrypted samples: of FairPlay, Audible, and ISO/IEC 14496-12 section 8.12.
_ENCRYPTED = frozenset({"drms", "aavd", "enca"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Packets:
    """The facts in the packets of an MP4's audio: codec, duration, and the duration that its index promises."""

    #: As messages name it; "AAC" where every app plays it.
    codec: str
    duration: timedelta
    promise: timedelta
    sample_rate: int
    channels: int
    #: XXH3-128 in hex of the codec's settings and of each packet with its times.
    digest: str
    #: The same of where each packet lies in place of its content; None where an index does not say all of this.
    layout: str | None


def check_mp3(path: Path, facts: AudioFacts) -> None:
    """Decode the published frames as they are; a demuxer would skip damage in silence and cut encoder delay off.

    So every frame must give all its samples, with no tolerance. Raises AudioError.
    """
    with FileIO(path) as file:
        first = read_at(file, facts.offset, LONGEST_FRAME)
        stream = parse_header(first)
        if stream is None:
            raise AudioError("was changed while it was read; start again")
        header = parse_promise(first, stream) is not None
        decoder = _mp3_decoder()
        before, at, frames = b"", facts.offset, -int(header)
        for run, count in load_runs(file, stream, begin=at, end=at + facts.length, window=_BATCH):
            data = bytes(run)
            if _samples(decoder, data) != count * stream.samples:
                good, length = _good_part(before, data, stream)
                where = place(at + length, duration_of(frames + good, stream))
                raise AudioError(f"does not decode at {where}; export it again")
            before, at, frames = data, at + len(data), frames + count
    decoded = duration_of(frames, stream)
    if decoded != facts.duration:
        raise AudioError(
            f"decodes to {clock(decoded)} instead of {clock(facts.duration)}, up to byte {at}; copy or export it again"
        )


def _mp3_decoder() -> AudioCodecContext:
    decoder = av.CodecContext.create("mp3float", "r")
    assert isinstance(decoder, AudioCodecContext)  # noqa: S101 - PyAV's type is that of any codec
    return decoder


def _samples(decoder: AudioCodecContext, data: bytes) -> int:
    """Return how many samples whole frames decode to; a frame that fails inside a batch only gives none."""
    try:
        return sum(frame.samples for frame in decoder.decode(Packet(data)))
    except FFmpegError:
        return 0


def _good_part(before: bytes, data: bytes, stream: Stream) -> tuple[int, int]:
    """Return the frames and bytes in front of the first frame that does not decode, given the frames before data."""
    decoder = _mp3_decoder()
    for frame in split_frames(before, stream):
        _samples(decoder, frame)
    good = length = 0
    for frame in split_frames(data, stream):
        if _samples(decoder, frame) != stream.samples:
            break
        good, length = good + 1, length + len(frame)
    return good, length


def load_packets(source: Path | BodyReader) -> Packets:
    """Read every packet of an MP4 with one audio stream. Raises AudioError where it has another shape."""
    with _opened(source) as container:
        stream = container.streams.audio[0]
        settings, clock_base = _settings(stream), stream.time_base
        digest, layout, known = xxhash.xxh3_128(settings), xxhash.xxh3_128(settings), True
        last, packets, cut = 0, 0, False
        pack, update, lay = struct.Struct("<qqqqq").pack, digest.update, layout.update
        for packet in container.demux(stream):
            if (size := packet.size) and not packet.is_corrupt:
                pts, dts, duration = packet.pts, packet.dts, packet.duration or 0
                if (end := (pts or 0) + duration) > last:
                    last = end
                # Silence to be cut off stands beside the packet, whether an edit list or iTunes' tag says it.
                if cuts := packet.has_sidedata("skip_samples"):
                    cut, known = True, known and not packets
                # An index has one time for each packet.
                known = known and pts == dts
                pts, dts = _NO_TIME if pts is None else pts, _NO_TIME if dts is None else dts
                update(pack(pts, dts, duration, size, cuts))
                update(packet)
                lay(pack(packet.pos or 0, size, dts, 0, 0))
                packets += 1
        lay(_bounds(stream, cut=cut))
        codec = stream.codec_context
        return Packets(
            codec=_codec(codec),
            duration=_timedelta(_time(last, clock_base)),
            promise=_timedelta(_time(stream.duration or 0, clock_base)),
            sample_rate=codec.sample_rate,
            channels=codec.channels,
            digest=digest.hexdigest(),
            layout=layout.hexdigest() if known else None,
        )


def load_layout(source: Path | BodyReader, *, place: Callable[[int, int], int]) -> str:
    """Return the digest of what an MP4's index says of its packets, of which only the first is read.

    place tells where in a source so many bytes from one on come from: the digest is the source's `Packets.layout` only
    where the same packets play at the same times. Raises AudioError.
    """
    with _opened(source) as container:
        stream = container.streams.audio[0]
        layout, pack = xxhash.xxh3_128(_settings(stream)), struct.Struct("<qqqqq").pack
        for entry in stream.index_entries:
            layout.update(pack(place(entry.pos, entry.size), entry.size, entry.timestamp, 0, 0))
        first = next(container.demux(stream))
        layout.update(_bounds(stream, cut=first.has_sidedata("skip_samples")))
        return layout.hexdigest()


def _settings(stream: AudioStream) -> bytes:
    codec = stream.codec_context
    return repr((codec.name, codec.extradata, codec.sample_rate, codec.channels, stream.time_base)).encode()


def _bounds(stream: AudioStream, *, cut: bool) -> bytes:
    """Return where a track begins and ends, and whether something is cut off in front."""
    return repr((stream.start_time, stream.duration, cut)).encode()


def _codec(codec: AudioCodecContext) -> str:
    """Return the codec as messages name it, of AAC with its kind (ISO/IEC 14496-3 section 1.6.2.1)."""
    name, settings = codec.codec.canonical_name.upper(), codec.extradata or b""
    if name != "AAC" or len(settings) < 2:
        return name
    kind = settings[0] >> 3
    # An escape to six further bits.
    if kind == 31:
        kind = 32 + ((settings[0] & 7) << 3 | settings[1] >> 5)
    return name if kind in _PLAYED else _OBJECT_TYPES.get(kind, f"MPEG-4 audio of type {kind}")


def check_m4a(path: Path, facts: AudioFacts) -> None:
    """Decode all packets of an MP4. Raises AudioError also where its index plays them longer or shorter than they are.

    What an edit list leaves out is decoded and not counted, and nothing else is cut off: the silence that encoders add
    in front plays by the index, too.
    """
    samples = 0
    with _opened(path) as container:
        stream = container.streams.audio[0]
        stream.codec_context.flags2 |= Flags2.skip_manual
        for packet in container.demux(stream):
            try:
                decoded = sum(frame.samples for frame in stream.codec_context.decode(packet))
                samples += 0 if packet.is_discard else decoded
            except FFmpegError as error:
                moment = _timedelta(max(Fraction(0), _time(packet.pts or 0, packet.time_base)))
                raise AudioError(f"does not decode at {place(packet.pos or 0, moment)}; export it again") from error
        rate = stream.codec_context.sample_rate
    heard = _timedelta(Fraction(samples, rate))
    drift = min(facts.duration / 100, _timedelta(Fraction(_M4A_DRIFT, rate)))
    if abs(heard - facts.duration) > _timedelta(Fraction(_M4A_BOUNDS, rate)) + drift:
        raise AudioError(f"decodes to {clock(heard)} instead of {clock(facts.duration)}; copy or export it again")


@contextlib.contextmanager
def _opened(source: Path | BodyReader) -> Iterator[InputContainer]:
    try:
        with av.open(source, "r", format="mp4", metadata_errors="replace") as container:
            seconds = (container.duration or 0) / av.time_base
            if any(_is_video(stream, seconds) for stream in container.streams.video):
                raise AudioError("holds video, which is not published; export its audio as M4A")
            if len(container.streams.audio) != 1:
                raise AudioError(f"holds {len(container.streams.audio)} audio tracks; export it with one")
            codec = container.streams.audio[0].codec_context
            if codec is None:
                raise AudioError("holds audio of an unknown kind; export it as AAC")
            if codec.codec_tag in _ENCRYPTED:
                raise AudioError("is encrypted, and nobody else can play it; export it without protection")
            yield container
    except FFmpegError as error:
        raise AudioError(f"cannot be read as M4A ({error.strerror}); export it again") from error
    except UnicodeDecodeError as error:
        # PyAV takes a codec's name for ASCII.
        raise AudioError("holds audio of an unknown kind; export it as AAC") from error
    except IndexError as error:
        # PyAV knows the tracks that there are when it opens a file.
        raise AudioError("has a track that begins after the others; export it again") from error


def _is_video(stream: VideoStream, seconds: float) -> bool:
    """Return whether a track of a file of so many seconds holds video, and no cover or pictures of chapters."""
    if stream.disposition & Disposition.attached_pic:
        return False
    still = stream.codec_context is not None and stream.codec_context.name in _STILL
    return not (still and (stream.frames <= 1 or stream.frames <= seconds))


def _time(ticks: int, base: Fraction | None) -> Fraction:
    return ticks * (base or Fraction(0))


def _timedelta(seconds: Fraction) -> timedelta:
    try:
        return timedelta(microseconds=round(seconds * 1_000_000))
    except OverflowError as error:
        raise AudioError("says impossible times; export it again") from error
