"""Published pictures as a feed names them."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from podwright.building.images import Artwork, SizedPicture
from podwright.core.model import Show
from podwright.core.names import public_url
from podwright.core.tags import Image


def artwork_images(artwork: Artwork, *, alt: str | None, show: Show) -> tuple[Image, ...]:
    """The artwork in all its sizes, the largest first."""
    return tuple(_published(one, alt=alt, purpose="artwork", show=show) for one in artwork.sizes)


def other_images(images: Iterable[Image], published: Iterable[SizedPicture | None], *, show: Show) -> tuple[Image, ...]:
    """Further pictures: files of the workspace as they were published, and what lies elsewhere as its author says."""
    return tuple(
        _published(sized, alt=image.alt, purpose=image.purpose, show=show) if sized else image
        for image, sized in zip(images, published, strict=True)
    )


def _published(one: SizedPicture, *, alt: str | None, purpose: str | None, show: Show) -> Image:
    common = gcd(one.width, one.height)
    return Image(
        url=public_url(one.artifact.key, show),
        width=one.width,
        height=one.height,
        aspect_ratio=f"{one.width // common}/{one.height // common}",
        type=one.artifact.media_type,
        alt=alt,
        purpose=purpose,
    )
