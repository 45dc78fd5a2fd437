"""XML that is not well-formed, mended where only one thing can have been meant; every line that changed is told."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from html.entities import html5
from pathlib import Path

#: A repair: the line, and what was done.
Repair = tuple[int, str]

_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
#: Bytes, and lines, in which a declaration may stand.
_HEAD, _FIRST_LINES = 1024, 20
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ONE_BYTE = re.compile(r"(?:iso-?8859-?\d+|latin-?1|windows-125\d|cp125\d|us-ascii|ascii)", re.IGNORECASE)
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
#: What XML 1.0 has no place for (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)|([A-Za-z][A-Za-z0-9]{0,31};)?)")
_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
#: Elements that hold a text, and what begins or ends one, or a section in which all is text.
_TEXTS = frozenset({"title", "description", "content:encoded", "itunes:summary", "itunes:subtitle", "itunes:title"})
_TOKEN = re.compile(r"<!\[CDATA\[|\]\]>|<(?P<slash>/?)(?P<name>[A-Za-z][\w:.-]*)[^<>]*?(?P<empty>/?)>")
#: So many repairs are told one by one.
MOST_TOLD = 100


def write_repaired(path: Path, copy: Path) -> list[Repair]:
    """Write a document again in UTF-8, mended; return what was done."""
    repairs: list[Repair] = []
    with path.open("rb") as file, copy.open("w", encoding="utf-8", newline="") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>')
        head = file.read(_HEAD)
        declared = _declared(head)
        file.seek(0)
        if declared.startswith("utf-16"):
            lines = iter(path.read_bytes().decode(declared, "replace").splitlines(keepends=True))
        else:
            lines = (_decoded(line, declared, number, repairs) for number, line in enumerate(file, start=1))
        mender = _Mender(repairs)
        for number, line in enumerate(lines, start=1):
            text = line.lstrip("\ufeff") if number == 1 else line
            # The copy has a declaration of its own, in front of all.
            out.write(mender.mended(_DECLARATION.sub("", text) if number <= _FIRST_LINES else text, number))
    more = len(repairs) - MOST_TOLD
    return repairs if more <= 0 else [*repairs[:MOST_TOLD], (repairs[-1][0], f"{more:,} more repairs like these")]


def is_misdeclared(path: Path) -> bool:
    """Return whether a document says that each letter is a byte, and is in UTF-8 all the same."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not _ONE_BYTE.fullmatch(_declared(head)):
            return False
        file.seek(0)
        wide = False
        try:
            while chunk := file.read(1 << 20):
                wide |= not chunk.isascii()
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return wide


def _declared(head: bytes) -> str:
    """Return the encoding of a document: of its byte order mark, else as it says, else UTF-8."""
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return encoding
    match = _ENCODING.search(head)
    name = match[1].decode() if match else "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    # What is read in bytes here is not of two bytes a letter, whatever it says.
    return "utf-8" if name.lower().startswith(("utf-16", "utf-32", "ucs")) else name


def _decoded(line: bytes, declared: str, number: int, repairs: list[Repair]) -> str:
    """Return a line as text: in UTF-8, else as declared, else as Windows writes it."""
    for encoding in dict.fromkeys(("utf-8", declared)):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != declared and not line.isascii():
            repairs.append((number, f"is in {encoding} and not in {declared}, and was read so"))
        return text
    repairs.append((number, f"is not in {declared}, and was read as Windows writes it"))
    return line.decode("cp1252", "replace")


class _Mender:
    """Lines mended one after the other; what is in a CDATA section is left as it is.

    The elements that hold a text hold nothing else: tags in them are part of it.
    """

    def __init__(self, repairs: list[Repair]) -> None:
        self._repairs, self._inside, self._text = repairs, False, ""

    def mended(self, line: str, number: int) -> str:
        """Return a line without what XML does not allow."""
        clean = _NO_XML.sub("", line)
        if clean != line:
            self._repairs.append((number, "holds control characters, which were left out"))
        parts: list[str] = []
        at = 0
        for token in _TOKEN.finditer(clean):
            parts.append(self._between(clean[at : token.start()], number))
            parts.append(self._token(token, number))
            at = token.end()
        return "".join([*parts, self._between(clean[at:], number)])

    def _between(self, text: str, number: int) -> str:
        return text if self._inside else _REFERENCE.sub(self._reference(number), text)

    def _token(self, token: re.Match[str], number: int) -> str:
        """Return what ends or begins a CDATA section, a text, or a tag within one."""
        slash, name = token["slash"], token["name"] or ""
        if self._inside or token[0] in ("<![CDATA[", "]]>"):
            self._inside = token[0] != "]]>" if token[0] in ("<![CDATA[", "]]>") else self._inside
            return token[0]
        if name in _TEXTS and not self._text and not slash and not token["empty"]:
            self._text = name
        elif name == self._text and slash:
            self._text = ""
        elif self._text:
            self._repairs.append((number, f"has {token[0]} in a text, which was read as part of it"))
            return self._between(token[0], number).replace("<", "&lt;")
        return self._between(token[0], number)

    def _reference(self, number: int) -> Callable[[re.Match[str]], str]:
        def mend(match: re.Match[str]) -> str:
            numbered, name = match[1], match[2] or ""
            if numbered or name in _OWN:
                return match[0]
            if letters := html5.get(name):
                self._repairs.append((number, f"has {match[0]}, which XML does not know; it is {letters!r} now"))
                return "".join(f"&#{ord(letter)};" for letter in letters)
            self._repairs.append((number, "has a bare &, which was read as the sign itself"))
            return f"&amp;{name}"

        return mend
