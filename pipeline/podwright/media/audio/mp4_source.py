"""Everything an M4A says of itself beside its audio: in its lists of tags, in other boxes, and in other tracks.

Atoms of iTunes: https://mutagen.readthedocs.io/en/latest/api/mp4.html. QuickTime's user data and metadata keys:
https://developer.apple.com/documentation/quicktime-file-format. 3GPP's: TS 26.244 section 8.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from podwright.core.errors import AudioError
from podwright.media.audio.boxes import boxes_in, descend, load_boxes
from podwright.media.audio.types import LeftOut, LoadRange

#: Atoms and keys in lower case by what they say; the others are other texts, but for those that are replaced.
_KINDS = (
    (re.compile(r"\xa9xyz|loci|.*location.*"), "a position"),
    (re.compile(r"\xa9(cmt|des|inf)|desc|ldes|sdes|dscp|.*(comment|description|information)"), "comments"),
    (re.compile(r"\xa9lyr|.*lyrics"), "lyrics"),
    (re.compile(r"covr|thmb|.*artwork"), "pictures"),
    (re.compile(r"apid|ownr|purd|akid|cnid|geid|plid|sfid|atid|cmid|xid |.*(author|owner|user)"), "private data"),
)
#: What the workspace says, or what is only about the file.
_REPLACED = re.compile(
    r"\xa9(nam|art|alb|gen|day|too|enc|swr|pub|prd)|aart|gnre|trkn|disk|cprt|purl|egid|catg|keyw|pcst|titl|perf|albm|yrrc"
    r"|cpil|tmpo|stik|pgap|rtng|hdvd|so(nm|ar|al|aa|co|sn)|----:com\.apple\.itunes:(itun.*|encoding params|cdec)"
    r"|.*(title|artist|album|genre|year|date|creationdate|encoder|software|major_brand|minor_version|compatible_brands)"
)
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def atom_name(name: bytes, content: bytes) -> str:
    """Return the name of an atom in lower case; a free-form one has it inside, in two parts."""
    if name == b"----":
        parts = [content[box.begin + 4 : box.end] for box in islice(boxes_in(content), 2)]
        name = b":".join((name, *parts))
    return name.decode("latin-1").lower()


def find_left_out(load: LoadRange, size: int, *, kept: Sequence[str]) -> LeftOut:
    """Return what a file says that is neither kept nor replaced; what cannot be read says nothing."""
    kinds: set[str] = set()
    chapters = 0
    for box in load_boxes(load, size):
        if box.name == b"uuid":
            kinds.add("XMP" if load(box.begin, len(_XMP)) == _XMP else "private data")
        elif box.name in (b"meta", b"udta", b"moov"):
            content = load(box.begin, min(box.end, size) - box.begin)
            more, count = _kinds_in(box.name, content, tuple(kept))
            kinds, chapters = kinds | more, max(chapters, count)
    return LeftOut(kinds=tuple(sorted(kinds)), chapters=chapters)


def _kinds_in(name: bytes, content: bytes, kept: tuple[str, ...]) -> tuple[set[str], int]:
    """Return what a box that holds others says, and how many chapters it has."""
    kinds: set[str] = set()
    chapters = 0
    with contextlib.suppress(AudioError):
        if name == b"meta":
            kinds.update(_kind(one) for one in _items(content) if not one.startswith(kept))
            return kinds - {""}, 0
        for box in boxes_in(content):
            inside = content[box.begin : box.end]
            if box.name in _HOLDERS.get(name, ()):
                more, count = _kinds_in(box.name, inside, kept)
                kinds, chapters = kinds | more, max(chapters, count)
                if box.name == b"trak" and (count := _chapter_samples(inside)):
                    chapters = max(chapters, count)
            elif box.name == b"uuid":
                kinds.add("XMP" if inside.startswith(_XMP) else "private data")
            elif name == b"udta":
                if box.name == b"chpl":
                    # Behind version and flags, of version 1 also behind four bytes (FFmpeg: libavformat/mov.c, chpl).
                    at = 8 if inside[:1] == b"\1" else 4
                    chapters = max(chapters, *inside[at : at + 1], 0)
                elif box.name not in _NO_TEXTS:
                    kinds.add(_kind(atom_name(box.name, inside)))
    return kinds - {""}, chapters


#: What holds tags inside what; in nothing else are they looked for, however deep it is.
_HOLDERS = {b"moov": (b"trak", b"udta", b"meta"), b"trak": (b"udta", b"meta"), b"udta": (b"meta",)}
#: Boxes of user data without a text: loudness, looping, padding.
_NO_TEXTS = (b"ludt", b"LOOP", b"SelO", b"AllF", b"WLOC", b"free", b"skip", b"hnti", b"hinf", b"name")


def _items(meta: bytes) -> Iterator[str]:
    """Yield the names of all tags in a list of iTunes' or of QuickTime's keys."""
    first = meta[4:8] == b"hdlr"
    boxes = {box.name: meta[box.begin : box.end] for box in boxes_in(meta, 0 if first else 4)}
    if keys := boxes.get(b"keys"):
        yield from (keys[box.begin : box.end].decode("latin-1").lower() for box in boxes_in(keys, 8))
    else:
        tags = boxes.get(b"ilst", b"")
        yield from (atom_name(box.name, tags[box.begin : box.end]) for box in boxes_in(tags))


def _kind(name: str) -> str:
    """Return what a tag says, "" where that is replaced."""
    for pattern, kind in _KINDS:
        if pattern.fullmatch(name):
            return kind
    return "" if _REPLACED.fullmatch(name) else "other texts"


def _chapter_samples(trak: bytes) -> int:
    """Return how many texts a track of text has; tracks of pictures follow those."""
    media = descend(trak, b"mdia")
    if descend(media, b"hdlr")[8:12] not in (b"text", b"sbtl"):
        return 0
    return int.from_bytes(descend(media, b"minf", b"stbl", b"stsz")[8:12], "big")
