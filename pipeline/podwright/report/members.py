"""Members and their addresses as lines and values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from podwright.members.gateway.app import Audit
from podwright.members.register import Issued, Member


def issued_values(issued: Iterable[Issued], *, url: str) -> list[dict[str, Any]]:
    """New members with their addresses, a feed an address. url: of the gateway, ending with "/"."""
    return [
        {
            "name": one.member.name,
            "addresses": {feed: f"{url}m/{one.token}/{feed}.xml" for feed in one.member.feeds},
        }
        for one in issued
    ]


def issued_lines(issued: Iterable[Issued], *, url: str) -> Iterator[str]:
    """New members' addresses, one a line."""
    for row in issued_values(issued, url=url):
        yield from row["addresses"].values()


def issued_table(issued: Iterable[Issued], *, url: str) -> str:
    """New members as CSV with the columns name, feed and address."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("name", "feed", "address"))
    for row in issued_values(issued, url=url):
        table.writerows((row["name"], feed, address) for feed, address in row["addresses"].items())
    return out.getvalue().rstrip("\n")


def member_lines(members: Iterable[Member]) -> Iterator[str]:
    """Everybody, a line each."""
    rows = tuple(members)
    for one in rows:
        state = f"revoked {one.revoked:%Y-%m-%d}" if one.revoked else "active"
        yield f"{state:<18}  {one.added:%Y-%m-%d}  {', '.join(one.feeds)}  {one.name}"
    yield f"{sum(one.revoked is None for one in rows)} of {len(rows)} are active."


def member_values(members: Iterable[Member]) -> list[dict[str, Any]]:
    """Everybody as JSON values."""
    return [
        {
            "name": one.name,
            "feeds": list(one.feeds),
            "added": one.added.isoformat(),
            "rotated": one.rotated.isoformat() if one.rotated else None,
            "revoked": one.revoked.isoformat() if one.revoked else None,
        }
        for one in members
    ]


def audit_values(audit: Audit) -> dict[str, Any]:
    """One request of the gateway as JSON values."""
    return {"time": audit.time.isoformat(), "member": audit.member, "path": audit.path, "status": audit.status}
