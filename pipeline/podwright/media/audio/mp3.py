"""MP3: facts by going along every frame, a tag in front of an untouched range of the source.

At either end of the audio less than one frame of anything is left out of what is published (recorders stop in the
middle of a frame), and so are zeros, with which tools fill blocks up: 64 KiB of them in front, 4 KiB behind. Whatever
else is not a frame is damage and refused.

Free-format frames (no bit rate in the header) and Layers I and II are refused: browsers and most apps do not play them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import FileIO
from itertools import islice
from pathlib import Path

import xxhash

from podwright.core.artifact import CHUNK, FileSlice, open_body
from podwright.core.errors import AudioError
from podwright.media.audio.foreign import HEAD, describe_foreign
from podwright.media.audio.id3 import render_id3
from podwright.media.audio.id3_source import tag_kinds
from podwright.media.audio.mpeg import (
    LONGEST_FRAME,
    Promise,
    Stream,
    duration_of,
    find_change,
    find_frames,
    follow,
    load_runs,
    parse_header,
    parse_promise,
    split_frames,
)
from podwright.media.audio.tag_bounds import TAG_HEADER, leading_tag, load_audio_range, load_body_digest, read_at
from podwright.media.audio.types import AudioFacts, AudioTags, Id3Version, LeftOut, LoadRange, Tagged, clock, place

MEDIA_TYPE = "audio/mpeg"

#: How far audio is looked for behind the tags in front, and behind damage, in bytes.
_SEARCH = 1 << 16
_SEARCH_BEHIND_DAMAGE = 1 << 22
#: Zeros after the last frame are padding up to so many bytes; more of them are audio that was lost.
_PADDING = 1 << 12
#: Encoders count the frame with the header or not, and a last frame may be cut off.
_PROMISE_TOLERANCE = 2
#: First bytes of tags (ID3v2, ID3v1, APE), as they stand where files were joined.
_TAGS = (b"ID3", b"TAG", b"APETAGEX")
_REWRITE = "write it anew: `ffmpeg -i IN -c copy OUT.mp3`"
#: Bytes of an ID3v1 tag, and its comment (https://id3.org/ID3v1).
_ID3V1 = 128
_COMMENT_OF_ID3V1 = slice(97, 125)


def begins(head: bytes) -> bool:
    """Return True: audio is looked for behind whatever a file begins with."""
    del head
    return True


def load_facts(path: Path) -> AudioFacts:
    """Go along every frame, reading each byte once. Raises AudioError naming byte and time of damage."""
    with FileIO(path) as file:
        begin, end = load_audio_range(file)
        start, stream = _load_start(file, begin, end)
        first = read_at(file, start, 2 * LONGEST_FRAME)
        header = parse_promise(first, stream)
        if header:
            # Some write it with other channels than the recording has.
            stream = parse_header(first[len(next(split_frames(first, stream))) :]) or stream
        walk = _load_walk(file, stream, start, end, header=header)
        frames = walk.frames - (header is not None)
        _check_rest(file, stream, frames=frames, at=walk.end, end=end)
    duration = duration_of(frames, stream)
    if header and header.frames and header.frames > frames + _PROMISE_TOLERANCE:
        raise AudioError(
            f"is cut short: its header promises {clock(duration_of(header.frames, stream))}, and the audio ends at "
            f"{place(walk.end, duration)}; copy or export it again"
        )
    length = walk.end - start
    return AudioFacts(
        media_type=MEDIA_TYPE,
        duration=duration,
        offset=start,
        length=length,
        frames_hash=walk.digest,
        bitrate=round(length * 8 * stream.sample_rate / (walk.frames * stream.samples)),
        sample_rate=stream.sample_rate,
        channels=stream.channels,
        doubts=tuple(_doubts(header, walk, stream, start=start, frames=frames)),
    )


def _doubts(header: Promise | None, walk: _Walk, stream: Stream, *, start: int, frames: int) -> Iterator[str]:
    """Yield what is wrong with a header that promises less than there is."""
    if header is None or header.frames is None or header.frames + _PROMISE_TOLERANCE >= frames:
        return
    lasts = clock(duration_of(frames, stream))
    if header.frames:
        where = place(walk.promised or start, duration_of(header.frames, stream))
        promises = f"audio up to {where} of {lasts}, as where files were joined, and players that believe it stop there"
    else:
        promises = f"no audio of {lasts}, and players that believe it show a wrong length"
    yield f"its header ({header.name}, byte {start}) promises {promises}; {_REWRITE}"


def load_left_out(path: Path) -> LeftOut:
    """Tell of all tags in front, and of what stands in tags behind."""
    with FileIO(path) as file:
        begin, end = load_audio_range(file)
        front, behind = read_at(file, 0, begin), read_at(file, end, _ID3V1 + 1)
    kinds, chapters, at = set[str](), 0, 0
    while length := leading_tag(front[at : at + TAG_HEADER]):
        more, count = tag_kinds(front[at : at + length])
        kinds, chapters, at = kinds | more, chapters + count, at + length
    if behind and not (behind.startswith(b"TAG") and len(behind) == _ID3V1):
        kinds.add("tags behind its audio")
    elif behind[_COMMENT_OF_ID3V1].strip(b"\0 "):
        kinds.add("comments")
    return LeftOut(kinds=tuple(sorted(kinds)), chapters=chapters)


def check_decodes(path: Path, facts: AudioFacts) -> None:
    """Decode every frame. Raises AudioError naming byte and time of the first that does not decode."""
    # PyAV takes long to load.
    from podwright.media.audio.decode import check_mp3

    check_mp3(path, facts)


def build_tagged(path: Path, facts: AudioFacts, *, tags: AudioTags, id3_version: Id3Version, build_dir: Path) -> Tagged:
    """Return a rendered tag and the source's audio, without a copy; build_dir stays unused. Raises AudioError."""
    del build_dir
    with path.open("rb") as file:
        front = file.read(facts.offset)
    tag = retag(front, tags=tags, duration=facts.duration, id3_version=id3_version)
    return Tagged(body=(tag, FileSlice(path, facts.offset, facts.length)), tag_length=len(tag))


def check_published(tagged: Tagged, facts: AudioFacts) -> None:
    """Compare what a reader finds behind the tag with the frames of the source.

    That suffices: a reader passes the bytes that the tag's header claims, which must be all that were written, and goes
    from frame to frame, of which each says its length and none its place. So the same bytes there are the same frames.
    """
    with open_body(tagged.body) as published:
        tag = leading_tag(published.read(TAG_HEADER))
        same = load_body_digest(published, tag) == facts.frames_hash
    if tag != tagged.tag_length or not same:
        raise AudioError("was changed while it was read, or its tag is not as long as it says; start again")


def digest_tags(tags: AudioTags, *, duration: timedelta, id3_version: Id3Version) -> str:
    """Digest of a tag that keeps nothing."""
    return xxhash.xxh3_128_hexdigest(retag(b"", tags=tags, duration=duration, id3_version=id3_version))


def check_retagged(before: bytes, after: bytes) -> None:
    """Compare the length of the new tag with what it says; the frames behind it are not touched."""
    del before
    if leading_tag(after[:TAG_HEADER]) != len(after):
        raise AudioError("its new tag is not as long as it says; report this, with the tags that were to be written")


def find_audio(load: LoadRange, size: int) -> int:
    """Return the length of the tag in front, which says it itself."""
    return leading_tag(load(0, min(size, TAG_HEADER)))


def retag(front: bytes, *, tags: AudioTags, duration: timedelta, id3_version: Id3Version) -> bytes:
    """Return a rendered tag, which keeps what the published one kept. Raises AudioError."""
    return render_id3(tags, source=front, duration=duration, version=id3_version)


@dataclass(frozen=True, slots=True)
class _Walk:
    """All whole frames from the start on: how many, the byte after the last one, and their XXH3-128."""

    frames: int
    end: int
    digest: str
    #: The byte up to which the header promises audio; None where there is no more than that.
    promised: int | None


def _load_walk(file: FileIO, stream: Stream, start: int, end: int, *, header: Promise | None) -> _Walk:
    digest, silent = xxhash.xxh3_128(), int(header is not None)
    mark = header.frames + 1 if header and header.frames else -1
    frames, at, promised = 0, start, None
    for run, count in load_runs(file, stream, begin=start, end=end, window=CHUNK):
        digest.update(run)
        skipped = len(next(split_frames(bytes(run[:LONGEST_FRAME]), stream))) if header and not frames else 0
        if change := find_change(run[skipped:], stream):
            good, length = change
            where = place(at + skipped + length, duration_of(frames + good + bool(skipped) - silent, stream))
            kinds = "mono to stereo" if stream.channels == 1 else "stereo to mono"
            raise AudioError(f"changes at {where} from {kinds}, where browsers stop; export it with one of the two")
        if frames <= mark < frames + count:
            promised = at + sum(map(len, islice(split_frames(bytes(run), stream), mark - frames)))
        frames += count
        at += len(run)
    return _Walk(frames, at, digest.hexdigest(), promised)


def _load_start(file: FileIO, begin: int, end: int) -> tuple[int, Stream]:
    """Return the first frame and what it says of all."""
    head = read_at(file, begin, min(_SEARCH, end - begin))
    start = find_frames(head)
    if start is None:
        raise AudioError(_describe_nothing(head, begin))
    junk, stream = start
    lost, frames = follow(head, 0, end=junk, stream=stream)
    if frames:
        where = place(begin + lost, duration_of(frames, stream))
        raise AudioError(f"is damaged at {where}: {junk - lost} bytes there are no audio; export it again")
    if junk >= LONGEST_FRAME and any(head[:junk]):
        raise AudioError(f"begins with {junk} bytes at byte {begin} that are no audio; export it again")
    return begin + junk, stream


def _describe_nothing(head: bytes, begin: int) -> str:
    """Return what bytes without audio are, which begin behind the tags in front."""
    if head and not any(head):
        return "holds nothing but zeros, as a download that stopped; download or export it again"
    return describe_foreign(head[:HEAD]) or (
        f"no MP3 audio (MPEG Layer III) begins within {len(head)} bytes of byte {begin}; convert it to MP3 or M4A"
    )


def _check_rest(file: FileIO, stream: Stream, *, frames: int, at: int, end: int) -> None:
    """Judge what lies between the last whole frame and the tags behind. Raises AudioError where it is damage."""
    rest = end - at
    behind = read_at(file, at, min(rest, _SEARCH_BEHIND_DAMAGE))
    further = find_frames(behind)
    if further is None and (rest < LONGEST_FRAME or (rest <= _PADDING and not any(behind))):
        return
    where = place(at, duration_of(frames, stream))
    if further is None:
        raise AudioError(f"is damaged at {where}: the {rest} bytes that follow are no audio; export it again")
    gap, other = further
    if gap and behind.startswith(_TAGS):
        raise AudioError(
            f"is several files in one: a tag stands inside, at {where}; join them in an editor, and export one"
        )
    if gap:
        raise AudioError(f"is damaged at {where}: {gap} bytes there are no audio; export it again")
    raise AudioError(
        f"changes at {where} from {stream.sample_rate} to {other.sample_rate} Hz; export it with one sample rate"
    )
