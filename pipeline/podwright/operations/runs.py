"""A run of `publish` or `rebuild`: what it was, how it ended, and who was told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from podwright.core.errors import PodwrightError, UnsafePlanError
from podwright.operations.notify import Delivery
from podwright.publishing.publish import Outcome

Result = Literal["published", "up-to-date", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. One of outcome, error and fault is set; fault names the kind of an error that nobody foresaw.

    identifier: a UUID; began: by the clock, whatever --now says; seconds: without those for telling it.
    """

    identifier: str
    command: str
    workspace: Path
    began: datetime
    seconds: float
    outcome: Outcome | None = None
    error: PodwrightError | None = None
    fault: str | None = None
    deliveries: tuple[Delivery, ...] = ()

    @property
    def result(self) -> Result:
        """How it ended, in a word."""
        if self.outcome:
            return "published" if self.outcome.plan and self.outcome.plan.writes else "up-to-date"
        return "refused" if isinstance(self.error, UnsafePlanError) else "failed"

    @property
    def exit_status(self) -> int:
        """What the command ends with."""
        return self.error.exit_status if self.error else 1 if self.fault else 0

    @property
    def reason(self) -> str:
        """Why it failed; "" where it did not."""
        if self.fault:
            return f"stopped by a fault in podwright ({self.fault}); report it with what stands on stderr"
        return str(self.error) if self.error else ""

    @property
    def error_kind(self) -> str:
        """The kind of error that it failed with; "" where it did not."""
        return type(self.error).__name__.removesuffix("Error") if self.error else self.fault or ""

    @property
    def digest(self) -> str:
        """The same for failures for the same reason."""
        return hashlib.sha256(f"{self.error_kind}\0{self.reason}".encode()).hexdigest()

    @property
    def steps(self) -> int:
        """How many writes were made."""
        return len(self.outcome.plan.steps) if self.outcome and self.outcome.plan else 0

    @property
    def sent(self) -> int:
        """Bytes that were sent to the store."""
        return sum(step.size for step in self.outcome.plan.steps) if self.outcome and self.outcome.plan else 0
