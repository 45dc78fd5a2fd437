"""Notes of other hosts, HTML or plain text, as what stands below the front matter of an episode.

HTML stays HTML in one block of Markdown, so that nothing of it is taken for Markdown.
"""

from __future__ import annotations

import re
from html import escape, unescape

from podwright.render.notes.markup import bare_text, clean_html
from podwright.render.notes.written import BLOCKS

_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:[a-z]+|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
#: An HTML block of CommonMark goes on to the next blank line (https://spec.commonmark.org/0.31.2/#html-blocks).
_BLANK = re.compile(r"\n[ \t\r\n]*\n")
_BLOCK_START = re.compile(rf"\s*<(?:{'|'.join(sorted(BLOCKS))})\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def is_markup(text: str) -> bool:
    """Return whether a text that may be either is HTML rather than plain."""
    return _MARKUP.search(text) is not None


def plain_words(html: str) -> str:
    """Return the words of HTML on one line."""
    return bare_text(clean_html(html)) if "<" in html else " ".join(unescape(html).split())


def notes_body(text: str) -> str:
    """Return notes as they stand below front matter."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    html = text if is_markup(text) else _from_plain(text)
    html = _BLANK.sub("\n", html)
    return html if _BLOCK_START.match(html) else f"<div>{html}</div>"


def _from_plain(text: str) -> str:
    """Return plain text as HTML: paragraphs, and lines as they are."""
    paragraphs = (escape(one, quote=False).replace("\n", "<br>") for one in _PARAGRAPH.split(text))
    return "\n".join(f"<p>{one}</p>" for one in paragraphs if one)
