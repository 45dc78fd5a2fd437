"""Caption files, WebVTT and SRT, as captions of lines: each has a `start --> end` line above its text.

Tools bend both formats in the same ways. What has one meaning is read so: a blank line inside a caption or none between
two, fractions of a second with any number of digits, a wrong decimal sign, numbers that are missing or wrong. A caption
without words is left out, which a remark tells.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from podwright.core.errors import TranscriptError
from podwright.core.scripts import columns, gap, has_spaceless
from podwright.media.transcripts.remarks import Remarks
from podwright.media.transcripts.times import format_exact, parse_exact

#: The arrow as tools, translators and editors leave it.
_ARROW = r"(?:-{1,3} ?>|[-=–—]{1,2}>|-{1,2}&gt;)"
_TIME = r"[0-9]{1,4} ?: ?[0-9]{1,9}(?: ?: ?[0-9]{1,9})?(?: ?[.,] ?[0-9]{0,9})?"
_TIMING = re.compile(rf"({_TIME}) ?{_ARROW} ?({_TIME})(?: (.*))?")
#: Times that are none: an arrow with figures before it.
_MEANT = re.compile(r"[0-9][0-9:.,;\s]{0,30}-->|-->\s*[0-9]")
#: Settings of a WebVTT cue, and the coordinates of an SRT caption, which stand behind its times.
_SETTING = re.compile(r"(?:align|position|line|size|vertical|region|[XY][12]):", re.IGNORECASE)
#: Marks of direction, which nobody sees.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")

_NO_TIMES = "no times above this text; put a line like {example} above it"


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption with its lines as written, but for blank ones. A caption without length has no end."""

    #: Number of the line of its times.
    line: int
    start: timedelta
    end: timedelta | None
    #: Each with its number.
    lines: list[tuple[int, str]]

    @property
    def text_line(self) -> int:
        """The number of the first line of text."""
        return self.lines[0][0] if self.lines else self.line


def parse_captions(
    lines: Iterable[tuple[int, str]], remarks: Remarks, *, decimal: str, named: bool, shift: timedelta = timedelta()
) -> list[Caption]:
    """Return the captions in numbered lines, in their order.

    decimal: what stands before the milliseconds of the format. named: whether a line of text above the times is the
    caption's name. shift is added to all times. Faults are kept: text without times, times that are none or run
    backwards, and a block of which it is not certain whether it is text or name. Captions may overlap: people do.
    """
    captions: list[Caption] = []
    above: list[tuple[int, str]] = []
    counter: int | None = None
    broken = False
    for number, line in lines:
        timing = _timing(line)
        if timing is None:
            above.append((number, line))
            continue
        with remarks.faulty():
            counter, text = _parted(above, counter, first=not captions and not broken, named=named, decimal=decimal)
            if captions:
                captions[-1].lines.extend(text)
        above = []
        broken = True
        with remarks.faulty():
            start, end, rest = timing
            caption = _caption(start, end, decimal=decimal, shift=shift, line=number)
            if counter == 1 and captions and caption.start < captions[-1].start:
                raise joined_files(caption.start, line=number)
            captions.append(caption)
            broken = False
            if rest and not _SETTING.search(rest):
                caption.lines.append((number, rest))
    text = [(number, line) for number, line in above if line.strip()]
    if captions:
        # A file that was cut ends with the number of a caption.
        if len(text) > 1 and counter is not None and text[-1][1].strip() == str(counter + 1):
            text.pop()
        captions[-1].lines.extend(text)
    elif text and not broken:
        remarks.faults.append(_without_times(text[0][0], decimal))
    return captions


def is_timing(line: str) -> bool:
    """Return whether a line has the times of a caption, right or wrong."""
    return _timing(line) is not None


def _timing(line: str) -> tuple[str, str, str] | None:
    """Return start, end and what follows of a line of times; None for any other line."""
    if ">" not in line and "&gt;" not in line:
        return None
    stripped = " ".join(_UNSEEN.sub("", line[:400]).split())
    if match := _TIMING.fullmatch(stripped):
        return match[1], match[2], match[3] or ""
    if _MEANT.match(stripped):
        before, _, after = stripped.partition("-->")
        return before.strip(), (after.split() or [""])[0], ""
    return None


def _parted(
    above: Sequence[tuple[int, str]], counter: int | None, *, first: bool, named: bool, decimal: str
) -> tuple[int | None, list[tuple[int, str]]]:
    """Return the number of a caption and the text of the one before it, of the lines between their times.

    counter: the number of the one before it. Raises TranscriptError.
    """
    end = len(above)
    while end and not above[end - 1][1].strip():
        end -= 1
    adjacent = end == len(above)
    text = [(number, line) for number, line in above[:end] if line.strip()]
    if not text:
        return None, []
    last = _UNSEEN.sub("", text[-1][1]).strip()
    begins = end == 1 or not above[end - 2][1].strip()
    number: int | None = None
    if last.isascii() and last.isdigit() and len(last) < 10:
        expected = int(last) == (counter or 0) + 1 and (first or counter is not None)
        if expected or (adjacent and (begins or counter is not None)):
            number = int(last)
            text.pop()
    elif adjacent and begins and named:
        text.pop()
    elif adjacent and begins:
        raise TranscriptError(
            "text above the times of a cue; put a blank line between the cues and text below the times",
            line=text[-1][0],
        )
    elif adjacent and len(text) > 1 and _is_block(above, end):
        raise _without_times(text[0 if first else -1][0], decimal)
    if first and text:
        raise _without_times(text[0][0], decimal)
    return number, text


def _is_block(above: Sequence[tuple[int, str]], end: int) -> bool:
    """Return whether a blank line stands somewhere above the last lines that are not blank."""
    return any(not line.strip() for _, line in above[:end])


def joined_files(start: timedelta, *, line: int) -> TranscriptError:
    """Return the error of a file whose times begin again."""
    return TranscriptError(
        f"the captions begin again, at {format_exact(start, '.')}; two files were joined: keep one, or export both "
        "parts as one recording",
        line=line,
    )


def _without_times(line: int, decimal: str) -> TranscriptError:
    example = f"00:00:01{decimal}500 --> 00:00:04{decimal}000"
    return TranscriptError(_NO_TIMES.format(example=example), line=line)


def _caption(start: str, end: str, *, decimal: str, shift: timedelta, line: int) -> Caption:
    begins = parse_exact(start, decimal=decimal, line=line) + shift
    ends = parse_exact(end, decimal=decimal, line=line) + shift
    if ends < begins:
        raise TranscriptError(
            f"the cue ends at {format_exact(ends, decimal)}, before its start; correct its times", line=line
        )
    if begins < timedelta():
        raise TranscriptError("the cue starts before the recording; correct its times", line=line)
    return Caption(line, begins, ends if ends > begins else None, [])


def format_caption(start: timedelta, end: timedelta, *, lines: Iterable[str], decimal: str) -> str:
    """Return the times of a cue and its lines of text."""
    return "\n".join((f"{format_exact(start, decimal)} --> {format_exact(end, decimal)}", *lines))


# Lines of a width

#: East Asian punctuation that begins no line, and that which ends none
#: (https://www.w3.org/TR/jlreq/#characters_not_starting_a_line).
_CLOSING = re.compile(
    "[\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff5d]"
)
_OPENING = re.compile("[\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff5b]")


def pieces(text: str, width: int | None) -> list[tuple[str, str]]:
    """Return what a text may be broken into, each piece with what stands before it: a space, or nothing.

    A line may end only where `gap` says how to join it again. A piece that is wider than width is cut.
    """
    if not has_spaceless(text):
        return [
            ("" if at else " ", word[at : at + (width or len(word))])
            for word in text.split()
            for at in range(0, len(word), width or len(word))
        ]
    return [
        ("" if number else before, part)
        for before, piece in _clusters(text)
        for number, part in enumerate(_cut(piece, width))
    ]


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text of a script without spaces in pieces of few letters; see `pieces`."""
    piece, before = "", " "
    for index, character in enumerate(text):
        if piece and _breaks(text, index):
            yield before, piece.rstrip(" ")
            before = " " if piece.endswith(" ") else ""
            piece = ""
        piece += character
    yield before, piece


def _breaks(text: str, index: int) -> bool:
    """Return whether a line may end before a character."""
    if text[index] == " ":
        return False
    last = text[index - 1]
    if last == " ":
        return gap(text[index - 2], text[index]) == " "
    return _parts(last, text[index])


@functools.lru_cache(maxsize=1 << 16)
def _parts(last: str, first: str) -> bool:
    """Return whether a line may end between two characters without a space between them."""
    if gap(last, first) or not (has_spaceless(last) and has_spaceless(first)):
        return False
    return not _combines(first) and not _CLOSING.match(first) and not _OPENING.match(last)


def _combines(character: str) -> bool:
    """Return whether a character is none of its own: a vowel or tone above, below or behind another."""
    return not character.isalnum() and not character.isspace() and not _is_mark(character)


def _is_mark(character: str) -> bool:
    return "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"


def _cut(piece: str, width: int | None) -> list[str]:
    if width is None or columns(piece) <= width:
        return [piece]
    parts = [""]
    for character in piece:
        if parts[-1] and columns(parts[-1]) + columns(character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, of at most width columns but for longer words, broken where it may be."""
    lines: list[str] = []
    used = 0
    for before, piece in pieces(text, None):
        wide = columns(piece)
        if lines and used + len(before) + wide <= width:
            lines[-1] += before + piece
            used += len(before) + wide
        else:
            lines.append(piece)
            used = wide
    return lines
