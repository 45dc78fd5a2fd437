"""Write recordings in every way that the command ffmpeg knows: `python -m benchmarks.encodings FOLDER`.

A folder for `benchmarks.corpus`: encoders, rates, channels, containers, brands, muxers' options, edit lists, chapters,
pictures, tags, streams of several files, and what is no recording that is published.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: Three seconds of a tone that changes, as an input of ffmpeg.
_TONE = "aevalsrc=0.4*sin(2*PI*(300+200*t)*t)|0.4*sin(2*PI*(350+150*t)*t):s={rate}:d=3"
_CHAPTERS = """;FFMETADATA1
title=Old title
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1500
title=One
[CHAPTER]
TIMEBASE=1/1000
START=1500
END=3000
title=Two
"""

Row = tuple[str, list[str]]


def _mp3s() -> Iterator[Row]:
    for rate in (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000):
        for channels in (1, 2):
            yield f"mp3-{rate}-{channels}.mp3", ["-ar", str(rate), "-ac", str(channels)]
    for bits in ("32k", "64k", "96k", "128k", "192k", "256k", "320k"):
        yield f"mp3-cbr-{bits}.mp3", ["-b:a", bits]
        yield f"mp3-abr-{bits}.mp3", ["-b:a", bits, "-abr", "1"]
    for quality in range(0, 10, 3):
        yield f"mp3-vbr-{quality}.mp3", ["-q:a", str(quality)]
        yield f"mp3-vbr-{quality}-no-header.mp3", ["-q:a", str(quality), "-write_xing", "0"]
    yield from (
        ("mp3-no-header.mp3", ["-write_xing", "0"]),
        ("mp3-no-tag.mp3", ["-id3v2_version", "0"]),
        ("mp3-id3-2.3.mp3", ["-id3v2_version", "3", "-metadata", "title=Old", "-metadata", "comment=Old"]),
        ("mp3-id3v1.mp3", ["-write_id3v1", "1", "-metadata", "title=Old"]),
        ("mp3-no-joint.mp3", ["-joint_stereo", "0"]),
        ("mp3-no-reservoir.mp3", ["-reservoir", "0"]),
        ("mp3-shine.mp3", ["-c:a", "libshine", "-ar", "44100"]),
        ("mp3-padding.mp3", ["-metadata_header_padding", "20000"]),
    )


def _m4as() -> Iterator[Row]:
    for rate in (8000, 16000, 22050, 32000, 44100, 48000, 96000):
        for channels in (1, 2, 6):
            yield f"aac-{rate}-{channels}.m4a", ["-ar", str(rate), "-ac", str(channels)]
    for brand in ("mp4", "ipod", "mov", "3gp", "3g2", "psp", "ismv", "f4v"):
        yield f"brand-{brand}.m4a", ["-f", brand, "-c:a", "aac", "-ar", "44100", "-ac", "1", "-strict", "-2"]
    flags = (
        "faststart", "frag_keyframe", "frag_keyframe+empty_moov", "frag_keyframe+empty_moov+default_base_moof",
        "frag_every_frame+empty_moov", "frag_keyframe+empty_moov+separate_moof", "dash", "dash+global_sidx", "cmaf",
        "frag_keyframe+delay_moov", "frag_keyframe+empty_moov+omit_tfhd_offset", "disable_chpl", "rtphint",
        "use_metadata_tags", "negative_cts_offsets", "frag_keyframe+skip_trailer", "frag_keyframe+skip_sidx+empty_moov",
    )  # fmt: skip
    for flag in flags:
        fragments = ["-frag_duration", "700000"] if re.match("frag|dash|cmaf", flag) else []
        yield f"flags-{flag}.m4a", ["-f", "mp4", *fragments, "-movflags", flag]
        yield f"flags-{flag}-ipod.m4a", ["-f", "ipod", *fragments, "-movflags", flag]
    yield from (
        ("aac-main.m4a", ["-profile:a", "aac_main"]),
        ("aac-ltp.m4a", ["-profile:a", "aac_ltp"]),
        ("aac-mpeg2.m4a", ["-profile:a", "mpeg2_aac_low"]),
        ("no-edit-list.m4a", ["-use_editlist", "0"]),
        ("no-bits.m4a", ["-write_btrt", "0"]),
        ("later.m4a", ["-output_ts_offset", "2.5"]),
        ("earlier.m4a", ["-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled"]),
        ("time-scale.m4a", ["-f", "mp4", "-movie_timescale", "44100"]),
        ("tagged.m4a", ["-metadata", "title=Old", "-metadata", "comment=Old", "-metadata", "location=+48.1+011.6/"]),
        ("tagged-mdta.m4a", ["-movflags", "use_metadata_tags", "-metadata", "my.key=Old", "-metadata", "title=Old"]),
        ("tagged-mov.mov", ["-f", "mov", "-c:a", "aac", "-movflags", "use_metadata_tags", "-metadata", "x.y=Old"]),
        ("alac.m4a", ["-c:a", "alac"]),
        ("opus.mp4", ["-c:a", "libopus", "-ar", "48000"]),
        ("flac.mp4", ["-c:a", "flac", "-strict", "-2"]),
        ("ac3.mp4", ["-c:a", "ac3"]),
        ("mp3.mp4", ["-c:a", "libmp3lame"]),
        ("pcm.mov", ["-c:a", "pcm_s16le"]),
        ("book.m4b", ["-f", "ipod"]),
        ("empty.m4a", ["-t", "0"]),
    )


def _others() -> Iterator[Row]:
    for name, codec in (
        ("wav", "pcm_s16le"), ("wav", "pcm_s24le"), ("wav", "libmp3lame"), ("aiff", "pcm_s16be"), ("flac", "flac"),
        ("ogg", "libvorbis"), ("ogg", "libopus"), ("opus", "libopus"), ("oga", "flac"), ("spx", "libspeex"),
        ("wma", "wmav2"), ("mka", "aac"), ("mka", "libmp3lame"), ("webm", "libopus"), ("mp2", "mp2"), ("aac", "aac"),
        ("caf", "pcm_s16le"), ("caf", "alac"), ("ac3", "ac3"), ("eac3", "eac3"), ("au", "pcm_s16be"), ("wv", "wavpack"),
        ("w64", "pcm_s16le"), ("tta", "tta"), ("ts", "aac"), ("ts", "libmp3lame"), ("avi", "libmp3lame"),
        ("flv", "aac"), ("flv", "libmp3lame"), ("mpg", "mp2"),
    ):  # fmt: skip
        yield f"other-{codec}.{name}", ["-c:a", codec, "-ar", "48000" if "opus" in codec else "44100"]


def _more(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield files of several inputs, each with all of its arguments."""
    tone = ["-f", "lavfi", "-i", _TONE.format(rate=44_100)]
    video = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=3"]
    slides = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=0.5:d=3"]
    picture = ["-f", "lavfi", "-i", "color=red:s=64x64:d=0.04:r=25"]
    chapters = ["-i", str(folder / "chapters.txt")]
    for name in ("m4a", "mp3"):
        cover = ["-c:v", "mjpeg", "-frames:v", "1", "-disposition:v", "attached_pic", "-map", "0:a", "-map", "1:v"]
        yield f"cover.{name}", [*tone, *picture, *cover]
        yield f"chapters.{name}", [*tone, *chapters, "-map_metadata", "1", "-map", "0:a"]
        yield (
            f"chapters-first.{name}",
            [*tone, *chapters, "-map_metadata", "1", "-map", "0:a", "-movflags", "faststart"],
        )
    yield "slides.mp4", [*tone, *slides, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "aac"]
    yield "slides-first.mp4", [*tone, *slides, "-c:v", "png", "-c:a", "aac", "-movflags", "faststart"]
    yield "video.mp4", [*tone, *video, "-c:v", "mpeg4", "-c:a", "aac"]
    yield "motion-jpeg.mp4", [*tone, *video, "-c:v", "mjpeg", "-c:a", "aac"]
    yield "two-tracks.m4a", [*tone, *tone, "-map", "0:a", "-map", "1:a", "-c:a", "aac"]
    yield "timecode.mp4", [*tone, *slides, "-c:v", "mjpeg", "-c:a", "aac", "-timecode", "01:00:00:00", "-r", "25"]
    for start in ("0.5", "1.3", "2.0"):
        for name in ("m4a", "mp3"):
            source = folder / ("aac-44100-2.m4a" if name == "m4a" else "mp3-44100-2.mp3")
            yield f"cut-{start}.{name}", ["-ss", start, "-i", str(source), "-c", "copy"]
            yield f"short-{start}.{name}", ["-t", start, "-i", str(source), "-c", "copy"]
    yield "from-aac.m4a", ["-i", str(folder / "other-aac.aac"), "-c", "copy"]
    yield "from-ts.m4a", ["-i", str(folder / "other-aac.ts"), "-c", "copy"]


def _joined(folder: Path) -> None:
    """Write files that others are put together or cut off for."""

    def load(name: str) -> bytes:
        return (folder / name).read_bytes()

    stereo, mono, low = load("mp3-44100-2.mp3"), load("mp3-44100-1.mp3"), load("mp3-22050-1.mp3")
    plain = load("mp3-no-header.mp3")
    whole, fragments = load("aac-44100-2.m4a"), load("flags-frag_keyframe+empty_moov.m4a")
    for name, data in {
        "joined.mp3": stereo * 2,
        "joined-vbr.mp3": load("mp3-vbr-3.mp3") * 2,
        "joined-no-header.mp3": plain * 2,
        "joined-channels.mp3": mono + stereo,
        "joined-rates.mp3": mono + low,
        "cut-off.mp3": stereo[: len(stereo) * 2 // 3],
        "cut-off-no-header.mp3": plain[: len(plain) * 2 // 3],
        "junk-inside.mp3": plain[:9000] + bytes(range(1, 251)) * 12 + plain[9000:],
        "junk-behind.mp3": plain + bytes(range(1, 251)) * 12,
        "cut-off.m4a": whole[: len(whole) * 2 // 3],
        "cut-off-first.m4a": load("flags-faststart.m4a")[:20_000],
        "cut-off-fragments.m4a": fragments[: len(fragments) * 2 // 3],
        "joined.m4a": whole * 2,
        "page.mp3": b"<!doctype html><html><title>Sign in</title>",
        "pointer.m4a": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "zeros.mp3": bytes(100_000),
        "nothing.m4a": b"",
        "download.mp3.part": stereo[:9000],
    }.items():
        (folder / name).write_bytes(data)


def _run(folder: Path, name: str, arguments: list[str]) -> str | None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments, str(folder / name)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120)
    if done.returncode:
        (folder / name).unlink(missing_ok=True)
        return f"{name}: {done.stderr.strip().splitlines()[-1:]}"
    return None


def main() -> int:
    """Write the folder; what this ffmpeg does not know is named."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.encodings", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chapters.txt").write_text(_CHAPTERS)
    tone = ["-f", "lavfi", "-i", _TONE.format(rate=44_100)]
    rows = [(name, [*tone, *arguments]) for name, arguments in (*_mp3s(), *_m4as(), *_others())]
    with ThreadPoolExecutor(2) as pool:
        failed = [*pool.map(lambda row: _run(folder, *row), rows)]
        failed += pool.map(lambda row: _run(folder, *row), list(_more(folder)))
    _joined(folder)
    (folder / "chapters.txt").unlink()
    print(*filter(None, failed), sep="\n", file=sys.stderr)
    print(f"{len(list(folder.iterdir()))} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
