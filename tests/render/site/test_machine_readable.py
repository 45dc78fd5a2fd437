"""QR codes, read as a phone reads them, and sitemaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
import zxingcpp
from lxml import etree
from PIL import Image

from podwright.render.site.machine_readable import qr_svg, render_sitemap, render_sitemap_index


def drawn(data: bytes, *, scale: int) -> Image.Image:
    """The picture on a dark page: segno draws rows of strokes, each `h` a run of dark modules, each `m` a move."""
    root = etree.fromstring(data)
    width = int(root.get("viewBox").split()[2])
    (path,) = root.xpath("//*[@stroke]/@d")
    found = Image.new("L", (width, width), 255)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            for module in range(int(values[0])):
                found.putpixel((int(x) + module, int(y)), 0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    page = Image.new("L", (width * scale + 40, width * scale + 40), 20)
    page.paste(found.resize((width * scale, width * scale), Image.Resampling.NEAREST), (20, 20))
    return page


@pytest.mark.parametrize(
    "url", ["https://example.org/feed.xml", f"https://example.org/{'long-' * 40}feed.xml?a=b&c=%C3%A9"]
)
def test_a_phone_reads_the_address(url: str) -> None:
    data = qr_svg(url)
    assert [code.text for code in zxingcpp.read_barcodes(drawn(data, scale=4))] == [url]
    assert data == qr_svg(url)


def test_the_picture_scales_and_brings_its_own_white() -> None:
    root = etree.fromstring(qr_svg("https://example.org/feed.xml"))
    assert root.get("width") is None
    assert root.xpath("//*[@fill='#fff']")


@pytest.mark.parametrize("render", [render_sitemap, render_sitemap_index])
def test_every_address_is_listed_as_it_is(render: Callable[[Iterable[str]], bytes]) -> None:
    urls = ["https://example.org/a?b=1&c=2", "https://example.org/%C3%A9"]
    root = etree.fromstring(render(urls))
    assert root.xpath("//*[local-name()='loc']/text()") == urls
