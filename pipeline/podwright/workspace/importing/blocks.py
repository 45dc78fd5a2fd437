"""A page as a row of blocks (headings, texts, items of lists), from HTML or from text copied out of a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree, html

#: What is on a page and is none of its text.
_AROUND = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "header",
    "footer",
    "form",
    "svg",
    "audio",
    "video",
    "iframe",
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "th", "legend", "caption"})
_TEXTS = frozenset({"p", "dd", "td", "blockquote", "pre", "figcaption", "address", "li", "div", "section", "article"})
_BULLET = re.compile(r"^(?:[-*•‣◦·–]|\(?\d{1,3}[.)])\s+(?=\S)")
_SPACE = re.compile(r"[ \t\r\f\v\n\u00a0]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, a text or an item of a list. level: of a heading, from 1; 0 for others."""

    kind: Literal["heading", "text", "item"]
    text: str
    level: int = 0
    line: int | None = None
    #: The addresses that it leads to, each with the words that do.
    links: tuple[tuple[str, str], ...] = ()


def blocks_of_html(data: bytes) -> Iterator[Block]:
    """Yield the blocks of a page, of its main part where it has one; addresses are whole where it says its own."""
    root = html.document_fromstring(data)
    said = root.xpath("//base/@href | //link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    if said:
        root.make_links_absolute(str(said[0]), resolve_base_href=False, handle_failures="ignore")
    found = root.xpath("//main") or root.xpath("//article") or root.xpath("//body") or [root]
    for around in _AROUND:
        for element in list(found[0].iter(around)):
            if element.getparent() is not None and not (around == "header" and element.xpath(".//h1")):
                element.drop_tree()
    yield from _blocks(found[0])


def _blocks(element: Any) -> Iterator[Block]:
    """Yield the blocks below an element; what stands between them is text, too."""
    loose: list[str] = [element.text or ""]
    links: list[tuple[str, str]] = []
    for child in element:
        if not isinstance(child.tag, str):
            loose.append(child.tail or "")
        elif _is_block(child):
            yield from _text("".join(loose), links, element)
            loose, links = [], []
            yield from _block(child)
            loose.append(child.tail or "")
        elif child.tag == "br":
            yield from _text("".join(loose), links, element)
            loose, links = [child.tail or ""], []
        else:
            links += _links(child)
            loose += [child.text_content(), child.tail or ""]
    yield from _text("".join(loose), links, element)


def _block(element: Any) -> Iterator[Block]:
    if element.tag in _HEADINGS:
        level = int(element.tag[1]) if element.tag[0] == "h" and element.tag[1:].isdigit() else 4
        if text := _even(element.text_content()):
            yield Block(kind="heading", text=text, level=level, line=element.sourceline, links=tuple(_links(element)))
    elif element.tag == "li" and not any(_is_block(child) for child in element):
        if text := _even(element.text_content()):
            yield Block(kind="item", text=text, line=element.sourceline, links=tuple(_links(element)))
    else:
        yield from _blocks(element)


def _is_block(element: Any) -> bool:
    return (
        element.tag in _HEADINGS
        or element.tag in _TEXTS
        or any(_is_block(child) for child in element if isinstance(child.tag, str))
        or element.tag in ("ul", "ol", "dl", "table", "figure", "hr", "main")
    )


def _text(text: str, links: list[tuple[str, str]], element: Any) -> Iterator[Block]:
    if even := _even(text):
        kind: Literal["item", "text"] = "item" if element.tag == "li" else "text"
        if _is_strong(element, even):
            yield Block(kind="heading", text=even, level=4, line=element.sourceline)
        else:
            yield Block(kind=kind, text=even, line=element.sourceline, links=tuple(links))


def _is_strong(element: Any, text: str) -> bool:
    """Tell whether a paragraph is nothing but bold words: what many editors write for a heading."""
    strong = [one for one in element if one.tag in ("strong", "b")] if element.tag in ("p", "div") else []
    return len(strong) == 1 and _even(strong[0].text_content()) == text and len(text) < 80


def _links(element: Any) -> Iterator[tuple[str, str]]:
    found = [element] if element.tag == "a" else element.iter("a")
    yield from ((one.get("href"), _even(one.text_content())) for one in found if one.get("href"))


def _even(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def blocks_of_text(text: str) -> Iterator[Block]:
    """Yield the lines of a text; those that may be headings are told by what they say."""
    for number, line in enumerate(text.splitlines(), start=1):
        even = _even(line)
        if not even:
            continue
        bullet = _BULLET.match(even)
        marks = re.match(r"(#{1,6})\s+", even)
        if marks:
            yield Block(kind="heading", text=even[marks.end() :].strip(" #"), level=len(marks[1]), line=number)
        elif bullet:
            yield Block(kind="item", text=even[bullet.end() :], line=number, links=tuple(_addresses(even)))
        else:
            yield Block(kind="text", text=even, line=number, links=tuple(_addresses(even)))


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    yield from ((url, url) for url in re.findall(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:]", text))


def title_of_html(data: bytes) -> tuple[str, str]:
    """Return the title of a page and the name of its site, each "" where it says none."""
    root = html.document_fromstring(data)
    first = next(iter(root.xpath("//h1")), None)
    title = first.text_content() if first is not None else root.findtext(".//title") or ""
    site = next(iter(root.xpath("//meta[@property='og:site_name']/@content")), "")
    return _even(title), _even(str(site))


ParseError = etree.ParserError
