"""What is no recording is called what it is, with what to do about it."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from random import Random

import pytest

from podwright.core.errors import AudioError
from podwright.media.audio import load_facts
from podwright.media.audio.foreign import HEAD, describe_foreign
from tests.media.audio.samples import ALL, MP3S, sample, write

CONVERT = "which is not published yet; convert it to MP3 or M4A"
AGAIN = "saved in place of a download; download the recording again"
PAGE = f"as a sign-in or error page {AGAIN}"
PLACE = "put the recording in its place"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("audio.mp3", sample("mpeg25-8k.mp3"))
    return out.getvalue()


def adts(frame: bytes) -> bytes:
    """A frame of AAC-LC at 44.1 kHz in mono, as a stream without a container has it."""
    length = len(frame) + 7
    return bytes([0xFF, 0xF1, 0x50, 0x40 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC]) + frame


ADTS = adts(bytes(200)) + adts(bytes(190)) + adts(bytes(210)) + adts(bytes(200))
LAYER_1 = (b"\xff\xff\x80\xc4" + bytes(272)) * 20
LAYER_2 = (b"\xff\xfd\x80\xc4" + bytes(413)) * 20
TAG = b"ID3\x04\x00\x00\x00\x00\x00\x09" + bytes(9)


def ogg(first: bytes) -> bytes:
    return b"OggS\0\2" + bytes(20) + b"\1\x1e" + first


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 5242880\n"
DENIED = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId></Error>"""

FOREIGN = [
    ("empty", b"", "is empty, as an export that failed or a cloud drive's placeholder; export or download it again"),
    ("zeros", bytes(90_000), "holds nothing but zeros, as a download that stopped; download or export it again"),
    ("tag alone", TAG, "no MP3 audio (MPEG Layer III) begins within 0 bytes of byte 19; convert it to MP3 or M4A"),
    ("noise", Random(3).randbytes(9_000), "no MP3 audio (MPEG Layer III) begins within 9000 bytes of byte 0; "),
    # Pointers and placeholders.
    ("Git LFS", LFS, "is a Git LFS pointer; run `git lfs pull`"),
    ("Git LFS on Windows", LFS.replace(b"\n", b"\r\n"), "is a Git LFS pointer; run `git lfs pull`"),
    ("git-annex", b"/annex/objects/SHA256E-s5242880--01.mp3\n", "is a git-annex pointer; run `git annex get` for it"),
    ("iCloud", b"bplist00\xd2\x01\x02", "is a property list, as iCloud leaves in place of a file; have the"),
    (
        "AppleDouble",
        b"\0\5\x16\7\0\2\0\0Mac OS X",
        "is what macOS notes beside a file (AppleDouble, `._NAME`); put the",
    ),
    ("AppleSingle", b"\0\5\x16\0\0\2\0\0", f"is an AppleSingle file; {PLACE.replace('recording', 'recording itself')}"),
    ("shortcut", b"[InternetShortcut]\r\nURL=https://example.org/\r\n", "is a link to an address; put the recording"),
    ("address", b"https://example.org/a.mp3\n", "is a link to an address; put the recording itself in its place"),
    ("playlist", b"#EXTM3U\n#EXTINF:1,a\na.mp3\n", "is a playlist; put the recording itself in its place"),
    ("torrent", b"d8:announce35:udp://tracker.example.org:6969/ann", f"is a torrent; {PLACE}"),
    # Pages and errors.
    (
        "page",
        b"<!DOCTYPE html>\n<html><head><title>Sign in \xe2\x80\x93 Drive</title></head><body>" + b"x" * 90_000,
        f"is an HTML page ('Sign in – Drive'), {PAGE}",
    ),
    ("page without a title", b"\xef\xbb\xbf\r\n<HTML><BODY>404</BODY>", f"is an HTML page, {PAGE}"),
    ("page as XHTML", b'<?xml version="1.0"?>\n<html xmlns="a"><head>', f"is an HTML page, {PAGE}"),
    ("page in UTF-16", "<!doctype html><title>No</title>".encode("utf-16"), "is an HTML page ('No'), as a sign-in or"),
    ("error of a store", DENIED, f"is an error of a store (AccessDenied) {AGAIN}"),
    ("error without its first line", DENIED.partition(b"\n")[2], f"is an error of a store (AccessDenied) {AGAIN}"),
    ("JSON", b'{"message":"Forbidden"}', f"is JSON text ('Forbidden'), as an error message {AGAIN}"),
    ("JSON without a message", b' {"a": [1]}', f"is JSON text, as an error message {AGAIN}"),
    ("feed", b"<rss version='2.0'>", f"is an XML document {AGAIN}"),
    (
        "text",
        b"Hello, this is\nno recording.\n",
        f"is text ('Hello, this is no recording.'), and no recording; {PLACE}",
    ),
    ("text in Greek", "Σήμερα στον κήπο".encode() * 900, "is text ('Σήμερα στον κήποΣήμερα στον κήποΣήμερα …')"),
    ("text behind a tag", TAG + b"Not found", f"is text ('Not found'), and no recording; {PLACE}"),
    # Archives, documents, pictures.
    ("ZIP", zipped(), f"is a ZIP archive; unpack it, and {PLACE}"),
    ("gzip", gzip.compress(sample("mpeg25-8k.mp3")), f"is compressed (gzip); unpack it, and {PLACE}"),
    ("RAR", b"Rar!\x1a\7\0", f"is a RAR archive; unpack it, and {PLACE}"),
    ("PDF", b"%PDF-1.7\n", f"is a PDF; {PLACE}"),
    ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF", f"is a JPEG picture; {PLACE}"),
    # Audio of other kinds.
    ("WAV", b"RIFF\x24\0\0\0WAVEfmt ", f"is WAV audio, {CONVERT}"),
    ("AIFF", b"FORM\0\0\0\x24AIFFCOMM", f"is AIFF audio, {CONVERT}"),
    ("FLAC", b"fLaC\0\0\0\x22", f"is FLAC audio, {CONVERT}"),
    ("FLAC behind a tag", TAG + b"fLaC\0\0\0\x22" + bytes(9), f"is FLAC audio, {CONVERT}"),
    ("Ogg", b"OggS\0\2", f"is Ogg audio, {CONVERT}"),
    ("Opus", ogg(b"OpusHead\1"), f"is Ogg audio (Opus), {CONVERT}"),
    ("Vorbis", ogg(b"\1vorbis"), f"is Ogg audio (Vorbis), {CONVERT}"),
    ("Matroska", b"\x1a\x45\xdf\xa3\x9f" + bytes(80) + b"\x86\x85A_AAC", f"is Matroska or WebM audio, {CONVERT}"),
    ("WMA", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", f"is WMA audio or WMV video, {CONVERT}"),
    ("AMR", b"#!AMR\n", f"is AMR audio, {CONVERT}"),
    ("CAF", b"caff\0\1\0\0desc", f"is CAF audio, {CONVERT}"),
    ("AAC", ADTS, "is AAC without a container (ADTS); write `ffmpeg -i IN -c copy -movflags"),
    ("AAC behind a tag", TAG + ADTS, "is AAC without a container (ADTS); write `ffmpeg"),
    ("Layer I", LAYER_1, f"is MP1 audio (MPEG Layer I), {CONVERT}"),
    ("Layer II", LAYER_2, f"is MP2 audio (MPEG Layer II), {CONVERT}"),
    ("MIDI", b"MThd\0\0\0\6", "is MIDI, which holds notes and no sound; export a recording"),
    # Video.
    ("AVI", b"RIFF\x24\0\0\0AVI LIST", "is AVI video, which is not published; export its audio as MP3 or M4A"),
    (
        "WebM",
        b"\x1a\x45\xdf\xa3\x9f" + bytes(80) + b"\x86\x85V_VP9",
        "is Matroska or WebM video, which is not published",
    ),
    ("transport stream", (b"\x47" + bytes(187)) * 9, "is MPEG video, which is not published; export its audio as MP3"),
    (
        "QuickTime",
        b"\0\0\0\x08wide\0\0\0\x10mdat",
        "is a QuickTime movie without a type; write `ffmpeg -i IN -vn -c copy",
    ),
    ("part of a stream", b"\0\0\0\x18styp", "is one part of a stream (a segment of MP4); save the whole recording"),
]


@pytest.mark.parametrize(("data", "message"), [pytest.param(*row[1:], id=row[0]) for row in FOREIGN])
def test_what_is_no_recording_is_called_what_it_is(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(AudioError) as caught:
        load_facts(write(tmp_path, data))
    assert str(caught.value).startswith(message)
    assert "; " in str(caught.value)


@pytest.mark.parametrize("name", ALL)
def test_a_recording_is_nothing_else(name: str) -> None:
    assert describe_foreign(sample(name)[:HEAD]) is None


@pytest.mark.parametrize("name", [row[0] for row in MP3S])
def test_a_recording_that_begins_anywhere_is_nothing_else(name: str) -> None:
    data = sample(name)
    assert not [at for at in range(0, 3000, 7) if describe_foreign(data[at : at + HEAD])]


def test_a_character_that_the_first_bytes_cut_off_is_none_that_is_no_text(tmp_path: Path) -> None:
    for shift in range(4):
        with pytest.raises(AudioError, match=r"^is text "):
            load_facts(write(tmp_path, b"x" * shift + "🎙".encode() * 9000))
