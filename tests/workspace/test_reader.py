"""Pictures that settings, episodes and chapters name."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from podwright.workspace.documents import Document, load_toml, parse_toml
from podwright.workspace.front_matter import load_episode_file
from podwright.workspace.reader import Reader
from podwright.workspace.schema import EpisodeFile, FeedFile
from podwright.workspace.schema.tags import ImageTable
from tests.workspace.conftest import with_field, write_file

FOLDER = "episodes/first"
TABLE = parse_toml('title = "x"\n\n[[chapters]]\nimage = "a"\n', name="episodes/first/episode.md")
AT = ("chapters", 0, "image")


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 20)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def chapter(reader: Reader, name: str) -> Path | None:
    return reader.chapter_image(TABLE, AT, name=name, folder=FOLDER)


def beside(reader: Reader, name: str) -> Path | None:
    return reader.episode_picture(TABLE, AT, name=name, folder=FOLDER)


def from_root(reader: Reader, name: str) -> Path | None:
    return reader.picture(TABLE, AT, name=name)


@pytest.mark.parametrize(
    ("load", "name", "path", "data"),
    [
        (chapter, "slide.jpg", "episodes/first/slide.jpg", saved("JPEG")),
        (chapter, "slide 3.PNG", "episodes/first/slide 3.PNG", saved("PNG", "RGBA")),
        (chapter, "artwork.png", "episodes/first/artwork.png", saved("PNG", "L")),
        (beside, "card.webp", "episodes/first/card.webp", saved("WEBP")),
        (from_root, "artwork/banner.gif", "artwork/banner.gif", saved("GIF", "P")),
        (from_root, "artwork/../banner.jpg", "banner.jpg", saved("JPEG", "CMYK")),
    ],
)
def test_a_picture_is_found_where_its_name_says(
    root: Path, load: Callable[[Reader, str], Path | None], name: str, path: str, data: bytes
) -> None:
    write_file(root, path, data)
    reader = Reader(root)
    assert load(reader, name) == root / path
    assert reader.problems == []


@pytest.mark.parametrize("load", [chapter, beside])
@pytest.mark.parametrize(
    "name",
    [
        "../second/slide.jpg",
        "slides/1.jpg",
        "/etc/passwd",
        "..",
        ".",
        ".hidden.jpg",
        "slide.jpg~",
        "./slide.jpg",
        "a\0/",
    ],
)
def test_an_episode_names_pictures_of_its_own_folder_only(
    root: Path, load: Callable[[Reader, str], Path | None], name: str
) -> None:
    for place in ("episodes/second/slide.jpg", "episodes/first/slides/1.jpg", "episodes/first/slide.jpg"):
        write_file(root, place, saved("JPEG"))
    reader = Reader(root)
    assert load(reader, name) is None
    (problem,) = map(str, reader.problems)
    assert problem.startswith("episodes/first/episode.md:4: chapters.0.image: ")
    assert problem.endswith(" is no file's name; put the picture beside episode.md and write its name")


@pytest.mark.parametrize(
    ("load", "name"), [(chapter, "slide.jpg"), (beside, "slide.jpg"), (from_root, "episodes/first/slide.jpg")]
)
def test_a_link_is_followed_inside_the_workspace_and_never_out_of_it(
    root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    load: Callable[[Reader, str], Path | None],
    name: str,
) -> None:
    write_file(root, "shared/slide.jpg", saved("JPEG"))
    link = root / FOLDER / "slide.jpg"
    link.symlink_to("../../shared/slide.jpg")
    reader = Reader(root)
    assert load(reader, name) == link
    assert reader.problems == []
    outside = tmp_path_factory.mktemp("outside")
    write_file(outside, "slide.jpg", saved("JPEG"))
    link.unlink()
    link.symlink_to(outside / "slide.jpg")
    assert load(reader, name) is None
    (problem,) = map(str, reader.problems)
    assert problem == (
        "episodes/first/episode.md:4: chapters.0.image: leads out of the workspace; "
        "put the picture into it and write its path"
    )


@pytest.mark.parametrize("name", ["../outside.jpg", "/etc/passwd", "artwork/../../outside.jpg"])
def test_settings_name_pictures_of_the_workspace_only(root: Path, name: str) -> None:
    write_file(root.parent, "outside.jpg", saved("JPEG"))
    reader = Reader(root)
    assert from_root(reader, name) is None
    assert "leads out of the workspace; " in str(reader.problems[0])


@pytest.mark.parametrize(
    ("load", "name", "data", "message"),
    [
        (chapter, "slide.jpg", None, "'slide.jpg' is not there; add the file, or correct its name"),
        (chapter, "slide.gif", saved("GIF"), "'slide.gif' is not named .jpg or .png; convert it to one of these"),
        (chapter, "slide.jpg", b"GIF89a", "'slide.jpg' is not a whole JPEG or PNG; save it again"),
        (chapter, "slide.jpg", saved("JPEG")[:-60], "'slide.jpg' is not a whole JPEG or PNG; save it again"),
        (chapter, "slide.png", saved("JPEG"), "'slide.png' is a JPEG named .png; rename it after its content"),
        (chapter, "slide.png", saved("PNG", size=(10_001, 1)), "'slide.png' is 10001 x 1 pixels; save it with at *"),
        (beside, "card.bmp", saved("BMP"), "'card.bmp' is not named .jpg, .png, .webp or .gif; convert it *"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_where_it_is_named(
    root: Path, load: Callable[[Reader, str], Path | None], name: str, data: bytes | None, message: str
) -> None:
    if data is not None:
        write_file(root, f"{FOLDER}/{name}", data)
    reader = Reader(root)
    assert load(reader, name) is None
    (problem,) = map(str, reader.problems)
    assert problem.startswith("episodes/first/episode.md:4: chapters.0.image: " + message.rstrip("*"))


def test_every_picture_that_an_episode_names_is_checked(root: Path) -> None:
    write_file(root, f"{FOLDER}/good.jpg", saved("JPEG"))
    text = """\
images:
  - file: good.jpg
  - file: gone.webp
  - url: https://example.org/a.png
chapters:
  - 00:00 Introduction
  - start: 01:00
    title: Results
    image: good.jpg
  - start: 02:00
    title: Discussion
    image: gone.jpg
  - start: 03:00
    title: Farewell
    image: https://example.org/a.jpg"""
    write_file(root, f"{FOLDER}/episode.md", with_field(text))
    reader = Reader(root)
    document, file = reader.file(load_episode_file, f"{FOLDER}/episode.md", EpisodeFile)
    assert reader.problems == []
    assert document
    assert file
    reader.check_episode_pictures(document, file, folder=FOLDER)
    assert list(map(str, reader.problems)) == [
        "episodes/first/episode.md:7: images.1.file: 'gone.webp' is not there; add the file, or correct its name",
        "episodes/first/episode.md:16: chapters.2.image: 'gone.jpg' is not there; add the file, or correct its name",
    ]


def test_every_picture_that_settings_name_is_checked(root: Path) -> None:
    write_file(
        root, "feeds/main.toml", '[[images]]\nurl = "https://example.org/a.png"\n[[images]]\nfile = "gone.png"\n'
    )
    reader = Reader(root)
    document, file = reader.file(load_toml, "feeds/main.toml", FeedFile)
    assert document
    assert file
    assert file.images
    reader.check_settings_pictures(document, file.images)
    (problem,) = map(str, reader.problems)
    assert problem == "feeds/main.toml:4: images.1.file: 'gone.png' is not there; add the file, or correct its name"


def test_every_warning_of_artwork_is_told(root: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("L", (1400, 1400)).save(root / "artwork/show.png", exif=turned)
    (root / FOLDER / "artwork.png").write_bytes((root / "artwork/show.png").read_bytes())
    document = Document(path="podwright.toml", data={"image": "artwork/show.png"}, lines={("image",): 7})
    reader = Reader(root)
    assert reader.image(document) == root / "artwork/show.png"
    assert reader.artwork(f"{FOLDER}/artwork.png") == root / FOLDER / "artwork.png"
    assert [(problem.where, problem.line, problem.level) for problem in reader.problems] == [
        *[("podwright.toml", 7, "warning")] * 2,
        *[("episodes/first/artwork.png", None, "warning")] * 2,
    ]


def test_tables_of_pictures_elsewhere_have_no_file_to_check(root: Path) -> None:
    reader = Reader(root)
    reader.check_settings_pictures(TABLE, [ImageTable(url="https://example.org/a.png")])
    assert reader.problems == []
