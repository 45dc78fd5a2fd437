"""An import from its source to the files of a workspace: looked through, then written, the texts before the media."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from shutil import disk_usage
from typing import Any

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.http import UnreachableError
from podwright.core.progress import Progress
from podwright.core.showing import shown
from podwright.render.feeds import podcast_guid
from podwright.workspace import values
from podwright.workspace.importing.fetching import Fetcher, download_path
from podwright.workspace.importing.files import Outcome, known_episodes, known_seasons, open_files, unwritable
from podwright.workspace.importing.fitting import fitted
from podwright.workspace.importing.notes import notes_text
from podwright.workspace.importing.prefixes import split_prefix
from podwright.workspace.importing.side_files import (
    SideFetcher,
    SideFiles,
    audio_name,
    not_audio,
    take_artwork,
    take_chapters,
    take_images,
    take_transcripts,
)
from podwright.workspace.importing.source import Source
from podwright.workspace.importing.survey import Survey, survey
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Remote, Slot
from podwright.workspace.importing.written import front_matter, toml_text
from podwright.workspace.scan import file_kind
from podwright.workspace.schema import EpisodeFile, FeedFile, Known, SeasonFile, ShowFile

#: In bytes.
MOST_AUDIO = 4 << 30
#: Episodes whose notes are converted together; a show of fewer does so in this process.
_GROUP = 512
#: Notes below front matter, and why they are not Markdown.
Converted = tuple[str, str | None]
#: Recordings that are fetched at once.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An import as it is asked for."""

    #: An address, or the path of a file.
    source: str
    root: Path
    #: The address at which the public will read the workspace's store, for a new workspace.
    public_url: str
    #: The name of the feed's file; None: made of the title.
    slug: str | None = None
    #: The address of the person who says that a locked show may be imported.
    owner: str | None = None
    #: Whether recordings and pictures are fetched.
    media: bool = True
    now: datetime


@dataclass(slots=True)
class Imported:
    """The outcome of an import."""

    #: Looked through, so that what would be published can be compared with it.
    source: Source
    survey: Survey
    #: How many files were new, renewed, the same, or edited by hand and left as they are, by kind of file.
    counts: dict[tuple[str, Outcome], int] = field(default_factory=Counter)
    #: Files that were edited by hand.
    edited: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: Folders of the source's episodes by guid.
    folders: dict[str, str] = field(default_factory=dict)
    #: Why notes are kept as HTML, by folder.
    html_notes: dict[str, str] = field(default_factory=dict)
    feed: str = ""

    def note(self, name: str, outcome: Outcome) -> None:
        """Count a file."""
        self.counts[_kind(name), outcome] = self.counts.get((_kind(name), outcome), 0) + 1
        if outcome == "edited":
            self.edited.append(name)


def _kind(name: str) -> str:
    if not name.startswith("episodes/"):
        return "settings"
    kind = file_kind(name.rpartition("/")[2]) or "settings"
    return "transcript" if kind == "translation" else kind


def import_show(request: Request, fetcher: Fetcher, *, progress: Progress) -> Imported:
    """Bring a show into a workspace. Raises WorkspaceError where its source cannot be read at all, or is locked."""
    source = Source(request.source, request.root, fetcher)
    found = look_through(source)
    _refuse_locked(found.show, request)
    job = _Job(request, Imported(source=source, survey=found, findings=list(source.findings)))
    if not found.slots:
        job.done.findings.append(Finding(source.name, "has no episodes; name the address of the whole feed"))
    job.settings(found)
    job.episodes(found)
    if request.media:
        job.media(progress)
    return job.done


def look_through(source: Source) -> Survey:
    """Return the places that a source's episodes have in the workspace, or will have. Raises WorkspaceError."""
    return survey(source.first(), places=known_episodes(source.root), seasons=known_seasons(source.root))


def placed(source: Source, found: Survey) -> Iterator[tuple[FoundEpisode, Slot]]:
    """Yield the episodes of a source that was looked through, with their places."""
    episodes = (one for one in source.again() if isinstance(one, FoundEpisode))
    yield from ((one, found.slots[number]) for number, one in enumerate(episodes) if number in found.slots)


def _refuse_locked(show: FoundShow, request: Request) -> None:
    """Raise WorkspaceError where the show's owner said that nobody may import it, and is not who asks.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/locked.md
    """
    if show.locked_by is None or (show.locked_by and (request.owner or "").lower() == show.locked_by.lower()):
        return
    how = "unlock it at the old host, or give its owner's address with --owner"
    raise WorkspaceError([Finding(shown(request.source), f"is locked: its owner allows no import; {how}")])


class _Job:
    """One import under way."""

    def __init__(self, request: Request, done: Imported) -> None:
        self.done, self._request, self._source = done, request, done.source
        self._files = open_files(request.root)
        self._side_fetcher = SideFetcher(root=request.root, fetcher=done.source.fetcher, texts_only=not request.media)
        self._known = Known()
        self._show: dict[str, Any] = {}
        #: The recordings to fetch, with the folders of their episodes.
        self._recordings: list[tuple[str, Remote]] = []

    # Settings

    def settings(self, found: Survey) -> None:
        """Write podwright.toml, the feed, its picture and the seasons."""
        show, feed = self._settings_fields(found.show, found.prefix)
        self._show = show
        if found.show.incidental and (self._request.root / "podwright.toml").is_file():
            return
        slug = self._request.slug or values.spelled_slug(show["title"]) or "podcast"
        if image := self._show_picture(found.show.artwork):
            show["image"] = image
        if self._request.media and "images" in show:
            show["images"] = self._show_images(show["images"])
        show["notes"] = {"parts": []}
        show["storage"] = {"url": "file:public", "public_url": values.base_url(self._request.public_url)}
        self._write("podwright.toml", toml_text(show).encode())
        self.done.feed = slug
        self._write(f"feeds/{slug}.toml", toml_text(feed).encode())
        for number, (season, title) in found.seasons.items():
            fields, _ = fitted(
                SeasonFile,
                {"title": title[: values.LONGEST_LINE], "number": number},
                where="",
                line=None,
                known=Known(),
            )
            self._write(f"episodes/{season}/season.toml", toml_text(fields).encode())
        self._unread(None, found.show.unread)

    def _show_picture(self, url: str | None) -> str | None:
        """Return the name of the show's picture, which is fetched unless it was."""
        names = [f"artwork/show{suffix}" for suffix in (".jpg", ".png")]
        if there := next((name for name in names if self._files.is_settled(name, url)), None):
            return there
        picture = SideFiles()
        if url:
            take_artwork(url, self._side_fetcher, picture, stem="artwork/show")
        for name, data in picture.files.items():
            self._write(name, data)
            self._files.settle(name, url)
        self._remark(None, *picture.remarks)
        return next((name for name in names if (self._request.root / name).is_file()), None)

    def _show_images(self, images: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the show's further pictures as files, which are fetched anew where not all of them could be."""
        side = SideFiles()
        take_images(images, self._side_fetcher, side, stem="artwork/picture")
        for name, data in side.files.items():
            self._write(name, data)
        self._remark(None, *side.remarks)
        return list(side.fields.get("images", images))

    def _settings_fields(self, found: FoundShow, prefix: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
        where = self._source.name
        show = dict(found.show) | ({"enclosure_prefix": prefix} if prefix else {})
        show.setdefault("title", "Podcast")
        show.setdefault("language", "en")
        show.setdefault("link", found.address or self._request.public_url)
        show["title"] = " ".join(show["title"].split())[: values.LONGEST_LINE]
        show["author"] = show.get("author", show["title"])[: values.LONGEST_LINE]
        description = show.get("description") or show["title"]
        show["description"] = description.encode()[: values.DESCRIPTION_BYTES].decode(errors="ignore")
        if len(description.encode()) > values.DESCRIPTION_BYTES:
            self._remark(None, f"its description has more than {values.DESCRIPTION_BYTES:,} bytes and was cut there")
        required = {"storage": {"public_url": self._request.public_url}}
        fields, refused = fitted(ShowFile, {**show, **required}, where=where, line=None, known=self._known)
        # What is required and was refused, or is not there.
        title = fields.setdefault("title", "Podcast")
        fallbacks = {"description": title, "link": self._request.public_url, "language": "en", "author": title}
        for name, value in fallbacks.items():
            fields.setdefault(name, value)
        fields.pop("storage", None)
        feed = {"guid": self._first_guid(found), **found.feed}
        if len(self._source.documents) > 1:
            feed["limit"] = self._source.documents[0].count
        if "image_alt" in found.show:
            fields["image_alt"] = found.show["image_alt"]
        feed_fields, more = fitted(
            FeedFile, {name: value for name, value in feed.items() if value}, where=where, line=None, known=self._known
        )
        feed_fields["locked"] = bool(found.feed.get("locked"))
        self.done.findings += [*refused, *more]
        return fields, feed_fields

    def _first_guid(self, found: FoundShow) -> str | None:
        """Return the podcast:guid of a feed that says none: it follows from the address that the feed had first."""
        address = found.address or (self._request.source if "://" in self._request.source else None)
        return podcast_guid(address) if address else None

    # Episodes

    def episodes(self, found: Survey) -> None:
        """Write all episodes. The notes of a large show are converted in several processes."""
        rest = placed(self._source, found)
        with ExitStack() as stack:
            convert: Callable[..., Iterable[Converted]] = map
            while group := list(islice(rest, _GROUP)):
                fresh = [one.notes for one, slot in group if not self._is_settled(one, slot)]
                notes = iter(convert(notes_text, fresh))
                for one, slot in group:
                    self._episode(one, slot, found, notes=notes)
                if convert is map and len(fresh) == _GROUP:
                    pool = stack.enter_context(ProcessPoolExecutor(mp_context=get_context("spawn")))
                    convert = partial(pool.map, chunksize=_GROUP // 16)

    def _is_settled(self, found: FoundEpisode, slot: Slot) -> bool:
        return self._files.is_settled(f"{slot.folder}/episode.md", self._source_of(found, slot))

    def _source_of(self, found: FoundEpisode, slot: Slot) -> object:
        """Return all that an episode's files follow from."""
        return replace(found, line=None), slot, self._request.media

    def _episode(self, found: FoundEpisode, slot: Slot, whole: Survey, *, notes: Iterator[Converted]) -> None:
        """Write an episode's text, and what lies beside it, unless all of that was done. notes: next come its own."""
        self.done.folders[slot.guid] = slot.folder
        self._remark(found, *slot.remarks)
        if found.audio:
            self._recordings.append((slot.folder, found.audio))
        name = f"{slot.folder}/episode.md"
        if self._is_settled(found, slot):
            self.done.note(name, "same")
            return
        side = self._beside(found, whole)
        fields, refused = self._episode_fields(found, slot, side)
        self.done.findings += refused
        for beside, data in side.files.items():
            self._write(f"{slot.folder}/{beside}", data)
        body, why_html = next(notes)
        if why_html:
            self.done.html_notes[slot.folder] = why_html
        self._write(name, front_matter(fields, body).encode())
        self._remark(found, *side.remarks)
        self._unread(found, found.unread)
        if found.kept:
            self._remark(found, f"{', '.join(found.kept)}: is no heading that is known; it stays in the notes")
        if side.complete:
            self._files.settle(name, self._source_of(found, slot))

    def _beside(self, found: FoundEpisode, whole: Survey) -> SideFiles:
        """Fetch what lies beside an episode's text, but for its recording."""
        side = SideFiles()
        language = found.fields.get("language") or self._show.get("language", "en")
        if found.chapters:
            take_chapters(found.chapters, self._side_fetcher, side)
        if found.transcript:
            side.files["transcript.md"] = f"{found.transcript}\n".encode()
        take_transcripts(found.transcripts, self._side_fetcher, side, language=language)
        if found.artwork and found.artwork != whole.show.artwork and self._request.media:
            take_artwork(found.artwork, self._side_fetcher, side, stem="artwork")
        if self._request.media:
            take_images(found.fields.get("images", ()), self._side_fetcher, side)
        return side

    def _episode_fields(
        self, found: FoundEpisode, slot: Slot, side: SideFiles
    ) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        fields = {**found.fields, **side.fields, "guid": slot.guid, "published": slot.published}
        title = fields.get("title") or f"Episode of {(slot.published or '')[:10]}"
        if "\n" in title or len(title) > values.LONGEST_LINE:
            self._remark(found, f"its title {values.shown(title)} was shortened to one line of {values.LONGEST_LINE}")
            title = " ".join(title.split())[: values.LONGEST_LINE].strip()
        fields["title"] = title
        names = list(dict.fromkeys(person.get("name", "") for person in fields.get("people", ())))
        if fields.get("byline") == (", ".join(names) or self._show["author"]):
            del fields["byline"]
        if slot.repeated:
            fields["draft"] = True
        return fitted(EpisodeFile, fields, where=self._where(found), line=found.line, known=self._known)

    # Media

    def media(self, progress: Progress) -> None:
        """Fetch the recordings of episodes that have none yet, several at once."""
        lacking = [(folder, remote) for folder, remote in self._recordings if not self._has_audio(folder)]
        total, free = sum(remote.length or 0 for _, remote in lacking), disk_usage(self._request.root).free
        if total > free:
            message = f"its audio has {total:,} bytes and the disk {free:,} free; make room, and run this again"
            self.done.findings.append(Finding(self._source.name, message))
            return
        progress.begin("fetching", total)
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for outcome in pool.map(self._recording, *zip(*lacking, strict=True)) if lacking else ():
                    if isinstance(outcome, Finding):
                        self.done.findings.append(outcome)
                    else:
                        self.done.note(outcome, "new")
        finally:
            progress.end()

    def _has_audio(self, folder: str) -> bool:
        entries = (self._request.root / folder).iterdir()
        return any(file_kind(entry.name) == "audio" and not entry.name.startswith(".") for entry in entries)

    def _recording(self, folder: str, remote: Remote) -> str | Finding:
        """Fetch a recording into the folder of its episode; return its name there, or why there is none."""
        # What counts downloads is not asked: nobody listens.
        _, url = split_prefix(remote.url)
        path = download_path(self._request.root, url)
        name = f"{folder}/{audio_name(remote)}"
        try:
            fetched = self._side_fetcher.fetcher.fetch(url, path, most=MOST_AUDIO)
            if why := not_audio(fetched.path):
                path.unlink()
                return Finding(folder, f"its audio {shown(url)} {why}", level="warning")
            self._files.keep(name, path)
        except UnreachableError as error:
            return Finding(folder, f"its audio was not fetched: {error}", level="warning")
        except OSError as error:
            raise unwritable(name, error) from error
        return name

    # What was done

    def _write(self, name: str, data: bytes) -> None:
        self.done.note(name, self._files.write(name, data))

    def _where(self, _found: FoundEpisode | None) -> str:
        return self._source.name

    def _remark(self, found: FoundEpisode | None, *messages: str) -> None:
        line = found.line if found else None
        self.done.findings += [Finding(self._where(found), one, line=line, level="warning") for one in messages]

    def _unread(self, found: FoundEpisode | None, names: tuple[str, ...]) -> None:
        if names:
            self._remark(found, f"{', '.join(names)}: nothing in a workspace says it; left out")
