"""Rules about what files say of themselves: it is not published, and is not lost without a word."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import EVERYBODY, INDEX, Rule, each_picture, each_recording
from podwright.inspection.rules.view import Picture, Recording
from podwright.media.chapters import lost_chapters


def _audio_left_out(recording: Recording) -> Iterator[str]:
    own, trailer = recording.left_out, recording.trailer_left_out
    # Where the episode has no chapters, that is a warning of its own.
    for file, kinds, count in (
        ("audio file", own.kinds, own.chapters if recording.chapters else 0),
        ("teaser", trailer.kinds, trailer.chapters),
    ):
        chapters = ["1 chapter" if count == 1 else f"{count} chapters"] if count else []
        if said := ", ".join([*kinds, *chapters]):
            yield (
                f"its {file} says of itself what is not published: {said}; "
                "write into episode.md what listeners should have of it"
            )


def _audio_chapters(recording: Recording) -> Iterator[str]:
    if message := lost_chapters(recording.left_out.chapters, recording.chapters):
        yield message


def _picture_left_out(picture: Picture) -> Iterator[str]:
    if picture.left_out:
        yield (
            f"says beside the picture what is not published: {', '.join(picture.left_out)}; "
            "write into its alt text, or the notes, what readers should have of it"
        )


RULES = (
    Rule(
        "audio-chapters",
        "warning",
        (INDEX,),
        sources.podcast_tag("chapters"),
        "Chapters in an audio file are chapters of its episode, too.",
        each_recording(_audio_chapters),
    ),
    Rule(
        "audio-left-out",
        "advice",
        EVERYBODY,
        sources.ID3_FRAMES,
        "Audio files say nothing that is left out: comments, positions, lyrics, private data.",
        each_recording(_audio_left_out),
    ),
    Rule(
        "picture-left-out",
        "advice",
        EVERYBODY,
        sources.EXIF,
        "Pictures say nothing that is left out: their position, their owner, comments.",
        each_picture(_picture_left_out),
    ),
)
