"""What pages say to machines: schema.org as JSON-LD, and oEmbed.

https://schema.org/PodcastEpisode, https://schema.org/PodcastSeries, https://oembed.com.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from podwright.core.model import Person
from podwright.render.site.text import iso_duration
from podwright.render.site.types import Cited, EpisodePage, Passage, Picture, Site

#: Of a longer transcript the address alone is given: it would stand in the page twice. In characters.
LONGEST_TRANSCRIPT = 20_000
#: The frame in which the player fits, in CSS pixels.
EMBED_WIDTH, EMBED_HEIGHT = 640, 200


def episode_data(page: EpisodePage, site: Site) -> dict[str, Any]:
    """A PodcastEpisode with its recording."""
    outline, episode = page.episode.outline, page.episode
    found = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "url": _at(page.key, site),
        "identifier": outline.guid,
        "name": outline.title,
        "alternativeHeadline": episode.subtitle,
        "description": page.summary or None,
        "datePublished": outline.published.isoformat(),
        "expires": outline.expires.isoformat() if outline.expires else None,
        "inLanguage": episode.language,
        "episodeNumber": outline.number,
        "articleSection": outline.section,
        "keywords": list(outline.tags) or None,
        "isAccessibleForFree": not page.private,
        "isFamilyFriendly": not episode.explicit,
        "image": _image(page.picture or site.picture, site),
        "author": [_person(parts) for parts in page.people if _wrote(parts)] or None,
        "contributor": [_person(parts) for parts in page.people if not _wrote(parts)] or None,
        "teaches": list(episode.objectives) or None,
        "citation": list(map(_work, page.references)) or None,
        "timeRequired": iso_duration(episode.time_to_complete or page.audio.duration),
        "associatedMedia": _audio(page, site),
        "partOfSeason": {"@type": "PodcastSeason", "name": page.season.title, "seasonNumber": page.season.number}
        if page.season
        else None,
        "partOfSeries": {"@type": "PodcastSeries", "name": site.title, "url": _at("index.html", site)},
    }
    return _said(found)


def series_data(site: Site) -> dict[str, Any]:
    """A PodcastSeries with its feeds."""
    found = {
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "url": _at("index.html", site),
        "name": site.title,
        "description": site.description,
        "inLanguage": site.language,
        "author": {"@type": "Organization", "name": site.author},
        "image": _image(site.picture, site),
        "webFeed": [feed.url for feed in site.feeds] or None,
        "sameAs": [link.url for feed in site.feeds for link in feed.listed] or None,
        "copyrightNotice": site.copyright,
    }
    return _said(found)


def oembed_json(page: EpisodePage, site: Site) -> bytes:
    """The oEmbed answer (version 1.0, type rich) for an episode's page."""
    address = _at(page.embed, site)
    frame = (
        f'<iframe src="{address}" width="{EMBED_WIDTH}" height="{EMBED_HEIGHT}" loading="lazy" '
        'style="border:0;max-width:100%" allow="autoplay" title="Podcast player"></iframe>'
    )
    picture = page.picture or site.picture
    found = {
        "version": "1.0",
        "type": "rich",
        "title": page.episode.outline.title,
        "author_name": site.author,
        "provider_name": site.title,
        "provider_url": _at("index.html", site),
        "thumbnail_url": _at(picture.sizes[-1].key, site) if picture else None,
        "thumbnail_width": picture.sizes[-1].width if picture else None,
        "thumbnail_height": picture.sizes[-1].height if picture else None,
        "html": frame,
        "width": EMBED_WIDTH,
        "height": EMBED_HEIGHT,
    }
    return json.dumps(_said(found), ensure_ascii=False).encode() + b"\n"


def script_json(value: object) -> str:
    """JSON that can stand in a script element: nothing in it ends or opens one.

    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _transcript_words(passages: tuple[Passage, ...]) -> str:
    """A transcript as plain text, a paragraph a line."""
    lines: list[str] = []
    for passage in passages:
        lines += passage.headings
        said = " ".join(line.text for line in passage.lines)
        lines.append(f"{passage.speaker}: {said}" if passage.speaker else said)
    return "\n".join(lines)


def _audio(page: EpisodePage, site: Site) -> dict[str, Any]:
    transcript = _transcript_words(page.passages)
    if len(transcript) > LONGEST_TRANSCRIPT:
        transcript = _at(page.files[0].key, site) if page.files else ""
    audio = page.audio
    return {
        "@type": "AudioObject",
        "contentUrl": _at(audio.key, site),
        "encodingFormat": audio.media_type,
        "contentSize": str(audio.size),
        "duration": iso_duration(audio.duration),
        "name": audio.filename,
        "embedUrl": _at(page.embed, site),
        "transcript": transcript or None,
    }


def _wrote(parts: tuple[Person, ...]) -> bool:
    return any(part.role == "author" for part in parts)


def _work(cited: Cited) -> dict[str, Any]:
    url = cited.links[0].url if cited.links else None
    return {"@type": "ScholarlyArticle", "name": cited.title or cited.citation, "url": url}


def _person(parts: tuple[Person, ...]) -> dict[str, Any]:
    def first(name: str) -> str | None:
        return next((found for part in parts if (found := getattr(part, name))), None)

    work = first("affiliation")
    return {
        "@type": "Person",
        "name": parts[0].name,
        "honorificSuffix": first("credentials"),
        "url": first("url"),
        "affiliation": {"@type": "Organization", "name": work} if work else None,
    }


def _image(picture: Picture | None, site: Site) -> str | None:
    return _at(picture.sizes[0].key, site) if picture else None


def _at(key: str, site: Site) -> str:
    return site.public_url + quote(key)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is absent."""
    return {name: _said_one(value) for name, value in values.items() if value is not None}


def _said_one(value: Any) -> Any:
    if isinstance(value, dict):
        return _said(value)
    return [_said_one(one) for one in value] if isinstance(value, list) else value
