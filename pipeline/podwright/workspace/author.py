"""Starting things: a workspace that publishes at once, an episode's folder, and key points in an episode's file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template
from typing import TypeVar

from podwright.core.errors import FormatError, WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Overrides, Show
from podwright.render.notes import draft_key_points
from podwright.workspace import values
from podwright.workspace.dates import zone_named
from podwright.workspace.documents import clean_text
from podwright.workspace.front_matter import parse_episode_file
from podwright.workspace.load import load_episode, load_show
from podwright.workspace.scan import scan_workspace

T = TypeVar("T")

_FIRST = "episodes/welcome"
_FIELD = "key_points"


def write_workspace(
    root: Path, *, title: str, guid: str, now: datetime, public_url: str, slug: str | None = None
) -> tuple[Path, ...]:
    """Make a workspace with one feed and one episode that is due at `now`; returns the files written.

    guid is that of the episode, public_url the address at which the public will read the store, slug the name of the
    feed's file; None: made of the title.
    Raises WorkspaceError, having written nothing, where a value is wrong or a file exists already.
    """
    title = _checked("title", values.line, title)
    address = _checked("public_url", values.base_url, public_url)
    files = {
        "podwright.toml": _filled("podwright.toml", title=_quoted(title), public_url=_quoted(address)),
        f"feeds/{_slug(title, slug)}.toml": _starter("feed.toml"),
        f"{_FIRST}/episode.md": _filled(
            "episode.md", guid=_quoted(_checked("guid", values.guid, guid)), published=_moment(now, zone="UTC")
        ),
        f"{_FIRST}/transcript.vtt": _starter("transcript.vtt"),
        f"{_FIRST}/audio.mp3": _starter("audio.mp3"),
        "artwork/show.png": _starter("show.png"),
        ".gitignore": _starter("gitignore"),
    }
    return write_files(root, files)


def write_episode(
    show: Show, *, title: str, guid: str, now: datetime, season: str | None = None, slug: str | None = None
) -> Path:
    """Make the folder of a new episode, published at `now` to the minute; returns its episode.md.

    season is a season's folder name; slug that of the episode, None: made of the title. Raises WorkspaceError, having
    written nothing, where a value is wrong, the season is unknown, or an episode has that name already.
    """
    title = _checked("title", values.line, title)
    slug = _slug(title, slug)
    if season is not None and season not in [known.slug for known in show.seasons]:
        advice = values.nearest(season, [known.slug for known in show.seasons]) or "make its season.toml first"
        raise WorkspaceError([Finding("", f"{season!r} is not a season; {advice}", field="season")])
    episodes = show.root / "episodes"
    for taken in (*episodes.glob(slug), *episodes.glob(f"*/{slug}")):
        where = taken.relative_to(show.root).as_posix()
        raise WorkspaceError([Finding(where, "exists already; give the new episode another title or --slug")])
    text = _filled(
        "new-episode.md",
        title=_quoted(title),
        guid=_quoted(_checked("guid", values.guid, guid)),
        published=_moment(now, zone=show.timezone),
        tier=next(iter(show.public + show.members)),
    )
    folder = f"episodes/{season}/{slug}" if season else f"episodes/{slug}"
    (path,) = write_files(show.root, {f"{folder}/episode.md": text})
    return path


def add_key_points(source: str, points: tuple[str, ...]) -> str:
    """Return the text of an episode.md with these key points, in place of those it has; all else stays as it is.

    Raises FormatError where the front matter cannot be read, is written in braces, or a point is not a text.
    """
    try:
        texts = [values.prose(point) for point in points]
    except ValueError as error:
        raise FormatError(f"a key point {error}") from error
    before = parse_episode_file(clean_text(source), name="")
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source)
    begin = end = next(index for index, text in enumerate(lines) if index and re.fullmatch(r"---[ \t\r\n]*", text))
    if _FIELD in before.data:
        begin = before.lines[_FIELD,] - 1
        keys = [line - 1 for field, line in before.lines.items() if len(field) == 1]
        end = min((line for line in keys if line > begin), default=end)
        # Blank lines and comments below the last point belong to what follows.
        while end > begin + 1 and re.match(r"\s*(?:#|$)", lines[end - 1]):
            end -= 1
    newline = lines[0][len(lines[0].rstrip("\r\n")) :]
    block = [f"{_FIELD}:", *(f"  - {_quoted(text)}" for text in texts)] if texts else [f"{_FIELD}: []"]
    edited = "".join((*lines[:begin], *(text + newline for text in block), *lines[end:]))
    after = parse_episode_file(clean_text(edited), name="")
    if after.data != {**before.data, _FIELD: texts} or after.body != before.body:
        raise FormatError("has front matter that cannot be edited safely; write key_points into it by hand")
    return edited


def _checked(field: str, parse: Callable[[str], T], value: str) -> T:
    """Return a value from the command line. Raises WorkspaceError naming it."""
    try:
        return parse(value)
    except ValueError as error:
        raise WorkspaceError([Finding("", str(error), field=field)]) from error


def _slug(title: str, slug: str | None) -> str:
    """Return the name that was given, or one that is made of a title in any script. Raises WorkspaceError."""
    if slug is not None:
        return _checked("slug", values.slug, slug)
    made = values.spelled_slug(title)
    if not made:
        message = f"{values.shown(title)} has no letter or digit to name a folder after; give a name with --slug"
        raise WorkspaceError([Finding("", message, field="title")])
    return made


def _starter(name: str) -> bytes:
    return resources.files("podwright.workspace").joinpath("starter", name).read_bytes()


def _filled(name: str, **fields: str) -> bytes:
    return Template(_starter(name).decode()).substitute(fields).encode()


def _quoted(text: str) -> str:
    """Return a checked text in the double quotes that TOML, YAML and JSON share."""
    return json.dumps(text, ensure_ascii=False)


def _moment(now: datetime, *, zone: str) -> str:
    """Return a time to the minute as the zone's clocks show it; with its offset in the hour that they repeat."""
    local = now.astimezone(zone_named(zone)).replace(second=0, microsecond=0)
    return local.isoformat() if local.fold else f"{local:%Y-%m-%d %H:%M}"


def write_files(root: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write new files below root, all or none. Raises WorkspaceError."""
    problems = [problem for name in files for problem in _obstacles(root, name)]
    if problems:
        raise WorkspaceError(dict.fromkeys(problems))
    written: list[Path] = []
    for name, data in files.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                file.write(data)
        except OSError as error:
            for made in written:
                made.unlink(missing_ok=True)
            message = f"cannot be written ({error.strerror}); check the permissions and the space on the disk"
            raise WorkspaceError([Finding(name, message)]) from error
    return tuple(written)


def _obstacles(root: Path, name: str) -> Iterator[Finding]:
    path = root / name
    if os.path.lexists(path):
        yield Finding(name, "exists already; move it away, or choose an empty folder")
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        yield Finding(name, "would be written through a link that leaves the workspace; replace the link by a folder")
    for folder in path.parents:
        if os.path.lexists(folder) and not folder.is_dir():
            yield Finding(str(folder), "is not a folder; move it away, or choose another")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Drafted key points of the episode in a file."""

    path: Path
    points: tuple[str, ...]


def load_draft(root: Path, overrides: Overrides, *, slug: str) -> Draft:
    """Draft the key points of one episode.

    Raises WorkspaceError where there is no such episode, or nothing in it to draft from.
    """
    scan = scan_workspace(root)
    folder = next((folder for folder in scan.episodes if folder.slug == slug), None)
    if folder is None:
        raise WorkspaceError([Finding("episodes", f"no episode {slug!r}; name the folder of one")])
    episode = load_episode(folder, load_show(scan, overrides))
    source = f"{folder.folder}/episode.md"
    if episode.transcript is None:
        raise WorkspaceError([Finding(source, "no transcript to draft from; put transcript.vtt beside it")])
    points = draft_key_points(episode.transcript, language=episode.language)
    if not points:
        raise WorkspaceError([Finding(source, "the transcript is too short to draft from; write key_points by hand")])
    return Draft(path=root / source, points=points)


def write_draft(draft: Draft) -> None:
    """Put the key points into the episode's front matter, in place of what is there; all else stays byte for byte."""
    text = add_key_points(draft.path.read_bytes().decode(), draft.points)
    fresh = draft.path.with_name(f".{draft.path.name}.new")
    fresh.write_bytes(text.encode())
    fresh.replace(draft.path)
