"""Recordings changed by somebody who knows boxes and frames, and the property that whatever is accepted is whole.

The frames that are published are compared with the source's by other means than podwright's own proof: what they decode
to, what another demuxer reads, and the bytes of an MP3 themselves.
"""

from __future__ import annotations

import functools
import io
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
import xxhash

from podwright.core.artifact import open_body
from podwright.core.errors import AudioError
from podwright.media.audio import (
    AudioFacts,
    AudioTags,
    Tagged,
    build_tagged,
    check_decodes,
    find_audio,
    load_facts,
    retag,
)
from podwright.media.audio.mpeg import parse_header, split_frames
from tests.support.paths import DATA

TAGS = AudioTags(title="Beans", artists=("Mara Lind",), lyrics="Beans climb. " * 40)
OTHER = AudioTags(title="Peas, in a title that is longer than it was", cover=b"\xff\xd8\xff" + bytes(900))
#: Samples by which decoders may begin or end elsewhere.
_SLACK = 4608


# Boxes


@dataclass(slots=True)
class Node:
    """A box: its name, what stands in front of the boxes inside, and these, or bytes where it holds none."""

    name: bytes
    head: bytes = b""
    inside: list[Node] = field(default_factory=list)
    #: Where its content begins in the file that it was read from.
    begin: int = 0
    #: Its size has 64 bits.
    wide: bool = False


#: Boxes that hold boxes, and how many bytes in front of them.
_HOLDS = {
    **dict.fromkeys((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"edts", b"dinf", b"tref"), 0),
    **dict.fromkeys((b"moof", b"traf", b"mvex", b"ilst"), 0),
    b"meta": 4,
    b"stsd": 8,
    b"dref": 8,
}
#: Boxes with fields of 32 bits behind version and flags: the first byte of them, and the bytes of a row.
_FIELDS = dict.fromkeys(
    (
        *(b"stco", b"stsz", b"stsc", b"stts", b"elst", b"mdhd", b"mvhd", b"tkhd", b"ctts", b"stss", b"tfhd", b"trun"),
        *(b"trex", b"tfdt", b"mfhd", b"sidx", b"chpl", b"dref", b"stsd"),
    ),
    (4, 4),
) | {b"co64": (8, 8), b"sbgp": (8, 4), b"hdlr": (8, 4)}
_NUMBERS = (0, 1, 2, 3, 7, 8, 255, 1024, 44_100, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NAMES = (
    b"free",
    b"skip",
    b"wide",
    b"uuid",
    b"meta",
    b"udta",
    b"mdat",
    b"moov",
    b"trak",
    b"edts",
    b"tref",
    b"moof",
    b"xxxx",
)


def parse_boxes(data: bytes, begin: int = 0, end: int | None = None) -> list[Node]:
    """Return the boxes of bytes that are whole, as a tree; what is none stands in a box without a name."""
    end = len(data) if end is None else end
    nodes = []
    while begin + 8 <= end:
        size, name, inside = int.from_bytes(data[begin : begin + 4], "big"), data[begin + 4 : begin + 8], 8
        if size == 1:
            size, inside = int.from_bytes(data[begin + 8 : begin + 16], "big"), 16
        size = size or end - begin
        if size < inside or begin + size > end:
            break
        front = _HOLDS.get(name)
        node = Node(name, begin=begin + inside, wide=inside == 16)
        if front is None:
            node.head = data[begin + inside : begin + size]
        else:
            node.head = data[begin + inside : begin + inside + front]
            node.inside = parse_boxes(data, begin + inside + front, begin + size)
        nodes.append(node)
        begin += size
    if begin < end:
        nodes.append(Node(b"", data[begin:end], begin=begin))
    return nodes


def render_boxes(nodes: list[Node]) -> bytes:
    """Return the bytes of a tree."""
    parts = []
    for node in nodes:
        content = node.head + render_boxes(node.inside)
        if not node.name:
            parts.append(content)
        elif node.wide:
            parts.append(struct.pack(">I4sQ", 1, node.name, len(content) + 16) + content)
        else:
            parts.append(struct.pack(">I4s", len(content) + 8, node.name) + content)
    return b"".join(parts)


def each_node(nodes: list[Node]) -> Iterator[tuple[list[Node], int]]:
    """Yield each box as its list and its place in that."""
    for index, node in enumerate(nodes):
        yield nodes, index
        yield from each_node(node.inside)


def corrected(nodes: list[Node], was: list[Node]) -> bytes:
    """Return the bytes of a tree whose offsets follow the audio to where it came to lie, as a good editor does it."""
    media = [(node.begin, node.begin + len(node.head), node) for node in was if node.name == b"mdat"]
    at, now = 0, {}
    for node in nodes:
        now[id(node)] = at + (16 if node.wide else 8)
        at += len(render_boxes([node]))
    for siblings, index in each_node(nodes):
        node = siblings[index]
        if node.name not in (b"stco", b"co64") or len(node.head) < 8:
            continue
        row = ">I" if node.name == b"stco" else ">Q"
        table = node.head[8 : len(node.head) - (len(node.head) - 8) % struct.calcsize(row)]
        moved = []
        for (offset,) in struct.iter_unpack(row, table):
            home = next((one for begin, end, one in media if begin <= offset < end), None)
            moved.append(offset + now.get(id(home), home.begin) - home.begin if home else offset)
        node.head = node.head[:8] + b"".join(struct.pack(row, offset % (1 << 32)) for offset in moved)
    return render_boxes(nodes)


def copied(nodes: list[Node]) -> list[Node]:
    """Return a tree of its own; its media data are the same objects, so that they are found again."""
    return [
        node if node.name == b"mdat" else Node(node.name, node.head, copied(node.inside), node.begin, node.wide)
        for node in nodes
    ]


def change_boxes(data: bytes, random: Random) -> bytes:
    """Return an M4A with some of its boxes changed."""
    was = parse_boxes(data)
    nodes = copied(was)
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        places = list(each_node(nodes))
        if not places:
            break
        siblings, index = random.choice(places)
        random.choice(_BOX_CHANGES)(siblings, index, places, random)
    whole = corrected(nodes, was) if random.random() < 0.6 else render_boxes(nodes)
    return change_bytes(whole, random) if random.random() < 0.15 else whole


Places = list[tuple[list[Node], int]]


def _drop(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    del siblings[index]


def _double(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    siblings.insert(random.randint(0, len(siblings)), copied([siblings[index]])[0])


def _move(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    node = siblings.pop(index)
    target, _ = random.choice([place for place in places if place[0] is siblings or node not in place[0]] or places)
    target = siblings if random.random() < 0.7 else target
    if not _within(node, target):
        target.insert(random.randint(0, len(target)), node)


def _within(node: Node, target: list[Node]) -> bool:
    return any(siblings is target for siblings, _ in each_node([node])) or node.inside is target


def _rename(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    node = siblings[index]
    siblings[index] = Node(random.choice(_NAMES), node.head, node.inside, node.begin, node.wide)


def _insert(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    content = random.choice((b"", bytes(4), bytes(40), random.randbytes(random.randint(1, 60)), QUICKTIME_META))
    siblings.insert(random.randint(0, len(siblings)), Node(random.choice(_NAMES), content))


#: QuickTime's `meta` is no full box: its boxes begin at once.
QUICKTIME_META = (
    struct.pack(">I4s", 33, b"hdlr") + bytes(8) + b"mdta" + bytes(13) + struct.pack(">I4sQ", 16, b"keys", 0)
)


def _number(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    tables = [siblings[index] for siblings, index in places if siblings[index].name in _FIELDS]
    node = random.choice(tables) if tables else siblings[index]
    first, step = _FIELDS.get(node.name, (0, 4))
    rows = max(0, len(node.head) - first) // step
    if rows:
        at = first + step * random.randrange(rows)
        old = int.from_bytes(node.head[at : at + step], "big")
        new = random.choice((*_NUMBERS, old + 1, old - 1, old + random.randint(-2000, 2000), old * 2)) % (1 << 8 * step)
        node.head = node.head[:at] + new.to_bytes(step, "big") + node.head[at + step :]


def _swap_rows(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    tables = [s[i] for s, i in places if s[i].name in (b"stco", b"stsz", b"stsc", b"stts", b"elst", b"trun")]
    node = random.choice(tables) if tables else siblings[index]
    rows = (len(node.head) - 8) // 4
    if rows > 1:
        one, other = (8 + 4 * random.randrange(rows) for _ in range(2))
        head = bytearray(node.head)
        head[one : one + 4], head[other : other + 4] = head[other : other + 4], head[one : one + 4]
        node.head = bytes(head)


def _cut(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    node = siblings[index]
    if node.name != b"mdat":
        node.head = node.head[: random.randint(0, len(node.head))]


def _version(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    node = siblings[index]
    if node.name != b"mdat" and len(node.head) >= 4:
        at = random.randrange(4)
        node.head = node.head[:at] + bytes([node.head[at] ^ random.choice((1, 2, 4, 0x80, 0xFF))]) + node.head[at + 1 :]


def _widen(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    siblings[index].wide = not siblings[index].wide and siblings[index].name != b""


def _long_offsets(siblings: list[Node], index: int, places: Places, random: Random) -> None:
    for siblings_, index_ in places:
        node = siblings_[index_]
        if node.name == b"stco" and len(node.head) >= 8:
            rows = struct.iter_unpack(">I", node.head[8 : len(node.head) - len(node.head) % 4])
            node.name, node.head = b"co64", node.head[:8] + b"".join(struct.pack(">Q", at) for (at,) in rows)


_BOX_CHANGES: tuple[Callable[[list[Node], int, Places, Random], None], ...] = (
    *(_drop, _double, _move, _rename, _insert, _number, _number, _number, _swap_rows, _cut, _version, _widen),
    _long_offsets,
)


# Frames


@dataclass(frozen=True, slots=True)
class Mp3:
    """An MP3 in its parts."""

    front: bytes
    frames: tuple[bytes, ...]
    behind: bytes


def parse_mp3(data: bytes) -> Mp3:
    """Return the parts of a whole MP3."""
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(data)
        file.flush()
        facts = load_facts(Path(file.name))
    audio = data[facts.offset : facts.offset + facts.length]
    stream = parse_header(audio[:4])
    assert stream is not None
    return Mp3(data[: facts.offset], tuple(split_frames(audio, stream)), data[facts.offset + facts.length :])


@dataclass(slots=True)
class _Draft:
    """An MP3 while it is changed."""

    front: bytes
    frames: list[bytes]
    behind: bytes


def change_frames(parts: Mp3, random: Random) -> bytes:
    """Return an MP3 with some of its frames changed."""
    draft = _Draft(parts.front, list(parts.frames), parts.behind)
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        random.choice(_FRAME_CHANGES)(draft, random.randrange(len(draft.frames)), random)
        draft.frames = draft.frames or list(parts.frames[:4])
    whole = draft.front + b"".join(draft.frames) + draft.behind
    return change_bytes(whole, random) if random.random() < 0.15 else whole


def _lose_frames(draft: _Draft, at: int, random: Random) -> None:
    del draft.frames[at : at + random.randint(1, 5)]


def _repeat_frame(draft: _Draft, at: int, random: Random) -> None:
    draft.frames.insert(at, random.choice(draft.frames))


def _swap_frames(draft: _Draft, at: int, random: Random) -> None:
    other = random.randrange(len(draft.frames))
    draft.frames[at], draft.frames[other] = draft.frames[other], draft.frames[at]


def _flip_header(draft: _Draft, at: int, random: Random) -> None:
    """Change the four bytes of a frame's header, or what says how many frames there are."""
    at = at if random.random() < 0.6 else 0
    byte = random.choice((0, 1, 2, 3, 3, *range(4, 60)))
    frame = bytearray(draft.frames[at])
    if byte < len(frame):
        frame[byte] ^= 1 << random.randrange(8)
    draft.frames[at] = bytes(frame)


def _insert_junk(draft: _Draft, at: int, random: Random) -> None:
    junk = random.choice((bytes(4096), bytes(50), random.randbytes(random.randint(1, 3000)), ID3, APE))
    draft.frames.insert(at, junk)


def _cut_frame(draft: _Draft, at: int, random: Random) -> None:
    draft.frames[at] = draft.frames[at][: random.randrange(len(draft.frames[at]) + 1)]


def _change_front(draft: _Draft, at: int, random: Random) -> None:
    junk = random.randbytes(random.randint(1, 2000))
    draft.front = random.choice((b"", ID3, ID3 * 2, bytes(700), junk, draft.frames[at][20:]))


def _change_behind(draft: _Draft, at: int, random: Random) -> None:
    junk = random.randbytes(900)
    draft.behind = random.choice((b"", bytes(128), ID3V1, APE, APE + ID3V1, LYRICS + ID3V1, ID3, junk))


def _promise(draft: _Draft, at: int, random: Random) -> None:
    frames = len(draft.frames)
    number = random.choice((0, 1, frames // 2, frames, frames + 2, 1 << 31))
    draft.frames.insert(0, _header_frame(random.choice((b"Xing", b"Info", b"VBRI")), number))


def _join(draft: _Draft, at: int, random: Random) -> None:
    draft.frames += draft.frames[:at]


def _begin_later(draft: _Draft, at: int, random: Random) -> None:
    del draft.frames[:at]


def _change_inside(draft: _Draft, at: int, random: Random) -> None:
    draft.frames[at] = change_bytes(draft.frames[at], random)


_FRAME_CHANGES: tuple[Callable[[_Draft, int, Random], None], ...] = (
    *(_lose_frames, _repeat_frame, _swap_frames, _flip_header, _insert_junk, _cut_frame, _change_front, _change_behind),
    *(_promise, _join, _begin_later, _change_inside),
)


def _header_frame(name: bytes, number: int) -> bytes:
    if name == b"VBRI":
        said = bytes(32) + b"VBRI" + bytes(10) + struct.pack(">I", number)
    else:
        said = bytes(17) + name + b"\0\0\0\1" + struct.pack(">I", number)
    return (b"\xff\xfb\x90\xc4" + said).ljust(417, b"\0")


ID3 = b"ID3\x04\0\0\0\0\0\x28" + b"TSSE\0\0\0\x0c\0\0\3Gardener 1\0" + bytes(18)
ID3V1 = b"TAG" + b"Beans".ljust(125, b"\0")
APE = struct.pack("<8sIIII8x", b"APETAGEX", 2000, 32, 0, 0)
LYRICS = b"LYRICSBEGININD0000200" + b"000021LYRICS200"


def change_bytes(data: bytes, random: Random) -> bytes:
    """Return bytes with some of them flipped, lost, or put in between."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        if not out:
            break
        at = random.randrange(len(out))
        kind = random.randrange(4)
        if kind == 0:
            out[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            del out[at : at + random.choice((1, 4, 100))]
        elif kind == 2:
            out[at:at] = random.randbytes(random.choice((1, 4, 100)))
        else:
            del out[at:]
    return bytes(out)


# What they are made from


def _cut_mp3(name: str, frames: int) -> Mp3:
    """Return the first frames of a recording, and a header that promises so many."""
    parts = parse_mp3((DATA / "audio" / name).read_bytes())
    first, *rest = parts.frames[:frames]
    at = max(first.find(b"Xing"), first.find(b"Info"))
    if at > 0:
        first = first[: at + 8] + struct.pack(">I", len(rest)) + first[at + 12 :]
    return Mp3(parts.front, (first, *rest), parts.behind)


def encode_m4a(path: Path, *, pictures: int = 0, seconds: float = 0.7, **options: str) -> bytes:
    """Return an M4A of a tone, written with options of FFmpeg's muxer, and with pictures beside the sound."""
    with av.open(path, "w", format="mp4", options=options) as container:
        sound: Any = container.add_stream("aac", rate=44_100, layout="mono", bit_rate=64_000)
        track: Any = None
        if pictures:
            track = container.add_stream("mjpeg", rate=25, width=16, height=16, pix_fmt="yuvj420p")
            track.time_base = Fraction(1, 1000)
        for number in range(int(seconds * 44_100 / 1024)):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            samples = [((number * 1024 + at) % 147 - 73) / 100 for at in range(1024)]
            frame.planes[0].update(struct.pack("<1024f", *samples))
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1024, Fraction(1, 44_100)
            container.mux(sound.encode(frame))
        for number in range(pictures):
            picture = av.VideoFrame(16, 16, "yuvj420p")
            picture.pts, picture.time_base = int(number * seconds * 1000 / pictures), Fraction(1, 1000)
            container.mux(track.encode(picture))
        container.mux([*sound.encode(None), *(track.encode(None) if track else ())])
    return path.read_bytes()


#: Ways to write an M4A, by name.
M4AS: dict[str, dict[str, Any]] = {
    "index last": {},
    "index first": {"movflags": "faststart"},
    "fragments": {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "200000"},
    "fragments with offsets in the file": {"movflags": "frag_keyframe+empty_moov", "frag_duration": "200000"},
    "fragments behind an index": {"movflags": "frag_keyframe", "frag_duration": "200000"},
    "fragments and a late index": {"movflags": "frag_keyframe+delay_moov", "frag_duration": "200000"},
    "stream": {"movflags": "dash+global_sidx+empty_moov", "frag_duration": "300000"},
    "no edit list": {"use_editlist": "0"},
    "pictures": {"pictures": 1},
    "pictures and index first": {"pictures": 1, "movflags": "faststart"},
    "small chunks": {"pictures": 1, "chunk_duration": "100000", "movflags": "faststart"},
}


@functools.cache
def m4a_seeds() -> tuple[bytes, ...]:
    """Return M4As written in many ways."""
    with tempfile.TemporaryDirectory() as folder:
        return tuple(encode_m4a(Path(folder, "a.m4a"), **options) for options in M4AS.values())


@functools.cache
def mp3_seeds() -> tuple[Mp3, ...]:
    """Return MP3s of each kind."""
    rows = (("vbr-xing.mp3", 60), ("cbr-info.mp3", 40), ("cbr-64k.mp3", 40), ("stereo-48k.mp3", 30))
    low = (("mpeg2-22k.mp3", 40), ("mpeg25-8k.mp3", 30), ("mpeg2-xing-stereo.mp3", 30), ("mpeg25-xing.mp3", 30))
    return tuple(_cut_mp3(name, frames) for name, frames in (*rows, *low))


def make(kind: str, number: int) -> bytes:
    """Return an input by its number: of kind `m4a` or `mp3`."""
    random = Random(f"{kind} {number}")
    if kind == "m4a":
        return change_boxes(random.choice(m4a_seeds()), random)
    return change_frames(random.choice(mp3_seeds()), random)


# What must hold


class NotWholeError(AssertionError):
    """A recording was accepted, and what is published of it is not what it was."""


def outcome(path: Path, *, second: bool = False) -> str:
    """Return `taken` or the refusal of a recording. Raises NotWholeError; second: also ask the command `ffmpeg`."""
    try:
        facts = load_facts(path)
        tagged = build_tagged(path, facts, tags=TAGS, id3_version="2.4", build_dir=path.parent / "build")
        check_decodes(path, facts)
    except AudioError as error:
        if "; " not in error.message:
            raise NotWholeError(f"refused without what to do: {error.message}") from error
        return error.message
    with open_body(tagged.body) as body:
        published = body.read()
    _compare(path.read_bytes(), published, facts, tagged)
    _compare_retagged(path, published, facts, tagged)
    if second:
        copy = path.with_name("published.m4a" if facts.media_type == "audio/x-m4a" else "published.mp3")
        copy.write_bytes(published)
        if facts.media_type == "audio/x-m4a" and _streamhash(path) != _streamhash(copy):
            raise NotWholeError("ffmpeg reads other packets")
        copy.unlink()
    shutil.rmtree(path.parent / "build", ignore_errors=True)
    return "taken"


def _compare_retagged(path: Path, published: bytes, facts: AudioFacts, tagged: Tagged) -> None:
    """Compare other tags for what was published with those that its source would get."""
    front, media_type = published[: tagged.tag_length], facts.media_type
    if find_audio(media_type, lambda start, count: published[start : start + count], size=len(published)) != len(front):
        raise NotWholeError("its audio is not found behind its tags")
    try:
        again = retag(media_type, front, tags=OTHER, duration=facts.duration, id3_version="2.4")
    except AudioError as error:
        raise NotWholeError(f"it cannot be given other tags: {error.message}") from error
    if media_type == "audio/mpeg":
        with open_body(build_tagged(path, facts, tags=OTHER, id3_version="2.4", build_dir=path.parent).body) as body:
            if again + published[len(front) :] != body.read():
                raise NotWholeError("other tags give another file than its source would")
    elif _decoded_digest(again + published[len(front) :], "mp4") != _decoded_digest(published, "mp4"):
        raise NotWholeError("with other tags it decodes to something else")


def _compare(source: bytes, published: bytes, facts: AudioFacts, tagged: Tagged) -> None:
    if facts.media_type == "audio/mpeg":
        audio = published[tagged.tag_length :]
        if audio not in source:
            raise NotWholeError("the frames are no part of the source")
        stream = parse_header(audio[:4])
        if stream is None or b"".join(split_frames(audio, stream)) != audio:
            raise NotWholeError("it is not made of frames")
        heard, name = _decoded(published, "mp3"), "mp3"
    else:
        (heard, digest), name = _decoded_digest(published, "mp4"), "mp4"
        if (heard, digest) != _decoded_digest(source, "mp4"):
            raise NotWholeError("it decodes to something else")
        if any(node.name == b"moof" for node in parse_boxes(published)):
            raise NotWholeError("it is cut into fragments")
    wanted = facts.duration.total_seconds() * facts.sample_rate
    if abs(heard - wanted) > _SLACK + 0.05 * facts.sample_rate:
        raise NotWholeError(f"{name} decodes to {heard} samples instead of {wanted:.0f}")


def _decoded(data: bytes, name: str) -> int:
    return _decoded_digest(data, name)[0]


def _decoded_digest(data: bytes, name: str) -> tuple[int, str]:
    """Return how many samples a file decodes to, and a digest of them."""
    digest, samples = xxhash.xxh3_128(), 0
    with av.open(io.BytesIO(data), "r", format=name, metadata_errors="replace") as container:
        for frame in container.decode(audio=0):
            samples += frame.samples
            for plane in frame.planes:
                digest.update(plane)
    return samples, digest.hexdigest()


def _streamhash(path: Path) -> str:
    """Return what the command ffmpeg, of another version than PyAV's, reads as packets: their sizes and content.

    Versions differ about when the first and the last of a fragmented file play.
    """
    command = ["ffmpeg", "-v", "quiet", "-f", "mp4", "-i", path, "-map", "0:a", "-c", "copy", "-f", "framehash", "-"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    rows = (line.split(",") for line in done.stdout.splitlines() if line[:1].isdigit())
    return "\n".join(",".join(row[4:6]) for row in rows)
