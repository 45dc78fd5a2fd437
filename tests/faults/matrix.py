"""The crash matrix: a publish killed at each of its effects, looked at as a listener, and run again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msgspec import UNSET

from podwright.core.names import MANIFEST_KEY
from podwright.stores.ledger.lease import LEASE_KEY
from podwright.stores.ledger.manifest_io import ROOM
from podwright.stores.ledger.manifest_json import render_manifest
from tests.faults import scenario
from tests.faults.children import KILLED, Children, Done, How
from tests.faults.listener import OWN, Shelf, check_listener, check_truth, is_settled, manifest_of
from tests.faults.places import Place

#: How a killed publish is followed, in turn; each ends with the same publish undisturbed.
SEQUELS = ("again", "from a fresh checkout", "after the old checkout", "after cron without the audio")
#: Who was killed elsewhere is waited for, which need not last half a minute here.
HASTE = {
    "podwright.stores.ledger.lease.LIFETIME": 0.5,
    "podwright.stores.ledger.lease.RENEWAL": 0.15,
    "podwright.stores.ledger.lease.VALIDITY": 0.25,
}
#: What the effects of a publish are about: a name for each, and what its points are called; the first that fits.
EFFECTS: Mapping[str, str] = {
    "cache and build folder": r"(?<!private)/\.podwright|cache save|BEGIN|COMMIT",
    "half-written file": r"private/\.podwright|before block|fsync",
    "delete": r"DELETE|os\.remove",
    "new folder": r"os\.mkdir",
    "lease": r"podwright/lease\.json",
    "manifest": r"podwright/manifest\.json",
    "kept former document": r"podwright/history/",
    "part copied inside the store": r"uploadId=.*\(copied\)",
    "upload in parts": r"uploadId=|\?uploads",
    "copy": r"\(copied\)",
    "page": r"\.html|/sitemap|/search/|oembed\.json",
    "feed": r"\.xml|\.opml",
    "media": "",
}
_ACCEPT = [word for kind in scenario.ACCEPTED for word in ("--accept", kind)]


@dataclass(frozen=True, slots=True)
class Tried:
    """One point. name: of the effect at which the publish was killed; failure: what was wrong, or None."""

    number: int
    name: str
    sequel: str
    failure: str | None


def effect_of(point: str) -> str:
    """What a point is about: one of EFFECTS."""
    return next(effect for effect, pattern in EFFECTS.items() if re.search(pattern, point))


class Matrix:
    """A workspace, a place, and what a publish makes of both when nobody disturbs it.

    room: bytes of a manifest from which on it is stored as a snapshot and what changed since.
    """

    def __init__(self, folder: Path, place: Place, children: Children, *, room: int = ROOM) -> None:
        self.place, self._children = place, children
        self._patches = {**scenario.PATCHES, **HASTE, "podwright.stores.ledger.manifest_io.ROOM": room}
        self._old, self._new, self._bare = folder / "old", folder / "new", folder / "bare"
        self._cache = folder / "cache"
        scenario.write_before(self._old, long=place.in_parts)
        scenario.write_before(self._new, long=place.in_parts)
        self._expect(self._run(self._new, "publish", now=scenario.BEFORE))
        place.save()
        self.before = place.load()
        (self._new / ".podwright").rename(self._cache)
        scenario.write_after(self._new, long=place.in_parts)
        shutil.copytree(self._old, self._bare)
        scenario.remove_audio(self._bare)
        self._reset()
        self.points = self._expect(self._run(self._new, "publish", *_ACCEPT)).points
        self.after, self._heads = place.load(), place.load_heads()

    def _run(self, root: Path, *words: str, now: str = scenario.AFTER, fatal: int | None = None) -> Done:
        arguments = ["-C", str(root), *self.place.options, *words, "--now", now]
        how = How(fatal=fatal, patches=self._patches)
        return self._children.run(arguments, env=self.place.env, how=how)

    def _expect(self, done: Done) -> Done:
        assert done.status == 0, done.output
        return done

    def _reset(self) -> None:
        self.place.restore()
        for root in (self._new, self._old, self._bare):
            shutil.rmtree(root / ".podwright", ignore_errors=True)
        shutil.copytree(self._cache, self._new / ".podwright")

    def run(self, numbers: Iterable[int]) -> Iterator[Tried]:
        """Kill the publish at each of these points, from 1 on."""
        for number in numbers:
            sequel = SEQUELS[number % len(SEQUELS)]
            try:
                self._try(number, sequel)
                failure = None
            except AssertionError as error:
                failure = str(error)[:2000]
            name = self.points[number - 1] if number <= len(self.points) else "?"
            yield Tried(number, name, sequel, failure)

    def _try(self, number: int, sequel: str) -> None:
        self._reset()
        killed = self._run(self._new, "publish", *_ACCEPT, fatal=number)
        # Threads take turns differently each time, and what is waited for may be had at once.
        assert killed.status == KILLED or (killed.status == 0 and number > 0.9 * len(self.points)), killed.output
        now = self.place.load()
        check_listener(now, before=self.before, after=self.after, base=scenario.BASE)
        if sequel == "from a fresh checkout":
            shutil.rmtree(self._new / ".podwright")
        elif sequel == "after the old checkout":
            self._go_back(now)
        elif sequel == "after cron without the audio":
            self._let_cron_run()
        last = self._expect(self._run(self._new, "publish", *_ACCEPT))
        self._check_end(exact=sequel in SEQUELS[:2])
        # Where all had been done there was nothing to take the lease for: that of the killed run runs out by itself.
        if any("lease.json" in point for point in last.points):
            assert b'"holder": null' in self.place.load()[LEASE_KEY], "the lease was not given back"

    def _go_back(self, stopped: Shelf) -> None:
        """Somebody publishes what was there before."""
        accept = [word for kind in (*scenario.ACCEPTED, "feed-gone") for word in ("--accept", kind)]
        self._expect(self._run(self._old, "publish", *accept, now=scenario.BEFORE))
        now = self.place.load()
        check_listener(now, before=self.before, after={**stopped, **self.before}, base=scenario.BASE)
        wrong = [key for key, data in self.before.items() if not key.startswith(OWN) and now.get(key) != data]
        assert not wrong, f"publishing what was there before did not bring it back: {wrong}"

    def _let_cron_run(self) -> None:
        """A server whose checkout is old and has no audio rebuilds; it may refuse, and breaks nothing."""
        done = self._run(self._bare, "rebuild")
        assert done.status in (0, 1, 3), done.output
        now = self.place.load()
        check_truth(now)
        if done.status == 0:
            assert is_settled(manifest_of(now))
            check_listener(now, before={}, after=now, base=scenario.BASE)

    def _check_end(self, *, exact: bool) -> None:
        now = self.place.load()
        check_listener(now, before={}, after=now, base=scenario.BASE)
        expected, found = _plain(self.after), _plain(now)
        differing = [key for key, data in expected.items() if found.get(key) != data]
        assert not differing, f"differ from an undisturbed publish: {differing}"
        more = sorted(found.keys() - expected.keys())
        assert not more or not exact, f"more than after an undisturbed publish: {more}"
        heads: Mapping[str, Any] = self.place.load_heads()
        assert {key: heads.get(key) for key in self._heads} == self._heads


def _plain(shelf: Shelf) -> dict[str, bytes]:
    """What must be the same however it was reached: all but versions, counters, and what was kept of former times."""
    manifest = manifest_of(shelf)
    assert is_settled(manifest), "the manifest says that a publish is under way"
    found = {key: data for key, data in shelf.items() if not key.startswith(OWN)}
    objects = {key: replace(one, etag="") for key, one in manifest.objects.items() if key not in manifest.retired}
    there = ((guid, one) for guid, one in manifest.episodes.items() if one.live or guid in _guids(found))
    episodes = {guid: replace(one, former=UNSET) for guid, one in there}
    plain = replace(manifest, generation=0, objects=objects, episodes=episodes, log=(), retired={})
    return found | {MANIFEST_KEY: render_manifest(plain)}


def _guids(shelf: Shelf) -> set[str]:
    text = b"".join(data for key, data in shelf.items() if key.endswith(".xml")).decode()
    return {word.split("<")[0] for word in text.split(">") if word.startswith("guid-")}
