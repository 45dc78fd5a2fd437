"""Artifacts: bodies read as one stream, again and again."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.artifact import FileSlice, body_size, is_stamped, load_sha256, load_stamps, open_body

CONTENT = bytes(range(256)) * 8


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("body") / "source.bin"
    path.write_bytes(CONTENT)
    return path


_slices = st.tuples(st.integers(0, 2000), st.integers(0, 48)).map(lambda pair: ("slice", *pair))
_pieces = st.lists(st.one_of(st.binary(max_size=50), _slices), max_size=6)


@given(pieces=_pieces, reads=st.lists(st.integers(0, 70), max_size=8), start=st.integers(0, 150))
def test_a_body_reads_like_its_pieces_joined(
    source: Path, pieces: list[bytes | tuple[str, int, int]], reads: list[int], start: int
) -> None:
    body = tuple(p if isinstance(p, bytes) else FileSlice(source, p[1], p[2]) for p in pieces)
    whole = b"".join(p if isinstance(p, bytes) else CONTENT[p[1] : p[1] + p[2]] for p in pieces)
    with open_body(body) as reader, io.BytesIO(whole) as expected:
        assert body_size(body) == len(reader) == len(whole)
        assert reader.read() == whole
        reader.seek(start)
        expected.seek(start)
        for count in reads:
            got = reader.read(count)
            assert expected.read(len(got)) == got
            assert reader.tell() == expected.tell() or start > len(whole)
    assert load_sha256(body) == hashlib.sha256(whole).hexdigest()


def test_a_source_that_became_shorter_is_an_error_and_not_a_short_body(tmp_path: Path) -> None:
    path = tmp_path / "shrinking.bin"
    path.write_bytes(b"0123456789")
    body = (FileSlice(path, 2, 8),)
    path.write_bytes(b"0123")
    with open_body(body) as reader, pytest.raises(OSError, match="became shorter"):
        reader.readall()


def test_seeking_before_the_first_byte_is_refused() -> None:
    with open_body((b"abc",)) as reader, pytest.raises(ValueError, match="negative"):
        reader.seek(-1)


def test_a_source_that_changed_since_it_was_stamped_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "changing.bin"
    path.write_bytes(b"0123456789")
    body = (b"tag", FileSlice(path, 2, 8))
    assert is_stamped(body) is False
    stamped = load_stamps(body)
    assert is_stamped(stamped) is True
    with open_body(stamped) as reader:
        assert reader.read() == b"tag23456789"
    path.write_bytes(b"abcdefghij")
    os.utime(path, ns=(1, 1))
    with open_body(stamped) as reader, pytest.raises(OSError, match="changed while it was published"):
        reader.readall()


def test_a_body_without_files_bears_no_stamp() -> None:
    assert is_stamped((b"all in memory",)) is False
