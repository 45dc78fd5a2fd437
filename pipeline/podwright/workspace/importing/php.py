"""Values as PHP serialises them, read and never run (https://www.php.net/manual/en/function.serialize.php).

Lengths are in bytes, and wrong in many exports, where addresses were replaced in the text; a string then ends where one
can end.
"""

from __future__ import annotations

import re

from podwright.core.errors import FormatError

Value = None | bool | int | float | str | dict[str, "Value"]

#: Values within values.
_DEEPEST = 20
_SCALAR = re.compile(rb"N;|([bid]):([^;]{1,40});")
_COUNT = re.compile(rb"([sa]):(\d{1,9}):")
_END = re.compile(rb'";(?=[sabidNO]:|[sabid]:|N;|\}|$)')


def unserialize(data: bytes) -> Value:
    """Return a value; arrays are dictionaries with texts as keys. Raises FormatError for what is none."""
    value, _ = _value(data, 0, 0)
    return value


def _value(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    if found := _SCALAR.match(data, at):
        return _scalar(found), found.end()
    found = _COUNT.match(data, at)
    if found is None or depth > _DEEPEST:
        raise FormatError("is no serialised value of PHP; export it again")
    if found[1] == b"s":
        return _text(data, found.end(), int(found[2]))
    return _array(data, found.end(), int(found[2]), depth)


def _scalar(found: re.Match[bytes]) -> Value:
    kind, text = found[1], found[2]
    try:
        return None if kind is None else text == b"1" if kind == b"b" else int(text) if kind == b"i" else float(text)
    except ValueError as error:
        raise FormatError("is no serialised value of PHP; export it again") from error


def _text(data: bytes, at: int, length: int) -> tuple[str, int]:
    begin, end = at + 1, at + 1 + length
    if data[at : at + 1] != b'"':
        raise FormatError("is no serialised value of PHP; export it again")
    if data[end : end + 2] != b'";':
        ends = _END.search(data, begin)
        if ends is None:
            raise FormatError("is no serialised value of PHP; export it again")
        end = ends.start()
    return data[begin:end].decode("utf-8", errors="replace"), end + 2


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[dict[str, Value], int]:
    if data[at : at + 1] != b"{" or count > len(data):
        raise FormatError("is no serialised value of PHP; export it again")
    found: dict[str, Value] = {}
    at += 1
    for _ in range(count):
        key, at = _value(data, at, depth + 1)
        found[str(key)], at = _value(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise FormatError("is no serialised value of PHP; export it again")
    return found, at + 1
