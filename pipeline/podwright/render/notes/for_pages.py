"""Notes as written, in the HTML of podwright's pages: with headings, quotations, code, tables and details.

A page asks no other site for anything: pictures and players that lie elsewhere are links.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from html import escape

import nh3

from podwright.render.notes.markup import NO_XML, SCHEMES, anchor, element_names, paragraph
from podwright.render.notes.written import HEADINGS, MEDIA, Mark, kept_url, marks, media_link, parsed

#: Nobody can follow a link without a text, nor see an empty paragraph.
_EMPTY = re.compile(r'<a href="[^"]*" rel="noopener">\s*</a>|<p></p>')

#: The level of the heading under which notes stand.
LEVEL = 2

_AS_DIV = element_names(
    "address article aside center div fieldset figcaption figure footer form header hgroup legend main nav section"
)
_VOID = frozenset(("br", "hr"))
TAGS = element_names(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em h3 h4 h5 h6 hr i ins kbd li mark ol p pre"
    " q s samp small strong sub summary sup table tbody td tfoot th thead tr ul var"
)
_KEPT = {"ol": ("start",), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}


@functools.lru_cache(maxsize=32)
def page_html(source: str) -> str:
    """Return a Markdown text as HTML for a web page, its headings below the page's own."""
    chunks = parsed(source)
    levels = [int(mark.name[1]) for chunk in chunks for mark in marks(chunk) if mark.name in HEADINGS]
    deeper = LEVEL + 1 - min(levels, default=1)
    html = "".join("".join(_written(marks(chunk), deeper=deeper)) for chunk in chunks)
    return _EMPTY.sub("", NO_XML.sub("", _cleaner().clean(html))).strip()


def prose_html(texts: Iterable[str]) -> str:
    """Return Markdown texts of a field, one after the other, as HTML for a web page."""
    return "\n".join(filter(None, map(page_html, texts)))


def _written(read: Iterable[Mark], *, deeper: int) -> Iterable[str]:
    #: The open elements: the name of each, and the tag that ends it.
    ends: list[tuple[str, str]] = []
    for mark in read:
        name = mark.name
        if mark.kind == "text":
            yield mark.text
        elif mark.kind == "end":
            while ends and any(opened == name for opened, _ in ends):
                ended, html = ends.pop()
                yield html
                if ended == name:
                    break
        elif name == "img" or name in MEDIA:
            block = all(opened in _AS_DIV or opened in ("blockquote", "details", "dd") for opened, _ in ends)
            linked = any(opened == "a" and html for opened, html in ends)
            yield _picture(mark, linked=linked, block=block)
        elif name in _VOID:
            yield f"<{name}>"
        else:
            start, end = _element(mark, deeper=deeper)
            ends.append((name, end))
            yield start
    yield from (html for _, html in reversed(ends))


def _element(mark: Mark, *, deeper: int) -> tuple[str, str]:
    """Return the tags that stand for an element: nothing for a link that leads nowhere."""
    name = mark.name
    if name == "a":
        url = kept_url(mark.attributes.get("href", ""))
        return (f'<a href="{escape(url)}">', "</a>") if url else ("", "")
    if name in HEADINGS:
        level = min(int(name[1]) + deeper, 6)
        return f"<h{level}>", f"</h{level}>"
    tag = "div" if name in _AS_DIV else "s" if name == "strike" else name
    if tag not in TAGS:
        return "", ""
    kept = ((key, mark.attributes.get(key, "")) for key in _KEPT.get(tag, ()))
    numbers = "".join(f' {key}="{value}"' for key, value in kept if value.isdecimal() and len(value) < 10)
    return f"<{tag}{numbers}>", f"</{tag}>"


def _picture(mark: Mark, *, linked: bool, block: bool) -> str:
    url, text = media_link(mark)
    html = anchor(text, None if linked else url)
    return paragraph(html) if block and html else html


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={"*": set(), "a": {"href"}, **{name: set(kept) for name, kept in _KEPT.items()}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener",
    )
