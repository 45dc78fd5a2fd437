"""The common parts of our own servers, whatever library answers: sockets, validators, ranges.

https://www.rfc-editor.org/rfc/rfc9110
"""

from __future__ import annotations

import socket

from podwright.core.errors import ListenError

#: So many connections may wait to be accepted.
BACKLOG = 1024
#: Digits of a position in a range; more are not read.
_MOST_DIGITS = 18


def listen(host: str, port: int, *, options: str) -> socket.socket:
    """Return a bound socket; port 0 takes any free one.

    options: of the command, that name another place. Raises ListenError where none can be bound.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it; without it the body of an answer waits until its headers are acknowledged.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ListenError(f"{host}:{port} cannot be used ({error.strerror}); name another with {options}") from error
    return listening


def is_known(etag: str, *, if_none_match: str) -> bool:
    """Return whether who asks has this version already (section 13.1.2)."""
    tags = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in tags or "*" in tags


def asked_range(spec: str, *, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last that a Range header asks for; None for the whole.

    Nothing of an object of that size is asked for where they are equal. Several ranges at once, other units and what
    makes no sense are ignored (sections 14.1.2 and 14.2).
    """
    unit, _, wanted = spec.replace(" ", "").partition("=")
    first, dash, last = wanted.partition("-")
    fits = unit == "bytes" and dash and (first.isdecimal() or not first) and (last.isdecimal() or not last)
    if not fits or not (first or last):
        return None
    begin, end = _position(first, size), _position(last, size)
    if not first:
        return max(0, size - end), size
    if last and end < begin:
        return None
    return min(begin, size), min(end + 1, size) if last else size


def _position(digits: str, size: int) -> int:
    """Return a number of bytes; one with more digits than any size has is beyond the end."""
    return int(digits or 0) if len(digits) <= _MOST_DIGITS else size
