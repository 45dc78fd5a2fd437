"""Publishers at once: what each of them may find, and what the store then holds.

Each publish makes the store equal to its own checkout. So of publishers whose checkouts differ the end is that of one
of them, whole; and of publishers who share a checkout, or pulled each other's commits, the end has every edit of each,
though each edits when others are publishing already.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from podwright.core.names import MANIFEST_KEY
from tests.faults import scenario
from tests.faults.children import KILLED, Children, How
from tests.faults.listener import check_listener, check_truth, is_settled, manifest_of
from tests.faults.places import Place

#: Who was killed holds nobody up for long, and yet longer than a busy machine holds up a process.
_HASTE: Mapping[str, float] = {
    "podwright.stores.ledger.lease.LIFETIME": 6,
    "podwright.stores.ledger.lease.RENEWAL": 1.5,
    "podwright.stores.ledger.lease.VALIDITY": 3,
}
#: A publish of a changed title has at least so many effects.
EFFECTS = 100
#: The first of them comes between its look at the workspace and its look at the store.
LOOKING = 1
#: After how long the last of them begins, in seconds.
LATE = 0.8
_EDIT = re.compile(rb"Round (\d+) by (\d+)")


@dataclass(frozen=True, slots=True)
class Round:
    """One race. won: how many publishers ended well; waited: how many gave up and said for whom they had waited."""

    won: int
    waited: int
    killed: int
    looked: int


class Race:
    """Publishers of one show to one place. shared: whether they have one checkout; patches: see `How`."""

    def __init__(
        self,
        folder: Path,
        place: Place,
        children: Sequence[Children],
        *,
        shared: bool,
        patches: Mapping[str, float] | None = None,
    ) -> None:
        self._place, self._children, self._shared = place, children, shared
        self._haste = {**_HASTE, **(patches or {})}
        roots = [folder / ("shared" if shared else f"checkout-{at}") for at in range(len(children))]
        self._roots = roots
        for root in dict.fromkeys(roots):
            scenario.write_before(root)
            for at in range(len(children)):
                self._write(root, at, "is still to come")
        self._publish(roots[0])
        self._rounds = 0
        self._effects = EFFECTS

    def _write(self, root: Path, at: int, title: str) -> None:
        """A publisher's own episode."""
        folder = root / "episodes" / f"racer-{at}"
        folder.mkdir(exist_ok=True)
        if not (folder / "audio.mp3").exists():
            (folder / "audio.mp3").write_bytes(scenario.recording(20 + at))
        for source, target in self._edit(root, at, title).items():
            Path(source).replace(target)

    @staticmethod
    def _edit(root: Path, at: int, title: str) -> dict[str, str]:
        """An edit of it that waits to be saved: of its title and so of tags, pages, search and feeds."""
        fresh = root / f"edit-{at}"
        matter = f"title: Racer {at} {title}\nguid: racer-{at}\npublished: 2026-10-0{1 + at}\nsection: Sleep\n"
        fresh.write_text(f"---\n{matter}---\nText.\n")
        return {str(fresh): str(root / "episodes" / f"racer-{at}" / "episode.md")}

    def _words(self, root: Path, *words: str) -> list[str]:
        return ["-C", str(root), *self._place.options, *words, "--now", scenario.BEFORE]

    @property
    def _verb(self) -> tuple[str, ...]:
        """Whoever has a checkout of their own takes back what the others edited, and is asked about it."""
        return ("publish",) if self._shared else ("publish", "--accept", "taken-back")

    def _publish(self, root: Path) -> None:
        done = self._children[0].run(self._words(root, *self._verb), env=self._place.env, how=How(patches=self._haste))
        assert done.status == 0, done.output

    def run(self, *, chance: random.Random, kills: bool) -> Round:
        """All edit, all publish at once; then see what became of it. Raises AssertionError."""
        self._rounds += 1
        before = manifest_of(self._place.load()).generation
        fatal = {chance.randrange(len(self._roots)): chance.randrange(10, self._effects)} if kills else {}
        with self._watched() as looks:
            for at, (root, child) in enumerate(zip(self._roots, self._children, strict=True)):
                how = How(
                    patches=self._haste,
                    fatal=fatal.get(at),
                    # They begin one after the other and each is held up somewhere, so that they meet in many ways.
                    slow=chance.choice((LOOKING, chance.randrange(1, self._effects))),
                    late=chance.uniform(0, LATE),
                    moves=self._edit(root, at, f"Round {self._rounds} by {at}"),
                )
                verb = ("rebuild",) if self._shared and at % 4 == 3 else self._verb
                child.start(self._words(root, *verb), env=self._place.env, how=how)
            with ThreadPoolExecutor(len(self._children)) as pool:
                ends = list(pool.map(Children.wait, self._children))
        for done in ends:
            assert done.status in (0, 4, KILLED), done.output
            assert done.status != 4 or "is publishing there; run it again" in done.output, done.output
        # Who found an edit published already had few.
        self._effects = max(EFFECTS, *(len(done.points) for done in ends))
        killed = [at for at, done in enumerate(ends) if done.status == KILLED]
        for at in killed:
            self._publish(self._roots[at])
        won = sum(done.status == 0 for done in ends) + len(killed)
        self._check_end(won, before, exact=not killed)
        return Round(won, sum(done.status == 4 for done in ends), len(killed), len(looks))

    def _check_end(self, won: int, before: int, *, exact: bool) -> None:
        now = self._place.load()
        manifest = manifest_of(now)
        assert is_settled(manifest)
        check_listener(now, before={}, after=now, base=scenario.BASE)
        # Every publish that wrote counts once; one that found its edit published already by a sister writes nothing.
        least = 1 if self._shared else won
        assert manifest.generation - before >= least, (manifest.generation, before, won)
        assert not exact or manifest.generation - before <= won, (manifest.generation, before, won)
        settled = [root for root in dict.fromkeys(self._roots) if not self._planned(root)]
        assert len(settled) == 1, f"the store equals {len(settled)} checkouts"
        edits = {int(at) for number, at in _EDIT.findall(now["private/gold.xml"]) if int(number) == self._rounds}
        assert len(edits) == (len(self._roots) if self._shared else 1), edits

    def _planned(self, root: Path) -> int:
        words = self._words(root, "plan", "--json")
        done = self._children[0].run(words, env=self._place.env, how=How(patches=self._haste))
        assert done.status == 0, done.output
        return len(json.loads(done.output.splitlines()[-1])["steps"])

    @contextmanager
    def _watched(self) -> Iterator[list[int]]:
        """Look again and again as a listener; the looks at a store at rest and in motion are counted."""
        over, looks, failures = threading.Event(), list[int](), list[AssertionError]()

        def watch() -> None:
            while not over.wait(0.05):
                try:
                    looks.append(self._look())
                except AssertionError as error:
                    failures.append(error)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield looks
        finally:
            over.set()
            watcher.join()
        if failures:
            raise failures[0]

    def _look(self) -> int:
        """Each feed is of one publisher; what the manifest says is so, unless it was written while we looked."""
        before = self._place.version(MANIFEST_KEY)
        now = self._place.load()
        for key, data in now.items():
            if key.endswith(".xml") and not self._shared:
                seen = {at for number, at in _EDIT.findall(data) if int(number) == self._rounds}
                assert len(seen) <= 1, f"{key} is of several publishers: {seen}"
        if self._place.version(MANIFEST_KEY) != before:
            return 0
        check_truth(now)
        if is_settled(manifest_of(now)):
            check_listener(now, before={}, after=now, base=scenario.BASE)
        return 1
