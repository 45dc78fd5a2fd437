"""Whatever recording is accepted, what is published has the frames of the source: some of what the fuzzer tries.

`python -m benchmarks.fuzz audio` tries as many as one likes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.frames import M4AS, encode_m4a, make, mp3_seeds, outcome
from tests.media.audio.samples import write

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
