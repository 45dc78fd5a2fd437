"""Every error that podwright raises on purpose, in one hierarchy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from podwright.core.finding import Finding

T = TypeVar("T")


class PodwrightError(Exception):
    """Base of all errors that podwright raises on purpose; `exit_status` is what the command ends with."""

    exit_status = 1


class WorkspaceError(PodwrightError):
    """A workspace that cannot be read as a show; `problems` holds every reason, in file order."""

    def __init__(self, problems: Iterable[Finding]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.where, p.line or 0, p.field or "", p.message)))
        super().__init__("\n".join(map(str, self.problems)))


def value_or_raise(value: T | None, problems: Iterable[Finding]) -> T:
    """Return the value. Raises WorkspaceError where there is none, or any error."""
    problems = tuple(problems)
    if value is None or any(problem.level == "error" for problem in problems):
        raise WorkspaceError(problems)
    return value


class FormatError(PodwrightError):
    """A file that is not what its name says.

    message is `what is wrong; what to do`, without the file's name; line is 1-based, None for formats that are no text.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.message = message
        self.line = line
        super().__init__(f"line {line}: {message}" if line is not None else message)


class AudioError(FormatError):
    """A damaged audio file, or one of a kind that is not published.

    The message names byte and time of the damage.
    """


class TranscriptError(FormatError):
    """A malformed transcript; `others` are what else is wrong with it, in order of lines."""

    def __init__(self, message: str, *, line: int | None = None, others: Iterable[TranscriptError] = ()) -> None:
        super().__init__(message, line=line)
        self.others = tuple(others)


class UnsafePlanError(PodwrightError):
    """A plan with consequences for listeners that need approval.

    The message names each consequence and how to accept it.
    """

    exit_status = 3


class ListenError(PodwrightError):
    """An address on this machine that cannot be listened at; another one has to be named."""

    exit_status = 2


class StoreError(PodwrightError):
    """A store that refused, failed or could not be reached. Never carries a credential."""

    exit_status = 4


class PrivateIsPublicError(StoreError):
    """A store that gives an object of its private side to anybody."""


class DeadlineError(StoreError):
    """A deadline that passed; what was under way was ended."""


class BusyError(StoreError):
    """A store that somebody else writes to, for longer than the given timeout."""


class ConflictError(StoreError):
    """A conditional write that found another version of the object than the one expected."""


class MovedError(ConflictError):
    """An object to be made into another that is not the version that was expected."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key}: the store holds another version than was published; run it again")


class ComposeError(StoreError):
    """A store that cannot make an object of parts of another, or makes it wrong.

    The object is what it was before.
    """
