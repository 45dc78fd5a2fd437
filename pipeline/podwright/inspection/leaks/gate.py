"""Who may have what of a published podcast: objects, addresses and recordings, each with whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from podwright.core.model import Episode, Show
from podwright.core.names import KINDS, PRIVATE, ObjectName, is_own, parse, place_of
from podwright.inspection.leaks.secrets import Part, public_parts, subject_of
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest

#: Kinds of public objects that belong to no gated episode.
_SHARED = frozenset({"artwork", "asset", "teaser"})


class Gate:
    """A workspace beside what was published of it, at a moment."""

    def __init__(self, show: Show, episodes: tuple[Episode, ...], manifest: Manifest, now: datetime) -> None:
        self.show, self.episodes, self.manifest, self.now = show, episodes, manifest, now
        self._names = {key: parse(key) for key in manifest.objects}
        shown = {name.owner for name in self._names.values() if name and name.kind == "teaser"}
        #: By guid, what everybody may know.
        self.told = {
            one.outline.guid: public_parts(
                one.outline, show, now, trailer=self._has_trailer(one), shown=one.outline.slug in shown
            )
            for one in episodes
        }
        #: By folder, without `private/`, the episode that it belongs to.
        self._folders = {self._folder(episode): episode for episode in episodes}

    def owner(self, key: str) -> str:
        """Whose a private object is."""
        if is_own(key):
            return "podwright itself"
        bare = key.removeprefix(PRIVATE)
        if place_of(key) != "published":
            bare = f"episodes/{bare.partition('/')[2]}"
        episode = self._folders.get(bare.rpartition("/")[0])
        return subject_of(episode.outline, self.show, self.now) if episode else f"the members' {bare}"

    def gated(self) -> Iterator[tuple[Episode, str]]:
        """The episodes that not everybody may hear, each as people know it."""
        for episode in self.episodes:
            if "all" not in self._told(episode):
                yield episode, subject_of(episode.outline, self.show, self.now)

    def shows_teaser(self, episode: Episode) -> bool:
        """Whether a trailer of an episode is for everybody, or was."""
        return "slug" in self._told(episode) and self._has_trailer(episode)

    def slugs(self) -> Mapping[str, str]:
        """The names that no public object may name as those of folders: present ones, and those that were promised."""
        known = [(one, self._folder(one).rpartition("/")[2]) for one in self.episodes]
        public = {name for one, old in known if self._told(one) & {"all", "slug"} for name in (one.outline.slug, old)}
        return {
            name: subject_of(one.outline, self.show, self.now)
            for one, old in known
            for name in (one.outline.slug, old)
            if name not in public
        }

    def former(self, owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The public names under which private things would lie, or lay before they were gated, with whose they are."""
        for key, owner in owners.items():
            if not is_own(key) and place_of(key) == "published":
                yield key.removeprefix(PRIVATE), owner
        for episode, subject in self.gated():
            record = self.manifest.episodes.get(episode.outline.guid)
            if record:
                yield from ((key, subject) for key in self._public_keys(record, self._told(episode)))

    def digests(self, owners: Mapping[str, str]) -> Mapping[str, str]:
        """The digests of private objects, with whose they are; not of what is public as well, such as artwork."""
        folders = {self._folder(episode) for episode in self.episodes if "all" in self._told(episode)}
        objects = self.manifest.objects
        public = {
            record.sha256
            for key, record in objects.items()
            if self._is_shared(key) or key.rpartition("/")[0] in folders
        }
        secret = {objects[key].sha256: owner for key, owner in owners.items() if key in objects}
        return {digest: owner for digest, owner in secret.items() if digest not in public}

    def _is_shared(self, key: str) -> bool:
        name = self._names[key]
        return name is not None and name.side == "public" and name.kind in _SHARED

    def public_frames(self) -> frozenset[str]:
        """Digests of the frames of recordings that everybody may hear."""
        known = (self.manifest.episodes.get(one.outline.guid) for one in self.episodes if "all" in self._told(one))
        return frozenset(record.audio.frames_hash for record in known if record and record.audio)

    def _told(self, episode: Episode) -> frozenset[Part]:
        return self.told[episode.outline.guid]

    def _has_trailer(self, episode: Episode) -> bool:
        record = self.manifest.episodes.get(episode.outline.guid)
        return episode.teaser is not None or (record is not None and record.teaser is not None)

    def _folder(self, episode: Episode) -> str:
        record = self.manifest.episodes.get(episode.outline.guid)
        stem = record.stem if record else f"episodes/{episode.outline.slug}/{episode.outline.slug}"
        return stem.removeprefix(PRIVATE).rpartition("/")[0]

    @staticmethod
    def _public_keys(record: EpisodeRecord, told: frozenset[Part]) -> Iterator[str]:
        page = ObjectName(kind="page", owner=record.stem.rpartition("/")[2])
        yield page.sibling("audio", suffix=PurePosixPath(record.enclosure).suffix).render()
        yield from (page.sibling("transcript", suffix=suffix).render() for suffix in KINDS["transcript"].types)
        yield page.sibling("chapters").render()
        if "reason" not in told:
            # A page that stands for its folder is cached under both.
            yield from (page.render(), f"{page.stem.rpartition('/')[0]}/")
