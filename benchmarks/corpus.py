"""Try a folder of foreign recordings, transcripts and feeds: `python -m benchmarks.corpus FOLDER`.

Each file is read as a publish reads it, and what would be published is compared with the file by other means. It is
right, refused with a reason, or wrong: a recording whose frames are others than the source's, or that decodes to 50 ms
more or less than podwright says; a transcript or feed of which words are lost; a refusal without what to do; whatever
else is raised, or ends the process, or takes more than five minutes. Prints Markdown; ends with 1 where something is
wrong. The files keep their names in the folder; those of other kinds are passed over.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args

#: What may be wrong about how long a recording is.
_TOLERANCE = timedelta(milliseconds=50)
_PATIENCE = 300

Verdict = Literal["right", "refused", "wrong"]
_VERDICTS: tuple[str, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a file ended: its name in the folder, what it was taken for, and why it is not right."""

    name: str
    kind: str
    verdict: str
    why: str = ""


def main() -> int:
    """Try a folder, and print a table; or be the process that does it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        for line in sys.stdin:
            name = json.loads(line)
            print(json.dumps(_try(options.folder, name)), flush=True)
        return 0
    outcomes = try_folder(options.folder)
    print(table(outcomes))
    return int(any(outcome.verdict == "wrong" for outcome in outcomes))


def table(outcomes: list[Outcome]) -> str:
    """Return what is refused and wrong, file by file, and how many files of each kind ended how, as Markdown."""
    rows = ["| file | kind | outcome | why |", "| --- | --- | --- | --- |"]
    for outcome in sorted(outcomes, key=lambda one: (-_VERDICTS.index(one.verdict), one.kind, one.name)):
        if outcome.verdict != "right":
            cells = (_cell(one) for one in (outcome.name, outcome.kind, outcome.verdict, outcome.why))
            rows.append(f"| {' | '.join(cells)} |")
    counts = Counter((outcome.kind, outcome.verdict) for outcome in outcomes)
    rows += ["", "| kind | files | right | refused | wrong |", "| --- | ---: | ---: | ---: | ---: |"]
    for kind in (*sorted({outcome.kind for outcome in outcomes}), "all"):
        numbers = [
            sum(n for (k, v), n in counts.items() if v == verdict and kind in (k, "all")) for verdict in _VERDICTS
        ]
        rows.append(f"| {kind} | {sum(numbers):,} | {' | '.join(f'{n:,}' for n in numbers)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).replace("|", "\\|")


def try_folder(folder: Path) -> list[Outcome]:
    """Return how each file in a folder and the folders below ended."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    waiting = [name for name in names if kind_of(name)]
    outcomes: list[Outcome] = []
    while waiting:
        lines, how = _run_child(folder, waiting)
        outcomes += [Outcome(*json.loads(line)) for line in lines]
        waiting = waiting[len(lines) :]
        if how and waiting:
            outcomes.append(Outcome(waiting[0], kind_of(waiting[0]) or "", "wrong", how))
            del waiting[0]
    return outcomes


def _run_child(folder: Path, names: list[str]) -> tuple[list[str], str | None]:
    """Return the lines of a process that tries files, and how it ended where that was before the last."""
    command = [sys.executable, "-m", "benchmarks.corpus", "--child", str(folder)]
    said = "".join(json.dumps(name) + "\n" for name in names[:50])
    try:
        done = subprocess.run(command, input=said, capture_output=True, text=True, errors="replace", timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b"").decode(errors="replace").splitlines(), f"crash: more than {_PATIENCE} s"
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return lines, f"crash: the process ended with {done.returncode}" if done.returncode else None


_AUDIO = re.compile(
    r"\.(?:mp[1234]|mpga|m4[abprv]|mov|3g[p2]|aac|adts|aif[fc]?|wav|w64|rf64|flac|og[agv]|opus|spx|wma|wmv|asf|mk[av]|webm|"
    r"weba|caf|amr|ac3|eac3|au|snd|ape|wv|tta|mpc|dsf|avi|flv|ts|m2ts|mpe?g|part|crdownload)$"
)
_TRANSCRIPTS = (".vtt", ".srt", ".json", ".txt", ".md", ".html", ".htm")
_FEEDS = (".xml", ".rss")


def kind_of(name: str) -> str | None:
    """Return what a file is taken for by its name; None for what is passed over."""
    lower = name.lower()
    if _AUDIO.search(lower):
        return "audio"
    if lower.endswith(_TRANSCRIPTS):
        return "transcript"
    return "feed" if lower.endswith(_FEEDS) else None


def _try(folder: Path, name: str) -> tuple[str, str, str, str]:
    from podwright.core.errors import FormatError

    kind = kind_of(name) or ""
    check = {"audio": _check_audio, "transcript": _check_transcript, "feed": _check_feed}[kind]
    try:
        wrong = next(check(folder / name), "")
    except FormatError as error:
        told = "; " in error.message
        return name, kind, "refused" if told else "wrong", error.message if told else f"no advice: {error.message}"
    except Exception as error:  # noqa: BLE001 - whatever else is raised is what is looked for
        return name, kind, "wrong", f"crash: {error!r}"
    return name, kind, "wrong" if wrong else "right", wrong


# Recordings


def _check_audio(path: Path) -> Iterator[str]:
    """Yield what is wrong with what is published of a recording."""
    from podwright.core.artifact import open_body
    from podwright.media.audio import AudioTags, build_tagged, check_decodes, load_facts

    facts = load_facts(path)
    check_decodes(path, facts)
    with tempfile.TemporaryDirectory() as folder:
        tags = AudioTags(title="A title", lyrics="A long text. " * 500)
        tagged = build_tagged(path, facts, tags=tags, id3_version="2.4", build_dir=Path(folder))
        with open_body(tagged.body) as body:
            published = body.read()
    source = path.read_bytes()
    if facts.media_type == "audio/mpeg":
        if published[tagged.tag_length :] not in source:
            yield "frames are not identical: they are no part of the source"
        length = _decoded(published, "mp3")
    else:
        if _packets(published) != _packets(source):
            yield "frames are not identical: another demuxer's packets differ"
        length = _decoded(published, "mp4")
    if abs(length - facts.duration) > _TOLERANCE:
        yield f"duration is {facts.duration}, and it decodes to {length}"


def _decoded(data: bytes, name: str) -> timedelta:
    """Return how long a recording sounds, without what an edit list cuts off; nothing is cut off for gapless play."""
    import av

    samples, rate, begin = 0, 1, Fraction(0)
    with av.open(io.BytesIO(data), "r", format=name, metadata_errors="replace") as container:
        stream: Any = container.streams.audio[0]
        stream.codec_context.options = {"flags2": "+skip_manual"} if name == "mp3" else {}
        for packet in container.demux(stream):
            for frame in stream.codec_context.decode(packet):
                samples, rate = samples + frame.samples, frame.sample_rate
        if name == "mp4":
            # Decoders may add what the last packet has more than the index says of it.
            begin = Fraction(samples, rate) - (stream.duration or 0) * stream.time_base
            begin = begin if 0 < begin * rate <= 4096 else Fraction(0)
    return timedelta(microseconds=round((Fraction(samples, rate) - begin) * 1_000_000))


def _packets(data: bytes) -> list[tuple[Any, ...]]:
    import av

    with av.open(io.BytesIO(data), "r", format="mp4", metadata_errors="replace") as container:
        stream = container.streams.audio[0]
        found = container.demux(stream)
        return [(packet.pts, packet.dts, packet.duration, bytes(packet)) for packet in found if packet.size]


# Transcripts


def _check_transcript(path: Path) -> Iterator[str]:
    """Yield what of a transcript's words is lost in what is published."""
    from podwright.media.transcripts import parse_transcript, render_transcripts

    data, suffix = path.read_bytes(), path.suffix.lower().replace(".htm", ".html").replace(".htmll", ".html")
    transcript = parse_transcript(data, suffix=suffix)
    rendered = render_transcripts(transcript, title="", language="en", duration=None)
    # Headings are published as chapters.
    wanted = _words(_SPOKEN[suffix](_text(data))) - _words(" ".join(one.title for one in transcript.headings))
    for form in rendered:
        published = form.data.decode()
        have = _words(_SPOKEN[form.suffix](published)) if form.suffix in _SPOKEN else wanted
        lost = sorted(wanted - have)
        if lost:
            some = ", ".join(lost[:5]) + (", …" if lost[5:] else "")
            yield f"text lost in {form.suffix}: {len(lost)} of {len(wanted)} words ({some})"


def _text(data: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8"), (b"", "cp1252")):
        if data.startswith(mark):
            try:
                return data.decode(name).lstrip("\ufeff")
            except UnicodeDecodeError:
                continue
    return data.decode(errors="replace")


def _words(text: str) -> set[str]:
    """Return the words of a text without regard to case; what is in brackets may be a sound, and is left out."""
    text = re.sub(r"[\[(♪][^\])♪]{0,60}[\])♪]", " ", text)
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


#: Tags that stand inside words.
_INLINE = re.compile(r"</?(?:b|i|u|c|em|strong|span|ruby|font|small|sup|sub|lang)\b[^>]*>|<[\d:.]+>", re.IGNORECASE)


def _plain(markup: str) -> str:
    """Return the words of markup, without what is no text; how a word is read (`rt`) is none."""
    markup = re.sub(r"(?is)<!.*?>|<(script|style|head|title|rt)\b.*?</\1>", " ", markup)
    # A voice names who speaks.
    markup = re.sub(r"<v(?:\.[^\s>]*)?\s+([^>]*)>", r" \1 ", markup)
    return html.unescape(re.sub(r"</?[a-zA-Z][^>]*>", " ", _INLINE.sub("", markup)))


_TIMING = re.compile(r"^.*-->.*$", re.MULTILINE)


def _of_vtt(text: str) -> str:
    blocks = re.split(r"\n[ \t]*\n", re.sub(r"\r\n?", "\n", text))
    spoken = []
    for block in blocks:
        if "-->" in block:
            spoken.append(block[_TIMING.search(block).end() :])  # type: ignore[union-attr]
        elif not re.match(r"\s*(?:WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP)", block) and spoken:
            spoken.append(block)
    return _plain("\n".join(spoken))


def _of_srt(text: str) -> str:
    lines = re.sub(r"\r\n?", "\n", text).replace("\\N", " ").replace("\\h", " ").split("\n")
    kept = [line for at, line in enumerate(lines) if "-->" not in line and "-->" not in "".join(lines[at + 1 : at + 2])]
    return _plain(re.sub(r"\{\\[^}]*\}", "", "\n".join(kept)))


def _of_json(text: str) -> str:
    found: list[str] = []

    def walk(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, key)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, name)
        elif isinstance(value, str) and name.lower() in ("text", "body", "transcript", "punctuated_word", "speaker"):
            found.append(value)

    walk(json.loads(text))
    return "\n".join(found)


def _of_text(text: str) -> str:
    return html.unescape(text)


def _of_markdown(text: str) -> str:
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return _plain(re.sub(r"\]\([^)]*\)", "] ", body))


_SPOKEN: dict[str, Callable[[str], str]] = {
    ".vtt": _of_vtt,
    ".srt": _of_srt,
    ".json": _of_json,
    ".txt": _of_text,
    ".md": _of_markdown,
    ".html": _plain,
}


# Feeds


def _check_feed(path: Path) -> Iterator[str]:
    """Yield what of a feed is lost, compared with how feedparser reads it."""
    import feedparser

    from podwright.render.feeds import parse_feed

    data = path.read_bytes()
    read, other = parse_feed(data), feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if len(read.items) != len(other.entries):
        yield f"text lost: {len(read.items)} of {len(other.entries)} items"
    for item, entry in zip(read.items, other.entries, strict=False):
        if _words(_plain(entry.get("title", ""))) - _words(_plain(item.title)):
            yield f"text lost: title {item.title!r} instead of {entry.title!r}"
        urls = {one.url.strip() for one in item.names}
        missing = [link.href for link in entry.get("enclosures", ()) if link.get("href", "").strip() not in {*urls, ""}]
        if missing:
            yield f"enclosure lost: {missing[0]}"


if __name__ == "__main__":
    sys.exit(main())
