"""Drafted key points: full sentences of the transcript, in order, the same on every run."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.model import Cue, Transcript
from podwright.core.scripts import joined
from podwright.render.notes import draft_key_points
from podwright.render.notes.cutting import split_sentences
from tests.support.paths import DATA

NOTES = DATA / "notes"
MONOLOGUE = (NOTES / "monologue.txt").read_text(encoding="utf-8")


def said(*texts: str, speaker: str | None = "Ada") -> Transcript:
    return Transcript(tuple(Cue(None, None, speaker, text) for text in texts))


def test_the_conclusion_of_a_monologue_is_chosen_and_its_opening_question_is_not() -> None:
    assert draft_key_points(said(MONOLOGUE)) == tuple(
        (NOTES / "monologue.expected.txt").read_text(encoding="utf-8").splitlines()
    )


def test_a_draft_does_not_depend_on_the_run() -> None:
    script = (
        "import sys; from podwright.core.model import Cue, Transcript; "
        "from podwright.render.notes import draft_key_points; "
        "print(*draft_key_points(Transcript((Cue(None, None, None, sys.argv[1]),)), count=7), sep='|')"
    )
    drafts = {
        subprocess.run(
            [sys.executable, "-c", script, MONOLOGUE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert [len(draft.split("|")) for draft in drafts] == [7]


def test_of_equally_telling_sentences_the_first_is_chosen() -> None:
    nouns = [("Aspirin", "strokes"), ("Exercise", "falls"), ("Vaccination", "measles"), ("Salt", "oedema")]
    sentences = [f"{cause} has something to do with {effect}." for cause, effect in nouns]
    assert draft_key_points(said(*sentences), count=2) == tuple(sentences[:2])


@pytest.mark.parametrize(
    "sentence",
    [
        "How often have you wondered about that yourself?",
        "Is it true, she asked, or “is it not true?”",
        "Welcome to another episode of our little show.",
        "This is Medicine in Five Minutes with me.",
        "I'm Lena Ortiz and I work at Harbour Hospital.",
        "With me is Tobias Rehm, who is a pharmacist.",
        "Thank you for listening to us again today.",
        "Far too short.",
        " ".join(["Long", *["word"] * 40]) + ".",
    ],
)
def test_questions_greetings_and_what_is_too_short_or_long_are_passed_over(sentence: str) -> None:
    kept = "Aspirin prevents a second stroke in most people."
    assert draft_key_points(said(f"{sentence} {kept}")) == (kept,)


@pytest.mark.parametrize(
    "sentence",
    [
        "This is the first trial of its kind.",
        "I am sure that nobody needs it for ever.",
        "Hibernation is no treatment for a broken leg.",
    ],
)
def test_what_only_looks_like_a_greeting_is_kept(sentence: str) -> None:
    assert draft_key_points(said(sentence)) == (sentence,)


def test_a_sentence_goes_over_cues_but_not_over_speakers() -> None:
    cues = (
        Cue(timedelta(0), timedelta(1), "Ada", "Aspirin prevents a"),
        Cue(timedelta(1), timedelta(2), "Ada", "second stroke. And it"),
        Cue(timedelta(2), timedelta(3), "Ben", "Is that so in everybody over sixty."),
    )
    assert draft_key_points(Transcript(cues)) == (
        "Aspirin prevents a second stroke.",
        "Is that so in everybody over sixty.",
    )


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "ja-JP",
            "心不全の患者は毎朝同じ時間に体重を測るべきです。お元気ですか？薬です。薬を自分でやめてはいけません。",
            ("心不全の患者は毎朝同じ時間に体重を測るべきです。", "薬を自分でやめてはいけません。"),
        ),
        (
            "ar",
            "كيف نفعل ذلك في العيادة كل يوم؟ يجب قياس الوزن كل صباح قبل الإفطار.",
            ("يجب قياس الوزن كل صباح قبل الإفطار.",),
        ),
        ("hi", "हर सुबह नाश्ते से पहले वजन मापें। हाँ।", ("हर सुबह नाश्ते से पहले वजन मापें।",)),
        (
            "de",
            "Danke. „Fieber ist keine Krankheit, sondern eine Antwort.“",
            ("„Fieber ist keine Krankheit, sondern eine Antwort.“",),
        ),
        ("th", "ยา" * 60, ()),
    ],
)
def test_other_scripts_have_sentences_too(language: str, text: str, expected: tuple[str, ...]) -> None:
    assert draft_key_points(said(text), language=language) == expected


@pytest.mark.parametrize("language", ["ja", "zh-Hant", "th", "he", "de-CH", "xx", ""])
def test_ranking_works_in_every_language(language: str) -> None:
    text = (
        "心不全の患者は毎朝体重を測る。薬を自分でやめてはいけません。塩分は一日六グラムまで。息切れがあれば連絡する。"
    )
    points = draft_key_points(said(text, MONOLOGUE), count=3, language=language)
    assert len(points) == 3


@pytest.mark.parametrize(
    "transcript",
    [
        Transcript(()),
        said(""),
        said("Yes.", "No."),
        said(" ".join(["word"] * 3_000)),
        said(*(f"We say it {'again ' * count}and again." for count in range(1, 9))),
    ],
)
def test_a_transcript_that_tells_nothing_gives_no_key_points(transcript: Transcript) -> None:
    assert draft_key_points(transcript) == ()


def test_three_hours_of_talk_are_drafted_from_throughout() -> None:
    cues = (
        f"Point {'abcdefghijklmnopqrstuvwxyz'[n % 26]}{n} is about word{n * 7 % 1999}x and thing{n * 11 % 1999}y here."
        for n in range(2_400)
    )
    points = draft_key_points(said(*cues), count=5)
    assert len(points) == 5


@settings(max_examples=40)
@given(st.lists(st.text(max_size=80) | st.sampled_from(split_sentences(MONOLOGUE)), max_size=12), st.integers(0, 5))
def test_key_points_are_sentences_of_the_transcript_in_order(texts: list[str], count: int) -> None:
    points = draft_key_points(said(*texts), count=count)
    spoken = split_sentences(joined(texts))
    places = [spoken.index(point) for point in points]
    assert len(points) <= count
    assert places == sorted(places)
