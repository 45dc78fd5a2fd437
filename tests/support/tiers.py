"""Workspaces of mixed tiers that Hypothesis makes, in which everything that is said says whose it is."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from podwright.core.model import Overrides
from podwright.workspace.load import load_workspace
from tests.support import workspaces
from tests.support.published import NOW
from tests.support.workspaces import DATA, Table, table

TIERS = ("free", "silver", "gold")
#: Each episode has a recording of its own.
RECORDINGS = ("cbr-64k.mp3", "vbr-xing.mp3", "stereo-48k.mp3", "mpeg2-xing-stereo.mp3", "moov-last.m4a")
_TRAILERS = ("mpeg25-xing.mp3", "mpeg25-8k.mp3", "mpeg2-22k.mp3", "mpeg25-xing.mp3", "mpeg25-8k.mp3")
_TEXTS = ("title", "subtitle", "image_alt", "withdraw_reason", "participation", "commercial_support")
_LISTS = ("key_points", "objectives", "disclosures")
_DATES = ("unlist", "withdraw", "expires", "published", "early")
#: A folder may have been renamed, and its address stays what it was.
_SLUGS = ("slug", "slugb")
_MARK = re.compile(r"secret(\d)(\w+?)z")

#: Times before and after NOW: published, not due yet, out of the lists, withdrawn.
_LIVES: tuple[Table, ...] = (
    {"published": "2026-01-05"},
    {"published": "2026-02-05"},
    {"published": "2099-01-05"},
    {"published": "2026-01-06", "unlist": "2026-06-01"},
    {"published": "2026-01-07", "withdraw": "2026-06-01"},
    {"published": "2026-11-10", "early": {"gold": "2 weeks"}},
    {"published": "2026-11-20", "early": {"silver": "1 month", "gold": "2 months"}},
)
_MOVES: dict[str, st.SearchStrategy[object]] = {"access": st.sampled_from(TIERS), "life": st.sampled_from(_LIVES)}
#: What becomes of each episode at the second publish.
moves = st.lists(st.fixed_dictionaries(_MOVES), min_size=5, max_size=5)
_PLACES = st.fixed_dictionaries(
    {
        **_MOVES,
        "season": st.sampled_from(["", "first", "second"]),
        "section": st.sampled_from([None, "Cardiology", "Sleep & rest"]),
        "trailer": st.booleans(),
    }
)
_FEED = table(
    {"access": st.lists(st.sampled_from(TIERS), min_size=1, max_size=3, unique=True)},
    sections=st.just(["Cardiology"]),
    limit=st.integers(1, 2),
    teaser=st.booleans(),
)


@dataclass(frozen=True)
class Mixed:
    """A show, its feeds by name, and its episodes: each with its front matter and its place."""

    show: Table
    feeds: Mapping[str, Table]
    episodes: tuple[tuple[Table, Table], ...]

    def moved(self, changes: list[Table]) -> Mixed:
        """The same with other tiers and dates."""
        rows = zip(self.episodes, changes, strict=False)
        return Mixed(self.show, self.feeds, tuple((front, {**place, **change}) for (front, place), change in rows))


@st.composite
def mixed_workspaces(draw: st.DrawFn) -> Mixed:
    """Up to five episodes in any tier, season and stage, and up to four feeds of any tiers."""
    fronts = draw(st.lists(workspaces.episode, min_size=2, max_size=5, unique_by=lambda one: one["guid"]))
    feeds = draw(st.lists(_FEED, max_size=3))
    everything = {"access": list(TIERS)}
    names = {f"feed-{number}": one for number, one in enumerate([everything, *feeds])}
    return Mixed(draw(workspaces.show), names, tuple((front, draw(_PLACES)) for front in fronts))


def write_mixed(root: Path, mixed: Mixed, *, word: str = "secret") -> None:
    """The files of a workspace; each thing that episode 3 says has "secret3" and the name of the thing in it."""
    settings = {**mixed.show, "access": {"public": ["free"], "members": ["silver", "gold"]}}
    settings.pop("lifetime", None)
    workspaces.write_workspace(root, (settings, {}, []))
    (root / "feeds" / "main.toml").unlink()
    for name, feed in mixed.feeds.items():
        said = {"select": {name: value for name, value in feed.items() if name in ("access", "sections")}}
        if "limit" in feed:
            said["limit"] = feed["limit"]
        if feed.get("teaser") and set(feed["access"]) != set(TIERS):
            said["teaser"] = {"link": "https://example.org/join"}
        if feed.get("former"):
            said["former"] = feed["former"]
        lines = (f"{name} = {workspaces.inline(value, ' =')}\n" for name, value in said.items())
        workspaces.write_file(root / "feeds" / f"{name}.toml", "".join(lines))
    (root / "episodes").mkdir(exist_ok=True)
    for number, (front, place) in enumerate(mixed.episodes):
        if place.get("absent"):
            continue
        season = root / "episodes" / place["season"]
        if place["season"]:
            said = (
                f'title = "{word}{number}seasonz"\n' if _is_alone(mixed, number) else f'title = "{place["season"]}"\n'
            )
            workspaces.write_file(season / "season.toml", said)
        name = f"{word}{number}slug{'b' if place.get('renamed') else ''}z"
        _write_episode(season / name, front, place, number=number, word=word)


def _is_alone(mixed: Mixed, number: int) -> bool:
    """Whether an episode is all that there is of its season."""
    seasons = [place["season"] for _, place in mixed.episodes]
    return seasons.count(seasons[number]) == 1


def _write_episode(folder: Path, front: Table, place: Table, *, number: int, word: str) -> None:
    def marked(text: str, name: str) -> str:
        return f"{text[:60].strip()} {word}{number}{name.replace('_', '')}z".strip()

    own = {name: value for name, value in front.items() if name not in _DATES}
    own |= {name: marked(own[name], name) for name in _TEXTS if name in own}
    own |= {name: [marked(one, name) for one in own[name]] for name in _LISTS if name in own}
    own |= {"access": place["access"], **place["life"], "guid": f"{word}{number}guidz-{front['guid']}"}
    own["chapters"] = [f"00:00 {word}{number}chapterz"]
    if place.get("draft"):
        own["draft"] = True
    if place["section"]:
        own["section"] = place["section"]
    lines = "".join(f"{name}: {workspaces.inline(value, ':')}\n" for name, value in own.items())
    notes = f"# One\n\nWhat **{word}{number}notesz** says & does.\n\n- a\n- {word}{number}listz <b>b</b>\n"
    workspaces.write_file(folder / "episode.md", f"---\n{lines}---\n\n{notes}")
    cue = f"WEBVTT\n\n00:00.000 --> 00:01.000\nToday we speak of {word}{number}cuez & of much else. It matters.\n"
    workspaces.write_file(folder / "transcript.vtt", cue)
    recording = DATA / "audio" / RECORDINGS[number]
    shutil.copyfile(recording, folder / f"audio{recording.suffix}")
    if place["trailer"]:
        shutil.copyfile(DATA / "audio" / _TRAILERS[number], folder / "teaser.mp3")


def gated_marks(root: Path, now: dt.datetime = NOW) -> frozenset[str]:
    """The words that nothing public may hold. What is public is said here once more, apart from podwright itself."""
    show, episodes, _ = load_workspace(root, Overrides())
    teasing = {feed.select.tiers == ("free",) for feed in show.feeds if feed.teaser}
    found: set[str] = set()
    for episode in episodes:
        outline = episode.outline
        mark = re.sub(r"slugb?z$", "", outline.slug)
        withdrawn = outline.withdraw is not None and outline.withdraw <= now
        names = {"title", "subtitle", "guid", *_SLUGS, "notes", "list", "cue", "chapter", "season", *_LISTS, *_TEXTS}
        if outline.draft:
            pass
        elif outline.tier == "free" and outline.published <= now:
            names = names - {"title", "withdraw_reason", *_SLUGS} if withdrawn else set()
        elif teasing and episode.teaser:
            # A trailer is for everybody, whoever is shown it.
            names = names - {"title", *_SLUGS, *(["key_points"] if True in teasing else [])}
        found |= {f"{mark}{name.replace('_', '')}z" for name in names}
    return frozenset(found)


def public_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What a web server gives of a folder."""
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.is_file() and not key.startswith("private/"):
            yield key, path.read_bytes()


def marks_in(data: bytes) -> frozenset[str]:
    """The words of that kind in some bytes, in UTF-8 or UTF-16. They are written in no other way."""
    texts = (data.decode("latin-1"), data.replace(b"\0", b"").decode("latin-1"))
    return frozenset(found[0] for text in texts for found in _MARK.finditer(text.lower()))
