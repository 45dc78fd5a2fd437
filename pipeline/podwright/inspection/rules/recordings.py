"""Rules about the workspace's recordings: audio as apps recommend it, chapters and transcripts that fit it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    ACCESSIBILITY,
    APPLE,
    EVERYBODY,
    INDEX,
    SPOTIFY,
    Rule,
    each_recording,
    shown,
)
from podwright.inspection.rules.view import Recording
from podwright.media.audio import exceeds_ffmpeg
from podwright.media.chapters import check_chapters, format_timestamp
from podwright.media.transcripts.speakers import is_made_up

_RATES = (44_100, 48_000)
#: Recommended and least bits per second, by channels. https://podcasters.apple.com/support/893-audio-requirements
_RECOMMENDED = {1: (96_000, 128_000), 2: (128_000, 256_000)}
_LEAST = {1: 32_000, 2: 64_000}
_TOLERANCE = timedelta(seconds=2)


def _sample_rate(recording: Recording) -> Iterator[str]:
    facts = recording.facts
    if facts and facts.sample_rate not in _RATES:
        yield f"its audio has {facts.sample_rate:,} Hz; export it with 44,100 or 48,000"


def _bitrate(recording: Recording) -> Iterator[str]:
    facts = recording.facts
    if facts and facts.channels in _RECOMMENDED:
        low, high = _RECOMMENDED[facts.channels]
        # The mean of a recording with variable bits, or with padding, is a little off what was chosen.
        if not low * 0.95 <= facts.bitrate <= high * 1.05 and facts.bitrate >= _LEAST[facts.channels]:
            kind = "mono" if facts.channels == 1 else "stereo"
            advised = f"{low // 1000} to {high // 1000}"
            yield f"its audio has {facts.bitrate // 1000} kbit/s in {kind}; export it with {advised}"


def _low_bitrate(recording: Recording) -> Iterator[str]:
    facts = recording.facts
    if facts and facts.bitrate < _LEAST.get(facts.channels, 0) * 0.95:
        least = _LEAST[facts.channels] // 1000
        yield f"its audio has only {facts.bitrate // 1000} kbit/s, which sounds bad; export it with {least} at least"


def _channels(recording: Recording) -> Iterator[str]:
    facts = recording.facts
    if facts and facts.channels > 2:
        yield f"its audio has {facts.channels} channels; mix it down to one or two"


def _header(recording: Recording) -> Iterator[str]:
    if recording.facts:
        yield from recording.facts.doubts


def _chapters(recording: Recording) -> Iterator[str]:
    if recording.facts:
        yield from check_chapters(recording.chapters, recording.facts.duration)


#: Fewer are no help, and more than about so many an hour are read by nobody.
_FEWEST, _MOST_AN_HOUR = 3, 6
#: In characters: a longer title is cut in the lists of apps.
_LONGEST_TITLE = 60


def _chapters_advised(recording: Recording) -> Iterator[str]:
    listed = [chapter for chapter in recording.chapters if not chapter.hidden]
    if not listed or recording.facts is None:
        return
    count, duration = len(listed), recording.facts.duration
    most = max(_MOST_AN_HOUR, round(_MOST_AN_HOUR * 1.25 * (duration / timedelta(hours=1))))
    if count < _FEWEST:
        named = "one chapter" if count == 1 else f"{count} chapters"
        yield f"has {named}, and apps want {_FEWEST} at least; add some, or leave chapters out"
    elif count > most:
        yield f"has {count} chapters in {format_timestamp(duration)}; make them fewer, about {_MOST_AN_HOUR} an hour"
    long = [chapter for chapter in listed if len(chapter.title) > _LONGEST_TITLE]
    if long:
        others = f", as {len(long) - 1} others" if long[1:] else ""
        advice = f"shorten it to {_LONGEST_TITLE}"
        yield f"chapter {shown(long[0].title)} has {len(long[0].title)} characters{others}, and apps cut it; {advice}"


def _transcript_end(recording: Recording) -> timedelta | None:
    cues = recording.episode.transcript.cues if recording.episode.transcript else ()
    return max((cue.end for cue in cues if cue.end is not None), default=None)


def _transcript_longer(recording: Recording) -> Iterator[str]:
    end = _transcript_end(recording)
    if end and recording.facts and end > recording.facts.duration + _TOLERANCE:
        times = f"{format_timestamp(end)}, but the audio at {format_timestamp(recording.facts.duration)}"
        yield f"its transcript ends at {times}; check that they belong together"


def _transcript_shorter(recording: Recording) -> Iterator[str]:
    end = _transcript_end(recording)
    if end and recording.facts and end < recording.facts.duration / 2:
        times = f"{format_timestamp(end)}, half-way through {format_timestamp(recording.facts.duration)} of audio"
        yield f"its transcript ends at {times}; check that it is complete"


def _no_speakers(recording: Recording) -> Iterator[str]:
    transcript = recording.episode.transcript
    if transcript and len(transcript.cues) > 1 and not any(cue.speaker for cue in transcript.cues):
        yield "its transcript names no speaker; name them, so that readers know who says what"
    made_up = (
        sorted({cue.speaker for cue in transcript.cues if cue.speaker and is_made_up(cue.speaker)})
        if transcript
        else []
    )
    if made_up:
        yield f"its transcript calls its speakers {', '.join(made_up[:3])}, as a program did; write their names"


def _lost_chapters(recording: Recording) -> Iterator[str]:
    is_mp3 = recording.facts is not None and recording.facts.media_type == "audio/mpeg"
    if is_mp3 and recording.id3_version == "2.4" and (lost := sum(map(exceeds_ffmpeg, recording.chapters))):
        chapters = "a chapter" if lost == 1 else f"{lost} chapters"
        yield (
            f"has {chapters} with a picture or a long text, which players that use FFmpeg lose in ID3 2.4; "
            'set id3 = "2.3" in [audio]'
        )


RULES = (
    Rule(
        "audio-sample-rate",
        "advice",
        (APPLE,),
        sources.APPLE_AUDIO,
        "Audio has 44.1 or 48 kHz.",
        each_recording(_sample_rate),
    ),
    Rule(
        "audio-bitrate",
        "advice",
        (APPLE, SPOTIFY),
        sources.APPLE_AUDIO,
        "Audio has 96 to 128 kbit/s in mono, 128 to 256 in stereo.",
        each_recording(_bitrate),
    ),
    Rule(
        "audio-bitrate-least",
        "warning",
        (APPLE,),
        sources.APPLE_AUDIO,
        "Audio has at least 32 kbit/s in mono, 64 in stereo.",
        each_recording(_low_bitrate),
    ),
    Rule(
        "audio-channels",
        "warning",
        (APPLE, SPOTIFY),
        sources.APPLE_AUDIO,
        "Audio is mono or stereo.",
        each_recording(_channels),
    ),
    Rule(
        "audio-header",
        "warning",
        EVERYBODY,
        sources.XING_HEADER,
        "The header of a recording (Xing, Info, VBRI, an M4A's index) promises as much audio as there is.",
        each_recording(_header),
    ),
    Rule(
        "chapters-in-audio",
        "warning",
        (APPLE, INDEX),
        sources.podcast_tag("chapters"),
        "Chapters are in order and begin before the audio ends.",
        each_recording(_chapters),
    ),
    Rule(
        "chapters-advised",
        "advice",
        (APPLE,),
        sources.APPLE_CHAPTERS,
        "There are three chapters at least, about six an hour at most, and their titles have at most 60 characters.",
        each_recording(_chapters_advised),
    ),
    Rule(
        "chapters-drawn",
        "advice",
        (INDEX,),
        sources.FFMPEG_CHAPTERS,
        "Chapters with pictures or long texts stand in tags that all players read.",
        each_recording(_lost_chapters),
    ),
    Rule(
        "transcript-in-audio",
        "warning",
        (APPLE, ACCESSIBILITY),
        sources.podcast_tag("transcript"),
        "A transcript does not run on after its audio.",
        each_recording(_transcript_longer),
    ),
    Rule(
        "transcript-complete",
        "advice",
        (ACCESSIBILITY,),
        sources.WCAG_AUDIO,
        "A transcript covers more than half of its audio.",
        each_recording(_transcript_shorter),
    ),
    Rule(
        "transcript-speakers",
        "advice",
        (ACCESSIBILITY,),
        sources.WCAG_SPEAKERS,
        "A transcript names its speakers.",
        each_recording(_no_speakers),
    ),
)
