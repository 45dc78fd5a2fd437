"""The site for machines: schema.org as JSON-LD, oEmbed, sitemaps, and QR codes for the cameras of phones.

https://schema.org/PodcastEpisode, https://schema.org/PodcastSeries, https://oembed.com, https://www.sitemaps.org.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Iterable
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from podwright.core.model import Person
from podwright.render.site.types import Cited, EpisodePage, Picture, Site, TranscriptParagraph

#: Of a longer transcript the address alone is given: it would stand in the page twice. In characters.
LONGEST_TRANSCRIPT = 20_000
#: The frame in which the player fits (template `embed`, style sheet `.embed`), in CSS pixels.
EMBED_WIDTH, EMBED_HEIGHT = 640, 272
SITEMAP_TYPE = "application/xml"
#: Addresses in one sitemap (https://www.sitemaps.org/protocol.html).
LARGEST_SITEMAP = 50_000

_SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def episode_data(page: EpisodePage, site: Site) -> dict[str, Any]:
    """Return a PodcastEpisode with its recording."""
    outline, episode = page.episode.outline, page.episode
    values = {
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
        "genre": outline.section,
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
    return {name: _without_absent(value) for name, value in values.items() if value is not None}


def series_data(site: Site) -> dict[str, Any]:
    """Return a PodcastSeries with its feeds."""
    values = {
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
        "copyrightNotice": site.notice,
    }
    return {name: _without_absent(value) for name, value in values.items() if value is not None}


def oembed_json(page: EpisodePage, site: Site) -> bytes:
    """Return the oEmbed answer (version 1.0, type rich) for an episode's page."""
    address = _at(page.embed, site)
    frame = (
        f'<iframe src="{address}" width="{EMBED_WIDTH}" height="{EMBED_HEIGHT}" loading="lazy" '
        'style="border:0;max-width:100%" allow="autoplay" title="Podcast player"></iframe>'
    )
    picture = page.picture or site.picture
    values = {
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
    return json.dumps(_without_absent(values), ensure_ascii=False).encode() + b"\n"


def script_json(value: object) -> str:
    """Return JSON that can stand in a script element: nothing in it ends or opens one.

    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def render_sitemap(urls: Iterable[str]) -> bytes:
    """Return a sitemap of at most LARGEST_SITEMAP absolute addresses.

    It names no dates: a page's neighbours change it too.
    """
    return _sitemap("urlset", "url", urls)


def render_sitemap_index(urls: Iterable[str]) -> bytes:
    """Return a list of sitemaps."""
    return _sitemap("sitemapindex", "sitemap", urls)


def _sitemap(root: str, tag: str, urls: Iterable[str]) -> bytes:
    rows = "".join(f"<{tag}><loc>{escape(url)}</loc></{tag}>\n" for url in urls)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{root} xmlns="{_SITEMAP_NAMESPACE}">\n{rows}</{root}>\n'.encode()


@functools.lru_cache(maxsize=64)
def qr_svg(text: str) -> bytes:
    """Return a QR code as an SVG document that scales by its viewBox: dark on white, whatever colours the page has.

    text: at most what a symbol of version 40 holds (2953 bytes), else segno.DataOverflowError. The same text gives the
    same bytes. The quiet zone is the four modules that readers may rely on (ISO/IEC 18004), and the
    correction level the highest that needs no larger symbol. Without an XML declaration the bytes are UTF-8 (XML 1.0,
    section 4.3.3), so they can also stand inside a page.
    """
    # Shows without pages need no QR codes.
    import segno

    out = io.BytesIO()
    segno.make(text, micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        nl=False,
        dark="#000",
        light="#fff",
        border=4,
    )
    return out.getvalue()


def iso_duration(time: timedelta) -> str:
    """Return an ISO 8601 duration in whole seconds: “PT62S”."""
    return f"PT{time // timedelta(seconds=1)}S"


def _transcript_text(paragraphs: tuple[TranscriptParagraph, ...]) -> str:
    """Return a transcript as plain text, a paragraph a line."""
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += paragraph.headings
        text = "".join(f"{line.text}{line.gap}" for line in paragraph.lines).rstrip()
        lines.append(f"{paragraph.speaker}: {text}" if paragraph.speaker else text)
    return "\n".join(lines)


def _audio(page: EpisodePage, site: Site) -> dict[str, Any]:
    transcript = _transcript_text(page.passages)
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
    authors = [{"@type": "Person", "name": name} for name in cited.authors]
    name = cited.title or cited.citation
    return {"@type": "ScholarlyArticle", "name": name, "author": authors or None, "url": url}


def _person(parts: tuple[Person, ...]) -> dict[str, Any]:
    def first(name: str) -> str | None:
        return next((value for part in parts if (value := getattr(part, name))), None)

    affiliation = first("affiliation")
    return {
        "@type": "Person",
        "name": parts[0].name,
        "honorificSuffix": first("credentials"),
        "jobTitle": first("position"),
        "url": first("url"),
        "affiliation": {"@type": "Organization", "name": affiliation} if affiliation else None,
    }


def _image(picture: Picture | None, site: Site) -> str | None:
    return _at(picture.sizes[0].key, site) if picture else None


def _at(key: str, site: Site) -> str:
    return site.public_url + quote(key)


def _without_absent(value: Any) -> Any:
    """Return a value without what is absent from its objects."""
    if isinstance(value, dict):
        return {name: _without_absent(part) for name, part in value.items() if part is not None}
    return list(map(_without_absent, value)) if isinstance(value, list) else value
