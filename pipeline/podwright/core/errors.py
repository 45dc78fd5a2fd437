"""Every error that podwright raises on purpose, in one hierarchy."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.core.finding import Finding


class PodwrightError(Exception):
    """Base of all errors that podwright raises on purpose; `exit_status` is what the command ends with."""

    exit_status = 1


class WorkspaceError(PodwrightError):
    """The workspace cannot be read as a show; `problems` holds every reason, in file order."""

    def __init__(self, problems: Iterable[Finding]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.where, p.line or 0, p.field or "", p.message)))
        super().__init__("\n".join(map(str, self.problems)))


class FormatError(PodwrightError):
    """One file is not what its name says.

    message: `what is wrong; what to do`, without the file's name.
    line: 1-based line for text formats, or None.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.message = message
        self.line = line
        super().__init__(f"line {line}: {message}" if line is not None else message)


class AudioError(FormatError):
    """An audio file is damaged or of a kind that is not published; the message names byte and time of the damage."""


class TranscriptError(FormatError):
    """A transcript is malformed."""


class UnsafePlanError(PodwrightError):
    """A plan has consequences for listeners that need a person's word; the message names each and how to accept it."""

    exit_status = 3


class StoreError(PodwrightError):
    """The store refused, failed or could not be reached. Never carries a credential."""

    exit_status = 4


class DeadlineError(StoreError):
    """The time that was given was over before listeners could notice anything."""


class BusyError(StoreError):
    """Somebody else is writing to the store, longer than one wants to wait."""


class ConflictError(StoreError):
    """A conditional write found another version of the object than the one expected."""


class MovedError(ConflictError):
    """The object with this key, which another one was to be made of, is not the version that was expected."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key}: the store holds another version than was published; run it again")


class ComposeError(StoreError):
    """The store cannot make an object of parts of another, or makes it wrong; the object is what it was before."""
