"""A store in a folder among others who use it: readers, other processes, and a system that refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from podwright.core.artifact import Artifact, FileSlice, bytes_artifact
from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from tests.stores.test_properties import untold

KEY = "episodes/a/a.mp3"


def at(folder: Path) -> Store:
    return open_store(Storage(url="file:public", public_url="https://example.org/", folder=folder))


def artifact(data: bytes, key: str = KEY) -> Artifact:
    return bytes_artifact(key, data, media_type="audio/mpeg", cache_control="no-store", side="public")


def files(root: Path) -> list[str]:
    """All there is, but for what a store locks by."""
    return sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"
    )


def test_who_has_begun_to_read_reads_the_old_file_to_its_end(tmp_path: Path) -> None:
    store = at(tmp_path)
    old, new = b"old" * 100_000, b"new" * 100_000
    store.put(artifact(old), progress=untold)
    with (tmp_path / KEY).open("rb") as reader:
        begun = reader.read(10)
        store.put(artifact(new), progress=untold)
        assert begun + reader.read() == old
    with (tmp_path / KEY).open("rb") as reader:
        store.delete([KEY])
        assert reader.read() == new
    assert store.observe(KEY) is None


def test_nothing_half_written_stays_whether_a_put_succeeds_or_fails(tmp_path: Path) -> None:
    root, source = tmp_path / "public", tmp_path / "source.mp3"
    store = at(root)
    source.write_bytes(b"x" * 1000)
    short = Artifact(
        key=KEY,
        media_type="audio/mpeg",
        cache_control="no-store",
        side="public",
        size=1000,
        sha256="0" * 64,
        body=(FileSlice(source, 0, 1000),),
    )
    store.put(artifact(b"before"), progress=untold)
    for length in (1000, 999, 0):
        source.write_bytes(b"x" * length)
        with pytest.raises(StoreError, match=KEY):
            store.put(short, progress=untold)
    assert files(root) == [KEY]
    assert (root / KEY).read_bytes() == b"before"


def test_a_watcher_that_fails_stops_a_put_and_nothing_has_happened(tmp_path: Path) -> None:
    store = at(tmp_path)
    store.put(artifact(b"before"), progress=untold)

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(artifact(b"after"), progress=stop)
    assert files(tmp_path) == [KEY]
    assert (tmp_path / KEY).read_bytes() == b"before"


@pytest.mark.parametrize("folder", [Path("/dev/null/public"), Path("/proc/podwright/public")], ids=str)
def test_a_place_where_nothing_can_be_written_is_an_error_that_names_it(folder: Path) -> None:
    store = at(folder)
    assert store.observe(KEY) is None
    for call in (
        lambda: store.put(artifact(b"data"), progress=untold),
        lambda: store.write("private/a", b"1", media_type="text/plain", cache_control="no-store", expected=None),
    ):
        with pytest.raises(StoreError, match=str(folder.parent)):
            call()


RACER = """
import sys
from pathlib import Path
from podwright.core.errors import ConflictError
from tests.stores.test_local_races import at
print("ready", flush=True)
sys.stdin.readline()
try:
    at(Path(sys.argv[1])).write(
        "private/m.json", sys.argv[2].encode(), media_type="", cache_control="", expected=sys.argv[3] or None
    )
    print("won")
except ConflictError:
    print("lost")
"""


@pytest.mark.parametrize("existing", [False, True], ids=["first write", "later write"])
def test_of_several_processes_that_write_at_once_one_wins(tmp_path: Path, existing: bool) -> None:
    store = at(tmp_path)
    version = ""
    if existing:
        version = store.write("private/m.json", b"0", media_type="", cache_control="", expected=None)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path), name, version],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "abc"
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = {name: racer.communicate(timeout=30)[0].strip() for name, racer in zip("abc", racers, strict=True)}
    assert sorted(told.values()) == ["lost", "lost", "won"]
    (winner,) = [name for name, word in told.items() if word == "won"]
    assert (tmp_path / "private/m.json").read_text() == winner
    assert files(tmp_path) == ["private/m.json"]
