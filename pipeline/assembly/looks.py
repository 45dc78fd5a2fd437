"""Published pictures as a feed names them."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from pipeline.assembly.images import Artwork, SizedPicture
from pipeline.assembly.keys import public_url
from pipeline.model import Show
from pipeline.rss import Picture, picture_elsewhere
from pipeline.tags import Image


def artwork_pictures(artwork: Artwork, *, alt: str | None, show: Show) -> tuple[Picture, ...]:
    """The artwork in all its sizes, the largest first."""
    return tuple(_sized(one, alt=alt, purpose="artwork", show=show) for one in artwork.sizes)


def other_pictures(
    images: Iterable[Image], published: Iterable[SizedPicture | None], *, show: Show
) -> tuple[Picture, ...]:
    """Further pictures: those of the workspace as they were published, and those elsewhere as their authors say."""
    return tuple(
        _sized(sized, alt=image.alt, purpose=image.purpose, show=show) if sized else picture_elsewhere(image)
        for image, sized in zip(images, published, strict=True)
    )


def _sized(one: SizedPicture, *, alt: str | None, purpose: str | None, show: Show) -> Picture:
    common = gcd(one.width, one.height)
    return Picture(
        url=public_url(one.artifact.key, show),
        width=one.width,
        height=one.height,
        aspect_ratio=f"{one.width // common}/{one.height // common}",
        media_type=one.artifact.media_type,
        alt=alt,
        purpose=purpose,
    )
