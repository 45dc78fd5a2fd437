"""Plain text in a place that some readers take for HTML: the descriptions of feeds.

RSS does not say which of the two a description is
(https://www.rssboard.org/rss-profile#element-channel-item-description). What looks like a tag is left out by those who
read HTML, and escaped once more it is shown with its escapes by the others.
"""

from __future__ import annotations

import re

#: What HTML takes for a tag or a comment, closed or not
#: (https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state).
_TAG = re.compile(r"<(?=[A-Za-z/!?])([^<>]*)(>?)")
#: What a producer can have meant as HTML.
_HTML = re.compile(
    r"/?(?:p|a|b|i|u|em|strong|br|hr|ul|ol|li|div|span|h[1-6]|img|code|pre|blockquote|table|t[dhr])\b", re.IGNORECASE
)


def shown_by_all(text: str, *, html: bool = False) -> str:
    """Return a plain text whose words are shown also where it is read as HTML: `‹after›` for `<after>`.

    html: whether tags that are HTML's own may be meant as such, and stay.
    """
    return _TAG.sub(lambda tag: tag[0] if html and _HTML.match(tag[1]) else f"‹{tag[1]}{tag[2] and '›'}", text)
