"""Decoding by PyAV: the proof that a recording plays to its end, and the facts of containers that it demuxes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from pipeline.audio.types import AudioFacts
from pipeline.errors import AudioError

#: Encoders add silence at both ends and decoders cut it off: a few frames, well below this.
_TOLERANCE = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a demuxer found by reading every packet."""

    codec: str
    duration: timedelta
    sample_rate: int
    channels: int


def load_counted(path: Path) -> Counted:
    """Read every packet of the only audio stream. Raises AudioError where that fails."""
    with _opened(path) as container:
        stream = container.streams.audio[0]
        end = Fraction(0)
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and packet.time_base is not None:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
        return Counted(
            codec=stream.codec_context.name,
            duration=timedelta(microseconds=round(end * 1_000_000)),
            sample_rate=stream.codec_context.sample_rate,
            channels=stream.codec_context.channels,
        )


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode everything. Raises AudioError naming time and byte where decoding fails, or how much audio is missing."""
    samples = 0
    position: int | None = None
    with _opened(path) as container:
        stream = container.streams.audio[0]
        rate = stream.codec_context.sample_rate
        try:
            for packet in container.demux(stream):
                position = packet.pos if packet.pos is not None else position
                samples += sum(frame.samples for frame in packet.decode())
        except FFmpegError as error:
            at = timedelta(seconds=samples / rate)
            raise AudioError(f"does not decode at {clock(at)} (byte {position or 0:,}); export it again") from error
    decoded = timedelta(seconds=samples / rate)
    if abs(decoded - facts.duration) > _TOLERANCE:
        raise AudioError(f"decodes to {clock(decoded)}, but its frames say {clock(facts.duration)}; export it again")


def clock(moment: timedelta) -> str:
    """A position in audio: minutes, seconds and thousandths."""
    minutes, seconds = divmod(moment.total_seconds(), 60)
    return f"{int(minutes)}:{seconds:06.3f}"


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    try:
        with av.open(path) as container:
            if len(container.streams.audio) != 1:
                raise AudioError(f"has {len(container.streams.audio)} audio streams; export it with one")
            yield container
    except FFmpegError as error:
        raise AudioError(f"cannot be read as audio ({error.strerror}); export it again") from error
