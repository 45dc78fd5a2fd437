"""Whatever recording is accepted, what is published has the frames of the source: some of what the fuzzer tries.

`python -m benchmarks.fuzz audio` tries as many as one likes.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.media.audio import load_facts
from tests.hostile.frames import (
    M4AS,
    QUICKTIME_META,
    Node,
    copied,
    corrected,
    each_node,
    encode_m4a,
    make,
    mp3_seeds,
    outcome,
    parse_boxes,
)
from tests.media.audio.samples import FOLDER, sample, write

few = settings(
    max_examples=150,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@given(number=st.integers(0, 1_000_000))
@pytest.mark.parametrize("kind", ["m4a", "mp3"])
def test_a_changed_recording_is_published_whole_or_refused(tmp_path: Path, kind: str, number: int) -> None:
    outcome(write(tmp_path, make(kind, number), name=f"audio.{kind}"))


REWRITE = "write it anew: `ffmpeg -i IN -c copy -movflags +faststart OUT.m4a`"
#: What has no single meaning, by the way it was written.
REFUSED = {"fragments behind an index": f"has audio both in its index and in fragments; {REWRITE}"}


@pytest.mark.parametrize("name", M4AS)
def test_an_m4a_is_published_whole_however_it_was_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / "source.m4a"
    encode_m4a(path, **M4AS[name])
    assert outcome(path) == REFUSED.get(name, "taken")


def test_an_m4a_in_fragments_is_published_with_one_index(tmp_path: Path) -> None:
    path = tmp_path / "source.m4a"
    encode_m4a(path, **M4AS["fragments"])
    assert outcome(path, second=shutil.which("ffmpeg") is not None) == "taken"


def test_an_mp3_is_published_whole_however_it_was_written(tmp_path: Path) -> None:
    wholes = [parts.front + b"".join(parts.frames) + parts.behind for parts in mp3_seeds()]
    assert [outcome(write(tmp_path, whole)) for whole in wholes] == ["taken"] * len(wholes)


def _inside(nodes: list[Node], name: bytes) -> Node:
    return next(siblings[index] for siblings, index in each_node(nodes) if siblings[index].name == name)


def _split_media(nodes: list[Node]) -> None:
    """Write a second box of media data behind the one that all samples are in."""
    at = next(index for index, node in enumerate(nodes) if node.name == b"mdat")
    nodes[at + 1 : at + 1] = [Node(b"free", b"f" * 99), Node(b"mdat", b"m" * 99)]


def _insert_others(nodes: list[Node]) -> None:
    nodes.insert(1, Node(b"uuid", b"u" * 300))
    nodes.append(Node(b"skip", b"s" * 9))
    _inside(nodes, b"moov").inside.insert(0, Node(b"free", b"f" * 77))
    _inside(nodes, b"stbl").inside.insert(0, Node(b"xxxx", b"x" * 5))


EDITS: dict[str, Callable[[list[Node]], None]] = {
    "QuickTime's meta in front of the track": lambda nodes: _inside(nodes, b"moov").inside.insert(1, _meta()),
    "QuickTime's meta behind all": lambda nodes: _inside(nodes, b"moov").inside.append(_meta()),
    "QuickTime's meta in the track": lambda nodes: _inside(nodes, b"trak").inside.insert(0, _meta()),
    "tags in front of the track": lambda nodes: _inside(nodes, b"moov").inside.insert(1, Node(b"udta", b"\0" * 4)),
    "a table in reverse order": lambda nodes: _inside(nodes, b"stbl").inside.reverse(),
    "boxes of no meaning": _insert_others,
    "a size of 64 bits": lambda nodes: setattr(_inside(nodes, b"mdat"), "wide", True),
    "offsets of 64 bits": lambda nodes: _long_offsets(_inside(nodes, b"stco")),
    "media data in two boxes": _split_media,
}


def _meta() -> Node:
    return Node(b"meta", QUICKTIME_META)


def _long_offsets(table: Node) -> None:
    rows = struct.iter_unpack(">I", table.head[8:])
    table.name, table.head = b"co64", table.head[:8] + b"".join(struct.pack(">Q", at) for (at,) in rows)


@pytest.mark.parametrize("name", ["moov-first.m4a", "moov-last.m4a"])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_whatever_else_stands_in_an_index_the_published_audio_is_whole(
    tmp_path: Path, name: str, edit: Callable[[list[Node]], None]
) -> None:
    was = parse_boxes(sample(name))
    nodes = copied(was)
    edit(nodes)
    data = corrected(nodes, was)
    assert data != sample(name)
    path = write(tmp_path, data, name="audio.m4a")
    assert outcome(path, second=shutil.which("ffmpeg") is not None) == "taken"
    assert load_facts(path).packets_hash == load_facts(FOLDER / name).packets_hash


@pytest.mark.parametrize("at", [0, 2, 5])
@pytest.mark.parametrize("shorter", [20, -20])
def test_of_two_tables_of_sizes_that_differ_none_is_believed(tmp_path: Path, at: int, shorter: int) -> None:
    was = parse_boxes(sample("moov-last.m4a"))
    nodes = copied(was)
    sizes = _inside(nodes, b"stsz").head
    last = int.from_bytes(sizes[-4:], "big") - shorter
    _inside(nodes, b"stbl").inside.insert(at, Node(b"stsz", sizes[:-4] + last.to_bytes(4, "big")))
    outcome(write(tmp_path, corrected(nodes, was), name="audio.m4a"))
