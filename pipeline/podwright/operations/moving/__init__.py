"""Moving a show from one address to another: what is not right yet, what is to be done in order, and what moved where.

Apps learn a new address from a 301 at the old one, Apple from itunes:new-feed-url in the new feed as well; nobody is
asked to download an episode again whose guid stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from podwright.core.finding import Finding
from podwright.core.model import Feed
from podwright.core.showing import shown
from podwright.operations.moving.types import Moved
from podwright.operations.moving.views import View

#: So many episodes are named that the other feed lacks.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A thing to do. done: None where nobody can see that from here."""

    text: str
    done: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An old host: its name, where a redirect is set there, and what else to know."""

    name: str
    redirect: str | None = None
    notes: tuple[str, ...] = ()


@cache
def _hosts() -> tuple[Mapping[str, Any], ...]:
    text = resources.files("podwright.operations.moving").joinpath("hosts.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["host"])


def host_of(view: View) -> Host | None:
    """Return the host of a feed by its own address, else by those of its recordings; None for one's own server."""
    addresses = (view.address, *(one.audio for one in view.episodes.values() if one.audio))
    for address in addresses:
        for row in _hosts():
            if re.fullmatch(row["matches"], urlsplit(address).hostname or "", re.IGNORECASE):
                return Host(name=row["name"], redirect=row.get("redirect"), notes=tuple(row.get("notes", ())))
    return None


def lacking(old: View, new: View) -> tuple[str, ...]:
    """Return the guids of the episodes that the new feed lacks."""
    return tuple(guid for guid in old.episodes if guid not in new.episodes)


def find_faults(old: View, new: View) -> Iterator[Finding]:
    """Yield what would lose listeners, or have apps download again, or send somebody to the wrong place."""
    where = shown(new.address)
    if lost := lacking(old, new):
        named = "; ".join(old.episodes[guid].title or guid for guid in lost[:_MOST_NAMED])
        more = f" and {len(lost) - _MOST_NAMED:,} more" if len(lost) > _MOST_NAMED else ""
        message = f"lacks {len(lost):,} of {len(old.episodes):,} episodes ({named}{more}); bring them with their guids"
        yield Finding(where, message, code="episodes")
    if old.guid and new.guid != old.guid:
        message = f"has not the podcast:guid of the old feed; give it {old.guid}, which never changes"
        yield Finding(where, message, code="guid")
    if new.own_address != new.address:
        named = shown(new.own_address) if new.own_address else "no address"
        message = f"calls itself {named}; correct its atom:link rel=self, or name that address"
        yield Finding(where, message, code="self")
    if new.new_feed_url and new.new_feed_url != new.address:
        message = f"sends Apple on to {shown(new.new_feed_url)}; set new_feed_url to its own address"
        yield Finding(where, message, code="new-feed-url")
    if old.locked:
        message = "is locked, so that other hosts refuse to import it; unlock it there before you leave"
        yield Finding(shown(old.address), message, code="locked", level="warning")


def moves_between(old: View, new: View) -> tuple[Moved, ...]:
    """Return what moved where: the feed, and of each episode that both have its recording and its page."""
    pairs = [(old.address, new.address)]
    for guid, was in old.episodes.items():
        if now := new.episodes.get(guid):
            pairs += [(was.audio or "", now.audio or ""), (was.page or "", now.page or "")]
    addresses = {
        before: after
        for before, after in pairs
        if before.startswith(("http://", "https://")) and after and before != after
    }
    return tuple(Moved(old=before, new=after) for before, after in addresses.items())


def steps_in(old: View, new: View, feed: Feed) -> Iterator[Step]:
    """Yield what to do so that a feed of this workspace takes over from one at another host, in order."""
    host, file = host_of(old), f"feeds/{feed.name}.toml"
    yield Step(text=f"Publish every episode of the old feed here: {new.address}", done=not lacking(old, new))
    yield Step(
        text=f'Write moved_from = ["{old.address}"] into {file}: podwright verify follows it from then on.',
        done=old.address in feed.moved_from,
    )
    yield Step(
        text=f'Write new_feed_url = "{new.address}" into {file}, which Apple reads, and publish.',
        done=new.new_feed_url == new.address,
    )
    yield Step(text="Unlock the old feed, if directories or hosts shall read it still.", done=not old.locked)
    yield Step(text=_redirect_text(old, new, host))
    for note in host.notes if host else ():
        yield Step(text=note)
    yield Step(
        text="In Apple's Podcasts Connect, Spotify for Creators, YouTube and other directories that you entered the "
        "feed into by hand, see that the new address is there a few days later."
    )
    yield Step(
        text="Keep the redirect for years, and old recordings until nobody fetches them; podwright move --watch tells "
        "what the old address answers."
    )


def _redirect_text(old: View, new: View, host: Host | None) -> str:
    if host is None:
        return (
            f"Have the old server answer 301 for {old.address}, its recordings and its pages: podwright move "
            f"{old.address} --rules nginx (or another server) writes the rules."
        )
    place = f" ({host.redirect})" if host.redirect else ""
    return f"Have {host.name} answer {old.address} with a permanent redirect (301) to {new.address}{place}."


def steps_out(old: View, new: View, feed: Feed) -> Iterator[Step]:
    """Yield what to do so that a feed at another host takes over from one of this workspace, in order."""
    file = f"feeds/{feed.name}.toml"
    yield Step(
        text=f"Write locked = false into {file} and publish, so that the new host may import.", done=not old.locked
    )
    yield Step(text=f"Have the new host import {old.address}, with all guids.", done=not lacking(old, new))
    yield Step(text=f"Have the new host say itunes:new-feed-url: {new.address}", done=new.new_feed_url == new.address)
    yield Step(
        text=f'Write new_feed_url = "{new.address}" into {file} and publish, for apps that read no redirects.',
        done=old.new_feed_url == new.address,
    )
    yield Step(
        text=f"Have the store's server answer 301: podwright move --to {new.address} --rules nginx (or another server) "
        "writes the rules. Where it cannot, leave the feed as it is."
    )
    yield Step(text="Keep the store for years: addresses of recordings stand in apps and on pages.")
