"""What a member may read: the keys of the store behind a member's address."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.assembly.keys import OWN, PRIVATE, STAGED
from pipeline.manifest import Manifest
from pipeline.members import Member


def key_of(path: str, member: Member, manifest: Manifest) -> str | None:
    """The key behind the path of a member's address, or None where there is nothing that this member may read.

    `gold.xml` stands for the member's feed of that name. All other paths are keys: public ones, and private ones of
    episodes in a tier that one of the member's feeds carries, or of the feeds themselves.
    """
    feeds = [manifest.feeds[name] for name in member.feeds if name in manifest.feeds]
    for feed in feeds:
        if path == f"{feed.name}.xml":
            return feed.key
    if path not in manifest.objects or path in manifest.doomed:
        return None
    if not path.startswith(PRIVATE):
        return path
    if path.startswith((STAGED, OWN)):
        return None
    owner = _artwork_of(path, manifest)
    if any(path in feed.keys or feed.name == owner for feed in feeds):
        return path
    tiers = {tier for feed in feeds for tier in feed.access}
    return path if path.rpartition("/")[0] in _folders(manifest, tiers) else None


def _artwork_of(path: str, manifest: Manifest) -> str | None:
    """The feed that a private picture belongs to: the longest name that its key begins with."""
    names = [name for name in manifest.feeds if path.startswith(f"{PRIVATE}artwork/{name}-")]
    return max(names, key=len, default=None)


def _folders(manifest: Manifest, tiers: Collection[str]) -> set[str]:
    """Where episodes lie that somebody may hear; of a withdrawn one only the page that says so is there."""
    known = [one for one in manifest.episodes.values() if one.live or one.stage == "withdrawn"]
    return {one.stem.rpartition("/")[0] for one in known if one.access in tiers}
