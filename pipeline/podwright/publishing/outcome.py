"""The outcome of a publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from podwright.core.finding import Finding

if TYPE_CHECKING:
    # What these load a publish with nothing to do does without.
    from podwright.publishing.pending_notices import PendingNotices
    from podwright.publishing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of a publish."""

    #: The store's printable address.
    store: str
    #: None where a look at stamps was enough to know that nothing changed.
    plan: Plan | None
    problems: tuple[Finding, ...]
    live: int
    waiting: int
    #: When the clock next changes anything; None: never.
    next_due: datetime | None
    unlisted: int = 0
    withdrawn: int = 0
    #: What is to be told; None where that is nothing.
    pending: PendingNotices | None = None
