"""Paragraphs with times and speakers, as transcripts in Markdown, HTML and plain text have them.

A time stands in brackets or parentheses before or after a speaker's name, or anywhere in what is said. Without these it
is one alone on a line, behind a name at the end of a line, or where lines begin with one throughout. Of two times the
second is the end. So write Otter, Rev, Descript, Riverside, Teams, Premiere, Whisper and people.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.model import Cue, Heading, Transcript
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.source import tidy, tidy_lines
from podwright.media.transcripts.speakers import (
    ends_sentence,
    is_label,
    may_be_name,
    may_stand_alone,
    open_text,
    stand_alone,
    uncased_names,
)
from podwright.media.transcripts.times import CLOCK_SHAPE, in_order, parse_clock, with_ends, with_starts

#: Bold type in the text of a block; control characters, because no transcript has any.
BOLD, UNBOLD = "\x01", "\x02"
_PLAIN = str.maketrans("", "", BOLD + UNBOLD)

_SPAN = rf"({CLOCK_SHAPE})(?: ?(?:-->|[-–—→]) ?({CLOCK_SHAPE}))?"
_MARK = rf"(?:\[ ?{_SPAN} ?\]|\( ?{_SPAN} ?\))"
_MARK_FIRST = re.compile(rf"(\x01?) ?{_MARK} ?(?:[-–—|:] )? ?")
_BARE_FIRST = re.compile(rf"(\x01?){_SPAN}(?: ?(?:[-–—|:] |$)| |$)")
_NAME = r"(?:[^\x01\x02\[\]:：(]|\((?![0-9]))"
_BOLD_NAME = re.compile(rf"\x01 ?({_NAME}{{1,60}})(?:{_MARK})? ?([:：]?) ?\x02 ?(?:{_MARK})? ?([:：]?) ?")
_BOLD_NAME_BARE = re.compile(rf"\x01 ?({_NAME}{{1,60}})[:：]? ?\x02 ?{_SPAN} ?[:：]?$")
_NAME_MARK = re.compile(rf"\[?({_NAME}{{1,60}}?)\]?:?(?: ?{_MARK} ?([:：]) ?| ?{_MARK}$| {_SPAN} ?[:：]?$)")
_ITEM = re.compile(r"(?:[-*•] |[0-9]{1,3}[.)] )+")
_INNER = re.compile(rf"\[ ?{_SPAN} ?\] ?|(?<=[.!?…。！？] )\( ?{_SPAN} ?\) ?")

#: The last line of an export, by which its tool names itself.
_SIGNED = re.compile(
    r"(?:transcribed|transcript(?:ion)?|captioned|captions|subtitled|subtitles) (?:by|with|from) "
    r"(?:[^ ]{1,40} ){0,3}\(?(?:https?://)?[a-z0-9.-]{1,60}\.(?:ai|com|io|app|org|net|fm)[^ ]{0,40}"
    r"(?: [^ ]{1,40}){0,2}",
    re.IGNORECASE,
)
_WORDS_TODO = "they are published as words: correct them, or delete them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or a heading, with what markup says of its speaker and time."""

    #: Number of its first line.
    line: int
    lines: list[str]
    heading: bool = False
    speaker: str | None = None
    start: timedelta | None = None
    #: Names and times in the text are text: markup tells them in this document.
    marked_up: bool = False


@dataclass(slots=True)
class _Turn:
    """A turn as it is read, line by line. What is None is not said."""

    line: int
    start: timedelta | None = None
    end: timedelta | None = None
    speaker: str | None = None
    another: bool = False
    #: Whether it begins a turn wherever it stands, and not only behind a sentence.
    sure: bool = False
    #: Whether its line has two times, above a line with the name.
    ranged: bool = False
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """The facts of a document that its turns are read by."""

    remarks: Remarks
    #: Whether times in brackets that are wrong are faults, and not words.
    strict: bool
    names: Collection[str] = ()
    #: Those on a line of their own, and those on a line with a time.
    alone: Collection[str] = ()
    marked: Collection[str] = ()
    #: Whether marks are times, and whether those without brackets are.
    marks: bool = True
    bare: bool = False
    #: Lines of times that are none.
    wrong: list[int] = field(default_factory=list)


def parse_prose(blocks: Sequence[Block], remarks: Remarks, *, strict: bool) -> Transcript:
    """Return the transcript of a document. A name holds until another is given.

    Where the first paragraph and most others have a time the transcript is timed: each ends where the next one starts.
    strict: a wrong time in brackets is a fault; else it stays in the text, of which a remark warns.
    """
    blocks = _unsigned(blocks, remarks)
    said = [block for block in blocks if not block.heading and not block.marked_up]
    openings = [[_shortened(line) for line in block.lines] for block in said]
    reading = _Reading(remarks, strict)
    reading.names = uncased_names(line for lines in openings for line in lines)
    reading.alone = stand_alone([lines for lines in openings if lines[0]])
    reading.marked = _marked_names(said)
    reading.bare = _bare_are_times(said, reading)
    turns = list(_turns(blocks, reading))
    if not strict and not reading.wrong and not _ordered(turns):
        reading.wrong = [turn.line for _, turn in turns if turn.start is not None]
        reading.marks = reading.bare = False
        turns = list(_turns(blocks, reading))
    for line in sorted(set(reading.wrong)):
        remarks.note("times that cannot be those of the recording", _WORDS_TODO, line=line, level="warning")
    return _transcript(blocks, turns, reading)


def _unsigned(blocks: Sequence[Block], remarks: Remarks) -> Sequence[Block]:
    """Return blocks without the line by which a tool names itself at the end."""
    if len(blocks) > 1 and len(blocks[-1].lines) == 1 and _SIGNED.fullmatch(blocks[-1].lines[0].strip()[:250]):
        remarks.note("the name of a tool is left out", "delete it", line=blocks[-1].line)
        return blocks[:-1]
    return blocks


def _shortened(line: str) -> str:
    """Return a line without a time before it and without bold type."""
    text = _ITEM.sub("", line.strip(), count=1)
    match = _MARK_FIRST.match(text) or _BARE_FIRST.match(text)
    return (text[match.end() :] if match else text).translate(_PLAIN).strip()


def _marked_names(blocks: Sequence[Block]) -> Collection[str]:
    """Return the names that stand alone behind times, where half of the times have one, or one is there twice."""
    found: Counter[str] = Counter()
    total = 0
    for line in (line.strip() for block in blocks for line in block.lines):
        if _MARK_FIRST.match(line) or _BARE_FIRST.match(line):
            total += 1
            text = _shortened(line)
            if may_stand_alone(text):
                found[text] += 1
    return found.keys() if found.total() * 2 >= total else {name for name, count in found.items() if count > 1}


def _bare_are_times(blocks: Sequence[Block], reading: _Reading) -> bool:
    """Return whether lines begin with a time without brackets so often that it must be one, and in order."""
    lines = [(block.line + at, line.strip()) for block in blocks for at, line in enumerate(block.lines)]
    found = [(number, match) for number, line in lines if (match := _BARE_FIRST.match(line))]
    begins = any(_BARE_FIRST.match(block.lines[0].strip()) for block in blocks[:2])
    if not begins or len(found) < 2 or (len(found) * 2 < len(blocks) and len(found) * 3 < len(lines)):
        return False
    try:
        times = [parse_clock(match[2], line=number) for number, match in found]
    except TranscriptError:
        times = []
    if times != sorted(times) or not times:
        reading.wrong = [number for number, _ in found]
        return False
    return True


def _ordered(turns: Sequence[tuple[int, _Turn]]) -> bool:
    starts = [turn.start for _, turn in turns if turn.start is not None]
    return starts == sorted(starts)


# Turns


def _turns(blocks: Sequence[Block], reading: _Reading) -> Iterator[tuple[int, _Turn]]:
    """Yield the turns of all paragraphs, each with the index of its block."""
    for index, block in enumerate(blocks):
        if block.heading:
            continue
        if block.marked_up:
            turn = _Turn(block.line, block.start, None, block.speaker, lines=list(block.lines))
            yield index, turn
            continue
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        goes_on = after is not None and not after.heading and not _MARK_FIRST.match(after.lines[0].strip())
        turns = _block_turns(block, reading, goes_on=goes_on)
        if turns and block.start is not None:
            turns[0].start = block.start
        if turns and block.speaker is not None:
            turns[0].speaker = block.speaker
        yield from ((index, turn) for turn in turns)


def _block_turns(block: Block, reading: _Reading, *, goes_on: bool) -> list[_Turn]:
    """Return a paragraph's turns. goes_on: the next one has no time, so that this one may be but a name."""
    turns: list[_Turn] = []
    for at, line in enumerate(block.lines):
        number = block.line + at
        more = at + 1 < len(block.lines) or goes_on
        text = line.translate(_PLAIN).strip()
        turn = _Turn(number, lines=[text])
        with reading.remarks.faulty():
            turn = _turn(" ".join(line.split()), number, reading, more=more)
        bare = bool(turns) and not any(turns[-1].lines) and turns[-1].speaker is None and turns[-1].sure
        if text in reading.alone and at + 1 < len(block.lines) and (at == 0 or bare):
            turn = _Turn(number, speaker=text, sure=True, lines=[""])
        elif bare and turns[-1].ranged and at + 1 < len(block.lines) and not turn.sure and may_stand_alone(text):
            # Premiere and Teams have the name on the line below the times.
            turn = _Turn(number, speaker=text, sure=True, lines=[""])
        if bare and turn.start is None:
            turns[-1].speaker, turns[-1].lines, turns[-1].another = turn.speaker, turn.lines, turn.another
        elif not turns or turn.sure or ((turn.speaker or turn.another) and ends_sentence(turns[-1].lines[-1])):
            turns.append(turn)
        else:
            turns[-1].lines.append(text)
    return turns


def _turn(text: str, line: int, reading: _Reading, *, more: bool) -> _Turn:
    """Return what a line begins with and says. more: something follows that it may be the name above."""
    item = _ITEM.match(text)
    if item:
        turn = _turn(text[item.end() :], line, reading, more=more)
        if turn.speaker is not None or turn.start is not None:
            turn.sure = True
            return turn
        return _Turn(line, lines=[text.translate(_PLAIN)])
    if not reading.marks:
        opening = open_text(text.translate(_PLAIN), reading.names)
        return _Turn(line, speaker=opening.speaker, another=opening.another, lines=[opening.rest])
    if (match := _MARK_FIRST.match(text)) and (span := _span(match, 1, line, reading)):
        turn = _named(match[1] + text[match.end() :], line, reading, more=more, alone=True)
        turn.start, turn.end, turn.sure = *span, True
        return turn
    if match := _BARE_FIRST.match(text):
        turn = _named(match[1] + text[match.end() :], line, reading, more=more, alone=True)
        named = turn.speaker is not None or (match[3] and not any(turn.lines))
        if (reading.bare or named) and (span := _span(match, 1, line, reading, soft=True)):
            turn.start, turn.end, turn.sure, turn.ranged = *span, True, match[3] is not None
            return turn
    return _named(text, line, reading, more=more, alone=False)


def _named(text: str, line: int, reading: _Reading, *, more: bool, alone: bool) -> _Turn:
    """Return the name that a text begins with, the times behind it, and the rest. alone: it may be without a colon."""
    match = _BOLD_NAME_BARE.match(text)
    if match and _is_bold_name(match[1].strip()) and (span := _span(match, 1, line, reading, soft=True)):
        return _Turn(line, *span, tidy(match[1], line=line), sure=True, lines=[""])
    match = _BOLD_NAME.match(text)
    if match and _is_bold_name(match[1].strip()):
        marked = any(match.group(*range(2, 6))) or any(match.group(*range(7, 11)))
        ended = match.end() == len(text) and more
        if match[6] or match[11] or (ended and (marked or alone)):
            turn = _Turn(line, speaker=tidy(match[1], line=line), sure=True)
            turn.start, turn.end = _span(match, 1, line, reading) or _span(match, 6, line, reading) or (None, None)
            return _behind(turn, text[match.end() :], reading)
    text = text.translate(_PLAIN).strip()
    if (match := _NAME_MARK.match(text)) and may_be_name(match[1].strip()):
        spans = (_span(match, at, line, reading, soft=True) for at in (1, 6, 10))
        if span := next(filter(None, spans), None):
            return _behind(_Turn(line, *span, match[1].strip(), sure=True), text[match.end() :], reading)
    opening = open_text(text, reading.names)
    if opening.speaker is None and alone and more and text in reading.marked:
        return _Turn(line, speaker=text, sure=True, lines=[""])
    turn = _Turn(line, speaker=opening.speaker, another=opening.another)
    return _behind(turn, opening.rest, reading) if opening.speaker else _with(turn, text, opening.rest)


def _with(turn: _Turn, text: str, rest: str) -> _Turn:
    turn.lines = [rest if turn.another else text]
    return turn


def _behind(turn: _Turn, rest: str, reading: _Reading) -> _Turn:
    """Return a turn with its words, before which a time may stand."""
    match = _MARK_FIRST.match(rest) if turn.start is None else None
    if match and (span := _span(match, 1, turn.line, reading)):
        turn.start, turn.end = span
        turn.sure = True
        rest = match[1] + rest[match.end() :]
    turn.lines = [rest.translate(_PLAIN)]
    return turn


def _span(
    match: re.Match[str], before: int, line: int, reading: _Reading, *, soft: bool = False
) -> tuple[timedelta, timedelta | None] | None:
    """Return the times in the groups behind one of a match; None where there are none, or they are words.

    Raises TranscriptError for what is none in brackets in a strict document.
    """
    groups = match.groups()[before : before + 4]
    pairs = [(groups[at], groups[at + 1], at == 0) for at in range(0, len(groups) - 1, 2) if groups[at] is not None]
    if not pairs:
        return None
    start, end, bracketed = pairs[0]
    try:
        begins = parse_clock(start, line=line)
        ends = parse_clock(end, line=line) if end else None
    except TranscriptError:
        if reading.strict and bracketed and not soft:
            raise
        reading.wrong.append(line)
        return None
    return begins, ends if ends is not None and ends > begins else None


def _is_bold_name(text: str) -> bool:
    """Return whether bold type is a name: anything but a label or what begins with a small letter."""
    return bool(text) and not text[:1].islower() and not is_label(text)


# Cues


@dataclass(slots=True)
class _State:
    """The speaker that holds from one turn to the next, and the time that waits for words."""

    speaker: str | None = None
    start: timedelta | None = None
    end: timedelta | None = None
    another: bool = False
    #: The latest time so far.
    last: timedelta = field(default_factory=timedelta)


def _transcript(blocks: Sequence[Block], turns: Sequence[tuple[int, _Turn]], reading: _Reading) -> Transcript:
    cues: list[Cue] = []
    headings: list[Heading] = []
    state = _State()
    inner = reading.marks and _inner_are_times(turns)
    rest = deque(zip(turns, _next_starts(turns), strict=True))
    for index, block in enumerate(blocks):
        if block.heading:
            with reading.remarks.faulty():
                if block.start is not None:
                    state.last = in_order(block.start, state.last, line=block.line)
                if block.lines[0]:
                    headings.append(Heading(len(cues), block.lines[0], block.start))
        while rest and rest[0][0][0] == index:
            (_, turn), following = rest.popleft()
            cues += _cues(turn, state, reading, following=following, inner=inner and not block.marked_up)
    return Transcript(cues=with_ends(with_starts(cues)), headings=tuple(headings))


def _cues(turn: _Turn, state: _State, reading: _Reading, *, following: timedelta | None, inner: bool) -> Iterator[Cue]:
    """Yield a turn as cues: several where times stand inside it. following: the start of the next turn with one."""
    if turn.start is not None:
        with reading.remarks.faulty():
            state.last = in_order(turn.start, state.last, line=turn.line)
        state.start, state.end = turn.start, turn.end
    if turn.speaker is not None or turn.another:
        state.speaker = turn.speaker
    state.another = state.another or turn.another
    text = tidy_lines(turn.lines, line=turn.line)
    for words, mark in list(_pieces(text, state.last, following)) if inner else [(text, None)]:
        if mark is not None:
            state.start, state.end, state.last = mark, None, mark
        if words:
            yield Cue(state.start, state.end, state.speaker, words, state.another and state.speaker is None)
            state.start, state.end, state.another = None, None, False


def _inner_are_times(turns: Sequence[tuple[int, _Turn]]) -> bool:
    """Return whether times inside the text are marks: one alone may be a verse of the Bible, or the time of day."""
    marks = sum(turn.start is not None for _, turn in turns)
    for _, turn in turns:
        marks += len(_INNER.findall(" ".join(turn.lines)))
        if marks > 1:
            return True
    return False


def _next_starts(turns: Sequence[tuple[int, _Turn]]) -> list[timedelta | None]:
    """Return for each turn the start of the next one that has any."""
    starts: list[timedelta | None] = []
    following: timedelta | None = None
    for _, turn in reversed(turns):
        starts.append(following)
        following = turn.start if turn.start is not None else following
    return starts[::-1]


def _pieces(text: str, last: timedelta, following: timedelta | None) -> Iterator[tuple[str, timedelta | None]]:
    """Yield what is said between the times inside a text, each with the time before it; others are words."""
    begun, mark = 0, None
    for match in _INNER.finditer(text):
        try:
            time = parse_clock(match[1] or match[3], line=0)
        except TranscriptError:
            continue
        if time < last or (following is not None and time > following):
            continue
        yield text[begun : match.start()].strip(), mark
        begun, mark, last = match.end(), time, time
    yield text[begun:].strip(), mark
