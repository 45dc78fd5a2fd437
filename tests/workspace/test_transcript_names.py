"""Which files are an episode's transcripts, in which languages."""

import pytest

from podwright.workspace.transcript_names import choose_transcripts

TWICE = "is not read: {} is the transcript in its language; delete one of the two"


@pytest.mark.parametrize(
    ("names", "language", "own", "others"),
    [
        ("transcript.vtt", "en", "transcript.vtt", {}),
        ("Transcript.VTT", "en", "Transcript.VTT", {}),
        ("transcript.vtt transcript.de.vtt transcript.fr.srt", "en", "transcript.vtt", {"de": 1, "fr": 2}),
        ("transcript.en.vtt", "en", "transcript.en.vtt", {}),
        ("transcript.en-GB.vtt", "en-gb", "transcript.en-GB.vtt", {}),
        ("transcript.en.vtt", "en-GB", "transcript.en.vtt", {}),
        ("transcript.pt_BR.vtt transcript.en.vtt", "pt", "transcript.pt_BR.vtt", {"en": 1}),
        ("transcript.en.vtt transcript.en-US.vtt", "en", "transcript.en.vtt", {"en-US": 1}),
        ("transcript.en-GB.vtt transcript.en-US.vtt", "en", None, {"en-GB": 0, "en-US": 1}),
        ("transcript.de.vtt", "en", None, {"de": 0}),
        ("transcript.de.vtt", None, None, {"de": 0}),
        ("transcript.en-orig.vtt transcript.zh-Hant.vtt", "en", "transcript.en-orig.vtt", {"zh-Hant": 1}),
        ("transcript.haw.md", "en", None, {"haw": 0}),
        ("transcript.vtt.txt", "en", "transcript.vtt.txt", {}),
        ("", "en", None, {}),
    ],
)
def test_a_name_says_its_language(names: str, language: str | None, own: str | None, others: dict[str, int]) -> None:
    paths = [f"episodes/a/{name}" for name in names.split()]
    chosen = choose_transcripts(paths, language=language)
    assert chosen.own == (own and f"episodes/a/{own}")
    assert dict(chosen.others) == {tag: paths[index] for tag, index in others.items()}
    assert chosen.problems == []


@pytest.mark.parametrize(
    ("names", "unread", "message"),
    [
        ("transcript.vtt transcript.en.srt", "transcript.en.srt", TWICE.format("transcript.vtt")),
        ("transcript.de.vtt transcript.de.srt", "transcript.de.srt", TWICE.format("transcript.de.vtt")),
        ("transcript.srt transcript.vtt.txt", "transcript.vtt.txt", TWICE.format("transcript.srt")),
        (
            "transcript.final.vtt",
            "transcript.final.vtt",
            "is not read: 'final' is not a language; rename it to transcript.vtt, or after its language to *",
        ),
        ("transcript.old.vtt", "transcript.old.vtt", "is not read: 'old' is not a language; rename it *"),
        ("transcript.v2.vtt", "transcript.v2.vtt", "is not read: 'v2' is not a language; rename it *"),
        ("transcript.en.cc.vtt", "transcript.en.cc.vtt", "is not read: 'en.cc' is not a language; rename it *"),
        ("transcript.xx.vtt", "transcript.xx.vtt", "is not read: 'xx' is not a language; rename it *"),
        (
            "transcript.de.docx",
            "transcript.de.docx",
            "is not read: its format is not known; convert it to one of .vtt .srt .json .html .txt .md",
        ),
    ],
)
def test_a_name_that_says_none_or_one_that_is_there_is_told(names: str, unread: str, message: str) -> None:
    chosen = choose_transcripts([f"episodes/a/{name}" for name in names.split()], language="en")
    (problem,) = chosen.problems
    assert (problem.where, problem.level) == (f"episodes/a/{unread}", "warning")
    assert problem.message.startswith(message.removesuffix("*"))
