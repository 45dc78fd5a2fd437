"""The frame that all web pages share: the site's facts, its look, and the files that pages load."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from podwright.building.pictures import Artwork, Pictures
from podwright.core.artifact import Artifact, Side, bytes_artifact
from podwright.core.model import Feed, Show
from podwright.core.names import artwork_stem, cache_control, feed_key, feed_side, public_url
from podwright.render.site import FeedLink, Picture, Shot, Site, Theme, load_theme, qr_svg

HTML_TYPE = "text/html; charset=utf-8"
_SVG_TYPE = "image/svg+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The parts of every page that are not its own."""

    site: Site
    theme: Theme
    #: All that pages load.
    files: tuple[Artifact, ...]
    #: Of what pages depend on here.
    digest: str


def build_frame(show: Show, pictures: Pictures) -> Frame | None:
    """Return the frame of a show's pages; None where it publishes none.

    Raises WorkspaceError where the theme cannot be used, FormatError where a picture cannot.
    """
    if not show.pages:
        return None
    theme = load_theme(show.theme)
    public = [feed for feed in show.feeds if feed_side(feed, show) == "public"]
    codes = [_code(feed, show) for feed in public]
    artwork = _artwork(show, public, pictures)
    site = Site(
        title=show.title,
        description=show.description,
        author=show.author,
        language=show.language,
        link=show.link,
        public_url=show.storage.public_url,
        timezone=show.timezone,
        feeds=tuple(
            FeedLink(title=feed.title, url=public_url(feed_key(feed, show), show), listed=feed.listed, qr=code.key)
            for feed, code in zip(public, codes, strict=True)
        ),
        copyright=show.copyright,
        picture=picture_of(artwork, alt=None) if artwork else None,
    )
    files = [*_assets(theme), *codes, *((picture.artifact for picture in artwork.sizes) if artwork else ())]
    digest = hashlib.sha256(f"{theme.digest}\n{site!r}".encode()).hexdigest()[:32]
    return Frame(site=site, theme=theme, files=tuple(files), digest=digest)


def picture_of(artwork: Artwork, *, alt: str | None) -> Picture:
    """Return artwork as pages show it."""
    shots = (Shot(key=picture.artifact.key, width=picture.width, height=picture.height) for picture in artwork.sizes)
    return Picture(sizes=tuple(shots), alt=alt)


def page_artifact(key: str, data: bytes, *, media_type: str, side: Side) -> Artifact:
    """Return a page, or what describes one, as an object."""
    return bytes_artifact(key, data, media_type=media_type, cache_control=cache_control("page", side), side=side)


def html_artifact(key: str, data: bytes, *, side: Side) -> Artifact:
    """Return a page as an object."""
    return page_artifact(key, data, media_type=HTML_TYPE, side=side)


def _artwork(show: Show, public: list[Feed], pictures: Pictures) -> Artwork | None:
    """Return the show's picture, else that of its first public feed, under the key that feeds give it."""
    if show.image:
        return pictures.artwork(show.image, artwork_stem("show", "public"), side="public")
    if public:
        return pictures.artwork(public[0].image, artwork_stem(public[0].name, "public"), side="public")
    return None


def _assets(theme: Theme) -> Iterator[Artifact]:
    for _, asset in sorted(theme.assets.items()):
        yield bytes_artifact(
            asset.key,
            asset.data,
            media_type=asset.media_type,
            cache_control=cache_control("asset", "public"),
            side="public",
        )


def _code(feed: Feed, show: Show) -> Artifact:
    """Return the QR code of a feed's address."""
    data = qr_svg(public_url(feed_key(feed, show), show))
    key = f"assets/feed-{feed.name}-{hashlib.sha256(data).hexdigest()[:12]}.svg"
    control = cache_control("asset", "public")
    return bytes_artifact(key, data, media_type=_SVG_TYPE, cache_control=control, side="public")
