"""Reading transcripts: every format to one model, malformed files to an error that names the line."""

import contextlib
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import TranscriptError
from podwright.media.transcripts import SUFFIXES, parse_transcript, render_transcripts, transcript_text
from tests.support.paths import DATA

TRANSCRIPTS = DATA / "transcripts"
FILES = sorted(path for path in TRANSCRIPTS.iterdir() if path.is_file() and not path.name.endswith(".expected.json"))


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else time / timedelta(seconds=1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_reads_as_the_transcript_beside_it(path: Path) -> None:
    transcript = parse_transcript(path.read_bytes(), suffix=path.suffix)
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert [[_seconds(c.start), _seconds(c.end), c.speaker, c.text] for c in transcript.cues] == expected["cues"]
    assert [[h.before, h.title, _seconds(h.start)] for h in transcript.headings] == expected["headings"]


def test_every_format_has_a_file() -> None:
    assert {path.suffix for path in FILES} == set(SUFFIXES)


def test_the_ending_may_be_in_capitals() -> None:
    assert transcript_text(parse_transcript(b"Ada Example: Yes.", suffix=".TXT")) == "Ada Example: Yes."


VTT = "WEBVTT\n\n"
CUE = "00:01.000 --> 00:02.000\n"
SRT = "1\n00:00:01,000 --> 00:00:02,000\n"
SEGMENT = '{"startTime": 1, "endTime": 2, "body": "Yes."}'

MALFORMED = [
    (".docx", "Yes.", None, "not the ending of a transcript"),
    (".txt", "\n \n", None, "no words"),
    (".txt", b"one\ntwo \xff", 2, "not UTF-8"),
    (".txt", "one\r\ntwo\x00", 2, r"U\+0000"),
    (".txt", "one\rtwo\n\x93quoted\x94", 3, r"U\+0093"),
    (".vtt", "", 1, "not WEBVTT"),
    (".vtt", f"WEBVTTS\n\n{CUE}Yes.", 1, "not WEBVTT"),
    (".vtt", VTT, None, "no words"),
    (".vtt", f"{VTT}NOTE\n{CUE}Yes.", 4, "inside another block"),
    (".vtt", f"{VTT}one\ntwo\n{CUE}Yes.", 3, "no times"),
    (".vtt", f"{VTT}00:01.500 -->\nYes.", 3, "write 00:00:01.500"),
    (".vtt", f"{VTT}00:01.500 --> 00:61.000\nYes.", 3, "'00:61.000' is not a timestamp"),
    (".vtt", f"{VTT}00:02.000 --> 00:01.000\nYes.", 3, "before its start"),
    (".vtt", f"{VTT}{CUE}", None, "no words"),
    (".vtt", f"{VTT}{CUE}<v Ada> </v>&nbsp;", None, "no words"),
    (".vtt", f"{VTT}{CUE}<v A&#x81;>Yes.", 4, r"U\+0081"),
    (".srt", "Yes.", 1, "no times"),
    (".srt", "1\n00:00:02,000 --> 00:00:01,000\nYes.", 2, "before its start"),
    (".srt", f"Hello\n{SRT[2:]}Yes.", 1, "text above the times"),
    (".srt", f"{SRT}<i> </i>", None, "no words"),
    (".srt", f"{SRT}Ada Example:", None, "no words"),
    (".json", '{"segments": [\n}', 2, "not JSON"),
    (".json", "[" * 100_000, None, "nested too deep"),
    (".json", '{"segments": [{"startTime": ' + "1" * 5000 + "}]}", None, "number too long"),
    (".json", "[]", None, "not a transcript"),
    (".json", '{"segments": {}}', None, "not a transcript"),
    (".json", '{"segments": []}', None, "no words"),
    (".json", '{"segments": [1]}', None, "segments.0 is not an object"),
    (".json", f'{{"segments": [{SEGMENT}, {{"startTime": "2"}}]}}', None, "segments.1.startTime is not a time"),
    (".json", '{"segments": [{"startTime": true}]}', None, "segments.0.startTime is not a time"),
    (".json", '{"segments": [{"startTime": NaN}]}', None, "segments.0.startTime is not a time"),
    (".json", '{"segments": [{"startTime": -1}]}', None, "segments.0.startTime is not a time"),
    (".json", '{"segments": [{"startTime": 3600000}]}', None, "segments.0.startTime is not a time"),
    (".json", '{"segments": [{"startTime": 1, "endTime": []}]}', None, "segments.0.endTime is not a time"),
    (".json", '{"segments": [{"startTime": 1, "endTime": 0.9}]}', None, "segments.0.endTime is before"),
    (".json", '{"segments": [{"startTime": 1, "speaker": 7, "body": "Yes."}]}', None, "segments.0.speaker is not text"),
    (".json", '{"segments": [{"startTime": 1, "body": 7}]}', None, "segments.0.body is not text"),
    (".json", '{"segments": [{"startTime": 1, "body": " "}]}', None, "no words"),
    (".json", r'{"segments": [{"startTime": 1, "body": "\ud800"}]}', None, r"U\+D800"),
    (".json", r'{"segments": [{"startTime": 1, "speaker": "\u0007", "body": "Yes."}]}', None, r"U\+0007"),
    (".md", "[00:60] Yes.", 1, "'00:60' is not a time"),
    (".md", "# One\n\ntwo\n[1:75:00] **Ada Example:** Yes.", 4, "'1:75:00' is not a time"),
    (".md", "[00:10] Yes.\n\n[00:09] No.", 3, "order of time"),
    (".md", "[00:10] Yes.\n\n## No [00:09]\n\nNo.", 3, "order of time"),
    (".md", "# Only a heading", None, "no words"),
    (".html", "<p>Yes.</p>\n<time>0:60</time>", 2, "'0:60' is not a time"),
    (".html", "<time>0:10</time><p>Yes.</p>\n<time>0:09</time><p>No.</p>", 2, "order of time"),
    (".html", "<p>Yes.</p>\n<!-- no", 2, "never ends"),
    (".html", "<p>Yes.</p>\n<p class='", 2, "never ends"),
    (".html", "<p>Yes.</p><script>no</p>", 1, "never ends"),
    (".html", "<p>Yes.</p><cite>Ada</p>\n", None, "<cite> never ends"),
    (".html", "<p>Yes.</p>\n<![x[y", 2, "a declaration|never ends"),
    (".html", "<title>Yes</title><h1>Yes</h1>", None, "no words"),
]


@pytest.mark.parametrize(("suffix", "content", "line", "message"), MALFORMED)
def test_a_malformed_file_is_refused_with_its_line(
    suffix: str, content: str | bytes, line: int | None, message: str
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(TranscriptError, match=message) as caught:
        parse_transcript(data, suffix=suffix)
    if line is not None:
        assert caught.value.line == line
    assert "; " in caught.value.message


def test_people_may_speak_at_once() -> None:
    second = "00:01.500 --> 00:03.000\n<v Ben>No."
    transcript = parse_transcript(f"{VTT}{CUE}<v Ada>Yes.\n\n{second}".encode(), suffix=".vtt")
    assert [cue.speaker for cue in transcript.cues] == ["Ada", "Ben"]


def test_single_words_without_punctuation_are_joined_to_phrases_of_bounded_length() -> None:
    segments = [{"startTime": n, "endTime": n + 1, "body": "word"} for n in range(100)]
    cues = parse_transcript(json.dumps({"segments": segments}).encode(), suffix=".json").cues
    assert [len(cue.text) for cue in cues] == [159, 159, 159, 19]


MARKUP = """
WEBVTT NOTE STYLE --> 00:01.000 00:00:01,000 <v> </v> < > <i> <ruby> <rt> &lt; & Ada: **Ada:** [00:01] [1:99] # ## >
- * ` [ ](x) <p> </p> <h2> </h2> <cite> </cite> <time> </time> 0:01 <!-- <![ <br> <title> </title> <script> { } : , ]
1 "body" "startTime" "segments" null é 血 。 ： . {\\an8} >> [SPEAKER_TURN] (speaker_1) ** - 0:00 00;00;00;00 \\N
"""
_tokens = st.lists(st.sampled_from([*MARKUP.split(), " ", "\n", "\n\n", "\r\n"]), max_size=30)


@settings(max_examples=60)
@given(
    data=st.one_of(st.binary(max_size=80), _tokens.map(lambda tokens: "".join(tokens).encode())),
    head=st.sampled_from([b"", b"WEBVTT\n\n00:00.000 --> 00:01.000\n", b"1\n00:00:00,000 --> 00:00:01,000\n"]),
    suffix=st.sampled_from(SUFFIXES),
)
def test_any_bytes_are_a_transcript_that_can_be_published_or_a_transcript_error(
    data: bytes, head: bytes, suffix: str
) -> None:
    try:
        transcript = parse_transcript(head + data, suffix=suffix)
    except TranscriptError:
        return
    assert all(cue.text == " ".join(cue.text.split()) != "" for cue in transcript.cues)
    starts = [cue.start for cue in transcript.cues if cue.start is not None]
    assert starts == sorted(starts)
    assert not transcript.timed or all(c.start < c.end for c in transcript.cues if c.start is not None and c.end)
    for rendered in render_transcripts(transcript, title="Any", language="en", duration=None):
        if rendered.suffix in (".vtt", ".json"):
            assert parse_transcript(rendered.data, suffix=rendered.suffix).timed


@pytest.fixture
def quick() -> Iterator[None]:
    """Fails a test that took ten times the processor time that it should: something grows faster than its input."""
    before = time.process_time()
    yield
    assert time.process_time() - before < 10


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("suffix", [".vtt", ".srt", ".txt"])
def test_a_hundred_thousand_lines_are_read_and_written(suffix: str) -> None:
    times = [f"{n // 36000:02}:{n // 600 % 60:02}:{n // 10 % 60:02}.{n % 10}00" for n in range(25_001)]
    cues = [
        f"{start} --> {end}\nAda Example: Welcome, and mind the rug by the door.\nIt is loose.\n"
        for start, end in pairwise(times)
    ]
    data = {
        ".vtt": VTT + "\n".join(cues),
        ".srt": "\n".join(cues),
        ".txt": "One line.\nAnother line.\n\nMore.\n" * 25_000,
    }
    transcript = parse_transcript(data[suffix].encode(), suffix=suffix)
    assert len(transcript.cues) >= 25_000
    assert render_transcripts(transcript, title="Long", language="en", duration=None)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("suffix", "piece"),
    [
        (suffix, piece)
        for suffix, pieces in {
            ".vtt": ("<", "<v ", "<v>", "&", ">> ", "今", "&gt;&gt;"),
            ".srt": ("<i ", "{\\", "A b. ", "[SPEAKER_TURN]", "（", " 今 今"),
            ".html": ("<", "<!--", "<a ", "</", "<![", "<b> ", "&#", "<cite>"),
            ".md": ("[", "*a ", "![a](", "<!--", "`", "\\"),
            ".txt": ("A: b\n", "A.", ":", "- ", "[0:00] ", "0:00 - ", "Transcribed by "),
        }.items()
        for piece in pieces
    ],
)
def test_repetition_does_not_make_reading_slow(suffix: str, piece: str) -> None:
    head = {".vtt": VTT + CUE, ".srt": SRT}.get(suffix, "")
    data = (head + piece * (60_000 // len(piece))).encode()
    with contextlib.suppress(TranscriptError):
        assert parse_transcript(data, suffix=suffix).cues
