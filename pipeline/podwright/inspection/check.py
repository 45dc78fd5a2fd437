"""Judging a workspace without a store: every file, every recording decoded, and the feeds that it would publish."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from podwright.building.cache import open_cache
from podwright.building.podcast import BuildInput, build_podcast
from podwright.building.pool import DECODED, Pool
from podwright.building.records import facts_values
from podwright.building.select import education_day, stage_of
from podwright.building.spool import Spool
from podwright.building.types import BuiltEpisode, Podcast
from podwright.core.artifact import Artifact, open_body
from podwright.core.errors import AudioError, FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Episode, Overrides, Show, Stage
from podwright.core.names import enclosure_url, public_url
from podwright.inspection.rules import (
    Audience,
    Document,
    Picture,
    Recording,
    Rule,
    Site,
    Stored,
    judge,
    rules_for,
    view,
)
from podwright.media.audio import AudioFacts, LeftOut, check_decodes, load_facts, load_left_out
from podwright.media.chapters import chapters_from_transcript
from podwright.media.pictures import load_left_out as load_left_out_of_picture
from podwright.stores.ledger.manifest import EMPTY
from podwright.workspace.documents import load_toml
from podwright.workspace.load import excused, observe_episodes, observe_show
from podwright.workspace.scan import Scan, file_kind, scan_workspace
from podwright.workspace.schema import ShowFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The workspace to judge, and the readers to judge it for."""

    root: Path
    overrides: Overrides
    #: An aware datetime.
    now: datetime
    #: None: all of them.
    audiences: Collection[Audience] = ()
    #: At most so many processes decode and build; None: one a core.
    jobs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A judgement and all that it says: in order of files, the worst first.

    episodes and feeds are counts; feeds is 0 where none could be built.
    """

    episodes: int
    feeds: int
    problems: tuple[Finding, ...]

    def count(self, level: str) -> int:
        """Return how many findings are of a level."""
        return sum(problem.level == level for problem in self.problems)


def check_workspace(request: Request, *, advance: Callable[[int], None]) -> Checked:
    """Read everything, decode all audio, build the feeds in a folder that is thrown away, and judge all by the rules.

    advance is called with the bytes of each recording. Raises WorkspaceError where there is no workspace at all.
    """
    scan = scan_workspace(request.root)
    show, settings = observe_show(scan, request.overrides)
    episodes, read = observe_episodes(scan, show)
    if show is None or any(one.level == "error" for one in settings):
        return Checked(episodes=len(scan.episodes), feeds=0, problems=_sorted((*settings, *read)))
    heard: dict[str, tuple[AudioFacts, LeftOut]] = {}
    problems = [*settings, *read]
    wanted = [episode for episode in episodes if stage_of(episode.outline, request.now) != Stage.WITHDRAWN]
    recordings = [episode.audio for episode in wanted if episode.audio]
    with Pool(request.jobs) as pool:
        pool.expect(sum(path.stat().st_size for path in recordings) / DECODED)
        decoded = pool.map(_decode, recordings, chunk=1)
        for episode in wanted:
            problems += _listen(episode, request.root, heard, decoded=decoded)
            advance(episode.audio.stat().st_size if episode.audio else 0)
    if any(one.level == "error" for one in read):
        # Feeds without what cannot be read are not those that would be published.
        found, feeds = _judge_recordings(request, show, episodes=episodes, heard=heard), 0
    else:
        found, feeds = _judge(request, _heard(scan, heard), show, episodes=episodes, heard=heard)
    drafts = {episode.outline.folder for episode in episodes if episode.outline.draft}
    problems = list(excused((*problems, *found), drafts))
    return Checked(episodes=len(scan.episodes), feeds=feeds, problems=_sorted(problems))


def _sorted(problems: Iterable[Finding]) -> tuple[Finding, ...]:
    levels = ("error", "warning", "advice")
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda p: (p.where, levels.index(p.level), p.line or 0, p.field or "", p.code or "", p.message),
        )
    )


def _source(episode: Episode) -> str:
    return f"{episode.outline.folder}/episode.md"


def _decode(path: Path) -> tuple[AudioFacts, LeftOut] | str:
    """Return the facts of a recording that decodes, and what it says besides; or what is wrong with it."""
    try:
        facts = load_facts(path)
        check_decodes(path, facts)
        return facts, load_left_out(path)
    except AudioError as error:
        return error.message


def _listen(
    episode: Episode,
    root: Path,
    heard: dict[str, tuple[AudioFacts, LeftOut]],
    *,
    decoded: Iterator[tuple[AudioFacts, LeftOut] | str],
) -> Iterator[Finding]:
    """Put what a recording is into `heard`, by folder; yield what is wrong. decoded: next comes its own."""
    if episode.audio is None:
        if episode.outline.draft:
            return
        message = (
            "no audio here, so it is not published; put one MP3 or M4A file into the folder, unless another machine did"
        )
        yield Finding(_source(episode), message, level="warning")
        return
    result = next(decoded)
    if isinstance(result, str):
        yield Finding(episode.audio.relative_to(root).as_posix(), result)
    else:
        heard[episode.outline.folder] = result


def _heard(scan: Scan, heard: Collection[str]) -> Scan:
    """Return the workspace without what is withdrawn, and without missing or damaged audio, reported already."""
    return replace(scan, problems=(), episodes=tuple(one for one in scan.episodes if one.folder in heard))


def _judge(
    request: Request,
    scan: Scan,
    show: Show,
    *,
    episodes: Sequence[Episode],
    heard: Mapping[str, tuple[AudioFacts, LeftOut]],
) -> tuple[tuple[Finding, ...], int]:
    """Return what the rules find, and how many feeds they saw; or why the feeds cannot be built."""
    rules = rules_for(request.audiences)
    facts = {folder: facts for folder, (facts, _) in heard.items()}
    recordings = _recordings(request, show, episodes=episodes, heard=heard)
    pictures = tuple(_pictures(show, episodes))
    # The rules say of each fact that it is missing, which building would refuse with nothing else said.
    show = replace(show, education="none")
    coming = {
        one.outline.folder: one.outline for one in episodes if one.outline.draft or one.outline.published > request.now
    }
    try:
        site, documents, noted = _build(scan, show, facts, now=request.now, jobs=request.jobs)
        found = (*judge(view(documents, site=site, recordings=recordings, pictures=pictures), rules), *noted)
    except WorkspaceError as error:
        return tuple(one for one in error.problems if one.level == "error"), 0
    rest = replace(scan, episodes=tuple(one for one in scan.episodes if one.folder in coming))
    if rest.episodes:
        day = max(request.now, *(outline.published for outline in coming.values()))
        try:
            found += _coming(rest, show, facts, rules=rules, now=day, jobs=request.jobs)
        except WorkspaceError as error:
            found += tuple(one for one in error.problems if one.level == "error")
    if request.audiences and Audience.APPLE not in request.audiences:
        # The room is what Apple shows.
        found = tuple(one for one in found if one.code != "notes-room")
    return found, len({document.path for document in documents})


def _judge_recordings(
    request: Request, show: Show, *, episodes: Sequence[Episode], heard: Mapping[str, tuple[AudioFacts, LeftOut]]
) -> tuple[Finding, ...]:
    """Return the errors that the rules find in episodes by themselves."""
    recordings = _recordings(request, show, episodes=episodes, heard=heard)
    site = Site(base=show.storage.public_url, now=request.now)
    found = judge(view((), site=site, recordings=recordings), rules_for(request.audiences))
    return tuple(one for one in found if one.level == "error")


def _recordings(
    request: Request, show: Show, *, episodes: Sequence[Episode], heard: Mapping[str, tuple[AudioFacts, LeftOut]]
) -> tuple[Recording, ...]:
    return tuple(_recording(one, heard.get(one.outline.folder), show=show, now=request.now) for one in episodes)


def _coming(
    scan: Scan,
    show: Show,
    facts: Mapping[str, AudioFacts],
    *,
    rules: Sequence[Rule],
    now: datetime,
    jobs: int | None,
) -> tuple[Finding, ...]:
    """Return what the rules find in episodes that stand in no feed yet: alone in feeds of the day when all are due.

    Drafts are judged as if they were none.
    """
    site, documents, noted = _build(scan, show, facts, now=now, jobs=jobs, with_drafts=True)
    sources = {source for document in documents for source in document.sources.values()}
    return tuple(one for one in (*judge(view(documents, site=site), rules), *noted) if one.where in sources)


def _recording(episode: Episode, heard: tuple[AudioFacts, LeftOut] | None, *, show: Show, now: datetime) -> Recording:
    facts, left_out = heard or (None, LeftOut())
    trailer = LeftOut()
    if episode.teaser:
        with contextlib.suppress(AudioError):
            trailer = load_left_out(episode.teaser)
    chapters = episode.chapters
    if not chapters and episode.transcript:
        chapters = chapters_from_transcript(episode.transcript)
    return Recording(
        path=_source(episode),
        episode=episode,
        chapters=chapters,
        facts=facts,
        left_out=left_out,
        trailer_left_out=trailer,
        id3_version=show.audio.id3_version,
        day=education_day(episode.outline, show, now=now),
    )


def _pictures(show: Show, episodes: Sequence[Episode]) -> Iterator[Picture]:
    """Yield the pictures of the workspace that are published, each once."""
    settings = [show.image, *(season.image for season in show.seasons), *(feed.image for feed in show.feeds)]
    own = [path for one in episodes for path in (one.image, *(chapter.image for chapter in one.chapters))]
    tables = [*(feed.tags.images for feed in show.feeds), *(one.tags.images for one in episodes)]
    further = [image.file for images in tables for image in images]
    for path in dict.fromkeys(path for path in (*settings, *own, *further) if path):
        with contextlib.suppress(FormatError):
            yield Picture(path=path.relative_to(show.root).as_posix(), left_out=load_left_out_of_picture(path))


def _build(
    scan: Scan,
    show: Show,
    facts: Mapping[str, AudioFacts],
    *,
    now: datetime,
    jobs: int | None,
    with_drafts: bool = False,
) -> tuple[Site, tuple[Document, ...], tuple[Finding, ...]]:
    """Return what a first publish at a moment would show the world, and what it would have no room for.

    Raises WorkspaceError.
    """
    with (
        tempfile.TemporaryDirectory(prefix="podwright-check-") as name,
        open_cache(Path(name)) as cache,
        Spool(Path(name)) as spool,
    ):
        for folder in scan.episodes:
            # Decoded a moment ago.
            known = facts_values(facts[folder.folder], decoded=True)
            for file in (one for one in folder.files if file_kind(one.path.rpartition("/")[2]) == "audio"):
                cache.set_fact("audio", file.path, size=file.size, stamp=file.stamp, value=known)
        podcast = build_podcast(
            BuildInput(
                scan=scan,
                show=show,
                now=now,
                manifest=EMPTY,
                cache=cache,
                spool=spool,
                build_dir=Path(name),
                clock=0,
                advance=lambda _: None,
                jobs=jobs,
                with_drafts=with_drafts,
            )
        )
        site = Site(base=show.storage.public_url, now=now, objects=dict(_objects(podcast, show)))
        noted = tuple(problem for problem in podcast.problems if problem.code == "notes-room")
        return site, tuple(_documents(podcast, show)), noted


def _objects(podcast: Podcast, show: Show) -> Iterator[tuple[str, Stored]]:
    for episode in podcast.episodes:
        if not episode.artifacts:
            continue
        audio, *others = episode.artifacts
        heard = replace(_stored(audio), duration=episode.duration)
        yield public_url(audio.key, show), heard
        yield enclosure_url(audio.key, show, side=audio.side), heard
        yield from ((public_url(one.key, show), _stored(one)) for one in others)
        if teaser := episode.teaser:
            found = replace(_stored(teaser.artifact), duration=teaser.audio.duration)
            yield enclosure_url(teaser.artifact.key, show, side=teaser.artifact.side), found
    for feed in podcast.feeds:
        yield from ((public_url(one.key, show), _stored(one)) for one in (*feed.documents, *feed.images))


def _stored(artifact: Artifact) -> Stored:
    media_type = artifact.media_type.partition(";")[0]
    return Stored(size=artifact.size, media_type=media_type, sha256=artifact.sha256)


def _documents(podcast: Podcast, show: Show) -> Iterator[Document]:
    guids = {guid: one.outline for one in podcast.episodes for guid in (one.outline.guid, *_teaser_guids(one))}
    sources = {guid: f"{outline.folder}/episode.md" for guid, outline in guids.items()}
    for feed in podcast.feeds:
        path = f"feeds/{feed.feed.name}.toml"
        inherited = frozenset(ShowFile.model_fields) - load_toml(show.root / path, name=path).data.keys()
        for one in (feed.artifact, *feed.pages):
            yield Document(
                data=_read(one),
                url=public_url(one.key, show),
                path=path,
                sources=sources,
                private=one.side == "private",
                inherited=inherited,
            )


def _teaser_guids(episode: BuiltEpisode) -> tuple[str, ...]:
    return (episode.teaser.guid,) if episode.teaser else ()


def _read(artifact: Artifact) -> bytes:
    if artifact.body is None:
        raise AssertionError("an empty manifest holds no document that need not be written")
    with open_body(artifact.body) as reader:
        return reader.read()
