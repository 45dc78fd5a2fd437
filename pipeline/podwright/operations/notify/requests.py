"""Notices that are one HTTP request: the request as a value, and the meaning of its answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from podwright.core.http import Answer, Client, UnreachableError
from podwright.operations.notify.delivery import DeliveryError

#: They may be gone a moment later (RFC 9110 sections 15.5.9 and 15.6, RFC 6585 section 4, RFC 8470 section 5.2).
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSALS = {
    401: "refuses it (401); correct the token",
    403: "refuses it (403); correct the token",
    404: "is not there (404); correct the address",
    405: "does not take such requests (405); correct the address or the method",
    410: "is not there any more (410); correct the address",
    413: "does not take so much (413); see what it allows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request. The address and the values of headers may be secret; they are never shown."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


def sender(make: Callable[[], Request], *, good: Collection[int] = ()) -> Callable[[Client], None]:
    """Return the `send` of a notice that is one request, made anew for each attempt.

    good: what may be answered beside 2xx.
    """

    def send(client: Client) -> None:
        request = make()
        try:
            answer = client.observe(
                request.url, method=request.method, headers=request.headers, body=request.body, most=1024
            )
        except UnreachableError as error:
            raise DeliveryError(error.reason, again=True) from error
        if answer.status // 100 != 2 and answer.status not in good:
            raise DeliveryError(_refusal(answer.status), again=answer.status in _PASSING, after=_asked(answer))

    return send


def _refusal(status: int) -> str:
    if status // 100 == 3:
        return f"redirects ({status}); write the address that it leads to"
    advice = "see what is wrong there" if status in _PASSING or status >= 500 else "see what it asks for"
    return _REFUSALS.get(status) or f"answers {status}; {advice}"


def _asked(answer: Answer) -> timedelta | None:
    """Return the wait that the other side asks for in seconds (RFC 9110 section 10.2.3); a date there is left alone."""
    value = answer.header("retry-after") or ""
    return timedelta(seconds=int(value)) if value.isascii() and value.isdigit() and len(value) < 7 else None
