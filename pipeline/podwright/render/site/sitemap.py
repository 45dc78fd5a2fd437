"""The list of all pages for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

SITEMAP_TYPE = "application/xml"
#: A sitemap has at most so many addresses.
LARGEST = 50_000

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def render_sitemap(urls: Iterable[str]) -> bytes:
    """A sitemap of at most LARGEST absolute addresses. It names no dates: a page's neighbours change it too."""
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">\n{rows}</urlset>\n'.encode()


def render_sitemap_index(urls: Iterable[str]) -> bytes:
    """A list of sitemaps."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_NAMESPACE}">\n{rows}</sitemapindex>\n'.encode()
    )
