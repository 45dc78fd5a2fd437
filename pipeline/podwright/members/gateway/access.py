"""Access of members: the keys of the store behind a member's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from podwright.core.model import Stage
from podwright.core.names import early_stem, is_own, parse, place_of, side_of
from podwright.members.people import Member
from podwright.stores.ledger.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Published:
    """A manifest, with the tier of the episode that lies in each folder."""

    manifest: Manifest
    tiers: Mapping[str, str]
    #: By folder, the guid of an episode that is only for those whose feeds have it already.
    early: Mapping[str, str]
    #: By folder where an episode was early, what its keys begin with now.
    released: Mapping[str, str]


def published_of(manifest: Manifest) -> Published:
    """Return a manifest made ready to be asked for every request.

    Of a withdrawn episode only the page that says so is there; where another one took its address, that one counts.
    """
    known = [one for one in manifest.episodes.values() if one.live or one.stage == Stage.WITHDRAWN]
    ordered = sorted(known, key=lambda one: one.live)
    return Published(
        manifest,
        tiers={one.stem.rpartition("/")[0]: one.tier for one in ordered if one.stage != Stage.EARLY},
        early={one.enclosure.rpartition("/")[0]: one.guid for one in known if one.stage == Stage.EARLY},
        released={
            early_stem(one.slug).rpartition("/")[0]: one.stem for one in known if one.live and one.stage != Stage.EARLY
        },
    )


def key_of(path: str, member: Member, published: Published) -> str | None:
    """Return the key behind the path of a member's address, or None where there is nothing that this member may read.

    `gold.xml` stands for the member's feed of that name. All other paths are keys: public ones, and private ones of
    episodes in a tier that one of the member's feeds carries, or of the feeds themselves.
    """
    manifest = published.manifest
    feeds = [manifest.feeds[name] for name in member.feeds if name in manifest.feeds]
    for feed in feeds:
        if path == f"{feed.name}.xml":
            return feed.key
    if path not in manifest.objects:
        # Apps keep the address that they saw first, where an episode lay before everybody had it.
        folder, _, name = path.rpartition("/")
        slug = folder.rpartition("/")[2]
        if stem := published.released.get(folder):
            # A page has a name of its own; all else is called after the episode.
            own = name.startswith((f"{slug}.", f"{slug}-"))
            path = stem + name.removeprefix(slug) if own else f"{stem.rpartition('/')[0]}/{name}"
    if path not in manifest.objects or path in manifest.doomed:
        return None
    if side_of(path) == "public":
        return path
    if is_own(path) or place_of(path) == "staged":
        return None
    named = parse(path)
    artwork_of = named.owner if named and named.kind == "artwork" else None
    if any(path in feed.keys or feed.name == artwork_of for feed in feeds):
        return path
    folder = path.rpartition("/")[0]
    if guid := published.early.get(folder):
        return path if any(guid in feed.items for feed in feeds) else None
    tier = published.tiers.get(folder)
    return path if any(tier in feed.tiers for feed in feeds) else None
