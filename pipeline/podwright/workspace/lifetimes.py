"""The dates of an episode, its own, its season's or the show's, and the members who have it early."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from podwright.core.model import Ending, Leads, Lifetime, Period, WithdrawPolicy
from podwright.workspace.dates import after, before


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """A lifetime in moments. unlist is not after withdraw."""

    expires: datetime | None
    unlist: datetime | None
    withdraw: datetime | None
    policy: WithdrawPolicy
    reason: str | None


def lifetime_dates(own: Lifetime, inherited: Iterable[Lifetime], *, published: datetime, zone: tzinfo) -> Dates:
    """Return the dates of an episode.

    inherited: the season's lifetime and the show's; zone: the one in which periods are counted.
    An inherited unlist that is after the episode's own withdraw gives way to it.
    """
    chain = (own, *inherited)
    withdraw = _moment(next((lifetime.withdraw for lifetime in chain if lifetime.withdraw), None), published, zone=zone)
    unlist = _moment(next((lifetime.unlist for lifetime in chain if lifetime.unlist), None), published, zone=zone)
    if own.unlist is None and unlist and withdraw:
        unlist = min(unlist, withdraw)
    return Dates(
        expires=_moment(next((lifetime.expires for lifetime in chain if lifetime.expires), None), published, zone=zone),
        unlist=unlist,
        withdraw=withdraw,
        policy=next((lifetime.withdraw_policy for lifetime in chain if lifetime.withdraw_policy), "deny"),
        reason=next((lifetime.withdraw_reason for lifetime in chain if lifetime.withdraw_reason), None),
    )


def contradictions(own: Lifetime, dates: Dates, *, published: datetime) -> Iterator[tuple[str, str]]:
    """Yield each contradiction to the order published < unlist <= withdraw, as its field and a message."""
    for name in ("expires", "unlist", "withdraw"):
        when: datetime | None = getattr(dates, name)
        if when is not None and when <= published:
            if getattr(own, name):
                yield name, "is not after published; correct one of the two"
            else:
                message = f"is not before {_said(name, when)}; give the episode its own {name}, or never"
                yield "published", message
    if dates.unlist and dates.withdraw and dates.unlist > dates.withdraw:
        if own.withdraw:
            yield "withdraw", "is before unlist; correct one of the two"
        else:
            message = f"is after {_said('withdraw', dates.withdraw)}; give the episode its own withdraw, or never"
            yield "unlist", message


def early_dates(
    own: Leads, inherited: Leads, *, tier: str, published: datetime, zone: tzinfo
) -> tuple[tuple[str, datetime], ...]:
    """Return the members' tiers that have an episode before its own tier, each with the moment, soonest first.

    inherited: the show's leads. One tier stands above another where it has the longer lead: what is for gold alone
    comes to gold when it is published, though silver has all else a little sooner.
    """
    if own == "never":
        return ()
    leads = {**dict(() if inherited == "never" else inherited), **dict(own)}
    moments = {tier: before(published, length, zone=zone) for tier, length in leads.items() if length}
    bound = moments.get(tier, published)
    return tuple(sorted(((t, m) for t, m in moments.items() if m < bound), key=lambda pair: (pair[1], pair[0])))


def _said(name: str, when: datetime) -> str:
    return f"the {name} that season or show give it, {when.isoformat(sep=' ', timespec='minutes')}"


def _moment(ending: Ending | None, published: datetime, *, zone: tzinfo) -> datetime | None:
    if isinstance(ending, Period):
        return after(published, ending, zone=zone)
    return ending if isinstance(ending, datetime) else None
