"""Speakers in running text: which `Name: text` names somebody."""

import pytest

from podwright.media.transcripts.speakers import split_speaker


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Ada Example",
        "ADA EXAMPLE",
        "Dr. Ada B. Example-Sample",
        "Ludwig van der Berg",
        "Maria de la Cruz Ruiz Alba",
        "Seán O'Neill",
        "Élodie D’Arc-Noël",
        "Ada Example, MD",
        "Ada Example, MD, MPH, FACP",
        "Ada Example, PharmD",
        "Speaker 1",
        "SPEAKER_00",
        "Q",
        "A",
        "Host",
    ],
)
def test_a_name_before_a_colon_is_the_speaker(name: str) -> None:
    assert split_speaker(f"{name}: Take two readings: one is none.") == (name, "Take two readings: one is none.")
    assert split_speaker(f" {name} :") == (name, "")


@pytest.mark.parametrize(
    "text",
    [
        "Note: no fever.",
        "NOTE: no fever.",
        "Today: how to sit.",
        "Step 2: rest.",
        "The Sample Trial: what it found.",
        "A Question: who asks?",
        "we found: nothing.",
        "Ada said: nothing.",
        "Ada Example said: nothing.",
        "One Two Three Four Five: too many.",
        "Ada Beta Gamma Delta Example: too many.",
        "van der Berg: begins small.",
        "Finally, Maria: a word.",
        "Ada Example, who knows: a word.",
        "Ratio 1:20 is enough.",
        "https://example.org",
        "Ada (laughing): a word.",
        "10: the systolic.",
        f"{'Ada' * 21}: too long.",
        ": nobody.",
        ", MD: nobody.",
        "No colon at all.",
        "",
    ],
)
def test_other_text_before_a_colon_is_text(text: str) -> None:
    assert split_speaker(text) == (None, text)
