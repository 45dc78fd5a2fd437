"""Former states of episodes: what a manifest remembers of them, and what a publish would take back.

A checkout that was not pulled says what it said before, and nothing else tells it from one that says something new.
Remembered are digests of what a later publish replaced, part by part, so that an old text is known beside a new title.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from msgspec import UNSET

from podwright.core.names import side_of
from podwright.publishing.plan.consequences import Consequence
from podwright.publishing.plan.target import Target
from podwright.stores.ledger.generations import PARTS, SOURCE
from podwright.stores.ledger.manifest import EpisodeRecord, Manifest

#: At most so many digests are remembered of an episode; an edit replaces one to three.
MOST = 16
#: At most so many commits.
_COMMITS = 32
#: Hex digits of each digest. One that is equal by chance costs a question.
_DIGITS = 8
#: The parts that follow from others, and those that say where the episode lies, which is no news where it moves.
_FOLLOWING = frozenset({"address", "contents", "tags"})
_PLACED = frozenset({"notes", "chapters", "transcript", "image", "details", "rest"})
#: Other parts, with what a person calls them: the dates when an episode goes, and the files of one that waits.
_ENDS = "ends"
_WORDS = {"rest": "other details", _ENDS: "dates when it goes", SOURCE: "files"}
_PULL = "pull first, unless that is meant"


def remember_states(episodes: Mapping[str, EpisodeRecord], manifest: Manifest) -> dict[str, EpisodeRecord]:
    """Return the records of episodes, by guid, each with the digests of what it said before and says no more."""
    return {guid: _with_former(record, manifest.episodes.get(guid)) for guid, record in episodes.items()}


def _with_former(record: EpisodeRecord, before: EpisodeRecord | None) -> EpisodeRecord:
    former = before.former if before else UNSET
    replaced = _replaced(before, record) if before else {}
    if replaced:
        present = {_mark(part, digest) for part, (_, digest) in replaced.items()}
        marks = (*(former or ()), *(_mark(part, digest) for part, (digest, _) in replaced.items()))
        former = tuple(mark for mark in dict.fromkeys(marks) if mark not in present)[-MOST:] or UNSET
    return record if record.former == former else replace(record, former=former)


def find_taken_back(target: Target, manifest: Manifest) -> Iterator[Consequence]:
    """Yield the episodes that would say again what a later publish replaced, or that were taken out by one."""
    for guid, episode in target.episodes.items():
        before = manifest.episodes.get(guid)
        if before is None:
            continue
        if before.stage.is_live and not before.live and episode.live:
            message = f"{episode.slug}: “{episode.title}” was taken out by a later publish, and comes back; {_PULL}"
            together = f"{{}} episodes were taken out by a later publish, and come back; {_PULL}"
            yield Consequence(kind="taken-back", subject=episode.slug, message=message, together=together)
        elif before.former:
            said = {part: digest for part, (_, digest) in _replaced(before, episode).items()}
            if guid in target.due:
                said[SOURCE] = target.due[guid]
            back = [part for part, digest in said.items() if _mark(part, digest) in before.former]
            if back:
                yield _taken_back(episode.slug, ", ".join(_WORDS.get(part, part) for part in back))


def remember_commit(commit: str | None, before: tuple[str, ...]) -> tuple[str, ...]:
    """Return the commits that were published, with one more, if any, in the last place."""
    return (*(one for one in before if one != commit), commit)[-_COMMITS:] if commit else before


def find_behind(target: Target, manifest: Manifest) -> Iterator[Consequence]:
    """Yield that a workspace is at a commit before the one that was published last."""
    commit, last = target.commit, manifest.commits[-1:]
    if commit and last and (target.is_behind or commit in manifest.commits[:-1]):
        message = f"this checkout is at commit {commit[:12]}, and the later {last[0][:12]} was published; {_PULL}"
        yield Consequence(kind="taken-back", subject=commit[:12], message=message)


def _taken_back(slug: str, parts: str) -> Consequence:
    return Consequence(
        kind="taken-back",
        subject=slug,
        message=f"{slug}: this takes back what a later publish replaced ({parts}); {_PULL}",
        together=f"this takes back what a later publish replaced in {{}} episodes; {_PULL}",
    )


def _replaced(before: EpisodeRecord, after: EpisodeRecord) -> dict[str, tuple[str, str]]:
    """Return the digests, before and after, of the parts that two records both tell, and differently."""
    if before.parts == after.parts and (before.unlist, before.withdraw) == (after.unlist, after.withdraw):
        return {}
    told = (before.parts.keys() & after.parts.keys()) - _FOLLOWING
    if side_of(before.enclosure) != side_of(after.enclosure):
        told -= _PLACED
    if before.parts.get("notes") != after.parts.get("notes"):
        told -= {"summary"}
    pairs = {part: (before.parts[part], after.parts[part]) for part in (*PARTS, SOURCE) if part in told}
    pairs[_ENDS] = (_ends(before), _ends(after))
    return {part: pair for part, pair in pairs.items() if pair[0] != pair[1]}


def _ends(record: EpisodeRecord) -> str:
    return repr([end and end.timestamp() for end in (record.unlist, record.withdraw)])


def _mark(part: str, digest: str) -> str:
    return hashlib.sha256(f"{part}\0{digest}".encode()).hexdigest()[:_DIGITS]
