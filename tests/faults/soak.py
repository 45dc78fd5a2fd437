"""A show that is edited at random, published under kills and faults, and looked at after each publish."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from podwright.publishing.plan.consequences import ConsequenceKind
from tests.faults import scenario
from tests.faults.children import KILLED, Children, Done, How
from tests.faults.listener import OWN, check_listener, is_settled, manifest_of
from tests.faults.places import Bucket, Folder
from tests.faults.proxy import KINDS, Proxy, randomly, untouched
from tests.faults.scenario import Episode

#: What network and store do to a share of the requests of some publishes; after at most three in a row one passes.
FAULTS = tuple(KINDS.keys() - {"ignored-condition"})
RATE = 0.1
_ACCEPT = [word for kind in get_args(ConsequenceKind) for word in ("--accept", kind)]
#: What was killed elsewhere, or a store that says nothing, holds nobody up for long.
_HASTE = {
    "podwright.stores.ledger.lease.LIFETIME": 3,
    "podwright.stores.ledger.lease.RENEWAL": 0.7,
    "podwright.stores.ledger.lease.VALIDITY": 1.5,
    "podwright.stores.s3.bucket.SILENCE": 3,
}


@dataclass(slots=True)
class Counts:
    """What was done. ended: publishes by how they ended."""

    ended: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    looked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """What a publish goes through. faulty: whether requests meet faults; doomed: whether it is killed somewhere."""

    faulty: bool
    doomed: bool


class Soak:
    """One show in one bucket. proxy stands before it; rate: of the requests that meet faults in some publishes."""

    def __init__(
        self, folder: Path, place: Bucket, proxy: Proxy, children: Children, *, seed: int, rate: float = RATE
    ) -> None:
        self._folder, self._place, self._proxy, self._children = folder, place, proxy, children
        self._chance = random.Random(seed)
        self._rate = rate
        self._root = folder / "show"
        self._now = datetime.fromisoformat(scenario.BEFORE)
        self.base = f"{place.server.endpoint_url}/{place.name}/{place.prefix}/"
        self.counts = Counts()
        self._effects = 300
        scenario.write_before(self._root)
        self._episodes = {one.name: one for one in scenario.BEFORE_EPISODES}
        self._made = len(self._episodes)
        self._seen = self._ended = dict(place.load())

    # Edits

    def edit(self) -> None:
        """Change something, as a producer or the clock does."""
        kinds: tuple[Callable[[str], None], ...] = (
            self._retitle,
            self._rewrite,
            self._record,
            self._gate,
            self._add,
            self._remove,
            self._move,
            self._paint,
            self._wait,
        )
        for _ in range(self._chance.choice((1, 1, 2, 3))):
            kind = self._chance.choice(kinds)
            kind(self._chance.choice(sorted(self._episodes)))
            self.counts.edits[kind.__name__.removeprefix("_")] += 1

    def _put(self, episode: Episode) -> None:
        old = self._episodes.get(episode.name)
        if old:
            shutil.rmtree(scenario.folder_of(self._root, old))
        scenario.write_episode(self._root, episode)
        scenario.age(scenario.folder_of(self._root, episode))
        self._episodes[episode.name] = episode

    def _retitle(self, name: str) -> None:
        self._put(replace(self._episodes[name], title=f"{name.capitalize()} {self._chance.randrange(1000)} & more"))

    def _rewrite(self, name: str) -> None:
        self._put(replace(self._episodes[name], notes=f"Notes {self._chance.randrange(1000)}."))

    def _record(self, name: str) -> None:
        self._put(replace(self._episodes[name], audio=self._chance.randrange(60)))

    def _gate(self, name: str) -> None:
        known = self._episodes[name]
        self._put(replace(known, tier="gold" if known.tier == "free" else "free"))

    def _add(self, _: str) -> None:
        if len(self._episodes) < 14:
            self._made += 1
            day = (self._now - datetime.fromisoformat("2026-10-01T00:00:00+00:00")).days + self._chance.randrange(-9, 9)
            fresh = Episode(f"made-{self._made}", max(1, day), f"Made {self._made}", self._made % 60)
            self._put(replace(fresh, tier=self._chance.choice(("free", "free", "gold"))))

    def _remove(self, name: str) -> None:
        if len(self._episodes) > 5:
            shutil.rmtree(scenario.folder_of(self._root, self._episodes.pop(name)))

    def _move(self, name: str) -> None:
        known = self._episodes[name]
        self._put(replace(known, section=self._chance.choice(("Heart", "Sleep")), sides=not known.sides))

    def _paint(self, name: str) -> None:
        self._put(replace(self._episodes[name], artwork=not self._episodes[name].artwork))

    def _wait(self, _: str) -> None:
        self._now += timedelta(hours=self._chance.randrange(40))

    # Publishes

    def draw(self) -> Ordeal:
        """What the next publish goes through."""
        return Ordeal(faulty=self._chance.random() < 0.5, doomed=self._chance.random() < 0.3)

    def publish(self, ordeal: Ordeal) -> None:
        """Publish once, then look. Raises AssertionError where a listener would miss anything."""
        faulty = ordeal.faulty
        if self._chance.random() < 0.1:
            shutil.rmtree(self._root / ".podwright", ignore_errors=True)
        seed = self._chance.randrange(1 << 30)
        self._proxy.script = randomly(seed, rate=self._rate, kinds=FAULTS) if faulty else untouched
        # Of what it will do no more is known than what the last one did.
        fatal = self._chance.randrange(1, int(1.5 * self._effects)) if ordeal.doomed else None
        done = self._run(self._proxy.endpoint_url, fatal=fatal)
        assert done.status in (0, 4, KILLED), done.output
        assert done.status != 4 or faulty, done.output
        ended = {0: "done", 4: "failed", KILLED: "killed"}[done.status]
        self.counts.ended[f"{ended} under faults" if faulty else ended] += 1
        self._effects = len(done.points) or self._effects
        self._look(settled=done.status == 0)

    def _run(self, endpoint: str, *, fatal: int | None = None, folder: Folder | None = None) -> Done:
        where = folder.options if folder else replace(self._place, endpoint_url=endpoint).options
        words = ["-C", str(self._root), "--public-url", self.base, *where, "publish", *_ACCEPT]
        how = How(fatal=fatal, patches={} if folder else _HASTE, haste=True)
        return self._children.run([*words, "--now", self._now.isoformat()], env=self._place.env, how=how)

    def _look(self, *, settled: bool) -> None:
        now = dict(self._place.load())
        known = {key: data for key, data in self._seen.items() if key in now or self._must_stay(key)}
        if settled:
            assert is_settled(manifest_of(now))
            self._ended = now
        check_listener(now, before=known, after=None, base=self.base, ended=self._ended)
        self._seen = now
        self.counts.looked += 1

    @staticmethod
    def _must_stay(key: str) -> bool:
        return re.fullmatch(r"(private/)?[\w-]+\.(xml|opml)|index\.html", key) is not None

    def check_whole(self) -> None:
        """Publish undisturbed, and compare with what a first publish to an empty folder makes of the same show."""
        done = self._run(self._place.server.endpoint_url)
        assert done.status == 0, done.output
        self._look(settled=True)
        fresh = Folder(self._folder / "fresh")
        shutil.rmtree(fresh.root, ignore_errors=True)
        work = self._root / ".podwright"
        work.rename(self._folder / "aside")
        done = self._run("", folder=fresh)
        assert done.status == 0, done.output
        shutil.rmtree(work)
        (self._folder / "aside").rename(work)
        expected = {key: data for key, data in fresh.load().items() if not key.startswith(OWN)}
        wrong = [key for key, data in expected.items() if self._seen.get(key) != data]
        assert not wrong, f"differ from a first publish of the same show: {wrong}"

    def verify(self) -> None:
        """Let podwright read everything through the public address."""
        words = ["-C", str(self._root), "--public-url", self.base, *self._place.options]
        words += ["verify", "--deep", "--now", self._now.isoformat()]
        done = self._children.run(words, env=self._place.env)
        assert done.status == 0, done.output
