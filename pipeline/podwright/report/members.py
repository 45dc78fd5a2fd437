"""Members and their addresses as lines and values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from podwright.members.people import Issued, Member

if TYPE_CHECKING:
    from podwright.members.gateway import Audit


def issued_values(issued: Iterable[Issued], *, url: str) -> list[dict[str, Any]]:
    """Return new members with their addresses, a feed an address. url: of the gateway, ending with "/"."""
    return [
        {
            "name": new.member.name,
            "addresses": {feed: f"{url}m/{new.token}/{feed}.xml" for feed in new.member.feeds},
        }
        for new in issued
    ]


def issued_lines(issued: Iterable[Issued], *, url: str) -> Iterator[str]:
    """Yield new members' addresses, one a line."""
    for row in issued_values(issued, url=url):
        yield from row["addresses"].values()


def issued_table(issued: Iterable[Issued], *, url: str) -> str:
    """Return new members as CSV with the columns name, feed and address."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("name", "feed", "address"))
    for row in issued_values(issued, url=url):
        table.writerows((row["name"], feed, address) for feed, address in row["addresses"].items())
    return out.getvalue().rstrip("\n")


def member_lines(members: Iterable[Member]) -> Iterator[str]:
    """Yield everybody, a line each."""
    rows = tuple(members)
    for member in rows:
        state = f"revoked {member.revoked:%Y-%m-%d}" if member.revoked else "active"
        yield f"{state:<18}  {member.added:%Y-%m-%d}  {', '.join(member.feeds)}  {member.name}"
    yield f"{sum(member.revoked is None for member in rows)} of {len(rows)} are active."


def member_values(members: Iterable[Member]) -> list[dict[str, Any]]:
    """Return everybody as JSON values."""
    return [
        {
            "name": member.name,
            "feeds": list(member.feeds),
            "added": member.added.isoformat(),
            "rotated": member.rotated.isoformat() if member.rotated else None,
            "revoked": member.revoked.isoformat() if member.revoked else None,
        }
        for member in members
    ]


def audit_values(audit: Audit) -> dict[str, Any]:
    """Return one request of the gateway as JSON values."""
    line = {"time": audit.time.isoformat(), "member": audit.member, "path": audit.path, "status": audit.status}
    return {**line, "left_out": audit.left_out} if audit.left_out else line
