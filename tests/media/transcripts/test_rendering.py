"""Writing transcripts: what is published, what other readers make of it, and what comes back when it is read again."""

import io
from datetime import timedelta
from itertools import groupby, pairwise

import av
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from podwright.core.model import Cue, Heading, Transcript
from podwright.core.scripts import joined
from podwright.media.transcripts import parse_transcript, render_transcripts, transcript_text
from podwright.media.transcripts.speakers import open_text, split_turns, uncased_names
from tests.support.paths import DATA

TRANSCRIPTS = DATA / "transcripts"
MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


def _rendered(transcript: Transcript, *, title: str = "Title", duration: timedelta | None = None) -> dict[str, bytes]:
    rendered = render_transcripts(transcript, title=title, language="en-GB", duration=duration)
    return {one.suffix: one.data for one in rendered}


@pytest.mark.parametrize("source", ["marked.md", "turns.txt"])
def test_a_transcript_is_written_byte_for_byte_as_before(source: str) -> None:
    path = TRANSCRIPTS / source
    transcript = parse_transcript(path.read_bytes(), suffix=path.suffix)
    expected = {p.suffix: p.read_bytes() for p in (TRANSCRIPTS / "rendered").iterdir() if p.stem == path.stem}
    assert _rendered(transcript, title="Gout in four minutes", duration=3608 * SECOND) == expected


def _types(transcript: Transcript) -> list[tuple[str, str, str, str | None]]:
    rendered = render_transcripts(transcript, title="Title", language="en", duration=None)
    return [(one.suffix, one.media_type, one.feed_type, one.rel) for one in rendered]


HTML = (".html", "text/html; charset=utf-8", "text/html", None)


def test_a_timed_transcript_is_published_as_captions_and_a_page() -> None:
    assert _types(Transcript((Cue(0 * MS, SECOND, None, "Yes."),))) == [
        (".vtt", "text/vtt; charset=utf-8", "text/vtt", "captions"),
        (".srt", "application/x-subrip; charset=utf-8", "application/x-subrip", "captions"),
        (".json", "application/json", "application/json", "captions"),
        HTML,
    ]


@pytest.mark.parametrize("start", [None, SECOND])
def test_an_untimed_transcript_is_published_as_a_page_and_text(start: timedelta | None) -> None:
    text = (".txt", "text/plain; charset=utf-8", "text/plain", None)
    assert _types(Transcript((Cue(start, None, None, "Yes."),))) == [HTML, text]


def test_no_caption_outlasts_the_audio_it_starts_in() -> None:
    cues = (Cue(SECOND, 9 * SECOND, None, "In time, in part."), Cue(5 * SECOND, 6 * SECOND, None, "Too late."))
    data = _rendered(Transcript(cues), duration=3 * SECOND)[".vtt"]
    assert [(c.start, c.end) for c in parse_transcript(data, suffix=".vtt").cues] == [
        (SECOND, 3 * SECOND),
        (5 * SECOND, 6 * SECOND),
    ]


def test_the_page_escapes_everything_and_repeats_no_title() -> None:
    transcript = Transcript(
        (Cue(None, None, "A <b> & Co", "1 < 2 & 3 > 2"),),
        (Heading(0, "Q & <A>"), Heading(0, "Rest & <motion>", SECOND)),
    )
    (page, *_) = render_transcripts(transcript, title="Q & <A>", language='en"><script>', duration=None)
    assert page.data.decode().split("\n")[1:-1] == [
        '<html lang="en&quot;&gt;&lt;script&gt;" dir="ltr">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>Q &amp; &lt;A&gt;</title>",
        "</head>",
        "<body>",
        "<main>",
        "<h1>Q &amp; &lt;A&gt;</h1>",
        '<h2>Rest &amp; &lt;motion&gt; <time datetime="PT1S">0:01</time></h2>',
        "<cite>A &lt;b&gt; &amp; Co:</cite>",
        "<p>1 &lt; 2 &amp; 3 &gt; 2</p>",
        "</main>",
        "</body>",
        "</html>",
    ]


def test_captions_are_joined_to_paragraphs_at_sentences_speakers_and_headings() -> None:
    said = [
        ("Ada", "One."),
        ("Ada", "Two " * 80 + "three,"),
        ("Ada", "four."),
        ("Ada", "Five."),
        ("Ben", "Six."),
        ("Ben", "Seven."),
        ("Ben", "Eight."),
    ]
    cues = tuple(Cue(n * SECOND, (n + 1) * SECOND, *each) for n, each in enumerate(said))
    last = Cue(90 * SECOND, 91 * SECOND, "Ben", "Nine.")
    transcript = Transcript((*cues, last), (Heading(5, "After six"),))
    assert transcript_text(transcript).split("\n\n") == [
        f"Ada: One. {said[1][1]} four.",
        "Five.",
        "Ben: Six.",
        "Seven. Eight.",
        "Nine.",
    ]


def test_srt_shares_the_time_of_a_long_cue_by_length_and_names_who_speaks_at_once() -> None:
    ada = "The cuff goes on a bare arm. It rests at the height of the heart, and nobody talks, not even the doctor."
    cues = (
        Cue(0 * MS, 8 * SECOND, "Ada", ada),
        Cue(4 * SECOND, 5 * SECOND, "Ben", "Today: nobody."),
        Cue(9 * SECOND, 10 * SECOND, "Ben", "Nobody."),
        Cue(10 * SECOND, 11 * SECOND, "Ben", "Lancet: an arrow --> here."),
    )
    assert _rendered(Transcript(cues))[".srt"].decode().split("\n\n") == [
        "1\n00:00:00,000 --> 00:00:04,180\nAda: The cuff goes on a bare\narm. It rests at the height of",
        "2\n00:00:04,000 --> 00:00:05,000\nBen: Today: nobody.",
        "3\n00:00:04,180 --> 00:00:08,000\nAda: the heart, and nobody\ntalks, not even the doctor.",
        "4\n00:00:09,000 --> 00:00:10,000\nBen: Nobody.",
        "5\n00:00:10,000 --> 00:00:11,000\nBen: Lancet: an arrow → here.\n",
    ]


def test_every_caption_of_a_very_short_cue_has_a_length() -> None:
    text = " ".join(("a" * 20, "b" * 32, "c" * 32, "d" * 32, "e" * 32, "f" * 32))
    data = _rendered(Transcript((Cue(0 * MS, 3 * MS, None, text),)))[".srt"]
    assert [(c.start, c.end) for c in parse_transcript(data, suffix=".srt").cues] == [
        (n * MS, (n + 1) * MS) for n in range(3)
    ]


def test_captions_without_punctuation_are_paragraphs_of_bounded_length() -> None:
    cues = tuple(Cue(n * MS, (n + 1) * MS, None, "ten letters") for n in range(100))
    assert [len(part) for part in transcript_text(Transcript(cues)).split("\n\n")] == [1007, 191]


#: Words of scripts without spaces, whose lines are joined without, and marks that stand at the ends of lines.
_spaceless = st.lists(st.sampled_from("今天浇水。、（根）ですカナはสวัสดีก็ํา"), min_size=1, max_size=40).map("".join)
_visible = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
_words = st.one_of(st.text(_visible, min_size=1, max_size=12), st.sampled_from(["&amp;", "<v", "-->", "</i>", "NOTE"]))
_texts = st.lists(_words | _spaceless, min_size=2, max_size=25).map(" ".join)
_speakers = st.one_of(st.none(), st.lists(_words, min_size=1, max_size=4).map(" ".join))
_plain_words = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=32)
#: No word twice: of captions that begin with the end of those before them, which roll, that is read once.
_plain_texts = st.lists(_plain_words, min_size=2, max_size=30, unique=True).map(" ".join)


def _opens_with_none(text: str) -> bool:
    """Whether a text begins with no speaker's name: captions would name the speaker of it."""
    opening = open_text(text, uncased_names([text]))
    return opening.speaker is None and not opening.another and not split_turns([text], line=1)[0].speaker


def _timed(speakers: st.SearchStrategy[str | None], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Transcript]:
    """Transcripts of cues each of which starts so many ms after the last one did and lasts so many ms."""
    milliseconds = st.integers(0, 100_000)

    def placed(rows: list[tuple[int, int, str | None, str]]) -> Transcript:
        cues, at = [], 0
        for later, length, speaker, text in rows:
            at += later
            cues.append(Cue(at * MS, (at + length + 1) * MS, speaker, text))
        return Transcript(tuple(cues))

    said = texts.filter(_opens_with_none)
    rows = st.lists(st.tuples(milliseconds, milliseconds, speakers, said), min_size=1, max_size=6)
    return rows.map(placed)


def _turns(transcript: Transcript) -> list[tuple[str | None, str]]:
    grouped = groupby(transcript.cues, key=lambda cue: cue.speaker)
    return [(speaker, " ".join(cue.text for cue in cues)) for speaker, cues in grouped]


@settings(max_examples=60)
@given(transcript=_timed(_speakers, _texts))
def test_vtt_and_json_read_back_are_the_same_transcript(transcript: Transcript) -> None:
    # A caption that begins like the one before would be taken for one that grows.
    assume(not any(after.text.startswith(before.text) for before, after in pairwise(transcript.cues)))
    rendered = _rendered(transcript)
    assert parse_transcript(rendered[".vtt"], suffix=".vtt") == transcript
    assert parse_transcript(rendered[".json"], suffix=".json") == transcript


@settings(max_examples=60)
@given(transcript=_timed(st.sampled_from(["Ada Example", "Ben Sample, MD", "Dr. Maria de la Cruz-Ruiz"]), _plain_texts))
def test_srt_read_back_has_the_same_words_by_the_same_speakers(transcript: Transcript) -> None:
    at, cues = 0 * MS, []
    for cue in transcript.cues:
        assert cue.start is not None
        assert cue.end is not None
        cues.append(Cue(at, at + (cue.end - cue.start), cue.speaker, cue.text))
        at += cue.end - cue.start
    apart = Transcript(tuple(cues))
    assert _turns(parse_transcript(_rendered(apart)[".srt"], suffix=".srt")) == _turns(apart)


@settings(max_examples=60)
@given(transcript=_timed(_speakers, _texts))
def test_captions_keep_to_the_width_of_a_line_and_page_to_the_words(transcript: Transcript) -> None:
    rendered = _rendered(transcript)
    lengths = {
        cue.start: cue.end - cue.start for cue in transcript.cues if cue.start is not None and cue.end is not None
    }
    for block in rendered[".srt"].decode().strip().split("\n\n"):
        _, _, *lines = block.split("\n")
        assert max(map(len, lines)) <= 32
        assert len(lines) <= 2 or min(lengths.values()) < 60 * MS
    said = joined(cue.text for cue in transcript.cues)
    assert joined(cue.text for cue in parse_transcript(rendered[".html"], suffix=".html").cues) == said


def test_a_page_has_its_language_direction_and_main_part() -> None:
    (page, *_) = render_transcripts(
        Transcript((Cue(None, None, "דנה", "כן."),)), title="x", language="he", duration=None
    )
    assert page.data.decode().split("\n")[1] == '<html lang="he" dir="rtl">'
    assert "<body>\n<main>\n<h1>x</h1>\n<cite>דנה:</cite>\n<p>כן.</p>\n</main>\n</body>" in page.data.decode()


def test_captions_of_a_script_without_spaces_are_broken_where_a_line_may_end_and_come_back_the_same() -> None:
    text = "今天我们在花园里谈谈水（还有根），因为很多人觉得中午浇水最好。其实不是这样的！清晨浇水，叶子会干得快。"
    transcript = Transcript((Cue(0 * MS, 9 * SECOND, "小明", text),))
    rendered = _rendered(transcript)
    for suffix in (".vtt", ".srt"):
        lines = [line for line in rendered[suffix].decode().split("\n") if line and not line[0].isascii()]
        assert not [line for line in lines if line[0] in "，。！）" or line[-1] in "（"]
        assert transcript_text(parse_transcript(rendered[suffix], suffix=suffix)) == f"小明: {text}"


def test_paragraphs_of_a_script_without_spaces_end_where_its_sentences_do() -> None:
    said = ["今天我们谈谈根。", "先浇水，", "然后松土。", "再见！"]
    cues = tuple(Cue(n * 16 * SECOND, (n + 1) * 16 * SECOND, None, text) for n, text in enumerate(said))
    assert transcript_text(Transcript(cues)).split("\n\n") == ["今天我们谈谈根。先浇水，然后松土。", "再见！"]


def test_another_speaker_without_a_name_begins_a_paragraph_and_is_marked_in_captions() -> None:
    cues = (
        Cue(0 * MS, SECOND, None, "Mind the roots."),
        Cue(SECOND, 2 * SECOND, None, "Why?", another=True),
        Cue(2 * SECOND, 3 * SECOND, None, "They drink."),
    )
    transcript = Transcript(cues)
    assert transcript_text(transcript) == "Mind the roots.\n\nWhy? They drink."
    for suffix in (".vtt", ".srt", ".json"):
        assert parse_transcript(_rendered(transcript)[suffix], suffix=suffix) == transcript


@settings(max_examples=30)
@given(transcript=_timed(st.sampled_from([None, "Ada Example"]), _plain_texts))
@pytest.mark.parametrize(("suffix", "demuxer"), [(".vtt", "webvtt"), (".srt", "srt")])
def test_ffmpeg_reads_the_same_captions(suffix: str, demuxer: str, transcript: Transcript) -> None:
    data = _rendered(transcript)[suffix]
    own = {(cue.start, cue.end) for cue in parse_transcript(data, suffix=suffix).cues}
    with av.open(io.BytesIO(data), format=demuxer) as container:
        packets = [p for p in container.demux() if p.pts is not None]
    # A set, because FFmpeg drops a repeated cue.
    assert {(p.pts * MS, (p.pts + (p.duration or 0)) * MS) for p in packets} == own
