"""Chapters: from headings, in order, inside the audio, as JSON."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.model import Chapter, Cue, Heading, Location, Transcript
from podwright.media.chapters import build_chapters_json, chapters_from_transcript, check_chapters, format_timestamp

SECOND = timedelta(seconds=1)
TIMED = tuple(Cue(n * SECOND, (n + 1) * SECOND, None, "Yes.") for n in range(3))
DRAWING = Path("/show/episodes/gout/drawing.png")
PICTURE = "https://cdn.example.org/gout/drawing-1a2b.jpeg"
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


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (None, ()),
        (11, ()),
        (90, ()),
        (10, ("chapter 'One' ends at 00:00:10, not after its start; correct its end or delete it",)),
        (5, ("chapter 'One' ends at 00:00:05, not after its start; correct its end or delete it",)),
        (91, ("chapter 'One' ends at 00:01:31, but the audio ends at 00:01:30; correct its end or delete it",)),
    ],
)
@pytest.mark.parametrize("hidden", [True, False])
def test_an_end_before_the_start_or_past_the_audio_is_named(
    end: float | None, said: tuple[str, ...], hidden: bool
) -> None:
    one = Chapter(start=10 * SECOND, title="One", end=None if end is None else end * SECOND, hidden=hidden)
    assert check_chapters([one, Chapter(start=20 * SECOND, title="Two")], 90 * SECOND) == said


def test_a_chapter_past_the_end_is_named_once() -> None:
    late = Chapter(start=90 * SECOND, title="Late", end=95 * SECOND)
    assert len(check_chapters([late], 90 * SECOND)) == 1


def entries(*chapters: Chapter, **more: Any) -> Any:
    return json.loads(build_chapters_json(chapters, title="t", podcast_name="p", filename=None, **more))["chapters"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"image": DRAWING}, {"img": PICTURE}, id="a file"),
        pytest.param({"image": Path("/else.png")}, {}, id="a file that is not published"),
        pytest.param({"image_url": "https://e.org/a.png"}, {"img": "https://e.org/a.png"}, id="a picture elsewhere"),
        pytest.param({"hidden": True}, {"toc": False}, id="hidden"),
        pytest.param({"people": ("Ada",)}, {}, id="people"),
        pytest.param({"end": 1 * SECOND}, {}, id="an end before its start"),
        pytest.param({"end": 2.25 * SECOND}, {"endTime": 2.25}, id="an end"),
    ],
)
def test_json_chapters_have_what_the_format_has_a_name_for(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    chapter = Chapter(start=2 * SECOND, title="One", **fields)
    assert entries(chapter, images={DRAWING: PICTURE}) == [{"startTime": 2, "title": "One", **expected}]


def test_json_chapters_say_of_which_episode_they_are() -> None:
    data = build_chapters_json(
        [], title="Gout", podcast_name="Quick Take", filename="g.mp3", author="Ada Example", description="It hurts."
    )
    assert json.loads(data) == {
        "version": "1.2.0",
        "author": "Ada Example",
        "title": "Gout",
        "podcastName": "Quick Take",
        "description": "It hurts.",
        "fileName": "g.mp3",
        "chapters": [],
    }


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TIME = st.integers(0, 400_000_000).map(lambda milliseconds: timedelta(milliseconds=milliseconds))


@st.composite
def chapters_(draw: st.DrawFn) -> list[Chapter]:
    return [
        Chapter(
            start=start,
            title=draw(TEXT),
            end=draw(st.none() | TIME.map(lambda time, start=start: start + time + timedelta(milliseconds=1))),
            url=draw(st.none() | TEXT),
            image_url=draw(st.none() | TEXT),
            hidden=draw(st.booleans()),
        )
        for start in sorted(draw(st.sets(TIME, max_size=6)))
    ]


def read_entry(entry: dict[str, Any]) -> Chapter:
    def time(name: str) -> timedelta | None:
        return timedelta(milliseconds=round(entry[name] * 1000)) if name in entry else None

    return Chapter(
        start=time("startTime") or timedelta(),
        title=entry["title"],
        end=time("endTime"),
        url=entry.get("url"),
        image_url=entry.get("img"),
        hidden=not entry.get("toc", True),
    )


@given(chapters=chapters_())
def test_json_chapters_read_back(chapters: list[Chapter]) -> None:
    assert [read_entry(entry) for entry in entries(*reversed(chapters))] == chapters


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


def test_places_of_chapters_stand_in_the_json_and_are_joined_where_they_are_a_route() -> None:
    chapters = (
        Chapter(start=0 * SECOND, title="Gate", location=Location(name="The gate", geo="geo:53.8,-1.54", osm="W77")),
        Chapter(start=60 * SECOND, title="Beds", location=Location(name="Beds", geo="geo:53.81,-1.5", country="GB")),
        Chapter(start=90 * SECOND, title="Home"),
    )
    names = {"title": "A walk", "podcast_name": "Garden Hours", "filename": None}
    route = json.loads(build_chapters_json(chapters, **names, waypoints=True))
    assert route["waypoints"] is True
    assert [chapter.get("location") for chapter in route["chapters"]] == [
        {"name": "The gate", "geo": "geo:53.8,-1.54", "osm": "W77"},
        {"name": "Beds", "geo": "geo:53.81,-1.5"},
        None,
    ]
    assert "waypoints" not in json.loads(build_chapters_json(chapters, **names))
