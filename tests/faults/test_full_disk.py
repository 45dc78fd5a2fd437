"""A folder with no room left: a clear error, the feeds as they were, nothing half-written, and all well afterwards."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from podwright.core.model import Overrides
from tests.support.published import NOW, Place


def publish(root: Path, *, room: int | None) -> subprocess.CompletedProcess[str]:
    """Publish in a process that may write no file larger than `room`."""
    return podwright(root, "publish", room=room)


def podwright(root: Path, *words: str, room: int | None) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that may write no file larger than `room`."""

    def limit() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    command = [str(Path(sys.executable).with_name("podwright")), "-C", str(root), *words, "--now", NOW.isoformat()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=limit)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("slug", "room", "status", "message"),
    [
        (
            "home-monitoring/blood-pressure-at-home",
            25_000,
            1,
            "there is no room for what is built here (File too large); make room",
        ),
        ("home-monitoring/mind-the-rug", 510_000, 4, "check what is in the folder, its space and permissions"),
    ],
    ids=["for what is built", "for what is published"],
)
def test_a_disk_that_is_full_ends_in_a_clear_error_and_leaves_what_was_there(
    sample: Path, slug: str, room: int, status: int, message: str
) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    before = contents(sample / "public")
    path = sample / "episodes" / slug / "episode.md"
    path.write_text(re.sub("^title: .*", "title: No room for this", path.read_text(), flags=re.MULTILINE))
    # Its smaller sizes are what is built.
    shutil.copy(sample / "artwork/gold.png", path.with_name("artwork.png"))
    path.with_name("artwork.jpg").unlink(missing_ok=True)
    full = publish(sample, room=room)
    assert full.returncode == status, full.stderr
    assert message in full.stderr
    assert "Traceback" not in full.stderr
    after = contents(sample / "public")
    promised = [key for key in before if key.endswith((".xml", ".mp3", ".m4a", "index.html"))]
    assert len(promised) > 15
    assert [key for key in promised if after[key] != before[key]] == []
    assert not any(key.endswith(".tmp") for key in after)
    assert publish(sample, room=None).returncode == 0
    assert place.plan().plan.steps == ()


@pytest.mark.parametrize(
    ("room", "status", "message"),
    [
        (0, 1, "workspace: there is no room for former documents ("),
        (20, 4, "lease.json: [Errno 27] File too large; check what is in the folder, its space"),
    ],
    ids=["for what is read", "for who publishes"],
)
def test_a_rollback_says_so_where_the_disk_is_full(sample: Path, room: int, status: int, message: str) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    place.publish()
    path = sample / "episodes/home-monitoring/mind-the-rug/episode.md"
    path.write_text(f"{path.read_text()}\nOne more line.\n")
    place.publish()
    before = contents(sample / "public")
    full = podwright(sample, "rollback", "1", room=room)
    assert (full.returncode, full.stderr.startswith("Traceback")) == (status, False)
    assert message in full.stderr
    assert contents(sample / "public") == before
