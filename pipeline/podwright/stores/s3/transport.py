"""The one way to a bucket: every request of botocore's client, and every object that is sent beside it.

What botocore leaves open is closed here. A request moves at a least rate or is ended, and all that is under way is
ended with the run; no answer is read without end; what no S3 store answers is an error before anything is made of it;
and trying again has an end. botocore asks the handlers of `before-send` for an answer before it sends anything itself,
which is the way of tools that answer in its place, and those of `needs-retry` whether to try again.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from botocore import exceptions as boto
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from podwright.core.deadline import Deadline, gives_back
from podwright.core.errors import DeadlineError
from podwright.core.transfer import (
    BACKSTOP,
    POOLS,
    RAISED,
    SOCKET_OPTIONS,
    Body,
    EndedError,
    Limits,
    OversizedError,
    Transfer,
)
from podwright.stores.contract import MOST_READ

#: The least rate of a request, in bytes a second: a quarter, since four are sent at once, of the 128 kbit/s at which
#: speech takes as long to send as to hear. Web servers that look at it give up at 500 and at 240
#: (https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html,
#: https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/options).
SLOWEST = 4_000
#: What a store does by itself with much that it has: it may be silent twice as long, or send a space now and then, as
#: a sign of life, for so many seconds in all
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
_WORKING = frozenset({"CopyObject", "UploadPartCopy", "CompleteMultipartUpload"})
_WORKING_LONGEST = 600.0
#: The most of an answer that is no object and kept in memory, in bytes.
_MOST_ELSE = 16 << 20
#: After so many silences of one thread in a row the store is taken to be gone, for so many seconds: what is asked then
#: may be silent for this long, so that giving back what a run holds takes no minutes.
_SILENCES, _GONE_FOR, _GONE_SILENCE = 2, 30.0, 5.0
#: The longest wait between two attempts, in seconds, and how often it is looked whether the run ended.
_LONGEST_WAIT, _TICK = 8.0, 0.1
#: What passes: statuses, and codes that come with others
#: (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList).
_PASSING = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({"RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "RequestThrottled"})


class GarbledError(boto.HTTPClientError):
    """An answer of a store that did not arrive as it was sent."""

    fmt = "The answer is not whole: {error}"


class EndlessError(boto.BotoCoreError):
    """An answer that is longer than any that makes sense."""

    fmt = "The answer has no end"


#: Looks at the answer to an operation, without its body where that is an object, and raises what is wrong with it.
Look = Callable[[str, int, Mapping[str, str], bytes], None]


class Transport(URLLib3Session):
    """Connections to one store; may be used from several threads."""

    def __init__(
        self, url: str, limits: Limits, *, deadline: Deadline, attempts: int, look: Look, **options: Any
    ) -> None:
        """Open nothing yet. url: the store's address, for people; options: those of botocore's own."""
        super().__init__(timeout=BACKSTOP, socket_options=SOCKET_OPTIONS, **options)
        pools: dict[str, Any] = self._pool_classes_by_scheme  # type: ignore[attr-defined]
        pools.update(POOLS)
        self._url, self._limits, self._deadline, self._attempts, self._look = url, limits, deadline, attempts, look
        self._gone = -math.inf
        self._thread = threading.local()

    def answer(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        """Answer a request of botocore's client."""
        return self.ask(request, event_name.rpartition(".")[2])

    def ask(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        """Return the answer to a request. Raise an exception of botocore's, DeadlineError, or what `look` raises."""
        # Where a server closes the connection after saying 100, botocore reads its end for ever.
        if "Expect" in request.headers:
            del request.headers["Expect"]
        # The body is read here, or by whoever asked for an object.
        is_object, request.stream_output = request.stream_output, True
        answer: AWSResponse | None = None
        with self._translated(operation, request.url):
            try:
                transfer = Transfer(self._limits_of(operation), self._deadline)
                with transfer.guarded():
                    answer = self.send(request)
                    transfer.turn()
                is_object = is_object and answer.status_code < 300
                body = Body(answer.raw, transfer, most=MOST_READ if is_object else _MOST_ELSE)
                answer.raw = _Raw(body, lambda: self._translated(operation, request.url), self._heard)
                body.expect(_length(answer.headers) if is_object else 0)
                content = b"" if is_object else answer.content
                self._look(operation, answer.status_code, answer.headers, content)
            except BaseException:
                if answer is not None:
                    answer.raw.close()
                raise
        return answer

    def retry(
        self, attempts: int, response: tuple[AWSResponse, Any] | None, caught_exception: Exception | None, **_: object
    ) -> float | None:
        """Tell botocore's client whether to try again, after a wait here that the end of a run ends."""
        if attempts >= self._attempts or not (_is_passing(caught_exception) or _is_refused_for_now(response)):
            return None
        if isinstance(caught_exception, _SILENT) and (self._silences >= _SILENCES or self._is_gone):
            return None
        until = time.monotonic() + random.SystemRandom().uniform(0.5, 1) * min(_LONGEST_WAIT, 2 ** (attempts - 1))
        while (left := until - time.monotonic()) > 0:
            if self._deadline.left(gives_back=gives_back()) <= 0:
                raise self._over()
            time.sleep(min(left, _TICK))
        return 0.0

    def _limits_of(self, operation: str) -> Limits:
        limits = self._limits
        if operation in _WORKING:
            # One byte keeps it alive.
            limits = replace(limits, silence=2 * limits.silence, slowest=0.001, whole=_WORKING_LONGEST)
        if self._is_gone:
            silence = min(limits.silence, _GONE_SILENCE)
            limits = replace(limits, silence=silence, connecting=min(limits.connecting, silence))
        return limits

    @property
    def _is_gone(self) -> bool:
        return time.monotonic() < self._gone + _GONE_FOR

    @property
    def _silences(self) -> int:
        return getattr(self._thread, "silences", 0)

    def _heard(self) -> None:
        self._thread.silences, self._gone = 0, -math.inf

    def _unheard(self, count: int) -> None:
        self._thread.silences = self._silences + count
        if self._silences >= _SILENCES:
            self._gone = time.monotonic()

    def _over(self) -> DeadlineError:
        return DeadlineError(f"{self._url}: the deadline has passed; run it again, and allow it more time")

    @contextmanager
    def _translated(self, operation: str, url: str) -> Iterator[None]:
        """Raise what a transfer raises as botocore does, and remember silences."""
        # What takes long once is not asked for a second time.
        weight = _SILENCES if operation in _WORKING else 1
        try:
            yield
        except EndedError as error:
            if error.reason == "over":
                raise self._over() from error
            self._unheard(weight)
            raise boto.ReadTimeoutError(endpoint_url=url, error=error) from error
        except boto.ConnectTimeoutError:
            self._unheard(weight)
            raise
        except OversizedError as error:
            raise EndlessError from error
        except RAISED.HTTPError as error:
            raise boto.ResponseStreamingError(error=error) from error


class _Raw:
    """A body as botocore reads it from urllib3."""

    def __init__(self, body: Body, translated: Callable[[], Any], ended: Callable[[], None]) -> None:
        self._body, self._translated, self._ended = body, translated, ended
        self.close = body.close

    def read(self, amount: int | None = None) -> bytes:
        """Return so many bytes, or all."""
        data = bytearray()
        with self._translated():
            while amount is None or len(data) < amount:
                piece = self._body.read1() if amount is None else self._body.read1(amount - len(data))
                if not piece:
                    self._ended()
                    break
                data += piece
        return bytes(data)

    def stream(self) -> Iterator[bytes]:
        """Yield all."""
        yield self.read()


_SILENT = (boto.ReadTimeoutError, boto.ConnectTimeoutError)


def _is_passing(error: Exception | None) -> bool:
    """Return whether a failure may pass; a certificate becomes no better."""
    if isinstance(error, boto.SSLError):
        return "verify failed" not in str(error)
    return isinstance(error, boto.HTTPClientError)


def _is_refused_for_now(response: tuple[AWSResponse, Any] | None) -> bool:
    if response is None:
        return False
    answer = response[1]
    # A store may say 200 first and an error then; botocore finds that out, and says 500.
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status in _PASSING or answer.get("Error", {}).get("Code") in _PASSING_CODES


def _length(headers: Mapping[str, str]) -> int:
    length = headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0
