"""The text of a transcript file: decoded, free of characters that no output can carry, in blocks of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.core.errors import TranscriptError

#: Control characters but tab and newline, lone surrogates, and two code points that XML cannot hold
#: (https://www.w3.org/TR/xml/#charsets). U+0080 to U+009F are what Windows-1252 read as Latin-1 turns into.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def decode(data: bytes) -> str:
    r"""Return UTF-8, with or without a byte order mark, as text whose lines end in "\\n".

    Raises TranscriptError, with the line, for other encodings and for control characters.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TranscriptError("not UTF-8; save the file as UTF-8", line=line) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
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
