"""Chapters: from headings, in order, inside the audio, as JSON."""

import json
from datetime import timedelta

import pytest

from pipeline.chapters import build_chapters_json, chapters_from_transcript, check_chapters, format_timestamp
from pipeline.model import Chapter, Cue, Heading, Transcript

SECOND = timedelta(seconds=1)
TIMED = tuple(Cue(n * SECOND, (n + 1) * SECOND, None, "Yes.") for n in range(3))
UNTIMED = tuple(Cue(None, None, None, "Yes.") for _ in range(3))


@pytest.mark.parametrize(
    ("cues", "headings", "expected"),
    [
        pytest.param(TIMED, [], [], id="no headings"),
        pytest.param(TIMED, [(0, "One", None)], [], id="one chapter is none"),
        pytest.param(TIMED, [(0, "One", None), (2, "Two", None)], [(0, "One"), (2, "Two")], id="the cues' times"),
        pytest.param(TIMED, [(0, "One", 0.5), (2, "Two", 1.5)], [(0.5, "One"), (1.5, "Two")], id="their own times"),
        pytest.param(
            UNTIMED, [(0, "One", 0), (1, "Two", 60)], [(0, "One"), (60, "Two")], id="of an untimed transcript"
        ),
        pytest.param(
            UNTIMED, [(0, "One", 0), (1, "Two", 60), (2, "Three", None)], [(0, "One"), (60, "Two")], id="untold"
        ),
        pytest.param(
            TIMED, [(1, "Title", None), (1, "One", 0), (2, "Two", None)], [(0, "One"), (2, "Two")], id="a title above"
        ),
        pytest.param(TIMED, [(0, "One", None), (3, "The end", None)], [], id="nothing follows"),
    ],
)
def test_headings_with_a_time_are_chapters(
    cues: tuple[Cue, ...], headings: list[tuple[int, str, float | None]], expected: list[tuple[float, str]]
) -> None:
    transcript = Transcript(
        cues, tuple(Heading(at, title, None if start is None else start * SECOND) for at, title, start in headings)
    )
    chapters = chapters_from_transcript(transcript)
    assert chapters == tuple(Chapter(start=start * SECOND, title=title) for start, title in expected)


def test_chapters_out_of_order_or_past_the_end_are_named() -> None:
    chapters = [
        Chapter(start=60 * SECOND, title="One"),
        Chapter(start=30 * SECOND, title="Two"),
        Chapter(start=30 * SECOND, title="Three"),
        Chapter(start=90 * SECOND, title="Four"),
    ]
    assert check_chapters(chapters, 90 * SECOND) == (
        "chapter 'Two' starts at 00:00:30, not after 'One' above it; put the chapters in order of time",
        "chapter 'Three' starts at 00:00:30, not after 'Two' above it; put the chapters in order of time",
        "chapter 'Four' starts at 00:01:30, but the audio ends at 00:01:30; correct its start or delete it",
    )
    assert check_chapters([chapters[1], chapters[3]], 91 * SECOND) == ()


def test_json_chapters_are_in_order_with_whole_seconds_as_integers() -> None:
    chapters = [
        Chapter(start=90.5 * SECOND, title="Größe", end=100 * SECOND, url="https://example.org/"),
        Chapter(start=0 * SECOND, title="Start"),
    ]
    data = build_chapters_json(chapters, title="Gout", podcast_name="Quick Take", filename="gout.mp3")
    assert "Größe" in data.decode()
    assert '"startTime": 0,' in data.decode()
    assert json.loads(data) == {
        "version": "1.2.0",
        "title": "Gout",
        "podcastName": "Quick Take",
        "fileName": "gout.mp3",
        "chapters": [
            {"startTime": 0, "title": "Start"},
            {"startTime": 90.5, "title": "Größe", "url": "https://example.org/", "endTime": 100},
        ],
    }
    assert b"fileName" not in build_chapters_json(chapters, title="Gout", podcast_name="Quick Take", filename=None)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "00:00:00"), (90.9, "00:01:30"), (3661, "01:01:01"), (360_000, "100:00:00")]
)
def test_a_timestamp_has_hours_minutes_and_seconds(seconds: float, expected: str) -> None:
    assert format_timestamp(seconds * SECOND) == expected
