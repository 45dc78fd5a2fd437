"""Files that are small on disk and large in memory, or slow: each is read by itself in a process of its own.

`python -m tests.hostile.bombs` reads them all and prints, for each, a line of JSON: its name, the error, seconds of
processor time and the peak of memory in MB. A row of `BOMBS` is a name, what writes the file, and what reads it.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import os
import resource
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20
#: Seconds of processor time after which a process is killed; bytes of address space that it may have.
MOST_TIME, MOST_SPACE = 60, 8 << 30
_BIGGEST_TAG = (1 << 28) - 1

Write = Callable[[Path], object]
Read = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Bomb:
    """suffix: the file's ending; error: a part of what is said of it, None where it is read like any other.

    peak: MB of memory that reading it may take in all.
    """

    name: str
    suffix: str
    write: Write
    read: Read
    error: str | None
    peak: int = 300


def sparse(path: Path, head: bytes, length: int, tail: bytes = b"") -> None:
    """A file that has `length` bytes of nothing between its head and its tail, and takes no place on the disk."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + length)
        file.seek(0, io.SEEK_END)
        file.write(tail)


def whole(make: Callable[[], bytes]) -> Write:
    return lambda path: path.write_bytes(make())


# Audio


def sample(name: str) -> bytes:
    return (Path(__file__).parents[1] / "data" / "audio" / name).read_bytes()


def syncsafe(number: int) -> bytes:
    return bytes(number >> 7 * place & 0x7F for place in (3, 2, 1, 0))


def id3(body: bytes, size: int | None = None, *, version: int = 4) -> bytes:
    return b"ID3" + bytes((version, 0, 0)) + syncsafe(len(body) if size is None else size) + body


def deflated(size: int) -> bytes:
    """So many zeros in the format of zlib (RFC 1950), made of one packed MB again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">I", size % 65_521 << 16 | 1)
    return b"\x78\xda" + block * (size // MB) + b"\x03\x00" + checksum


def packed_frame(name: bytes) -> bytes:
    """A compressed frame that inflates to 2 GB."""
    data = syncsafe(_BIGGEST_TAG) + deflated(2048 * MB)
    return id3(name + syncsafe(len(data)) + b"\x00\x09" + data) + sample("vbr-xing.mp3")


def many_frames() -> bytes:
    return id3((b"TXXX" + syncsafe(3) + b"\x00\x00\x00a\x00") * 2_000_000) + sample("vbr-xing.mp3")


def nested_chapters() -> bytes:
    body = b""
    for _ in range(3000):
        body = b"CHAP" + syncsafe(len(body) + 18) + b"\x00\x00a\x00" + bytes(16) + body
    return id3(body) + sample("vbr-xing.mp3")


def four_tags(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(4):
            file.write(id3(b"", _BIGGEST_TAG))
            file.truncate(file.tell() + _BIGGEST_TAG)
            file.seek(0, io.SEEK_END)
        file.write(sample("vbr-xing.mp3"))


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


FTYP = box(b"ftyp", b"M4A \x00\x00\x00\x00M4A ")


def claiming(name: bytes, offset: int, value: bytes) -> Callable[[], bytes]:
    """A recording in which a box says something else."""

    def make() -> bytes:
        data = bytearray(sample("moov-first.m4a"))
        at = data.find(name) + offset
        data[at : at + len(value)] = value
        return bytes(data)

    return make


def deep_boxes(name: bytes = b"moov") -> bytes:
    """Behind a good recording boxes in boxes, as deep as mutagen and not FFmpeg would go."""
    inner = b""
    for _ in range(5000):
        inner = box(name, inner)
    return sample("moov-first.m4a") + inner


def crowded_index() -> bytes:
    """An index of a million boxes, which in this recording stands behind the audio."""
    data = sample("moov-last.m4a")
    at = data.rindex(b"moov") + 4
    return data[: at - 8] + box(b"moov", data[at:] + box(b"free", b"") * 1_000_000)


def publish_audio(path: Path) -> None:
    from podwright.media.audio import AudioTags, build_tagged, check_decodes, load_facts, load_left_out

    facts = load_facts(path)
    build_tagged(path, facts, tags=AudioTags(title="t"), id3_version="2.4", build_dir=path.parent / "build")
    load_left_out(path)
    check_decodes(path, facts)


# Pictures


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, pixels: bytes, before: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@functools.cache
def grey() -> bytes:
    return zlib.compress(bytes(1 + 1400 * 3) * 1400)


def with_chunk(kind: bytes, head: bytes) -> Callable[[], bytes]:
    """A good picture with a part that inflates to a GB."""
    return lambda: png(1400, 1400, pixels=grey(), before=chunk(kind, head + deflated(1024 * MB)))


def gif(width: int, height: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00"
    return screen + b",\x00\x00\x00\x00" + struct.pack("<HH", width, height) + b"\x00\x02\x02L\x01\x00;"


def frames(kind: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    several = [Image.new("P" if kind == "GIF" else "RGB", (1400, 1400), number) for number in range(50)]
    several[0].save(out, kind, save_all=True, append_images=several[1:])
    return out.getvalue()


def scans() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (1400, 1400)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * 20_000 + b"\xff\xd9"


def load_artwork(path: Path) -> None:
    from podwright.media.pictures import load_cover, load_image_warnings

    load_image_warnings(path)
    load_cover(path)


def load_further(path: Path) -> None:
    from podwright.media.pictures import load_further_picture

    load_further_picture(path)


# Text


def load_transcript(path: Path) -> None:
    from podwright.core.errors import WorkspaceError
    from podwright.media.transcripts import render_transcripts
    from podwright.workspace.reader import Reader

    reader = Reader(path.parent)
    transcript = reader.transcript(path.name)
    if transcript is None:
        raise WorkspaceError(reader.problems)
    render_transcripts(transcript, title="Any", language="en", duration=None)


def load_front_matter(path: Path) -> None:
    from podwright.render.notes.for_apps import app_blocks
    from podwright.render.notes.for_pages import page_html
    from podwright.workspace.front_matter import load_episode_file

    body = load_episode_file(path, name=path.name).body
    app_blocks(body)
    page_html(body)


def load_settings(path: Path) -> None:
    from podwright.core.errors import WorkspaceError
    from podwright.workspace.documents import load_toml
    from podwright.workspace.schema import FeedFile, validate
    from podwright.workspace.schema.fields import Known

    _, problems = validate(FeedFile, load_toml(path, name=path.name), known=Known())
    if problems:
        raise WorkspaceError(problems)


def load_words(path: Path) -> None:
    from podwright.render.site import load_theme

    load_theme(path.parent)


def load_manifest(path: Path) -> None:
    from podwright.stores.ledger.manifest_json import parse_manifest

    parse_manifest(path.read_bytes())


def load_feed(path: Path) -> None:
    from podwright.render.feeds import parse_feed

    parse_feed(path.read_bytes())


def load_page(path: Path) -> None:
    from podwright.inspection.verify.pages import addresses

    addresses("https://example.org/", path.read_bytes())


def text(head: str, piece: str, count: int, tail: str = "") -> Write:
    return lambda path: path.write_text(head + piece * count + tail)


def laughs() -> bytes:
    lines = ["---", 'a0: &a0 ["lol"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    return "\n".join([*lines, "---", ""]).encode()


ENTITIES = "<!DOCTYPE rss [<!ENTITY e0 'lol'>{}]>".format(
    "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
).encode()
CHANNEL, END = "<rss><channel>", "</channel></rss>"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n"
NO_AUDIO = "is no audio"
NOT_WHOLE = "is not a whole"

BOMBS: tuple[Bomb, ...] = (
    # Audio
    Bomb("a tag of 256 MB", ".mp3", lambda p: sparse(p, id3(b"", _BIGGEST_TAG), _BIGGEST_TAG), publish_audio, "64 MB"),
    Bomb("four tags of 256 MB", ".mp3", four_tags, publish_audio, "more than 64 MB of ID3 tags"),
    Bomb("a text frame that inflates", ".mp3", whole(lambda: packed_frame(b"TXXX")), publish_audio, None),
    Bomb("a picture frame that inflates", ".mp3", whole(lambda: packed_frame(b"APIC")), publish_audio, None),
    Bomb("two million frames", ".mp3", whole(many_frames), publish_audio, None),
    Bomb("chapters in chapters", ".mp3", whole(nested_chapters), publish_audio, None),
    Bomb("a million empty tags", ".mp3", whole(lambda: id3(b"") * 1_000_000), publish_audio, "more than 32 tags"),
    Bomb("a GB of zeros", ".mp3", lambda p: sparse(p, b"\xff\xfb\x90\xc4", 1024 * MB), publish_audio, "no MP3 audio"),
    Bomb(
        "a hundred thousand tags behind",
        ".mp3",
        whole(lambda: sample("vbr-xing.mp3") + (b"TAG" + bytes(125)) * 100_000),
        publish_audio,
        "more than 32 tags",
    ),
    Bomb(
        "an index of 2^60 bytes",
        ".m4a",
        whole(lambda: FTYP + box(b"mdat", b"x") + struct.pack(">I4sQ", 1, b"moov", 1 << 60)),
        publish_audio,
        "an index (moov) of more than 32 MB",
    ),
    Bomb(
        "audio of 2^60 bytes",
        ".m4a",
        whole(lambda: FTYP + struct.pack(">I4sQ", 1, b"mdat", 1 << 60)),
        publish_audio,
        "has no index or no audio",
    ),
    Bomb("2^32 packets", ".m4a", whole(claiming(b"stsz", 12, b"\xff" * 4)), publish_audio, "cannot be read as M4A"),
    Bomb("2^32 durations", ".m4a", whole(claiming(b"stts", 8, b"\xff" * 4)), publish_audio, "cannot be read as M4A"),
    Bomb("2^32 chunks", ".m4a", whole(claiming(b"stco", 8, b"\xff" * 4)), publish_audio, "does not fit its audio"),
    Bomb("boxes in boxes", ".m4a", whole(deep_boxes), publish_audio, "several files in one"),
    Bomb("user data in user data", ".m4a", whole(lambda: deep_boxes(b"udta")), publish_audio, "cannot be read as"),
    Bomb(
        "a million boxes in one",
        ".m4a",
        whole(crowded_index),
        publish_audio,
        "more than 10,000 boxes in one",
    ),
    Bomb(
        "a million boxes",
        ".m4a",
        whole(lambda: FTYP + box(b"free", b"") * 1_000_000),
        publish_audio,
        "more than 200,000 boxes",
    ),
    # Pictures
    Bomb(
        "50,000 x 50,000 pixels",
        ".png",
        whole(lambda: png(50_000, 50_000, pixels=deflated(1024 * MB))),
        load_artwork,
        "has more pixels than are read",
    ),
    Bomb(
        "10,000 x 10,000 pixels",
        ".png",
        whole(lambda: png(10_000, 10_000, pixels=deflated(300 * MB))),
        load_artwork,
        None,
        peak=700,
    ),
    Bomb("compressed text", ".png", whole(with_chunk(b"zTXt", b"a\x00\x00")), load_artwork, NOT_WHOLE),
    Bomb("more compressed text", ".png", whole(with_chunk(b"iTXt", b"a\x00\x01\x00\x00\x00")), load_artwork, NOT_WHOLE),
    Bomb("a compressed profile", ".png", whole(with_chunk(b"iCCP", b"a\x00\x00")), load_artwork, NOT_WHOLE),
    Bomb(
        "more pixels than promised",
        ".png",
        whole(lambda: png(1400, 1400, pixels=deflated(1024 * MB))),
        load_artwork,
        None,
    ),
    Bomb(
        "a part of a GB",
        ".png",
        lambda p: sparse(p, png(1400, 1400, pixels=b"")[:33] + struct.pack(">I", 1 << 30) + b"abCd", 1 << 30),
        load_artwork,
        "has more than 64 MB",
    ),
    Bomb(
        "a picture of a GB", ".webp", lambda p: sparse(p, b"RIFF\xff\xff\xff\x3fWEBP", 1 << 30), load_further, "64 MB"
    ),
    Bomb(
        "frames without number",
        ".png",
        whole(lambda: png(1400, 1400, pixels=grey(), before=chunk(b"acTL", struct.pack(">II", 1 << 30, 0)))),
        load_artwork,
        None,
    ),
    Bomb("an animation named .png", ".png", whole(lambda: frames("GIF")), load_artwork, NOT_WHOLE),
    Bomb("an animation named .jpg", ".jpg", whole(lambda: frames("WEBP")), load_artwork, NOT_WHOLE),
    Bomb(
        "a screen of 4 gigapixels",
        ".gif",
        whole(lambda: gif(65_535, 65_535)),
        load_further,
        "more pixels than are read",
    ),
    Bomb("twenty thousand scans", ".jpg", whole(scans), load_artwork, "more than 100 scans"),
    # Front matter, settings, words
    Bomb("a billion laughs", ".md", whole(laughs), load_front_matter, "anchor or alias"),
    Bomb("lists in lists", ".md", text("---\na: ", "[", 100_000, "\n---\n"), load_front_matter, "nests deeper than 16"),
    Bomb("points in points", ".md", text("---\n", "- ", 100_000, "\n---\n"), load_front_matter, "nests deeper than 16"),
    Bomb("front matter without an end", ".md", text("---\n", "a: b\n", 200_000), load_front_matter, "has no end"),
    Bomb(
        "an episode of a GB",
        ".md",
        lambda p: sparse(p, b"---\n", 1 << 30),
        load_front_matter,
        "is larger than 5,120 KiB",
    ),
    Bomb(
        "notes in 300,000 quotations", ".md", text("---\n---\n", "<blockquote>", 300_000), load_front_matter, "500 HTML"
    ),
    Bomb("notes in 300,000 elements", ".md", text("---\n---\n", "<x></y>", 300_000), load_front_matter, "500 HTML"),
    Bomb("notes of quotations", ".md", text("---\n---\n", "> ", 50_000, "a"), load_front_matter, None),
    Bomb("notes of tags cut short", ".md", text("---\n---\n<div>\n", "<h1 </h1 ", 50_000), load_front_matter, None),
    Bomb("tables in tables", ".toml", text("a = ", "{a = ", 100_000), load_settings, "nests deeper than 16"),
    Bomb("lists in lists", ".toml", text("a = ", "[", 100_000), load_settings, "nests deeper than 16"),
    Bomb("a number of 250,000 digits", ".toml", text("a = 0x", "f", 250_000), load_settings, "unknown key"),
    Bomb(
        "an amount of a GB of digits",
        ".toml",
        text("[[value]]\ntype='a'\nmethod='b'\nsuggested=1e999999999\n", "", 0),
        load_settings,
        "is not an amount",
    ),
    Bomb("lists in lists", "words.toml", text("listen = ", "[", 60_000), load_words, "nests too deep"),
    # Transcripts
    Bomb(
        "a transcript of a GB",
        ".txt",
        lambda p: sparse(p, b"Hello", 1 << 30),
        load_transcript,
        "is larger than 8,192 KiB",
    ),
    Bomb("a line of 100 MB", ".txt", lambda p: p.write_bytes(b"a" * 100 * MB), load_transcript, "is larger than"),
    Bomb("a line of 8 MB", ".txt", lambda p: p.write_bytes(b"a" * 8 * MB), load_transcript, None),
    Bomb("lists in lists", ".json", text('{"segments":', "[", 100_000), load_transcript, "nested too deep"),
    Bomb(
        "a start of 5,000 digits",
        ".json",
        text('{"segments":[{"startTime":', "9", 5000),
        load_transcript,
        "number too long",
    ),
    Bomb(
        "no start at all", ".json", text('{"segments":[{"startTime":1e999}]}', "", 0), load_transcript, "is not a time"
    ),
    Bomb("elements in elements", ".html", text("", "<div>", 600_000, "x"), load_transcript, None),
    Bomb("a tag that never ends", ".html", text("x<a ", "b=c ", 700_000), load_transcript, "never ends", peak=800),
    Bomb("a heading of spaces", ".md", text("# a", " ", 1_000_000, "b\n\ntext"), load_transcript, None),
    Bomb("a name of spaces", ".md", text("**a", " ", 1_000_000, "b** c"), load_transcript, None),
    Bomb("brackets", ".md", text("", "[", 500_000), load_transcript, None),
    Bomb("a cue of voices", ".vtt", text(VTT, "<v B>", 200_000, "x"), load_transcript, None),
    Bomb("a name of 30,000 parts", "words.toml", text("", "a.", 30_000, "a=1"), load_words, "more than 30 dots"),
    Bomb("words of 10 MB", "words.toml", text("listen = '", "a", 10 * MB, "'"), load_words, "more than 64 KiB"),
    # The store, and the web before it
    Bomb("a billion laughs", ".xml", whole(lambda: ENTITIES + b"<rss><channel>&e9;"), load_feed, "document type"),
    Bomb("laughs in an attribute", ".xml", whole(lambda: ENTITIES + b"<rss a='&e9;'>"), load_feed, "well-formed XML"),
    Bomb("elements in elements", ".xml", text(CHANNEL, "<a>", 1_000_000), load_feed, "well-formed XML"),
    Bomb("a million items", ".xml", text(CHANNEL, "<item/>", 1_000_000), load_feed, "more than 100,000 items"),
    Bomb(
        "a length of a million digits",
        ".xml",
        text(f'{CHANNEL}<enclosure url="u" length="', "9", MB, f'"/>{END}'),
        load_feed,
        None,
    ),
    Bomb(
        "a date of a million digits",
        ".xml",
        text(f"{CHANNEL}<item><pubDate>1 Jan 2026 0:0:0 +", "9", MB, f"</pubDate></item>{END}"),
        load_feed,
        None,
    ),
    Bomb("a page of tags cut short", ".html", text("", "<a ", 350_000), load_page, None),
    Bomb("a page of comments cut short", ".html", text("", "<!--", 250_000), load_page, None),
    Bomb("a page of ends", ".html", text("<script>", "</a ", 250_000), load_page, None),
    Bomb("a manifest of lists", ".json", text("", "[", 100_000), load_manifest, "is not a manifest"),
)


#: Loaded once, before the processes are forked: loading took three quarters of the time of reading.
_LOADED = (
    *("podwright.inspection.verify.pages", "podwright.media.audio", "podwright.media.audio.decode"),
    *("podwright.media.pictures", "podwright.media.transcripts", "podwright.render.feeds"),
    *("podwright.render.notes.for_apps", "podwright.render.notes.for_pages", "podwright.render.site"),
    *("podwright.stores.ledger.manifest_json", "podwright.workspace.documents", "podwright.workspace.front_matter"),
    *("podwright.workspace.reader", "podwright.workspace.schema"),
)


def results() -> Iterator[dict[str, object]]:
    """Make and read each bomb in processes of their own, so that none is charged for another."""
    for name in _LOADED:
        importlib.import_module(name)
    for number, bomb in enumerate(BOMBS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, bomb.suffix if bomb.suffix[0] != "." else f"transcript{bomb.suffix}")
            _apart(lambda bomb=bomb, path=path: {"size": bomb.write(path)})
            told = _apart(lambda bomb=bomb, path=path: _measured(bomb, path))
            yield {"name": bomb.name, "number": number, **told}


def _apart(work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What another process says of its work."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "wb") as said:
            said.write(json.dumps(work()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    return json.loads(answer) if answer else {"kind": "crashed", "error": f"killed ({status})", "cpu": 0.0, "peak": 0}


def _measured(bomb: Bomb, path: Path) -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_TIME, MOST_TIME))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_SPACE, MOST_SPACE))
    from podwright.core.errors import PodwrightError

    begun = time.process_time()
    kind, said = "read", None
    try:
        bomb.read(path)
    except PodwrightError as error:
        kind, said = "refused", str(error)[:2000]
    except BaseException as error:  # noqa: BLE001 - whatever else it is, is what is looked for
        kind, said = "crashed", f"{type(error).__name__}: {error}"[:2000]
    return {"kind": kind, "error": said, "cpu": round(time.process_time() - begun, 2), "peak": _peak()}


def _peak() -> int:
    """The most memory that this process had, in MB; what it shared with its parent when it began counts as well."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    for result in results():
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()
