"""Transcripts as tools and people write them, each read as it is meant, with what was left out or is not certain."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import TranscriptError
from podwright.core.model import Transcript
from podwright.media.transcripts import parse_transcript, read_transcript, render_transcripts

Row = tuple[float | None, float | None, str | None, str]

V = "WEBVTT\n\n"
AB = [(0.0, 1.0, "Mara Lind", "Mind the roots."), (1.0, 2.0, "Jon Berg", "Yes, all of them.")]


def srt(*texts: str) -> str:
    """Captions of a second each."""
    return "\n\n".join(f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{text}" for n, text in enumerate(texts))


def vtt(*texts: str) -> str:
    return V + "\n\n".join(f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{text}" for n, text in enumerate(texts))


def rows(transcript: Transcript) -> list[Row]:
    second = timedelta(seconds=1)
    return [
        (
            None if cue.start is None else cue.start / second,
            None if cue.end is None else cue.end / second,
            cue.speaker,
            f">> {cue.text}" if cue.another else cue.text,
        )
        for cue in transcript.cues
    ]


def read(text: str | bytes, suffix: str) -> tuple[list[Row], list[str]]:
    """What a file says, and the remarks on it with their lines."""
    transcript, remarks = read_transcript(text if isinstance(text, bytes) else text.encode(), suffix=suffix)
    return rows(transcript), [f"{one.line}: {one.level}: {one.message}" for one in remarks]


ONE = [(1.0, 2.0, None, "Mind the roots.")]
CAPTIONS: list[tuple[str, str | bytes, list[Row]]] = [
    # Times
    (".vtt", f"{V}00:01,000 --> 00:02,000\nMind the roots.", ONE),
    (".vtt", f"{V}0:01.0 --> 0:02.00\nMind the roots.", ONE),
    (".srt", "1\n00:00:01 --> 00:00:02\nMind the roots.", ONE),
    (".srt", "1\n0:00:01.5 --> 0:00:02,25\nMind.", [(1.5, 2.25, None, "Mind.")]),
    (".srt", "1\n00:00:01,000500 --> 00:00:02,000\nMind the roots.", ONE),
    (".srt", "1\n00: 00: 01, 000 -> 00:00:02,000\nMind the roots.", ONE),
    (".srt", "1\n00:00:01,000 --&gt; 00:00:02,000\nMind the roots.", ONE),
    (".srt", "1\n00:00:01,000 --> 00:00:02,000 X1:40 X2:600\nMind the roots.", ONE),
    (".srt", "1\n00:00:01,000 --> 00:00:02,000 Mind\nthe roots.", ONE),
    (".vtt", f"{V}75:00.000 --> 76:00.000\nMind.", [(4500.0, 4560.0, None, "Mind.")]),
    # Where captions begin and end
    (".vtt", "WEBVTT\n00:01.000 --> 00:02.000\nMind the roots.", ONE),
    (".vtt", f"\n{V}00:01.000 --> 00:02.000\nMind the roots.", ONE),
    (".vtt", f"WEBVTT\n\n{V}00:01.000 --> 00:02.000\nMind the roots.", ONE),
    (".vtt", "WEBVTT\n\nKind: captions\nLanguage: en\n\n00:01.000 --> 00:02.000\nMind the roots.", ONE),
    (".vtt", f"{V}intro\n00:01.000 --> 00:02.000\n\nMind\n\nthe roots.\n\nNOTE done", ONE),
    (".srt", "00:00:01,000 --> 00:00:02,000\n \nMind\n \nthe roots.\n", ONE),
    (".srt", "1\n\n00:00:01,000 --> 00:00:02,000\n\nMind\n\n2\n\n00:00:02,000 --> 00:00:03,000\n\n7\n\n",
     [(1.0, 2.0, None, "Mind"), (2.0, 3.0, None, "7")]),
    (".srt", srt("Mind", "42", "Yes.").replace("\n\n", "\n"),
     [(0.0, 1.0, None, "Mind"), (1.0, 2.0, None, "42"), (2.0, 3.0, None, "Yes.")]),
    (".srt", srt("Mind", "the roots.") + "\n\n3", [(0.0, 1.0, None, "Mind"), (1.0, 2.0, None, "the roots.")]),
    (".vtt", f"{V}00:01.000 --> 00:02.000\nwater --> roots", [(1.0, 2.0, None, "water --> roots")]),
    # Characters
    (".srt", srt("Mind the roots.").replace("\n", "\r\r\n"), [(0.0, 1.0, None, "Mind the roots.")]),
    (".srt", b"\xef\xbb\xbf\xef\xbb\xbf" + srt("Mind", "it.").replace("2\n", "\ufeff2\n").encode(),
     [(0.0, 1.0, None, "Mind"), (1.0, 2.0, None, "it.")]),
    (".srt", srt("Mind the roots.").encode("utf-16"), [(0.0, 1.0, None, "Mind the roots.")]),
    (".srt", b"\xfe\xff" + srt("Mind the roots.").encode("utf-16-be"), [(0.0, 1.0, None, "Mind the roots.")]),
    (".vtt", vtt("Mind.").encode("utf-32"), [(0.0, 1.0, None, "Mind.")]),
    (".srt", srt("Q&amp;A, 5 &lt; 6&nbsp;&#39;&AMP"), [(0.0, 1.0, None, "Q&A, 5 < 6 '&AMP")]),
    (".srt", srt(r"{\an8}Mind\Nthe\hroots."), [(0.0, 1.0, None, "Mind the roots.")]),
    (".srt", srt("<c.yellow>Mara Lind: Mind</c> <v Jon Berg>it.</v>"),
     [(0.0, 1.0, "Mara Lind", "Mind"), (0.0, 1.0, "Jon Berg", "it.")]),
    (".vtt", vtt("5 < 6 &amp; <i>so</i> on <3"), [(0.0, 1.0, None, "5 < 6 & so on <3")]),
    (".vtt", vtt("<|0.00|>Mind the roots.<|1.00|>"), [(0.0, 1.0, None, "Mind the roots.")]),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text", "expected"), CAPTIONS)
def test_captions_are_read_however_a_tool_bends_their_format(
    suffix: str, text: str | bytes, expected: list[Row]
) -> None:
    assert read(text, suffix) == (expected, [])


ROLLING = (
    "00:00.100 --> 00:00.990 align:start position:0%\n \nmind<00:00:00.480><c> the</c><00:00:00.600><c> roots</c>\n\n"
    "00:00.990 --> 00:01.000 align:start position:0%\nmind the roots\n \n\n"
    "00:01.000 --> 00:02.000 align:start position:0%\nmind the roots\n"
    "of<00:00:01.200><c> the</c><00:00:01.400><c> fig</c>\n"
)
AS_WORDS = "they are published as words: correct them, or delete them"
NO_TIMES = f"times that cannot be those of the recording (lines 1, 3); {AS_WORDS}"
EMPTY = "a caption without words is left out"
WORDS = "write its words, or delete it"
ORDER = "starts before what stands above it; it is put in order of time: check that its times are right"
ROLLS = "repeats the words of the caption before, as rolling captions do"
REMARKED: list[tuple[str, str, list[Row], list[str]]] = [
    (".srt", srt("", "Mind."), [(1.0, 2.0, None, "Mind.")], [f"2: advice: {EMPTY}; {WORDS}"]),
    (".srt", srt("Mind.", "", "<i> </i>"), [(0.0, 1.0, None, "Mind.")], [f"6: advice: {EMPTY} (lines 6, 10); {WORDS}"]),
    (".vtt", vtt("[BLANK_AUDIO]", "Mind.", "[ Silence ]"), [(1.0, 2.0, None, "Mind.")],
     ["3: advice: a caption of silence is left out (lines 3, 9); delete it"]),
    (".srt", srt("Mind.", "[MUSIC PLAYING]"), [(0.0, 1.0, None, "Mind."), (1.0, 2.0, None, "[MUSIC PLAYING]")], []),
    (".srt", "1\n00:00:01,000 --> 00:00:02,000\nTwo\n\n2\n00:00:00,000 --> 00:00:00,900\nOne",
     [(0.0, 0.9, None, "One"), (1.0, 2.0, None, "Two")], [f"6: warning: {ORDER}"]),
    (".srt", "1\n00:00:00,000 --> 00:00:00,000\nOne\n\n2\n00:00:00,500 --> 00:00:01,000\nTwo",
     [(0.0, 0.5, None, "One"), (0.5, 1.0, None, "Two")], []),
    (".vtt", V + ROLLING, [(0.1, 1.0, None, "mind the roots"), (1.0, 2.0, None, "of the fig")],
     [f"7: advice: {ROLLS} (lines 7, 11); they are kept once"]),
    (".srt", srt("Mind", "Mind the", "Mind the roots", "and water"),
     [(0.0, 1.0, None, "Mind"), (1.0, 2.0, None, "the"), (2.0, 3.0, None, "roots"), (3.0, 4.0, None, "and water")],
     [f"6: advice: {ROLLS} (lines 6, 10); they are kept once"]),
    (".srt", srt("一\n二", "二\n三"), [(0.0, 1.0, None, "一二"), (1.0, 2.0, None, "三")],
     [f"7: advice: {ROLLS}; they are kept once"]),
    # What is said twice is no rolling caption.
    (".srt", srt("No.", "No."), [(0.0, 1.0, None, "No."), (1.0, 2.0, None, "No.")], []),
    (".vtt", srt("Mind."), [(0.0, 1.0, None, "Mind.")],
     ["None: advice: its text is that of a .srt file, and it is read so; name it transcript.srt"]),
    (".srt", vtt("Mind."), [(0.0, 1.0, None, "Mind.")],
     ["None: advice: its text is that of a .vtt file, and it is read so; name it transcript.vtt"]),
    (".txt", srt("Mind."), [(0.0, 1.0, None, "Mind.")],
     ["None: advice: its text is that of a .srt file, and it is read so; name it transcript.srt"]),
    (".txt", "<html><p>Mind.</p></html>", [(None, None, None, "Mind.")],
     ["None: advice: its text is that of a .html file, and it is read so; name it transcript.html"]),
    (".srt", '{"segments": [{"startTime": 0, "endTime": 1, "body": "Mind it."}]}', [(0.0, 1.0, None, "Mind it.")],
     ["None: advice: its text is that of a .json file, and it is read so; name it transcript.json"]),
    (".txt", "Mara: Mind.\n\nTranscribed by https://otter.ai", [(None, None, "Mara", "Mind.")],
     ["3: advice: the name of a tool is left out; delete it"]),
    (".txt", "[3:16] For so it was.\n\n[1:05] And is.",
     [(None, None, None, "[3:16] For so it was."), (None, None, None, "[1:05] And is.")],
     [f"1: warning: {NO_TIMES}"]),
    (".txt", "[00:75] Mind.\n\n[00:80] It.", [(None, None, None, "[00:75] Mind."), (None, None, None, "[00:80] It.")],
     [f"1: warning: {NO_TIMES}"]),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text", "expected", "remarks"), REMARKED)
def test_what_is_left_out_or_not_certain_is_told(
    suffix: str, text: str, expected: list[Row], remarks: list[str]
) -> None:
    assert read(text, suffix) == (expected, remarks)


STREAM = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{}\n\n"


def test_segments_of_a_stream_are_put_at_their_times_and_what_they_repeat_is_read_once() -> None:
    first = f"{STREAM.format(900_000)}00:00.000 --> 00:05.000\none\n\n00:04.000 --> 00:07.000\ntwo\n\n"
    same = f"{STREAM.format(900_000)}00:04.000 --> 00:07.000\ntwo\n\n00:07.000 --> 00:08.000\nthree\n"
    assert [row[3] for row in read(first + same, ".vtt")[0]] == ["one", "two", "three"]
    later = f"{STREAM.format(900_000 + 8 * 90_000)}00:00.000 --> 00:01.000\nthree\n"
    assert read(first + later, ".vtt")[0][2] == (8.0, 9.0, None, "three")


REFUSED = [
    (".vtt", f"{vtt('one', 'two')}\n\n{vtt('one')}", "11: the captions begin again, at 00:00:00.000; two files"),
    (".srt", f"{srt('one', 'two')}\n\n{srt('one')}", "10: the captions begin again, at 00:00:00.000; two files"),
    (".srt", "1\n00:00:01:500 --> 00:00:02:000\nMind.", "2: '00:00:01:500' is not a timestamp; write 00:00:01,500"),
    (".srt", "[Script Info]\nTitle: x", "1: this is SubStation Alpha (.ass), which is not read; export Web"),
    (".vtt", '<?xml version="1.0"?>\n<tt xml:lang="en"></tt>', "1: this is TTML or timed text in XML"),
    (".srt", r"{\rtf1 Mind.}", "1: this is Rich Text"),
    (".srt", "M\0i\0n\0d\0", "1: UTF-16 without a byte order mark; save the file as UTF-8"),
    (".srt", b"\xff\xfeM\0i", "1: damaged UTF-16; save the file as UTF-8"),
    (".json", '[{"start": 0, "end": 1, "text": "Mind it."}]', "a list of words with start and end, of a tool"),
    (".json", '{"lines": [], "v": 2}', "not a transcript of a tool that is known, but an object with 'lines', 'v'"),
    (".json", "[]", "not a transcript of a tool that is known, but an empty list; export WebVTT or SRT"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text", "message"), REFUSED)
def test_what_has_no_single_meaning_is_refused(suffix: str, text: str | bytes, message: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        read(text, suffix)
    line = "" if caught.value.line is None else f"{caught.value.line}: "
    assert f"{line}{caught.value.message}".startswith(message)


def test_all_that_is_wrong_is_told_at_once_in_order_of_lines() -> None:
    text = (
        "Stray\n\n1\n00:00:02,000 --> 00:00:01,000\nOne\n\n2\n00:00:61,000 --> 00:01:02,000\nTwo\n\n3\n0:1:2:3 --> 4\n"
    )
    with pytest.raises(TranscriptError) as caught:
        read(text, ".srt")
    assert [one.line for one in (caught.value, *caught.value.others)] == [1, 4, 8, 12]
    with pytest.raises(TranscriptError) as caught:
        read(json.dumps({"segments": [{"startTime": -1}, {"startTime": 1, "body": 7}, 3]}), ".json")
    messages = [one.message.partition(" ")[0] for one in (caught.value, *caught.value.others)]
    assert messages == ["segments.0.startTime", "segments.1.body", "segments.2"]


def test_of_very_many_faults_the_first_are_told_and_how_many_follow() -> None:
    broken = "\n\n".join(f"00:00:{n % 60:02},000 --> 00:00:61,000\nword" for n in range(80))
    with pytest.raises(TranscriptError) as caught:
        read(broken, ".srt")
    assert len(caught.value.others) == 50
    assert caught.value.others[-1].message.startswith("30 more places are wrong")


# Speakers and times


PREMIERE = (
    "00:00:00:00 - 00:00:01:00\nMara Lind\nMind the roots.\n\n00:00:01:00 - 00:00:02:00\nJon Berg\nYes, all of them.\n"
)
NAMED = [
    (".vtt", vtt("Mara Lind: Mind the roots.", "Jon Berg: Yes, all of them.")),
    (".vtt", vtt("<v Mara Lind>Mind the roots.</v>", "<v.loud Jon Berg>Yes,\nall of them.")),
    (".vtt", vtt("[Mara Lind]: Mind the roots.", "[Jon Berg]: Yes, all of them.")),
    (".srt", srt("<b>Mara Lind:</b> Mind the roots.", "<font color='red'>Jon Berg:</font> Yes, all of them.")),
    (".srt", srt("**Mara Lind:** Mind the roots.", "**Jon Berg**: Yes, all of them.")),
    (".srt", srt("(Mara Lind): Mind the roots.", ">> Jon Berg: Yes, all of them.")),
    (".srt", srt("Mara Lind：Mind the roots.", "Jon Berg：Yes, all of them.")),
    (".srt", srt("Mara Lind:\nMind the roots.", "Jon Berg:\nYes, all of them.")),
    (".txt", "Mara Lind  0:00  \nMind the roots.\n\nJon Berg  0:01  \nYes, all of them.\n"),
    (".txt", "Mara Lind (00:00):\nMind the roots.\n\nJon Berg (00:01):\nYes, all of them.\n"),
    (".txt", "Mara Lind: (00:00)\nMind the roots.\n\nJon Berg: (00:01)\nYes, all of them.\n"),
    (".txt", "Mara Lind (00:00.000)\nMind the roots.\n\nJon Berg (00:01.000)\nYes, all of them.\n"),
    (".txt", "[00:00:00] Mara Lind: Mind the roots.\n[00:00:01] Jon Berg: Yes, all of them.\n"),
    (".txt", "(00:00) **Mara Lind:** Mind the roots.\n\n(00:01) **Jon Berg:** Yes, all of them.\n"),
    (".txt", "00:00 Mara Lind\nMind the roots.\n\n00:01 Jon Berg\nYes, all of them.\n"),
    (".txt", "[00:00:00.000] - Mara Lind\nMind the roots.\n\n[00:00:01.000] - Jon Berg\nYes, all of them.\n"),
    (".txt", "[Mara Lind] 00:00:00\nMind the roots.\n\n[Jon Berg] 00:00:01\nYes, all of them.\n"),
    (".txt", PREMIERE),
    (".txt", PREMIERE.replace(":", ";")),
    (".md", "**Mara Lind** 00:00  \nMind the roots.\n\n**Jon Berg** 00:01  \nYes, all of them.\n"),
    (".md", "- **Mara Lind:** [0:00] Mind the roots.\n- **Jon Berg:** [0:01] Yes, all of them.\n"),
    (".md", "1. [0:00] Mara Lind: Mind the roots.\n2. [0:01] Jon Berg: Yes, all of them.\n"),
    (".html", "<p>[0:00] <strong>Mara Lind:</strong> Mind the roots.</p><p>[0:01] <b>Jon Berg</b>: Yes, all of them."),
    (".html", "<p><b>Mara Lind</b> (0:00)</p><p>Mind the roots.</p><p><b>Jon Berg</b> (0:01)</p><p>Yes, all of them."),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text"), NAMED)
def test_names_and_times_are_found_in_every_format_and_place(suffix: str, text: str) -> None:
    found, remarks = read(text, suffix)
    # The last end of a text is a guess, by the speed of speech.
    assert [(start, speaker, text) for start, _, speaker, text in found] == [(a, b, c) for a, _, b, c in AB]
    assert remarks == []


SPOKEN: list[tuple[str, str, list[tuple[str | None, str]]]] = [
    (".srt", srt("[SPEAKER_00]: Mind.", "[SPEAKER_01] Yes.", "[SPEAKER_00]: So."),
     [("SPEAKER_00", "Mind."), ("SPEAKER_01", "Yes."), ("SPEAKER_00", "So.")]),
    (".srt", srt("(speaker 0) Mind.", "(speaker ?) Yes."), [("speaker 0", "Mind."), (None, ">> Yes.")]),
    (".srt", srt(">> Mind.", ">> JON: Yes.\n>> So."), [(None, ">> Mind."), ("JON", "Yes."), (None, ">> So.")]),
    (".vtt", vtt("&gt;&gt; Mind.", "&gt;&gt; Yes."), [(None, ">> Mind."), (None, ">> Yes.")]),
    (".srt", srt("Mind. [SPEAKER_TURN]", "Yes."), [(None, "Mind."), (None, ">> Yes.")]),
    (".vtt", vtt("Mara: Mind.", "the roots.", "Jon: So."), [("Mara", "Mind."), ("Mara", "the roots."), ("Jon", "So.")]),
    (".vtt", vtt("<v Mara>Mind.", "the roots."), [("Mara", "Mind."), (None, "the roots.")]),
    # One in between is nobody's name; where somebody is named at first, all are.
    (".vtt", vtt("Mind.", "Tools: a spade.", "So."), [(None, "Mind."), (None, "Tools: a spade."), (None, "So.")]),
    (".vtt", vtt("[music]", "Mara: Mind.", "So."), [(None, "[music]"), ("Mara", "Mind."), ("Mara", "So.")]),
    (".srt", srt("דנה: שורשים.", "יוסי: כן."), [("דנה", "שורשים."), ("יוסי", "כן.")]),
    (".srt", srt("小明：根。", "他说：好。", "例如：水。", "小明：再见。"),
     [("小明", "根。"), ("小明", "他说：好。"), ("小明", "例如：水。"), ("小明", "再见。")]),
    (".vtt", vtt("田中さん:根\nです。", "山田さん:はい。"), [("田中さん", "根です。"), ("山田さん", "はい。")]),
    (".txt", "मारा: नमस्ते।\n\nजॉन: हाँ।", [("मारा", "नमस्ते।"), ("जॉन", "हाँ।")]),
    (".txt", "דנה אומרת שלום לכולם בגינה: כן.\n\nעוד.", [(None, "דנה אומרת שלום לכולם בגינה: כן."), (None, "עוד.")]),
    (".txt", "Мара: Корни.\n\nЙон: Да.", [("Мара", "Корни."), ("Йон", "Да.")]),
    (".txt", "Mara Lind\nMind the roots.\n\nJon Berg\nYes, all.\n\nMara Lind\nand water.",
     [("Mara Lind", "Mind the roots."), ("Jon Berg", "Yes, all."), ("Mara Lind", "and water.")]),
    (".txt", "Roots\nThey drink.\n\nLeaves\nThey breathe.",
     [(None, "Roots They drink."), (None, "Leaves They breathe.")]),
    (".srt", srt("MIND THE\nROOTS", "ALL OF\nTHEM", "MIND THE\nFIG"),
     [(None, "MIND THE ROOTS"), (None, "ALL OF THEM"), (None, "MIND THE FIG")]),
    (".txt", "10:30 is when.\n\nNote: not at noon.\n\nhttps://example.org\n\nUndertekster af:\n\nShe said: no.",
     [(None, "10:30 is when."), (None, "Note: not at noon."), (None, "https://example.org"),
      (None, "Undertekster af:"), (None, "She said: no.")]),
    (".txt", "We open at\n10:30 on Monday and\n11:30 on Friday.\n\nThen we close.",
     [(None, "We open at 10:30 on Monday and 11:30 on Friday."), (None, "Then we close.")]),
    (".html", "<cite>Mara:</cite><p>Note: [0:01] Jon: yes.</p><cite>Jon:</cite><p>So.</p>",
     [("Mara", "Note: [0:01] Jon: yes."), ("Jon", "So.")]),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text", "expected"), SPOKEN)
def test_speakers_are_told_from_what_only_looks_like_one(
    suffix: str, text: str, expected: list[tuple[str | None, str]]
) -> None:
    assert [(speaker, said) for _, _, speaker, said in read(text, suffix)[0]] == expected


TIMED: list[tuple[str, str, list[tuple[float | None, float | None]]]] = [
    (".txt", "[00:00.000 --> 00:03.000]  Mind.\n[00:03.000 --> 00:05.000]  Yes.", [(0, 3), (3, 5)]),
    (".txt", "0:00\nMind the roots\n0:03\nWelcome\n0:05\nYes", [(0, 3), (3, 5), (5, 6)]),
    (".txt", "0:00 mind\n0:03 the roots\n1:00:05 and bye", [(0, 3), (3, 3605), (3605, 3606)]),
    (".txt", "00:00:00\n\nMara: Mind.\n\n00:01:00\n\nJon: Yes.", [(0, 60), (60, 61)]),
    (".txt", "[0:00] Gardening\nis fun.\n\n[0:03] We begin.", [(0, 3), (3, 4)]),
    (".md", "Mara: [0:00] Mind. [0:02] All of them. [0:03] So.", [(0, 2), (2, 3), (3, 4)]),
    (".md", "[0:10] It says in [3:16] of it, and [0:12] so on.\n\n[0:20] Yes.", [(10, 12), (12, 20), (20, 21)]),
    (".md", "Mara: as it says in [3:16] of it.", [(None, None)]),
    # Between those that have a time, by length.
    (".txt", "[0:00] Five!\n\nFive.\n\n[0:10] Yes.", [(0, 5), (5, 10), (10, 11)]),
    (".txt", "Before.\n\n[0:10] Yes.\n\n[0:20] No.", [(None, None), (10, None), (20, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "text", "expected"), TIMED)
def test_times_in_text_are_times(suffix: str, text: str, expected: list[tuple[float | None, float | None]]) -> None:
    assert [(start, end) for start, end, _, _ in read(text, suffix)[0]] == expected


# JSON of tools

EXPORTS: dict[str, tuple[object, list[Row]]] = {
    "whisper": (
        {"text": "…", "segments": [{"id": 0, "start": 0.0, "end": 1.2, "text": " Mind it.", "tokens": [1]},
                                   {"start": 1.2, "end": 1.2, "text": " Yes, so."}], "language": "en"},
        [(0.0, 1.2, None, "Mind it."), (1.2, 2.2, None, "Yes, so.")],
    ),
    "whisperX": (
        {"segments": [{"start": 0.0, "end": 1.2, "text": " Mind it. So be it.", "speaker": "SPEAKER_00", "words": [
            {"word": "Mind", "start": 0.0, "end": 0.3, "speaker": "SPEAKER_00"}, {"word": "it.", "end": 0.4},
            {"word": "So", "start": 0.9, "end": 1.0, "speaker": "SPEAKER_01"}, {"word": "be"}, {"word": "it."}]}]},
        [(0.0, 0.4, "SPEAKER_00", "Mind it."), (0.9, 1.0, "SPEAKER_01", "So be it.")],
    ),
    "whisper.cpp": (
        {"transcription": [{"timestamps": {}, "offsets": {"from": 0, "to": 1000}, "text": " Mind it."},
                           {"offsets": {"from": 1000, "to": 1500}, "text": " [BLANK_AUDIO]"}]},
        [(0.0, 1.0, None, "Mind it.")],
    ),
    "Deepgram, utterances": (
        {"results": {"channels": [{"alternatives": [{"transcript": "…", "words": []}]}],
                     "utterances": [{"start": 0.5, "end": 1.0, "transcript": "Mind it.", "speaker": 0}]}},
        [(0.5, 1.0, "Speaker 0", "Mind it.")],
    ),
    "Deepgram, paragraphs": (
        {"results": {"channels": [{"alternatives": [{"paragraphs": {"paragraphs": [
            {"speaker": 1, "sentences": [{"text": "Mind it.", "start": 0.5, "end": 1.0}]}]}}]}]}},
        [(0.5, 1.0, "Speaker 1", "Mind it.")],
    ),
    "Deepgram, words": (
        {"results": {"channels": [{"alternatives": [{"words": [
            {"word": "mind", "punctuated_word": "Mind", "start": 0.5, "end": 0.7, "speaker": 0},
            {"word": "it", "punctuated_word": "it.", "start": 0.7, "end": 1.0, "speaker": 0}]}]}]}},
        [(0.5, 1.0, "Speaker 0", "Mind it.")],
    ),
    "AssemblyAI": (
        {"audio_url": "…", "utterances": [{"speaker": "A", "text": "Mind it.", "start": 250, "end": 650}]},
        [(0.25, 0.65, "Speaker A", "Mind it.")],
    ),
    "Rev": (
        {"monologues": [{"speaker": 0, "elements": [
            {"type": "text", "value": "Mind", "ts": 0.5, "end_ts": 0.9}, {"type": "punct", "value": " "},
            {"type": "text", "value": "it", "ts": 1.0, "end_ts": 1.4}, {"type": "punct", "value": "."}]}]},
        [(0.5, 1.4, "Speaker 0", "Mind it.")],
    ),
    "Otter": (
        {"speech": {"speakers": [{"id": 7, "speaker_name": "Mara Lind"}], "transcripts": [
            {"transcript": "Mind it.", "start_offset": 16_000, "end_offset": 32_000, "speaker_id": 7},
            {"transcript": "Yes, so.", "start_offset": 40_000, "end_offset": 48_000, "speaker_model_label": "2"}]}},
        [(1.0, 2.0, "Mara Lind", "Mind it."), (2.5, 3.0, "Speaker 2", "Yes, so.")],
    ),
    "Amazon Transcribe": (
        {"results": {"items": [
            {"type": "pronunciation", "start_time": "0.0", "end_time": "0.5", "alternatives": [{"content": "Mind"}]},
            {"type": "punctuation", "alternatives": [{"content": "!"}]}]}},
        [(0.0, 0.5, None, "Mind!")],
    ),
    "YouTube": (
        {"events": [{"tStartMs": 0, "segs": [{"utf8": "\n"}]},
                    {"tStartMs": 100, "dDurationMs": 900, "segs": [{"utf8": "mind"}, {"utf8": " it"}]}]},
        [(0.1, 1.0, None, "mind it")],
    ),
    "Podlove": (
        [{"start": "…", "start_ms": 1000, "end_ms": 2000, "speaker": None, "voice": "Mara", "text": "Mind it."}],
        [(1.0, 2.0, "Mara", "Mind it.")],
    ),
    "transformers": ({"chunks": [{"timestamp": [0.0, 2.5], "text": " Mind it."}]}, [(0.0, 2.5, None, "Mind it.")]),
    "any with seconds": ([{"start": 0, "end": 1.5, "text": "Mind it."}], [(0.0, 1.5, None, "Mind it.")]),
    "names in its text": (
        {"segments": [{"start": 0.0, "end": 1.0, "text": "Mara: Mind it."},
                      {"start": 1.0, "end": 2.5, "text": "Jon: I do."}]},
        [(0.0, 1.0, "Mara", "Mind it."), (1.0, 2.5, "Jon", "I do.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", EXPORTS)
def test_the_json_of_tools_is_read(tool: str) -> None:
    document, expected = EXPORTS[tool]
    transcript = parse_transcript(json.dumps(document).encode(), suffix=".json")
    assert [(start, end, speaker, text) for start, end, speaker, text in rows(transcript)] == expected


def test_words_of_a_script_without_spaces_are_joined_without_and_keep_their_times() -> None:
    words = [(0.0, "今天"), (0.5, "我们"), (1.0, "浇"), (1.5, "水"), (2.0, "。"), (6.0, "再见"), (6.5, "。")]
    segments = [{"startTime": at, "endTime": at + 0.5, "body": word} for at, word in words]
    found, _ = read(json.dumps({"segments": segments}), ".json")
    assert found == [(0.0, 2.5, None, "今天我们浇水。"), (6.0, 7.0, None, "再见。")]


def test_sentences_without_spaces_are_no_single_words() -> None:
    segments = [{"startTime": n, "endTime": n + 1, "body": f"今天我们浇水第{n}次。"} for n in range(4)]
    assert len(read(json.dumps({"segments": segments}), ".json")[0]) == 4


# Any document

_NAMES = """
    segments words transcription offsets from to results channels alternatives utterances paragraphs sentences
    monologues elements speech transcripts start_offset end_offset speakers id speaker_name speaker_id items events
    segs tStartMs dDurationMs utf8 start_ms end_ms start end startTime endTime text body word transcript speaker type
    value ts end_ts audio_url timestamp chunks content start_time punctuated_word
"""
_KEYS = _NAMES.split()
_leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**18), st.floats(), st.sampled_from(["Mind.", "1.5", "", "A", "x" * 99])
)
_documents = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150)
@given(document=_documents | st.dictionaries(st.sampled_from(_KEYS), st.lists(_documents, max_size=3), max_size=3))
def test_any_json_is_a_transcript_or_a_transcript_error(document: Any) -> None:
    try:
        transcript = parse_transcript(json.dumps(document).encode(), suffix=".json")
    except TranscriptError:
        return
    assert transcript.timed


def test_what_is_published_of_any_captions_is_whole() -> None:
    odd = srt("a --> b", ">> 1\n2", "<v Jon>\\N\\Nso", "NOTE so", "WEBVTT")
    transcript = parse_transcript(odd.encode(), suffix=".srt")
    for one in render_transcripts(transcript, title="t", language="en", duration=None):
        if one.suffix in (".vtt", ".srt", ".json"):
            again, remarks = read_transcript(one.data, suffix=one.suffix)
            assert [cue.text.replace("→", "-->") for cue in again.cues] == [cue.text for cue in transcript.cues]
            assert remarks == ()
