"""Things wrong or worth knowing, in a workspace and in what was published alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: An "error" stops a publish, or listeners miss something; a "warning" is seen by listeners; "advice" would make a good
#: podcast better; "ok" says what is right.
Level = Literal["error", "warning", "advice", "ok"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or worth knowing, and what to do about it."""

    #: A file, relative to the workspace, with forward slashes, or "" for the workspace itself; else the key of an
    #: object, an address, or "store" or "public_url".
    where: str
    #: `what is wrong; what to do`.
    message: str
    #: The 1-based line in a file.
    line: int | None = None
    #: The dotted name of a field in a file (`authors.0.role`).
    field: str | None = None
    level: Level = "error"
    #: The name of the rule or check that found it; None for what reading itself refuses.
    code: str | None = None
    #: The key of the feed or page that names the object, or whose secret it tells.
    about: str | None = None

    def __str__(self) -> str:
        where = self.where or "workspace"
        if self.line is not None:
            where = f"{where}:{self.line}"
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"
