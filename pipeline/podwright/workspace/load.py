"""A scanned workspace as a show and its episodes, or as every problem that it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path

from podwright.core.errors import value_or_raise
from podwright.core.finding import Finding
from podwright.core.model import Episode, Outline, Overrides, Season, Show
from podwright.workspace.convert import episode_from, outline_from, show_from
from podwright.workspace.dates import zone_named
from podwright.workspace.documents import Document, load_toml
from podwright.workspace.front_matter import load_episode_file
from podwright.workspace.lifetimes import Dates
from podwright.workspace.outlines import check_outlines
from podwright.workspace.reader import Reader
from podwright.workspace.scan import EpisodeFolder, Scan, SourceFile, file_kind, place_or_raise, scan_workspace
from podwright.workspace.schema import EpisodeFile, Known, ShowFile

__all__ = [
    "check_outlines",
    "excused",
    "is_excused",
    "load_episode",
    "load_outlines",
    "load_place",
    "load_show",
    "load_workspace",
    "observe_episode",
    "observe_episodes",
    "observe_show",
]


def load_workspace(root: Path, overrides: Overrides) -> tuple[Show, tuple[Episode, ...], tuple[Finding, ...]]:
    """Read a whole workspace: show, episodes and warnings. Raises one WorkspaceError with all problems of all files."""
    scan = scan_workspace(root)
    show, problems = observe_show(scan, overrides)
    episodes, findings = observe_episodes(scan, show)
    problems += findings
    return value_or_raise(show, problems), episodes, problems


def observe_episodes(scan: Scan, show: Show | None) -> tuple[tuple[Episode, ...], tuple[Finding, ...]]:
    """Return the episodes that can be read, with all errors and warnings of all episodes.

    show None: the settings are wrong; each episode is checked as far as it can be by itself, and none is returned.
    """
    problems = list(scan.problems)
    drafts: set[str] = set()
    episodes: list[Episode] = []
    for folder in scan.episodes:
        episode, findings = observe_episode(folder, show, root=scan.root)
        problems += findings
        if episode:
            episodes.append(episode)
        if episode.outline.draft if episode else bool(show) and is_excused(findings):
            drafts.add(folder.folder)
    if show:
        between = check_outlines([episode.outline for episode in episodes], show)
        # A feed may only seem empty because an episode of it could not be read.
        whole = len(episodes) == len(scan.episodes)
        problems += [one for one in between if whole or one.level == "error" or not one.where.startswith("feeds/")]
    return tuple(episodes), excused(problems, drafts)


def excused(problems: Iterable[Finding], drafts: Collection[str]) -> tuple[Finding, ...]:
    """Return problems, those of drafts as warnings: a draft stops nobody. drafts: their folders."""
    return tuple(
        replace(one, level="warning") if one.level == "error" and _folder_of(one.where, drafts) else one
        for one in problems
    )


def _folder_of(where: str, folders: Collection[str]) -> str | None:
    """Return which of these folders a file is in, or is itself."""
    return next((name for name in (where, where.rpartition("/")[0]) if name in folders), None)


def is_excused(findings: Collection[Finding]) -> bool:
    """Return whether an episode that cannot be read is a draft: none of its problems is an error then."""
    return all(one.level != "error" for one in findings)


def load_show(scan: Scan, overrides: Overrides) -> Show:
    """Read the settings. Raises WorkspaceError with all problems of podwright.toml, the feeds and the seasons."""
    return value_or_raise(*observe_show(scan, overrides))


def load_place(scan: Scan, overrides: Overrides) -> Show:
    """Read as much of the settings as says where the show is stored; feeds and seasons may be wrong.

    Raises WorkspaceError with the problems of podwright.toml and the environment.
    """
    return place_or_raise(*observe_show(scan, overrides))


def load_episode(folder: EpisodeFolder, show: Show) -> Episode:
    """Read one episode. Raises WorkspaceError with all problems of its files."""
    return value_or_raise(*observe_episode(folder, show, root=show.root))


def observe_show(scan: Scan, overrides: Overrides) -> tuple[Show | None, tuple[Finding, ...]]:
    """Return the show, or None where podwright.toml is beyond reading, with all errors and warnings of the settings."""
    reader = Reader(scan.root)
    settings = reader.document(load_toml, "podwright.toml")
    # The dates of the file itself are of the zone that it names.
    reader.known = Known(zone=_zone_of(settings))
    file = reader.values(settings, ShowFile)
    image = reader.image(settings)
    if settings and file:
        reader.check_settings_pictures(settings, file.images or ())
    reader.known = _known(file, seasons=tuple(filter(None, map(_season_slug, scan.settings))))
    seasons = tuple(reader.seasons(scan))
    feeds = tuple(reader.feeds(scan, file, image=image))
    if not settings or not file:
        return None, tuple(reader.problems)
    storage = reader.storage(settings, file, overrides=overrides)
    show = show_from(file, root=scan.root, storage=storage, image=image)
    return replace(show, seasons=seasons, feeds=feeds), tuple(reader.problems)


def observe_episode(
    folder: EpisodeFolder, show: Show | None, *, root: Path
) -> tuple[Episode | None, tuple[Finding, ...]]:
    """Return the episode, or None where its front matter is beyond reading, with all errors and warnings of its files.

    show None: the settings are wrong; the episode is checked as far as it can be by itself.
    """
    reader = Reader(root, _known_of(show))
    name = f"{folder.folder}/episode.md"
    document, file = reader.file(load_episode_file, name, EpisodeFile)
    names = {_role(source.path): source.path for source in reversed(folder.files)}
    language = (file.language if file else None) or (show.language if show else None)
    written = [source.path for source in folder.files if _role(source.path) in ("transcript", "translation")]
    transcripts = reader.transcripts(written, language=language)
    image = reader.artwork(names.get("artwork"))
    if document and file:
        reader.check_episode_pictures(document, file, folder=folder.folder)
    outlined = _outlined(reader, folder, document, file=file, show=show)
    if _is_draft(document):
        reader.problems = [replace(one, level="warning") for one in reader.problems]
    if not (show and document and file and outlined):
        return None, tuple(reader.problems)
    outline, dates = outlined
    episode = episode_from(
        file,
        outline,
        show=show,
        season=_season_of(folder, show),
        notes=document.body,
        image=image,
        audio=root / names["audio"] if "audio" in names else None,
        transcript=transcripts.own,
        transcript_file=transcripts.file,
        translations=transcripts.others,
        folder=root / folder.folder,
        withdraw_reason=dates.reason,
        teaser=root / names["teaser"] if "teaser" in names else None,
    )
    return episode, tuple(reader.problems)


def load_outlines(scan: Scan, show: Show) -> tuple[Outline, ...]:
    """Return the outlines of all episodes, from front matter alone. Raises WorkspaceError with all problems of it."""
    outlines: list[Outline] = []
    problems: list[Finding] = list(scan.problems)
    for folder in scan.episodes:
        reader = Reader(show.root, _known_of(show))
        document, file = reader.file(load_episode_file, f"{folder.folder}/episode.md", EpisodeFile)
        outlined = _outlined(reader, folder, document, file=file, show=show)
        draft = _is_draft(document)
        problems += [replace(one, level="warning") if draft else one for one in reader.problems]
        if outlined:
            outlines.append(outlined[0])
    return value_or_raise(tuple(outlines), problems)


def _is_draft(document: Document | None) -> bool:
    """Return whether a file says that its episode is a draft, be all else that it says wrong."""
    return document is not None and document.data.get("draft") == "true"


def _outlined(
    reader: Reader, folder: EpisodeFolder, document: Document | None, *, file: EpisodeFile | None, show: Show | None
) -> tuple[Outline, Dates] | None:
    """Return an episode's outline and dates, where its front matter and the settings are right."""
    tier = reader.tier(document, file, show=show)
    if not (show and document and file and tier):
        return None
    season = _season_of(folder, show)
    dates = reader.dates(document, file, show=show, season=season)
    return outline_from(file, folder, season=season, tier=tier, show=show, dates=dates), dates


def _season_of(folder: EpisodeFolder, show: Show) -> Season | None:
    return next((season for season in show.seasons if season.slug == folder.season), None)


def _zone_of(settings: Document | None) -> tzinfo:
    """Return the zone that unchecked settings name, UTC where they name none that there is."""
    try:
        return zone_named(settings.data["timezone"]) if settings else UTC
    except (KeyError, ValueError):
        return UTC


def _known(file: ShowFile | None, *, seasons: tuple[str, ...]) -> Known:
    if file is None:
        return Known(seasons=seasons)
    tiers = file.access.public + file.access.members
    return Known(
        zone=zone_named(file.timezone),
        tiers=tiers,
        tier_names=tuple(file.access.names.items()),
        members=file.access.members,
        sections=file.sections,
        seasons=seasons,
    )


def _known_of(show: Show | None) -> Known:
    if show is None:
        return Known()
    zone, tiers = zone_named(show.timezone), show.public + show.members
    return Known(zone=zone, tiers=tiers, tier_names=show.tier_names, members=show.members, sections=show.sections)


def _role(path: str) -> str:
    """Return what one of the files of an EpisodeFolder is for."""
    return file_kind(path[path.rfind("/") + 1 :]) or ""


def _season_slug(source: SourceFile) -> str | None:
    folder, _, name = source.path.rpartition("/")
    return folder.rpartition("/")[2] if name == "season.toml" else None
