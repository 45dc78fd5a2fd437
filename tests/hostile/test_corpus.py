"""The runner over a folder of foreign files, on one with every outcome."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import Outcome, kind_of, table, try_folder
from tests.media.audio.samples import sample
from tests.support.paths import ROOT

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Mara Lind>Beans climb their poles.\n"
RSS = '<rss version="2.0"><channel><title>Beans</title><item><title>Poles</title></item></channel></rss>'
#: A summary of its own says what no cue says.
LOSSY = {"segments": [{"startTime": 0, "endTime": 2, "body": "Beans climb."}], "text": "Beans climb. Peas cling."}
FILES: dict[str, tuple[str | bytes, Outcome | None]] = {
    "a/One.MP3": (sample("vbr-xing.mp3"), Outcome("a/One.MP3", "audio", "right")),
    "book.m4b": (sample("moov-last.m4a"), Outcome("book.m4b", "audio", "right")),
    "cut.m4a": (
        sample("moov-first.m4a")[:20_000],
        Outcome("cut.m4a", "audio", "refused", "is cut short at 0:02.9"),
    ),
    "captions.vtt": (VTT, Outcome("captions.vtt", "transcript", "right")),
    "cues.json": (
        json.dumps(LOSSY),
        Outcome("cues.json", "transcript", "wrong", "text lost in .vtt: 2 of 4 words (cling, peas)"),
    ),
    "feed.xml": (RSS, Outcome("feed.xml", "feed", "right")),
    "atom.xml": (
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        Outcome("atom.xml", "feed", "refused", "is {http://www.w3.org/2005/Atom}feed and no rss; "),
    ),
    "cover.jpg": (b"\xff\xd8\xff", None),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (data, _) in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tmp_path


def test_each_file_is_right_refused_or_wrong(folder: Path) -> None:
    outcomes = {outcome.name: outcome for outcome in try_folder(folder)}
    wanted = {name: outcome for name, (_, outcome) in FILES.items() if outcome}
    assert outcomes.keys() == wanted.keys()
    for name, outcome in wanted.items():
        found = outcomes[name]
        assert (found.kind, found.verdict) == (outcome.kind, outcome.verdict), found
        assert found.why.startswith(outcome.why)


@pytest.mark.parametrize(("without", "status"), [((), 1), (("cues.json",), 0)])
def test_the_exit_status_says_whether_something_is_wrong(folder: Path, without: tuple[str, ...], status: int) -> None:
    for name in without:
        (folder / name).unlink()
    command = [sys.executable, "-m", "benchmarks.corpus", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("| cues.json | transcript | wrong | text lost" in done.stdout) == bool(status)
    assert f"| all | {7 - len(without)} | 4 | 2 | {status} |" in done.stdout


def test_the_table_names_what_is_not_right_and_counts_all() -> None:
    outcomes = [Outcome("a.mp3", "audio", "right"), Outcome("b|.mp3", "audio", "wrong", "crash: KeyError('\x07')")]
    assert table(outcomes).splitlines() == [
        "| file | kind | outcome | why |",
        "| --- | --- | --- | --- |",
        "| b\\|.mp3 | audio | wrong | crash: KeyError(' ') |",
        "",
        "| kind | files | right | refused | wrong |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| audio | 2 | 1 | 0 | 1 |",
        "| all | 2 | 1 | 0 | 1 |",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("A.M4A", "audio"), ("a.mp3.part", "audio"), ("a.htm", "transcript"), ("a.rss", "feed"), ("a", None)],
)
def test_files_are_taken_for_what_their_names_say(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind
