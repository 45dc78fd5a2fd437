"""What a picture says beside its pixels is not published, and everything that shows it stays byte for byte."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from podwright.building.pictures import picture_artifact
from podwright.core.artifact import open_body
from podwright.core.errors import FormatError
from podwright.media.picture_metadata import join_pieces, published_pieces
from podwright.media.pictures import load_left_out, load_picture

SECRET = "SECRET"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
Base, IFD = ExifTags.Base, ExifTags.IFD


def drawing() -> Image.Image:
    """A picture that is not the same when it is turned."""
    image = Image.new("RGB", (48, 32), "white")
    image.paste((200, 30, 30), (0, 0, 16, 32))
    image.paste((30, 200, 30), (0, 0, 48, 8))
    return image


def exif(tags: dict[int, Any], *, gps: bool = False, inner: dict[int, Any] | None = None) -> bytes:
    made = Image.Exif()
    made.update(tags)
    if gps:
        made.get_ifd(IFD.GPSInfo).update({1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0)})
    if inner:
        made.get_ifd(IFD.Exif).update(inner)
    return made.tobytes()


def saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or drawing()).save(out, kind, **options)
    return out.getvalue()


def published(data: bytes, kind: str) -> tuple[bytes, tuple[str, ...]]:
    pieces, kinds = published_pieces(data, TYPES[kind])
    return join_pieces(data, pieces), kinds


def pixels(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1) if image.format != "MPO" else 1):
            image.seek(number)
            frames.append(image.convert("RGBA").tobytes())
        return frames


OWNED = {Base.Artist: SECRET, Base.Copyright: SECRET}
ALL = exif({**OWNED, Base.ImageDescription: SECRET, Base.Make: SECRET}, gps=True, inner={Base.UserComment: b"SECRET"})
HARMLESS = exif({Base.Orientation: 6, Base.XResolution: 72.0, Base.ResolutionUnit: 2}, inner={Base.ColorSpace: 1})


def segment(code: int, content: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(content) + 2).to_bytes(2, "big") + content


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def riff(data: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = data[8:] + b"".join(
        name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2) for name, content in chunks
    )
    return data[:4] + len(body).to_bytes(4, "little") + body


def texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    info.add_text("Author", SECRET, zip=True)
    info.add_itxt("Location", SECRET)
    return info


def jpeg(*segments: bytes, **options: Any) -> bytes:
    """A JPEG with more segments behind its first."""
    data = saved("JPEG", **options)
    first = 4 + int.from_bytes(data[4:6], "big")
    return data[:first] + b"".join(segments) + data[first:]


def gif(*blocks: bytes) -> bytes:
    """A moving GIF with more blocks behind its colours."""
    first, second = drawing().quantize(8), drawing().rotate(180).quantize(8)
    data = saved("GIF", first, save_all=True, append_images=[second], loop=0, duration=100)
    at = 13 + (3 << (data[10] & 7) + 1)
    return data[:at] + b"".join(blocks) + data[at:]


def blocks(content: bytes) -> bytes:
    return bytes((len(content),)) + content + b"\0"


SAYING: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "position": ("JPEG", saved("JPEG", exif=exif({}, gps=True)), ("its position",)),
    "owner": ("JPEG", saved("JPEG", exif=exif(OWNED)), ("its owner",)),
    "camera": ("JPEG", saved("JPEG", exif=exif({Base.Model: SECRET})), ("camera data",)),
    "maker's notes": ("JPEG", saved("JPEG", exif=exif({}, inner={Base.MakerNote: b"SECRET"})), ("camera data",)),
    "all": ("JPEG", saved("JPEG", exif=ALL), ("its position", "its owner", "comments", "camera data")),
    "damaged Exif": ("JPEG", jpeg(segment(0xE1, b"Exif\0\0SECRET")), ("other data",)),
    "comment": ("JPEG", saved("JPEG", comment=SECRET), ("comments",)),
    "xmp": ("JPEG", jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0SECRET")), ("XMP",)),
    "long xmp": ("JPEG", jpeg(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0SECRET")), ("XMP",)),
    "iptc": ("JPEG", jpeg(segment(0xED, b"Photoshop 3.0\x008BIMSECRET")), ("IPTC",)),
    "credentials": ("JPEG", jpeg(segment(0xEB, b"JP\0\1SECRET")), ("content credentials",)),
    "an editor's": ("JPEG", jpeg(segment(0xEC, b"Ducky SECRET")), ("other data",)),
    "preview": ("JPEG", jpeg(segment(0xE0, b"JFXX\0\x10SECRET")), ("a preview",)),
    "several pictures": (
        "JPEG",
        saved("MPO", save_all=True, append_images=[drawing().rotate(180)], comment=SECRET),
        ("comments", "further pictures"),
    ),
    "film behind": ("JPEG", saved("JPEG") + b"\0\0\0\x18ftypSECRET", ("data behind the picture",)),
    "in many passes": (
        "JPEG",
        saved("JPEG", progressive=True, comment=SECRET, exif=exif(OWNED)),
        ("its owner", "comments"),
    ),
    "png texts": ("PNG", saved("PNG", pnginfo=texts()), ("comments",)),
    "png exif": ("PNG", saved("PNG", exif=ALL), ("its position", "its owner", "comments", "camera data")),
    "png behind": ("PNG", saved("PNG") + b"SECRET", ("data behind the picture",)),
    "png of an app": ("PNG", saved("PNG")[:33] + chunk(b"prVt", b"SECRET") + saved("PNG")[33:], ("other data",)),
    "png time": ("PNG", saved("PNG")[:33] + chunk(b"tIME", bytes(7)) + saved("PNG")[33:], ("camera data",)),
    "webp exif": ("WEBP", saved("WEBP", exif=exif(OWNED, gps=True)), ("its position", "its owner")),
    "webp xmp": ("WEBP", saved("WEBP", xmp=b"<SECRET/>"), ("XMP",)),
    "webp of an app": ("WEBP", riff(saved("WEBP"), (b"SECR", b"SECRET!")), ("other data",)),
    "webp behind": ("WEBP", saved("WEBP") + b"SECRET", ("data behind the picture",)),
    "gif comment": ("GIF", gif(b"\x21\xfe" + blocks(b"SECRET")), ("comments",)),
    "gif xmp": ("GIF", gif(b"\x21\xff\x0bXMP DataXMP" + blocks(b"SECRET")), ("XMP",)),
    "gif of an app": ("GIF", gif(b"\x21\xff\x0bSECRETSECRE" + blocks(b"SECRET")), ("other data",)),
    "gif behind": ("GIF", gif() + b"SECRET", ("data behind the picture",)),
}


@pytest.mark.parametrize("name", SAYING)
def test_what_is_said_beside_the_pixels_is_left_out_and_told(name: str) -> None:
    kind, data, kinds = SAYING[name]
    made, told = published(data, kind)
    assert told == kinds
    assert SECRET.encode() not in made
    assert pixels(made) == pixels(data)
    assert published(made, kind) == (made, ())


PLAIN: dict[str, tuple[str, bytes]] = {
    "jpeg": ("JPEG", saved("JPEG")),
    "jpeg with colours": ("JPEG", saved("JPEG", icc_profile=SRGB)),
    "jpeg in many passes": ("JPEG", saved("JPEG", progressive=True, icc_profile=SRGB, quality=95)),
    "jpeg of Adobe": ("JPEG", saved("JPEG", drawing().convert("CMYK"))),
    "jpeg turned": ("JPEG", saved("JPEG", exif=exif({Base.Orientation: 6}))),
    "jpeg with its size in Exif": ("JPEG", saved("JPEG", exif=HARMLESS)),
    "png": ("PNG", saved("PNG", icc_profile=SRGB, dpi=(72, 72))),
    "png seen through": ("PNG", saved("PNG", drawing().quantize(8), transparency=0)),
    "png moving": ("PNG", saved("PNG", save_all=True, append_images=[drawing().rotate(180)])),
    "webp": ("WEBP", saved("WEBP", icc_profile=SRGB)),
    "webp without loss": ("WEBP", saved("WEBP", drawing().convert("RGBA"), lossless=True)),
    "webp moving": ("WEBP", saved("WEBP", save_all=True, append_images=[drawing().rotate(180)])),
    "gif": ("GIF", saved("GIF", drawing().quantize(8))),
    "gif moving": ("GIF", gif()),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_that_says_nothing_else_stays_byte_for_byte(name: str) -> None:
    kind, data = PLAIN[name]
    assert published(data, kind) == (data, ())


@pytest.mark.parametrize("turned", range(2, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stays_turned_as_it_was(kind: str, turned: int) -> None:
    data = saved(kind, exif=exif({**OWNED, Base.Orientation: turned}, gps=True))
    made, _ = published(data, kind)
    with Image.open(io.BytesIO(made)) as image:
        assert dict(image.getexif()) == {Base.Orientation: turned}
    assert SECRET.encode() not in made
    assert published(made, kind) == (made, ())


def test_the_profile_of_a_stripped_picture_stays() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        made, _ = published(saved(kind, icc_profile=SRGB, exif=ALL), kind)
        with Image.open(io.BytesIO(made)) as image:
            assert image.info["icc_profile"] == SRGB
            assert not image.getexif()


def test_the_small_picture_in_a_jfif_header_is_left_out() -> None:
    data = saved("JPEG")
    small = b"JFIF\0\1\1\1\0\1\0\1\2\1" + b"SECRET"
    made, kinds = published(data[:2] + segment(0xE0, small) + data[20:], "JPEG")
    assert kinds == ("a preview",)
    assert SECRET.encode() not in made
    assert pixels(made) == pixels(data)


def test_a_webp_no_longer_says_that_it_has_what_is_left_out() -> None:
    made, _ = published(saved("WEBP", exif=exif(OWNED), xmp=b"<SECRET/>", icc_profile=SRGB), "WEBP")
    assert made[12:16] == b"VP8X"
    icc, exif_or_xmp = 0x20, 0x0C
    assert made[20] & (icc | exif_or_xmp) == icc
    assert int.from_bytes(made[4:8], "little") == len(made) - 8


@pytest.mark.parametrize("kind", TYPES)
def test_a_published_picture_has_size_and_digest_of_its_own_bytes(tmp_path: Path, kind: str) -> None:
    for name in ("position", "png texts", "webp exif", "gif comment"):
        if SAYING[name][0] == kind:
            path = tmp_path / f"a.{ {'JPEG': 'jpg'}.get(kind, kind.lower()) }"
            path.write_bytes(SAYING[name][1])
            artifact = picture_artifact(load_picture(path), "episodes/a/a", side="public")
            assert artifact.body is not None
            with open_body(artifact.body) as reader:
                made = reader.read()
            assert made == published(SAYING[name][1], kind)[0]
            assert (artifact.size, artifact.sha256) == (len(made), hashlib.sha256(made).hexdigest())
            assert artifact.sha256[:8] in artifact.key
            assert load_left_out(path) == SAYING[name][2]


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=150)
@given(data=st.data())
def test_any_bytes_are_taken_apart(kind: str, data: st.DataObject) -> None:
    whole = next(made for one, made, _ in SAYING.values() if one == kind)
    at = data.draw(st.integers(0, len(whole)))
    spoiled = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + data.draw(st.integers(0, 20)) :]
    made, _ = published(spoiled, kind)
    assert len(made) <= len(spoiled) + 100


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("PNG", chunk(b"tEXt", b"")),
        ("PNG", chunk(b"sBIT", b"")),
        ("JPEG", segment(0xFE, b"")),
        ("JPEG", b"\xff\x01"),
        ("GIF", b"\x21\xfe\0"),
        ("WEBP", b"ABCD" + bytes(4)),
    ],
)
def test_a_picture_of_more_parts_than_any_has_is_refused(kind: str, part: bytes) -> None:
    head = {"PNG": 8, "JPEG": 2, "GIF": 13, "WEBP": 12}[kind]
    start = saved(kind)[:head] if kind != "GIF" else b"GIF89a" + bytes(7)
    data = start + part * 100_001
    if kind == "WEBP":
        data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    with pytest.raises(FormatError, match=r"^has more than 100,000 parts; save it again$"):
        published(data, kind)


def test_exif_in_the_other_order_of_bytes_is_read() -> None:
    tiff = struct.pack("<2sHIHHHII", b"II", 42, 8, 1, Base.Artist, 2, 7, 26) + bytes(4) + b"SECRET\0"
    made, kinds = published(jpeg(segment(0xE1, b"Exif\0\0" + tiff)), "JPEG")
    assert kinds == ("its owner",)
    assert SECRET.encode() not in made
