"""The memory that one run leaves for the next of whom to tell; losing it costs one e-mail more, or one too few."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from podwright.core.errors import FormatError
from podwright.core.recipients import unattended_from
from podwright.workspace.documents import load_bytes
from podwright.workspace.unattended import Known

_NAME = "unattended.json"
#: In bytes.
_LARGEST = 1 << 20
#: The time after which a failure that goes on is told again.
AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A failure that somebody was told of, and when."""

    #: The digest of its reason.
    reason: str
    told: datetime

    def covers(self, reason: str, now: datetime) -> bool:
        """Tell whether a failure has been told already."""
        return self.reason == reason and now - self.told < AGAIN


@dataclass(frozen=True, slots=True)
class Memory:
    """The recipients as last read, and the failure that is still going on."""

    known: Known | None = None
    alarm: Alarm | None = None


def load_memory(work: Path) -> Memory:
    """Return the memory of the last run; an empty one where there is none, or it is damaged."""
    try:
        document = json.loads(load_bytes(work / _NAME, limit=_LARGEST))
        known, alarm = document["known"], document["alarm"]
        if known:
            unattended_from(known["row"])
        return Memory(
            known=Known(known["digest"], known["row"]) if known else None,
            alarm=Alarm(alarm["reason"], datetime.fromisoformat(alarm["told"])) if alarm else None,
        )
    except (FormatError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Memory()


def write_memory(work: Path, memory: Memory, *, before: Memory) -> None:
    """Leave a memory for the next run, where it differs; not being able to, or being led elsewhere, is no error."""
    if memory == before or work.is_symlink():
        return
    alarm = memory.alarm
    document = {
        "known": asdict(memory.known) if memory.known else None,
        "alarm": {"reason": alarm.reason, "told": alarm.told.isoformat()} if alarm else None,
    }
    with contextlib.suppress(OSError):
        work.mkdir(parents=True, exist_ok=True)
        write_whole(work / _NAME, json.dumps(document))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, and anybody may read it. Raises OSError."""
    # A name that no collector of *.prom files takes for one of them.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
