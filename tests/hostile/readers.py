"""Every reader of what somebody else may have written, as a function of bytes, with something to begin from.

Whatever the bytes, a reader returns, or raises a PodwrightError. A new reader is a row of `READERS`.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.core.errors import PodwrightError

if TYPE_CHECKING:
    from podwright.core.model import Chapter

DATA = Path(__file__).parents[1] / "data"
SUFFIXES = (".vtt", ".srt", ".json", ".md", ".txt", ".html")
#: Memory, where the system has files in it.
_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@dataclass(frozen=True, slots=True)
class Reader:
    """seeds: what it reads well; words: what its inputs are made of."""

    name: str
    read: Callable[[bytes], object]
    seeds: Callable[[], tuple[bytes, ...]]
    words: tuple[bytes, ...] = ()


def take(reader: Reader, data: bytes) -> bool:
    """Whether a reader took these bytes or refused them. Whatever else is raised is a defect."""
    try:
        reader.read(data)
    except PodwrightError as error:
        if not str(error).strip():
            raise AssertionError("refused without a word") from error
        return False
    return True


@contextlib.contextmanager
def _file(data: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path


# Audio


def _publish(data: bytes, name: str) -> None:
    from tests.hostile.bombs import publish_audio

    with _file(data, name) as path:
        publish_audio(path)


def _mp3s() -> tuple[bytes, ...]:
    from mutagen import id3

    recording = (DATA / "audio" / "vbr-xing.mp3").read_bytes()[:6000]
    tag = io.BytesIO()
    made = id3.ID3()
    made.add(id3.TSSE(encoding=3, text=["Encoder"]))
    made.add(id3.TXXX(encoding=1, desc="REPLAYGAIN_TRACK_GAIN", text=["-3.2 dB"]))
    made.add(id3.CHAP(element_id="c", start_time=0, end_time=1, sub_frames=[id3.TIT2(encoding=3, text=["t"])]))
    made.save(tag, v2_version=4, padding=lambda _: 20)
    small = (DATA / "audio" / "mpeg25-8k.mp3").read_bytes()[:3000]
    return tag.getvalue() + recording, recording, small + b"TAG" + bytes(125)


def _m4as() -> tuple[bytes, ...]:
    return tuple((DATA / "audio" / name).read_bytes() for name in ("moov-first.m4a", "moov-last.m4a"))


def _cut(data: bytes) -> None:
    from podwright.media.audio.id3_source import cut_tag

    cut_tag(data, {"TSSE", "TXXX", "COMM"})


# Pictures


def _picture(data: bytes) -> None:
    from podwright.media.picture_metadata import join_pieces
    from podwright.media.pictures import (
        load_chapter_picture,
        load_cover,
        load_derived,
        load_further_picture,
        load_image_warnings,
        load_picture,
    )

    suffix = {b"\x89P": ".png", b"RI": ".webp", b"GI": ".gif"}.get(data[:2], ".jpg")
    with _file(data, f"picture{suffix}") as path:
        for load in (load_image_warnings, load_chapter_picture):
            with contextlib.suppress(PodwrightError):
                load(path)
        shape = load_further_picture(path)
        load_cover(path)
        list(load_derived(path, [300]))
        if bare := load_picture(path).bare:
            before = _pixels(path)
            path.write_bytes(join_pieces(data, bare.pieces))
            if load_further_picture(path) != shape or _pixels(path) != before:
                raise AssertionError("published as another picture")


def _pixels(path: Path) -> bytes:
    """The first picture of a file as it is shown."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGBA").tobytes()


@functools.cache
def _pictures() -> tuple[bytes, ...]:
    from PIL import Image, PngImagePlugin

    found = []
    for kind, mode in (
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("GIF", "P"),
        ("WEBP", "RGB"),
    ):
        out = io.BytesIO()
        text = PngImagePlugin.PngInfo()
        text.add_text("Title", "t" * 20, zip=True)
        exif = Image.Exif()
        exif[0x0112] = 6
        options = {"PNG": {"pnginfo": text, "exif": exif}, "JPEG": {"exif": exif, "progressive": mode == "L"}}.get(
            kind, {}
        )
        Image.new(mode, (16, 16), 1).save(out, kind, **options)
        found.append(out.getvalue())
    return tuple(found)


# Text


def _transcript(suffix: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        from podwright.media.chapters import chapters_from_transcript
        from podwright.media.transcripts import parse_transcript, render_transcripts

        transcript = parse_transcript(data, suffix=suffix)
        render_transcripts(transcript, title="t", language="en", duration=timedelta(hours=1))
        _chapters(chapters_from_transcript(transcript))

    return read


def _transcripts(suffix: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple(path.read_bytes() for path in sorted((DATA / "transcripts").glob(f"*{suffix}")))


def _chapters(chapters: Sequence[Chapter]) -> None:
    from podwright.media.chapters import build_chapters_json, check_chapters

    check_chapters(chapters, timedelta(hours=1))
    json.loads(build_chapters_json(chapters, title="t", podcast_name="t", filename=None))


def _episode(data: bytes) -> None:
    from podwright.core.model import Chapter
    from podwright.render.notes.for_apps import app_blocks
    from podwright.render.notes.for_pages import page_html
    from podwright.render.notes.markup import live, plain_text
    from podwright.render.notes.written import losses
    from podwright.workspace.documents import decode_text
    from podwright.workspace.front_matter import parse_episode_file
    from podwright.workspace.schema import EpisodeFile, validate
    from podwright.workspace.schema.fields import Known

    document = parse_episode_file(decode_text(data), name="episode.md")
    file, problems = validate(EpisodeFile, document, known=Known(tiers=("free",)))
    rows = file.chapters if file else ()
    _chapters([Chapter(start=one.start, title=one.title, end=one.end, url=one.url) for one in rows])
    if not all(str(problem).isprintable() and "; " in problem.message for problem in problems):
        raise AssertionError(problems)
    for html in (*app_blocks(document.body), page_html(document.body), live(document.body)):
        plain_text(html)
    losses(document.body)


def _episodes() -> tuple[bytes, ...]:
    found = sorted((DATA / "everything" / "episodes").rglob("episode.md"), key=lambda path: path.stat().st_size)
    return tuple(path.read_bytes() for path in (found[0], found[-1]))


def _settings(data: bytes) -> None:
    from podwright.workspace.documents import decode_text, parse_toml
    from podwright.workspace.schema import FeedFile, SeasonFile, ShowFile, validate
    from podwright.workspace.schema.fields import Known

    document = parse_toml(decode_text(data), name="any.toml")
    for model in (ShowFile, FeedFile, SeasonFile):
        _, problems = validate(model, document, known=Known())
        if not all(str(problem).isprintable() and "; " in problem.message for problem in problems):
            raise AssertionError(problems)


def _all_settings() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((DATA / "everything").rglob("*.toml")))


def _words(data: bytes) -> None:
    from podwright.render.site import load_theme

    with _file(data, "words.toml") as path:
        load_theme(path.parent)


def _members(data: bytes) -> None:
    from podwright.members.people import parse_list

    parse_list(data)


def _memory(data: bytes) -> None:
    from podwright.operations.memory import load_memory

    with _file(data, "unattended.json") as path:
        load_memory(path.parent)


_MEMORY = b"""{"known": {"digest": "ab", "row": {"healthcheck": "$CHECK", "webhook": null, "webhook_secret": null,
"mail": {"to": ["a@example.org"], "sender": "b@example.org", "server": "localhost", "port": 25, "security": "none",
"user": null, "password": null}}}, "alarm": {"reason": "ab", "told": "2026-11-01T12:00:00+00:00"}}"""


# The store, and the web before it


def _feed(data: bytes) -> None:
    from podwright.core.showing import shown
    from podwright.render.feeds import parse_feed

    read = parse_feed(data)
    for named in (*read.names, *(one for item in read.items for one in item.names)):
        shown(named.url)


def _feeds() -> tuple[bytes, ...]:
    inside = """<title>A</title><generator>g</generator><podcast:guid>g</podcast:guid><itunes:image href="i"/>
<atom:link rel="next" href="n"/><podcast:person img="p">P</podcast:person><image><url>u</url></image>
<item><guid>g</guid><title>t</title><pubDate>Mon, 02 Feb 2026 09:00:00 +0000</pubDate><link>https://example.org/</link>
<enclosure url="https://example.org/a.mp3" length="7" type="audio/mpeg"/><podcast:chapters url="c"/>
<podcast:transcript url="t" type="text/vtt"/><podcast:images srcset="a 1w, b 2w"/>
<psc:chapters><psc:chapter image="p"/></psc:chapters><podcast:alternateEnclosure type="a/b" length="9">
<podcast:source uri="s"/><podcast:integrity type="sri" value="sha256-AAEC"/></podcast:alternateEnclosure></item>"""
    spaces = (
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:psc="http://podlove.org/simple-chapters"'
    )
    return (f'<?xml version="1.0" encoding="UTF-8"?><rss {spaces}><channel>{inside}</channel></rss>'.encode(),)


def _sitemap(data: bytes) -> None:
    from podwright.render.feeds import parse_sitemap

    parse_sitemap(data)


_SITEMAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://example.org/</loc></url></urlset>"""


def _page(data: bytes) -> None:
    from podwright.inspection.verify.pages import addresses

    addresses("https://example.org/a/", data)


_PAGE = b"""<!doctype html><html><head><link rel="stylesheet" href="a.css"></head><body><a href="../b/?c#d">b</a>
<img src="i.jpg" srcset="i.jpg 1x, j.jpg 2x"><script src="s.js"></script><!-- c --></body></html>"""


def _manifest(data: bytes) -> None:
    from podwright.stores.ledger.manifest_json import parse_manifest, render_manifest

    render_manifest(parse_manifest(data))


def _manifests() -> tuple[bytes, ...]:
    episode = (
        b'{"slug":"a","stem":"e/a","title":"t","access":"free","published":"2026-01-01T00:00:00+00:00","live":true,'
    )
    episode += b'"enclosure":"e/a.mp3","audio":["audio/mpeg",1000000,20,"ab"],"parts":{"title":"x"}}'
    feed = b'{"key":"a.xml","guid":"g","access":["free"],"signature":null,"channel":"c","items":["g"],"pages":[]}'
    least = (
        b'{"format":1,"generation":1,"doomed":[],"feeds":{"a":%s},"episodes":{"g":%s},"objects":{"a.xml":[1,"ab","e"]}'
    )
    least %= (feed, episode)
    log = b'[{"generation":1,"at":"2026-01-01T00:00:00+00:00","whole":true,"live":1,"waiting":0,"restored":null,'
    log += b'"feeds":[{"feed":"a","kind":"new","channel":true,"counts":[1,0,0],"items":[["new","g","t",["title"]]]}]}]'
    more = b',"unsettled":{"b":[null,[1,"ab","e"]]},"coming":{"g":["audio/mpeg",1,2,"ab"]},"owed":["a.xml"],'
    more += b'"capabilities":["ranges"],"retired":{"c":"2026-01-01T00:00:00+00:00"},"restored":null,"log":%s}' % log
    present = (DATA / "manifests" / "format-2-full.json").read_bytes()
    return least + b"}", least + more, present.rpartition(b',"sha256":')[0] + b"}"


_MARKUP = (
    b"<p>",
    b"</p>",
    b"<b>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"&#",
    b"<a href=",
    b"```",
    b"](",
    b"**",
    b"> ",
    b"- ",
)
_TIMES = (b"00:00:01.000", b" --> ", b"00:01", b"[00:01]", b"<v ", b"WEBVTT", b"{\\an8}", b'"startTime":', b"\n\n")

READERS: tuple[Reader, ...] = (
    Reader(
        "mp3",
        lambda data: _publish(data, "audio.mp3"),
        _mp3s,
        (b"ID3", b"Xing", b"VBRI", b"TAG+", b"APETAGEX", b"LYRICS200"),
    ),
    Reader(
        "m4a", lambda data: _publish(data, "audio.m4a"), _m4as, (b"moov", b"mdat", b"stsz", b"udta", b"ilst", b"elst")
    ),
    Reader("id3", _cut, _mp3s, (b"TXXX", b"TSSE", b"ID3\x04\x00\x40", b"ID3\x03\x00\x80", b"ID3\x02")),
    Reader(
        "picture", _picture, _pictures, (b"iCCP", b"zTXt", b"eXIf", b"acTL", b"\xff\xda", b"\xff\xe1", b"VP8X", b"ANMF")
    ),
    *(Reader(f"transcript{one}", _transcript(one), _transcripts(one), (*_TIMES, *_MARKUP)) for one in SUFFIXES),
    Reader("episode", _episode, _episodes, (*_MARKUP, b"---\n", b"&a ", b"*a", b"!!", b"<<: ", b": |\n", b"? ")),
    Reader("settings", _settings, _all_settings, (b"[[", b"]]", b'"""', b"'''", b"\\u", b"1e9", b"0x", b"nan", b".")),
    Reader(
        "words", _words, lambda: (b'episode = "Folge {number}"\nlisten = "x"\n',), (b"{", b"}", b"{number!r}", b"[[")
    ),
    Reader("members", _members, lambda: (b"name,feeds\nAda,a b\n",), (b'"', b"\n", b",", b"\xef\xbb\xbf")),
    Reader("memory", _memory, lambda: (_MEMORY,), (b"null", b"[]", b"[[", b'"port":', b'"2026-01-01"')),
    Reader(
        "feed", _feed, _feeds, (b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"&a;", b"<item>", b" +9999999999", b"http://[")
    ),
    Reader("sitemap", _sitemap, lambda: (_SITEMAP,), (b"<loc>", b"</loc>", b"<sitemapindex", b"<!DOCTYPE a>")),
    Reader("page", _page, lambda: (_PAGE,), (b"<a href=", b"<![", b"<!--", b"</", b"http://[", b"<script>", b"&#")),
    Reader("manifest", _manifest, _manifests, (b'"objects":', b"1e999", b"null", b"[[", b"{}", b'"2026-01-01"')),
)
