"""Rules about show notes in HTML: what apps can show, follow and read out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    ACCESSIBILITY,
    APPLE,
    EVERYBODY,
    INDEX,
    PSP,
    RSS,
    SPOTIFY,
    Rule,
    each_item,
    each_recording,
    shown,
)
from podwright.inspection.rules.values import is_local
from podwright.inspection.rules.view import Node, Recording

_OPENED = re.compile(r"<([A-Za-z][A-Za-z0-9]*)\b")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)>")
_LINK = re.compile(r"""<[a-z][^<>]*?\s(?:href|src)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b([^<>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_ALT = re.compile(r"""\balt\s*=\s*["']?[^"'\s>]""", re.IGNORECASE)
_ESCAPED_TWICE = re.compile(r"&amp;(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});", re.IGNORECASE)
_HANDLER = re.compile(r"<([a-z][a-z0-9]*)\b[^<>]*\son[a-z]+\s*=", re.IGNORECASE)
_PICTURE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_TIMESTAMP = re.compile(r"^\s*[(\[]?((?:\d{1,2}:)?\d{1,2}:\d{2})[)\]]?\s+\S", re.MULTILINE)

_ABSOLUTE = ("http://", "https://", "mailto:", "tel:", "sms:")
#: What PSP-1 and Apple name, and line breaks.
_SHOWN_BY_ALL = frozenset(("p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"))
_VOID = frozenset(("br", "hr", "img", "wbr", "input", "meta", "link", "source", "area", "col"))
_FORBIDDEN = re.compile(r"<(script|style|iframe|object|embed|form|input|button|link|meta|base|svg)\b", re.IGNORECASE)
_EMPTY_WORDS = frozenset(("here", "click here", "link", "this", "this link", "more", "read more", "hier", "ici"))


def _html(item: Node) -> str:
    """Return the notes: content:encoded, or a description that is HTML in its place."""
    return item.text("content:encoded") or (text if "<" in (text := item.text("description")) else "")


def _links(html: str) -> Iterator[str]:
    for found in _LINK.finditer(html):
        yield unescape(found[1] or found[2] or found[3] or "").strip()


def _relative(item: Node) -> Iterator[str]:
    for url in _links(_html(item)):
        if not url.lower().startswith(_ABSOLUTE) and not url.lower().startswith("javascript:"):
            yield f"notes link to {shown(url)}, which leads nowhere outside a web page; write it from https:// on"


def _unencrypted(item: Node) -> Iterator[str]:
    for url in _links(_html(item)):
        if url.startswith("http://") and not is_local(url):
            yield f"notes link to {shown(url)}; write https if the page has it"


def _active(item: Node) -> Iterator[str]:
    html = _html(item)
    for name in sorted({found[1].lower() for found in _FORBIDDEN.finditer(html)}):
        yield f"notes hold <{name}>, which apps refuse; delete it"
    if found := _HANDLER.search(html):
        yield f"notes hold a script in <{found[1]}>, which apps refuse; delete it"
    if any(url.lower().startswith("javascript:") for url in _links(html)):
        yield "notes link to a script, which apps refuse; delete it"


def _lost(item: Node) -> Iterator[str]:
    names = {name.lower() for name in _OPENED.findall(_html(item))} - _SHOWN_BY_ALL
    if names:
        listed = ", ".join(f"<{name}>" for name in sorted(names))
        yield f"notes hold {listed}, which some apps drop; keep to paragraphs, lists, links and emphasis"


def _unbalanced(item: Node) -> Iterator[str]:
    opened: list[str] = []
    for closes, written, rest in _TAG.findall(_html(item)):
        name = written.lower()
        if name in _VOID or rest.endswith("/"):
            continue
        if not closes:
            opened.append(name)
        elif not opened or opened.pop() != name:
            yield f"notes close <{name}> where it is not open; correct the HTML"
            return
    if opened:
        yield f"notes do not close <{opened[-1]}>; correct the HTML"


def _escaped_twice(item: Node) -> Iterator[str]:
    if found := _ESCAPED_TWICE.search(item.text("content:encoded")):
        yield f"notes hold {shown(found[0])}, which apps show as an entity; escape it once"


def _no_alternative(item: Node) -> Iterator[str]:
    for found in _PICTURE.finditer(_html(item)):
        if not _ALT.search(found[1]):
            yield "notes hold a picture without alt; say in it what the picture shows"


def _empty_link(item: Node) -> Iterator[str]:
    for found in _ANCHOR.finditer(_html(item)):
        inside = _TAG.sub("", found[2]).strip()
        if not inside and "<img" not in found[2].lower():
            yield "notes hold a link without text, which nobody can follow; give it one"


def _vague_link(item: Node) -> Iterator[str]:
    for found in _ANCHOR.finditer(_html(item)):
        words = unescape(_TAG.sub("", found[2])).strip(" .:!\n").lower()
        if words in _EMPTY_WORDS:
            yield f"notes hold a link called {shown(words)}; say where it leads"


def _timestamps(item: Node) -> Iterator[str]:
    times = [match[1] for match in _TIMESTAMP.finditer(item.text("description"))]
    if not times:
        return
    if times[0].strip("0:"):
        yield f"the chapters of its notes begin at {times[0]}, and Apple wants 00:00:00; begin the first there"
    if len(times) < 3:
        counted = "1 chapter" if len(times) == 1 else f"{len(times)} chapters"
        yield f"its notes list {counted}, and Apple shows three or more; add another"


def _link_lost(recording: Recording) -> Iterator[str]:
    for loss in recording.losses:
        if loss.kind == "link" and not loss.text:
            yield f"notes link to {shown(loss.what)} without a text, so that the link is left out; give it one"
        elif loss.kind == "link":
            advice = "write the address from https:// on"
            yield f"notes link to {shown(loss.what)}, where apps cannot go, so that only the text is left; {advice}"


def _picture_lost(recording: Recording) -> Iterator[str]:
    for loss in recording.losses:
        if loss.kind == "picture":
            rest = "so that its description alone is left" if loss.text else "so that nothing of it is left"
            advice = "put it where it has an address from https:// on, or give it as images"
            yield f"notes show the picture {shown(loss.what)}, which lies on no website, {rest}; {advice}"


def _element_lost(recording: Recording) -> Iterator[str]:
    for loss in recording.losses:
        if loss.kind == "player":
            yield f"notes hold <{loss.text}> without an address that a link could have, so that it is left out; link it"
        elif loss.kind == "element":
            yield f"notes hold <{loss.what}>, which apps and pages leave out; delete it"


RULES = (
    Rule(
        "notes-absolute",
        "error",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "Links in notes are full addresses.",
        each_item(_relative),
    ),
    Rule(
        "notes-https",
        "advice",
        (INDEX,),
        sources.PODCAST_NAMESPACE,
        "Links in notes are given with https.",
        each_item(_unencrypted),
    ),
    Rule(
        "notes-active",
        "error",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "Notes hold no scripts, styles, frames or forms.",
        each_item(_active),
    ),
    Rule(
        "notes-elements",
        "advice",
        (APPLE, PSP),
        sources.PSP_ITEM_RECOMMENDED,
        "Notes keep to the elements that all apps show: p, ol, ul, li, a, b, i, strong, em and br.",
        each_item(_lost),
    ),
    Rule(
        "notes-balanced",
        "warning",
        (RSS, APPLE, SPOTIFY),
        sources.HTML_SYNTAX,
        "Notes close every element that they open, in order.",
        each_item(_unbalanced),
    ),
    Rule(
        "notes-escaped-twice",
        "warning",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "Notes are escaped once.",
        each_item(_escaped_twice),
    ),
    Rule(
        "notes-picture-alt",
        "warning",
        (ACCESSIBILITY,),
        sources.WCAG_TEXT,
        "Pictures in notes say what they show.",
        each_item(_no_alternative),
    ),
    Rule(
        "notes-link-empty",
        "warning",
        (ACCESSIBILITY,),
        sources.WCAG_LINKS,
        "Links in notes have a text.",
        each_item(_empty_link),
    ),
    Rule(
        "notes-link-vague",
        "advice",
        (ACCESSIBILITY,),
        sources.WCAG_LINKS,
        "The text of a link says where it leads.",
        each_item(_vague_link),
    ),
    Rule(
        "notes-chapters",
        "advice",
        (APPLE,),
        sources.APPLE_CHAPTERS,
        "Chapters listed in a description begin at 00:00:00 and are three at least.",
        each_item(_timestamps),
    ),
    Rule(
        "notes-link-lost",
        "warning",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "Links that are written in an episode's notes stand in the feed: they have a text and a full address.",
        each_recording(_link_lost),
    ),
    Rule(
        "notes-picture-lost",
        "warning",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "Pictures that are written in an episode's notes have a full address, by which the feed links them.",
        each_recording(_picture_lost),
    ),
    Rule(
        "notes-element-lost",
        "warning",
        EVERYBODY,
        sources.RSS_PROFILE_ENCODED,
        "What is written in an episode's notes is shown: no script, form or player without an address.",
        each_recording(_element_lost),
    ),
)
