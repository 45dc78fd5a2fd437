"""A store in a folder: who may read it, what leads out of it, and what a killed run leaves."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from podwright.stores.contract import MOST_READ
from tests.stores.test_conformance import DATA, KEY, artifact, content, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def store(root: Path) -> Store:
    """Our own: the shared fixture has a store of each kind."""
    return open_again(root)


def open_again(root: Path) -> Store:
    return open_store(Storage(url="file:public", public_url="https://example.org/", folder=root))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def leftovers(root: Path) -> list[Path]:
    return list((root / "private" / ".podwright").glob("*.tmp"))


def test_reading_an_absent_folder_makes_none(store: Store, root: Path) -> None:
    assert store.read(KEY) is None
    assert list(store.observe_all("")) == []
    assert not root.exists()


def test_what_is_larger_than_any_document_is_not_read_whole(store: Store, root: Path) -> None:
    store.put(artifact())
    os.truncate(root / KEY, MOST_READ + 1)
    with pytest.raises(StoreError, match=f"{KEY}: has 67108865 bytes, more than any document; see what it is"):
        store.read(KEY)
    assert store.read_range(KEY, start=MOST_READ, length=1) == b"\0"


def test_the_world_reads_what_is_public_and_only_its_owner_what_is_private(store: Store, root: Path) -> None:
    before = os.umask(0o022)
    try:
        store.put(artifact())
        store.put(artifact(key="private/feeds/members.xml"))
        write(store, b"{}", expected=None)
    finally:
        os.umask(before)
    assert mode(root / "private") == 0o700
    assert {mode(path) for path in (root, root / "episodes", (root / KEY).parent)} == {0o755}
    assert mode(root / KEY) == 0o644


def test_a_folder_that_its_owner_opened_stays_open(store: Store, root: Path) -> None:
    (root / "private").mkdir(parents=True)
    (root / "private").chmod(0o750)
    store.put(artifact())
    assert mode(root / "private") == 0o750


@pytest.mark.parametrize("link", ["episodes", KEY, "private"])
def test_a_link_that_leads_out_of_the_folder_is_not_followed(
    store: Store, root: Path, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "statins").mkdir()
    (outside / "secret").write_text("secret")
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside / "secret" if link == KEY else outside)
    key = "private/secret" if link == "private" else KEY
    for call in (
        lambda: store.observe(key),
        lambda: store.read(key),
        lambda: store.read_range(key, start=0, length=1),
        lambda: store.put(artifact(key=key)),
        lambda: store.copy(key, artifact(key="copy.mp3")),
        lambda: store.delete([key]),
    ):
        with pytest.raises(StoreError, match="a link leads out of public; remove the link"):
            call()
    assert (root / link).is_symlink()
    assert sorted(path.name for path in outside.rglob("*")) == ["secret", "statins"]


def test_what_others_put_there_under_no_key_or_as_a_link_is_listed_and_never_opened(
    store: Store, root: Path, tmp_path: Path
) -> None:
    store.put(artifact())
    (tmp_path / "outside.xml").write_text("not ours")
    (root / "favicon.ico").symlink_to(tmp_path / "outside.xml")
    names = ["ü.xml".encode(), b"back\\slash.txt", b"two\nlines.txt", b"\xff.txt"]
    for name in names:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x")
    listed = {one.key: one.modified is not None for one in store.observe_all("")}
    others = ["favicon.ico", "ü.xml", "back\\slash.txt", "two\nlines.txt", "\\xff.txt"]
    assert listed == dict.fromkeys((KEY, *others), True)
    for key in others:
        with pytest.raises(StoreError, match=r"is no key|a link leads out"):
            store.read(key)


def test_a_folder_reached_by_a_link_is_a_store_like_any_other(root: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    root.symlink_to(tmp_path / "disk")
    store = open_again(root)
    store.put(artifact())
    assert (tmp_path / "disk" / KEY).read_bytes() == DATA


def test_a_file_where_a_folder_is_needed_is_an_error_and_stays(store: Store, root: Path) -> None:
    store.put(artifact(b"file", "episodes"))
    with pytest.raises(StoreError, match=r"^episodes/statins/statins\.mp3: .*; check what is in the folder"):
        store.put(artifact())
    assert content(store, "episodes") == b"file"
    assert leftovers(root) == []


def test_links_in_a_circle_are_told_and_a_publish_puts_an_object_in_their_place(store: Store, root: Path) -> None:
    (root / KEY).parent.mkdir(parents=True)
    (root / KEY).symlink_to(root / KEY)
    for call in (
        lambda: store.observe(KEY),
        lambda: store.read(KEY),
        lambda: store.read_range(KEY, start=0, length=1),
        lambda: store.copy(KEY, artifact(key="copy.mp3")),
        lambda: store.keep(KEY, "kept.mp3", etag="any"),
        lambda: list(store.observe_all("")),
    ):
        with pytest.raises(StoreError, match="check what is in the folder"):
            call()
    store.put(artifact())
    assert content(store) == DATA


@pytest.mark.parametrize("kind", ["pipe", "folder", *(["device"] if os.geteuid() == 0 else [])])
def test_what_is_no_file_is_no_object_and_nothing_waits_for_it(store: Store, root: Path, kind: str) -> None:
    (root / KEY).parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(root / KEY)
    elif kind == "device":
        os.mknod(root / KEY, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    else:
        (root / KEY).mkdir()
    assert (store.observe(KEY), store.read(KEY), list(store.observe_all(""))) == (None, None, [])
    assert store.keep(KEY, "kept.mp3", etag="any") is False
    for call in (lambda: store.read_range(KEY, start=0, length=1), lambda: store.copy(KEY, artifact(key="copy.mp3"))):
        with pytest.raises(StoreError, match=KEY):
            call()
    if kind == "folder":
        with pytest.raises(StoreError, match="check what is in the folder"):
            store.put(artifact())
    else:
        store.put(artifact())
        assert content(store) == DATA


def test_a_link_to_an_object_is_replaced_and_not_written_through(store: Store, root: Path) -> None:
    store.put(artifact(b"target", "target.mp3"))
    (root / "alias.mp3").symlink_to("target.mp3")
    store.put(artifact(b"new", "alias.mp3"))
    assert (content(store, "target.mp3"), content(store, "alias.mp3")) == (b"target", b"new")


KILLED = """
import signal, sys
from pathlib import Path
from tests.stores.test_conformance import LARGE, artifact
from tests.stores.test_local import open_again

def stop(count):
    print("half", flush=True)
    signal.pause()

open_again(Path(sys.argv[1])).put(artifact(LARGE), progress=stop)
"""


def test_a_run_killed_half_way_changes_no_object_and_the_next_one_clears_up(store: Store, root: Path) -> None:
    store.put(artifact(b"before"))
    with subprocess.Popen([sys.executable, "-c", KILLED, str(root)], stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"half\n"
        # Somebody else may begin while it writes, and leaves it alone.
        open_again(root).put(artifact(key="other.mp3"))
        assert len(leftovers(root)) == 1
        child.send_signal(signal.SIGKILL)
    assert len(leftovers(root)) == 1
    assert content(store) == b"before"
    assert {found.key for found in store.observe_all("")} == {KEY, "other.mp3"}
    open_again(root).put(artifact(b"after"))
    assert leftovers(root) == []
    assert content(store) == b"after"


def test_a_writer_waits_for_the_lock_of_a_conditional_write_of_another_process(store: Store, root: Path) -> None:
    version = write(store, b"1", expected=None)
    program = f"""
import sys
from pathlib import Path
from tests.stores.test_conformance import write
from tests.stores.test_local import open_again
print("ready", flush=True)
write(open_again(Path(sys.argv[1])), b"theirs", expected={version!r})
"""
    with (root / "private" / ".podwright" / "write.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        (root / "private" / "manifest.json").write_bytes(b"ours")
    _, told = child.communicate(timeout=30)
    assert child.returncode == 1
    assert b"ConflictError: private/manifest.json: another run published first" in told
    assert content(store, "private/manifest.json") == b"ours"


def test_a_file_in_the_place_of_the_folder_is_an_error(store: Store, root: Path) -> None:
    root.write_text("not a folder")
    with pytest.raises(StoreError, match=r"public.*; check what is in the folder"):
        store.put(artifact())
    assert root.read_text() == "not a folder"
