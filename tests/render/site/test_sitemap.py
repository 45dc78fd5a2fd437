"""Sitemaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from lxml import etree

from podwright.render.site import render_sitemap, render_sitemap_index


@pytest.mark.parametrize("render", [render_sitemap, render_sitemap_index])
def test_every_address_is_listed_as_it_is(render: Callable[[Iterable[str]], bytes]) -> None:
    urls = ["https://example.org/a?b=1&c=2", "https://example.org/%C3%A9"]
    root = etree.fromstring(render(urls))
    assert root.xpath("//*[local-name()='loc']/text()") == urls
