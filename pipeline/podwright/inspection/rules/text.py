"""Rules about texts that apps show as they are: titles, names, plain descriptions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import (
    ACCESSIBILITY,
    APPLE,
    EVERYBODY,
    PSP,
    RSS,
    SPOTIFY,
    Check,
    Rule,
    each_item,
    each_node,
    shown,
)
from podwright.inspection.rules.view import Node, nested, text_of

#: In bytes of UTF-8: Apple's bounds for a value and for a description.
TITLE_BYTES = 255
VALUE_CHARACTERS = 255
DESCRIPTION_BYTES = 4000

_TITLES = ("title", "itunes:title")
_NAMES = (
    "itunes:author",
    "dc:creator",
    "copyright",
    "podcast:person",
    "podcast:trailer",
    "podcast:funding",
    "category",
)
_PROSE = ("description", "itunes:summary", "itunes:subtitle")

_MARKUP = re.compile(
    r"</?(?:p|a|b|i|u|em|strong|br|hr|ul|ol|li|div|span|h[1-6]|img|code|pre|blockquote|table|t[dhr])\b[^<>]*>",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_NUMBERED = re.compile(
    r"(?:(?:episode|ep|folge|épisode|episodio|season|staffel)\.?\s*#?\d+|s\d+\s*[ex]\s*\d+|#\d+|\d{1,4}\s*[:.|–—-]\s)",
    re.IGNORECASE,
)
#: Zero-width characters that join nothing (a zero-width joiner does), and the soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
#: UTF-8 that was once read as Latin-1 or Windows-1252.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨¼¶¤±]|â€[™œ\u009d“”¦\u0093\u0094\u0099]|Â[\u00a0-\u00bf]|\ufffd")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff\U000e0020-\U000e007f\ufe0f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]{2,}")
_OVERRIDES = "\u202d\u202e"
_OPENING = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_DIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _texts(node: Node, tags: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for tag in tags:
        for element in node.every(tag):
            text = text_of(element)
            if text:
                yield tag, text
    if tags is _PLAIN:
        for owner in node.every("itunes:owner"):
            yield from (("itunes:name", text_of(one)) for one in nested(owner, "itunes:name"))


_PLAIN = (*_TITLES, *_NAMES, "itunes:summary", "itunes:subtitle")
_SHOWN = (*_TITLES, *_NAMES, *_PROSE)


def _finds(pattern: re.Pattern[str], message: str, tags: tuple[str, ...]) -> Check:
    """Return a rule that no text of these tags holds the pattern."""

    def check(node: Node) -> Iterator[str]:
        for tag, text in _texts(node, tags):
            if found := pattern.search(text):
                yield message.format(tag=tag, found=shown(found[0]))

    return each_node(check)


def _in_texts(judge: Callable[[str], str | None], tags: tuple[str, ...]) -> Check:
    """Return a rule that gives a message for some texts of these tags."""

    def check(node: Node) -> Iterator[str]:
        for tag, text in _texts(node, tags):
            if message := judge(text):
                yield f"{tag} {message}"

    return each_node(check)


def _long_title(text: str) -> str | None:
    size = len(text.encode())
    return f"has {size} bytes, and apps cut it; shorten it to {TITLE_BYTES}" if size > TITLE_BYTES else None


def _long_value(text: str) -> str | None:
    if len(text) <= VALUE_CHARACTERS:
        return None
    return f"has {len(text)} characters, and apps cut it; shorten it to {VALUE_CHARACTERS}"


def _long_description(text: str) -> str | None:
    size = len(text.encode())
    return f"has {size:,} bytes; shorten it to {DESCRIPTION_BYTES:,}" if size > DESCRIPTION_BYTES else None


def _untrimmed(text: str) -> str | None:
    return f"{shown(text)} begins or ends with a space; delete it" if text != text.strip() else None


def _of_lines(text: str) -> str | None:
    return (
        f"{shown(text)} has several lines or tabs; write it in one line"
        if re.search(r"[\n\r\t]", text.strip())
        else None
    )


def _composed(text: str) -> str | None:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return None
    return f"{shown(text)} holds letters in parts, which searches do not find; write it in Unicode's form NFC"


def _unclosed(text: str) -> str | None:
    if not _DIRECTIONAL.search(text):
        return None
    if any(character in text for character in _OVERRIDES):
        return f"{shown(text)} turns the direction of its letters round; delete that control character"
    expected: list[str] = []
    for character in text:
        if character in _OPENING:
            expected.append(_OPENING[character])
        elif character in "\u202c\u2069" and (not expected or expected.pop() != character):
            return f"{shown(text)} closes a direction that it did not open; delete that control character"
    return f"{shown(text)} opens a direction that runs on into what follows; close it" if expected else None


def _mixed(text: str) -> str | None:
    if text.isascii() or not _RIGHT_TO_LEFT.search(text) or not _LATIN.search(text) or _DIRECTIONAL.search(text):
        return None
    return f"{shown(text)} mixes directions, and apps misplace its punctuation; keep to one script"


def _cut(text: str) -> str | None:
    return (
        "holds ']]>', where readers that copy it into CDATA end it; write it in other words" if "]]>" in text else None
    )


def _show_repeated(item: Node) -> Iterator[str]:
    show = item.channel.text("title").casefold() if item.channel else ""
    title = item.text("title").casefold()
    if len(show) > 3 and show in title and show != title:
        yield f"title {shown(item.text('title'))} repeats the show's; apps show that beside it, so leave it out"


def _numbered(item: Node) -> Iterator[str]:
    title = item.text("title")
    if found := _NUMBERED.match(title):
        yield f"title begins with the number {shown(found[0].strip())}; leave it out and set number"


def _no_description(item: Node) -> Iterator[str]:
    if not item.text("description") and not item.text("content:encoded"):
        yield "has no description; write notes"


def _marked_up(node: Node) -> Iterator[str]:
    if node.every("content:encoded") and (found := _MARKUP.search(node.text("description"))):
        yield f"description holds markup {shown(found[0])} beside content:encoded; keep it plain"


RULES = (
    Rule(
        "title-length",
        "warning",
        (APPLE, SPOTIFY),
        sources.APPLE_TEXT,
        "A title has at most 255 bytes.",
        _in_texts(_long_title, _TITLES),
    ),
    Rule(
        "value-length",
        "warning",
        (APPLE,),
        sources.APPLE_TEXT,
        "Names and other short values have at most 255 characters.",
        _in_texts(_long_value, ("itunes:author", "copyright", "dc:creator", "category")),
    ),
    Rule(
        "description-length",
        "warning",
        (APPLE, SPOTIFY),
        sources.APPLE_EPISODE,
        "A description or summary has at most 4,000 bytes.",
        _in_texts(_long_description, ("description", "itunes:summary")),
    ),
    Rule(
        "description-present",
        "warning",
        (APPLE, SPOTIFY, PSP),
        sources.PSP_ITEM_RECOMMENDED,
        "An item has a description.",
        each_item(_no_description),
    ),
    Rule(
        "description-plain",
        "warning",
        (APPLE, RSS),
        sources.RSS_PROFILE_ENCODED,
        "A description beside content:encoded is plain text.",
        each_node(_marked_up),
    ),
    Rule(
        "title-show-name",
        "warning",
        (APPLE,),
        sources.APPLE_EPISODE,
        "A title does not repeat the show's.",
        each_item(_show_repeated),
    ),
    Rule(
        "title-number",
        "warning",
        (APPLE,),
        sources.APPLE_EPISODE,
        "A title does not begin with the number of the episode.",
        each_item(_numbered),
    ),
    Rule(
        "title-line",
        "warning",
        EVERYBODY,
        sources.APPLE_TEXT,
        "A title or name is one line.",
        _in_texts(_of_lines, (*_TITLES, *_NAMES)),
    ),
    Rule(
        "title-emoji",
        "advice",
        (APPLE, ACCESSIBILITY),
        sources.WCAG_TEXT,
        "A title holds no emoji: screen readers read out their names, and old apps show boxes.",
        _finds(_EMOJI, "{tag} holds the emoji {found}, which screen readers read out; leave it out", _TITLES),
    ),
    Rule(
        "title-direction",
        "advice",
        (APPLE, ACCESSIBILITY),
        sources.UNICODE_BIDI,
        "A title keeps to scripts of one direction.",
        _in_texts(_mixed, _TITLES),
    ),
    Rule(
        "text-trimmed",
        "warning",
        (APPLE,),
        sources.APPLE_TEXT,
        "A value neither begins nor ends with a space.",
        _in_texts(_untrimmed, (*_PLAIN, "language", "link", "guid", "itunes:type", "itunes:explicit", "pubDate")),
    ),
    Rule(
        "text-markup",
        "warning",
        EVERYBODY,
        sources.APPLE_TEXT,
        "Titles, names and summaries hold no HTML.",
        _finds(_MARKUP, "{tag} holds the markup {found}, which apps show as it is; write plain text", _PLAIN),
    ),
    Rule(
        "text-escaped-twice",
        "warning",
        EVERYBODY,
        sources.RSS_ITEM,
        "Titles, names and plain descriptions are escaped once.",
        _finds(_ESCAPED, "{tag} holds {found}, which apps show as it is; write the character itself", _PLAIN),
    ),
    Rule(
        "text-cdata-end",
        "warning",
        (RSS,),
        sources.XML_CDATA,
        "No text holds the characters that end a CDATA section.",
        _in_texts(_cut, (*_SHOWN, "content:encoded")),
    ),
    Rule(
        "text-control",
        "error",
        EVERYBODY,
        sources.XML_CHARACTERS,
        "Texts hold no control characters.",
        _finds(_CONTROL, "{tag} holds the control character {found}; delete it", _SHOWN),
    ),
    Rule(
        "text-invisible",
        "warning",
        (APPLE, ACCESSIBILITY),
        sources.UNICODE_INVISIBLE,
        "Titles and names hold no zero-width characters and no soft hyphens.",
        _finds(_INVISIBLE, "{tag} holds the invisible character {found}; delete it", (*_TITLES, *_NAMES)),
    ),
    Rule(
        "text-direction",
        "warning",
        EVERYBODY,
        sources.UNICODE_BIDI,
        "Texts close every change of direction that they open, and override none.",
        _in_texts(_unclosed, _SHOWN),
    ),
    Rule(
        "text-composed",
        "warning",
        EVERYBODY,
        sources.UNICODE_NFC,
        "Texts are in Unicode's form NFC.",
        _in_texts(_composed, _SHOWN),
    ),
    Rule(
        "text-encoding",
        "warning",
        EVERYBODY,
        sources.W3C_CHARSETS,
        "Texts were not read in a wrong encoding on their way.",
        _finds(_MOJIBAKE, "{tag} holds {found}, the trace of a wrong encoding; write it anew", _SHOWN),
    ),
)
