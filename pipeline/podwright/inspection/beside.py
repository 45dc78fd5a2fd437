"""The feed that a workspace would publish beside the one that it was imported from, item by item, as apps see them."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from podwright.building.cache import open_cache
from podwright.building.podcast import BuildInput, build_podcast
from podwright.building.spool import Spool
from podwright.core.artifact import Artifact, open_body
from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Overrides
from podwright.render.notes.for_apps import app_blocks
from podwright.stores.ledger.manifest import EMPTY
from podwright.workspace.importing import (
    Files,
    FoundEpisode,
    Slot,
    Source,
    Survey,
    fitted,
    notes_body,
    open_files,
    placed,
    read_feed,
)
from podwright.workspace.load import load_show
from podwright.workspace.scan import WORK_DIR, file_kind, scan_workspace
from podwright.workspace.schema import EpisodeFile, Known

#: Fields that apps see as they are.
_SEEN = (
    *("title", "number", "display", "type", "section", "tags", "people", "block", "locations", "license"),
    *("soundbites", "value", "content_links", "social_interact", "txt", "chat", "funding", "alternates"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An episode that is not as the old feed has it."""

    guid: str
    title: str
    #: The folder of the episode.
    where: str
    #: The names of what differs; "missing": the new feed has no such episode, "guid": it has it as another.
    what: tuple[str, ...]

    @property
    def again(self) -> bool:
        """Return whether apps would lose it, or download it as another."""
        return not {"missing", "guid", "audio"}.isdisjoint(self.what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two feeds beside each other."""

    #: How many episodes the old feed has, and of how many there is no audio here yet: they are not compared.
    episodes: int = 0
    waiting: int = 0
    differences: tuple[Difference, ...] = ()
    #: Why nothing can be published, and so nothing compared.
    problems: tuple[Finding, ...] = ()

    @property
    def again(self) -> int:
        """Return how many episodes would be downloaded again."""
        return sum(one.again for one in self.differences)


def compare_feeds(source: Source, found: Survey, *, now: datetime, overrides: Overrides) -> Comparison:
    """Return how the feed that would be published differs from the source, which was looked through."""
    try:
        published = _published(source.root, now, overrides)
    except WorkspaceError as error:
        return Comparison(problems=error.problems)
    files = open_files(source.root)
    differences: list[Difference] = []
    episodes = waiting = 0
    for old, slot in placed(source, found):
        episodes += 1
        audio = _audio(source.root / slot.folder)
        if audio is None or slot.repeated:
            waiting += not slot.repeated
            continue
        what = tuple(_differences(old, slot, published.get(slot.guid), whole=found))
        if not _is_recording(files, f"{slot.folder}/{audio.name}", audio):
            what = (*what, "audio")
        if what:
            title = str(old.fields.get("title", ""))
            differences.append(Difference(guid=slot.guid, title=title, where=slot.folder, what=what))
    return Comparison(episodes=episodes, waiting=waiting, differences=tuple(differences))


def _published(root: Path, now: datetime, overrides: Overrides) -> dict[str, FoundEpisode]:
    """Return the episodes of all feeds that would be published first, by guid. Raises WorkspaceError."""
    scan = scan_workspace(root)
    show = load_show(scan, overrides)
    with (
        tempfile.TemporaryDirectory(prefix="podwright-beside-") as name,
        open_cache(root / WORK_DIR) as cache,
        Spool(Path(name)) as spool,
    ):
        podcast = build_podcast(
            BuildInput(
                scan=scan,
                show=show,
                now=now,
                manifest=EMPTY,
                cache=cache,
                spool=spool,
                build_dir=Path(name),
                clock=time.time_ns(),
                advance=lambda _: None,
            )
        )
        documents = [one for feed in podcast.feeds for one in (feed.artifact, *feed.pages)]
        return {one.identity: one for document in documents for one in _read(document, Path(name, "feed.xml"))}


def _read(document: Artifact, path: Path) -> Iterator[FoundEpisode]:
    if document.body is None:
        raise AssertionError("an empty manifest holds no document that need not be written")
    with open_body(document.body) as reader:
        path.write_bytes(reader.read())
    yield from (one for one in read_feed(path) if isinstance(one, FoundEpisode))


def _audio(folder: Path) -> Path | None:
    return next((path for path in sorted(folder.glob("*")) if file_kind(path.name) == "audio"), None)


def _is_recording(files: Files, name: str, path: Path) -> bool:
    """Return whether a recording is the one that was fetched; what a person put there is that person's."""
    known = files.written.get(name)
    if not known:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() in known


def _differences(old: FoundEpisode, slot: Slot, new: FoundEpisode | None, *, whole: Survey) -> Iterator[str]:
    """Yield what apps see another way."""
    if new is None:
        yield "missing"
        return
    if old.identity != slot.guid:
        yield "guid"
    if datetime.fromisoformat(new.fields["published"]) != datetime.fromisoformat(slot.published or ""):
        yield "date"
    before, after = _typed(old), _typed(new)
    yield from (name for name in _SEEN if getattr(before, name) != getattr(after, name))
    # Where the old feed is silent, the new one says what follows from the rest.
    said = {"link": "link", "explicit": "explicit", "author": "byline"}
    yield from (name for name, of in said.items() if getattr(before, of) not in (None, getattr(after, of)))
    if _shown(old.notes) != _shown(new.notes):
        yield "notes"
    yield from _beside(old, new, whole)


def _beside(old: FoundEpisode, new: FoundEpisode, whole: Survey) -> Iterator[str]:
    """Yield which files of an item are not there."""
    if (old.chapters or old.fields.get("chapters")) and not (new.chapters or new.fields.get("chapters")):
        yield "chapters"
    languages, kept = ({one.language for one in item.transcripts if one.language} for item in (old, new))
    if languages - kept or (old.transcripts and not new.transcripts):
        yield "transcripts"
    if old.artwork and old.artwork != whole.show.artwork and not new.artwork:
        yield "artwork"
    if len(old.fields.get("images", ())) != len(new.fields.get("images", ())):
        yield "images"
    if old.season and (new.season is None or new.season.number != old.season.number):
        yield "season"


def _typed(found: FoundEpisode) -> Any:
    """Return an item's fields as the workspace understands them."""
    needed = {"title": "-", "guid": "-", "published": "1970-01-01"}
    fields, _ = fitted(EpisodeFile, {**needed, **found.fields}, where="", line=None, known=Known())
    return EpisodeFile.model_validate({**needed, **fields}, context=Known())


def _shown(notes: str) -> str:
    """Return notes as apps show them; white space of HTML is one space."""
    return " ".join("".join(app_blocks(notes_body(notes))).split())
