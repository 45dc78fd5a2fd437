"""Episode pages from text, beside Hugo rendering as many from the same text.

Run as `python -m benchmarks.pages SOURCE OUT` it renders every text of a folder; SOURCE holds what `prepare` wrote.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import measure, workspaces
from podwright.core.model import Episode, Outline
from podwright.render.notes import page_html
from podwright.render.site import (
    Audio,
    EpisodePage,
    FeedLink,
    Line,
    Mark,
    Row,
    Site,
    TranscriptParagraph,
    load_theme,
    render_embed,
    render_episode,
)

ROUNDS = 3
SIZES = measure.sized((1_000, 10_000), (200, 400))
#: Pages that Hugo makes, without lists, sections and feeds, in the arrangement of podwright's own.
SETTINGS = """\
baseURL = "https://example.org/"
title = "Benchmark"
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404"]
"""
TEMPLATE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }} · {{ .Site.Title }}</title>
<meta name="description" content="{{ index .Params.points 0 }}"><link rel="canonical" href="{{ .Permalink }}">
<script type="application/ld+json">{{ dict "@type" "PodcastEpisode" "name" .Title "url" .Permalink | jsonify | safeJS }}
</script>
</head><body><main><h1>{{ .Title }}</h1>
<p>{{ .Date.Format "2 January 2006" }}</p><audio controls src="{{ .Params.audio }}"></audio>
<h2>Key points</h2><ul>{{ range .Params.points }}<li>{{ . }}</li>{{ end }}</ul>
<h2>About this episode</h2>{{ .Content }}
<h2>Chapters</h2><ol>{{ range .Params.chapters }}
<li><a href="{{ $.Params.audio }}#t={{ .start }}">{{ .title }}</a></li>{{ end }}</ol>
<h2>Full text</h2>{{ range .Params.passages }}<p><a href="{{ $.Params.audio }}#t={{ .start }}">{{ .start }}</a>
<b>{{ .speaker }}:</b> {{ range .lines }}<span data-time="{{ .start }}">{{ .text }}</span> {{ end }}</p>{{ end }}
{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
</main></body></html>
"""


def prepare(folder: Path, count: int) -> None:
    """The same texts for both: 2 KB of notes, key points, chapters, and a transcript of five minutes."""
    posts = folder / "content" / "posts"
    posts.mkdir(parents=True)
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (layouts / "single.html").write_text(TEMPLATE)
    (folder / "config.toml").write_text(SETTINGS)
    for number in range(count):
        chance = random.Random(number)
        passages = [
            {
                "start": 20 * at,
                "speaker": "AB"[at % 2],
                "lines": [
                    {"start": 20 * at + 5 * line, "text": text}
                    for line, text in enumerate(workspaces.sentences(chance, 4))
                ],
            }
            for at in range(15)
        ]
        matter = {
            "title": f"Episode {number} & more",
            "date": (datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=number)).isoformat(),
            "audio": f"episode-{number}.mp3",
            "points": list(workspaces.sentences(chance, 3)),
            "chapters": [{"start": 60 * at, "title": f"Part {at}"} for at in range(5)],
            "passages": passages,
        }
        notes = "\n\n".join(" ".join(workspaces.sentences(chance, 4)) for _ in range(6))
        (posts / f"episode-{number}.md").write_text(f"{json.dumps(matter)}\n\n{notes}\n")


def render_all(source: Path, out: Path) -> int:
    """Render every text of a folder with podwright: the page and the player for other sites."""
    theme = load_theme(None)
    site = Site(
        title="Benchmark",
        description="A show that was made up to be measured.",
        author="Nobody",
        language="en",
        link="https://example.org/",
        public_url="https://example.org/",
        timezone="UTC",
        feeds=(FeedLink(title="Benchmark", url="https://example.org/show.xml"),),
    )
    names = [path.stem for path in sorted((source / "content" / "posts").iterdir())]
    titles = [_titled(name) for name in names]
    for at, name in enumerate(names):
        before, after = titles[at - 1] if at else None, titles[at + 1] if at + 1 < len(names) else None
        page = _page(name, (source / "content" / "posts" / f"{name}.md").read_text(), before=before, after=after)
        folder = out / "episodes" / name
        folder.mkdir(parents=True)
        (folder / "index.html").write_bytes(render_episode(page, site, theme=theme))
        (folder / "embed.html").write_bytes(render_embed(page, site, theme=theme))
    return len(names)


def _titled(name: str) -> Row:
    return Row(title=f"{name.replace('-', ' ').capitalize()} & more", number=None, key=f"episodes/{name}/index.html")


def _page(name: str, text: str, *, before: Row | None, after: Row | None) -> EpisodePage:
    head, _, notes = text.partition("\n\n")
    said = json.loads(head)
    outline = Outline(
        slug=name, folder=name, guid=name, title=said["title"], published=datetime.fromisoformat(said["date"])
    )
    return EpisodePage(
        key=f"episodes/{name}/index.html",
        embed=f"episodes/{name}/embed.html",
        oembed=f"episodes/{name}/oembed.json",
        episode=Episode(outline=outline),
        season=None,
        section=None,
        series=None,
        private=False,
        expired=False,
        summary=said["points"][0],
        notes=page_html(notes),
        audio=Audio(
            key=f"episodes/{name}/{said['audio']}",
            size=4_800_000,
            media_type="audio/mpeg",
            duration=timedelta(minutes=5),
        ),
        key_points=tuple(said["points"]),
        drafted=False,
        people=(),
        marks=tuple(Mark(start=timedelta(seconds=one["start"]), title=one["title"]) for one in said["chapters"]),
        passages=tuple(
            TranscriptParagraph(
                (),
                one["speaker"],
                timedelta(seconds=one["start"]),
                tuple(Line(timedelta(seconds=line["start"]), line["text"]) for line in one["lines"]),
            )
            for one in said["passages"]
        ),
        files=(),
        references=(),
        credits=(),
        contents=(),
        previous=before,
        next=after,
        picture=None,
        timed=True,
    )


def report(folder: Path) -> str:
    """Measure both at two sizes, so that the growth is seen."""
    hugo = shutil.which("hugo")
    if hugo is None and not measure.QUICK:
        raise RuntimeError("hugo is missing; apt-get install --no-install-recommends hugo")
    costs: dict[str, measure.Cost] = {}
    for size in SIZES:
        source = folder / str(size)
        prepare(source, size)
        out = folder / f"out-{size}"

        def podwright(number: int, *, source: Path = source, out: Path = out) -> measure.Cost:
            return measure.run([sys.executable, "-m", "benchmarks.pages", str(source), str(out / f"own-{number}")])

        def beside(number: int, *, source: Path = source, out: Path = out) -> measure.Cost:
            return measure.run(
                [str(hugo), "--quiet", "--source", str(source), "--destination", str(out / f"hugo-{number}")]
            )

        tools = {f"podwright, {size:,} pages and players": podwright}
        if hugo:
            tools[f"Hugo, {size:,} pages"] = beside
        costs |= measure.interleaved(tools, rounds=ROUNDS)
        shutil.rmtree(out)
    own = costs[f"podwright, {SIZES[-1]:,} pages and players"]
    return measure.table(
        "Episode pages",
        costs,
        note="From the same texts: 2 KB of notes in Markdown, key points, chapters, a transcript of five minutes. "
        "podwright also renders the player for other sites of each, and uses one core; Hugo uses all.",
    ) + (f"\n{SIZES[-1] / own.wall:,.0f} episodes a second.\n")


if __name__ == "__main__":
    print(render_all(Path(sys.argv[1]), Path(sys.argv[2])))
