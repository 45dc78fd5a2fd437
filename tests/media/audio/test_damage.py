"""Damage in recordings of every kind: refused at the frame where it begins, or, at the very end, left out."""

from __future__ import annotations

import contextlib
import pickle
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.core.errors import AudioError
from podwright.media.audio import AudioFacts, check_decodes, load_facts
from podwright.media.audio.mpeg import Stream, duration_of, parse_header, split_frames
from podwright.media.audio.types import clock, place
from tests.media.audio.samples import ALL, FOLDER, MP3S, sample, write

NAMES = [row[0] for row in MP3S]
PROMISING = [name for name, _, _, header in MP3S if header]
#: No byte of it begins a frame.
NOISE = bytes(range(1, 251)) * 12


@dataclass(frozen=True)
class Split:
    """A stored recording and its frames; the first `silent` of them do not sound."""

    data: bytes
    facts: AudioFacts
    stream: Stream
    frames: list[bytes]
    silent: int

    def byte(self, frame: int) -> int:
        return self.facts.offset + sum(map(len, self.frames[:frame]))

    def time(self, frame: int) -> timedelta:
        return duration_of(frame - self.silent, self.stream)

    def place(self, frame: int) -> str:
        return place(self.byte(frame), self.time(frame))


def split(name: str) -> Split:
    data, facts = sample(name), load_facts(FOLDER / name)
    audio = data[facts.offset : facts.offset + facts.length]
    stream = parse_header(audio[:4])
    assert stream is not None
    return Split(data, facts, stream, list(split_frames(audio, stream)), int(name in PROMISING))


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(AudioError) as caught:
        load_facts(write(folder, data))
    return str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_3000_bytes_overwritten_in_the_middle_are_refused_there(tmp_path: Path, name: str) -> None:
    whole = split(name)
    middle = len(whole.frames) // 2
    at = whole.byte(middle)
    message = refusal(tmp_path, whole.data[:at] + NOISE + whole.data[at + len(NOISE) :])
    assert message.startswith(f"is damaged at {whole.place(middle)}: 3")
    assert message.endswith(" bytes there are no audio; export it again")


@pytest.mark.parametrize("name", NAMES)
def test_100_bytes_inserted_in_the_middle_are_refused_there(tmp_path: Path, name: str) -> None:
    whole = split(name)
    middle = len(whole.frames) // 2
    at = whole.byte(middle)
    message = refusal(tmp_path, whole.data[:at] + NOISE[:100] + whole.data[at:])
    assert message == f"is damaged at {whole.place(middle)}: 100 bytes there are no audio; export it again"


@pytest.mark.parametrize("name", NAMES)
def test_100_bytes_inserted_inside_a_frame_are_refused_at_the_next(tmp_path: Path, name: str) -> None:
    whole = split(name)
    middle = len(whole.frames) // 2
    at = whole.byte(middle) + 40
    message = refusal(tmp_path, whole.data[:at] + NOISE[:100] + whole.data[at:])
    assert message == f"is damaged at {whole.place(middle + 1)}: 100 bytes there are no audio; export it again"


@pytest.mark.parametrize("name", NAMES)
def test_3000_bytes_of_junk_behind_the_audio_are_refused(tmp_path: Path, name: str) -> None:
    whole = split(name)
    at = whole.byte(len(whole.frames))
    message = refusal(tmp_path, whole.data[:at] + NOISE + whole.data[at:])
    end = whole.place(len(whole.frames))
    assert message == f"is damaged at {end}: the 3000 bytes that follow are no audio; export it again"


@pytest.mark.parametrize("name", PROMISING)
def test_half_of_a_recording_breaks_what_its_header_promises(tmp_path: Path, name: str) -> None:
    whole = split(name)
    half = len(whole.frames) // 2
    message = refusal(tmp_path, whole.data[: whole.byte(half) + 20])
    assert message == (
        f"is cut short: its header promises {clock(whole.facts.duration)}, and the audio ends at {whole.place(half)}; "
        "copy or export it again"
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tail", [b"\x55" * 60, bytes(60), bytes(4096)], ids=["crumbs", "zeros", "a block of zeros"])
def test_a_short_tail_and_padding_are_accepted_and_no_part_of_the_audio(tmp_path: Path, name: str, tail: bytes) -> None:
    whole = split(name)
    at = whole.byte(len(whole.frames))
    path = write(tmp_path, whole.data[:at] + tail + whole.data[at:])
    facts = load_facts(path)
    assert facts == whole.facts
    check_decodes(path, facts)


@pytest.mark.parametrize("name", NAMES)
def test_a_last_frame_cut_off_is_left_out(tmp_path: Path, name: str) -> None:
    whole = split(name)
    path = write(tmp_path, whole.data[: whole.byte(len(whole.frames)) - 10])
    facts = load_facts(path)
    assert facts.duration == whole.time(len(whole.frames) - 1)
    assert facts.length == whole.facts.length - len(whole.frames[-1])
    check_decodes(path, facts)


_places = st.floats(0, 1)
_edits = st.one_of(
    st.tuples(st.just("flip"), _places, st.integers(1, 255)),
    st.tuples(st.just("insert"), _places, st.binary(min_size=1, max_size=2000)),
    st.tuples(st.just("cut"), _places, st.integers(1, 5000)),
)


def edited(data: bytes, edit: tuple[str, float, int | bytes]) -> bytes:
    kind, where, what = edit
    at = int(where * (len(data) - 1))
    if isinstance(what, bytes):
        return data[:at] + what + data[at:]
    if kind == "cut":
        return data[:at] + data[at + what :]
    return data[:at] + bytes([data[at] ^ what]) + data[at + 1 :]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(ALL), edits=st.lists(_edits, min_size=1, max_size=4))
def test_flipped_inserted_and_lost_bytes_raise_nothing_but_audio_errors(
    tmp_path: Path, name: str, edits: list[tuple[str, float, int | bytes]]
) -> None:
    data = sample(name)
    for edit in edits:
        data = edited(data, edit) or b"-"
    path = write(tmp_path, data)
    with contextlib.suppress(AudioError):
        facts = load_facts(path)
        assert 0 <= facts.offset < facts.offset + facts.length <= len(data)
        assert facts.duration > timedelta(0)
        check_decodes(path, facts)


@pytest.mark.parametrize("frame", [3, -8])
def test_damage_near_either_end_of_small_frames_is_refused(tmp_path: Path, frame: int) -> None:
    whole = split("mpeg25-8k.mp3")
    frame %= len(whole.frames)
    at = whole.byte(frame)
    message = refusal(tmp_path, whole.data[:at] + NOISE[:20] + whole.data[at:])
    assert message == f"is damaged at {whole.place(frame)}: 20 bytes there are no audio; export it again"


def test_facts_and_refusals_come_whole_from_another_process(tmp_path):
    facts = load_facts(FOLDER / NAMES[0])
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, NOISE))
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 - its own bytes
    refused = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - its own bytes
    assert (refused.message, refused.line, str(refused)) == (caught.value.message, None, str(caught.value))
