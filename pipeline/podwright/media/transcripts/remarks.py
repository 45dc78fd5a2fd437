"""Faults and remarks of reading a transcript: what is wrong with it, and what was not taken as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from podwright.core.errors import TranscriptError

#: At most so many faults are told one by one, and so many lines of a remark.
_MOST_FAULTS = 50
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was read in another way than it stands, as `what; what to do`."""

    message: str
    #: The 1-based line of the first place; None for formats that have none.
    line: int | None
    level: Literal["warning", "advice"] = "advice"


@dataclass(slots=True)
class Remarks:
    """A collector of faults and remarks."""

    #: What is wrong, in any order.
    faults: list[TranscriptError] = field(default_factory=list)
    _places: dict[tuple[Literal["warning", "advice"], str, str], list[int | None]] = field(default_factory=dict)

    @contextmanager
    def faulty(self) -> Iterator[None]:
        """Keep a TranscriptError that is raised inside, so that what follows is read, too."""
        try:
            yield
        except TranscriptError as error:
            self.faults.append(error)

    def note(
        self, what: str, todo: str, *, line: int | None = None, level: Literal["warning", "advice"] = "advice"
    ) -> None:
        """Keep one more place of a remark."""
        self._places.setdefault((level, what, todo), []).append(line)

    def all(self) -> tuple[Remark, ...]:
        """Return the remarks, one for each kind of place."""
        remarks = []
        for (level, what, todo), lines in self._places.items():
            numbers = sorted({line for line in lines if line is not None})
            places = _places(numbers, len(lines))
            remarks.append(Remark(f"{what}{places}; {todo}", numbers[0] if numbers else None, level))
        return tuple(sorted(remarks, key=lambda remark: (remark.line or 0, remark.message)))

    def refuse(self) -> None:
        """Raise TranscriptError with all faults, where there is any."""
        if not self.faults:
            return
        faults = sorted(self.faults, key=lambda fault: fault.line or 0)
        shown, rest = faults[:_MOST_FAULTS], len(faults) - _MOST_FAULTS
        if rest > 0:
            more = f"{rest:,} more places are wrong; correct those above, and check again"
            shown.append(TranscriptError(more, line=faults[_MOST_FAULTS].line))
        first, *others = shown
        raise TranscriptError(first.message, line=first.line, others=others) from first


def _places(numbers: Sequence[int], count: int) -> str:
    """Return the lines in brackets; nothing for a single one, which is told apart."""
    if count == 1:
        return ""
    if not numbers:
        return f" ({count:,} times)"
    shown = ", ".join(map(str, numbers[:_MOST_LINES]))
    more = f" and {len(numbers) - _MOST_LINES:,} more" if len(numbers) > _MOST_LINES else ""
    return f" (lines {shown}{more})" if len(numbers) > 1 else f" ({count:,} times)"
