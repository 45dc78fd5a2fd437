"""The text of a transcript file: decoded, free of characters that no output can carry, in blocks of lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from podwright.core.errors import TranscriptError
from podwright.core.scripts import joined

#: Control characters but tab and newline, lone surrogates, and two code points that XML cannot hold
#: (https://www.w3.org/TR/xml/#charsets). U+0080 to U+009F are what Windows-1252 read as Latin-1 turns into.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

#: Encodings by their byte order marks; that of UTF-32 begins like that of UTF-16.
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BOM = "\ufeff"
#: Three characters are what a program on Windows makes of two in a file that it takes for text.
_LINE_ENDS = re.compile("\r\r\n|\r\n|\r")


def decode(data: bytes) -> str:
    r"""Return UTF-8, or UTF-16 and UTF-32 by their byte order marks, as text whose lines end in "\\n".

    Byte order marks are left out wherever they stand: files with one each were joined. Raises TranscriptError, with
    the line, for other encodings and for control characters.
    """
    encoding = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "not UTF-8" if encoding == "utf-8" else f"damaged {encoding.upper()}"
        raise TranscriptError(f"{message}; save the file as UTF-8", line=line) from error
    text = _LINE_ENDS.sub("\n", text.replace(_BOM, ""))
    if "\0" in text[:4] and encoding == "utf-8":
        raise TranscriptError("UTF-16 without a byte order mark; save the file as UTF-8", line=1)
    if match := _FORBIDDEN.search(text):
        raise _forbidden(match, line=text.count("\n", 0, match.start()) + 1)
    return text


def tidy(text: str, *, line: int | None) -> str:
    """Return text with every run of white space as one space, and none at the ends.

    Raises TranscriptError where an escape of the format stood for a character that `decode` refuses.
    """
    tidied = " ".join(text.split())
    if match := _FORBIDDEN.search(tidied):
        raise _forbidden(match, line=line)
    return tidied


def tidy_lines(lines: Iterable[str], *, line: int | None) -> str:
    """Return lines as one text, see `tidy`; scripts without spaces between words have none between lines either."""
    return joined(filter(None, (tidy(one, line=line) for one in lines)))


def blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield runs of lines that are not blank, each with the 1-based number of its first line."""
    block: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def _forbidden(match: re.Match[str], *, line: int | None) -> TranscriptError:
    return TranscriptError(f"control character U+{ord(match[0]):04X}; delete it and save the file as UTF-8", line=line)
