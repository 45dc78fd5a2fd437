"""Plain text in a place that some readers take for HTML: the descriptions of feeds.

RSS does not say which of the two a description is
(https://www.rssboard.org/rss-profile#element-channel-item-description). What looks like a tag is left out by those who
read HTML, and escaped once more it is shown with its escapes by the others. Some leave out whatever stands between
angle brackets: of `HDL < 40 & age > 75` they show `HDL 75`.
"""

from __future__ import annotations

import re

#: What HTML takes for the beginning of a tag or a comment, closed or not
#: (https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state).
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
#: What a producer can have meant as HTML.
_HTML = re.compile(
    r"(</?(?:p|a|b|i|u|em|strong|br|hr|ul|ol|li|div|span|h[1-6]|img|code|pre|blockquote|table|t[dhr])\b[^<>]*>)",
    re.IGNORECASE,
)


def shown_by_all(text: str, *, html: bool = False) -> str:
    """Return a plain text whose words are shown also where it is read as HTML: `‹after›` for `<after>`.

    html: whether tags that are HTML's own may be meant as such, and stay.
    """
    parts = _HTML.split(text) if html else [text]
    return "".join(part if index % 2 else _shown(part) for index, part in enumerate(parts))


def _shown(text: str) -> str:
    first, last = text.find("<"), text.rfind(">") + 1
    if -1 < first < last:
        text = text[:first] + text[first:last].replace("<", "‹").replace(">", "›") + text[last:]
    return _OPENING.sub("‹", text)
