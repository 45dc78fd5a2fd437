"""A recording is known again by its frames, wherever they lie."""

from __future__ import annotations

import pytest

from podwright.inspection.leaks.frames import ENOUGH, Listener, build_marks, load_pieces
from tests.media.audio.samples import sample

SECRET, OTHER = sample("cbr-64k.mp3"), sample("stereo-48k.mp3")


def pieces(data: bytes, owner: str) -> dict[bytes, str]:
    found = load_pieces(lambda start, length: data[start : start + length], offset=0, length=len(data))
    return dict.fromkeys(found, owner)


def heard(data: bytes, *recordings: tuple[bytes, str], chunk: int = 1 << 16) -> set[str]:
    listener = Listener(build_marks({piece: name for data, name in recordings for piece in pieces(data, name)}))
    for at in range(0, len(data), chunk):
        listener.hear(data[at : at + chunk])
    return listener.known()


@pytest.mark.parametrize("shift", range(9))
@pytest.mark.parametrize("chunk", [1 << 16, 1000, 61])
def test_a_recording_is_heard_at_any_byte_and_in_chunks_of_any_size(shift: int, chunk: int) -> None:
    file = OTHER + bytes(shift) + SECRET + OTHER
    assert heard(file, (SECRET, "secret"), (sample("vbr-xing.mp3"), "another"), chunk=chunk) == {"secret"}


def test_a_quarter_of_a_recording_is_heard_and_other_recordings_are_not() -> None:
    third = SECRET[len(SECRET) // 3 : len(SECRET) * 2 // 3]
    assert heard(third, (SECRET, "secret")) == {"secret"}
    assert heard(OTHER, (SECRET, "secret")) == set()


def test_a_jingle_that_episodes_share_is_no_leak() -> None:
    jingle = SECRET[: len(SECRET) * (ENOUGH - 2) // 32]
    assert heard(OTHER + jingle + OTHER, (SECRET, "secret")) == set()


def test_silence_and_nothing_are_never_heard() -> None:
    assert pieces(bytes(100_000), "silence") == {}
    assert heard(bytes(100_000), (bytes(100_000), "silence")) == set()
    assert heard(b"", (SECRET, "secret")) == set()
