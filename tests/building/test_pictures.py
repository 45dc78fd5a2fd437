"""Pictures looked at once, and derived only where the store lacks them."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile

from podwright.building import pictures as module
from podwright.building.cache import Cache, open_cache
from podwright.building.pictures import COVERS_HELD, Artwork, Pictures
from podwright.core.artifact import Artifact, FileSlice, load_sha256, open_body
from podwright.core.errors import FormatError
from podwright.media.pictures import load_cover, load_derived
from podwright.stores.ledger.manifest import ObjectRecord

#: Later than every file of a test.
LATER = 10**20


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with open_cache(tmp_path / "cache") as found:
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "show").mkdir()
    return tmp_path / "show"


@pytest.fixture
def pictures(root: Path, cache: Cache, tmp_path: Path) -> Pictures:
    return Pictures(root, cache, LATER, build_dir=tmp_path / "build", cover_dir=tmp_path / "covers")


def square(path: Path, size: int = 1500, *, colour: str = "teal", **options: Any) -> Path:
    picture = Image.new("RGB", (size, size), colour)
    picture.paste("white", (0, 0, size // 2, size // 3))
    picture.save(path, **options)
    return path


def content(artifact: Artifact) -> bytes:
    assert artifact.body is not None
    with open_body(artifact.body) as reader:
        return reader.read()


def records(artwork: Artwork) -> dict[str, ObjectRecord]:
    return {one.artifact.key: ObjectRecord(one.artifact.size, one.artifact.sha256, "etag") for one in artwork.sizes}


def never(*_: object) -> Any:
    raise AssertionError("a picture was decoded")


def test_artwork_is_published_as_it_is_and_in_smaller_sizes(pictures: Pictures, root: Path) -> None:
    path = square(root / "show.png")
    found = pictures.artwork(path, "artwork/show", side="public")
    assert found.main == pictures.artifact(path, "artwork/show", side="public")
    assert content(found.main) == path.read_bytes()
    assert [(one.width, one.height, one.artifact.media_type) for one in found.sizes] == [
        (1500, 1500, "image/png"),
        (1400, 1400, "image/jpeg"),
        (600, 600, "image/jpeg"),
        (300, 300, "image/jpeg"),
    ]
    assert found.sizes[0].artifact == found.main
    for one in found.sizes:
        data = content(one.artifact)
        assert (len(data), load_sha256((data,))) == (one.artifact.size, one.artifact.sha256)
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.size == (one.width, one.height)


def test_artwork_larger_than_apple_takes_is_published_at_that_size(pictures: Pictures, root: Path) -> None:
    path = square(root / "show.jpg", 3001)
    found = pictures.artwork(path, "private/artwork/show", side="private")
    assert [one.width for one in found.sizes] == [3000, 1400, 600, 300]
    assert found.main == found.sizes[0].artifact == pictures.artifact(path, "private/artwork/show", side="private")
    assert found.main.key.startswith("private/artwork/show-")
    assert found.main.key.endswith("-3000.jpg")
    assert {(one.artifact.side, one.artifact.cache_control) for one in found.sizes} == {
        ("private", "private, max-age=31536000, immutable")
    }


def test_the_present_constructor_call_is_enough(root: Path, cache: Cache) -> None:
    path = square(root / "show.png")
    pictures = Pictures(root, cache, LATER)
    found = pictures.artwork(path, "artwork/show", side="public")
    assert [load_sha256(one.artifact.body or ()) for one in found.sizes] == [one.artifact.sha256 for one in found.sizes]
    assert pictures.cover(path) == load_cover(path)


def test_derived_bytes_lie_in_files_and_not_in_memory(pictures: Pictures, root: Path) -> None:
    found = pictures.artwork(square(root / "show.png"), "artwork/show", side="public")
    assert pictures.build_dir
    for one in found.sizes[1:]:
        (segment,) = one.artifact.body or ()
        assert isinstance(segment, FileSlice)
        assert segment.path.parent == pictures.build_dir
        assert segment.stamp == segment.path.stat().st_mtime_ns


def test_two_runs_give_the_same_artifacts(root: Path, tmp_path: Path) -> None:
    path = square(root / "show.png")
    found = []
    for run in ("one", "two"):
        with open_cache(tmp_path / run) as cache:
            pictures = Pictures(root, cache, LATER, build_dir=tmp_path / f"{run}-build")
            artwork = pictures.artwork(path, "artwork/show", side="public")
            found.append([replace(one.artifact, body=None) for one in artwork.sizes])
    assert found[0] == found[1]


@pytest.mark.parametrize("size", [1500, 3100])
def test_what_the_store_holds_is_neither_derived_nor_sent_again(
    pictures: Pictures, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    path = square(root / "show.png", size)
    first = pictures.artwork(path, "artwork/show", side="public")
    # Another machine has no cache, and its Pillow would give other bytes.
    held = {key: replace(one, sha256="0" * 64, size=7) for key, one in records(first).items()}
    monkeypatch.setattr(module, "load_derived", never)
    monkeypatch.setattr(ImageFile.ImageFile, "load", never)
    with open_cache(tmp_path / "other") as cache:
        again = Pictures(root, cache, LATER, held=held, build_dir=tmp_path / "none")
        found = again.artwork(path, "artwork/show", side="public")
        assert found.main == again.artifact(path, "artwork/show", side="public")
    kept = [one.artifact for one in found.sizes if one.width in (3000, 1400, 600, 300)]
    assert {(one.size, one.sha256, one.body) for one in kept} == {(7, "0" * 64, None)}
    assert [one.artifact.key for one in found.sizes] == [one.artifact.key for one in first.sizes]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("missing", [{600}, {1400}, {300, 1400}, {300, 600, 1400}], ids=str)
def test_only_what_the_store_lacks_is_derived_and_is_the_same(
    pictures: Pictures, root: Path, tmp_path: Path, missing: set[int]
) -> None:
    path = square(root / "show.png")
    whole = pictures.artwork(path, "artwork/show", side="public")
    lacked = {one.artifact.key for one in whole.sizes if one.width in missing}
    held = {key: one for key, one in records(whole).items() if key not in lacked}
    again = Pictures(root, pictures.cache, LATER, held=held, build_dir=tmp_path / "again")
    found = again.artwork(path, "artwork/show", side="public")
    assert {one.width for one in found.sizes if one.artifact.body} == {1500, *missing}
    assert len([*(tmp_path / "again").iterdir()]) == len(missing)
    for one, other in zip(found.sizes, whole.sizes, strict=True):
        assert replace(one.artifact, body=None) == replace(other.artifact, body=None)
        assert one.artifact.body is None or content(one.artifact) == content(other.artifact)


def test_another_picture_has_other_keys_and_is_derived(pictures: Pictures, root: Path) -> None:
    held = records(pictures.artwork(square(root / "show.png"), "artwork/show", side="public"))
    path = square(root / "show.png", colour="maroon")
    again = Pictures(root, pictures.cache, LATER, held=held, build_dir=pictures.build_dir)
    found = again.artwork(path, "artwork/show", side="public")
    assert not {one.artifact.key for one in found.sizes} & set(held)
    assert all(one.artifact.body for one in found.sizes)


def test_a_picture_that_many_episodes_share_is_read_once(
    pictures: Pictures, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = square(root / "show.png")
    first = pictures.artwork(path, "episodes/0/0", side="public")
    cover = pictures.cover(path)
    for name in ("load_derived", "load_picture", "load_cover"):
        monkeypatch.setattr(module, name, never)
    keys = set()
    for number in range(200):
        found = pictures.artwork(path, f"episodes/{number}/{number}", side="public")
        keys |= {one.artifact.key for one in found.sizes}
        assert [one.artifact.sha256 for one in found.sizes] == [one.artifact.sha256 for one in first.sizes]
        assert pictures.cover(path) is cover
    assert len(keys) == 200 * 4


def test_many_pictures_leave_their_bytes_in_files(pictures: Pictures, root: Path) -> None:
    noisy = Image.frombytes("RGB", (400, 400), random.Random(1).randbytes(400 * 400 * 3))
    noisy.resize((700, 700)).save(root / "first.jpg")
    data = (root / "first.jpg").read_bytes()
    paths = [root / f"{number}.jpg" for number in range(COVERS_HELD * 2)]
    for number, path in enumerate(paths):
        path.write_bytes(data + bytes([number]))
    tracemalloc.start()
    try:
        kept = [pictures.artwork(path, "episodes/x/x", side="public") for path in paths]
        covers = sum(len(pictures.cover(path)) for path in paths)
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    total = sum(one.artifact.size for artwork in kept for one in artwork.sizes[1:])
    assert covers > 2_000_000
    assert total > 3_000_000
    assert grown < covers * 3 // 4


def test_a_later_run_reads_no_picture_that_did_not_change(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = square(root / "show.png")
    with open_cache(tmp_path / "cache") as cache:
        first = Pictures(root, cache, LATER, cover_dir=tmp_path / "covers")
        wanted = (first.artwork(path, "artwork/show", side="public"), first.cover(path), first.stamp(path))
        cache.save([])
    for name in ("load_derived", "load_picture", "load_cover"):
        monkeypatch.setattr(module, name, never)
    with open_cache(tmp_path / "cache") as cache:
        again = Pictures(root, cache, LATER, held=records(wanted[0]), cover_dir=tmp_path / "covers")
        found = again.artwork(path, "artwork/show", side="public")
        assert found.main == wanted[0].main
        assert again.cover(path) == wanted[1]
        assert again.stamp(path) == wanted[2]


def test_a_fresh_file_is_read_again_since_it_may_have_changed_unseen(root: Path, tmp_path: Path, cache: Cache) -> None:
    path = square(root / "show.png")
    now = path.stat().st_mtime_ns
    for colour in ("teal", "maroon"):
        square(path, colour=colour)
        os.utime(path, ns=(now, now))
        pictures = Pictures(root, cache, 0, cover_dir=tmp_path / "covers")
        assert content(pictures.artifact(path, "a", side="public")) == path.read_bytes()
        assert pictures.artifact(path, "a", side="public").sha256 == load_sha256((path.read_bytes(),))
        assert pictures.cover(path) == load_cover(path)


@pytest.mark.parametrize("damage", [b"", b"\xff\xd8", None])
def test_a_cover_that_was_damaged_or_removed_is_made_again(
    root: Path, cache: Cache, tmp_path: Path, damage: bytes | None
) -> None:
    path = square(root / "show.png")
    wanted = Pictures(root, cache, LATER, cover_dir=tmp_path / "covers").cover(path)
    (kept,) = (tmp_path / "covers").iterdir()
    assert kept.read_bytes() == wanted
    if damage is None:
        kept.unlink()
    else:
        kept.write_bytes(damage)
    assert Pictures(root, cache, LATER, cover_dir=tmp_path / "covers").cover(path) == wanted
    assert [one.read_bytes() for one in (tmp_path / "covers").iterdir()] == [wanted]


def test_a_folder_for_covers_that_cannot_be_written_costs_only_time(root: Path, cache: Cache, tmp_path: Path) -> None:
    path = square(root / "show.png")
    (tmp_path / "file").write_bytes(b"")
    for _ in range(2):
        assert Pictures(root, cache, LATER, cover_dir=tmp_path / "file").cover(path) == load_cover(path)


def test_a_changed_picture_has_another_cover_in_the_place_of_the_old(root: Path, cache: Cache, tmp_path: Path) -> None:
    for colour in ("teal", "maroon"):
        path = square(root / "show.png", colour=colour)
        assert Pictures(root, cache, LATER, cover_dir=tmp_path / "covers").cover(path) == load_cover(path)
    assert len([*(tmp_path / "covers").iterdir()]) == 1


def test_a_picture_that_changes_while_it_is_read_ends_the_publish(
    pictures: Pictures, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = square(root / "show.png")

    def interrupted(source: Path, widths: Any) -> Iterator[tuple[int, bytes]]:
        yield from load_derived(source, widths)
        square(source, 1600)

    monkeypatch.setattr(module, "load_derived", interrupted)
    with pytest.raises(FormatError, match=r"^show\.png changed while it was read; publish again$"):
        pictures.artwork(path, "artwork/show", side="public")


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("banner.JPG", {}, (40, 30, "image/jpeg", ".jpg")),
        ("banner.png", {}, (40, 30, "image/png", ".png")),
        ("banner.webp", {}, (40, 30, "image/webp", ".webp")),
        ("banner.gif", {}, (40, 30, "image/gif", ".gif")),
    ],
)
def test_a_plain_picture_is_published_as_it_is_in_its_shape(
    pictures: Pictures, root: Path, name: str, options: dict[str, Any], shape: tuple[int, int, str, str]
) -> None:
    path = root / name
    Image.new("RGB", (40, 30)).save(path, **options)
    found = pictures.plain(path, "artwork/show", side="public")
    assert (found.width, found.height, found.artifact.media_type) == shape[:3]
    assert found.artifact.key == f"artwork/show-{load_sha256((path.read_bytes(),))[:12]}{shape[3]}"
    assert content(found.artifact) == path.read_bytes()


@pytest.mark.parametrize("call", [Pictures.artifact, Pictures.artwork, Pictures.plain])
def test_a_picture_that_is_none_is_refused_by_name(pictures: Pictures, root: Path, call: Callable[..., object]) -> None:
    (root / "show.png").write_bytes(b"GIF89a")
    with pytest.raises(FormatError, match=r"^show\.png is not a whole "):
        call(pictures, root / "show.png", "artwork/show", side="public")


def test_no_picture_has_no_stamp_and_every_change_another(pictures: Pictures, root: Path, cache: Cache) -> None:
    assert pictures.stamp(None) is None
    path = square(root / "show.png")
    before = pictures.stamp(path)
    square(path, 1600)
    assert pictures.stamp(path) == before
    assert Pictures(root, cache, LATER).stamp(path) != before
