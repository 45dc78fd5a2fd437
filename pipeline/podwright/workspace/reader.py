"""Reading the files of one workspace while every problem is kept, so that one run tells them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from podwright.core.errors import FormatError, TranscriptError
from podwright.core.finding import Finding, Level
from podwright.core.model import Feed, Overrides, Season, Show, Storage, Transcript, Translation
from podwright.media.pictures import (
    PictureShape,
    load_chapter_picture,
    load_further_picture,
    load_image_warnings,
)
from podwright.media.transcripts import LIMITS, SUFFIXES, read_transcript
from podwright.workspace.convert import feed_from, lifetime_from, season_from
from podwright.workspace.documents import Document, FieldPath, field_problem, load_bytes, load_toml
from podwright.workspace.lifetimes import Dates, contradictions, lifetime_dates
from podwright.workspace.scan import Scan, find_inside
from podwright.workspace.schema import EpisodeFile, FeedFile, Known, SeasonFile, ShowFile, validate
from podwright.workspace.schema.tags import ImageTable
from podwright.workspace.storage import check_apart, load_folder, override_storage
from podwright.workspace.transcript_names import choose_transcripts
from podwright.workspace.values import shown

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcripts:
    """The transcripts of an episode as they were read."""

    #: The one in its language, and its file.
    own: Transcript | None
    file: Path | None
    others: tuple[Translation, ...]


@dataclass(slots=True)
class Reader:
    """A reader of the files of one workspace, with the problems that it met."""

    #: The workspace, free of links.
    root: Path
    #: Names that files may use.
    known: Known = field(default_factory=Known)
    #: Errors and warnings so far.
    problems: list[Finding] = field(default_factory=list)

    def file(self, load: Callable[..., Document], name: str, model: type[M]) -> tuple[Document | None, M | None]:
        """Return a file as a document, and its values where they are all right."""
        document = self.document(load, name)
        return document, self.values(document, model)

    def document(self, load: Callable[..., Document], name: str) -> Document | None:
        """Return a file as a document, where it can be read."""
        try:
            return load(self.root / name, name=name)
        except FormatError as error:
            self.problems.append(Finding(name, error.message, line=error.line))
            return None

    def values(self, document: Document | None, model: type[M]) -> M | None:
        """Return the values of a document, where they are all right."""
        if document is None:
            return None
        values, findings = validate(model, document, known=self.known)
        self.problems += findings
        return values

    def complain(self, document: Document, at: FieldPath, *, message: str, level: Level = "error") -> None:
        """Keep a problem with one field."""
        self.problems.append(field_problem(document, at, message=message, level=level))

    def image(self, document: Document | None) -> Path | None:
        """Return the picture that a settings file names, where it names one that can be used."""
        name = document.data.get("image") if document else None
        if document is None or not isinstance(name, str):
            return None
        path = self._inside(document, ("image",), name)
        if path is None:
            return None
        try:
            warnings = load_image_warnings(path)
        except FormatError as error:
            self.complain(document, ("image",), message=f"{shown(name)} {error.message}")
            return None
        for warning in warnings:
            self.complain(document, ("image",), message=f"{shown(name)} {warning}", level="warning")
        return path

    def artwork(self, name: str | None) -> Path | None:
        """Return an episode's own picture."""
        if name is None:
            return None
        try:
            warnings = load_image_warnings(self.root / name)
        except FormatError as error:
            self.problems.append(Finding(name, error.message))
            return None
        self.problems += [Finding(name, warning, level="warning") for warning in warnings]
        return self.root / name

    def picture(self, document: Document, at: FieldPath, *, name: str) -> Path | None:
        """Return a further picture of a show or a feed, named from the workspace's root."""
        path = self._inside(document, at, name)
        return self._readable(document, at, path, load=load_further_picture) if path else None

    def episode_picture(self, document: Document, at: FieldPath, *, name: str, folder: str) -> Path | None:
        """Return a further picture of an episode: a file of its folder."""
        path = self._beside(document, at, name, folder=folder)
        return self._readable(document, at, path, load=load_further_picture) if path else None

    def chapter_image(self, document: Document, at: FieldPath, *, name: str, folder: str) -> Path | None:
        """Return a picture that a chapter names: a JPEG or PNG of the episode's folder."""
        path = self._beside(document, at, name, folder=folder)
        return self._readable(document, at, path, load=load_chapter_picture) if path else None

    def check_settings_pictures(self, document: Document, images: Iterable[ImageTable]) -> None:
        """Note the problems of the further pictures of a show or a feed."""
        for index, image in enumerate(images):
            if image.file:
                self.picture(document, ("images", index, "file"), name=image.file)

    def check_episode_pictures(self, document: Document, file: EpisodeFile, *, folder: str) -> None:
        """Note the problems of the pictures that an episode and its chapters name."""
        for index, image in enumerate(file.images):
            if image.file:
                self.episode_picture(document, ("images", index, "file"), name=image.file, folder=folder)
        for index, chapter in enumerate(file.chapters):
            if chapter.image and "://" not in chapter.image:
                self.chapter_image(document, ("chapters", index, "image"), name=chapter.image, folder=folder)

    def _inside(self, document: Document, at: FieldPath, name: str) -> Path | None:
        """Return a path of the workspace by its name from the root."""
        path = find_inside(self.root, name)
        if path is None:
            self.complain(
                document, at, message="leads out of the workspace; put the picture into it and write its path"
            )
        return path

    def _beside(self, document: Document, at: FieldPath, name: str, *, folder: str) -> Path | None:
        """Return the path of a file in an episode's folder; a folder below it is not looked at for changes."""
        if "/" in name or name.startswith(".") or name.endswith("~"):
            message = f"{shown(name)} is no file's name; put the picture beside episode.md and write its name"
            self.complain(document, at, message=message)
            return None
        return self._inside(document, at, f"{folder}/{name}")

    def _readable(
        self, document: Document, at: FieldPath, path: Path, *, load: Callable[[Path], PictureShape]
    ) -> Path | None:
        try:
            load(path)
        except FormatError as error:
            self.complain(document, at, message=f"{shown(path.name)} {error.message}")
            return None
        return path

    def transcripts(self, names: Iterable[str], *, language: str | None) -> Transcripts:
        """Return an episode's transcripts, of the files that are one. language: that of the episode."""
        chosen = choose_transcripts(names, language=language)
        self.problems += chosen.problems
        read = ((tag, self.root / name, self.transcript(name)) for tag, name in chosen.others)
        return Transcripts(
            own=self.transcript(chosen.own) if chosen.own else None,
            file=self.root / chosen.own if chosen.own else None,
            others=tuple(Translation(tag, transcript, file) for tag, file, transcript in read if transcript),
        )

    def transcript(self, name: str) -> Transcript | None:
        """Return a transcript."""
        suffix = Path(name).suffix.lower()
        if suffix not in SUFFIXES:
            message = f"is of no known format; convert it to one of {' '.join(SUFFIXES)}"
            self.problems.append(Finding(name, message))
            return None
        try:
            data = load_bytes(self.root / name, limit=LIMITS[suffix])
            transcript, remarks = read_transcript(data, suffix=suffix)
        except FormatError as error:
            others = error.others if isinstance(error, TranscriptError) else ()
            self.problems += [Finding(name, one.message, line=one.line) for one in (error, *others)]
            return None
        self.problems += [Finding(name, one.message, line=one.line, level=one.level) for one in remarks]
        return transcript

    def tier(self, document: Document | None, file: EpisodeFile | None, *, show: Show | None) -> str | None:
        """Return the tier of an episode: its own, or the first public one."""
        if not (document and file and show):
            return None
        if not file.access and not show.public:
            message = f"is missing, and no tier is public; write one of {', '.join(show.members)}"
            self.complain(document, ("access",), message=message)
        return file.access or next(iter(show.public), None)

    def dates(self, document: Document, file: EpisodeFile, *, show: Show, season: Season | None) -> Dates:
        """Return when an episode ends, by its own file, its season and the show."""
        own = lifetime_from(file)
        inherited = (season.lifetime, show.lifetime) if season else (show.lifetime,)
        dates = lifetime_dates(own, inherited, published=file.published, zone=self.known.zone)
        for name, message in contradictions(own, dates, published=file.published):
            self.complain(document, (name,), message=message)
        return dates

    def seasons(self, scan: Scan) -> Iterator[Season]:
        """Yield every season that is right."""
        for source in scan.settings:
            parts = source.path.split("/")
            if parts[-1] == "season.toml" and parts[0] == "episodes":
                document, file = self.file(load_toml, source.path, SeasonFile)
                image = self.image(document)
                if file:
                    yield season_from(file, parts[-2], image=image)

    def feeds(self, scan: Scan, show: ShowFile | None, *, image: Path | None) -> Iterator[Feed]:
        """Yield every feed that is right; image is the show's."""
        names = [source.path for source in scan.settings if source.path.startswith("feeds/")]
        names = [name for name in names if name.endswith(".toml")]
        if not names and not any(problem.where.startswith("feeds") for problem in scan.problems):
            self.problems.append(Finding("feeds", "holds no feed; add a file feeds/<name>.toml, which may be empty"))
        guids: dict[str, str] = {}
        for name in names:
            document, file = self.file(load_toml, name, FeedFile)
            own = self.image(document)
            if document is None or file is None:
                continue
            self.check_settings_pictures(document, file.images or ())
            self.check_feed(document, file, show=show)
            if file.guid and guids.setdefault(file.guid, name) != name:
                message = f"{file.guid!r} is already the guid of {guids[file.guid]}; every feed has its own"
                self.complain(document, ("guid",), message=message)
            picture = own or image
            if show and picture:
                yield feed_from(file, show, name=Path(name).stem, image=picture, root=self.root)

    def check_feed(self, document: Document, file: FeedFile, *, show: ShowFile | None) -> None:
        """Note the problems of what a feed takes from the show, or should."""
        if show is None:
            return
        if "image" not in document.data and show.image is None:
            message = "is missing here and in podwright.toml; add a square picture of at least 1400 pixels"
            self.complain(document, ("image",), message=message)
        access = show.access.public if file.select.access is None else file.select.access
        if not access:
            message = f"names no tier; write one of {', '.join(show.access.public + show.access.members)}"
            self.complain(document, ("select", "access"), message=message)
        categories = show.categories if file.categories is None else file.categories
        if not categories:
            message = "is missing here and in podwright.toml, and Apple requires one; add it"
            self.complain(document, ("categories",), message=message, level="warning")

    def storage(self, document: Document, file: ShowFile, *, overrides: Overrides) -> Storage:
        """Return the storage of podwright.toml, under what the environment says."""
        folders: dict[str, Path | None] = {"url": None, "private_url": None}
        replaced = {"url": overrides.storage, "private_url": overrides.private_url}
        for name in folders:
            address = getattr(file.storage, name)
            try:
                # What the environment replaces need not be right on this machine.
                if address is not None and replaced[name] is None:
                    folders[name] = load_folder(address, self.root)
            except ValueError as error:
                self.complain(document, ("storage", name), message=str(error))
        addresses = (file.storage.url, file.storage.private_url or "file:")
        for name in ("endpoint_url", "region"):
            if getattr(file.storage, name) and all(address.startswith("file:") for address in addresses):
                self.complain(
                    document, ("storage", name), message="is of use with s3:// only; set storage.url", level="warning"
                )
        own = Storage(
            url=file.storage.url,
            public_url=file.storage.public_url,
            folder=folders["url"],
            endpoint_url=file.storage.endpoint_url,
            region=file.storage.region,
            private_url=file.storage.private_url,
            private_folder=folders["private_url"],
        )
        storage, findings = override_storage(own, overrides, root=self.root)
        self.problems += findings
        try:
            check_apart(storage)
        except ValueError as error:
            self.complain(document, ("storage", "private_url"), message=str(error))
        return storage
